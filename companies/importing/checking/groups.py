"""Faults that many rows share, so that they are put right at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from companies.importing.checking.faults import FORMULA, Fault

MOST_GROUPS: Final = 200
# Of each group so many rows are named.
FIRST_ROWS: Final = 5
# Each cell says its own, and nothing that is written in the place of one holds for another.
_EACH_ITS_OWN: Final = frozenset({FORMULA})


@dataclass(slots=True)
class Group:
    """One fault of many rows. rows: the first of them. said: what their cells say."""

    fault: Fault
    count: int = 0
    rows: list[int] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    def packed(self) -> dict[str, Any]:
        """As the import keeps it: the fault with `count`, `rows` and `wordings` beside; of several, none is said."""
        fault = self.fault if len(self.said) == 1 else replace(self.fault, said="")
        return {**fault.packed(), "count": self.count, "rows": self.rows, "wordings": len(self.said)}


def grouped(faults: Iterable[tuple[int, Fault]]) -> tuple[list[Group], int]:
    """The groups that most rows share, largest first, and how many groups there are in all.

    faults: with the number of the row each is of, in the order of rows.
    """
    groups: dict[tuple[str, str, str, str], Group] = {}
    for number, fault in faults:
        told = str(fault.context.get("expected", ""))
        said = "" if fault.code in _EACH_ITS_OWN else fault.said
        group = groups.setdefault((fault.field, fault.code, said, told), Group(fault))
        group.count += 1
        group.said.add(fault.said)
        if len(group.rows) < FIRST_ROWS:
            group.rows.append(number)
    largest = sorted(groups.values(), key=lambda group: (-group.count, group.rows[0]))
    return largest[:MOST_GROUPS], len(groups)
