"""Trade of single products that comes with the product: small tables, handed over year by year as a cube is."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markets.errors import FactsInvalid, InvalidValue
from markets.sources import baci_extract, ember, eurostat
from markets.sources.base import SourceCard
from markets.sources.bundled import EXTRACTS, FACTS, extracts_of, fact_rows, vintage_of
from markets.sources.cubes import CubeColumn, CubeYear
from markets.vocabulary import Basis, Frequency, Period

FLOWS: Final = "flows"
CARDS: Final[tuple[SourceCard, ...]] = (ember.CARD, eurostat.CARD, baci_extract.CARD)
# Whose word the rows of a dataset are: one for the whole of it.
_BASES: Final[Mapping[str, Basis]] = {
    ember.CARD.id: Basis.EXPORTER_REPORTED,
    eurostat.CARD.id: Basis.EXPORTER_REPORTED,
    baci_extract.CARD.id: Basis.RECONCILED,
}
_TAKEN: Final = (
    "exporter",
    "flow",
    "importer",
    "classification",
    "product",
    "period",
    "value_usd",
    "value",
    "currency",
    "net_weight_kg",
    "quantity",
    "quantity_unit",
    "valuation",
    "obs_status",
)
_COLUMNS: Final = tuple(CubeColumn(name, name) for name in _TAKEN)


@dataclass(frozen=True, slots=True)
class _Year:
    """The rows of one year of a dataset, in the order of the table, and the extract and rhythm they share."""

    extract: str
    frequency: Frequency
    rows: list[Mapping[str, str]]


def years_of_flows(dataset: str, facts: Path = FACTS) -> Iterator[CubeYear]:
    """The bundled years of a dataset of flows, oldest first; none for a dataset that has no tables here.

    Raises FactsInvalid with the file and line of what is wrong.
    """
    if dataset not in _BASES:
        return
    extracts = {row["id"]: (number, row) for number, row in extracts_of(facts)}
    years: dict[int, _Year] = {}
    for path in sorted((facts / FLOWS).glob("*.csv")):
        for number, row in fact_rows(path, ("extract", *_TAKEN)):
            if row["extract"] not in extracts:
                reason = f"{EXTRACTS} has no extract {row['extract']!r}"
                raise FactsInvalid(table=path.name, line=number, reason=reason)
            if extracts[row["extract"]][1]["dataset"] == dataset:
                _add(years, row, path.name, number)
    for year in sorted(years):
        number, extract = extracts[years[year].extract]
        yield _cube_year(dataset, year, years[year], number, extract)


def _add(years: dict[int, _Year], row: Mapping[str, str], table: str, number: int) -> None:
    """Put a row to its year. What a year is made of must be one: its rows are published, and replaced, together."""
    try:
        period = Period.parse(row["period"])
    except InvalidValue as wrong:
        raise FactsInvalid(table=table, line=number, reason=str(wrong)) from wrong
    of_year = years.setdefault(period.year, _Year(row["extract"], period.frequency, []))
    if (of_year.extract, of_year.frequency) != (row["extract"], period.frequency):
        reason = f"{period.year} has rows of another extract or rhythm: keep one of them for a year"
        raise FactsInvalid(table=table, line=number, reason=reason)
    of_year.rows.append(row)


def _cube_year(dataset: str, year: int, found: _Year, number: int, extract: Mapping[str, str]) -> CubeYear:
    body = _text(found.rows)
    return CubeYear(
        dataset=dataset,
        key=str(year),
        year=year,
        name=f"bundled: {found.extract} {year}",
        sha256=hashlib.sha256(body).hexdigest(),
        size_bytes=len(body),
        vintage=vintage_of(extract, number),
        columns=_COLUMNS,
        chunks=lambda: iter((body,)),
        basis=_BASES[dataset],
        frequency=found.frequency,
    )


def _text(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_TAKEN, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
