"""World Bank, World Development Indicators, through the Indicators API v2.

Traps, each met in the wild:
- An unknown indicator is answered with HTTP 200 and a one-element array that holds a `message`.
- Aggregates (World, regions, income groups) stand among the countries; only `countryiso3code` tells them apart.
- Some aggregates have an empty `countryiso3code`; their two-character `country.id` is then all there is.
- `per_page` comes back as text on some pages; `page`, `pages` and `total` as numbers.
- A series that was archived answers an empty second element; empty is not a deletion.
- `lastupdated` is the date of the whole database, the vintage; pages of two vintages must not be mixed.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from markets.errors import (
    InvalidValue,
    MarketsError,
    SourceChanged,
    SourceError,
    SourceRefused,
    UnknownCode,
)
from markets.sources.base import (
    Delivery,
    ObservationRow,
    RawPayload,
    SliceDelivery,
    SliceProblem,
    SourceCard,
    UnmappedRow,
    Vintage,
)
from markets.sources.http import SourceClient, parsed_json
from markets.vocabulary import ObsStatus, Period, PrintedNumber, Transport

CARD: Final = SourceCard(
    id="worldbank",
    name="World Development Indicators",
    publisher="World Bank",
    url="https://datacatalog.worldbank.org/search/dataset/0037712",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    citation="World Bank, World Development Indicators.",
    cadence="several times a year",
    publication_lag=dt.timedelta(days=365),
    refresh_every=dt.timedelta(days=7),
)

BASE_URL: Final = "https://api.worldbank.org"
WDI_SOURCE_ID: Final = 2
PER_PAGE: Final = 20_000
MAX_PAGES: Final = 50

# The API's own letters (obs_status) in ours. An unknown letter is a change of form, not a normal value.
STATUS_BY_PROVIDER: Final = {
    "": ObsStatus.NORMAL,
    "A": ObsStatus.NORMAL,
    "E": ObsStatus.ESTIMATED,
    "F": ObsStatus.FORECAST,
    "P": ObsStatus.PROVISIONAL,
    "B": ObsStatus.BREAK,
    "C": ObsStatus.CONFIDENTIAL,
    "M": ObsStatus.NOT_AVAILABLE,
    "U": ObsStatus.UNRELIABLE,
}

# Groups of the World Bank that we hold under the same code. Its other groups are its own and are not loaded.
OUR_AGGREGATES: Final = frozenset({"WLD", "HIC", "UMC", "LMC", "LIC"})
OTHER_AGGREGATES: Final = frozenset(
    (
        "AFE AFW ARB CEB CHI CSS EAP EAR EAS ECA ECS EMU EUU FCS HPC IBD IBT IDA IDB IDX INX LAC LCN LDC LMY LTE"
        " MEA MIC MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS NRS SXZ SZE"
    ).split()
)


@dataclass(frozen=True)
class WorldBank:
    """The `worldbank` source. client: swapped in tests for one with another transport."""

    card: SourceCard = CARD
    client: SourceClient = field(default_factory=lambda: SourceClient(CARD.id, BASE_URL))

    def download(self, wanted: Iterable[str]) -> Iterator[Delivery]:
        """One delivery with all wanted indicators; what fails for one indicator is reported and the others go on.

        Raises SourceUnavailable or SourceRefused when the provider as a whole does not serve us.
        """
        read: list[_Answer] = []
        problems: list[SliceProblem] = []
        for indicator in wanted:
            try:
                read.append(self._whole_series(indicator))
            except (SourceChanged, UnknownCode) as problem:
                problems.append(SliceProblem(indicator, problem))
        yield _delivery(Transport.HTTP, read, problems, covers_all=True)

    def read(self, path: Path, wanted: Sequence[str]) -> Iterator[Delivery]:
        """Payload files (`*.json`, in the API's form) of a file or directory, one page or several for each indicator.

        Indicators that have no file here are not spoken of. Raises SourceRefused when there is no payload at all.
        """
        read, problems = _answers_in_files(path)
        strangers = [a for a in read if a.indicator not in wanted]
        problems += [
            SliceProblem(a.indicator, UnknownCode(dataset=CARD.id, scheme="indicator", code=a.indicator))
            for a in strangers
        ]
        by_vintage: dict[dt.date | None, list[_Answer]] = {}
        for answer in read:
            if answer.indicator in wanted:
                by_vintage.setdefault(answer.updated_on, []).append(answer)
        # Oldest first, so that the newest vintage is in force at the end.
        ordered = sorted(by_vintage, key=lambda day: day or dt.date.min)
        for day in ordered or [None]:
            last = day == (ordered[-1] if ordered else None)
            yield _delivery(Transport.FILE, by_vintage.get(day, []), problems if last else (), covers_all=False)

    def _whole_series(self, indicator: str) -> _Answer:
        """All pages of one series, crawled again once when the database was updated meanwhile."""
        for _attempt in range(2):
            pages = [_page(*self._fetched(indicator, 1))]
            total_pages = pages[0].pages
            if total_pages > MAX_PAGES:
                raise SourceChanged(source=CARD.id, reason=f"{indicator} has {total_pages} pages")
            pages += [_page(*self._fetched(indicator, number)) for number in range(2, total_pages + 1)]
            if len({page.updated_on for page in pages}) == 1:
                return _only_answer(indicator, _joined(pages))
        raise SourceChanged(
            source=CARD.id,
            reason=f"{indicator} was updated twice while it was read; try again later",
        )

    def _fetched(self, indicator: str, page: int) -> tuple[Any, RawPayload]:
        params: dict[str, str | int] = {"format": "json", "source": WDI_SOURCE_ID, "per_page": PER_PAGE, "page": page}
        return self.client.fetch_json(f"/v2/country/all/indicator/{indicator}", params)


@dataclass(frozen=True)
class _Page:
    page: int
    pages: int
    total: int
    updated_on: dt.date | None
    entries: list[dict[str, Any]]
    payload: RawPayload


@dataclass(frozen=True)
class _Answer:
    indicator: str
    updated_on: dt.date | None
    rows: list[ObservationRow]
    unmapped: list[UnmappedRow]
    payloads: list[RawPayload]


def _page(document: Any, payload: RawPayload) -> _Page:
    """One page of the documented form `[meta, [entry, ...]]`. Raises UnknownCode or SourceChanged otherwise."""
    if isinstance(document, list) and len(document) == 1 and isinstance(document[0], dict) and "message" in document[0]:
        _raise_message(document[0]["message"], payload)
    if not (isinstance(document, list) and len(document) == 2 and isinstance(document[0], dict)):
        raise SourceChanged(source=CARD.id, reason=f"{payload.request} is not [meta, rows]")
    meta, entries = document
    if not entries:
        raise SourceChanged(source=CARD.id, reason=f"{payload.request} holds no rows; empty is not a deletion")
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise SourceChanged(source=CARD.id, reason=f"the rows of {payload.request} are not objects")
    try:
        updated = str(meta.get("lastupdated") or "")
        return _Page(
            page=int(meta["page"]),
            pages=int(meta["pages"]),
            total=int(meta["total"]),
            updated_on=dt.date.fromisoformat(updated) if updated else None,
            entries=entries,
            payload=payload,
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise SourceChanged(
            source=CARD.id, reason=f"the head of {payload.request} is unreadable ({wrong!r})"
        ) from wrong


def _raise_message(messages: Any, payload: RawPayload) -> None:
    first = messages[0] if isinstance(messages, list) and messages and isinstance(messages[0], dict) else {}
    if str(first.get("id")) == "120":
        raise UnknownCode(dataset=CARD.id, scheme="indicator", code=f"in {payload.request}")
    shown = first.get("value") or first.get("key") or "an error without a text"
    raise SourceChanged(source=CARD.id, reason=f"{payload.request} answers: {shown}")


def _joined(pages: Sequence[_Page]) -> list[_Answer]:
    """The rows of all pages of one question, by indicator.

    Raises SourceChanged when a page is missing, doubled or short.
    """
    asked, expected = pages[0].payload.request, pages[0].pages
    numbers = sorted(page.page for page in pages)
    if numbers != list(range(1, expected + 1)):
        raise SourceChanged(
            source=CARD.id,
            reason=f"{asked}: pages {numbers} of {expected} are here; all are needed",
        )
    count = sum(len(page.entries) for page in pages)
    if count != pages[0].total:
        raise SourceChanged(source=CARD.id, reason=f"{asked}: {count} rows came, {pages[0].total} were announced")
    answers: dict[str, _Answer] = {}
    for page in pages:
        for entry in page.entries:
            indicator = _indicator_code(entry, page.payload)
            answer = answers.setdefault(indicator, _Answer(indicator, page.updated_on, [], [], []))
            if page.payload not in answer.payloads:
                answer.payloads.append(page.payload)
            row = _row(entry, indicator, page.payload)
            if isinstance(row, UnmappedRow):
                answer.unmapped.append(row)
            elif row is not None:
                answer.rows.append(row)
    return list(answers.values())


def _only_answer(indicator: str, answers: Sequence[_Answer]) -> _Answer:
    if [answer.indicator for answer in answers] != [indicator]:
        found = ", ".join(answer.indicator for answer in answers)
        raise SourceChanged(source=CARD.id, reason=f"{indicator} was asked for, {found} came")
    return answers[0]


def _indicator_code(entry: dict[str, Any], payload: RawPayload) -> str:
    named = entry.get("indicator")
    code = named.get("id") if isinstance(named, dict) else None
    if not (isinstance(code, str) and code):
        raise SourceChanged(source=CARD.id, reason=f"a row of {payload.request} names no indicator")
    return code


def _row(entry: dict[str, Any], indicator: str, payload: RawPayload) -> ObservationRow | UnmappedRow | None:
    """One entry in our words; None for the provider's own groups, which we do not load."""
    try:
        period = Period.parse(_period_text(str(entry["date"])))
        area = str(entry.get("countryiso3code") or "")
        provider_code, label = str(entry["country"]["id"]), str(entry["country"].get("value", ""))
        raw_value, raw_status = entry["value"], str(entry.get("obs_status") or "")
    except (KeyError, TypeError, InvalidValue) as wrong:
        raise SourceChanged(source=CARD.id, reason=f"a row of {payload.request} lacks a field ({wrong!r})") from wrong
    if area in OTHER_AGGREGATES or not area:
        return None if area else UnmappedRow("country", provider_code, label)
    status = STATUS_BY_PROVIDER.get(raw_status.upper())
    if status is None:
        raise SourceChanged(source=CARD.id, reason=f"{payload.request} uses the status {raw_status!r}")
    value, exponent = _value(raw_value, payload)
    if value is None and status is ObsStatus.NORMAL:
        status = ObsStatus.NOT_AVAILABLE
    return ObservationRow(indicator, area, str(period), value, exponent, status, period.frequency)


def _period_text(date: str) -> str:
    """The API writes quarters and months as 2023Q1 and 2023M01."""
    if len(date) == 6 and date[4] == "Q":
        return f"{date[:4]}-{date[4:]}"
    if len(date) == 7 and date[4] == "M":
        return f"{date[:4]}-{date[5:]}"
    return date


def _value(raw: Any, payload: RawPayload) -> tuple[Decimal | None, int | None]:
    if raw is None:
        return None, None
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise SourceChanged(source=CARD.id, reason=f"{payload.request} holds the value {raw!r}")
    try:
        # repr gives the shortest digits that make the same float: what the JSON text said.
        printed = PrintedNumber.parse(raw if isinstance(raw, str) else repr(raw))
    except InvalidValue as wrong:
        raise SourceChanged(source=CARD.id, reason=f"{payload.request} holds the value {raw!r}") from wrong
    # A float of 1e16 and more comes back in scientific form, which says nothing of how it was printed.
    return printed.value, printed.exponent if isinstance(raw, str) else min(printed.exponent, 0)


def _delivery(
    transport: Transport,
    answers: Sequence[_Answer],
    problems: Iterable[SliceProblem],
    *,
    covers_all: bool,
) -> Delivery:
    days = {answer.updated_on for answer in answers if answer.updated_on}
    released_on = max(days, default=None)
    shown = released_on.isoformat() if released_on else "without a date"
    return Delivery(
        dataset=CARD.id,
        transport=transport,
        vintage=Vintage(
            title=f"{CARD.name}, {shown}",
            released_on=released_on,
            released_note="" if released_on else "the answer carries no date",
            licence=CARD.licence,
            citation=f"{CARD.citation} Vintage {shown}.",
        ),
        slices=[SliceDelivery(a.indicator, a.rows, covers_all, a.unmapped) for a in answers],
        payloads=[payload for answer in answers for payload in answer.payloads],
        problems=tuple(problems),
    )


def _answers_in_files(path: Path) -> tuple[list[_Answer], list[SliceProblem]]:
    files = sorted(p for p in path.rglob("*.json") if p.is_file()) if path.is_dir() else [path]
    if not path.exists() or not files:
        raise SourceRefused(source=CARD.id, reason=f"there is no payload file (*.json) at {path}")
    questions: dict[tuple[object, ...], list[_Page]] = {}
    problems: list[SliceProblem] = []
    for file in files:
        payload = RawPayload(
            request=file.name,
            body=file.read_bytes(),
            content_type=mimetypes.guess_type(file.name)[0] or "application/json",
            retrieved_at=dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC),
        )
        try:
            page = _page(parsed_json(CARD.id, payload), payload)
            questions.setdefault(_question(page), []).append(page)
        except MarketsError as problem:
            problems.append(SliceProblem(file.name, problem))
    answers: list[_Answer] = []
    for pages in questions.values():
        try:
            answers += _joined(pages)
        except SourceError as problem:
            problems.append(SliceProblem(pages[0].payload.request, problem))
    return _merged(answers), problems


def _question(page: _Page) -> tuple[object, ...]:
    """What tells the pages of one question from those of another: files carry no address."""
    if page.pages == 1:
        return (page.payload.request,)
    return (_indicator_code(page.entries[0], page.payload), page.updated_on, page.pages, page.total)


def _merged(answers: Sequence[_Answer]) -> list[_Answer]:
    """One answer an indicator and vintage, where files hold a country or a few each."""
    merged: dict[tuple[str, dt.date | None], _Answer] = {}
    for answer in answers:
        whole = merged.setdefault(
            (answer.indicator, answer.updated_on),
            replace(answer, rows=[], unmapped=[], payloads=[]),
        )
        whole.rows.extend(answer.rows)
        whole.unmapped.extend(answer.unmapped)
        whole.payloads.extend(answer.payloads)
    return list(merged.values())
