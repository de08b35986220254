"""World Bank, World Development Indicators, through the Indicators API v2.

Traps, each met in the wild:
- An unknown or archived indicator is answered with HTTP 200 and a one-element array that holds a `message`.
- Aggregates (World, regions, income groups) stand among the countries; only their codes tell them apart.
- Some aggregates have an empty `countryiso3code`; their two-character `country.id` is then all there is.
- `per_page` comes back as text on some pages; `page`, `pages` and `total` as numbers.
- A series that was archived answers an empty second element; empty is not a deletion.
- `lastupdated` is the date of the whole database, the vintage; pages of two vintages must not be mixed.
- Values are doubles in JSON: a short number (100) is exact, not rounded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from markets.errors import SourceChanged, SourceUnavailable, UnknownCode
from markets.sources.base import Delivery, RawPayload, SliceDelivery, SliceProblem, SourceCard, Vintage
from markets.sources.http import SourceClient
from markets.sources.worldbank.answers import SOURCE, Answer, Page, is_one_state, joined, page_of
from markets.sources.worldbank.pages import answers_in
from markets.vocabulary import Transport

CARD: Final = SourceCard(
    id=SOURCE,
    name="World Development Indicators",
    publisher="World Bank",
    url="https://datacatalog.worldbank.org/search/dataset/0037712",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    citation="World Bank, World Development Indicators",
    cadence="several times a year",
    publication_lag=dt.timedelta(days=365),
    refresh_every=dt.timedelta(days=7),
)

BASE_URL: Final = "https://api.worldbank.org"
WDI_SOURCE_ID: Final = 2
PER_PAGE: Final = 20_000
MAX_PAGES: Final = 50
# After so many silent series in a row the provider as a whole is away.
SILENT_SERIES_MOST: Final = 2


@dataclass(frozen=True)
class WorldBank:
    """The `worldbank` source. client: swapped in tests for one with another transport."""

    card: SourceCard = CARD
    client: SourceClient = field(default_factory=lambda: SourceClient(CARD.id, BASE_URL))
    endings: tuple[str, ...] = (".json",)

    def download(self, wanted: Iterable[str], client: SourceClient | None = None) -> Iterator[Delivery]:
        """All wanted indicators, one delivery a vintage; what fails for one indicator is reported, the others go on.

        client: one with a memory, in place of our own. Raises SourceUnavailable or SourceRefused when the provider as
        a whole does not serve us.
        """
        asking = client or self.client
        read: list[Answer] = []
        problems: list[SliceProblem] = []
        silent = 0
        for indicator in wanted:
            fetched: list[RawPayload] = []
            try:
                read.append(_whole_series(asking, indicator, fetched))
                silent = 0
            except (SourceChanged, UnknownCode) as problem:
                problems.append(SliceProblem(indicator, problem, tuple(fetched)))
                silent = 0
            except SourceUnavailable as silence:
                problems.append(SliceProblem(indicator, silence, tuple(fetched)))
                silent += 1
                if silent == SILENT_SERIES_MOST:
                    raise
        if problems and not read and isinstance(problems[-1].error, SourceUnavailable):
            raise problems[-1].error
        yield from _deliveries(Transport.HTTP, read, problems, covers_all=True)

    def read(self, payloads: Iterable[RawPayload], wanted: Sequence[str]) -> Iterator[Delivery]:
        """Answers in the API's form, one page or several for each indicator.

        Indicators that are not among these payloads are not spoken of.
        """
        answers, problems = answers_in(payloads)
        problems += [
            SliceProblem(a.indicator, UnknownCode(dataset=CARD.id, scheme="indicator", code=a.indicator))
            for a in answers
            if a.indicator not in wanted
        ]
        known = [answer for answer in answers if answer.indicator in wanted]
        yield from _deliveries(Transport.FILE, known, problems, covers_all=False)


def _whole_series(client: SourceClient, indicator: str, fetched: list[RawPayload]) -> Answer:
    """All pages of one series, crawled again once when the database changed meanwhile."""
    for attempt in range(2):
        fetched.clear()
        ask = partial(_page, client, indicator, fetched, anew=attempt > 0)
        pages = [ask(1)]
        if pages[0].pages > MAX_PAGES:
            raise SourceChanged(source=CARD.id, reason=f"{indicator} has {pages[0].pages} pages")
        pages += [ask(number) for number in range(2, pages[0].pages + 1)]
        if is_one_state(pages):
            return _only_answer(indicator, joined(pages))
    raise SourceChanged(source=CARD.id, reason=f"{indicator} changed twice while it was read; try again later")


def _page(client: SourceClient, indicator: str, fetched: list[RawPayload], number: int, *, anew: bool) -> Page:
    params: dict[str, str | int] = {"format": "json", "source": WDI_SOURCE_ID, "per_page": PER_PAGE, "page": number}
    fetched.append(client.fetch(f"/v2/country/all/indicator/{indicator}", params, anew=anew))
    return page_of(fetched[-1])


def _only_answer(indicator: str, answers: Sequence[Answer]) -> Answer:
    if [answer.indicator for answer in answers] != [indicator]:
        found = ", ".join(answer.indicator for answer in answers)
        raise SourceChanged(source=CARD.id, reason=f"{indicator} was asked for, {found} came")
    return answers[0]


def _deliveries(
    transport: Transport, answers: Sequence[Answer], problems: Sequence[SliceProblem], *, covers_all: bool
) -> Iterator[Delivery]:
    """One delivery a vintage, oldest first, so that the newest is in force at the end. Problems go with the last."""
    by_vintage: dict[dt.date | None, list[Answer]] = {}
    for answer in answers:
        by_vintage.setdefault(answer.updated_on, []).append(answer)
    ordered = sorted(by_vintage, key=lambda day: day or dt.date.min) or [None]
    for day in ordered:
        told = tuple(problems) if day == ordered[-1] else ()
        yield _delivery(transport, day, by_vintage.get(day, []), told, covers_all=covers_all)


def _delivery(
    transport: Transport,
    released_on: dt.date | None,
    answers: Sequence[Answer],
    problems: Sequence[SliceProblem],
    *,
    covers_all: bool,
) -> Delivery:
    shown = released_on.isoformat() if released_on else "without a date"
    return Delivery(
        dataset=CARD.id,
        transport=transport,
        vintage=Vintage(
            title=f"{CARD.name}, {shown}",
            released_on=released_on,
            released_note="" if released_on else "the answer carries no date",
            licence=CARD.licence,
            citation=f"{CARD.citation}, vintage {shown}",
        ),
        slices=[SliceDelivery(a.indicator, a.rows, covers_all, a.unmapped) for a in answers],
        payloads=[payload for answer in answers for payload in answer.payloads],
        problems=problems,
    )
