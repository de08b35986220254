"""Answers kept as payload files: found, told apart, and put together again without their addresses."""

from __future__ import annotations

import datetime as dt
import mimetypes
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from markets.errors import NoPayload, SourceChanged, SourceError, SourceRefused, UnknownCode
from markets.sources.base import RawPayload, SliceProblem
from markets.sources.worldbank.answers import SOURCE, Answer, Page, joined, page_of


def payload_files(path: Path) -> list[Path]:
    """The file, or all `*.json` below the directory, in order. Raises NoPayload when there is none."""
    files = sorted(p for p in path.rglob("*.json") if p.is_file()) if path.is_dir() else [path]
    if not path.exists() or not files:
        raise NoPayload(source=SOURCE, path=path)
    return files


def answers_in_files(folder: Path, files: Iterable[Path]) -> tuple[list[Answer], list[SliceProblem]]:
    """The answers in these files of a folder, and what could not be read.

    One answer an indicator and vintage, in however many files it stands.
    """
    pages: dict[str, Page] = {}
    problems: list[SliceProblem] = []
    for file in files:
        name = os.fsencode(file.relative_to(folder).as_posix()).decode("utf-8", "replace")
        kept: tuple[RawPayload, ...] = ()
        try:
            payload = _payload(file, name)
            kept = (payload,)
            # The same bytes saved twice are one page.
            pages.setdefault(payload.sha256, page_of(payload))
        except (SourceError, UnknownCode) as problem:
            problems.append(SliceProblem(name, problem, kept))
    answers: list[Answer] = []
    for question in _questions(pages.values()):
        try:
            _check_one_question(question)
            answers += joined(question)
        except SourceError as problem:
            kept = tuple(page.payload for page in question)
            problems.append(SliceProblem(kept[0].request, problem, kept))
    return _merged(answers), problems


def _payload(file: Path, name: str) -> RawPayload:
    try:
        return RawPayload(
            request=name,
            body=file.read_bytes(),
            content_type=mimetypes.guess_type(file.name)[0] or "application/json",
            retrieved_at=dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC),
        )
    except OSError as unreadable:
        raise SourceRefused(source=SOURCE, reason=f"{name} cannot be read ({unreadable.strerror})") from unreadable


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
