"""The product's own list of records as a file that comes back: its columns are known by name, not by likeness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from django.utils import translation

from companies.records.fields import LABELS, LISTED
from markets.vocabulary import LANGUAGE_COLUMNS

_PRINTED: Final = "value_printed"


def own_fields(headers: Sequence[str]) -> Mapping[int, str]:
    """What the columns of a list of records are, by number; empty for any other file, and where a name is of none.

    A column that a record does not state is the empty field. The amount is taken as it was printed, with its
    multiplier; in units, where the file says it in units alone. Columns that somebody added are not among them.
    """
    names = {at: name for at, header in enumerate(headers) if (name := _names().get(_folded(header)))}
    there = set(names.values())
    if _PRINTED not in there and (len(names) < len(headers) or not there & LISTED.keys()):
        return {}
    taken: set[str] = set()
    fields: dict[int, str] = {}
    for at, name in names.items():
        field = _field(name, there)
        fields[at] = field if field not in taken else ""
        taken.add(field)
    return fields


def _field(name: str, there: set[str]) -> str:
    is_printed = {_PRINTED, "multiplier"} <= there
    if name == _PRINTED:
        return "value" if is_printed else ""
    if name in ("value", "multiplier") and is_printed is (name == "value"):
        return ""
    return name if name in LABELS else ""


def _folded(header: str) -> str:
    return " ".join(header.casefold().split())


@cache
def _names() -> Mapping[str, str]:
    """The columns by their names in files: as programs write them, and as people read them in each language."""
    names = {name: name for name in (*LABELS, *LISTED)}
    for language in LANGUAGE_COLUMNS:
        with translation.override(language):
            names |= {_folded(str(label)): name for name, label in {**LABELS, **LISTED}.items()}
    return names
