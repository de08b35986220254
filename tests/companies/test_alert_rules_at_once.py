"""Two clicks at one moment, each with a connection of its own: one rule, and no more rules than are kept."""

from __future__ import annotations

import pytest

from companies.access import actor_of_person
from companies.alerts import rules as writing
from companies.errors import FieldsRejected, TooMany, VersionConflict
from companies.models import AlertRule, Change, TargetMarket
from tests.companies.office import PersonFactory
from tests.companies.test_organisations_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference_facts")]
REVISED = {"kind": "revised", "market": "KAZ"}


def test_the_same_rule_is_made_once() -> None:
    person = PersonFactory()
    outcomes = at_once([lambda: writing.make_rule(actor_of_person(person), REVISED)] * 8)
    assert outcomes.count(FieldsRejected) == 7
    assert AlertRule.objects.count() == 1


def test_a_target_brings_one_rule_however_often_it_asks() -> None:
    person = PersonFactory()
    target = TargetMarket.objects.create(person=person, market_id="KAZ")
    outcomes = at_once([lambda: writing.rule_for_target(actor_of_person(person), target)] * 8)
    assert len(set(outcomes)) == 1
    assert AlertRule.objects.count() == Change.objects.filter(object_kind="alertrule").count() == 1


def test_the_last_rule_that_is_kept_is_made_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_RULES", 2)
    actor = actor_of_person(PersonFactory())
    writing.make_rule(actor, REVISED)
    markets = ("KGZ", "TJK", "TKM", "UZB")
    outcomes = at_once([lambda m=market: writing.make_rule(actor, REVISED | {"market": m}) for market in markets])
    assert outcomes.count(TooMany) == 3


def test_of_two_changes_of_one_version_one_is_kept() -> None:
    actor = actor_of_person(PersonFactory())
    rule = writing.make_rule(actor, REVISED)
    outcomes = at_once(
        [lambda n=n: writing.change_rule(actor, rule.pk, 1, {"change_pct": str(n)}) for n in range(1, 5)]
    )
    assert outcomes.count(VersionConflict) == 3
    assert AlertRule.objects.get().version == 2
