"""The bundled trade of single products: well formed, unique, in years of one piece, and what the sources say."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from markets import sources
from markets.errors import FactsInvalid
from markets.sources.bundled_flows import CARDS, years_of_flows
from markets.sources.cubes import CubeYear
from markets.vocabulary import Basis, FactKind, Flow, Frequency, ObsStatus, Period, Valuation

FACTS = Path(__file__).resolve().parents[2] / "markets" / "facts"
TABLES = sorted((FACTS / "flows").glob("*.csv"))
SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "products"
SOLAR = SHARED / "china_solar_exports_by_destination_monthly.csv.gz"
EUROPE = SHARED / "eu27_total_exports_to_kaz_kgz_uzb_annual.csv.gz"
KAZAKH = SHARED / "kazakhstan_exports_hs6_baci.csv.gz"
is_beside = pytest.mark.skipif(not SOLAR.exists(), reason="the data it was compiled from is not beside this checkout")

KEY = ("extract", "exporter", "flow", "importer", "classification", "product", "period")
DATASETS = {"china_solar": "ember-solar", "eu_exports": "eurostat-exports", "kazakhstan_exports": "baci-kazakhstan"}
FIVE = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
NUMBERS = ("value_usd", "value", "net_weight_kg", "quantity")

Row = dict[str, str]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def shared_table(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    return {path.stem: table(path) for path in TABLES}


@pytest.fixture(scope="module")
def years() -> dict[str, list[CubeYear]]:
    return {card.id: list(years_of_flows(card.id)) for card in CARDS}


def test_every_table_is_of_a_dataset_that_says_it_is_a_selection(rows: dict[str, list[Row]]) -> None:
    extracts = {row["id"]: row for row in table(FACTS / "extracts.csv")}
    assert set(rows) == set(DATASETS)
    for name, its_rows in rows.items():
        assert {extracts[row["extract"]]["dataset"] for row in its_rows} == {DATASETS[name]}
        card = sources.card(DATASETS[name])
        assert card.kind is FactKind.FLOWS
        assert card.is_selection
        assert {extracts[row["extract"]]["licence"] for row in its_rows} == {card.licence}


def test_every_row_names_known_areas_and_words(rows: dict[str, list[Row]]) -> None:
    areas = {row["code"]: row["currency"] for row in table(FACTS / "areas.csv")}
    for row in (row for its_rows in rows.values() for row in its_rows):
        assert row["exporter"] in areas, row
        assert row["importer"] in areas or row["importer"] == "WLD", row
        assert row["exporter"] != row["importer"], row
        assert row["flow"] == Flow.EXPORT, row
        assert row["classification"] in {"HS2002", "HS2017", "HS2022"}, row
        assert row["valuation"] in {"", Valuation.FOB}, row
        assert row["obs_status"] == ObsStatus.NORMAL, row
        assert Period.parse(row["period"]).frequency in {Frequency.ANNUAL, Frequency.MONTHLY}, row


def test_numbers_are_whole_and_stand_with_what_they_count(rows: dict[str, list[Row]]) -> None:
    for row in (row for its_rows in rows.values() for row in its_rows):
        assert all(row[name].isdigit() for name in NUMBERS if row[name]), row
        assert bool(row["value_usd"]) != bool(row["value"]), row
        assert bool(row["value"]) == bool(row["currency"]), row
        assert bool(row["quantity"]) == bool(row["quantity_unit"]), row


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_each_table_is_sorted_by_its_key_and_names_nothing_twice(path: Path) -> None:
    its_rows = table(path)
    keys = [tuple(row[column] for column in KEY) for row in its_rows]
    assert keys == sorted(set(keys))
    assert len({len(row["product"]) for row in its_rows}) == 1, "codes of two lengths overlap"


def test_codes_of_the_newest_revision_are_codes_of_it(rows: dict[str, list[Row]]) -> None:
    known = {row["code"] for path in sorted(FACTS.glob("hs_terms_*.csv")) for row in table(path)}
    stated = {row["product"] for its_rows in rows.values() for row in its_rows if row["classification"] == "HS2022"}
    assert stated <= known


def test_the_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in TABLES) < 1_100_000


def test_a_year_is_handed_over_whole_with_its_vintage(years: dict[str, list[CubeYear]]) -> None:
    told = {
        dataset: [(year.key, year.frequency.value, year.vintage.title.partition(",")[0]) for year in its_years]
        for dataset, its_years in years.items()
    }
    both = "China's exports of solar cells and panels together (Chinese code 85414020"
    apart = "China's exports of solar panels and of solar cells (HS 854143 and 854142)"
    europe = "Exports of the EU members to Kazakhstan"
    assert told == {
        "ember-solar": [
            *((str(year), "A", both) for year in range(2017, 2022)),
            *((str(year), "A", apart) for year in range(2022, 2025)),
            ("2025", "M", apart),
        ],
        "eurostat-exports": [("2020", "A", europe), ("2021", "A", europe), ("2022", "M", europe)],
        "baci-kazakhstan": [(key, "A", "BACI") for key in ("2002", "2019", "2021")],
    }
    assert {year.basis for year in years["baci-kazakhstan"]} == {Basis.RECONCILED}
    assert {year.basis for year in years["ember-solar"]} == {Basis.EXPORTER_REPORTED}


def test_the_text_of_a_year_is_what_its_fingerprint_says_each_time(
    years: dict[str, list[CubeYear]], rows: dict[str, list[Row]]
) -> None:
    handed: dict[str, int] = defaultdict(int)
    for year in (year for its_years in years.values() for year in its_years):
        first, again = b"".join(year.chunks()), b"".join(year.chunks())
        assert first == again
        assert len(first) == year.size_bytes
        read = csv.DictReader(io.StringIO(first.decode()))
        assert read.fieldnames == [column.header for column in year.columns]
        handed[year.dataset] += sum(1 for _row in read)
    assert handed == {DATASETS[name]: len(its_rows) for name, its_rows in rows.items()}


def test_a_dataset_without_tables_here_has_no_years() -> None:
    assert list(years_of_flows("worldbank")) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nobody,CHN,X,KAZ,HS2022,854143,2024,1,,,,,,,", "has no extract 'nobody'"),
        ("one,CHN,X,KAZ,HS2022,854143,of late,1,,,,,,,", "write 2023"),
        ("one,CHN,X,KAZ,HS2022,854143,2023-05,1,,,,,,,", "another extract or rhythm"),
        ("two,CHN,X,KAZ,HS2022,854143,2023,1,,,,,,,", "another extract or rhythm"),
        ("one,CHN,X,KAZ", "not as many fields"),
    ],
    ids=["unknown extract", "no period", "months among years", "two extracts in a year", "short row"],
)
def test_a_fault_in_a_table_is_told_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "flows").mkdir()
    extract = "{},ember-solar,A title,2025-01-31,CC BY 4.0,Somebody,{}\n"
    head = "id,dataset,title,released,licence,citation,rank\n"
    (tmp_path / "extracts.csv").write_text(head + extract.format("one", 1) + extract.format("two", 2))
    good = "one,CHN,X,UZB,HS2022,854143,2023,1,,,,,,,"
    header = "extract,exporter,flow,importer,classification,product,period," + ",".join(NUMBERS[:2])
    header += ",currency,net_weight_kg,quantity,quantity_unit,valuation,obs_status"
    (tmp_path / "flows" / "some.csv").write_text(f"{header}\n{good}\n{line}\n")
    with pytest.raises(FactsInvalid, match=reason) as told:
        list(years_of_flows("ember-solar", tmp_path))
    assert told.value.context["line"] == 3


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("CHN KAZ 854143 2024", "6499269"),
        ("CHN UZB 854143 2024", "276476953"),
        ("CHN WLD 854140 2021", "28427402480"),
    ],
)
def test_solar_exports_to_single_markets(rows: dict[str, list[Row]], where: str, value: str) -> None:
    exporter, importer, product, period = where.split()
    found = [
        row["value_usd"]
        for row in rows["china_solar"]
        if (row["exporter"], row["importer"], row["product"], row["period"]) == (exporter, importer, product, period)
    ]
    assert found == [value]


def test_the_world_is_never_less_than_its_destinations(rows: dict[str, list[Row]]) -> None:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    worlds: dict[tuple[str, str], int] = {}
    for row in rows["china_solar"]:
        key = row["product"], row["period"]
        if row["importer"] == "WLD":
            worlds[key] = int(row["value_usd"])
        else:
            sums[key] += int(row["value_usd"])
    assert set(sums) == set(worlds)
    for (product, period), total in worlds.items():
        lowest = Decimal("0.999") if len(period) == 4 else Decimal("0.5")
        assert lowest * total <= sums[product, period] <= total, (product, period)


def test_months_stand_for_the_five_markets_and_the_world(rows: dict[str, list[Row]]) -> None:
    months = defaultdict(set)
    for row in rows["china_solar"]:
        if row["period"].startswith("2025"):
            months[row["importer"]].add(row["period"])
    assert len(months) == 26
    assert {f"2025-{month:02}" for month in range(1, 10)} == months["WLD"] == months["KAZ"] == months["UZB"]
    assert set(months) >= FIVE


# ---------------------------------------------------------------- against what it was compiled from
@is_beside
def test_solar_years_are_the_sums_of_the_sources_months(rows: dict[str, list[Row]]) -> None:
    codes = {"85414020": "854140", "85414300": "854143", "85414200": "854142"}
    expected: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in shared_table(SOLAR):
        if row["product"] in codes:
            of_row = [Decimal(row[name]) for name in ("value_usd", "net_weight_kg", "quantity")]
            key = codes[row["product"]], row["period"][:4]
            expected[key] = [one + other for one, other in zip(expected[key], of_row, strict=True)]
    found: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in rows["china_solar"]:
        if row["importer"] == "WLD":
            of_row = [Decimal(row[name]) for name in ("value_usd", "net_weight_kg", "quantity")]
            key = row["product"], row["period"][:4]
            found[key] = [one + other for one, other in zip(found[key], of_row, strict=True)]
    assert found == expected


@is_beside
@pytest.mark.parametrize(
    ("market", "name"), [("KAZ", "Kazakhstan"), ("KGZ", "Kyrgyzstan"), ("UZB", "Uzbekistan"), ("KOR", "South Korea")]
)
def test_solar_exports_to_a_market_are_the_sources(rows: dict[str, list[Row]], market: str, name: str) -> None:
    expected = sum(
        Decimal(row["value_usd"])
        for row in shared_table(SOLAR)
        if row["partner"] == name and row["product"] != "38180019"
    )
    assert sum(Decimal(row["value_usd"]) for row in rows["china_solar"] if row["importer"] == market) == expected


@is_beside
def test_the_members_of_the_eu_add_up_to_its_exports_of_each_heading(rows: dict[str, list[Row]]) -> None:
    names = {"Kazakhstan": "KAZ", "Kyrgyzstan": "KGZ", "Uzbekistan": "UZB"}
    found: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows["eu_exports"]:
        found[row["importer"], row["product"], row["period"][:4]] += Decimal(row["value"])
    headings = {product for _importer, product, _year in found}
    assert {"3303", "3304", "3305", "3307", "8703", "8471"} <= headings
    expected = {
        (names[row["partner"]], row["product"], row["year"]): Decimal(row["value_eur"])
        for row in shared_table(EUROPE)
        if row["product"] in headings
    }
    assert found == expected


@is_beside
def test_kazakhstans_exports_are_the_largest_of_the_extract(rows: dict[str, list[Row]]) -> None:
    names = {
        "World": "WLD",
        "People's Republic of China": "CHN",
        "Russian Federation": "RUS",
        "Germany": "DEU",
        "Greece": "GRC",
        "United Kingdom": "GBR",
    }
    expected = {
        (names[row["partner"]], row["product"], row["period"]): Decimal(row["value_usd"]).quantize(Decimal(1))
        for row in shared_table(KAZAKH)
        if Decimal(row["value_usd"]) >= 2_000_000
    }
    found = {
        (row["importer"], row["product"], row["period"]): Decimal(row["value_usd"])
        for row in rows["kazakhstan_exports"]
    }
    assert found == expected
    assert found["WLD", "270900", "2021"] > 20_000_000_000
