"""Rows of one file that are the same, or claim the same and say otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from companies.importing.checking.faults import TWINS, Fault

# Of rows with one key so many are named to whoever has to choose.
_MOST_NAMED: Final = 6

Key = tuple[Any, ...]


@dataclass(slots=True)
class Twins:
    """What the rows of a file are to each other.

    copies: rows that say the very same as an earlier one, with the number of that. faults: of rows that share a key and
    differ; none where they are kept as records of their own. sharing: how many different rows have each key.
    """

    copies: dict[int, int] = field(default_factory=dict)
    faults: dict[int, Fault] = field(default_factory=dict)
    sharing: dict[Key, int] = field(default_factory=dict)


def twins(rows: Iterable[tuple[int, Key, Any]], *, keep: bool) -> Twins:
    """Compares rows that are right in themselves: the number of each, its natural key, and all it says."""
    numbers: dict[Key, dict[Any, int]] = defaultdict(dict)
    found = Twins()
    for number, key, says in rows:
        first = numbers[key].setdefault(says, number)
        if first != number:
            found.copies[number] = first
    found.sharing = {key: len(different) for key, different in numbers.items()}
    if not keep:
        found.faults = dict(_faults(numbers))
    return found


def _faults(numbers: Mapping[Key, Mapping[Any, int]]) -> Iterable[tuple[int, Fault]]:
    for different in numbers.values():
        if len(different) > 1:
            rows = list(different.values())
            yield from ((number, Fault("", TWINS, context={"rows": _named(rows)})) for number in rows)


def _named(rows: Sequence[int]) -> str:
    names = ", ".join(str(number) for number in rows[:_MOST_NAMED])
    return f"{names} …" if len(rows) > _MOST_NAMED else names
