"""A demand profile in parts that can be edited one at a time: a theme's statements, the character, a card's facts.

A whole profile is some hundred and fifty entries in three languages: too much for one form, and an editor's
work touches one subject. Saving a part publishes a whole version, with the other parts as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from markets.curation.demand import (
    CategoryFactEntry,
    CharacterEntry,
    Entry,
    ProfileContent,
    StatementEntry,
)
from markets.errors import NotFound
from markets.models import (
    Category,
    CategoryFact,
    DemandProfile,
    MarketCharacter,
    Theme,
    ThemeStatement,
)

# In an address: facts that hold for every category, as `*` does in the fact tables.
EVERY_CATEGORY: Final = "*"

E = TypeVar("E", bound=Entry)


class PartKind(StrEnum):
    """What a part holds, in the words of its address."""

    THEME = "theme"
    CHARACTER = "character"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a profile. key: the theme or category; `*` for facts of every category; empty for the character."""

    kind: PartKind
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> Part:
        """Reads `theme:energy`, `category:appliances`, `category:*`, `character`. Raises NotFound."""
        kind, _colon, key = text.partition(":")
        known: dict[str, frozenset[str]] = {
            PartKind.THEME.value: frozenset(Theme.objects.values_list("slug", flat=True)),
            PartKind.CHARACTER.value: frozenset([""]),
            PartKind.CATEGORY.value: frozenset([*Category.objects.values_list("slug", flat=True), EVERY_CATEGORY]),
        }
        if key not in known.get(kind, ()):
            raise NotFound(kind=_("part of a profile"), key=text)
        return cls(PartKind(kind), key)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.key}" if self.key else self.kind.value

    @property
    def category(self) -> str:
        """The category that its facts name; empty for every category."""
        return "" if self.key == EVERY_CATEGORY else self.key

    def holds(self, entry: Entry) -> bool:
        """Whether the entry belongs to this part."""
        if isinstance(entry, StatementEntry):
            return self.kind is PartKind.THEME and entry.theme == self.key
        if isinstance(entry, CategoryFactEntry):
            return self.kind is PartKind.CATEGORY and entry.category == self.category
        return self.kind is PartKind.CHARACTER


@dataclass(frozen=True, slots=True)
class Difference:
    """What a later content says otherwise: entries that are gone, and entries that are new."""

    gone: tuple[Entry, ...]
    new: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many entries differ."""
        return len(self.gone) + len(self.new)

    @property
    def is_empty(self) -> bool:
        """Whether the two contents say the same."""
        return not (self.gone or self.new)

    def of(self, part: Part) -> Difference:
        """Only what belongs to one part."""
        return Difference(tuple(filter(part.holds, self.gone)), tuple(filter(part.holds, self.new)))


def content_of(profile: DemandProfile | None) -> ProfileContent:
    """All that a version says; nothing for none."""
    if profile is None:
        return ProfileContent()
    return ProfileContent(
        statements=tuple(_entry(StatementEntry, row) for row in profile.statements.order_by("sort", "id")),
        characters=tuple(_entry(CharacterEntry, row) for row in profile.characters.order_by("sort", "id")),
        category_facts=tuple(_entry(CategoryFactEntry, row) for row in profile.category_facts.order_by("sort", "id")),
    )


def entries_of(content: ProfileContent, part: Part) -> list[Entry]:
    """The entries of one part, in their order."""
    return [entry for entry in _all(content) if part.holds(entry)]


def with_part(content: ProfileContent, part: Part, entries: Sequence[Entry]) -> ProfileContent:
    """The content with the entries of one part replaced by these, which stand where the first of them stood."""
    return replace(
        content,
        statements=_replaced(content.statements, part, _only(StatementEntry, entries)),
        characters=_replaced(content.characters, part, _only(CharacterEntry, entries)),
        category_facts=_replaced(content.category_facts, part, _only(CategoryFactEntry, entries)),
    )


def difference(old: ProfileContent, new: ProfileContent) -> Difference:
    """What the later of two contents says otherwise; an entry that was changed is gone and new."""
    before, after = Counter(_all(old)), Counter(_all(new))
    return Difference(tuple((before - after).elements()), tuple((after - before).elements()))


def _entry(kind: type[E], row: ThemeStatement | MarketCharacter | CategoryFact) -> E:
    """The entry that a row states: references by their codes, an absent one as empty text."""
    values: dict[str, Any] = {column.name: _value(row, column.name) for column in fields(kind)}
    return kind(**values)


def _value(row: ThemeStatement | MarketCharacter | CategoryFact, name: str) -> Any:
    if name in {"theme", "document", "category"}:
        return getattr(row, f"{name}_id") or ""
    return getattr(row, name)


def _all(content: ProfileContent) -> list[Entry]:
    return [*content.statements, *content.characters, *content.category_facts]


def _only(kind: type[E], entries: Sequence[Entry]) -> list[E]:
    return [entry for entry in entries if isinstance(entry, kind)]


def _replaced(held: Sequence[E], part: Part, entries: Sequence[E]) -> tuple[E, ...]:
    kept: list[E] = [entry for entry in held if not part.holds(entry)]
    first: int = next((place for place, entry in enumerate(held) if part.holds(entry)), len(kept))
    return (*kept[:first], *entries, *kept[first:])
