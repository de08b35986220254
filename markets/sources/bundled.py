"""The facts that come with the product: small tables of observations, each row with source, date and licence.

Each extract of a dataset is one vintage. They take the same way as a download, so that a later download revises them.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import re
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Final

from markets.errors import FactsInvalid, InvalidValue
from markets.sources.base import Delivery, ObservationRow, RawPayload, SliceDelivery, Vintage
from markets.vocabulary import ObsStatus, Period, PrintedNumber, Transport

FACTS: Final = Path(__file__).resolve().parent.parent / "facts"

EXTRACTS: Final = "extracts.csv"
OBSERVATIONS: Final = "observations"
_AT_LATEST = re.compile(r"at latest (\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)
_EXTRACT_COLUMNS: Final = ("id", "dataset", "title", "released", "licence", "citation", "rank")
_OBSERVATION_COLUMNS: Final = ("extract", "indicator", "area", "period", "value", "obs_status")

_Rows = list[tuple[str, int, dict[str, str]]]


def deliveries(dataset: str, facts: Path = FACTS) -> Iterator[Delivery]:
    """The bundled vintages of a dataset, oldest first. Raises FactsInvalid with the file and line of what is wrong."""
    extracts = list(fact_rows(facts / EXTRACTS, _EXTRACT_COLUMNS))
    rows_by_extract = _rows_by_extract(facts / OBSERVATIONS, {row["id"] for _line, row in extracts})
    of_dataset = [(_rank(line, row), line, row) for line, row in extracts if row["dataset"] == dataset]
    for _place, line, extract in sorted(of_dataset, key=lambda ranked: ranked[:2]):
        rows = rows_by_extract.get(extract["id"], [])
        if rows:
            yield _delivery(dataset, extract, line, rows)


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


def _rank(line: int, extract: dict[str, str]) -> int:
    if not (extract["rank"].isascii() and extract["rank"].isdigit()):
        raise FactsInvalid(table=EXTRACTS, line=line, reason=f"rank {extract['rank']!r}: write a whole number")
    return int(extract["rank"])


def _rows_by_extract(folder: Path, known: Container[str]) -> dict[str, _Rows]:
    found: dict[str, _Rows] = {}
    for path in sorted(folder.glob("*.csv")):
        for line, row in fact_rows(path, _OBSERVATION_COLUMNS):
            if row["extract"] not in known:
                raise FactsInvalid(table=path.name, line=line, reason=f"{EXTRACTS} has no extract {row['extract']!r}")
            found.setdefault(row["extract"], []).append((path.name, line, row))
    return found


def _delivery(
    dataset: str,
    extract: dict[str, str],
    line: int,
    rows: Sequence[tuple[str, int, dict[str, str]]],
) -> Delivery:
    try:
        released_on, known_by, note = released(extract["released"])
    except ValueError as wrong:
        raise FactsInvalid(table=EXTRACTS, line=line, reason=f"released {extract['released']!r}: {wrong}") from wrong
    slices: dict[str, list[ObservationRow]] = {}
    for table, number, row in rows:
        slices.setdefault(row["indicator"], []).append(_observation(table, number, row))
    return Delivery(
        dataset=dataset,
        transport=Transport.BUNDLED,
        vintage=Vintage(
            title=extract["title"],
            released_on=released_on,
            released_note=note,
            known_by=known_by,
            licence=extract["licence"],
            citation=extract["citation"],
        ),
        slices=[SliceDelivery(indicator, its_rows) for indicator, its_rows in slices.items()],
        payloads=[_payload(extract["id"], rows)],
    )


def _observation(table: str, line: int, row: dict[str, str]) -> ObservationRow:
    try:
        printed = PrintedNumber.parse(row["value"])
        period = Period.parse(row["period"])
        status = ObsStatus(row["obs_status"])
    except (InvalidValue, ValueError) as wrong:
        raise FactsInvalid(table=table, line=line, reason=str(wrong)) from wrong
    return ObservationRow(
        row["indicator"],
        row["area"],
        str(period),
        printed.value,
        printed.exponent,
        status,
        period.frequency,
    )


def _payload(extract: str, rows: Sequence[tuple[str, int, dict[str, str]]]) -> RawPayload:
    """The extract's own rows as one CSV: what was delivered, and the hash by which it is known again."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0][2]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for _table, _line, row in rows)
    return RawPayload(f"bundled: {extract}", text.getvalue().encode(), "text/csv", dt.datetime.now(dt.UTC))
