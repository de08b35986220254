"""What makes two statements the same one, and what they are compared by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from companies.models import ExportRecord
from companies.records.fields import LABELS

# An amount is compared as the number it is; with how many zeros it was printed is no difference.
COMPARED: Final = tuple(name for name in LABELS if name != "multiplier")
COLUMNS: Final = tuple(ExportRecord._meta.get_field(name).attname for name in COMPARED)  # type: ignore[union-attr]  # noqa: SLF001 Django's documented name
PLACES: Final[Mapping[str, int]] = {name: place for place, name in enumerate(COMPARED)}

# Company, destination, category, HS code and period; then the reference of the document, where one is stated.
Key = tuple[Any, ...]
_NATURAL: Final = tuple(PLACES[name] for name in ("company", "destination", "category", "hs_code", "period"))
_REFERENCE: Final = PLACES["document_reference"]

# All that a row or a record says, in the order of COMPARED.
Says = tuple[Any, ...]


def says_of(columns: Mapping[str, Any]) -> Says:
    """The columns of a record as they are compared."""
    return tuple(columns.get(name) for name in COLUMNS)


def key_of(says: Says) -> Key:
    """The natural key, with the reference of the document where one is stated."""
    reference = says[_REFERENCE]
    return (*bare_key(says), reference) if reference else bare_key(says)


def bare_key(says: Says) -> Key:
    """The natural key whatever the document."""
    return tuple(says[place] for place in _NATURAL)


def differing(one: Says, other: Says, names: Iterable[str]) -> list[str]:
    """Which of these entries differ."""
    return [name for name in names if one[PLACES[name]] != other[PLACES[name]]]
