"""Alert rules: what may stand in one, that it is its person's alone, and how it is altered, paused and removed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db.models.functions import Now

from companies.access import Actor, actor_of_person
from companies.alerts import rules as writing
from companies.alerts.fields import NEEDED
from companies.errors import FieldsRejected, HiddenObject, RulePaused, TooMany, VersionConflict, VersionMissing
from companies.models import Alert, AlertRule, Change, TargetMarket
from companies.queries.alerts import alerts, rules, unread_count
from tests.companies.office import CompanyFactory, PersonFactory, office

pytestmark = pytest.mark.django_db
GDP = "NY.GDP.MKTP.CD"
CROSSES = {"kind": "crosses", "market": "KAZ", "indicator": GDP, "threshold": "300000000000", "direction": "up"}
EVERY_KIND: dict[str, dict[str, Any]] = {
    "crosses": CROSSES,
    "changes": {"kind": "changes", "market": "kaz", "indicator": GDP, "change_pct": "10"},
    "revised": {"kind": "revised", "market": "KAZ"},
    "revised_one": {"kind": "revised", "market": "KAZ", "indicator": GDP, "change_pct": "0.5"},
    "rate_crosses": {"kind": "rate_crosses", "currency": "CNY", "base": "USD", "threshold": "7.2"},
    "rate_changes": {"kind": "rate_changes", "currency": "CNY", "base": "USD", "change_pct": "2", "direction": "down"},
    "source_late": {"kind": "source_late", "dataset": "worldbank"},
}


@pytest.fixture
def actor() -> Actor:
    return actor_of_person(PersonFactory())


def faults(of: pytest.ExceptionInfo[FieldsRejected]) -> set[str]:
    return {fault.context["pointer"] for fault in of.value.context["faults"]}


# ---------------------------------------------------------------- making
@pytest.mark.parametrize("values", EVERY_KIND.values(), ids=EVERY_KIND)
def test_a_rule_of_each_kind_is_made_and_remembered(values: dict[str, Any], actor: Actor) -> None:
    rule = writing.make_rule(actor, values)
    assert (rule.kind, rule.version, rule.paused_at, rule.removed_at) == (values["kind"], 1, None, None)
    assert list(rules(actor)) == [rule]
    kept = Change.objects.get(object_kind="alertrule", object_id=str(rule.pk))
    assert (kept.action, kept.organisation_id, kept.actor) == ("made", None, actor.user)


def test_a_rule_for_records_watches_an_organisation_of_the_person() -> None:
    here, elsewhere = office(), office()
    company = CompanyFactory(organisation=here.organisation, created_by=here.officer)
    values = {"kind": "record_approved", "company": str(company.pk), "market": "KAZ"}
    rule = writing.make_rule(here.actor("viewer"), values)
    assert (rule.organisation, rule.company) == (here.organisation, company)
    # It is the viewer's own: the log of the organisation does not tell of it.
    assert not Change.objects.filter(organisation=here.organisation, object_kind="alertrule").exists()
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(here.actor("viewer"), {**values, "organisation": str(elsewhere.organisation.pk)})
    assert faults(refused) == {"/organisation"}
    foreign = CompanyFactory(organisation=elsewhere.organisation, created_by=elsewhere.officer)
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(here.actor("viewer"), {**values, "company": str(foreign.pk)})
    assert faults(refused) == {"/company"}
    here.organisation.memberships.filter(user=here.viewer).update(ended_at="2026-01-01T00:00:00Z")
    assert not rules(actor_of_person(here.viewer)).exists()


@pytest.mark.parametrize("kind", NEEDED, ids=str)
def test_every_entry_that_a_kind_needs_is_asked_for_at_once(kind: str, actor: Actor) -> None:
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(actor, {"kind": kind})
    assert faults(refused) == {f"/{name}" for name in NEEDED[kind]}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "whatever"}, "/kind"),
        ({"kind": None}, "/kind"),
        ({"market": "XXQ"}, "/market"),
        ({"market": 7}, "/market"),
        ({"indicator": "NONE"}, "/indicator"),
        ({"threshold": "1,5"}, "/threshold"),
        ({"threshold": True}, "/threshold"),
        ({"threshold": "NaN"}, "/threshold"),
        ({"threshold": "1" * 40}, "/threshold"),
        ({"direction": "sideways"}, "/direction"),
        ({"change_pct": "5"}, "/change_pct"),
        ({"base": "USD"}, "/base"),
        ({"target": "one"}, "/target"),
        ({"target": "00000000-0000-4000-8000-000000000000"}, "/target"),
        ({"colour": "red"}, "/colour"),
    ],
    ids=lambda given: "-".join(f"{k}={v}"[:30] for k, v in given.items()) if isinstance(given, dict) else given[1:],
)
def test_a_wrong_entry_is_told_by_its_name(change: dict[str, Any], pointer: str, actor: Actor) -> None:
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(actor, CROSSES | change)
    assert pointer in faults(refused)
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize("pct", ["0", "-1", "2000000"])
def test_a_change_is_counted_above_nought(pct: str, actor: Actor) -> None:
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(actor, EVERY_KIND["changes"] | {"change_pct": pct})
    assert faults(refused) == {"/change_pct"}


def test_a_currency_has_no_rate_against_itself(actor: Actor) -> None:
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(actor, EVERY_KIND["rate_crosses"] | {"base": "cny"})
    assert faults(refused) == {"/base"}


def test_the_very_same_rule_is_not_made_twice(actor: Actor) -> None:
    rule = writing.make_rule(actor, CROSSES)
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(actor, CROSSES | {"threshold": "300000000000.0"})
    assert faults(refused) == {"/kind"}
    writing.make_rule(actor, CROSSES | {"direction": "down"})
    writing.make_rule(actor_of_person(PersonFactory()), CROSSES)
    writing.remove_rule(actor, rule.pk, 1)
    assert writing.make_rule(actor, CROSSES).pk != rule.pk


def test_nobody_keeps_more_rules_than_can_be_looked_through(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_RULES", 1)
    writing.make_rule(actor, CROSSES)
    with pytest.raises(TooMany):
        writing.make_rule(actor, EVERY_KIND["revised"])
    assert writing.rule_for_target(actor, TargetMarket.objects.create(person=actor.user, market_id="KGZ")) is None


# ---------------------------------------------------------------- altering
def test_other_numbers_begin_anew_and_what_it_is_about_stays(actor: Actor) -> None:
    rule = writing.make_rule(actor, CROSSES)
    altered = writing.change_rule(actor, rule.pk, 1, {"threshold": "5", "direction": "", "market": "KAZ"})
    assert (altered.threshold, altered.direction, altered.version) == (5, "", 2)
    assert altered.begins_at > rule.begins_at
    log = Change.objects.get(object_id=str(rule.pk), action="edited")
    assert log.before["threshold"] == "300000000000"
    with pytest.raises(FieldsRejected) as refused:
        writing.change_rule(actor, rule.pk, 2, {"market": "KGZ", "kind": "revised", "change_pct": "5"})
    assert faults(refused) == {"/market", "/kind"}
    assert writing.change_rule(actor, rule.pk, 2, {"threshold": "5.0"}).version == 2  # nothing differs


def test_a_rule_is_written_in_the_version_that_was_read(actor: Actor) -> None:
    rule = writing.make_rule(actor, CROSSES)
    writing.pause_rule(actor, rule.pk, 1)
    for write in (writing.pause_rule, writing.resume_rule, writing.remove_rule):
        with pytest.raises(VersionConflict):
            write(actor, rule.pk, 1)
        with pytest.raises(VersionMissing):
            write(actor, rule.pk, None)
    with pytest.raises(VersionConflict):
        writing.change_rule(actor, rule.pk, 1, {"threshold": "1"})


def test_a_paused_rule_begins_anew_when_it_is_taken_up_again(actor: Actor) -> None:
    rule = writing.make_rule(actor, CROSSES)
    with pytest.raises(RulePaused):
        writing.resume_rule(actor, rule.pk, 1)
    paused = writing.pause_rule(actor, rule.pk, 1)
    assert paused.paused_at is not None
    with pytest.raises(RulePaused):
        writing.pause_rule(actor, rule.pk, 2)
    resumed = writing.resume_rule(actor, rule.pk, 2)
    assert resumed.paused_at is None
    assert resumed.begins_at > rule.begins_at
    assert [row.action for row in Change.objects.filter(object_id=str(rule.pk)).order_by("id")] == [
        "made",
        "paused",
        "resumed",
    ]


def test_a_rule_of_somebody_else_is_not_there() -> None:
    here = office()
    rule = writing.make_rule(here.actor("officer"), CROSSES)
    for role in ("viewer", "reviewer", "admin"):
        assert not rules(here.actor(role)).exists()
        for write in (writing.pause_rule, writing.resume_rule, writing.remove_rule):
            with pytest.raises(HiddenObject):
                write(here.actor(role), rule.pk, 1)
        with pytest.raises(HiddenObject):
            writing.change_rule(here.actor(role), rule.pk, 1, {"threshold": "1"})


def test_a_removed_rule_is_gone_and_its_alerts_stay(actor: Actor) -> None:
    rule = writing.make_rule(actor, CROSSES)
    Alert.objects.create(rule=rule, person=actor.person, event="release:1", facts={})
    writing.remove_rule(actor, rule.pk, 1)
    assert not rules(actor).exists()
    assert alerts(actor).count() == 1
    with pytest.raises(HiddenObject):
        writing.remove_rule(actor, rule.pk, 2)


# ---------------------------------------------------------------- of a target market
def test_a_target_market_brings_one_rule_for_its_market(actor: Actor) -> None:
    target = TargetMarket.objects.create(person=actor.user, market_id="KAZ")
    other = TargetMarket.objects.create(person=actor.user, market_id="KAZ", category_id="appliances")
    rule = writing.rule_for_target(actor, target)
    assert rule is not None
    assert (rule.kind, rule.market_id, rule.indicator, rule.target) == ("revised", "KAZ", None, target)
    assert writing.rule_for_target(actor, other) == rule
    specific = writing.make_rule(actor, {**CROSSES, "target": str(target.pk)})
    assert writing.end_rules_of(actor, target) == 1
    specific.refresh_from_db()
    rule.refresh_from_db()
    assert specific.removed_at is not None
    assert (rule.removed_at, rule.target) == (None, other)
    TargetMarket.objects.filter(pk=target.pk).update(removed_at=Now())
    assert writing.end_rules_of(actor, other) == 1


def test_the_market_of_a_rule_is_that_of_its_target(actor: Actor) -> None:
    target = TargetMarket.objects.create(person=actor.user, market_id="KAZ")
    assert writing.make_rule(actor, {"kind": "revised", "target": str(target.pk)}).market_id == "KAZ"
    with pytest.raises(FieldsRejected) as refused:
        writing.make_rule(actor, {"kind": "revised", "target": str(target.pk), "market": "KGZ"})
    assert faults(refused) == {"/market"}


# ---------------------------------------------------------------- reading
def test_alerts_are_read_one_by_one_or_all_that_were_shown(actor: Actor) -> None:
    rule = writing.make_rule(actor, CROSSES)
    made = [Alert.objects.create(rule=rule, person=actor.person, event=f"release:{n}", facts={}) for n in range(3)]
    assert unread_count(actor) == 3
    assert writing.mark_read(actor, [str(made[0].pk)]) == 1
    assert writing.mark_read(actor, [made[0].pk]) == 0
    assert writing.mark_all_read(actor, up_to=made[1].pk) == 1
    assert [each.pk for each in alerts(actor, unread=True)] == [made[2].pk]
    assert writing.mark_all_read(actor) == 1
    assert unread_count(actor) == 0


def test_an_alert_of_somebody_else_is_not_there(actor: Actor) -> None:
    rule = writing.make_rule(actor, CROSSES)
    alert = Alert.objects.create(rule=rule, person=actor.person, event="release:1", facts={})
    stranger = actor_of_person(PersonFactory())
    for key in (alert.pk, uuid.uuid4(), "nothing"):
        with pytest.raises(HiddenObject):
            writing.mark_read(stranger, [key])
        with pytest.raises(HiddenObject):
            writing.mark_all_read(stranger, up_to=key)
    assert writing.mark_all_read(stranger) == 0
    assert unread_count(actor) == 1
