"""What is wrong with a row, or worth knowing of it: a code, the cell's own words, and what is probably meant.

Kept with each verdict as JSON, told in the reader's language when it is read.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Self

from companies.importing.checking.titles import TITLES, UNKNOWN_TITLES
from companies.importing.checking.words import SENTENCES, UNKNOWN
from companies.importing.meaning import unread

# Told already, in the language of whoever asked for the check: `context["expected"]`.
REFUSED: Final = "refused"
# A name, code or word that is on no list; what is on it and looks alike is suggested.
NOT_KNOWN: Final = "unknown"
# In place of a value, in a file that keeps none beside it.
FORMULA: Final = "formula"
# Rows of the file with one key and different content.
TWINS: Final = "twins"
# Kept beside the warnings of a row that meets a record: one entry of it, `before` and `after` as records keep them.
DIFFERS: Final = "differs"
# The row states no amount and says nowhere why.
NO_AMOUNT: Final = "no_amount"
# A cell names a currency alone where its column counts in thousands or more.
SCALE: Final = "scale_contradicts"
# What differs between sentences of one kind: numbers that stand in the cells.
_DIGITS: Final = re.compile(r"\d+(?:[\d.,:/-]*\d)?")
_LIKE: Final = 12
_STOPS: Final = (".", "。", "!", "?", "…")


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """What is probably meant. becomes: what a fix writes in the cell instead; label: how it is called."""

    becomes: str
    label: str


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one entry of a row, or a warning of it.

    field: of `plan.FIELDS`; empty where it is the row as a whole. said: the cell's text without blanks around it, by
    which a fix finds all cells alike; empty where no cell says it. context: what the sentence needs. near: what is
    probably meant, the likeliest first; never taken by itself.
    """

    field: str
    code: str
    said: str = ""
    context: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    near: tuple[Suggestion, ...] = ()

    @property
    def kind(self) -> str:
        """What faults alike have in common, whatever their cells say: the code, and of a refusal its sentence."""
        like = self.context.get("like", "")
        return f"{self.code}-{like}" if like else self.code

    def packed(self) -> dict[str, Any]:
        """As a verdict keeps it."""
        kept: dict[str, Any] = {"field": self.field, "code": self.code, "said": self.said}
        if self.context:
            kept["context"] = dict(self.context)
        if self.near:
            kept["near"] = [[each.becomes, each.label] for each in self.near]
        return kept

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> Self:
        """What `packed` kept; what else stands beside it is not looked at."""
        return cls(
            field=packed["field"],
            code=packed["code"],
            said=packed["said"],
            context=packed.get("context", {}),
            near=tuple(Suggestion(*each) for each in packed.get("near", ())),
        )

    def title(self) -> str:
        """What is wrong in a few words that hold whatever the cell says; empty where only a sentence tells it."""
        form = UNKNOWN_TITLES.get(self.field) if self.code == NOT_KNOWN else TITLES.get(self.code)
        return str(form or "")

    def sentence(self) -> str:
        """What is wrong and how to put it right, in the active language."""
        if self.code == REFUSED:
            return _whole(str(self.context["expected"]))
        form = UNKNOWN.get(self.field) if self.code == NOT_KNOWN else SENTENCES.get(self.code)
        if form is None:
            return unread.sentence(self.code, self.context)
        return str(form) % {"said": self.said, **self.context}


def refused(field: str, said: str, expected: str) -> Fault:
    """A fault that `records.checking` tells in a sentence."""
    like = hashlib.sha256(_DIGITS.sub("0", expected).encode()).hexdigest()[:_LIKE]
    return Fault(field, REFUSED, said, {"expected": expected, "like": like})


def matching(kind: str) -> dict[str, Any]:
    """What the kept form of every fault of a kind contains."""
    code, _dash, like = kind.partition("-")
    return {"code": code, "context": {"like": like}} if like else {"code": code}


def unpacked(kept: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """The faults or warnings that a verdict keeps."""
    return tuple(Fault.unpacked(each) for each in kept)


def _whole(words: str) -> str:
    """A sentence of `records.checking`, which stands there behind the name of a field."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(_STOPS) else '.'}"
