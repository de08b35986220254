"""Answers kept aside as payloads: told apart, and put together again without their addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from markets.errors import SourceChanged, SourceError, UnknownCode
from markets.sources.base import RawPayload, SliceProblem
from markets.sources.worldbank.answers import SOURCE, Answer, Page, joined, page_of


def answers_in(payloads: Iterable[RawPayload]) -> tuple[list[Answer], list[SliceProblem]]:
    """The answers in these payloads, and what could not be read.

    One answer an indicator and vintage, in however many payloads it stands.
    """
    pages: dict[str, Page] = {}
    problems: list[SliceProblem] = []
    for payload in payloads:
        try:
            # The same bytes saved twice are one page.
            pages.setdefault(payload.sha256, page_of(payload))
        except (SourceError, UnknownCode) as problem:
            problems.append(SliceProblem(payload.request, problem, (payload,)))
    answers: list[Answer] = []
    for question in _questions(pages.values()):
        try:
            _check_one_question(question)
            answers += joined(question)
        except SourceError as problem:
            kept = tuple(page.payload for page in question)
            problems.append(SliceProblem(kept[0].request, problem, kept))
    return _merged(answers), problems


def _questions(pages: Iterable[Page]) -> list[list[Page]]:
    """The pages of each question. Files carry no address, so what the pages say must tell the questions apart."""
    alike: dict[tuple[object, ...], list[Page]] = {}
    for page in pages:
        key = (page.payload.request,) if page.pages == 1 else (page.updated_on, page.pages, page.total)
        alike.setdefault(key, []).append(page)
    return [question for group in alike.values() for question in _parted(group, [_series, _countries])]


def _parted(pages: list[Page], tell: Sequence[Callable[[Page], frozenset[str]]]) -> list[list[Page]]:
    """Questions of one size: where page numbers repeat, each series and then each country was a question of its own."""
    if not tell or len({page.page for page in pages}) == len(pages):
        return [pages]
    spoken_of, *others = tell
    if any(len(spoken_of(page)) != 1 for page in pages):
        return _parted(pages, others)
    parts: dict[frozenset[str], list[Page]] = {}
    for page in pages:
        parts.setdefault(spoken_of(page), []).append(page)
    return [question for part in parts.values() for question in _parted(part, others)]


def _check_one_question(pages: Sequence[Page]) -> None:
    """Page 1 of one country and page 2 of another fit in number but are two halves.

    An answer for several countries gives each the same periods.
    """
    periods: dict[frozenset[str], set[str]] = {}
    for page in pages:
        if len(_countries(page)) != 1:
            return
        periods.setdefault(_countries(page) | _series(page), set()).update(str(e.get("date")) for e in page.entries)
    if len({frozenset(its) for its in periods.values()}) > 1:
        raise SourceChanged(
            source=SOURCE, reason=f"{pages[0].payload.request}: its pages belong to several answers, of which some lack"
        )


def _series(page: Page) -> frozenset[str]:
    return frozenset(str(entry.get("indicator")) for entry in page.entries)


def _countries(page: Page) -> frozenset[str]:
    return frozenset(str(entry.get("country")) for entry in page.entries)


def _merged(answers: Sequence[Answer]) -> list[Answer]:
    """One answer an indicator and vintage, where files hold a country or a few each."""
    merged: dict[tuple[str, dt.date | None], Answer] = {}
    for answer in answers:
        whole = merged.setdefault(
            (answer.indicator, answer.updated_on),
            replace(answer, rows=[], unmapped=[], payloads=[]),
        )
        whole.rows.extend(answer.rows)
        whole.unmapped.extend(answer.unmapped)
        whole.payloads.extend(answer.payloads)
    return list(merged.values())
