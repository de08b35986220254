"""What every source of figures is made of: its card, the rows it returns, the delivery around them.

A source speaks its provider's language up to its own edge and ours beyond it. It judges nothing: no filling,
no summing, no choosing. Gates and vintages are the ingest's affair.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Protocol

from markets.errors import MarketsError
from markets.vocabulary import FactKind, Flow, Frequency, ObsStatus, RateKind, Transport, Valuation

_VERSION: Final = re.compile(r", version (\d{6}[a-z]?)$")


@dataclass(frozen=True, slots=True)
class SourceCard:
    """Who publishes, on what licence, how often and how far its totals may move before a person looks.

    redistribution: `open`, `signed_in` or `none`.
    refresh_every: how often the schedule asks; None when the dataset only comes with the product.
    drop_tolerance_share: share of formerly stated values that may be missing from a new vintage.
    move_tolerance_share: share of overlapping values that may move by more than half before the vintage is held.
    total_tolerance_share: share by which a stated total of all partners may move.
    required: subjects (areas, partners) that every complete slice must name.
    is_selection: it holds chosen products or areas only, so that what it states makes no total, share or rank.
    row_caps: numbers of rows at which the provider is known to cut its answers silently.
    """

    id: str
    name: str
    publisher: str
    url: str
    licence: str
    licence_url: str
    citation: str
    cadence: str
    kind: FactKind = FactKind.OBSERVATIONS
    redistribution: str = "open"
    publication_lag: dt.timedelta = dt.timedelta(0)
    refresh_every: dt.timedelta | None = None
    drop_tolerance_share: float = 0.20
    move_tolerance_share: float = 0.30
    total_tolerance_share: float = 0.10
    required: tuple[str, ...] = ()
    row_caps: tuple[int, ...] = ()
    is_selection: bool = False


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """One value in our words. value None: the source names the period but states no value.

    area: ISO 3166 alpha-3, or the code of an aggregate. unit: the indicator's own.
    """

    indicator: str
    area: str
    period: str
    value: Decimal | None
    last_digit_exponent: int | None = None
    obs_status: ObsStatus = ObsStatus.NORMAL
    frequency: Frequency = Frequency.ANNUAL

    @property
    def slice_key(self) -> str:
        """The slice it belongs to."""
        return self.indicator

    @property
    def subject(self) -> str:
        """What tells it from the other rows of its slice and period."""
        return self.area


@dataclass(frozen=True, slots=True)
class TradeTotalRow:
    """Trade of all goods between a reporter and a partner, as the reporter states it.

    partner: ISO 3166 alpha-3, or WLD for the reporter's own total. value: whole units of `currency`, so that
    15,389.5 thousand dollars is 15389500 with last_digit_exponent 2. valuation None: the office does not say.
    """

    reporter: str
    flow: Flow
    partner: str
    period: str
    value: Decimal | None
    last_digit_exponent: int | None = None
    obs_status: ObsStatus = ObsStatus.NORMAL
    frequency: Frequency = Frequency.ANNUAL
    currency: str = "USD"
    valuation: Valuation | None = None

    @property
    def slice_key(self) -> str:
        """`KAZ/M/USD/CIF`; the last part is empty where the valuation is not stated."""
        return f"{self.reporter}/{self.flow}/{self.currency}/{self.valuation or ''}"

    @property
    def subject(self) -> str:
        """The partner."""
        return self.partner


@dataclass(frozen=True, slots=True)
class ExchangeRateRow:
    """Units of `currency` for one unit of `base`, of a day (`2024-03-05`), a month or a year."""

    currency: str
    base: str
    kind: RateKind
    period: str
    value: Decimal | None
    last_digit_exponent: int | None = None
    obs_status: ObsStatus = ObsStatus.NORMAL
    frequency: Frequency = Frequency.AS_OF

    @property
    def slice_key(self) -> str:
        """`CNY/EUR/reference`."""
        return f"{self.currency}/{self.base}/{self.kind}"

    @property
    def subject(self) -> str:
        """Nothing: a period has one rate in a slice."""
        return ""


FactRow = ObservationRow | TradeTotalRow | ExchangeRateRow


@dataclass(frozen=True, slots=True)
class UnmappedRow:
    """A row whose code we do not know, kept by its code so that it can be counted and shown."""

    scheme: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class RawPayload:
    """Bytes as delivered, and what was asked to get them."""

    request: str
    body: bytes
    content_type: str
    retrieved_at: dt.datetime

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Vintage:
    """When the provider made this public, as far as is known.

    released_on None with a note says the extract carries no date; `known_by` is then the latest day it can have been.
    """

    title: str
    released_on: dt.date | None = None
    released_note: str = ""
    known_by: dt.date | None = None
    licence: str = ""
    citation: str = ""


def with_version(title: str, version: str) -> str:
    """The title of a vintage whose publisher numbers its vintages, as `version_of` reads it; without one, as it is."""
    return f"{title}, version {version}" if version else title


def version_of(title: str) -> str:
    """The version a title ends with, as `202401b`, which sorts by age; empty where it has none."""
    found = _VERSION.search(title)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class SliceDelivery:
    """The rows of one slice. covers_all: every area and period of the slice is here, so what lacks is withdrawn.

    covers_periods: of these periods everything is here, so what lacks in them is withdrawn.
    """

    key: str
    rows: Sequence[FactRow]
    covers_all: bool = False
    unmapped: Sequence[UnmappedRow] = ()
    covers_periods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SliceProblem:
    """A slice that could not be read; the others go on. payloads: what came instead, kept for a person to look at."""

    key: str
    error: MarketsError
    payloads: Sequence[RawPayload] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that one vintage of a dataset brought: slices, problems, payloads."""

    dataset: str
    transport: Transport
    vintage: Vintage
    slices: Sequence[SliceDelivery]
    payloads: Sequence[RawPayload]
    problems: Sequence[SliceProblem] = field(default_factory=tuple)


class Memory(Protocol):
    """What a client was answered before, so that work that was cut off need not ask again."""

    def recall(self, request: str) -> RawPayload | None:
        """The answer to this request; None when it must be asked."""
        ...

    def remember(self, answer: RawPayload) -> None:
        """Keep an answer, in place of an older one to the same request."""
        ...


class Source(Protocol):
    """A provider whose payload files we can read."""

    @property
    def card(self) -> SourceCard:
        """Its card."""
        ...

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of the payload files it reads, such as `.json`."""
        ...

    def read(self, payloads: Iterable[RawPayload], wanted: Sequence[str]) -> Iterator[Delivery]:
        """Payloads in the provider's documented form, one delivery a vintage. Their `request` is the file's name.

        wanted: the slices that are known here; those of trade totals and exchange rates need not be known.
        """
        ...
