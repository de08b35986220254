"""A delivery of BACI: which files lie in a ZIP or folder, whether they belong together, and their years in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

from markets.errors import NoPayload
from markets.sources.archives import Entry, entries, loose
from markets.sources.baci import countries
from markets.sources.baci.cards import CARD, SYNTHETIC_CARD
from markets.sources.baci.names import (
    MARKER_FILE,
    SideFile,
    YearFile,
    changed,
    country_file,
    product_file,
    published,
    year_file,
)
from markets.sources.baci.text import Fingerprint, Header, fingerprint, header, pieces
from markets.sources.base import SourceCard, Vintage, with_version
from markets.sources.cubes import CubeYear
from markets.sources.files import payload_files
from markets.vocabulary import Basis, Flow, Valuation

ZIP: Final = ".zip"
CSV: Final = ".csv"
# What stands for a weight that nobody knows.
MISSING: Final = ("", "NA")
# Under such a name lies a year, whatever its name became.
_OURS: Final = "baci_hs"
_EXAMPLE: Final = "BACI_HS92_Y2021_V202201.csv"


@dataclass(frozen=True, slots=True)
class _Year:
    """A year's file, what its name says, and the countries it is to be read with."""

    entry: Entry
    told: YearFile
    letters_by_code: Mapping[str, str]
    is_synthetic: bool


@dataclass(frozen=True)
class Baci:
    """The `baci` source of a cube. Figures that are marked as invented are handed over as dataset `synthetic`."""

    card: SourceCard = CARD
    endings: tuple[str, ...] = (ZIP, CSV)

    def years(self, path: Path) -> Iterator[CubeYear]:
        """The years in a ZIP, in a folder of ZIPs and CSV files, or in one CSV file, oldest first.

        All files are read through once before the first year is handed over: where one of them is damaged or not as
        documented, none is. Raises SourceChanged, SourceRefused, NoPayload.
        """
        found = sorted(self._found(path), key=lambda year: year.told.year)
        if not found:
            raise NoPayload(source=CARD.id, path=path, endings=_EXAMPLE)
        for earlier, later in pairwise(found):
            if earlier.told.year == later.told.year:
                both = f"{earlier.told.year} stands in {earlier.entry.shown} too; hand in one of the two"
                raise changed(later.entry.shown, both)
        headers = [header(year.entry) for year in found]
        prints = [fingerprint(year.entry) for year in found]
        yield from map(_cube_year, found, headers, prints)

    def _found(self, path: Path) -> Iterator[_Year]:
        files = payload_files(CARD.id, path, (*self.endings, ".txt")) if path.is_dir() else [path]
        if not path.exists() or not any(file.suffix.lower() in self.endings for file in files):
            raise NoPayload(source=CARD.id, path=path, endings=", ".join(f"*{ending}" for ending in self.endings))
        # A computer's own notes on a file begin with a point.
        files = [file for file in files if not file.name.startswith(".")]
        for file in files:
            if file.suffix.lower() == ZIP:
                yield from _together(entries(CARD.id, file), file.name)
        for folder in sorted({file.parent for file in files}):
            lying = [loose(CARD.id, f) for f in files if f.parent == folder and f.suffix.lower() != ZIP]
            yield from _together(lying, folder.name)


def _together(lying: Sequence[Entry], place: str) -> Iterator[_Year]:
    """The years among files that lie together. Raises SourceChanged for a table that is none of BACI's."""
    years: list[tuple[Entry, YearFile]] = []
    lists: list[tuple[Entry, SideFile]] = []
    products: list[tuple[Entry, SideFile]] = []
    is_marked = any(entry.name.lower() == MARKER_FILE.lower() for entry in lying)
    for entry in lying:
        if year := year_file(entry.name):
            years.append((entry, year))
        elif of_countries := country_file(entry.name):
            lists.append((entry, of_countries))
        elif of_products := product_file(entry.name):
            products.append((entry, of_products))
        elif entry.name.lower().endswith(CSV) or entry.name.lower().startswith(_OURS):
            raise changed(entry.shown, f"no file of BACI has such a name; one of a year is called {_EXAMPLE}")
    if len(lists) > 1:
        other = lists[0][0].name
        raise changed(lists[1][0].shown, f"{other} lists the countries too; leave one of the two in {place}")
    _check_sides(years, lists, products)
    # A list of another version may lack a code of the files: Italy was 381 and is 380.
    letters_by_code = {**countries.own(), **(countries.listed(lists[0][0]) if lists and years else {})}
    for entry, year in years:
        yield _Year(entry, year, letters_by_code, is_marked or year.is_marked)


def _check_sides(
    years: Sequence[tuple[Entry, YearFile]],
    lists: Sequence[tuple[Entry, SideFile]],
    products: Sequence[tuple[Entry, SideFile]],
) -> None:
    """What the lists' names say of version and revision, so that a file under another's name is noticed."""
    revisions = {told.revision for _entry, told in products if told.revision}
    for entry, year in years:
        for side, told in lists:
            if told.version and year.version and told.version != year.version:
                raise changed(entry.shown, f"{side.name} beside it is of another version; lay files of one together")
        if revisions and year.revision not in revisions:
            beside = ", ".join(sorted(revisions))
            raise changed(entry.shown, f"the list of products beside it is of {beside}; one of the names is wrong")


def _cube_year(found: _Year, columns: Header, printed: Fingerprint) -> CubeYear:
    told = found.told
    return CubeYear(
        dataset=SYNTHETIC_CARD.id if found.is_synthetic else CARD.id,
        key=str(told.year),
        year=told.year,
        name=found.entry.name,
        sha256=printed.sha256,
        size_bytes=printed.size_bytes,
        vintage=_vintage(told, SYNTHETIC_CARD if found.is_synthetic else CARD),
        columns=columns.columns,
        chunks=partial(pieces, found.entry),
        basis=Basis.RECONCILED,
        flow=Flow.EXPORT,
        classification=told.classification,
        areas=countries.areas_of(found.letters_by_code, told.year),
        missing=MISSING,
        pads_product=True,
        delimiter=columns.delimiter,
        # Reconciled values are free on board: the publisher takes the costs of transport off what importers report.
        valuation=Valuation.FOB,
    )


def _vintage(told: YearFile, card: SourceCard) -> Vintage:
    known_by, note = published(told.version)
    return Vintage(
        title=with_version(f"{card.name}: {told.year}, {told.revision}", told.version),
        released_note=note,
        known_by=known_by,
        licence=card.licence,
        citation=with_version(f"{card.citation}; {told.revision}", told.version),
    )
