"""What every source of figures is made of: its card, the rows it returns, the delivery around them.

A source speaks its provider's language up to its own edge and ours beyond it. It judges nothing: no filling,
no summing, no choosing. Gates and vintages are the ingest's affair.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from markets.errors import MarketsError
from markets.vocabulary import Frequency, ObsStatus, Transport


@dataclass(frozen=True, slots=True)
class SourceCard:
    """Who publishes, on what licence, how often and how far its totals may move before a person looks.

    redistribution: `open`, `signed_in` or `none`.
    refresh_every: how often the schedule asks; None when the dataset only comes with the product.
    drop_tolerance_share: share of formerly stated values that may be missing from a new vintage.
    move_tolerance_share: share of overlapping values that may move by more than half before the vintage is held.
    """

    id: str
    name: str
    publisher: str
    url: str
    licence: str
    licence_url: str
    citation: str
    cadence: str
    redistribution: str = "open"
    publication_lag: dt.timedelta = dt.timedelta(0)
    refresh_every: dt.timedelta | None = None
    drop_tolerance_share: float = 0.20
    move_tolerance_share: float = 0.30


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


@dataclass(frozen=True, slots=True)
class SliceDelivery:
    """The rows of one slice. covers_all: every area and period of the slice is here, so what lacks is withdrawn."""

    key: str
    rows: Sequence[ObservationRow]
    covers_all: bool = False
    unmapped: Sequence[UnmappedRow] = ()


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


Announced = Callable[[Sequence[Path]], Iterator[Path]]


class Source(Protocol):
    """A provider. Each transport it does not speak raises SourceRefused with the ones it does."""

    @property
    def card(self) -> SourceCard:
        """Its card."""
        ...

    def download(self, wanted: Iterable[str]) -> Iterator[Delivery]:
        """Fetch the wanted slices from the provider, one delivery a vintage."""
        ...

    def read(self, path: Path, wanted: Sequence[str], announced: Announced = iter) -> Iterator[Delivery]:
        """Read payload files in the provider's documented form from a file or a directory.

        announced: goes through the files and may tell which one is next. Raises NoPayload at once, before anything
        is read, when there is no file.
        """
        ...
