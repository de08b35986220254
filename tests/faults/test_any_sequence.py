"""Whatever the provider does and wherever a worker stops: each series stands as the provider once stated it, whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets import jobs, refresh, sources
from markets.errors import MarketsError
from markets.jobs.answers import Answers
from markets.jobs.holding import Held
from markets.models import Job, Observation
from markets.sources.worldbank import WorldBank
from tests.factories import GDP, POPULATION, entry, pages, undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_retries")]

FEW = settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])
SERIES = (GDP, POPULATION)
Known = dict[tuple[str, str], int]
State = dict[tuple[str, str], Decimal]

STATES = st.lists(
    st.dictionaries(
        st.tuples(st.sampled_from(("KAZ", "KGZ", "UZB")), st.sampled_from(("2020", "2021", "2022"))),
        st.integers(1, 9),
        min_size=1,
    ),
    min_size=1,
    max_size=4,
)
FAULTS = ("silent", "cut", "short", "first again", "broken", "html", "empty", "message", "refused", "doubled")
# Well most of the time, or no refresh would ever come to its end.
STEPS = st.sampled_from(("well",) * 12 + ("moves on",) * 4 + FAULTS)
# At which step a worker is no more: before or after so many answers, before or after a publication; 0: at none.
STOPS = st.tuples(st.sampled_from(("", "", "answer", "kept", "publish", "published")), st.integers(1, 4))
ATTEMPTS = st.lists(st.tuples(st.lists(STEPS, max_size=10), STOPS), min_size=1, max_size=6)


class GoneWorker(BaseException):
    """The process is no more: nothing behind this line happens."""


class Provider:
    """A provider whose database moves on now and then, and whose answers fail as the script says."""

    def __init__(self, states: list[Known]) -> None:
        self.states, self.script, self.at = states, list[str](), 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        step = self.script.pop(0) if self.script else "well"
        if step == "moves on":
            self.at = min(self.at + 1, len(self.states) - 1)
        number = int(request.url.params["page"])
        indicator = request.url.path.rpartition("/")[2]
        rows = [
            entry(value, area=area, date=year, indicator=indicator)
            for (area, year), value in sorted(self.states[self.at].items())
        ]
        told = pages(rows, 3, updated=f"2025-01-{self.at + 1:02}")
        document = told[number - 1] if number <= len(told) else [told[0][0] | {"page": number}, []]
        return self._failed(step, document)

    @staticmethod
    def _failed(step: str, document: list[Any]) -> httpx2.Response:
        if step == "silent":
            raise httpx2.ReadTimeout("slow")
        head, rows = document
        answers = {
            "cut": httpx2.Response(200, content=httpx2.Response(200, json=document).content[:-7]),
            "short": httpx2.Response(200, json=[head, rows[:-1]]),
            "first again": httpx2.Response(200, json=[head | {"page": 1}, rows]),
            "broken": httpx2.Response(502),
            "html": httpx2.Response(200, content=b"<html>Busy</html>"),
            "empty": httpx2.Response(200, content=b""),
            "message": httpx2.Response(200, json=[{"message": [{"id": "199", "value": "Busy"}]}]),
            "refused": httpx2.Response(403),
        }
        if step == "doubled" and len(rows) > 1:
            # Two values for one key, and as many rows as announced.
            return httpx2.Response(200, json=[head, [*rows[:-1], rows[0] | {"value": 99}]])
        return answers.get(step) or httpx2.Response(200, json=document)


@contextmanager
def gone_at(stop: tuple[str, int]) -> Iterator[None]:
    """The worker is no more at the n-th passing of a place."""
    where, left = stop
    is_gone = False

    def passing(place: str) -> None:
        nonlocal left, is_gone
        left -= place == where
        is_gone = is_gone or left == 0
        still_there()

    def still_there() -> None:
        if is_gone:
            raise GoneWorker

    patch = pytest.MonkeyPatch()
    remember, guard, say, end = Answers.remember, Held.guard, Held.say, Held.end

    def remembering(self: Answers, answer: Any) -> None:
        passing("answer")
        remember(self, answer)
        passing("kept")

    def guarding(self: Held) -> None:
        guard(self)
        passing("publish")

    def saying(self: Held, line: jobs.Line, **context: Any) -> None:
        say(self, line, **context)
        if line in (jobs.Line.PUBLISHED, jobs.Line.HELD):
            passing("published")

    def ending(self: Held, *became: Any) -> None:
        still_there()
        end(self, *became)

    patch.setattr(Held, "end", ending)
    patch.setattr(Answers, "remember", remembering)
    patch.setattr(Held, "guard", guarding)
    patch.setattr(Held, "say", saying)
    # No heart beats: the test's transaction is not seen by any other connection.
    patch.setattr(Held, "beating", lambda _self: nullcontext())
    try:
        yield
    finally:
        patch.undo()


def worked(job: Job, stop: tuple[str, int]) -> None:
    """What a worker does that is woken for a job, until it is done or no more; its lease has then run out."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE markets_job SET run_after = statement_timestamp() WHERE id = %s", [job.pk])
    held = jobs.claim(job.pk)
    if held is None:
        return
    with gone_at(stop):
        try:
            with jobs.held_to_the_end(held):
                refresh.run(held)
        except GoneWorker:
            pass
        except MarketsError:
            return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE markets_job SET lease_until = statement_timestamp() - interval '1 second', worker = ''"
            " WHERE id = %s AND state = 'running'",
            [job.pk],
        )
    jobs.sweep()


def in_force() -> dict[str, State]:
    known: dict[str, State] = {key: {} for key in SERIES}
    for row in Observation.objects.filter(known_to=None, value__isnull=False):
        known[row.indicator_id][row.area_id, row.period] = row.value
    return known


@FEW
@given(states=STATES, attempts=ATTEMPTS)
def test_each_series_stands_as_the_provider_once_stated_it_whatever_fails_and_wherever_a_worker_stops(
    states: list[Known], attempts: list[tuple[list[str], tuple[str, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider(states)
    client = replace(WorldBank().client, transport=httpx2.MockTransport(provider))
    monkeypatch.setitem(sources._SOURCES, "worldbank", WorldBank(client=client))  # noqa: SLF001 its transport alone
    complete: list[State] = [{}, *({key: Decimal(value) for key, value in known.items()} for known in states)]
    with undone():
        reached = dict.fromkeys(SERIES, 0)
        for script, stop in attempts:
            provider.script = list(script)
            worked(refresh.request("worldbank", wanted=list(SERIES)), stop)
            for key, stands in in_force().items():
                later = [at for at, state in enumerate(complete) if state == stands and at <= provider.at + 1]
                assert later, "some state of the provider, whole"
                assert max(later) >= reached[key], "and none before the one that was known"
                reached[key] = min(at for at in later if at >= reached[key])
        check_one_row_a_key()
        provider.script = []
        Job.objects.filter(state__in=Job.OPEN).delete()
        job = refresh.request("worldbank", wanted=list(SERIES))
        worked(job, ("", 1))
        job.refresh_from_db()
        assert (job.state in (Job.State.DONE, Job.State.UNCHANGED), job.problems) == (True, [])
        assert list(in_force().values()) == [complete[provider.at + 1]] * 2


def check_one_row_a_key() -> None:
    keys = list(Observation.objects.filter(known_to=None).values_list("indicator_id", "area_id", "period"))
    assert len(keys) == len(set(keys))
