"""Which sums can be published without laying one contributor bare.

A table of sums is a tree: the total of all, its parts, their parts. What a reader can work out from the published cells
of a tree is exactly the *remainders*: each published cell less the published cells within it, whatever the depth.
They overlap nowhere, so every other linear combination of published cells is one of remainders. A publication is safe
when each remainder is empty or safe by itself:

- fewest contributors (threshold rule): n contributors above zero, n >= 3, so that none of them can take its own value
  off and be left with one other's;
- dominance (p%-rule): X - x1 - x2 >= p/100 * x1, where x1 >= x2 are the two largest: the second cannot estimate the
  first within p per cent.

A sum of safe remainders is safe: contributors are united, and both sides of the p%-rule add up. Secondary suppression
withholds further cells until every remainder is safe; at the end it gives back what was withheld in vain.

In time: a former edition is not unsaid by a new one. Remainders are taken of all cells that were ever published, and
each must be safe or empty in every edition that tells of it; between two such editions either nobody's contribution to
it changed, or the changes are safe as contributions are.

Trees alone: tables with two crossing margins have remainders that overlap, for which no such exact rule is known.

Hundepool, Domingo-Ferrer, Franconi, Giessing, Schulte Nordholt, Spicer, de Wolf (2012), Statistical Disclosure Control,
Wiley; and the same authors' Handbook on Statistical Disclosure Control (ESSNet): sensitivity measures, chapter 4.2;
secondary suppression, 4.4; linked and repeated tables, 4.3.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import Any, Final

from markets.errors import NotComparable

FEWEST: Final = 3
_ZERO: Final = Decimal(0)
_HUNDRED: Final = 100
Key = Any
Contributions = Mapping[str, Decimal]


class Reason(StrEnum):
    """Why a cell is withheld."""

    FEW = "few"  # fewer contributors than the rule asks for
    DOMINANT = "dominant"  # one of them could be estimated
    SECONDARY = "secondary"  # it would give away another cell by subtraction
    EDITION = "edition"  # it would give away a contribution beside a former edition


@dataclass(frozen=True, slots=True)
class Rule:
    """fewest: contributors a sum needs, at least 3. p_pct: how near an estimate may come, in per cent."""

    fewest: int = FEWEST
    p_pct: Decimal = Decimal(10)

    def __post_init__(self) -> None:
        """Raises NotComparable for a rule that protects nobody."""
        if self.fewest < FEWEST or self.p_pct < 0:
            raise NotComparable(reason=f"a sum needs {FEWEST} contributors or more, and p is not below zero")


@dataclass(frozen=True, slots=True)
class Edition:
    """One table: what each contributor has in each cell, and which cells are published. Values are not below zero."""

    cells: Mapping[Key, Contributions]
    published: AbstractSet[Key] = field(default_factory=frozenset)


def why_withheld(
    cells: Mapping[Key, Contributions],
    parents: Mapping[Key, Key],
    rule: Rule,
    former: Sequence[Edition] = (),
) -> dict[Key, Reason]:
    """The cells that must not be published, each with its reason; all others can be published together.

    cells: contributor -> value, of the whole cell. parents: cell -> the cell it is a part of; tops are not in it.
    former: every edition of the same table that was ever public. The order of what is given changes nothing.
    Raises NotComparable where a value is below zero, or parts have more than their whole.
    """
    table = _Table(cells, parents, rule, former)
    return table.withheld()


def sensitivity(contributions: Contributions, rule: Rule) -> Reason | None:
    """Why the sum of these contributions tells too much by itself; None when it does not."""
    values = sorted((value for value in contributions.values() if value), reverse=True)
    if len(values) < rule.fewest:
        return Reason.FEW
    if sum(values[2:], _ZERO) * _HUNDRED < rule.p_pct * values[0]:
        return Reason.DOMINANT
    return None


class _Table:
    """A tree of cells on its way to a publication."""

    def __init__(
        self,
        cells: Mapping[Key, Contributions],
        parents: Mapping[Key, Key],
        rule: Rule,
        former: Sequence[Edition],
    ) -> None:
        self.rule = rule
        self.parents = parents
        self.now = cells
        self.former = former
        self.told_before = frozenset(key for edition in former for key in edition.published)
        known = {*cells, *self.told_before}
        self.children: dict[Key, list[Key]] = {}
        for key in sorted(known, key=repr):
            if key in parents:
                self.children.setdefault(parents[key], []).append(key)
        for edition in (cells, *(each.cells for each in former)):
            self._refuse_impossible(edition)
        self.reasons = {key: why for key in cells if (why := sensitivity(cells[key], rule)) is not None}
        self.primary = frozenset(self.reasons)
        self.published = {key for key in cells if key not in self.reasons}

    def withheld(self) -> dict[Key, Reason]:
        """Withhold until every remainder is safe, then give back what was withheld in vain."""
        for key in self._top_down():
            while (why := self._fault(key)) is not None:
                self._mend(key, why)
        while faults := [key for key in self._top_down() if self._fault(key) is not None]:
            self._mend(faults[0], self._fault(faults[0]) or Reason.EDITION)
        for key in sorted(self.reasons.keys() - self.primary, key=self._by_size, reverse=True):
            self.published.add(key)
            if any(self._fault(each) is not None for each in self._known()):
                self.published.discard(key)
            else:
                del self.reasons[key]
        return dict(self.reasons)

    # ------------------------------------------------------------ what a reader can work out
    def _known(self) -> AbstractSet[Key]:
        return self.published | self.told_before

    def _fault(self, key: Key) -> Reason | None:
        """Why the remainder of a cell that readers know of tells too much; None when it does not.

        None too where nothing that is published now has a part in it: what was told before is not unsaid by silence.
        """
        if key not in self._known():
            return None
        within = list(self._parts_known(key))
        is_told = self._is_told(key, self.published)
        if not is_told and self.told_before.issuperset(within):
            return None
        now = _less(self.now, key, within)
        if is_told and self._tells(now):
            return Reason.SECONDARY
        then = [_less(each.cells, key, within) for each in self.former if self._is_told(key, each.published)]
        versions = [*then, now] if is_told else then
        moved = (_moved(one, other) for one, other in combinations(versions, 2))
        return Reason.EDITION if any(map(self._tells, then)) or any(map(self._tells, moved)) else None

    def _tells(self, remainder: Contributions) -> bool:
        return bool(remainder) and sensitivity(remainder, self.rule) is not None

    def _is_told(self, key: Key, published: AbstractSet[Key]) -> bool:
        """Whether an edition tells anything of a cell's remainder: it has the cell or one that holds it."""
        return any(each in published for each in self._upwards(key))

    def _upwards(self, key: Key) -> Iterator[Key]:
        yield key
        while key in self.parents:
            key = self.parents[key]
            yield key

    def _parts_known(self, key: Key) -> Iterator[Key]:
        """The largest cells within this one that readers know of."""
        known = self._known()
        for part in self.children.get(key, ()):
            if part in known:
                yield part
            else:
                yield from self._parts_known(part)

    # ------------------------------------------------------------ withholding
    def _mend(self, key: Key, why: Reason) -> None:
        """Withhold one cell more: the smallest part that makes the remainder safe, else the smallest part, else it."""
        parts = [part for part in self._parts_known(key) if part not in self.told_before]
        parts.sort(key=self._by_size)
        for part in parts:
            self.published.discard(part)
            if self._fault(key) is None:
                self.reasons[part] = why
                return
            self.published.add(part)
        if parts:
            self._withhold(parts[0], why)
        elif key in self.published and key not in self.told_before:
            self._withhold(key, why)
        else:
            # It is known from before, and so is what lies within: nothing new may be said of it.
            for each in self._upwards(key):
                self._withhold(each, why)

    def _withhold(self, key: Key, why: Reason) -> None:
        if key in self.published:
            self.published.discard(key)
            self.reasons[key] = why

    def _top_down(self) -> list[Key]:
        return sorted({*self.now, *self.told_before}, key=lambda key: (len(list(self._upwards(key))), repr(key)))

    def _by_size(self, key: Key) -> tuple[Decimal, str]:
        return sum(self.now.get(key, {}).values(), _ZERO), repr(key)

    def _refuse_impossible(self, cells: Mapping[Key, Contributions]) -> None:
        for key, contributions in cells.items():
            if any(value < 0 for value in contributions.values()):
                raise NotComparable(reason=f"a contribution to {key} is below zero")
            rest = _less(cells, key, [part for part in self.children.get(key, ()) if part in cells])
            if any(value < 0 for value in rest.values()):
                raise NotComparable(reason=f"the parts of {key} have more than the whole")


def _less(cells: Mapping[Key, Contributions], key: Hashable, within: Iterable[Key]) -> dict[str, Decimal]:
    """What each contributor has in a cell beside the cells within it; who has nothing beside them is left out.

    Who states zero in the cell and in none within it stays: that it is zero is told too.
    """
    rest = dict(cells.get(key, {}))
    for part in within:
        for contributor, value in cells.get(part, {}).items():
            rest[contributor] = rest.get(contributor, _ZERO) - value
            if not rest[contributor]:
                del rest[contributor]
    return rest


def _moved(then: Contributions, now: Contributions) -> dict[str, Decimal]:
    """By how much each contribution differs, whichever way; who did not change is left out."""
    differing = {each: abs(now.get(each, _ZERO) - then.get(each, _ZERO)) for each in then.keys() | now.keys()}
    return {each: value for each, value in differing.items() if value or (each in then) != (each in now)}
