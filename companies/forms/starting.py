"""What people answer when they begin. It is only read here: `companies.targets.starting` judges it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

LONGEST_CODE: Final = 40
# The answers of each question by its number, and those of them that are several.
_ASKED: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("language",),
    2: ("work",),
    3: ("categories", "products"),
    4: ("home", "markets"),
}
_SEVERAL: Final = frozenset({"categories", "products", "markets"})
_MOST: Final = 300


def answers_of(number: int, sent: QueryDict) -> dict[str, Any]:
    """The answers to a question as they were sent: a text, or a list of them."""
    return {name: _several(sent, name) if name in _SEVERAL else _text(sent.get(name, "")) for name in _ASKED[number]}


def words_of(sent: QueryDict) -> str:
    """What somebody looks for among all products or markets."""
    return str(sent.get("search", "")).strip()


def _several(sent: QueryDict, name: str) -> list[str]:
    return list(dict.fromkeys(_text(each) for each in sent.getlist(name)[:_MOST]))


def _text(text: str | None) -> str:
    # No database text holds a NUL character: with the sign of a lost one it is a code that does not exist.
    return (text or "").replace("\0", "\ufffd").strip()[:LONGEST_CODE]
