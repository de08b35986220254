"""The figures that come with the product: each extract one vintage, each fault named by file and line."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.errors import FactsInvalid
from markets.sources import cards
from markets.sources.base import Delivery, TradeTotalRow
from markets.sources.bundled import deliveries, fact_rows, released
from markets.vocabulary import Frequency, ObsStatus, Transport

EXTRACT_COLUMNS = ("id", "dataset", "title", "released", "licence", "citation", "rank")
OBSERVATION_COLUMNS = ("extract", "indicator", "area", "period", "value", "obs_status")
TRADE_COLUMNS = (
    "extract",
    "reporter",
    "flow",
    "partner",
    "period",
    "value",
    "currency",
    "multiplier",
    "valuation",
    "obs_status",
)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder of fact tables with two vintages of the World Bank, one of Gapminder and one of trade."""
    write(
        tmp_path / "extracts.csv",
        EXTRACT_COLUMNS,
        [
            ("newer", "worldbank", "Newer", "at latest 2025-06", "CC BY 4.0", "World Bank, newer", "20"),
            ("older", "worldbank", "Older", "2022-04-08", "CC BY 4.0", "World Bank, older", "10"),
            ("other", "gapminder", "Other", "2024-01-01", "CC BY 4.0", "Gapminder", "10"),
            ("unused", "worldbank", "Unused", "2020-01-01", "CC BY 4.0", "World Bank, unused", "5"),
            ("trade", "kaz-trade", "Trade", "at latest 2024-12", "CC BY 4.0", "The bureau", "10"),
        ],
    )
    write(
        tmp_path / "observations" / "some.csv",
        OBSERVATION_COLUMNS,
        [
            ("older", "NY.GDP.MKTP.CD", "KAZ", "2020", "171082379532.988", ""),
            ("newer", "NY.GDP.MKTP.CD", "KAZ", "2023", "2.62642E+11", "e"),
            ("other", "internet_users", "KAZ", "2023", "92.9", ""),
            ("newer", "SP.POP.TOTL", "KAZ", "2023", "20330104", ""),
        ],
    )
    write(
        tmp_path / "trade_totals" / "some.csv",
        TRADE_COLUMNS,
        [
            ("trade", "KAZ", "M", "CHN", "2022", "600.5", "USD", "1000", "CIF", ""),
            ("trade", "KAZ", "M", "WLD", "2022", "1000", "USD", "1000", "CIF", ""),
            ("trade", "KAZ", "M", "CHN", "2023", "1.2E+3", "USD", "1000", "CIF", "p"),
            ("trade", "KAZ", "M", "WLD", "2023", "4000", "USD", "1000", "CIF", "p"),
            ("trade", "KAZ", "X", "TUV", "2023-05", "0.0", "CNY", "10000", "", "k"),
        ],
    )
    return tmp_path


def write(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([columns, *rows])


def change(path: Path, old: str, new: str) -> int:
    """Replace a piece of a table; the line where it stood."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_each_extract_is_one_vintage_oldest_first(tables: Path) -> None:
    older, newer = deliveries("worldbank", tables)
    assert older.transport is newer.transport is Transport.BUNDLED
    assert (older.vintage.title, older.vintage.released_on) == ("Older", dt.date(2022, 4, 8))
    assert (newer.vintage.released_on, newer.vintage.known_by) == (None, dt.date(2025, 6, 30))
    assert newer.vintage.released_note == "date unknown, at latest 2025-06"
    assert newer.vintage.citation == "World Bank, newer"
    assert [s.key for s in newer.slices] == ["NY.GDP.MKTP.CD", "SP.POP.TOTL"]
    assert not any(s.covers_all for s in (*older.slices, *newer.slices)), "an extract withdraws nothing"


def test_values_keep_their_printed_digits_and_letters(tables: Path) -> None:
    _older, newer = deliveries("worldbank", tables)
    (row,) = newer.slices[0].rows
    assert (row.value, row.last_digit_exponent, row.obs_status) == (Decimal("2.62642E+11"), 6, ObsStatus.ESTIMATED)


def test_the_payload_is_the_extracts_own_rows(tables: Path) -> None:
    _older, newer = deliveries("worldbank", tables)
    (payload,) = newer.payloads
    assert payload.request == "bundled: newer"
    assert payload.body.decode().splitlines() == [
        "extract,indicator,area,period,value,obs_status",
        "newer,NY.GDP.MKTP.CD,KAZ,2023,2.62642E+11,e",
        "newer,SP.POP.TOTL,KAZ,2023,20330104,",
    ]


def test_the_same_tables_have_the_same_hashes(tables: Path) -> None:
    def hashes() -> list[str]:
        return [payload.sha256 for delivery in deliveries("worldbank", tables) for payload in delivery.payloads]

    before = hashes()
    assert hashes() == before
    change(tables / "observations" / "some.csv", "20330104", "20330105")
    assert [old == new for old, new in zip(before, hashes(), strict=True)] == [True, False]


def test_trade_becomes_whole_units_of_its_currency_with_the_place_of_its_last_digit(tables: Path) -> None:
    (delivery,) = deliveries("kaz-trade", tables)
    imports, exports = delivery.slices
    assert (imports.key, exports.key) == ("KAZ/M/USD/CIF", "KAZ/X/CNY/")
    assert [(row.period, row.value, row.last_digit_exponent) for row in imports.rows if row.subject == "CHN"] == [
        ("2022", 600_500, 2),
        ("2023", 1_200_000, 5),
    ]
    (next_to_nothing,) = exports.rows
    assert isinstance(next_to_nothing, TradeTotalRow)
    assert (next_to_nothing.value, next_to_nothing.last_digit_exponent) == (0, 3)
    assert (next_to_nothing.obs_status, next_to_nothing.frequency) == (ObsStatus.LOW, Frequency.MONTHLY)
    assert next_to_nothing.valuation is None


def test_a_period_is_whole_when_the_partners_make_up_most_of_its_total(tables: Path) -> None:
    (delivery,) = deliveries("kaz-trade", tables)
    assert [each.covers_periods for each in delivery.slices] == [("2022",), ()]
    assert not any(each.covers_all for each in delivery.slices)


def test_a_dataset_without_extracts_has_no_deliveries(tables: Path) -> None:
    assert list(deliveries("unctad", tables)) == []


@pytest.mark.parametrize(
    ("table", "old", "new", "reason"),
    [
        ("observations/some.csv", "171082379532.988", "171 082", "finite decimal"),
        ("observations/some.csv", "171082379532.988", "", "finite decimal"),
        ("observations/some.csv", "171082379532.988", "NaN", "finite decimal"),
        ("observations/some.csv", "KAZ,2020,", "KAZ,20-20,", "period"),
        ("observations/some.csv", "171082379532.988,", "171082379532.988,?", "ObsStatus"),
        ("observations/some.csv", "92.9,", "92.9", "as many fields"),
        ("observations/some.csv", "92.9,", "92.9,,", "as many fields"),
        ("observations/some.csv", "other,internet_users", "typo,internet_users", "no extract 'typo'"),
        ("observations/some.csv", ",obs_status", ",status", "no column obs_status"),
        ("trade_totals/some.csv", "KAZ,M,CHN,2022", "KAZ,imports,CHN,2022", "Flow"),
        ("trade_totals/some.csv", "KAZ,M,CHN,2022", "KAZ,M,KAZ,2022", "with itself"),
        ("trade_totals/some.csv", "KAZ,M,CHN,2022", "KAZ,M,China,2022", "partner"),
        ("trade_totals/some.csv", "KAZ,M,CHN,2022", "398,M,CHN,2022", "reporter"),
        ("trade_totals/some.csv", "KAZ,M,CHN,2022", "KAZ,M,CHN,22", "period"),
        ("trade_totals/some.csv", "600.5", "600,5", "as many fields"),
        ("trade_totals/some.csv", "600.5", "-", "finite decimal"),
        ("trade_totals/some.csv", "600.5", "-600.5", "below zero"),
        ("trade_totals/some.csv", "600.5,USD,1000", "600.5,dollars,1000", "currency"),
        ("trade_totals/some.csv", "600.5,USD,1000", "600.5,USD,1024", "multiplier"),
        ("trade_totals/some.csv", "600.5,USD,1000", "600.5,USD,", "multiplier"),
        ("trade_totals/some.csv", "600.5,USD,1000,CIF", "600.5,USD,1000,cif", "Valuation"),
        ("trade_totals/some.csv", "CNY,10000,,k", "CNY,10000,,?", "ObsStatus"),
        ("trade_totals/some.csv", "trade,KAZ,X", "typo,KAZ,X", "no extract 'typo'"),
        ("trade_totals/some.csv", ",multiplier", ",times", "no column multiplier"),
        ("extracts.csv", "2022-04-08", "2022-04-31", "released"),
        ("extracts.csv", "2022-04-08", "in spring", "released"),
        ("extracts.csv", "at latest 2025-06", "at latest 2025-13", "released"),
        ("extracts.csv", 'World Bank, older",10', 'World Bank, older",first', "rank"),
        ("extracts.csv", ",rank", ",place", "no column rank"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_file_and_line(table: str, old: str, new: str, reason: str, tables: Path) -> None:
    line = change(tables / table, old, new)
    with pytest.raises(FactsInvalid) as fault:
        [list(deliveries(dataset, tables)) for dataset in ("worldbank", "gapminder", "kaz-trade")]
    assert fault.value.context["table"] == Path(table).name
    assert fault.value.context["line"] == line
    assert reason in str(fault.value)


def test_bytes_that_are_no_text_are_named_too(tables: Path) -> None:
    with (tables / "extracts.csv").open("ab") as stream:
        stream.write(b"caf\xe9\n")
    with pytest.raises(FactsInvalid, match=r"extracts\.csv"):
        list(deliveries("worldbank", tables))


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)))
def test_a_day_of_release_is_that_day_and_a_bound_is_the_last_day_it_can_have_been(day: dt.date) -> None:
    assert released(day.isoformat()) == (day, day, "")
    on, by, note = released(f"at latest {day:%Y-%m}")
    assert on is None
    assert by is not None
    assert by >= day
    assert (by + dt.timedelta(days=1)).day == 1
    assert note.endswith(f"{day:%Y-%m}")
    assert released(f"at latest {day.isoformat()}")[1] == day


def test_every_bundled_table_can_be_read() -> None:
    read: list[Delivery] = [delivery for card in cards() for delivery in deliveries(card.id)]
    assert len(read) >= 8
    for delivery in read:
        assert delivery.vintage.released_on or delivery.vintage.known_by, delivery.vintage.title
        assert delivery.vintage.licence
        assert delivery.vintage.citation
        for each in delivery.slices:
            keys = [(row.subject, row.period) for row in each.rows]
            assert len(set(keys)) == len(keys), each.key
            assert all(row.value is not None for row in each.rows), each.key


def test_a_table_may_begin_a_row_on_any_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a,b\n"two\nlines",1\nx,2\n', encoding="utf-8")
    assert list(fact_rows(tmp_path / "t.csv", ("a", "b"))) == [
        (3, {"a": "two\nlines", "b": "1"}),
        (4, {"a": "x", "b": "2"}),
    ]
