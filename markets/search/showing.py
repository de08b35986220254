"""Matches as a reader sees them: named in the active language, grouped, each with the reason it is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from markets.models import SearchTerm
from markets.search.findings import Findings, Group, Hit, Kind, Reason, Step
from markets.search.index import NAME, OFFICIAL
from markets.search.matching import Match
from markets.search.question import Question
from markets.vocabulary import HSCode

Names = Mapping[tuple[str, str], str]


def findings(question: Question, ranked: Sequence[Match], suggested: Sequence[Match], limit: int) -> Findings:
    """The answer, with at most `limit` hits in each group. One query, for the names; none when there is nothing."""
    shown = {kind: [match for match in ranked if match.term.kind == kind] for kind in Kind.values}
    names = _names([match for matches in shown.values() for match in matches[:limit]] + list(suggested))
    labels = _labels()
    return Findings(
        words=question.text,
        is_cut=question.is_cut,
        groups=tuple(
            Group(kind, labels[kind], tuple(_hit(match, names) for match in matches[:limit]), len(matches) > limit)
            for kind, matches in shown.items()
            if matches
        ),
        suggestions=tuple(_hit(match, names) for match in suggested),
    )


def _labels() -> dict[str, str]:
    return {
        Kind.PRODUCT: _("Products"),
        Kind.CATEGORY: _("Categories"),
        Kind.MARKET: _("Markets"),
        Kind.INDICATOR: _("Indicators"),
    }


# ---------------------------------------------------------------- names
def _names(matches: Iterable[Match]) -> Names:
    """Names of the things and of the codes above them: in the active language, else English, else as the law says."""
    keys_by_kind: dict[str, set[str]] = {}
    for match in matches:
        keys = keys_by_kind.setdefault(match.term.kind, set())
        keys.update(_way_down(match.term.key) if match.term.kind == Kind.PRODUCT else [match.term.key])
    if not keys_by_kind:
        return {}
    language = get_language() or "en"
    wanted = Q()
    for kind, keys in keys_by_kind.items():
        wanted |= Q(kind=kind, key__in=keys)
    rows = SearchTerm.objects.filter(wanted, weight__in=(NAME, OFFICIAL), language__in={language, "en"})
    # Later entries win: English before the reader's own language, official wording before a name.
    ordered = sorted(
        rows.values_list("kind", "key", "text", "weight", "language"),
        key=lambda row: (row[3], row[4] == language),
    )
    return {(kind, key): text for kind, key, text, _weight, _language in ordered}


def _way_down(code: str) -> list[str]:
    return [code[:level] for level in HSCode.LEVELS if level <= len(code)]


# ---------------------------------------------------------------- hits
def _hit(match: Match, names: Names) -> Hit:
    term = match.term
    is_product = term.kind == Kind.PRODUCT
    codes = _way_down(term.key) if is_product else []
    steps = tuple(Step(code, names.get((term.kind, code), code)) for code in codes)
    return Hit(
        kind=term.kind,
        key=term.key,
        name=names.get((term.kind, term.key), term.text),
        level=len(term.key) if is_product else None,
        steps=steps,
        path=" › ".join(f"{step.code} {step.name}" for step in steps),
        reason=match.reason,
        matched=term.text,
        matched_language=term.language,
        why=_why(match),
        points=round(match.points, 2),
    )


def _why(match: Match) -> str:
    templates = {
        Reason.CODE: _("code %(word)s"),
        Reason.NAME: _("name in %(language)s: %(word)s"),
        Reason.SYNONYM: _("also called in %(language)s: %(word)s"),
        Reason.OFFICIAL: _("in the official wording"),
        Reason.SOME_WORDS: _("some of the words: %(word)s"),
        Reason.SPELLING: _("spelt like %(word)s"),
        Reason.BROADER: _("broader code %(word)s"),
    }
    return templates[match.reason] % {
        "word": match.term.text,
        "language": _language_name(match.term.language),
    }


def _language_name(code: str) -> str:
    return get_language_info(code)["name_translated"] if code else ""
