"""News from its publication to the letter, published twice, looked at by twenty, its worker killed: told of once."""

from __future__ import annotations

import pytest

from companies.models import Alert, AlertCursor, AlertLetter, AlertMail, AlertRule, User
from markets.models import Job
from tests.companies.alert_world import rule
from tests.companies.post_office import PostOffice
from tests.companies.visitor import person
from tests.factories import GDP
from tests.faults.site import Servers, Staff, Upstream, ended, request, until, waits_for_a_lock
from tests.faults.test_alert_letters import ask, ask_later, twenty, unsent
from tests.faults.test_alerts import LOOK, people, revise  # noqa: F401 the fixture that empties

pytestmark = pytest.mark.servers


@pytest.fixture
def reader(people: list[User], upstream: Upstream, staff: Staff) -> User:  # noqa: ARG001, F811 they are there first
    """Somebody who watches a series of which a first vintage is published."""
    assert ended(request()).state == Job.State.DONE
    someone = person()
    rule(AlertRule.Kind.REVISED, someone, indicator_id=GDP)
    return someone


def twenty_look(site: Servers, post: PostOffice) -> None:
    """At the same moment, beside the worker that is asked twice as well."""
    for _time in range(2):
        site.queue().send_task(LOOK)
    twenty(site, post, "look_for_alerts")


def twenty_send(site: Servers, post: PostOffice) -> None:
    """At the same moment; the pause after a try in vain is over."""
    AlertMail.objects.filter(tries__gt=0).update(try_at=None)
    twenty(site, post, "send_alert_letters")


def test_one_alert_and_one_letter_whatever_happens_on_the_way(
    site: Servers, reader: User, staff: Staff, upstream: Upstream, post: PostOffice
) -> None:
    assert revise(upstream, 1).state == Job.State.DONE
    assert revise(upstream, 1).state == Job.State.UNCHANGED
    twenty_look(site, post)
    alert = Alert.objects.get()
    assert (alert.person, alert.letter) == (reader, None)

    with site.locked("companies_alertmail"):
        ask(site)
        until(waits_for_a_lock, "it is about to send")
        staff.worker.kill()
    until(lambda: not waits_for_a_lock(), "its transaction is given up")
    assert post.to(reader.email) == []
    assert unsent() == 1

    twenty_send(site, post)
    (letter,) = post.to(reader.email)
    kept = AlertLetter.objects.get()
    alert.refresh_from_db()
    assert (alert.letter, kept.count) == (kept, 1)

    # The same once more, as if nobody had noted how far the looking came, and as if a day had passed.
    staff.replace_worker()
    assert revise(upstream, 1).state == Job.State.UNCHANGED
    AlertCursor.objects.all().delete()
    AlertMail.objects.update(sent_at=None)
    twenty_look(site, post)
    twenty_send(site, post)
    ask_later(site)
    assert Alert.objects.get() == alert
    assert AlertLetter.objects.get() == kept
    assert post.to(reader.email) == [letter]
