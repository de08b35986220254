"""What a person decides on a release that the gates held back: publish it as it was delivered, or discard it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from markets import sources
from markets.errors import HoldDecided, InvalidRequest, NotFound
from markets.ingest import publish, summed
from markets.models import HeldRow, Release
from markets.sources.base import (
    Delivery,
    ExchangeRateRow,
    FactRow,
    ObservationRow,
    SliceDelivery,
    TradeTotalRow,
    Vintage,
)
from markets.vocabulary import FactKind, Flow, Frequency, ObsStatus, RateKind, Transport, Valuation


@dataclass(frozen=True)
class Rehearsal:
    """What publishing a held release would do, in numbers of values. stays_out: slices that nobody can publish."""

    added: int
    revised: int
    withdrawn: int
    refined: int
    unchanged: int
    stays_out: tuple[str, ...]

    @property
    def changes(self) -> int:
        return self.added + self.revised + self.withdrawn + self.refined


def rehearse_held(release: int) -> Rehearsal:
    """What `publish_held` would do now: it is done, counted, and taken back.

    Raises NotFound, HoldDecided, and InvalidRequest as that does.
    """
    with transaction.atomic():
        held = _undecided(release)
        outcome = publish(_delivery(held), sources.card(held.dataset_id), decided=held)
        transaction.set_rollback(True)
    return Rehearsal(**summed(outcome.slices), stays_out=tuple(outcome.held))


def publish_held(release: int, *, by: Any, note: str = "") -> Release:
    """Publish what a release holds, compared with what is in force now; the gates are passed over.

    Where nothing in it differs any more it is discarded. Raises NotFound, HoldDecided, and InvalidRequest where it
    says two things of one key, which nobody but the publisher can decide, or none of its rows was kept.
    """
    with transaction.atomic():
        held = _undecided(release)
        outcome = publish(_delivery(held), sources.card(held.dataset_id), decided=held)
        if outcome.held and not outcome.release:
            raise InvalidRequest(reason="; ".join(str(why) for why in outcome.held.values()))
        if outcome.release is None:
            held.state = Release.State.DISCARDED
        return _signed(held, by, note)


def discard_held(release: int, *, by: Any, note: str = "") -> Release:
    """Leave what a release holds unpublished for good. The same delivery is not held a second time.

    Raises NotFound, HoldDecided.
    """
    with transaction.atomic():
        held = _undecided(release)
        held.state = Release.State.DISCARDED
        return _signed(held, by, note)


def _undecided(key: int) -> Release:
    release = Release.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if release is None:
        raise NotFound(kind="release", key=key)
    if release.state != Release.State.HELD:
        raise HoldDecided(release=release.title, dataset=release.dataset_id, state=release.get_state_display())
    return release


def _signed(release: Release, by: Any, note: str) -> Release:
    """Who decided, when, and why. The rows that were kept for the decision have done their duty."""
    release.decided_by, release.decided_at, release.decision_note = by, timezone.now(), note
    release.save(update_fields=("state", "decided_by", "decided_at", "decision_note"))
    return release


def _delivery(release: Release) -> Delivery:
    """The delivery as it was, from the rows that were kept of it. Raises InvalidRequest where none was."""
    kind = FactKind(release.dataset.kind)
    rows: dict[str, list[FactRow]] = defaultdict(list)
    if not release.held_rows.exists():
        raise InvalidRequest(reason="no row of it was kept that could be published; discard it and refresh again")
    for kept in release.held_rows.all():
        rows[kept.slice].append(_row(kind, kept))
    return Delivery(
        dataset=release.dataset_id,
        transport=Transport(release.transport),
        vintage=Vintage(
            title=release.title,
            released_on=release.released_on,
            released_note=release.released_note,
            known_by=release.known_from.date(),
            licence=release.licence,
            citation=release.citation,
        ),
        slices=[SliceDelivery(key, its_rows) for key, its_rows in rows.items()],
        payloads=(),
    )


def _row(kind: FactKind, kept: HeldRow) -> FactRow:
    stated: dict[str, Any] = {
        "period": kept.period,
        "value": kept.value,
        "last_digit_exponent": kept.last_digit_exponent,
        "obs_status": ObsStatus(kept.obs_status),
        "frequency": Frequency(kept.frequency),
    }
    if kind is FactKind.OBSERVATIONS:
        return ObservationRow(kept.slice, kept.subject, **stated)
    if kind is FactKind.TRADE_TOTALS:
        reporter, flow, currency, valuation = kept.slice.split("/")
        return TradeTotalRow(
            reporter,
            Flow(flow),
            kept.subject,
            currency=currency,
            valuation=Valuation(valuation) if valuation else None,
            **stated,
        )
    currency, base, rate_kind = kept.slice.split("/")
    return ExchangeRateRow(currency, base, RateKind(rate_kind), **stated)
