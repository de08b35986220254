"""The growth of a record: as its source states it, with the base that implies, and as the company's records give it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from companies.access import Actor
from companies.models import ExportRecord
from companies.profiles.records import RecordEntry, record_entries
from companies.queries.one_record import of_period
from companies.records import growth
from companies.records.growth import Bounds, Verdict, as_printed
from companies.records.periods import year_before
from markets.vocabulary import Period


@dataclass(frozen=True, slots=True)
class Interval:
    """A computed number and between which others it lies, by the digits that were printed."""

    low: Decimal
    middle: Decimal
    high: Decimal

    @classmethod
    def of(cls, bounds: Bounds) -> Interval:
        """The bounds as decimals."""
        return cls(growth.shown(bounds.low), growth.shown(bounds.middle), growth.shown(bounds.high))


@dataclass(frozen=True, slots=True)
class RecordGrowth:
    """What is known of how the amount grew, in the record's own currency and months; never of a year.

    base_period: the same time a year before; empty for a single shipment, and where the source counts from something
    else (base_words). implied: the base that the stated growth leads back to; None without amount or stated growth.
    own: the company's records of that base; computed: the growth from it, only where there is exactly one.
    verdict: how the two stand to each other; empty where they cannot be compared.
    """

    stated_pct: Decimal | None
    base_period: str
    base_words: str
    implied: Interval | None
    own: tuple[RecordEntry, ...]
    computed: Interval | None
    verdict: str


def record_growth(actor: Actor, record: ExportRecord) -> RecordGrowth | None:
    """The growth of a record; None where nothing at all can be said of it."""
    base_period = "" if record.growth_base else year_before(Period.parse(record.period))
    bases = of_period(actor, record, base_period) if base_period and record.value is not None else []
    if record.stated_growth_pct is None and not bases:
        return None
    base = bases[0] if len(bases) == 1 else None
    computed = growth.computed_growth(_printed(record), _printed(base)) if base else None
    return RecordGrowth(
        stated_pct=record.stated_growth_pct,
        base_period=base_period,
        base_words=record.growth_base,
        implied=_implied(record),
        own=tuple(record_entries(actor, bases)),
        computed=Interval.of(computed) if computed else None,
        verdict=_verdict(record, base) or "",
    )


def _implied(record: ExportRecord) -> Interval | None:
    if record.value is None or record.stated_growth_pct is None:
        return None
    base = growth.implied_base(_printed(record), as_printed(format(record.stated_growth_pct, "f")))
    return Interval.of(base) if base else None


def _verdict(record: ExportRecord, base: ExportRecord | None) -> Verdict | None:
    if base is None or record.stated_growth_pct is None:
        return None
    return growth.verdict(
        format(record.stated_growth_pct, "f"),
        value=record.value_printed,
        base=base.value_printed,
        value_times=record.multiplier,
        base_times=base.multiplier,
    )


def _printed(record: ExportRecord) -> Bounds:
    return as_printed(record.value_printed, record.multiplier)
