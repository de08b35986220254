"""Alerts while processes look at once, are killed half-way, and the same is published twice: always one of each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from django.db import connection

from companies.models import Alert, AlertCursor, AlertRule, User
from markets.models import Job
from tests.companies.alert_world import rule
from tests.companies.office import PersonFactory
from tests.config.checkout import CHECKOUT
from tests.factories import GDP
from tests.faults.site import Servers, Staff, Upstream, ended, kill, request, series, until, waits_for_a_lock

pytestmark = pytest.mark.servers
WATCHERS = 40
AT_ONCE = 20
LOOK = "companies.tasks.look_for_alerts"
_PROGRAM = """
import sys
import django
django.setup()
from companies.tasks import look_for_alerts
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
look_for_alerts()
"""
_EMPTIED = """
    ALTER TABLE companies_change DISABLE TRIGGER change_not_emptied;
    TRUNCATE companies_user, companies_alertcursor, companies_alert CASCADE;
    ALTER TABLE companies_change ENABLE TRIGGER change_not_emptied
"""


class Looker:
    """A process of the product that looks for alerts once, when it is told to."""

    def __init__(self, site: Servers) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            env=site.environment(),
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_ready(self) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def begin(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def result(self) -> int:
        """How it ended: 0 where nothing went wrong."""
        return self._process.wait(60)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


@pytest.fixture
def people(site: Servers) -> Iterator[list[User]]:  # noqa: ARG001 on its database
    yield [PersonFactory() for _each in range(WATCHERS)]
    with connection.cursor() as cursor:
        cursor.execute(_EMPTIED)


@pytest.fixture
def rules(people: list[User], upstream: Upstream, staff: Staff) -> list[AlertRule]:  # noqa: ARG001 they publish
    """Everybody watches the same series, of which a first vintage is published."""
    assert ended(request()).state == Job.State.DONE
    return [rule(AlertRule.Kind.REVISED, person, indicator_id=GDP) for person in people]


def revise(upstream: Upstream, number: int) -> Job:
    """The provider moves on, and is asked again."""
    upstream.begin(series(number))
    return ended(request([GDP]))


@contextmanager
def lookers(site: Servers, count: int) -> Iterator[list[Looker]]:
    with ExitStack() as stack:
        found = [Looker(site) for _each in range(count)]
        for each in found:
            stack.callback(each.close)
        for each in found:
            each.is_ready()
        yield found


def told() -> dict[object, int]:
    """How many alerts each rule has."""
    counts: dict[object, int] = {}
    for key in Alert.objects.values_list("rule_id", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return counts


def check_told_once(rules: list[AlertRule], times: int = 1) -> None:
    assert told() == {each.pk: times for each in rules}


def test_twenty_looks_at_once_tell_everybody_once(site: Servers, rules: list[AlertRule], upstream: Upstream) -> None:
    for number in (1, 2):
        assert revise(upstream, number).state == Job.State.DONE
    with lookers(site, AT_ONCE) as found:
        for each in found:
            each.begin()
        assert [each.result() for each in found] == [0] * AT_ONCE
    check_told_once(rules, times=2)


def test_the_same_published_twice_is_told_once(
    site: Servers, rules: list[AlertRule], upstream: Upstream, staff: Staff
) -> None:
    assert revise(upstream, 1).state == Job.State.DONE
    assert revise(upstream, 1).state == Job.State.UNCHANGED
    for _time in range(3):
        site.queue().send_task(LOOK)
    until(told, "alerts are written", and_say=staff.last_words)
    for _time in range(3):
        site.queue().send_task(LOOK)
    # As if the note of how far the looking came were lost, the very same is looked at again.
    AlertCursor.objects.all().delete()
    with lookers(site, 1) as (one,):
        one.begin()
        assert one.result() == 0
    check_told_once(rules)


def test_a_look_killed_while_it_writes_tells_nobody_and_the_next_one_all(
    site: Servers, rules: list[AlertRule], upstream: Upstream
) -> None:
    assert revise(upstream, 1).state == Job.State.DONE
    with lookers(site, 2) as (first, second):
        with site.locked("companies_alert"):
            first.begin()
            until(waits_for_a_lock, "it writes")
            kill(first.pid)
        until(lambda: not waits_for_a_lock(), "its transaction is given up")
        assert told() == {}
        second.begin()
        assert second.result() == 0
    check_told_once(rules)


def test_a_look_killed_after_it_wrote_the_alerts_and_before_it_said_so(
    site: Servers, rules: list[AlertRule], upstream: Upstream
) -> None:
    """The alerts and how far the looking has come are one transaction: neither is there without the other."""
    assert revise(upstream, 1).state == Job.State.DONE
    with lookers(site, 3) as (first, second, third):
        first.begin()
        assert first.result() == 0
        check_told_once(rules)
        assert revise(upstream, 2).state == Job.State.DONE
        with holding_cursor_write(site):
            second.begin()
            until(waits_for_a_lock, "it has written the alerts and moves the cursor")
            kill(second.pid)
        until(lambda: not waits_for_a_lock(), "its transaction is given up")
        check_told_once(rules)
        third.begin()
        assert third.result() == 0
    check_told_once(rules, times=2)


@contextmanager
def holding_cursor_write(site: Servers) -> Iterator[None]:
    """Nobody can move how far the looking has come; everybody can read and hold it."""
    with psycopg.connect(site.addresses["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE companies_alertcursor IN SHARE MODE")
        yield
        other.rollback()


def test_a_release_that_is_being_published_is_not_passed_over(
    site: Servers, rules: list[AlertRule], upstream: Upstream
) -> None:
    """It is dated before it is seen: one that is seen meanwhile must not carry the looking beyond it."""
    with psycopg.connect(site.addresses["DATABASE_URL"]) as other:
        other.execute("SELECT pg_backend_pid(), now()")  # a publication of long standing, not yet committed
        assert revise(upstream, 1).state == Job.State.DONE
        with lookers(site, 1) as (one,):
            one.begin()
            assert one.result() == 0
        assert told() == {}
    with lookers(site, 1) as (one,):
        one.begin()
        assert one.result() == 0
    check_told_once(rules)
