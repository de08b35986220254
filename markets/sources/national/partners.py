"""Whom a row is about: a country, the reporter's total, a group of countries, the rest, or nobody we know.

Names come from CLDR in the offices' languages, from our own other names of areas, and from `partner_names.csv`, which
holds what the offices write differently and wins over the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from babel import Locale

from markets.sources.bundled import FACTS, fact_rows
from markets.sources.national.words import key_of

NAMES: Final = "partner_names.csv"
WORLD: Final = "WLD"
_LOCALES: Final = ("ru", "en", "ky", "kk", "uz")


class Kind(StrEnum):
    """What a row of a table stands for. The words are the schemes of the table of names."""

    AREA = "name"
    TOTAL = "total"
    GROUP = "group"  # its members stand in the table too
    REST = "rest"  # all others: a heading over them or a partner of its own, as the sums say
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Partner:
    """kind, and the area's code where it is one."""

    kind: Kind
    area: str = ""


UNKNOWN: Final = Partner(Kind.UNKNOWN)


def partner_of(names: Iterable[str], code: str = "") -> Partner:
    """Whom names in several languages, and an M49 code, agree on; unknown when they contradict each other."""
    known = {found for name in names if (found := _by_key().get(key_of(name)))}
    # `0` and codes that are no country's are no word on whom the row is about.
    by_code = _by_m49().get(code.zfill(3)) if code else None
    if by_code:
        known.add(by_code)
    if code and not by_code and all(partner.kind is Kind.AREA for partner in known):
        return UNKNOWN
    return known.pop() if len(known) == 1 else UNKNOWN


@cache
def _by_key() -> dict[str, Partner]:
    found: dict[str, Partner] = {}
    contested: set[str] = set()
    for area, name in _general_names():
        key = key_of(name)
        if found.setdefault(key, Partner(Kind.AREA, area)).area != area:
            contested.add(key)
    for key in contested | {""}:
        found.pop(key, None)
    return found | {key_of(name): partner for scheme, name, partner in _own_names() if scheme != "m49"}


@cache
def _by_m49() -> dict[str, Partner]:
    areas = {
        row["m49"]: Partner(Kind.AREA, row["code"])
        for _line, row in fact_rows(FACTS / "areas.csv", ("code", "m49"))
        if row["m49"]
    }
    return areas | {name: partner for scheme, name, partner in _own_names() if scheme == "m49"}


def _own_names() -> Iterator[tuple[str, str, Partner]]:
    for _line, row in fact_rows(FACTS / NAMES, ("scheme", "name", "area")):
        if row["scheme"] == "m49":
            kind = Kind.TOTAL if row["area"] == WORLD else Kind.AREA if row["area"] else Kind.GROUP
        else:
            kind = Kind(row["scheme"])
        yield row["scheme"], row["name"], Partner(kind, row["area"])


def _general_names() -> Iterator[tuple[str, str]]:
    """Names of areas in the offices' languages, by CLDR and by our own lists."""
    territories = [Locale.parse(locale).territories for locale in _LOCALES]
    for _line, row in fact_rows(FACTS / "areas.csv", ("code", "iso2")):
        yield from ((row["code"], names[row["iso2"]]) for names in territories if row["iso2"] in names)
    for _line, row in fact_rows(FACTS / "area_aliases.csv", ("code", "alias_en", "alias_ru")):
        for names_of_area in (row["alias_en"], row["alias_ru"]):
            yield from ((row["code"], name) for name in names_of_area.split("|") if name.strip())
    for _line, row in fact_rows(FACTS / "area_names.csv", ("code", "name_en", "name_ru")):
        yield row["code"], row["name_en"]
        yield row["code"], row["name_ru"]
