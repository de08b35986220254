"""The index of words: every name, synonym and code under which a thing can be found."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from markets.errors import FactsInvalid
from markets.models import Area, Category, Indicator, LoadedFacts, Product, SearchTerm
from markets.search.folding import fold, grams
from markets.sources.bundled import FACTS, fact_rows
from markets.vocabulary import LANGUAGE_COLUMNS

# How much a word means its thing: its own name, its code, another word for it, the official wording.
NAME: Final = 100
CODE: Final = 90
SYNONYM: Final = 70
OFFICIAL: Final = 40

_LONGEST_ABBREVIATION: Final = 3

# The revision whose codes are searched. A code of another revision may mean another good.
CLASSIFICATION: Final = "HS2022"
NO_LANGUAGE: Final = ""

# Tables of other words: for each kind of thing the file, and what its columns of words begin with.
_OTHER_WORDS: Final = (
    (SearchTerm.Kind.PRODUCT, "hs_terms_01_63.csv", "synonyms"),
    (SearchTerm.Kind.PRODUCT, "hs_terms_64_97.csv", "synonyms"),
    (SearchTerm.Kind.CATEGORY, "category_aliases.csv", "alias"),
    (SearchTerm.Kind.MARKET, "area_aliases.csv", "alias"),
    (SearchTerm.Kind.INDICATOR, "indicator_aliases.csv", "alias"),
)
_LOADED: Final = "search_terms"
_BRACKETS: Final = re.compile(r"\s*[(（][^)）]*[)）]")
_Kind = SearchTerm.Kind


class Term(NamedTuple):
    """One word for one thing; `folded` is what is compared."""

    kind: str
    key: str
    language: str
    folded: str
    text: str
    weight: int


def rebuild_index(facts: Path = FACTS) -> int:
    """Bring the index to what products, categories, markets, indicators and their synonyms say now.

    Returns the number of terms. One transaction, in which only the differences are written; nothing is
    when the words are those of the last time. A second process waits for the first. Codes of the
    synonym tables that are not loaded are passed over: what is found must be there to be shown.
    Raises FactsInvalid for a synonym table that is missing or lacks a column.
    """
    with transaction.atomic():
        loaded, _ = LoadedFacts.objects.get_or_create(
            name=_LOADED, defaults={"sha256": "", "loaded_at": timezone.now()}
        )
        loaded = LoadedFacts.objects.select_for_update().get(pk=loaded.pk)
        terms = _with_ambiguous_abbreviations_as_codes(_once(_all_terms(facts)))
        sha256 = hashlib.sha256(repr(sorted(terms)).encode()).hexdigest()
        if loaded.sha256 != sha256 or SearchTerm.objects.count() != len(terms):
            _write_differences(terms)
            loaded.sha256, loaded.loaded_at = sha256, timezone.now()
            loaded.save()
    return len(terms)


def _write_differences(terms: Iterable[Term]) -> None:
    wanted = set(terms)
    rows = SearchTerm.objects.values_list("pk", *Term._fields)
    standing = {Term(*row[1:]): row[0] for row in rows.iterator(chunk_size=10_000)}
    SearchTerm.objects.filter(pk__in=[pk for term, pk in standing.items() if term not in wanted]).delete()
    with connection.cursor() as cursor:
        # COPY: the first build has forty thousand rows, and INSERT takes six times as long for them.
        with cursor.copy(f"COPY markets_searchterm ({', '.join(Term._fields)}, grams) FROM STDIN") as rows_in:
            for term in wanted - standing.keys():
                rows_in.write_row((*term, grams(term.folded)))
        # New entries of these indexes wait in a list that every search walks through, until someone
        # files them; the planner too must know how many words there are now.
        for name in ("search_term_trigrams", "search_term_bigrams"):
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [name])
        cursor.execute("ANALYZE markets_searchterm")


def _once(terms: Iterable[Term]) -> list[Term]:
    """Each word once for a thing and a language: where it is name and synonym, as the name."""
    strongest: dict[tuple[str, ...], Term] = {}
    for term in terms:
        identity = term[:4]
        if term.folded and (identity not in strongest or strongest[identity].weight < term.weight):
            strongest[identity] = term
    return list(strongest.values())


def _with_ambiguous_abbreviations_as_codes(terms: Sequence[Term]) -> list[Term]:
    """CAR is another word for a country, and a word for a good: as a code it answers only when asked for alone."""
    words = {
        word for term in terms if term.kind != _Kind.MARKET and term.weight >= SYNONYM for word in term.folded.split()
    }
    return [
        term._replace(weight=CODE)
        if term.kind == _Kind.MARKET
        and term.weight == SYNONYM
        and term.folded.isascii()
        and len(term.folded) <= _LONGEST_ABBREVIATION
        and term.folded in words
        else term
        for term in terms
    ]


# ---------------------------------------------------------------- what each kind of thing is called
def _all_terms(facts: Path) -> Iterator[Term]:
    keys_by_kind: dict[str, set[str]] = {kind: set() for kind in _Kind.values}
    for term in chain(_products(), _categories(), _markets(), _indicators()):
        keys_by_kind[term.kind].add(term.key)
        yield term
    for kind, table, column in _OTHER_WORDS:
        yield from _other_words(kind, facts / table, column, keys_by_kind[kind])


def _products() -> Iterator[Term]:
    for product in Product.objects.filter(classification=CLASSIFICATION):
        yield _term(_Kind.PRODUCT, product.code, NO_LANGUAGE, product.code, CODE)
        yield _term(_Kind.PRODUCT, product.code, "en", product.label_en, OFFICIAL)
        yield from _named(_Kind.PRODUCT, product.code, product, "plain")


def _categories() -> Iterator[Term]:
    for category in Category.objects.all():
        yield from _named(_Kind.CATEGORY, category.slug, category, "name")


def _markets() -> Iterator[Term]:
    for area in Area.objects.filter(is_aggregate=False):
        yield from _named(_Kind.MARKET, area.code, area, "name")
        for code in (area.code, area.iso2, area.m49):
            yield _term(_Kind.MARKET, area.code, NO_LANGUAGE, code, CODE)


def _indicators() -> Iterator[Term]:
    for indicator in Indicator.objects.all():
        yield from _named(_Kind.INDICATOR, indicator.code, indicator, "name")
        yield _term(_Kind.INDICATOR, indicator.code, NO_LANGUAGE, indicator.code, CODE)


def _other_words(kind: str, path: Path, column: str, keys: set[str]) -> Iterator[Term]:
    """The words between ` | ` in `<column>_en`, `_zh` and `_ru` of a table, for the keys that are loaded."""
    for line, row in _rows(path):
        missing = {"code", *(f"{column}_{suffix}" for suffix in LANGUAGE_COLUMNS.values())} - row.keys()
        if missing:
            raise FactsInvalid(table=path.name, line=line, reason=f"no column {', '.join(sorted(missing))}")
        if row["code"] not in keys:
            continue
        for language, suffix in LANGUAGE_COLUMNS.items():
            for word in row[f"{column}_{suffix}"].split(" | "):
                yield _term(kind, row["code"], language, word.strip(), SYNONYM)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        yield from fact_rows(path)
    except FileNotFoundError:
        raise FactsInvalid(table=path.name, line=0, reason="the file is missing") from None


def _named(kind: str, key: str, row: object, field: str) -> Iterator[Term]:
    """The names in `<field>_en`, `_zh` and `_ru`, and each without what stands in brackets."""
    for language, suffix in LANGUAGE_COLUMNS.items():
        name = getattr(row, f"{field}_{suffix}")
        yield _term(kind, key, language, name, NAME)
        yield _term(kind, key, language, _BRACKETS.sub("", name).strip(), SYNONYM)


def _term(kind: str, key: str, language: str, text: str, weight: int) -> Term:
    return Term(str(kind), key, language, fold(text), text, weight)
