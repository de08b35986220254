"""The bundled trade by partner: complete, unique, without subtotals, and the figures the offices printed."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from markets.sources.base import TradeTotalRow
from markets.sources.bundled import deliveries
from markets.vocabulary import Flow, Frequency, ObsStatus, Period

FACTS = Path(__file__).resolve().parents[2] / "markets" / "facts"
TABLES = sorted((FACTS / "trade_totals").glob("*.csv"))
DATASETS = ("kaz-trade", "kgz-trade", "uzb-trade", "china-trade")
FIVE = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
KEY = ("extract", "reporter", "flow", "partner", "period")
MILLION = Decimal(1_000_000)
# Years of which a part stands under no partner we can name, with the share that lacks, in per cent.
UNNAMED = {
    ("KGZ", "M", "1995"): "1.51",  # an undefined country
    ("KGZ", "M", "2011"): "1.61",  # an undefined country
    ("KGZ", "M", "2021"): "0.57",  # 5.7 m of the European Union as one; the rest stands nowhere in the table
    ("KGZ", "X", "2008"): "12.83",  # an undefined country, as in the years below
    ("KGZ", "X", "2009"): "13.72",
    ("KGZ", "X", "2011"): "11.74",
    ("KGZ", "X", "2012"): "13.21",
    ("KGZ", "X", "2013"): "11.92",
    ("KGZ", "X", "2021"): "40.17",  # 1,105 m stand under no partner and no region of the table
}

Row = dict[str, str]
Values = dict[tuple[str, str, str, str, str], Decimal]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [row for path in TABLES for row in table(path)]


@pytest.fixture(scope="module")
def extracts() -> dict[str, Row]:
    return {row["id"]: row for row in table(FACTS / "extracts.csv")}


@pytest.fixture(scope="module")
def in_force() -> Values:
    """Value by reporter, flow, partner, period and currency: the newest vintage's."""
    found: Values = {}
    for dataset in DATASETS:
        for delivery in deliveries(dataset):
            for each in delivery.slices:
                for row in each.rows:
                    assert isinstance(row, TradeTotalRow)
                    assert row.value is not None
                    found[row.reporter, row.flow, row.partner, row.period, row.currency] = row.value
    return found


def test_every_row_names_known_areas_a_currency_and_an_extract_of_its_dataset(
    rows: list[Row], extracts: dict[str, Row]
) -> None:
    areas = {row["code"]: row["currency"] for row in table(FACTS / "areas.csv")}
    currencies = set(areas.values())
    datasets = {"KAZ": "kaz-trade", "KGZ": "kgz-trade", "UZB": "uzb-trade", "CHN": "china-trade"}
    for row in rows:
        assert row["partner"] in areas or row["partner"] == "WLD", row
        assert row["partner"] != row["reporter"], row
        assert row["currency"] in currencies, row
        assert extracts[row["extract"]]["dataset"] == datasets[row["reporter"]], row


def test_the_currencies_of_trade_and_of_its_rates_are_known() -> None:
    currencies = {row["currency"] for row in table(FACTS / "areas.csv")}
    assert {"CNY", "USD", "EUR", "RUB", "KZT", "KGS", "TJS", "TMT", "UZS"} <= currencies


def test_values_periods_and_letters_are_well_formed(rows: list[Row]) -> None:
    for row in rows:
        value = Decimal(row["value"])
        assert value.is_finite(), row
        assert value >= 0, row
        assert (value == 0) == (row["obs_status"] == "k"), row
        assert row["obs_status"] in {"", "k", "p", "e"}, row
        assert Flow(row["flow"]) in {Flow.IMPORT, Flow.EXPORT}, row
        assert Period.parse(row["period"]).frequency in {Frequency.ANNUAL, Frequency.MONTHLY}, row
        assert row["valuation"] == "", "none of the offices' tables says how goods are valued"


def test_nothing_finer_than_a_cent_is_kept(rows: list[Row]) -> None:
    for row in rows:
        exponent = Decimal(row["value"]).as_tuple().exponent
        assert isinstance(exponent, int)
        assert exponent + len(row["multiplier"]) - 1 >= -2, row


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_each_table_is_sorted_by_its_key_and_names_nothing_twice(path: Path) -> None:
    keys = [tuple(row[column] for column in KEY) for row in table(path)]
    assert keys == sorted(set(keys))


def test_the_tables_stay_small() -> None:
    assert {path.stem for path in TABLES} == {"kaz", "kgz", "uzb", "china"}
    assert sum(path.stat().st_size for path in TABLES) < 1_500_000


def test_partners_never_exceed_the_reporters_own_total(rows: list[Row]) -> None:
    """A subtotal among the partners would double them."""
    totals: dict[tuple[str, ...], Decimal] = {}
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        key = tuple(row[column] for column in ("extract", "reporter", "flow", "period", "currency"))
        if row["partner"] == "WLD":
            totals[key] = Decimal(row["value"])
        else:
            sums[key] += Decimal(row["value"])
    assert all(sums[key] <= total * Decimal("1.005") for key, total in totals.items())
    lacking = {
        key[1:4]: str(((1 - sums[key] / total) * 100).quantize(Decimal("0.01")))
        for key, total in totals.items()
        if key[1] != "CHN" and sums[key] < total * Decimal("0.995")
    }
    assert lacking == UNNAMED


def test_each_vintage_of_kazakhstan_restates_the_year_before(rows: list[Row]) -> None:
    years = defaultdict(set)
    for row in rows:
        if row["reporter"] == "KAZ":
            years[row["extract"]].add(row["period"])
    assert years == {f"kaz-trade-{year}": {str(year - 1), str(year)} for year in range(2019, 2024)}


def test_a_vintage_of_all_partners_says_so_and_a_selection_does_not() -> None:
    whole = {
        (each.key, period)
        for dataset in DATASETS
        for delivery in deliveries(dataset)
        for each in delivery.slices
        for period in each.covers_periods
    }
    kazakh = {(f"KAZ/{flow}/USD/", str(year)) for flow in "MX" for year in range(2018, 2024)}
    kyrgyz = {(f"KGZ/{flow}/USD/", str(year)) for flow in "MX" for year in range(1994, 2024)}
    assert whole == kazakh | kyrgyz


@pytest.mark.parametrize(
    ("where", "million_usd"),
    [
        ("KAZ M CHN 2023", "15389.23"),
        ("KGZ M CHN 2023", "5353.26"),
        ("UZB M CHN 2023", "11339.10"),
        ("KAZ M WLD 2022", "50934.36"),
        ("KAZ X WLD 2022", "84593.07"),
        ("KAZ M CHN 2022", "11143.74"),
        ("KAZ M WLD 2018", "33658.52"),
        ("KGZ M WLD 2023", "12351.97"),
        ("KGZ M WLD 1994", "317.00"),
        ("UZB X CHN 2023", "2486.56"),
        ("CHN X KAZ 2023", "24696.91"),
        ("CHN X KGZ 2023", "19720.74"),
        ("CHN X TJK 2023", "3676.78"),
        ("CHN X TKM 2023", "956.88"),
        ("CHN X UZB 2023", "12389.04"),
        ("CHN X KGZ 2016", "5605.30"),
        ("CHN X KAZ 1992", "227.06"),
    ],
)
def test_figures_in_dollars_are_those_the_offices_printed(in_force: Values, where: str, million_usd: str) -> None:
    reporter, flow, partner, period = where.split()
    value = in_force[reporter, flow, partner, period, "USD"]
    assert (value / MILLION).quantize(Decimal("0.01")) == Decimal(million_usd)


def test_chinas_side_of_kyrgyzstans_imports_is_almost_four_times_kyrgyzstans_own(in_force: Values) -> None:
    ratio = in_force["CHN", "X", "KGZ", "2023", "USD"] / in_force["KGZ", "M", "CHN", "2023", "USD"]
    assert ratio.quantize(Decimal("0.1")) == Decimal("3.7")


def test_china_prints_months_in_yuan_and_one_in_dollars_and_none_is_converted(in_force: Values) -> None:
    months = {
        (period, currency)
        for (reporter, _flow, partner, period, currency) in in_force
        if reporter == "CHN" and partner in {*FIVE, "WLD"} and len(period) > 4
    }
    assert months == {(f"2024-{m:02}", "USD" if m == 9 else "CNY") for m in range(1, 13)}
    assert in_force["CHN", "X", "KAZ", "2024-01", "CNY"] == 18_627_180_000
    assert in_force["CHN", "M", "WLD", "2024-12", "CNY"] == 1_657_024_470_000
    assert in_force["CHN", "X", "UZB", "2024-09", "USD"] == 1_081_962_000


def test_letters_mark_what_was_reckoned_preliminary_or_next_to_nothing(rows: list[Row]) -> None:
    marked = defaultdict(set)
    for row in rows:
        marked[row["obs_status"]].add((row["reporter"], row["flow"], row["period"]))
    assert marked[ObsStatus.ESTIMATED] == {("CHN", flow, "2024-03") for flow in "MX"}
    assert marked[ObsStatus.PROVISIONAL] == {("KGZ", "M", "2023")}
    assert {reporter for reporter, _flow, _period in marked[ObsStatus.LOW]} == {"KAZ", "KGZ", "UZB"}


def test_uzbekistan_states_no_total_and_none_is_made_up(rows: list[Row]) -> None:
    assert not [row for row in rows if row["reporter"] == "UZB" and row["partner"] == "WLD"]
