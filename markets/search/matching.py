"""How well a word of the index answers a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from markets.search.findings import Kind, Reason
from markets.search.folding import is_han, is_same_word, pairs, probe, stem
from markets.search.index import CODE, NAME, SYNONYM, Term
from markets.search.question import Question, without_fillers


class Form(IntEnum):
    """In what form a term holds the question, best first."""

    EXACT = 0
    BEGINS = 1  # the term begins with the question's words
    WORDS = 2  # it has all of them
    BEGINS_TYPING = 3  # it begins with the question, whose last letters are still to be typed
    WORDS_TYPING = 4  # its words begin with the question's
    NEAR = 5  # it is spelt like the question, or has some of its words


_POINTS: Final = {
    Form.EXACT: 100,
    Form.BEGINS: 80,
    Form.WORDS: 70,
    Form.BEGINS_TYPING: 60,
    Form.WORDS_TYPING: 50,
    Form.NEAR: 20,
}
_REASONS: Final = {NAME: Reason.NAME, CODE: Reason.CODE, SYNONYM: Reason.SYNONYM}
# Points taken off: for words that are not the thing's own, and a longer text that only holds the question.
_SYNONYM_IS_WEAKER: Final = 15
_EXACT_SYNONYM_IS_WEAKER: Final = 5
_OFFICIAL_IS_WEAKER: Final = 40
_LENGTH_WEIGHS: Final = 4
_NEAR_FULLNESS_WEIGHS: Final = 8
_OFFICIAL_NEAR: Final = 0.6
# What a chapter is also called are examples of what it holds; each is the name of something narrower.
_EXAMPLE_IS_WEAKER: Final = 8

# A code is the same in all customs up to here; what follows is a country's own.
WORLD_DIGITS: Final = 6
CHAPTER_DIGITS: Final = 2

# Up to here a match is kept only when there is no better one.
WEAK: Final = 20

# How like a word is to one it begins, one of its family, and the one it becomes with a letter put right.
_RELATED: Final = 0.8
_NOTHING: Final[frozenset[str]] = frozenset()

# From here on a near term is a hit; below it is only suggested. Words it has are surer than words it is like.
_NEAR_ENOUGH: Final = {Reason.SPELLING: 0.5, Reason.SOME_WORDS: 0.42}
WORTH_SUGGESTING: Final = 0.34


@dataclass(frozen=True, slots=True)
class Match:
    """A thing with the term that answers best for it. nearness: 1 but for Form.NEAR, 0..1 there."""

    term: Term
    form: Form
    reason: Reason
    points: float
    nearness: float = 1.0

    @property
    def exactness(self) -> tuple[Form, bool, float]:
        """The form, whether an exact word is another than the thing's own, and how far a near one is.

        The smallest is the most exact.
        """
        return self.form, self.form is Form.EXACT and self.term.weight < CODE, 1.0 - self.nearness

    @property
    def is_hit(self) -> bool:
        """False for a near match that may only be suggested."""
        return self.nearness >= _NEAR_ENOUGH.get(self.reason, 0.0)

    @property
    def thing(self) -> tuple[str, str]:
        return self.term.kind, self.term.key


def direct_match(term: Term, question: Question) -> Match | None:
    """The match of a term that holds the whole question; None when it does not after all."""
    if question.digits and term.weight == CODE and term.kind == Kind.PRODUCT:
        return _code_match(term, question.digits)
    form = _form(term.folded, question)
    if form is None or (form is not Form.EXACT and term.weight == CODE and term.kind == Kind.MARKET):
        return None  # half a country code says nothing: UK is not UKR
    return Match(term, form, _REASONS.get(term.weight, Reason.OFFICIAL), _points(term, form, question))


def unknown_words(question: Question, terms: Iterable[Term]) -> list[str]:
    """The words of the question that none of the terms has."""
    tokens = list({token for term in terms for token in term.folded.split()})
    return [word for word in question.words if not _has_kin(word, tokens)]


def near_match(
    term: Term,
    question: Question,
    likeness_by_word: Mapping[str, float],
    meant_by_word: Mapping[str, set[str]],
) -> Match:
    """The match of a term that has some of the words, or words like them.

    likeness_by_word: 0..1 for each unknown word, as the database measured it in this term.
    meant_by_word: what each unknown word becomes with one letter put right.
    """
    if term.weight == CODE and term.kind == Kind.MARKET:
        return Match(term, Form.NEAR, Reason.SOME_WORDS, 0.0, nearness=0.0)  # the can of a can opener is not Canada
    tokens = term.folded.split()
    spelling = 0.0
    likenesses = [(_run_likeness(run, tokens), len(run)) for run in question.runs]
    for word in question.words:
        likeness = 1.0 if _has(word, tokens) else likeness_by_word.get(word, 0.0)
        if _has_kin(word, tokens) or not meant_by_word.get(word, _NOTHING).isdisjoint(tokens):
            likeness = max(likeness, _RELATED)
        if word in meant_by_word:
            spelling = max(spelling, likeness)
        likenesses.append((likeness, len(word)))
    nearness = _share(likenesses)
    fullness = max(_covered(tokens, question, meant_by_word), _fullness(term, question) if spelling else 0.0)
    weakness = _OFFICIAL_NEAR if term.weight < SYNONYM else 1.0
    points = (_POINTS[Form.NEAR] * nearness + _NEAR_FULLNESS_WEIGHS * fullness) * weakness
    reason = Reason.SPELLING if spelling >= _NEAR_ENOUGH[Reason.SPELLING] else Reason.SOME_WORDS
    return Match(term, Form.NEAR, reason, points + (term.weight == NAME), nearness)


def _covered(tokens: Sequence[str], question: Question, meant_by_word: Mapping[str, set[str]]) -> float:
    """Share of the term, by letters, that stands in the question: China is more of China than of Hong Kong, China."""
    covered = 0.0
    for token in tokens:
        if is_han(token):
            covered += len(token) * max((_run_likeness(token, [run]) for run in question.runs), default=0.0)
        elif _has(token, question.words) or any(token in meant for meant in meant_by_word.values()):
            covered += len(token)
    return covered / sum(map(len, tokens))


def _share(likenesses: Sequence[tuple[float, int]]) -> float:
    """0..1, from the likeness and the length of each part of the question.

    A plain mean, so that a short word counts (GDP of Kazakhstan), or one by length, so that small
    words do not (I sell refrigerators): whichever is more.
    """
    plain = sum(likeness for likeness, _length in likenesses) / len(likenesses)
    by_length = sum(likeness * length for likeness, length in likenesses) / sum(length for _, length in likenesses)
    return max(plain, by_length)


def _run_likeness(run: str, tokens: Sequence[str]) -> float:
    """Share of a Chinese run that the tokens have, 0..1: its neighbouring pairs, or the longest token inside it."""
    wanted = set(pairs(run))
    if not wanted:
        return float(any(run in token for token in tokens))
    shared = wanted & {pair for token in tokens if is_han(token) for pair in pairs(token)}
    inside = max((len(token) for token in tokens if len(token) > 1 and token in run), default=0)
    # 电冰箱 in 家用电冰箱 is the thing itself with a word before it, more than two pairs of four.
    return max(len(shared) / len(wanted), 0.4 + 0.6 * inside / len(run) if inside else 0.0)


# ---------------------------------------------------------------- forms
def _code_match(term: Term, digits: str) -> Match:
    """Exact and beginning codes; the six digits of a national code; for an unknown code its broader ones."""
    code = term.key
    if code == digits:
        return Match(term, Form.EXACT, Reason.CODE, 100)
    if code.startswith(digits):
        return Match(term, Form.BEGINS, Reason.CODE, 80)
    if not digits.startswith(code):
        return Match(term, Form.NEAR, Reason.CODE, 20)  # its leading zero was lost
    if len(code) == WORLD_DIGITS:
        return Match(term, Form.BEGINS, Reason.CODE, 60)
    return Match(term, Form.NEAR, Reason.BROADER, 10 + len(code))


def _form(folded: str, question: Question) -> Form | None:
    if folded == question.folded:
        return Form.EXACT
    tokens = folded.split()
    if not all(any(run in token for token in tokens) for run in question.runs):
        return None
    if all(_has(word, tokens) for word in question.words):
        if _same_words(tokens, question):
            return Form.EXACT
        return Form.BEGINS if _begins(folded, tokens, question) else Form.WORDS
    if all(_has_kin(word, tokens) for word in question.words):
        return Form.BEGINS_TYPING if folded.startswith(question.folded) else Form.WORDS_TYPING
    return None


def _has(word: str, tokens: Sequence[str]) -> bool:
    """Whether a word stands among the tokens, in whatever number or case."""
    # The first letter never changes; comparing it first spares most of the work.
    return any(token[0] == word[0] and is_same_word(token, word) for token in tokens)


def _has_kin(word: str, tokens: Sequence[str]) -> bool:
    """Whether a token begins with the word, of which some letters are not typed yet, or is of its family."""
    beginning = probe(word)
    return any(
        token.startswith(word) or (token.startswith(beginning) and stem(token) == stem(word)) for token in tokens
    )


def _same_words(tokens: Sequence[str], question: Question) -> bool:
    """Whether the term is the question in other endings or another order."""
    runs = {token for token in tokens if is_han(token)}
    words = without_fillers([token for token in tokens if token not in runs])
    return runs == set(question.runs) and all(_has(word, list(question.words)) for word in words)


def _begins(folded: str, tokens: Sequence[str], question: Question) -> bool:
    if folded.startswith(question.folded):
        return True
    asked = question.folded.split()
    return len(asked) <= len(tokens) and all(
        token.startswith(word) if is_han(word) else is_same_word(token, word)
        for token, word in zip(tokens, asked, strict=False)
    )


def _points(term: Term, form: Form, question: Question) -> float:
    points: float = _POINTS[form] + (0 if form is Form.EXACT else _LENGTH_WEIGHS * _fullness(term, question))
    if term.weight >= CODE:
        return points
    if term.weight < SYNONYM:
        return points - _OFFICIAL_IS_WEAKER
    if term.kind == Kind.PRODUCT and len(term.key) == CHAPTER_DIGITS:
        points -= _EXAMPLE_IS_WEAKER
    return points - (_EXACT_SYNONYM_IS_WEAKER if form is Form.EXACT else _SYNONYM_IS_WEAKER)


def _fullness(term: Term, question: Question) -> float:
    """0..1, how much of the term the question fills: the shorter of two texts that hold it says it better."""
    return min(1.0, len(question.folded) / max(1, len(term.folded)))
