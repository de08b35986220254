"""Official rates of the National Bank of Kazakhstan: tenge for foreign currencies, one XML answer a day.

Traps:
- `quant` says for how many units the rate is: 1, 10, 100, 1000. The sum of Uzbekistan stands for a hundred.
- The period is the day in the answer, not the one asked for. A weekend or holiday may be answered with the working
  day before or after it; that rate is kept once.
- The rate of a day comes from trading on the day before and is fixed then, so the last day may lie in the future.
- Decimals are written with a point, in older answers with a comma.
- A day without rates is answered with no `item`. All days without any is a changed form, not a deletion.
- Maintenance is an HTML page with status 200.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from markets.errors import SourceChanged, SourceUnavailable
from markets.sources.base import Delivery, ExchangeRateRow, RawPayload, SliceProblem, SourceCard, Vintage
from markets.sources.fx.rows import MARGIN_DAYS, Gathered, newest_told, rate_of
from markets.sources.http import SourceClient
from markets.vocabulary import FactKind, RateKind, Transport

CARD: Final = SourceCard(
    id="nbk-rates",
    name="Official exchange rates of the tenge",
    publisher="National Bank of Kazakhstan",
    url="https://nationalbank.kz/en/exchangerates/ezhednevnye-oficialnye-rynochnye-kursy-valyut",
    licence="Public information of the National Bank, source named",
    licence_url="",
    citation="National Bank of Kazakhstan, official exchange rates",
    cadence="every working day",
    kind=FactKind.EXCHANGE_RATES,
    publication_lag=dt.timedelta(days=1),
    refresh_every=dt.timedelta(days=1),
)

BASE_URL: Final = "https://nationalbank.kz"
CURRENCY: Final = "KZT"
# The bank prints some forty. Kept are the currencies trade here is counted in and those of the five markets; through
# the tenge they give the som, the somoni and the sum a rate of each day that no other source read here has.
# The manat of Turkmenistan is not among those it printed so far.
BASES: Final = ("USD", "EUR", "CNY", "RUB", "KGS", "TJS", "TMT", "UZS")
REQUIRED: Final = ("USD", "EUR", "CNY", "RUB")
# One request a day, so a refresh takes no more days than these.
DAYS_MOST: Final = 30
SILENT_DAYS_MOST: Final = 2
_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_QUANTITIES: Final = {str(10**power): power for power in range(7)}
ALL_SLICES: Final = f"{CURRENCY}/*/{RateKind.OFFICIAL}"


def _today_there() -> dt.date:
    """The day in Kazakhstan: one time zone, UTC+5, since March 2024."""
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=5))).date()


@dataclass(frozen=True)
class Nbk:
    """The `nbk-rates` source. client and today: swapped in tests."""

    card: SourceCard = CARD
    client: SourceClient = field(
        default_factory=lambda: SourceClient(CARD.id, BASE_URL, accept="application/xml, text/xml")
    )
    today: Callable[[], dt.date] = _today_there
    endings: tuple[str, ...] = (".xml",)

    def download(self, wanted: Iterable[str] = (), client: SourceClient | None = None) -> Iterator[Delivery]:
        """The last 30 days, or the days since a little before the newest one in `wanted` where those are fewer.

        A day that cannot be read is reported and the others go on; an address that is gone is not asked again.
        Raises SourceUnavailable when two days one after another stay without an answer, and SourceRefused.
        """
        asking = client or self.client
        read, problems, silent = list[RawPayload](), list[SliceProblem](), 0
        for day in self._days(newest_told(wanted)):
            try:
                read.append(asking.fetch("/rss/get_rates.cfm", {"fdate": day.strftime("%d.%m.%Y")}))
                silent = 0
            except SourceUnavailable as silence:
                silent += 1
                if silent == SILENT_DAYS_MOST:
                    raise
                problems.append(SliceProblem(f"{CURRENCY} {day}", silence))
            except SourceChanged as moved:
                # Another status or a redirect: what holds for this day holds for all.
                problems.append(SliceProblem(ALL_SLICES, moved))
                break
        yield self._delivered(Transport.HTTP, read, problems)

    def read(self, payloads: Iterable[RawPayload], wanted: Sequence[str] = ()) -> Iterator[Delivery]:  # noqa: ARG002 all is wanted
        """Files in the bank's form, a day each, as one delivery."""
        yield self._delivered(Transport.FILE, list(payloads), [])

    def _days(self, newest: dt.date | None) -> list[dt.date]:
        """The days to ask for, the newest first: the form of an answer is known at once."""
        today, count = self.today(), DAYS_MOST
        if newest is not None:
            count = min(DAYS_MOST, max(0, (today - newest).days) + MARGIN_DAYS)
        return [today - dt.timedelta(days=back) for back in range(count)]

    def _delivered(
        self, transport: Transport, payloads: Sequence[RawPayload], problems: Sequence[SliceProblem]
    ) -> Delivery:
        found, told, is_any = Gathered(CARD.id), list(problems), False
        for payload in payloads:
            try:
                is_any = _read_day(payload, found, self.today()) or is_any
            except SourceChanged as problem:
                told.append(SliceProblem(f"{CURRENCY} {payload.request}", problem, (payload,)))
        if payloads and not is_any and len(told) == len(problems):
            empty = _changed(payloads[0], "no day holds a rate; empty is not a deletion")
            told.append(SliceProblem(ALL_SLICES, empty, tuple(payloads)))
        return _delivery(transport, found, payloads if is_any else (), [*found.problems(), *told])


def _read_day(payload: RawPayload, found: Gathered, today: dt.date) -> bool:
    """Add the rates of one answer; False when the day has none. Raises SourceChanged when it is not in its form."""
    root = _rates(payload)
    items = root.findall("item")
    if not items:
        return False
    written = _DAY.fullmatch(_text(root, "date"))
    day = _date(payload, written)
    if day > today + dt.timedelta(days=MARGIN_DAYS):
        raise _changed(payload, f"it is of {day}, which lies ahead")
    named = {_text(item, "title").upper() for item in items}
    lacking = [code for code in REQUIRED if code not in named]
    if lacking:
        raise _changed(payload, f"it states no rate of {', '.join(lacking)}")
    for item in items:
        base = _text(item, "title").upper()
        if base in BASES:
            _add(found, base, day, item)
    return True


def _rates(payload: RawPayload) -> Any:
    """The root of the document. Nothing may be declared in it: entities are how a small file becomes a huge one."""
    if payload.content_type.partition(";")[0].strip().lower().endswith("html"):
        raise _changed(payload, "it is an HTML page, not XML")
    try:
        root = ElementTree.fromstring(payload.body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as wrong:
        reason = "it declares entities" if isinstance(wrong, DefusedXmlException) else f"it is no XML ({wrong})"
        raise _changed(payload, reason) from wrong
    if root.tag != "rates":
        raise _changed(payload, f"it is <{root.tag}>, not <rates>")
    return root


def _add(found: Gathered, base: str, day: dt.date, item: Any) -> None:
    key = f"{CURRENCY}/{base}/{RateKind.OFFICIAL}"
    place = f"{base} on {day}"
    quantity = _text(item, "quant") or "1"
    power = _QUANTITIES.get(quantity)
    if power is None:
        found.refuse(key, SourceChanged(source=CARD.id, reason=f"{place}: the rate is for {quantity!r} units"))
        return
    try:
        printed = rate_of(CARD.id, _text(item, "description").replace(",", "."), place)
    except SourceChanged as wrong:
        found.refuse(key, wrong)
        return
    value = _moved(printed.value, power)
    found.add(ExchangeRateRow(CURRENCY, base, RateKind.OFFICIAL, day.isoformat(), value, printed.exponent - power))


def _moved(value: Decimal, power: int) -> Decimal:
    """For one unit instead of many: the point moves, no digit changes."""
    return value.scaleb(-power)


def _date(payload: RawPayload, written: re.Match[str] | None) -> dt.date:
    if written is None:
        raise _changed(payload, "its date is not written DD.MM.YYYY")
    day, month, year = (int(part) for part in written.groups())
    try:
        return dt.date(year, month, day)
    except ValueError as impossible:
        raise _changed(payload, f"{written[0]} is not a day") from impossible


def _text(element: Any, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _changed(payload: RawPayload, reason: str) -> SourceChanged:
    return SourceChanged(source=CARD.id, reason=f"{payload.request}: {reason}")


def _delivery(
    transport: Transport, found: Gathered, payloads: Sequence[RawPayload], problems: Sequence[SliceProblem]
) -> Delivery:
    newest = found.newest
    shown = f"to {newest.isoformat()}" if newest else "without a day"
    return Delivery(
        dataset=CARD.id,
        transport=transport,
        vintage=Vintage(
            title=f"{CARD.name}, {shown}",
            released_on=newest,
            released_note="" if newest else "no answer holds a rate that can be believed",
            known_by=newest,
            licence=CARD.licence,
            citation=f"{CARD.citation}, {shown}",
        ),
        slices=found.slices(),
        payloads=payloads,
        problems=tuple(problems),
    )
