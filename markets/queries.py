"""Every read of the market tables. Rows come back as plain values, ordered; nothing is judged here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from markets.models import (
    Area,
    AreaCaveat,
    Category,
    CategoryFact,
    CategoryProduct,
    Dataset,
    DemandProfile,
    Indicator,
    Job,
    MarketCharacter,
    Membership,
    Observation,
    Product,
    Release,
    Slice,
    ThemeProduct,
    ThemeStatement,
)
from markets.vocabulary import AsOf, PrintedNumber

# The markets the product was made for, and the home of its first exporters; they stand first where a list is long.
FOCUS_MARKETS = ("KAZ", "KGZ", "TJK", "TKM", "UZB", "CHN")


class Stated(NamedTuple):
    """One observation as a plain row: pages read thousands of them, and models would be most of the time."""

    pk: int
    indicator_id: str
    area_id: str
    period: str
    value: Decimal | None
    last_digit_exponent: int | None
    obs_status: str
    release_id: int
    known_from: dt.datetime
    known_to: dt.datetime | None
    superseded_by_id: int | None


def stated(rows: QuerySet[Observation]) -> list[Stated]:
    """The rows of a query as plain rows, in its order."""
    return [Stated(*row) for row in rows.values_list(*Stated._fields)]


def in_force(as_of: AsOf | None = None) -> QuerySet[Observation]:
    """Observations as known now, or as they were known at a moment."""
    if as_of is None:
        return Observation.objects.filter(known_to=None)
    still = Q(known_to=None) | Q(known_to__gt=as_of.at)
    return Observation.objects.filter(still, known_from__lte=as_of.at)


def markets() -> QuerySet[Area]:
    """Countries and areas; groups of them are not markets."""
    return Area.objects.filter(is_aggregate=False)


def indicators() -> QuerySet[Indicator]:
    """All indicators with their dataset, in the order of the registry."""
    return Indicator.objects.select_related("dataset").order_by("sort", "code")


def observations_of_area(area: str, as_of: AsOf | None = None) -> list[Stated]:
    """All stated values of one area, by indicator, oldest first."""
    rows = in_force(as_of).filter(area_id=area, value__isnull=False)
    return stated(rows.order_by("indicator_id", "period"))


def observations_of_indicator(indicator: str, as_of: AsOf | None = None) -> list[Stated]:
    """All stated values of one indicator, by area, oldest first."""
    rows = in_force(as_of).filter(indicator_id=indicator, value__isnull=False)
    return stated(rows.order_by("area_id", "period"))


def newest_observations(indicators: Sequence[str], areas: Sequence[str], as_of: AsOf | None = None) -> list[Stated]:
    """The newest stated value of each area and indicator; a forecast is not a newest value."""
    rows = observations(indicators=indicators, areas=areas, as_of=as_of).filter(value__isnull=False)
    rows = rows.exclude(obs_status="f").order_by("area_id", "indicator_id", "-period")
    return stated(rows.distinct("area_id", "indicator_id"))


def history(indicator: str, area: str) -> list[Stated]:
    """Every vintage of every period of one series, newest vintage first within a period."""
    rows = Observation.objects.filter(indicator_id=indicator, area_id=area)
    return stated(rows.order_by("-period", "-known_from", "-id"))


def observations(
    *,
    indicators: Sequence[str] = (),
    areas: Sequence[str] = (),
    period: str = "",
    period_from: str = "",
    period_to: str = "",
    release: int | None = None,
    as_of: AsOf | None = None,
) -> QuerySet[Observation]:
    """Observations in force that pass the filters, values withdrawn or withheld included."""
    rows = in_force(as_of) if release is None else Observation.objects.filter(release_id=release)
    if indicators:
        rows = rows.filter(indicator_id__in=indicators)
    if areas:
        rows = rows.filter(area_id__in=areas)
    if period:
        rows = rows.filter(period=period)
    if period_from:
        rows = rows.filter(period__gte=period_from)
    if period_to:
        rows = rows.filter(period__lte=period_to)
    return rows


@dataclass(frozen=True, slots=True)
class Standing:
    """How one value stands among the markets that have a value for the same period."""

    of: int
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value to be ranked: its indicator, period and size."""

    indicator: str
    period: str
    value: Decimal


def standings(wanted: Sequence[Ranked], excluded: Iterable[tuple[str, str]], as_of: AsOf | None) -> dict[str, Standing]:
    """Standing of each wanted value, by indicator, in one question.

    excluded: (area, indicator) pairs that may not be ranked and so do not count among the others.
    """
    if not wanted:
        return {}
    pairs = list(excluded)
    known = "o.known_to IS NULL"
    if as_of is not None:
        known = "o.known_from <= %(at)s AND (o.known_to IS NULL OR o.known_to > %(at)s)"
    sql = f"""
        SELECT w.indicator, count(*),
               count(*) FILTER (WHERE o.value > w.value), count(*) FILTER (WHERE o.value < w.value)
        FROM unnest(%(indicators)s::text[], %(periods)s::text[], %(values)s::numeric[]) AS w(indicator, period, value)
        JOIN markets_observation o ON o.indicator_id = w.indicator AND o.period = w.period AND {known}
        JOIN markets_area a ON a.code = o.area_id AND NOT a.is_aggregate
        WHERE o.value IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM unnest(%(areas)s::text[], %(barred)s::text[]) AS x(area, indicator)
            WHERE x.area = o.area_id AND x.indicator = o.indicator_id)
        GROUP BY w.indicator
    """  # noqa: S608 - the only text put in is one of the two constants above
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "indicators": [w.indicator for w in wanted],
                "periods": [w.period for w in wanted],
                "values": [w.value for w in wanted],
                "areas": [area for area, _indicator in pairs],
                "barred": [indicator for _area, indicator in pairs],
                "at": as_of.at if as_of else None,
            },
        )
        return {indicator: Standing(of, above, below) for indicator, of, above, below in cursor.fetchall()}


def replaced_values(rows: Iterable[Stated]) -> dict[int, Stated]:
    """For each observation that revised or withdrew another, the one it took the place of, by the newer one's id.

    Vintages between the two that said the same figure in other digits or under another letter are passed over.
    """
    newer = [row for row in rows if row.obs_status]
    if not newer:
        return {}
    older: dict[tuple[str, str, str], list[Stated]] = {}
    superseded = Observation.objects.filter(
        known_to__isnull=False,
        indicator_id__in={row.indicator_id for row in newer},
        area_id__in={row.area_id for row in newer},
        period__in={row.period for row in newer},
    )
    for row in stated(superseded.order_by("-known_from", "-id")):
        older.setdefault((row.indicator_id, row.area_id, row.period), []).append(row)
    found = {}
    for row in newer:
        vintages = older.get((row.indicator_id, row.area_id, row.period), ())
        before = (old for old in vintages if (old.known_from, old.pk) < (row.known_from, row.pk))
        other = next((old for old in before if not _is_same_figure(old, row)), None)
        if other is not None:
            found[row.pk] = other
    return found


class Coverage(NamedTuple):
    """How many markets an indicator has any value for, and its oldest and newest period; forecasts are left out."""

    indicator_id: str
    markets: int
    oldest: str
    newest: str


def coverage(as_of: AsOf | None = None) -> dict[str, Coverage]:
    """Coverage of each indicator that has a value, by its code."""
    rows = in_force(as_of).filter(value__isnull=False, area__is_aggregate=False).exclude(obs_status="f")
    counted = (
        rows.order_by()
        .values("indicator_id")
        .annotate(markets=Count("area_id", distinct=True), oldest=Min("period"), newest=Max("period"))
    )
    return {row["indicator_id"]: Coverage(**row) for row in counted}


def revisions(indicator: str, limit: int, as_of: AsOf | None = None) -> tuple[list[Stated], int]:
    """Observations of an indicator that revised or withdrew another, newest first, and how many there are.

    The same figure in other digits or under another letter is no revision.
    """
    columns = ", ".join(f"n.{column}" for column in ("id", *Stated._fields[1:]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) OVER (), {columns}
            FROM markets_observation n
            JOIN markets_observation o ON o.superseded_by_id = n.release_id AND o.indicator_id = n.indicator_id
                AND o.area_id = n.area_id AND o.period = n.period
            WHERE n.indicator_id = %(indicator)s AND (%(at)s::timestamptz IS NULL OR n.known_from <= %(at)s)
              AND ((n.value IS NULL AND o.value IS NULL) OR n.value = o.value
                   OR (n.last_digit_exponent <> o.last_digit_exponent
                       AND abs(n.value - o.value) * 2
                           <= 10::numeric ^ greatest(n.last_digit_exponent, o.last_digit_exponent))) IS NOT TRUE
            ORDER BY n.known_from DESC, n.period DESC, n.area_id LIMIT %(limit)s
            """,  # noqa: S608 - the only text put in is the names of our own columns
            {"indicator": indicator, "at": as_of.at if as_of else None, "limit": limit},
        )
        found = cursor.fetchall()
    return [Stated(*row[1:]) for row in found], found[0][0] if found else 0


def _is_same_figure(old: Stated, new: Stated) -> bool:
    """Whether the two differ only in how many digits were printed."""
    if old.value is None or new.value is None:
        return old.value is new.value
    if old.last_digit_exponent is None or new.last_digit_exponent is None:
        return old.value == new.value
    printed = PrintedNumber(old.value, old.last_digit_exponent)
    return printed.agrees_with(PrintedNumber(new.value, new.last_digit_exponent))


def releases_by_id(ids: Iterable[int]) -> Mapping[int, Release]:
    """Releases with their dataset, by id."""
    return Release.objects.select_related("dataset").in_bulk(set(ids))


class ReleaseCertificate(NamedTuple):
    """What the observations of one release have in common, as a plain row."""

    release: int
    title: str
    transport: str
    released_on: dt.date | None
    released_note: str
    known_from: dt.datetime
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None
    licence: str
    dataset: str
    name: str
    publisher: str
    url: str
    licence_url: str
    redistribution: str


def release_certificates(ids: Iterable[int]) -> list[ReleaseCertificate]:
    """The certificates of these releases. Plain SQL: asked with every page of observations, it must cost nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.title, r.transport, r.released_on, r.released_note, r.known_from, r.retrieved_at,
                   r.published_at, r.licence, d.id, d.name, d.publisher, d.url, d.licence_url, d.redistribution
            FROM markets_release r JOIN markets_dataset d ON d.id = r.dataset_id WHERE r.id = ANY(%s)
            """,
            [list(ids)],
        )
        return [ReleaseCertificate(*row) for row in cursor.fetchall()]


def caveats(areas: Sequence[str] = ()) -> QuerySet[AreaCaveat]:
    """Caveats of the named areas, or of all."""
    return AreaCaveat.objects.filter(area_id__in=areas) if areas else AreaCaveat.objects.all()


def memberships(area: str) -> QuerySet[Membership]:
    """Groups the area belongs or belonged to."""
    return Membership.objects.filter(member_id=area).select_related("group").order_by("group_id", "from_on")


def members(group: str) -> list[str]:
    """Codes of the present members of a group."""
    return list(Membership.objects.filter(group_id=group, to_on=None).values_list("member_id", flat=True))


def present_memberships(areas: Sequence[str]) -> list[tuple[str, str]]:
    """(member, group) for the groups these areas belong to today, by group."""
    today = timezone.now().date()
    has_begun = Q(from_on=None) | Q(from_on__lte=today)
    holds = Q(to_on=None) | Q(to_on__gt=today)
    rows = Membership.objects.filter(has_begun, holds, member_id__in=areas).order_by("group_id", "member_id")
    return list(rows.values_list("member_id", "group_id").distinct())


def withheld_datasets() -> list[str]:
    """Datasets whose licence does not let their figures be passed on to everyone. Plain SQL, as above."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM markets_dataset WHERE redistribution <> %s ORDER BY id", ["open"])
        return [key for (key,) in cursor.fetchall()]


def demand_profiles(areas: Sequence[str], as_of: AsOf | None = None) -> dict[str, DemandProfile]:
    """The versions in force by area, with their statements, characters and category facts ready to read."""
    versions = DemandProfile.objects.filter(area_id__in=areas)
    if as_of is not None:
        versions = versions.filter(known_from__lte=as_of.at)
    newest = versions.order_by("area_id", "-version").distinct("area_id").select_related("author")
    parts = (
        Prefetch("statements", ThemeStatement.objects.select_related("document")),
        Prefetch("characters", MarketCharacter.objects.select_related("document")),
        Prefetch("category_facts", CategoryFact.objects.select_related("document")),
    )
    return {profile.area_id: profile for profile in newest.prefetch_related(*parts)}


def demand_profile(area: str, as_of: AsOf | None = None) -> DemandProfile | None:
    """The version in force for one area; None when there is none."""
    return demand_profiles([area], as_of).get(area)


def categories() -> QuerySet[Category]:
    """All categories, the focus ones first."""
    return Category.objects.order_by("sort", "slug")


class NamedProduct(NamedTuple):
    """A product that belongs to something (a category, a theme), with its names."""

    owner: str
    note: str
    classification: str
    code: str
    label_en: str
    plain_en: str
    plain_zh: str
    plain_ru: str


_PRODUCT_COLUMNS = tuple(f"product__{field}" for field in NamedProduct._fields[2:])


def category_products(slugs: Sequence[str] = ()) -> list[NamedProduct]:
    """The codes that categories hold, by category and code."""
    rows = CategoryProduct.objects.order_by("category__sort", "product__code")
    rows = rows.filter(category_id__in=slugs) if slugs else rows
    return [NamedProduct(*row) for row in rows.values_list("category_id", "note", *_PRODUCT_COLUMNS)]


def theme_products() -> list[NamedProduct]:
    """The codes that themes of demand ask for, by theme and code."""
    rows = ThemeProduct.objects.order_by("theme_id", "product__code")
    return [NamedProduct(*row) for row in rows.values_list("theme_id", "note", *_PRODUCT_COLUMNS)]


def categories_of_product(code: str) -> QuerySet[Category]:
    """Categories that hold this code: one of their prefixes begins it."""
    begins = [code[:length] for length in (2, 4, 6) if length <= len(code)]
    return categories().filter(prefixes__product__code__in=begins).distinct()


def categories_below_product(code: str) -> QuerySet[Category]:
    """Categories that hold some code below this one and not the whole of it."""
    whole = categories_of_product(code).values("slug")
    below = categories().filter(prefixes__product__code__startswith=code)
    return below.exclude(slug__in=whole).distinct()


def products(classification: str = "HS2022") -> QuerySet[Product]:
    """Products of one revision by code."""
    return Product.objects.filter(classification=classification).order_by("code")


def children_count(parents: Sequence[int]) -> dict[int, int]:
    """How many products lie directly below each of these."""
    below = Product.objects.filter(parent_id__in=parents).values("parent_id").annotate(number=Count("id"))
    return {row["parent_id"]: row["number"] for row in below.order_by()}


def datasets() -> QuerySet[Dataset]:
    """All datasets by id."""
    return Dataset.objects.order_by("id")


def series_counts() -> dict[str, int]:
    """How many indicators each dataset has."""
    counted = Indicator.objects.values("dataset_id").annotate(number=Count("code"))
    return {row["dataset_id"]: row["number"] for row in counted.order_by()}


def releases(dataset: str = "", *, published_only: bool = True) -> QuerySet[Release]:
    """Vintages, newest first."""
    rows = Release.objects.select_related("dataset").order_by("-known_from", "-id")
    if dataset:
        rows = rows.filter(dataset_id=dataset)
    return rows.filter(state=Release.State.PUBLISHED) if published_only else rows


def last_jobs() -> dict[str, Job]:
    """The newest refresh of each dataset."""
    newest = Job.objects.order_by("dataset_id", "-started_at").distinct("dataset_id")
    return {job.dataset_id: job for job in newest}


def last_downloads() -> dict[str, Job]:
    """The newest refresh of each dataset that read its provider, by download or from a file, and did not fail."""
    read = Job.objects.filter(transport__in=("http", "file")).exclude(state=Job.State.FAILED)
    return {job.dataset_id: job for job in read.order_by("dataset_id", "-started_at").distinct("dataset_id")}


def slices_of_release(release: int) -> QuerySet[Slice]:
    """The slices a release speaks of."""
    return Slice.objects.filter(releases__release_id=release).order_by("key")
