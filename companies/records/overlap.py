"""What several statements of one trade add up to, when some of them hold others. Pure: no table is read.

Two statements overlap where the same trade may stand in both: of one company, in one currency, at a common time, for
related places and related goods. The one that holds all of another counts, and the other is not added again. Where
two overlap and neither holds the other, nobody can say what their sum is: neither is added.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


class Scope(NamedTuple):
    """What a statement is about. places: markets, a group by its members; goods: beginnings of codes, "" is all.

    shipment: the reference of what was sent on a single day: two references are two shipments.
    """

    places: frozenset[str]
    goods: tuple[str, ...]
    first: dt.date
    last: dt.date
    shipment: str = ""


class Stated(NamedTuple):
    """One statement of a company's sales: so much, in this currency, about that."""

    company: Hashable
    currency: str
    scope: Scope
    value: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """A sum in one currency. counted: how many were added; inside: stand within wider ones that were added;
    apart: overlap with others in part, or state another amount for the same, and were left out.
    """

    currency: str
    value: Decimal
    counted: int
    inside: int
    apart: int


@dataclass(slots=True)
class _Said:
    """All that was stated of one scope within one company and currency."""

    scope: Scope
    value: Decimal
    count: int
    is_disputed: bool = False
    is_apart: bool = False
    within: list[_Said] = field(default_factory=list)
    beside: list[_Said] = field(default_factory=list)


def totals(rows: Iterable[Stated]) -> list[Total]:
    """One total for each currency, by its code; currencies are never mixed."""
    groups: dict[tuple[str, Hashable], list[Stated]] = defaultdict(list)
    for row in rows:
        groups[row.currency, row.company].append(row)
    sums: dict[str, list[Total]] = defaultdict(list)
    for (currency, _company), group in groups.items():
        for near in _by_place(group):
            sums[currency].append(_total(currency, near))
    return [_added(currency, parts) for currency, parts in sorted(sums.items())]


def counting(rows: Sequence[Stated]) -> list[int]:
    """The places in `rows` of the statements that `totals` adds up, in their order."""
    groups: dict[tuple[str, Hashable], list[Stated]] = defaultdict(list)
    places: dict[tuple[str, Hashable, Scope], int] = {}
    for place, row in enumerate(rows):
        groups[row.currency, row.company].append(row)
        places.setdefault((row.currency, row.company, row.scope), place)
    return sorted(
        places[currency, company, each.scope]
        for (currency, company), group in groups.items()
        for near in _by_place(group)
        for each in _compared(near)
        if not each.within and not each.is_apart
    )


def once(rows: Sequence[Stated]) -> list[int]:
    """The places in `rows` of statements of which no two tell of the same trade of a company, whatever the currency.

    Of two that do the earlier in `rows` stays. Those of one currency and the very same places are not looked at:
    `counting` chooses among them.
    """
    kept: dict[tuple[Hashable, str], dict[tuple[str, frozenset[str]], list[Scope]]] = defaultdict(dict)
    places = []
    for place, row in enumerate(rows):
        own = (row.currency, row.scope.places)
        near = (kept[row.company, market].items() for market in row.scope.places)
        if not any(_meet(row.scope, other) for held in near for key, said in held if key != own for other in said):
            places.append(place)
            for market in row.scope.places:
                kept[row.company, market].setdefault(own, []).append(row.scope)
    return places


def _added(currency: str, parts: Sequence[Total]) -> Total:
    return Total(
        currency=currency,
        value=sum((part.value for part in parts), Decimal(0)),
        counted=sum(part.counted for part in parts),
        inside=sum(part.inside for part in parts),
        apart=sum(part.apart for part in parts),
    )


def _by_place(rows: Sequence[Stated]) -> Iterable[list[Stated]]:
    """The rows in sets whose places have nothing in common, so that only few are compared."""
    by_places: dict[frozenset[str], list[Stated]] = defaultdict(list)
    for row in rows:
        by_places[row.scope.places].append(row)
    if all(len(places) == 1 for places in by_places):
        return by_places.values()
    return _joined(by_places)


def _joined(by_places: Mapping[frozenset[str], list[Stated]]) -> list[list[Stated]]:
    """Sets of places that share a market, joined one with another."""
    sets: list[tuple[set[str], list[Stated]]] = []
    for places, rows in by_places.items():
        joined, held = set(places), list(rows)
        for each in [each for each in sets if each[0] & places]:
            joined |= each[0]
            held += each[1]
            sets.remove(each)
        sets.append((joined, held))
    return [held for _places, held in sets]


def _total(currency: str, rows: Sequence[Stated]) -> Total:
    if len(rows) == 1:
        return Total(currency, rows[0].value, 1, 0, 0)
    value, counted, inside, apart = Decimal(0), 0, 0, 0
    for each in _compared(rows):
        if each.within:
            is_told = any(not wider.within and not wider.is_apart for wider in each.within)
            inside, apart = (inside + each.count, apart) if is_told else (inside, apart + each.count)
        elif each.is_apart:
            apart += each.count
        else:
            value += each.value
            counted += 1
            inside += each.count - 1
    return Total(currency, value, counted, inside, apart)


def _compared(rows: Sequence[Stated]) -> list[_Said]:
    """Every scope, with the wider ones it stands within; those that cannot be told apart are marked."""
    said = _said(rows)
    _compare(said)
    for each in said:
        # What stands within another is told with it; of the widest ones, those that cannot be told apart are left out.
        each.is_apart = not each.within and (each.is_disputed or any(not other.within for other in each.beside))
    return said


def _said(rows: Sequence[Stated]) -> list[_Said]:
    """One entry for each scope, earliest first; two amounts for the same are a dispute."""
    found: dict[Scope, _Said] = {}
    for row in rows:
        known = found.get(row.scope)
        if known is None:
            found[row.scope] = _Said(row.scope, row.value, 1)
        else:
            known.count += 1
            known.is_disputed = known.is_disputed or known.value != row.value
    return sorted(found.values(), key=lambda said: said.scope.first)


def _compare(said: Sequence[_Said]) -> None:
    """Tell each entry which others hold it, and which it overlaps in part."""
    open_ones: list[_Said] = []
    for each in said:
        first = each.scope.first
        open_ones = [other for other in open_ones if other.scope.last >= first]
        for other in open_ones:
            _related(each, other)
        open_ones.append(each)


def _related(one: _Said, other: _Said) -> None:
    a, b = one.scope, other.scope
    if not _meet(a, b):
        return
    if _holds(a, b):
        other.within.append(one)
    elif _holds(b, a):
        one.within.append(other)
    else:
        one.beside.append(other)
        other.beside.append(one)


def _meet(one: Scope, other: Scope) -> bool:
    """Whether the same trade may stand in both. Two references are two shipments."""
    if one.shipment and other.shipment and one.shipment != other.shipment:
        return False
    in_time = one.first <= other.last and other.first <= one.last
    return in_time and bool(one.places & other.places) and _goods_meet(one.goods, other.goods)


def _holds(wide: Scope, narrow: Scope) -> bool:
    """Whether all that the narrow one is about belongs to the wide one. One day's shipments hold nothing but a day."""
    return (
        wide.first <= narrow.first
        and narrow.last <= wide.last
        and narrow.places <= wide.places
        and goods_hold(wide.goods, narrow.goods)
        and (not wide.shipment or wide.shipment == narrow.shipment)
    )


@lru_cache(maxsize=65536)
def goods_hold(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """Whether all of the narrow goods belong to the wide ones."""
    return all(code.startswith(wide) for code in narrow)


@lru_cache(maxsize=65536)
def _goods_meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(one.startswith(other) or other.startswith(one) for one in some for other in others)


def goods_of(category: str, hs_code: str, codes_of: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    """What a record's product covers: its code, or the codes of its category; everything where it names neither.

    A category without codes is a good of its own.
    """
    if hs_code:
        return (hs_code,)
    if category:
        codes = set(codes_of(category))
        widest = {code for code in codes if not any(code != other and code.startswith(other) for other in codes)}
        return tuple(sorted(widest)) or (f"category:{category}",)
    return ("",)
