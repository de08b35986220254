"""What is kept of a person's target markets: handed to them whole, gone with them, and out of reach for who left."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.utils import timezone

from companies.access import Actor, actor_of_person
from companies.accounts import members, people, privacy
from companies.alerts.rules import make_rule
from companies.models import Alert, AlertMail, AlertRule, Change, Interest, Membership, TargetEntry, TargetMarket, Visit
from companies.profiles.changes import change_records
from companies.queries import targets as rows_of
from companies.targets.changing import change_target
from companies.targets.entries import add_entry
from companies.targets.removing import remove_target
from companies.targets.sharing import share_target
from companies.targets.tracking import track
from tests.companies.office import CompanyFactory, Office, office

pytestmark = pytest.mark.django_db


def company_target(place: Office, actor: Actor) -> TargetMarket:
    company = CompanyFactory(organisation=place.organisation, created_by=place.officer)
    return track(actor, {"market": "UZB", "company": company.pk})


def ends(place: Office, role: str) -> None:
    membership = Membership.objects.get(organisation=place.organisation, user=getattr(place, role))
    members.end_membership(place.actor("admin"), membership.pk)


# ---------------------------------------------------------------- the file
def test_the_file_holds_removed_target_markets_with_their_notes_and_history() -> None:
    place = office()
    actor = place.actor("officer")
    target = track(actor, {"market": "KAZ", "category": "appliances", "reason": "A fair"})
    add_entry(actor, target.pk, {"text": "Two buyers asked for samples"})
    remove_target(actor, target.pk, 1, "Too far")
    others = company_target(place, place.actor("reviewer"))
    add_entry(actor, others.pk, {"text": "Seen at the fair"})
    rule = AlertRule.objects.filter(person=place.officer).first()
    Alert.objects.create(rule=rule, person=place.officer, event="release:1", facts={"count": 1})
    Interest.objects.create(person=place.officer, category_id="appliances")
    AlertMail.objects.create(person=place.officer, frequency="weekly")
    kept = json.loads(privacy.personal_file(actor))
    own, beside = kept["target_markets"]
    assert (own["market"], own["category"], own["removed_reason"]) == ("KAZ", "appliances", "Too far")
    assert own["removed_at"]
    assert own["entries"][0]["text"] == "Two buyers asked for samples"
    assert (beside["id"], beside["entries"][0]["text"]) == (str(others.pk), "Seen at the fair")
    assert kept["alert_rules"][0]["removed_at"]
    assert kept["alerts"][0]["event"] == "release:1"
    assert kept["interests"] == [{"category": "appliances", "product": ""}]
    assert kept["alert_letters"][0]["frequency"] == "weekly"
    assert {"tracked", "noted", "removed"} <= {row["action"] for row in kept["changes"]}


def test_the_file_of_a_colleague_tells_nothing_of_it() -> None:
    place = office()
    track(place.actor("officer"), {"market": "KAZ", "next_action": "Ring Quintilla"})
    kept = str(privacy.personal_data(place.actor("admin")))
    assert "Quintilla" not in kept
    assert privacy.personal_data(place.actor("admin"))["target_markets"] == []


# ---------------------------------------------------------------- leaving an organisation
def test_who_leaves_shares_nothing_there_and_sees_to_nothing_there() -> None:
    place = office()
    officer, reviewer = place.actor("officer"), place.actor("reviewer")
    own = share_target(officer, track(officer, {"market": "KAZ"}).pk, 1)
    own = change_target(officer, own.pk, 2, {"owner": place.reviewer.pk})
    of_company = company_target(place, officer)
    theirs = share_target(reviewer, track(reviewer, {"market": "TJK"}).pk, 1)
    theirs = change_target(reviewer, theirs.pk, 2, {"owner": place.officer.pk})
    on_records = make_rule(officer, {"kind": "record_approved", "organisation": place.organisation.pk})
    hung = AlertRule.objects.create(person=place.reviewer, target=own, kind="revised", market_id="KAZ")
    ends(place, "officer")
    for row in (own, of_company, theirs, on_records, hung):
        row.refresh_from_db()
    assert (own.shared_with, own.owner) == (None, place.officer)
    assert (of_company.owner, of_company.organisation) == (None, place.organisation)
    assert theirs.owner is None
    assert on_records.removed_at is not None
    assert (hung.target, hung.removed_at) == (None, None)
    gone = actor_of_person(place.officer)
    assert list(rows_of.targets(gone)) == [own]
    assert not rows_of.targets(reviewer, kept_by="shared").exists()
    told = Change.objects.get(action="removed", object_kind="membership")
    assert {name: told.after[name] for name in ("unshared", "owners", "alert_rules")} == {
        "unshared": 1, "owners": 2, "alert_rules": 1,
    }  # fmt: skip
    assert rows_of.history_of_target(gone, own)[0].action == "unshared"


def test_who_leaves_keeps_their_rules_on_figures_without_the_company() -> None:
    place = office()
    company_target(place, place.actor("officer"))
    ends(place, "officer")
    rule = AlertRule.objects.get(person=place.officer)
    assert (rule.target, rule.removed_at, rule.market_id) == (None, None, "UZB")


# ---------------------------------------------------------------- leaving for good
def test_with_an_account_goes_all_that_was_its_own_and_companies_keep_theirs() -> None:
    place = office()
    actor = place.actor("officer")
    own = track(actor, {"market": "KAZ", "next_action": "Ring Quintilla"})
    add_entry(actor, own.pk, {"text": "Quintilla wants samples"})
    remove_target(actor, track(actor, {"market": "TJK"}).pk, 1)
    of_company = company_target(place, actor)
    add_entry(actor, of_company.pk, {"text": "A fair"})
    Interest.objects.create(person=place.officer, product="841810")
    Visit.objects.create(person=place.officer, seen_at=timezone.now())
    AlertMail.objects.create(person=place.officer)
    place.officer.work, place.officer.home_id = "exporter", "CHN"
    place.officer.save()
    people.want_deletion(actor)
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        assert privacy.erase_due() == 1
    for model in (Interest, Visit, AlertMail, AlertRule):
        assert not model._default_manager.filter(person=place.officer).exists()  # noqa: SLF001 Django's name
    assert list(TargetMarket.objects.all()) == [of_company]
    assert TargetMarket.objects.get().owner is None
    assert TargetEntry.objects.get().text == "A fair"
    place.officer.refresh_from_db()
    assert (place.officer.work, place.officer.home) == ("", None)
    assert "Quintilla" not in str(list(Change.objects.values_list("before", "after")))


# ---------------------------------------------------------------- words
def test_the_history_is_told_in_names() -> None:
    place = office()
    actor = place.actor("officer")
    target = track(actor, {"market": "KAZ", "category": "appliances"})
    change_target(actor, target.pk, 1, {"status": "not_interested", "reason": "Too far"})
    share_target(actor, target.pk, 2)
    add_entry(actor, target.pk, {"kind": "visit", "on": "2026-05-04", "text": "x"})
    noted, shared, decided, tracked = change_records(actor, rows_of.history_of_target(actor, target))
    assert tracked.object_name.startswith("Kazakhstan, ")
    words = {field.field: field.after_words for field in tracked.fields}
    assert (words["market"], words["owner"]) == ("Kazakhstan", place.officer.name)
    (status,) = (field for field in decided.fields if field.field == "status")
    assert (status.before_words, status.after_words) == ("Future interest", "Not interested")
    assert [field.after_words for field in shared.fields if field.field == "shared_with"] == [place.organisation.name]
    assert [field.after_words for field in noted.fields] == ["Visit"]
    rule = Change.objects.select_related("actor", "api_key").get(object_kind="alertrule")
    (told,) = change_records(actor, [rule])
    assert told.object_name == "Kazakhstan"
    assert {field.field: field.after_words for field in told.fields}["target"] == tracked.object_name


def test_a_company_target_stands_in_the_log_of_its_organisation_and_a_private_one_does_not() -> None:
    place = office()
    track(place.actor("officer"), {"market": "KAZ"})
    company_target(place, place.actor("officer"))
    rows = Change.objects.filter(object_kind="targetmarket").order_by("id")
    assert [row.organisation for row in rows] == [None, place.organisation]
