"""Faults of one kind that many rows share, so that they are put right at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from companies.importing.checking.faults import Fault

MOST_GROUPS: Final = 200
# Of each group so many wordings, and of each of these and of the group so many rows are named.
MOST_WORDINGS: Final = 40
FIRST_ROWS: Final = 5


@dataclass(slots=True)
class Wording:
    """What cells say that are wrong in one way. count: of rows; rows: the first of them."""

    fault: Fault
    count: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """One more row that says so."""
        self.count += 1
        if len(self.rows) < FIRST_ROWS:
            self.rows.append(number)

    @property
    def is_surely(self) -> bool:
        """Whether exactly one thing is probably meant."""
        return len(self.fault.near) == 1

    def packed(self) -> dict[str, Any]:
        """As the import keeps it: the fault with `count` and `rows` beside."""
        return {**self.fault.packed(), "count": self.count, "rows": self.rows}


@dataclass(slots=True)
class Group:
    """All faults of one kind in one entry. wordings: by what the cells say."""

    wordings: dict[str, Wording] = field(default_factory=dict)
    count: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, number: int, fault: Fault) -> None:
        """One more row with this fault."""
        self.count += 1
        if len(self.rows) < FIRST_ROWS:
            self.rows.append(number)
        self.wordings.setdefault(fault.said, Wording(fault)).add(number)

    def packed(self) -> dict[str, Any]:
        """As the import keeps it: the fault as most rows have it, `count`, the first `rows`, how many `wordings`.

        alike: where there are several, the first of them: those of which one thing is probably meant, then by rows.
        """
        often = sorted(self.wordings.values(), key=lambda each: (-each.count, each.rows[0]))
        packed = {**often[0].packed(), "count": self.count, "rows": self.rows, "wordings": len(often)}
        if len(often) > 1:
            alike = sorted(often, key=lambda each: not each.is_surely)
            packed["alike"] = [each.packed() for each in alike[:MOST_WORDINGS]]
        return packed


def grouped(faults: Iterable[tuple[int, Fault]]) -> tuple[list[Group], int]:
    """The groups that most rows share, largest first, and how many groups there are in all.

    faults: with the number of the row each is of, in the order of rows.
    """
    groups: dict[tuple[str, str], Group] = {}
    for number, fault in faults:
        groups.setdefault((fault.field, fault.kind), Group()).add(number, fault)
    largest = sorted(groups.values(), key=lambda group: (-group.count, group.rows[0]))
    return largest[:MOST_GROUPS], len(groups)


def has_one_of(faults: Iterable[Fault], kinds: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether any of the faults is of these kinds, by field as `plan.Fixes` keeps them."""
    return any(fault.kind in kinds.get(fault.field, ()) for fault in faults)
