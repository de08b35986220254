"""What two people, or one with two tabs, do to target markets at one moment, each with a connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from companies.access import actor_of_person
from companies.accounts import members
from companies.alerts.rules import pause_rule
from companies.errors import AlreadyTracked
from companies.models import AlertRule, Change, Membership, TargetMarket
from companies.targets.changing import change_target
from companies.targets.removing import remove_target, restore_target
from companies.targets.sharing import share_target
from companies.targets.tracking import track
from tests.companies.office import CompanyFactory, PersonFactory, office
from tests.companies.test_organisations_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference_facts")]


def while_held(hold: Callable[[], object], meanwhile: Callable[[], object], then: Callable[[], object]) -> None:
    """In one transaction: hold a row, and go on once the other writer waits for it. Raises what either raises."""
    began = threading.Event()

    def other() -> None:
        began.set()
        try:
            meanwhile()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        hold()
        writer = pool.submit(other)
        began.wait()
        time.sleep(0.5)
        assert not writer.done()
        then()
        transaction.on_commit(lambda: writer.result(10))


def test_a_rule_is_paused_while_its_target_market_is_removed() -> None:
    actor = actor_of_person(PersonFactory())
    target = track(actor, {"market": "KAZ"})
    rule = AlertRule.objects.get()
    while_held(
        lambda: AlertRule.objects.select_for_update(no_key=True).get(pk=rule.pk),
        lambda: remove_target(actor, target.pk, 1),
        lambda: pause_rule(actor, rule.pk, 1),
    )
    rule.refresh_from_db()
    assert None not in (rule.paused_at, rule.removed_at)


def test_a_colleague_goes_while_what_they_see_to_is_changed() -> None:
    place = office()
    officer, reviewer = place.actor("officer"), place.actor("reviewer")
    share_target(officer, track(officer, {"market": "KAZ"}).pk, 1)
    theirs = share_target(reviewer, track(reviewer, {"market": "UZB"}).pk, 1)
    change_target(reviewer, theirs.pk, 2, {"owner": place.officer.pk})
    gone = Membership.objects.get(organisation=place.organisation, user=place.officer)
    while_held(
        lambda: TargetMarket.objects.select_for_update().get(pk=theirs.pk),
        lambda: members.end_membership(place.actor("admin"), gone.pk),
        lambda: change_target(reviewer, theirs.pk, 3, {"stage": "offer"}),
    )
    theirs.refresh_from_db()
    assert (theirs.stage, theirs.owner) == ("offer", None)


def test_a_colleague_goes_while_a_market_is_tracked_for_a_company() -> None:
    place = office()
    officer, reviewer = place.actor("officer"), place.actor("reviewer")
    company = CompanyFactory(organisation=place.organisation, created_by=place.officer)
    share_target(officer, track(officer, {"market": "KAZ"}).pk, 1)
    gone = Membership.objects.get(organisation=place.organisation, user=place.officer)
    while_held(
        lambda: track(reviewer, {"market": "UZB", "company": company.pk}, with_rule=False),
        lambda: members.end_membership(place.actor("admin"), gone.pk),
        lambda: track(reviewer, {"market": "UZB"}),
    )
    assert TargetMarket.objects.filter(market="UZB").count() == 2


def test_a_market_is_watched_once_however_often_it_is_clicked() -> None:
    person = PersonFactory()
    outcomes = at_once([lambda: track(actor_of_person(person), {"market": "KAZ"})] * 8)
    assert outcomes.count(AlreadyTracked) == 7
    assert Change.objects.filter(action="tracked").count() == TargetMarket.objects.count() == 1


def test_what_is_tracked_anew_while_it_is_brought_back_stands_once() -> None:
    actor = actor_of_person(PersonFactory())
    target = track(actor, {"market": "KAZ"})
    remove_target(actor, target.pk, 1)
    outcomes = at_once([lambda: restore_target(actor, target.pk, 2), lambda: track(actor, {"market": "KAZ"})] * 3)
    assert sum(isinstance(outcome, TargetMarket) for outcome in outcomes) == 1
    assert TargetMarket.objects.filter(removed_at=None).count() == 1
    assert AlertRule.objects.filter(removed_at=None).count() == 1
