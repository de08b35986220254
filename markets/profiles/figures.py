"""A figure: one number with its birth certificate, its change, its rank, and what to know about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from markets import queries
from markets.models import AreaCaveat, Indicator, Release
from markets.queries import Ranked, Standing, Stated
from markets.vocabulary import AsOf

# Units whose change is told as a difference; a change in per cent of a percentage misleads.
POINT_UNITS = frozenset({"pct", "pct_of_gdp", "pct_of_population"})
DIFFERENCE_UNITS = frozenset({"score_1_5", "index", "years", "days", "births_per_woman", "per_100", "per_1000"})


# Fewer markets than this are no picture of the world, and a place among them says so.
FEWEST_MARKETS = 20


class Missing(StrEnum):
    """Why there is no value. Missing is never zero."""

    NOT_LOADED = "not_loaded"
    NOT_KNOWN_THEN = "not_known_then"


class ChangeKind(StrEnum):
    """How a change is told."""

    PER_CENT = "pct"
    POINTS = "percentage_points"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class IndicatorRef:
    """What a figure measures. unit is a word of `docs/glossary.md`; decimals are the digits to show."""

    code: str
    name: str
    group: str
    unit: str
    decimals: int
    direction: str
    definition: str
    caveat: str
    dataset: str


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Who said it, on what licence, and where to look."""

    id: str
    name: str
    publisher: str
    url: str
    licence: str
    licence_url: str
    redistribution: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """The vintage a figure comes from. released_on None: `released_note` says what is known of the date."""

    source: SourceRef
    release: int
    vintage: str
    transport: str
    released_on: dt.date | None
    released_note: str
    known_from: dt.datetime
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None
    citation: str


@dataclass(frozen=True, slots=True)
class Point:
    """A value in a period."""

    period: str
    value: Decimal | None
    obs_status: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Change against the stated value before: in per cent of it, in percentage points, or in the unit.

    is_across_vintages: the two values come from different vintages, so part of it may be revision.
    """

    since: str
    value: Decimal
    kind: ChangeKind
    is_across_vintages: bool = False


@dataclass(frozen=True, slots=True)
class Rank:
    """Position among the `of` markets that have a value for the same period; equal values share a position.

    period: the one that is ranked; an earlier one than the figure's where few markets have a value for that yet.
    loaded: how many markets have any value of the series, where they are too few to stand for the world; else null.
    """

    position: int
    of: int
    lowest_first: bool
    period: str = ""
    loaded: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """The value that this one took the place of, and the vintage that had stated it.

    released_on: the provider's own date of that vintage; None where only known_from, by when it was public, is known.
    """

    value: Decimal | None
    release: int
    vintage: str
    known_from: dt.datetime
    released_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with all that a reader may ask of it. value None: `missing` says why.

    rank None while a value is there: `unranked_reason` says why, or nobody else has a value for that period.
    """

    indicator: IndicatorRef
    area: str
    period: str = ""
    value: Decimal | None = None
    obs_status: str = ""
    missing: str = ""
    previous: Point | None = None
    change: Change | None = None
    rank: Rank | None = None
    unranked_reason: str = ""
    revised_from: Revision | None = None
    caveats: tuple[str, ...] = ()
    provenance: Provenance | None = None


def indicator_ref(indicator: Indicator) -> IndicatorRef:
    """The indicator in the active language."""
    return IndicatorRef(
        code=indicator.code,
        name=indicator.name,
        group=indicator.group,
        unit=indicator.unit,
        decimals=indicator.decimals,
        direction=indicator.direction,
        definition=indicator.definition,
        caveat=indicator.caveat,
        dataset=indicator.dataset_id,
    )


def provenance(release: Release) -> Provenance:
    """The birth certificate shared by all figures of one release."""
    dataset = release.dataset
    return Provenance(
        source=SourceRef(
            id=dataset.id,
            name=dataset.name,
            publisher=dataset.publisher,
            url=dataset.url,
            licence=release.licence,
            # The address is of the words the dataset stands under now; a vintage may have come on others.
            licence_url=dataset.licence_url if release.licence == dataset.licence else "",
            redistribution=dataset.redistribution,
        ),
        release=release.pk,
        vintage=release.title,
        transport=release.transport,
        released_on=release.released_on,
        released_note=release.released_note,
        known_from=release.known_from,
        retrieved_at=release.retrieved_at,
        published_at=release.published_at,
        citation=release.citation,
    )


def provenances(rows: Iterable[Stated]) -> dict[int, Provenance]:
    """Provenance by release id, for all rows at once."""
    return {pk: provenance(release) for pk, release in queries.releases_by_id(r.release_id for r in rows).items()}


def latest_figures(
    indicators: Sequence[Indicator], rows: Sequence[Stated], area: str, as_of: AsOf | None = None
) -> list[Figure]:
    """The newest stated figure of each indicator for one area, in the order of `indicators`.

    rows: the area's stated values by indicator, oldest first. A forecast is not a newest value: it is passed over.
    """
    series: dict[str, list[Stated]] = {}
    for row in rows:
        if row.obs_status != "f":
            series.setdefault(row.indicator_id, []).append(row)
    newest = [its_rows[-1] for its_rows in series.values()]
    replaced = queries.replaced_values(newest)
    caveats = queries.reference().caveats
    known = _Known(
        sources=provenances([*newest, *replaced.values()]),
        replaced=replaced,
        caveats=caveats,
        places=_places(series, caveats, as_of),
    )
    missing = Missing.NOT_LOADED if as_of is None else Missing.NOT_KNOWN_THEN
    figures = []
    for indicator in indicators:
        its_rows = series.get(indicator.code)
        if not its_rows:
            figures.append(Figure(indicator_ref(indicator), area, missing=missing.value))
            continue
        figures.append(_figure(indicator, its_rows, known))
    return figures


def change_between(unit: str, before: Point, now: Point) -> Change | None:
    """Change from one stated value to a later one; None where a per cent of zero or less would be asked for."""
    if before.value is None or now.value is None:
        return None
    if unit in POINT_UNITS:
        return Change(before.period, now.value - before.value, ChangeKind.POINTS)
    if unit in DIFFERENCE_UNITS:
        return Change(before.period, now.value - before.value, ChangeKind.DIFFERENCE)
    if before.value <= 0:
        return None
    # Rounded once, far beyond what is shown.
    change_pct = ((now.value - before.value) / before.value * 100).quantize(Decimal("0.000001"))
    return Change(before.period, change_pct, ChangeKind.PER_CENT)


def change_in_series(unit: str, rows: Sequence[Stated]) -> Change | None:
    """Change from the value before the last to the last one, told apart when their vintages differ."""
    if len(rows) < 2:
        return None
    before, now = rows[-2], rows[-1]
    change = change_between(unit, Point(before.period, before.value), Point(now.period, now.value))
    if change is None or before.release_id == now.release_id:
        return change
    return replace(change, is_across_vintages=True)


def rank_of(standing: Standing | None, direction: str, period: str = "", loaded: int | None = None) -> Rank | None:
    """Position by the indicator's direction: lowest first where low is wanted, else highest first.

    loaded: how many markets have any value of the series; kept where they are few.
    """
    if standing is None or standing.of == 0:
        return None
    lowest_first = direction == Indicator.Direction.DOWN
    ahead = standing.below if lowest_first else standing.above
    few = loaded if loaded is not None and loaded < FEWEST_MARKETS else None
    return Rank(ahead + 1, standing.of, lowest_first, period, few)


def unrankable(caveats: Iterable[AreaCaveat], area: str, indicator: str, period: str) -> str:
    """Why this figure may not be ranked; empty when it may."""
    for caveat in caveats:
        if caveat.area_id == area and not caveat.is_rankable and caveat.covers(indicator, period):
            return caveat.text
    return ""


def barred_pairs(caveats: Iterable[AreaCaveat], wanted: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(area, indicator) pairs whose figure for the wanted (indicator, period) may not be ranked."""
    asked = list(wanted)
    return [
        (caveat.area_id, indicator)
        for caveat in caveats
        if not caveat.is_rankable
        for indicator, period in asked
        if caveat.covers(indicator, period)
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, in which period, and among how many markets with any value of the series."""

    period: str
    standing: Standing | None
    loaded: int | None


def _places(
    series: Mapping[str, Sequence[Stated]], caveats: Sequence[AreaCaveat], as_of: AsOf | None
) -> dict[str, _Place]:
    """The place of each indicator's newest value, or of the newest one of a period that enough markets have."""
    newest = {code: rows[-1] for code, rows in series.items()}
    found = _standings(newest.values(), caveats, as_of)
    # Whoever stands among half of all markets stands in a period that is full enough.
    half = queries.reference().market_count / 2
    spreads = queries.spreads([code for code in newest if code not in found or found[code].of < half], as_of)
    earlier = {}
    for code, spread in spreads.items():
        full = next((row for row in reversed(series[code]) if spread.is_full(row.period)), newest[code])
        if full is not newest[code]:
            earlier[code] = full
    found |= _standings(earlier.values(), caveats, as_of)
    ranked = newest | earlier
    return {
        code: _Place(ranked[code].period, found.get(code), spreads[code].loaded if code in spreads else None)
        for code in newest
    }


def _standings(rows: Iterable[Stated], caveats: Sequence[AreaCaveat], as_of: AsOf | None) -> dict[str, Standing]:
    wanted = [Ranked(row.indicator_id, row.period, row.value) for row in rows if row.value is not None]
    barred = barred_pairs(caveats, ((w.indicator, w.period) for w in wanted))
    return queries.standings(wanted, barred, as_of)


@dataclass(frozen=True, slots=True)
class _Known:
    """What all figures of one area share."""

    sources: dict[int, Provenance]
    replaced: dict[int, Stated]
    caveats: Sequence[AreaCaveat]
    places: dict[str, _Place]


def _figure(indicator: Indicator, rows: Sequence[Stated], known: _Known) -> Figure:
    row = rows[-1]
    before = Point(rows[-2].period, rows[-2].value, rows[-2].obs_status) if len(rows) > 1 else None
    place = known.places[indicator.code]
    barred = next(
        filter(
            None,
            (unrankable(known.caveats, row.area_id, indicator.code, period) for period in (row.period, place.period)),
        ),
        "",
    )
    said = tuple(
        c.text
        for c in known.caveats
        if c.area_id == row.area_id and c.indicators and c.covers(indicator.code, row.period)
    )
    return Figure(
        indicator=indicator_ref(indicator),
        area=row.area_id,
        period=row.period,
        value=row.value,
        obs_status=row.obs_status,
        previous=before,
        change=change_in_series(indicator.unit, rows),
        rank=None if barred else rank_of(place.standing, indicator.direction, place.period, place.loaded),
        unranked_reason=barred,
        revised_from=_revision(known.replaced.get(row.pk), known.sources),
        caveats=said,
        provenance=known.sources[row.release_id],
    )


def _revision(old: Stated | None, sources: dict[int, Provenance]) -> Revision | None:
    if old is None:
        return None
    source = sources[old.release_id]
    return Revision(old.value, source.release, source.vintage, source.known_from, source.released_on)
