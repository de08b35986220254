"""Search: from typed words to products, categories, markets and indicators, in at most three queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import chain
from operator import add
from typing import Any, Final

from django.contrib.postgres.search import TrigramStrictWordSimilarity
from django.db.models import Case, Expression, FloatField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length
from django.utils.translation import get_language

from markets.errors import InvalidValue
from markets.models import SearchTerm
from markets.search.findings import Findings, Kind, Reason
from markets.search.folding import misspelt, pairs, probe
from markets.search.index import CODE, SYNONYM, Term
from markets.search.matching import (
    CHAPTER_DIGITS,
    WEAK,
    WORTH_SUGGESTING,
    Form,
    Match,
    direct_match,
    near_match,
    unknown_words,
)
from markets.search.question import Question
from markets.search.showing import findings
from markets.vocabulary import HSCode

MAX_LIMIT: Final = 100

# Terms the database hands over for a closer look: enough for every group, few enough to be quick.
_MAX_DIRECT: Final = 300
_MAX_NEAR: Final = 100
_MAX_MISSPELT: Final = 3  # words of one question
_MAX_SUGGESTIONS: Final = 5
# One wrong letter leaves a word of n letters (n-2)/(n+4) of its trigrams, and the database asks for half.
# Shorter words are looked up as what they may have been meant to be.
_LONG: Final = 8
_HEADING_DIGITS: Final = 4
# Points for products of a heading that answer too: fewer than what a better form of match weighs.
_MOST_CHILDREN: Final = 4
# A misspelt good that its chapter names among its examples is the commoner one: frige is a fridge, not a fringe.
_KNOWN_BY_CHAPTER: Final = 1

# So short a beginning fits so many official wordings that none of them says anything.
_SHORT: Final = 2

# A term and, by unknown word, how like its words are to it.
Measured = tuple[Term, Mapping[str, float]]


def find(words: str, *, limit: int = 20, kinds: Sequence[str] = ()) -> Findings:
    """Products, categories, markets and indicators by name, synonym or code, in any of the languages.

    limit: hits in each group, 1..100. kinds: only these groups; all when empty. Words are compared
    without regard to case, accents, ё/е, full-width and traditional Chinese forms, number and Russian
    cases; they may be unfinished. When nothing has all of them, things that have some or are spelt
    alike are found. Every text is a valid question; one of signs only finds nothing.
    Raises InvalidValue for a limit or kind that does not exist.
    """
    _refuse_impossible(limit, kinds)
    question = Question.read(words)
    if question.is_empty:
        return findings(question, [], [], limit)
    terms = list(_terms_with_words(question, kinds))
    direct = _best_by_thing(filter(None, (direct_match(term, question) for term in terms)))
    hits = _hits(direct)
    if question.is_code_alone:
        return findings(question, hits, [] if hits else direct[:1], limit)
    if hits and hits[0].reason is not Reason.OFFICIAL:
        return findings(question, _headings_first(hits), [], limit)
    # Nothing has all the words, or only legal wording has: what has some of them may be what was meant.
    others = [term for term in terms if term.weight >= SYNONYM] if hits else terms
    spelt_like = () if hits else _terms_spelt_like(question, terms, kinds)
    near = _best_by_thing(_near_matches(question, others, spelt_like))
    found = _best_by_thing([*hits, *(match for match in near if match.is_hit)])
    suggested = [] if found else [*direct[:1], *near][:_MAX_SUGGESTIONS]
    return findings(question, _headings_first(found), suggested, limit)


def _refuse_impossible(limit: int, kinds: Sequence[str]) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidValue(parameter="limit", value=limit, expected=f"it is a whole number from 1 to {MAX_LIMIT}")
    for kind in kinds:
        if kind not in Kind.values:
            raise InvalidValue(parameter="kinds", value=kind, expected=f"it is one of {', '.join(Kind.values)}")


# ---------------------------------------------------------------- asking the database
def _of_kinds(kinds: Sequence[str]) -> QuerySet[SearchTerm]:
    return SearchTerm.objects.filter(kind__in=kinds) if kinds else SearchTerm.objects.all()


def _terms_with_words(question: Question, kinds: Sequence[str]) -> Iterable[Term]:
    """Terms that have the code, or any of the words; those with more of the question first.

    The database looks broadly (beginnings of words); `direct_match` then looks exactly.
    """
    held_by_part = _held_by_part(question)
    asked = _has_code(question.digits) if question.digits else Q()
    for held, _letters in held_by_part:
        asked |= held
    shares = [_points_if(held, letters) for held, letters in held_by_part]
    likeness = _points_if(Q(folded=question.folded), 2) + _points_if(Q(folded__startswith=question.folded), 1)
    best_first: list[str | Combinable] = [likeness.desc(), "-weight", Length("folded"), "folded"]
    if shares:
        best_first.insert(0, _total(shares).desc())
    rows = _of_kinds(kinds).filter(asked).order_by(*best_first)
    return (Term(*row) for row in rows.values_list(*Term._fields)[:_MAX_DIRECT])


def _has_code(digits: str) -> Q:
    """The code and those under it, the codes above it, and the one it is when its leading zero was lost."""
    above = [digits[:level] for level in HSCode.LEVELS if level < len(digits)]
    asked = Q(folded__startswith=digits) | Q(folded__in=above)
    if len(digits) % 2:
        asked |= Q(folded__startswith=f"0{digits}")
    return Q(weight=CODE) & asked


def _held_by_part(question: Question) -> list[tuple[Q, int]]:
    """For each word and Chinese run of the question: what a term must have to hold it, and its length."""
    parts = [(Q(grams__contains=list(pairs(run)) or [run]), len(run)) for run in question.runs]
    for word in question.words:
        beginning = probe(word)
        parts.append((Q(folded__startswith=beginning) | Q(folded__contains=f" {beginning}"), len(word)))
    if question.words and sum(letters for _held, letters in parts) <= _SHORT:
        return [(held & Q(weight__gte=SYNONYM), letters) for held, letters in parts]
    return parts


def _terms_spelt_like(question: Question, known: Sequence[Term], kinds: Sequence[str]) -> Iterable[Measured]:
    """Terms with a word like one that no term has, or with neighbouring characters of the Chinese runs.

    With each term how like its words are to the unknown ones, 0..1, by the trigrams they share.
    """
    unknown = sorted(unknown_words(question, known), key=len, reverse=True)[:_MAX_MISSPELT]
    terms = _of_kinds(kinds)
    # One branch for each index: an OR over them makes the planner read every row and measure it.
    branches = [
        _closest(
            terms.filter(folded__trigram_strict_word_similar=word), word, TrigramStrictWordSimilarity(word, "folded")
        )
        for word in unknown
        if len(word) >= _LONG
    ]
    meant = [variant for word in unknown for variant in _meant(word)]
    if meant:
        branches.append(_closest(terms.filter(folded__in=meant), "", Value(0.0, output_field=FloatField())))
    grams = sorted({pair for run in question.runs for pair in pairs(run)})
    if grams:
        shared = _total([_points_if(Q(grams__contains=[gram]), 1) for gram in grams])
        branches.append(_closest(terms.filter(grams__overlap=grams), "", shared))
    if not branches:
        return
    measured: dict[Term, dict[str, float]] = {}
    for *fields, word, likeness in branches[0].union(*branches[1:], all=True):
        measured.setdefault(Term(*fields), {})[word] = likeness
    yield from measured.items()


def _meant(word: str) -> set[str]:
    """What a misspelt word may have been, in the plural too: chapters name what they hold in it."""
    single = misspelt(word)
    return single | {f"{variant}s" for variant in single if variant.isascii()}


def _closest(rows: QuerySet[SearchTerm], word: str, likeness: Expression) -> QuerySet[SearchTerm, tuple[Any, ...]]:
    """Terms with the word they were measured against and how like it they are, the closest ones."""
    ranked = rows.annotate(like_word=Value(word), likeness=likeness)
    ranked = ranked.order_by("-likeness", "-weight", Length("folded"), "folded")
    return ranked.values_list(*Term._fields, "like_word", "likeness")[:_MAX_NEAR]


def _points_if(condition: Q, points: int) -> Case:
    return Case(When(condition, then=float(points)), default=0.0, output_field=FloatField())


def _total(numbers: Sequence[Expression]) -> Expression:
    return reduce(add, numbers)


# ---------------------------------------------------------------- choosing
def _near_matches(question: Question, known: Sequence[Term], spelt_like: Iterable[Measured]) -> Iterable[Match]:
    """Of the terms with some of the words, and of those spelt like the words that no term has."""
    meant_by_word = {word: _meant(word) for word in unknown_words(question, known)}
    for term, likeness_by_word in chain(((term, {}) for term in known), spelt_like):
        match = near_match(term, question, likeness_by_word, meant_by_word)
        if match.nearness >= WORTH_SUGGESTING:
            yield match


def _best_by_thing(matches: Iterable[Match]) -> list[Match]:
    """One match for each thing, best first. Words of the reader's language go before equal others."""
    language = get_language()
    best: dict[tuple[str, str], Match] = {}
    for match in matches:
        standing = best.get(match.thing)
        if standing is None or _merit(match, language) > _merit(standing, language):
            best[match.thing] = match
    return sorted(best.values(), key=_place)


def _merit(match: Match, language: str | None) -> tuple[float, bool]:
    return match.points, match.term.language == language


def _place(match: Match) -> tuple[float, int, str]:
    """Best first; of products that answer equally well the wider one first."""
    return -match.points, len(match.term.key) if match.term.kind == Kind.PRODUCT else 0, match.term.key


def _hits(direct: Sequence[Match]) -> list[Match]:
    """The matches that answer. Weak ones (a word begun in legal wording, a code without its zero) only
    when no others do.
    """
    answers = [match for match in direct if match.reason is not Reason.BROADER]
    return [match for match in answers if match.points > WEAK] or answers


def _headings_first(matches: Sequence[Match]) -> list[Match]:
    """A heading stands before its six-digit products unless the question names one of them more exactly.

    Of headings that answer about equally well, the one of which more products answer too is meant.
    """
    products = {match.term.key: match for match in matches if match.term.kind == Kind.PRODUCT}
    children = Counter(code[:_HEADING_DIGITS] for code in products if len(code) > _HEADING_DIGITS)
    for code in children.keys() & products.keys():
        heading = products[code]
        if heading.form is not Form.EXACT:
            more = min(children[code], _MOST_CHILDREN)
            products[code] = replace(heading, points=heading.points + more)
    for code, product in products.items():
        if len(code) == _HEADING_DIGITS and product.form is Form.NEAR and code[:CHAPTER_DIGITS] in products:
            products[code] = replace(product, points=product.points + _KNOWN_BY_CHAPTER)
    for code, product in products.items():
        heading = products.get(code[:_HEADING_DIGITS], product)
        if heading is not product and product.exactness >= heading.exactness:
            products[code] = replace(product, points=min(product.points, heading.points))
    others = [match for match in matches if match.term.kind != Kind.PRODUCT]
    return sorted([*products.values(), *others], key=_place)
