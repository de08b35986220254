"""What holds for any sequence of deliveries and of faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets import queries, sources
from markets.errors import MarketsError
from markets.ingest import PublishOutcome, publish
from markets.models import Observation, Release
from markets.sources.http import SourceClient
from markets.sources.worldbank import CARD, WorldBank
from markets.vocabulary import AsOf, ObsStatus, PrintedNumber, Transport
from tests.factories import GDP, GDP_GROWTH, POPULATION, database_now, delivery, entry, pages, row, undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_retries")]

# Each example publishes several times: fewer of them than where nothing is stored.
FEW = settings(max_examples=settings().max_examples // 8, suppress_health_check=[HealthCheck.function_scoped_fixture])
Key = tuple[str, str, str]
State = dict[Key, Decimal]

AREAS = ("KAZ", "KGZ", "UZB")
PERIODS = ("2020", "2021", "2022", "2023")
KEYS = st.tuples(st.sampled_from((GDP, POPULATION)), st.sampled_from(AREAS), st.sampled_from(PERIODS))
VALUES = st.none() | st.integers(-5, 60)


@dataclass(frozen=True)
class Told:
    """One delivery: what it states, whether that is all, and whether it contradicts itself on one key."""

    values: dict[Key, int | None]
    covers_all: bool
    contradicted: bool


DELIVERIES = st.lists(
    st.builds(Told, st.dictionaries(KEYS, VALUES, min_size=1, max_size=24), st.booleans(), st.booleans()),
    min_size=1,
    max_size=6,
)


def state(as_of: AsOf | None = None) -> State:
    rows = queries.in_force(as_of).filter(value__isnull=False)
    return {(r.indicator_id, r.area_id, r.period): r.value for r in rows}


def delivered(told: Told) -> PublishOutcome:
    rows = [row(value, indicator=i, area=a, period=p) for (i, a, p), value in told.values.items()]
    if told.contradicted:
        rows.append(row(99, indicator=rows[0].indicator, area=rows[0].area, period=rows[0].period))
    return publish(delivery(*rows, covers_all=told.covers_all, transport=Transport.HTTP), CARD)


def after(before: State, told: Told, held: Iterator[str] | Any) -> State:
    """What must be in force: of each series that passed all that was told, of each that was held nothing."""
    passed = {indicator for indicator, _area, _period in told.values} - set(held)
    known = dict(before)
    if told.covers_all:
        known = {key: value for key, value in known.items() if key[0] not in passed}
    for key, value in told.values.items():
        if key[0] in passed:
            known.pop(key, None)
            if value is not None:
                known[key] = Decimal(value)
    return known


@FEW
@given(DELIVERIES)
def test_any_sequence_of_deliveries_leaves_each_series_in_a_complete_state_and_every_moment_readable(
    sequence: list[Told],
) -> None:
    with undone():
        expected: State = {}
        seen = [(database_now(), expected)]
        for told in sequence:
            outcome = delivered(told)
            if told.contradicted:
                assert outcome.held, "who contradicts himself is not believed"
            expected = after(expected, told, outcome.held)
            assert state() == expected
            seen.append((database_now(), expected))
        for moment, known in seen:
            assert state(moment) == known
        check_history()


def check_history() -> None:
    """Of each key one row is in force at most, each row ends where the next begins, and none is without a reason."""
    rows = Observation.objects.select_related("release").order_by("indicator_id", "area_id", "period", "id")
    for one, following in pairwise(rows):
        if (one.indicator_id, one.area_id, one.period) != (following.indicator_id, following.area_id, following.period):
            continue
        assert one.known_to == following.known_from
        assert one.superseded_by_id == following.release_id
    for one in rows:
        assert one.known_from == one.release.known_from
        assert one.release.state == Release.State.PUBLISHED
        assert one.value is not None or one.obs_status
        assert (one.known_to is None) == (one.superseded_by_id is None)


@FEW
@given(DELIVERIES)
def test_the_same_delivery_twice_writes_nothing(sequence: list[Told]) -> None:
    with undone():
        for told in sequence:
            delivered(told)
            rows, releases = list(Observation.objects.order_by("pk").values()), Release.objects.count()
            again = delivered(told)
            assert again.release is None
            assert (list(Observation.objects.order_by("pk").values()), Release.objects.count()) == (rows, releases)


@FEW
@given(DELIVERIES)
def test_what_a_release_counts_is_what_it_wrote(sequence: list[Told]) -> None:
    with undone():
        for told in sequence:
            before = state()
            outcome = delivered(told)
            news = state()
            changed = {key for key in before.keys() & news.keys() if before[key] != news[key]}
            gone = before.keys() - news.keys()
            assert sum(s.withdrawn for s in outcome.slices) == len(gone)
            written = sum(s.added + s.revised for s in outcome.slices)
            assert written == len(changed) + len(news.keys() - before.keys())
            assert (outcome.release is None) == (before == news)


@FEW
@given(
    st.lists(
        st.tuples(
            st.dates(dt.date(2015, 1, 1), dt.date(2025, 1, 1)), st.dictionaries(KEYS, st.integers(1, 9), max_size=8)
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda vintage: vintage[0],
    ),
    st.randoms(use_true_random=False),
)
def test_bundled_vintages_in_any_order_leave_the_newest_word_on_each_key(
    vintages: list[tuple[dt.date, dict[Key, int]]], chance: Any
) -> None:
    expected = {key: value for _day, values in sorted(vintages, key=lambda v: v[0]) for key, value in values.items()}
    arrived = list(vintages)
    chance.shuffle(arrived)
    with undone():
        for day, values in [*arrived, *arrived]:
            rows = [row(value, indicator=i, area=a, period=p) for (i, a, p), value in values.items()]
            publish(delivery(*rows, transport=Transport.BUNDLED, released_on=day), CARD)
        assert state() == expected


# ---------------------------------------------------------------- the database and the vocabulary speak alike
PRINTED = st.builds(
    lambda digits, exponent: PrintedNumber(Decimal(digits).scaleb(exponent), exponent),
    st.integers(-99_999, 99_999),
    st.integers(-4, 8),
)
NEAR = st.builds(
    lambda first, dropped, moved: (
        first,
        PrintedNumber(
            (first.value.scaleb(-first.exponent - dropped).to_integral_value() + moved).scaleb(
                first.exponent + dropped
            ),
            first.exponent + dropped,
        ),
    ),
    PRINTED,
    st.integers(0, 3),
    st.integers(-1, 1),
)


@FEW
@given(st.lists(NEAR | st.tuples(PRINTED, PRINTED), min_size=1, max_size=30))
def test_one_figure_is_one_figure_to_the_database_and_to_the_vocabulary(
    pairs: list[tuple[PrintedNumber, PrintedNumber]],
) -> None:
    card = replace(CARD, move_tolerance_share=1.0)
    # A series that may be below zero, and long enough that no single value is looked at.
    steady = [row(1, period=year, indicator=GDP_GROWTH) for year in range(2050, 2060)]
    blank = row(0, indicator=GDP_GROWTH)
    with undone():
        for side in (0, 1):
            rows = [
                replace(
                    blank, period=str(1990 + place), value=pair[side].value, last_digit_exponent=pair[side].exponent
                )
                for place, pair in enumerate(pairs)
            ]
            outcome = publish(delivery(*rows, *steady), card)
        revised = sum(not first.agrees_with(second) for first, second in pairs)
        assert outcome.slices[0].revised == revised
        assert outcome.slices[0].refined == sum(
            first.agrees_with(second) and second.exponent < first.exponent and second.value != first.value
            for first, second in pairs
        )


# ---------------------------------------------------------------- faults of the provider
class Provider:
    """A provider whose database moves on now and then, and whose answers fail as the script says."""

    def __init__(self, states: list[dict[tuple[str, str], int]], script: list[str]) -> None:
        self.states, self.script, self.at = states, list(script), 0

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
        all_pages = pages(rows, 2, updated=f"2025-01-{self.at + 1:02}")
        document = all_pages[number - 1] if number <= len(all_pages) else [all_pages[0][0] | {"page": number}, []]
        return self._failed(step, document)

    @staticmethod
    def _failed(step: str, document: list[Any]) -> httpx2.Response:
        if step == "silent":
            raise httpx2.ReadTimeout("slow")
        if step == "cut":
            return httpx2.Response(200, content=httpx2.Response(200, json=document).content[:-7])
        if step == "short":
            return httpx2.Response(200, json=[document[0], document[1][:-1]])
        if step == "first again":
            return httpx2.Response(200, json=[document[0] | {"page": 1}, document[1]])
        answers = {
            "broken": httpx2.Response(502),
            "html": httpx2.Response(200, content=b"<html>Busy</html>"),
            "empty": httpx2.Response(200, content=b""),
            "message": httpx2.Response(200, json=[{"message": [{"id": "199", "value": "Busy"}]}]),
            "refused": httpx2.Response(403),
        }
        return answers.get(step) or httpx2.Response(200, json=document)


STEPS = (
    "well",
    "well",
    "well",
    "moves on",
    "silent",
    "cut",
    "short",
    "first again",
    "broken",
    "html",
    "empty",
    "message",
)
UPSTREAM = st.lists(
    st.dictionaries(
        st.tuples(st.sampled_from(AREAS), st.sampled_from(PERIODS)), st.integers(1, 9), min_size=1, max_size=7
    ),
    min_size=1,
    max_size=4,
)


@FEW
@given(UPSTREAM, st.lists(st.lists(st.sampled_from((*STEPS, "refused")), max_size=10), min_size=1, max_size=4))
def test_for_any_sequence_of_faults_the_published_series_equal_complete_states_of_the_provider(
    states: list[dict[tuple[str, str], int]], refreshes: list[list[str]]
) -> None:
    provider = Provider(states, [])
    client = SourceClient(CARD.id, "https://provider.example", httpx2.MockTransport(provider))
    complete: list[State] = [{}, *({("", *key): Decimal(v) for key, v in known.items()} for known in states)]
    with undone():
        for script in refreshes:
            provider.script = list(script)
            known_before = provider.at
            before = state()
            try:
                for arrived in WorldBank(client=client).download([GDP, POPULATION]):
                    publish(arrived, CARD)
            except MarketsError:
                assert state() == before, "who fails as a whole changes nothing"
                continue
            for indicator in (GDP, POPULATION):
                known = {("", area, period): v for (i, area, period), v in state().items() if i == indicator}
                unchanged = {("", area, period): v for (i, area, period), v in before.items() if i == indicator}
                assert known in [unchanged, *complete[known_before + 1 : provider.at + 2]]
        provider.script = []
        for arrived in WorldBank(client=client).download([GDP, POPULATION]):
            publish(arrived, CARD)
        for indicator in (GDP, POPULATION):
            known = {("", area, period): v for (i, area, period), v in state().items() if i == indicator}
            assert known == complete[provider.at + 1], "once it answers well, we know what it knows"


def test_the_letters_of_all_statuses_can_be_stored() -> None:
    rows = [row(1, period=1990 + n, status=status) for n, status in enumerate(ObsStatus)]
    publish(delivery(*rows), sources.card("worldbank"))
    assert set(Observation.objects.values_list("obs_status", flat=True)) == {status.value for status in ObsStatus}
