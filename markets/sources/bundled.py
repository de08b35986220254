"""The facts that come with the product: small tables of figures, each row with source, date and licence.

Each extract of a dataset is one vintage. They take the same way as a download, so that a later download revises them.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path
from typing import Final

from markets.errors import FactsInvalid, InvalidValue
from markets.sources.base import (
    Delivery,
    ExchangeRateRow,
    FactRow,
    ObservationRow,
    RawPayload,
    SliceDelivery,
    TradeTotalRow,
    Vintage,
)
from markets.vocabulary import Flow, ObsStatus, Period, PrintedNumber, RateKind, Transport, Valuation

FACTS: Final = Path(__file__).resolve().parent.parent / "facts"

EXTRACTS: Final = "extracts.csv"
OBSERVATIONS: Final = "observations"
TRADE_TOTALS: Final = "trade_totals"
EXCHANGE_RATES: Final = "exchange_rates"
WORLD: Final = "WLD"
# A statement whose partners make up less than this share of the reporter's own total is a selection of partners.
WHOLE_FROM_SHARE: Final = Decimal("0.5")
_AT_LATEST = re.compile(r"at latest (\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)
_EXTRACT_COLUMNS: Final = ("id", "dataset", "title", "released", "licence", "citation", "rank")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_AREA: Final = re.compile(r"[A-Z]{3}")
_POWER_OF_TEN: Final = re.compile(r"10{0,12}")
# More digits than a printed number has: nothing is rounded on the way.
_EXACT: Final = Context(prec=2 * PrintedNumber.MOST_DIGITS)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a fact table, and where it stands."""

    table: str
    number: int
    fields: Mapping[str, str]

    def wrong(self, reason: str) -> FactsInvalid:
        return FactsInvalid(table=self.table, line=self.number, reason=reason)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of fact tables: the folder where they lie, what columns they must have, how a row is read."""

    folder: str
    columns: tuple[str, ...]
    read: Callable[[Mapping[str, str]], FactRow]


def deliveries(dataset: str, facts: Path = FACTS) -> Iterator[Delivery]:
    """The bundled vintages of a dataset, oldest first. Raises FactsInvalid with the file and line of what is wrong."""
    extracts = list(extracts_of(facts))
    known = {row["id"] for _number, row in extracts}
    lines_by_extract = [(kind, _lines_by_extract(facts / kind.folder, kind.columns, known)) for kind in _KINDS]
    of_dataset = [(_rank(number, row), number, row) for number, row in extracts if row["dataset"] == dataset]
    for _place, number, extract in sorted(of_dataset, key=lambda ranked: ranked[:2]):
        for kind, found in lines_by_extract:
            if lines := found.get(extract["id"]):
                yield _delivery(dataset, extract, number, kind, lines)


def extracts_of(facts: Path = FACTS) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbered lines of the table of extracts. Raises FactsInvalid."""
    yield from fact_rows(facts / EXTRACTS, _EXTRACT_COLUMNS)


def fact_rows(path: Path, columns: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbered rows of a fact table (the header is line 1).

    Raises FactsInvalid for a header that lacks one of the columns, a row of the wrong length, or bytes that are
    no text.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        try:
            lacking = [column for column in columns if column not in (reader.fieldnames or ())]
            if lacking:
                raise FactsInvalid(table=path.name, line=1, reason=f"it has no column {', '.join(lacking)}")
            for row in reader:
                if None in row or None in row.values():
                    raise FactsInvalid(
                        table=path.name,
                        line=reader.line_num,
                        reason="it has not as many fields as the header",
                    )
                yield reader.line_num, row
        except (UnicodeDecodeError, csv.Error) as unreadable:
            raise FactsInvalid(table=path.name, line=reader.line_num + 1, reason=str(unreadable)) from unreadable


def released(text: str) -> tuple[dt.date | None, dt.date | None, str]:
    """(release date, latest day it can have been, note) of `2022-04-08` or `at latest 2025-06`."""
    bound = _AT_LATEST.fullmatch(text)
    if bound is None:
        day = dt.date.fromisoformat(text)
        return day, day, ""
    year, month = int(bound[1]), int(bound[2])
    last_day = int(bound[3]) if bound[3] else calendar.monthrange(year, month)[1]
    return None, dt.date(year, month, last_day), f"date unknown, {text}"


def vintage_of(extract: Mapping[str, str], number: int) -> Vintage:
    """The vintage that a line of the table of extracts describes. Raises FactsInvalid for a date not in its form."""
    try:
        released_on, known_by, note = released(extract["released"])
    except ValueError as wrong:
        raise FactsInvalid(table=EXTRACTS, line=number, reason=f"released {extract['released']!r}: {wrong}") from wrong
    return Vintage(
        title=extract["title"],
        released_on=released_on,
        released_note=note,
        known_by=known_by,
        licence=extract["licence"],
        citation=extract["citation"],
    )


def _rank(number: int, extract: Mapping[str, str]) -> int:
    if not (extract["rank"].isascii() and extract["rank"].isdigit()):
        raise FactsInvalid(table=EXTRACTS, line=number, reason=f"rank {extract['rank']!r}: write a whole number")
    return int(extract["rank"])


def _lines_by_extract(folder: Path, columns: Sequence[str], known: Container[str]) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    for path in sorted(folder.glob("*.csv")):
        for number, row in fact_rows(path, columns):
            line = _Line(path.name, number, row)
            if row["extract"] not in known:
                raise line.wrong(f"{EXTRACTS} has no extract {row['extract']!r}")
            found.setdefault(row["extract"], []).append(line)
    return found


def _delivery(
    dataset: str,
    extract: Mapping[str, str],
    number: int,
    kind: _Kind,
    lines: Sequence[_Line],
) -> Delivery:
    slices: dict[str, list[FactRow]] = {}
    for line in lines:
        row = _read(kind, line)
        slices.setdefault(row.slice_key, []).append(row)
    return Delivery(
        dataset=dataset,
        transport=Transport.BUNDLED,
        vintage=vintage_of(extract, number),
        slices=[SliceDelivery(key, its_rows, covers_periods=_whole(its_rows)) for key, its_rows in slices.items()],
        payloads=[_payload(extract["id"], lines)],
    )


def _read(kind: _Kind, line: _Line) -> FactRow:
    try:
        return kind.read(line.fields)
    except (InvalidValue, ValueError) as wrong:
        raise line.wrong(str(wrong)) from wrong


def _observation(fields: Mapping[str, str]) -> ObservationRow:
    printed = PrintedNumber.parse(fields["value"])
    period = Period.parse(fields["period"])
    return ObservationRow(
        fields["indicator"],
        fields["area"],
        str(period),
        printed.value,
        printed.exponent,
        ObsStatus(fields["obs_status"]),
        period.frequency,
    )


def _trade_total(fields: Mapping[str, str]) -> TradeTotalRow:
    """The value as printed, in its printed unit, becomes whole units of the currency."""
    printed = PrintedNumber.parse(fields["value"])
    if printed.value < 0:
        raise ValueError(f"value {fields['value']!r}: trade is never below zero")
    tens = len(_in_form("multiplier", fields["multiplier"], _POWER_OF_TEN, "a power of ten such as 1000")) - 1
    reporter = _in_form("reporter", fields["reporter"], _AREA, "a code of three capital letters")
    partner = _in_form("partner", fields["partner"], _AREA, "a code of three capital letters")
    if reporter == partner:
        raise ValueError(f"{reporter} cannot trade with itself")
    period = Period.parse(fields["period"])
    return TradeTotalRow(
        reporter,
        Flow(fields["flow"]),
        partner,
        str(period),
        printed.value.scaleb(tens, _EXACT),
        printed.exponent + tens,
        ObsStatus(fields["obs_status"]),
        period.frequency,
        _in_form("currency", fields["currency"], _CURRENCY, "a code such as USD"),
        Valuation(fields["valuation"]) if fields["valuation"] else None,
    )


def _exchange_rate(fields: Mapping[str, str]) -> ExchangeRateRow:
    printed = PrintedNumber.parse(fields["value"])
    if printed.value <= 0:
        raise ValueError(f"value {fields['value']!r}: a rate is above zero")
    period = Period.parse(fields["period"])
    return ExchangeRateRow(
        _in_form("currency", fields["currency"], _CURRENCY, "a code such as CNY"),
        _in_form("base", fields["base"], _CURRENCY, "a code such as USD"),
        RateKind(fields["kind"]),
        str(period),
        printed.value,
        printed.exponent,
        ObsStatus(fields["obs_status"]),
        period.frequency,
    )


def _in_form(column: str, text: str, form: re.Pattern[str], expected: str) -> str:
    if not form.fullmatch(text):
        raise ValueError(f"{column} is {text!r}: write {expected}")
    return text


def _whole(rows: Iterable[FactRow]) -> tuple[str, ...]:
    """The periods of a slice of which all partners are stated: their total is there, and they make up most of it.

    China's rows have a total too, but only a few partners beside it.
    """
    totals: dict[str, Decimal] = {}
    sums: dict[str, Decimal] = {}
    for row in rows:
        if not isinstance(row, TradeTotalRow) or row.value is None:
            continue
        if row.partner == WORLD:
            totals[row.period] = row.value
        else:
            sums[row.period] = sums.get(row.period, Decimal(0)) + row.value
    return tuple(sorted(period for period, total in totals.items() if sums.get(period, 0) >= WHOLE_FROM_SHARE * total))


def _payload(extract: str, lines: Sequence[_Line]) -> RawPayload:
    """The extract's own rows as one CSV: what was delivered, and the hash by which it is known again."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(lines[0].fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(line.fields for line in lines)
    return RawPayload(f"bundled: {extract}", text.getvalue().encode(), "text/csv", dt.datetime.now(dt.UTC))


_KINDS: Final = (
    _Kind(OBSERVATIONS, ("extract", "indicator", "area", "period", "value", "obs_status"), _observation),
    _Kind(
        TRADE_TOTALS,
        (
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
        ),
        _trade_total,
    ),
    _Kind(
        EXCHANGE_RATES,
        ("extract", "currency", "base", "kind", "period", "value", "obs_status"),
        _exchange_rate,
    ),
)
# Where figures lie: what must be loaded again when a table changes.
FOLDERS: Final = tuple(kind.folder for kind in _KINDS)
