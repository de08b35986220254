"""Jobs, holds and readers for the tests of the pages about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from markets import sources
from markets.ingest import publish
from markets.models import Job, Release
from markets.sources.base import Delivery, RawPayload, SliceDelivery, TradeTotalRow, Vintage
from markets.vocabulary import Flow, Transport
from tests.factories import GDP, POPULATION, JobFactory, delivery, row

AREAS = ("KAZ", "KGZ", "TJK", "TKM", "UZB", "CHN", "RUS", "DEU", "FRA", "ITA", "ESP", "POL")


def staff(name: str = "aigul") -> Client:
    """A browser in which a member of staff has signed in."""
    client = Client()
    client.force_login(get_user_model().objects.create_user(name, is_staff=True))
    return client


def queued(**more: Any) -> Job:
    """A job that waits for a worker."""
    asked = {"state": Job.State.QUEUED, "started_at": None, "finished_at": None, "lease_until": None}
    return JobFactory(**asked | {"task": "markets.tasks.run_refresh", "kind": "refresh"} | more)


def running(**more: Any) -> Job:
    """A job that a worker holds."""
    return JobFactory(**{"state": Job.State.RUNNING, "finished_at": None, "attempts": 1, "worker": "a/1/2"} | more)


def held_observations(*, factor: int = 3) -> Release:
    """A held release of the World Bank: most of its values moved, one is gone, one is new; population is as it was."""
    card = sources.card("worldbank")
    before = [row(100 + place, area=area) for place, area in enumerate(AREAS)]
    publish(delivery(*before, row(7, indicator=POPULATION), body=b"before"), card)
    after = [row((100 + place) * factor, area=area) for place, area in enumerate(AREAS) if area != "KAZ"]
    return _held(delivery(*after, row(None, area="KAZ"), row(5, area="GBR"), body=b"after %d" % factor))


def held_twice_said() -> Release:
    """A held release that says two things of one key, which no person can decide."""
    return _held(delivery(row(1, indicator=GDP), row(2, indicator=GDP), body=b"doubled"))


def held_trade() -> Release:
    """A held release of China's side: the total of a reporter trebled."""
    before, after = _trade(1000, 400), _trade(3000, 400)
    publish(before, sources.card("china-trade"))
    return _held(after)


def _trade(total: int, partner: int) -> Delivery:
    rows = [
        TradeTotalRow("KAZ", Flow.IMPORT, subject, "2022", Decimal(value), 0)
        for subject, value in (("WLD", total), ("CHN", partner))
    ]
    return Delivery(
        dataset="china-trade",
        transport=Transport.FILE,
        vintage=Vintage("A file of the office"),
        slices=[SliceDelivery(rows[0].slice_key, rows, covers_periods=("2022",))],
        payloads=[RawPayload("trade.xls", b"%d" % total, "application/vnd.ms-excel", dt.datetime.now(dt.UTC))],
    )


def _held(delivered: Delivery) -> Release:
    card = sources.card(delivered.dataset)
    outcome = publish(delivered, replace(card, required=()))
    assert outcome.held_release is not None
    return outcome.held_release
