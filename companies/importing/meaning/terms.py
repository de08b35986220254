"""The short lists of a record: currencies, terms of delivery, ways of transport, HS revisions, units of weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from companies.importing.meaning.finding import MOST_NEAR, Finder, Near, words_of
from companies.importing.meaning.naming import in_active_language
from companies.importing.meaning.unit_words import KG_PER, WORDS
from companies.models import ExportRecord
from companies.records.fields import INCOTERMS
from companies.records.reading import HS_REVISIONS
from markets.models import Currency
from markets.vocabulary import LANGUAGE_COLUMNS

# How sure a term is that stands in a text with others.
_SAID: Final = 90
# Words that say which edition of the terms is meant, not which place.
_EDITION: Final = frozenset({"incoterms", "incoterm", "icc", "2020", "2010", "инкотермс"})


def currencies() -> Finder:
    """Every currency, by code, name, sign and everyday word, in one query. `元` is China's, `$` the American one."""
    rows = list(Currency.objects.all())
    names = [(row.code, name) for row in rows for name in (row.code, row.name_en, row.name_zh, row.name_ru)]
    known = {row.code for row in rows}
    words = [(word.currency, name) for name, word in WORDS.items() if word.currency in known]
    return _finder("currency", in_active_language(rows, "code"), [*names, *words])


def incoterms() -> IncotermFinder:
    """The terms of 2020, by code, also with the place that stands behind it (`FOB Shanghai`), and by name.

    Terms of older editions (`DAT`, `DDU`) are only suggested the ones that came after them.
    """
    return IncotermFinder(*_worded("incoterm", INCOTERMS))


def corridors() -> Finder:
    """Ways of transport. The customs' own numbers of them differ between countries and are only suggested."""
    labels = {value: gettext_lazy(label) for value, label in ExportRecord.Corridor.choices}
    return Finder(*_worded("corridor", labels))


def hs_revisions() -> Finder:
    """Revisions of the Harmonized System: `HS2017`, `HS 2017`, `H5`, `2017`."""
    return _finder("hs_revision", {code: code for code in HS_REVISIONS}, [(code, code) for code in HS_REVISIONS])


def kg_units() -> Finder:
    """Units of weight; how many kilograms one has is in `unit_words.KG_PER`."""
    words = [(word.unit, name) for name, word in WORDS.items() if word.unit in KG_PER]
    return _finder("weight", {unit: unit for unit in KG_PER}, [*((unit, unit) for unit in KG_PER), *words])


class IncotermFinder(Finder):
    """Terms of delivery, which have the name of a place behind them."""

    def found(self, text: str) -> str | None:
        return super().found(text) or self._leading(text)

    def near(self, text: str, most: int = MOST_NEAR) -> list[Near]:
        codes = dict.fromkeys(code for word in _words(text) if (code := super(IncotermFinder, self).found(word)))
        said = [Near(code, self.label(code), _SAID) for code in codes]
        return said[:most] or super().near(text, most) or super().near(_first(text), most)

    def place(self, text: str) -> str:
        """The place behind the term, which records have no entry for; empty where none stands there."""
        if super().found(text) is not None or self._leading(text) is None:
            return ""
        words = [word for word in _words(text)[1:] if word.strip("(),.;®").casefold() not in _EDITION]
        return " ".join(words).strip(" ,;()-–—:")

    def _leading(self, text: str) -> str | None:
        """The code before a place; None where another term stands behind it."""
        first, *others = _words(text) or [""]
        code = super().found(first) if others else None
        return None if any(super(IncotermFinder, self).found(word) for word in others) else code


def _words(text: str) -> list[str]:
    return text.replace("/", " ").split()


def _first(text: str) -> str:
    return next(iter(_words(text)), "")


def _worded(
    kind: str, labels: Mapping[str, Promise]
) -> tuple[list[tuple[str, str]], Mapping[str, object], list[tuple[str, str]]]:
    """Codes, the words people are shown for them in every language, and the words of our own table."""
    names = [(code, code) for code in labels]
    for language in LANGUAGE_COLUMNS:
        with translation.override(language):
            names += [(code, str(label)) for code, label in labels.items()]
    return _with_words(kind, labels, names)


def _with_words(
    kind: str, labels: Mapping[str, object], names: Iterable[tuple[str, str]]
) -> tuple[list[tuple[str, str]], Mapping[str, object], list[tuple[str, str]]]:
    own = [words for words in words_of(kind) if words.code in labels]
    return (
        [*names, *((words.code, name) for words in own for name in words.names)],
        labels,
        [(words.code, name) for words in own for name in words.maybe],
    )


def _finder(kind: str, labels: Mapping[str, object], names: Iterable[tuple[str, str]]) -> Finder:
    return Finder(*_with_words(kind, labels, names))
