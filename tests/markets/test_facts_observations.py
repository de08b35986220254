"""The bundled indicators, extracts and observations: complete, unique, and the figures their sources printed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

FACTS = Path(__file__).resolve().parents[2] / "markets" / "facts"
OBSERVATIONS = sorted((FACTS / "observations").glob("*.csv"))
KEY = ("extract", "indicator", "area", "period")
SIX = ("CHN", "KAZ", "KGZ", "TJK", "TKM", "UZB")
GROUPS = ("size", "prices", "people", "living", "energy", "digital", "trade", "logistics", "structure", "finance")
MEBIBYTE = 1024 * 1024

Row = dict[str, str]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def key(row: Row) -> tuple[str, ...]:
    return tuple(row[column] for column in KEY)


@pytest.fixture(scope="module")
def indicators() -> dict[str, Row]:
    return {row["code"]: row for row in table(FACTS / "indicators.csv")}


@pytest.fixture(scope="module")
def extracts() -> dict[str, Row]:
    return {row["id"]: row for row in table(FACTS / "extracts.csv")}


@pytest.fixture(scope="module")
def observations() -> list[Row]:
    return [row for path in OBSERVATIONS for row in table(path)]


def test_codes_are_unique_and_every_indicator_has_a_value(
    indicators: dict[str, Row], extracts: dict[str, Row], observations: list[Row]
) -> None:
    assert len(indicators) == len(table(FACTS / "indicators.csv"))
    assert len(extracts) == len(table(FACTS / "extracts.csv"))
    assert {row["indicator"] for row in observations} == set(indicators)
    assert {row["extract"] for path in FACTS.glob("*/*.csv") for row in table(path)} == set(extracts)


def test_at_least_forty_five_series_of_the_world_bank(indicators: dict[str, Row]) -> None:
    series = [code for code, row in indicators.items() if row["dataset"] == "worldbank"]
    assert len(series) >= 45
    assert all(re.fullmatch(r"[A-Z0-9]+(\.[A-Z0-9]+)+", code) for code in series)


def test_names_and_definitions_stand_in_three_languages(indicators: dict[str, Row]) -> None:
    for code, row in indicators.items():
        for column in ("name", "definition"):
            assert all(row[f"{column}_{language}"].strip() for language in ("en", "zh", "ru")), (code, column)
        assert len({bool(row[f"caveat_{language}"].strip()) for language in ("en", "zh", "ru")}) == 1, code
        for column in ("name", "definition", "caveat"):
            assert not re.search(r"[\u0400-\u04ff\u4e00-\u9fff]", row[f"{column}_en"]), (code, column)
            if row[f"{column}_zh"]:
                assert re.search(r"[\u4e00-\u9fff]", row[f"{column}_zh"]), (code, column)
            if row[f"{column}_ru"]:
                assert re.search(r"[\u0400-\u04ff]", row[f"{column}_ru"]), (code, column)
    for language in ("en", "zh", "ru"):
        names = Counter(row[f"name_{language}"] for row in indicators.values())
        assert [name for name, times in names.items() if times > 1] == []


def test_groups_directions_units_and_digits_are_known(indicators: dict[str, Row]) -> None:
    documented = set(re.findall(r"`([a-z0-9_]+)`", (FACTS / "README.md").read_text(encoding="utf-8")))
    for code, row in indicators.items():
        assert row["dataset"] in {"worldbank", "gapminder", "unctad"}, code
        assert row["group"] in GROUPS, code
        assert row["direction"] in {"up", "down", "none"}, code
        assert row["unit"] in documented, code
        assert 0 <= int(row["decimals"]) <= 3, code
    assert {row["group"] for row in indicators.values()} == set(GROUPS)
    assert len({int(row["sort"]) for row in indicators.values()}) == len(indicators)


def test_eight_headlines_that_all_six_countries_have(indicators: dict[str, Row], observations: list[Row]) -> None:
    headlines = {code for code, row in indicators.items() if row["is_headline"] == "1"}
    assert len(headlines) == 8
    known = {(row["indicator"], row["area"]) for row in observations}
    assert {(code, area) for code in headlines for area in SIX} <= known


def test_every_reference_exists_and_agrees_with_its_table(
    indicators: dict[str, Row], extracts: dict[str, Row], observations: list[Row]
) -> None:
    for row in observations:
        indicator, extract = indicators[row["indicator"]], extracts[row["extract"]]
        assert indicator["dataset"] == extract["dataset"], key(row)
        assert row["unit"] == indicator["unit"], key(row)
        assert row["released"] == extract["released"], key(row)
        assert row["licence"] == extract["licence"], key(row)


def test_values_areas_periods_and_statuses_are_well_formed(observations: list[Row]) -> None:
    for row in observations:
        assert Decimal(row["value"]).is_finite(), key(row)
        assert not row["value"].endswith(".0"), key(row)
        assert re.fullmatch(r"[A-Z]{3}", row["area"]), key(row)
        assert re.fullmatch(r"(19|20)\d{2}", row["period"]), key(row)
        assert row["obs_status"] in {"", "e", "f"}, key(row)


def test_projections_and_only_they_carry_f(observations: list[Row]) -> None:
    for row in observations:
        is_projection = row["indicator"] == "median_age_years" and row["period"] > "2023"
        assert (row["obs_status"] == "f") == is_projection, key(row)


def test_no_observation_stands_twice_in_one_extract(observations: list[Row]) -> None:
    times = Counter(key(row) for row in observations)
    assert [repeated for repeated, n in times.items() if n > 1] == []


@pytest.mark.parametrize("path", OBSERVATIONS, ids=lambda path: path.stem)
def test_each_file_is_sorted_by_its_key(path: Path) -> None:
    keys = [key(row) for row in table(path)]
    assert keys == sorted(keys)


def test_observations_stay_small() -> None:
    assert sum(path.stat().st_size for path in OBSERVATIONS) <= 4 * MEBIBYTE


def test_release_dates_sort_as_the_ranks_within_a_dataset(extracts: dict[str, Row]) -> None:
    for extract in extracts.values():
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}|at latest \d{4}-\d{2}", extract["released"]), extract["id"]
        assert extract["licence"], extract["id"]
        assert extract["citation"], extract["id"]
        assert extract["url"].startswith("https://"), extract["id"]
    for dataset in {row["dataset"] for row in extracts.values()}:
        vintages = sorted(
            (row for row in extracts.values() if row["dataset"] == dataset), key=lambda row: int(row["rank"])
        )
        dates = [row["released"].removeprefix("at latest ") for row in vintages]
        assert dates == sorted(dates)
        assert len({row["rank"] for row in vintages}) == len(vintages)


def test_the_world_bank_core_covers_all_its_economies(observations: list[Row]) -> None:
    core = {row["area"] for row in observations if row["extract"] == "wdi-api-2025-06"}
    population = {row["area"] for row in observations if row["extract"] == "wdi-population-425fc447"}
    assert population - core == {"GIB", "VGB", "WLD"}  # the first two have no other figure in the source
    assert len(core) == 214
    assert "XKX" in core
    assert "CHI" not in core
    assert "WLD" not in core


def test_population_of_the_six_reaches_from_1960_to_2024(observations: list[Row]) -> None:
    years = {
        (row["area"], row["period"])
        for row in observations
        if row["extract"] == "wdi-population-425fc447" and row["area"] in SIX
    }
    assert years == {(area, str(year)) for area in SIX for year in range(1960, 2025)}


@pytest.mark.parametrize(
    ("where", "printed"),
    [
        ("wdi-api-2025-06 NY.GDP.MKTP.CD KAZ 2023", "2.62642E+11"),
        ("wdi-api-2025-06 NY.GDP.MKTP.CD KGZ 2023", "13987627909"),
        ("wdi-api-2025-06 NY.GDP.PCAP.CD KAZ 2023", "12918.86613"),
        ("wdi-api-2025-06 GC.TAX.TOTL.GD.ZS UZB 2019", "11.30196511"),
        ("wdi-databank-2022-04-08 GC.TAX.TOTL.GD.ZS UZB 2019", "12.6953747017566"),
        ("wdi-databank-2022-04-08 NY.GDP.MKTP.CD KAZ 2020", "171082379532.988"),
        ("wdi-bri-2020 NY.GDP.MKTP.CD KAZ 2005", "57123671733.8953"),
        ("wdi-bri-2020 SP.POP.TOTL KAZ 2018", "18272430"),
        ("wdi-bulk-2022-12-22 SP.POP.TOTL KAZ 2021", "19000988"),
        ("wdi-population-425fc447 SP.POP.TOTL KAZ 2024", "20592571"),
        ("wdi-population-425fc447 SP.POP.TOTL ABW 2024", "107995"),
        ("wdi-ddf-2025-10 LP.LPI.OVRL.XQ KAZ 2022", "2.7"),
        ("wdi-bri-2020 LP.LPI.INFR.XQ KAZ 2018", "2.55"),
        ("gapminder-c63031ab internet_users KAZ 2024", "93.3917"),
        ("gapminder-c63031ab electricity_use_per_person TKM 2022", "2829.24674"),
        ("unctadstat-2023 unctad.merch_imports_usd_m KGZ 2023", "12352"),
        ("unctadstat-2023 unctad.merch_exports_usd_m WLD 2023", "23813403.73"),
    ],
)
def test_figures_are_as_the_source_printed_them(observations: list[Row], where: str, printed: str) -> None:
    assert [row["value"] for row in observations if key(row) == tuple(where.split())] == [printed]


def test_kazakhstans_wrong_inflation_of_2024_is_kept_below_its_correction(
    extracts: dict[str, Row], observations: list[Row]
) -> None:
    vintages = sorted(
        (int(extracts[row["extract"]]["rank"]), row["value"])
        for row in observations
        if (row["indicator"], row["area"], row["period"]) == ("FP.CPI.TOTL.ZG", "KAZ", "2024")
    )
    assert [value for _rank, value in vintages] == ["4.856555893", "8.83944"]


def test_turkmenistan_has_no_consumer_prices_rather_than_zero(observations: list[Row]) -> None:
    assert not [row for row in observations if row["indicator"] == "FP.CPI.TOTL.ZG" and row["area"] == "TKM"]


def test_estimated_trade_of_unctad_is_marked(observations: list[Row]) -> None:
    estimated = {key(row)[1:] for row in observations if row["obs_status"] == "e"}
    assert len(estimated) == 16
    assert ("unctad.merch_imports_usd_m", "TKM", "2015") in estimated
    assert {area for _indicator, area, _period in estimated} == {"TKM", "UZB"}
