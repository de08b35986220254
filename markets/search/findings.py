"""What a search found: things in groups, each with the reason it is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from markets.models import SearchTerm

Kind = SearchTerm.Kind


class Reason(StrEnum):
    """Why a thing was found."""

    NAME = "name"
    CODE = "code"
    SYNONYM = "synonym"
    OFFICIAL = "official"
    SOME_WORDS = "some_words"
    SPELLING = "spelling"
    BROADER = "broader"


@dataclass(frozen=True, slots=True)
class Step:
    """A code and its name, on the way from the chapter down to a product."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found.

    kind, key: `product` and its HS code, `category` and its slug, `market` and its ISO 3166 alpha-3 code,
    `indicator` and its code. name, path, why: in the language of the reader.
    level: 2, 4 or 6 for a product, None for other things. steps, path: from the chapter down to the
    product itself (`84 Machinery › 8418 Refrigerators`), empty for other things.
    matched: the word that led here, in `matched_language` (empty for a code).
    points: 0..100, how well it answers; comparable within one search.
    """

    kind: str
    key: str
    name: str
    level: int | None
    steps: tuple[Step, ...]
    path: str
    reason: Reason
    matched: str
    matched_language: str
    why: str
    points: float


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind, best first. has_more: there were more than were asked for."""

    kind: str
    label: str
    hits: tuple[Hit, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer to a search.

    words: what was searched, as typed, cut at 100 characters (`is_cut`). groups: products, categories,
    markets, indicators, without the empty ones. suggestions: only when nothing was found; a broader
    heading for an unknown code, or things whose `matched` word is spelt somewhat like the question.
    """

    words: str
    is_cut: bool
    groups: tuple[Group, ...]
    suggestions: tuple[Hit, ...]

    @property
    def is_empty(self) -> bool:
        return not self.groups

    @property
    def best(self) -> Hit | None:
        """The hit that answers best, of any kind; the first group's where two answer equally well."""
        hits = [group.hits[0] for group in self.groups]
        return max(hits, key=lambda hit: hit.points, default=None)

    def of(self, kind: str) -> tuple[Hit, ...]:
        """The hits of one kind."""
        return next((group.hits for group in self.groups if group.kind == kind), ())
