"""Alert rules and alerts by the API: made, altered, paused, removed; read by nobody but their person."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.alerts.facts import Facts, Side
from companies.models import Alert, AlertRule, Change, User
from tests.companies.office import PersonFactory, office
from tests.companies.programs import Caller, program, signed_in

pytestmark = pytest.mark.django_db
RULES, ALERTS = "alert-rules/", "alerts/"
_CHANGES = {"kind": "changes", "market": "KAZ", "indicator": "NY.GDP.MKTP.CD", "change_pct": "5"}
_FACTS = Facts(old=Side(Decimal("261.4"), "2023"), new=Side(Decimal("262.6"), "2023"), change_pct=Decimal("0.46"))


def made(caller: Caller, **more: Any) -> Any:
    """The answer of a rule that was made."""
    answer = caller("POST", RULES, {**_CHANGES, **more})
    assert answer.status_code == 201, answer.content
    return answer


def alert_of(person: User, event: str = "release:1", **more: Any) -> Alert:
    """An alert of a rule on Kazakhstan's economy."""
    rule = AlertRule.objects.filter(person=person).first() or AlertRule.objects.create(
        person=person,
        kind="changes",
        market_id="KAZ",
        indicator_id="NY.GDP.MKTP.CD",
        change_pct=5,
    )
    return Alert.objects.create(person=person, rule=rule, event=event, facts=_FACTS.packed(), **more)


def faults(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.content
    return {fault["pointer"] for fault in answer.json()["errors"]}


def ids(answer: Any) -> set[str]:
    return {each["id"] for each in answer["data"]}


# ---------------------------------------------------------------- rules
def test_the_life_of_a_rule() -> None:
    caller = signed_in(PersonFactory())  # of no organisation
    new = made(caller)
    place, told = new["Location"], new.json()
    assert (told["kind"], told["market"]["iso3"], told["indicator"]["code"]) == ("changes", "KAZ", "NY.GDP.MKTP.CD")
    assert (told["change_pct"], told["state"], told["version"], told["alerts"]) == ("5", "in_force", 1, 0)
    assert told["sentence"]
    edited = caller("PATCH", place, {"change_pct": 10, "direction": "down"}, If_Match=new["ETag"])
    assert (edited.json()["change_pct"], edited.json()["direction"]) == ("10", "down")
    assert edited.json()["begins_at"] > told["begins_at"]
    rests = caller("POST", f"{place}pause/", If_Match=edited["ETag"])
    assert rests.json()["state"] == "paused"
    assert ids(caller.json(f"{RULES}?state=paused")) == {told["id"]}
    twice = caller("POST", f"{place}pause/", If_Match=rests["ETag"])
    assert (twice.status_code, twice.json()["code"]) == (409, "rule_paused")
    again = caller("POST", f"{place}resume/", If_Match=rests["ETag"])
    assert (again.json()["state"], again.json()["version"]) == ("in_force", 4)
    gone = caller("DELETE", place, If_Match=again["ETag"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert caller("GET", place).status_code == 404
    assert caller.json(RULES)["data"] == []
    actions = Change.objects.filter(object_kind="alertrule").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["made", "edited", "paused", "resumed", "removed"]


def test_a_write_of_a_rule_names_the_version_it_read() -> None:
    caller = signed_in(PersonFactory())
    place = made(caller)["Location"]
    for method, path, body in (
        ("PATCH", place, {"change_pct": "7"}),
        ("DELETE", place, None),
        ("POST", f"{place}pause/", None),
        ("POST", f"{place}resume/", None),
    ):
        assert caller(method, path, body).status_code == 428, path
        assert caller(method, path, body, If_Match='"7"').status_code == 412, path


def test_what_is_wrong_with_a_rule_is_told_at_once() -> None:
    caller = signed_in(PersonFactory())
    assert faults(caller("POST", RULES, {})) == {"/kind"}
    assert faults(caller("POST", RULES, {"kind": "crosses"})) == {"/market", "/indicator", "/threshold"}
    assert faults(caller("POST", RULES, {**_CHANGES, "change_pct": "-5", "currency": "CNY"})) >= {"/change_pct"}
    assert faults(caller("POST", RULES, {**_CHANGES, "person": 1, "paused_at": None})) == {"/person", "/paused_at"}
    place = made(caller)
    answer = caller("PATCH", place["Location"], {"market": "UZB"}, If_Match=place["ETag"])
    assert faults(answer) == {"/market"}
    assert faults(caller("POST", RULES, _CHANGES)) == {"/kind"}  # the very same rule
    assert AlertRule.objects.count() == 1


def test_each_filter_narrows_the_rules() -> None:
    caller = signed_in(PersonFactory())
    first = made(caller).json()["id"]
    target = caller("POST", "target-markets/", {"market": "UZB"}).json()["id"]
    for query in ("kind=changes", "market=KAZ", "state=in_force&kind=changes"):
        assert ids(caller.json(f"{RULES}?{query}")) == {first}, query
    (other,) = caller.json(f"{RULES}?target={target}")["data"]
    assert (other["kind"], other["target"]) == ("revised", target)
    for query in ("kind=source_late", "market=TJK", "state=paused", f"target={uuid.uuid4()}"):
        assert caller.json(f"{RULES}?{query}")["data"] == [], query


# ---------------------------------------------------------------- alerts
def test_an_alert_tells_old_and_new_and_why() -> None:
    person = PersonFactory()
    caller, alert = signed_in(person), alert_of(person)
    (told,) = caller.json(ALERTS)["data"]
    one = caller("GET", f"{ALERTS}{alert.pk}/")
    assert one.json() == told
    assert (told["old"]["value"], told["new"]["value"], told["change_pct"]) == ("261.4", "262.6", "0.46")
    assert (told["rule"]["id"], told["market"]["iso3"]) == (str(alert.rule_id), "KAZ")
    assert told["headline"]
    assert told["rule"]["sentence"]
    assert caller("GET", f"{ALERTS}{alert.pk}/", If_None_Match=one["ETag"]).status_code == 304
    assert caller.json(f"{ALERTS}{alert.pk}/?fields=id,kind") == {"id": str(alert.pk), "kind": "changes"}


def test_alerts_are_marked_as_read() -> None:
    person = PersonFactory()
    caller = signed_in(person)
    first, second, third, fourth = (alert_of(person, f"release:{number}") for number in range(4))
    answer = caller("POST", f"{ALERTS}{first.pk}/read/")
    assert (answer.status_code, answer.json()["read_at"] is not None) == (200, True)
    assert caller("POST", f"{ALERTS}{first.pk}/read/").json() == answer.json()
    assert len(caller.json(f"{ALERTS}?unread=1")["data"]) == 3
    assert caller("POST", f"{ALERTS}read/", {"alerts": [str(second.pk)]}).status_code == 204
    assert ids(caller.json(f"{ALERTS}?unread=0")) == {str(first.pk), str(second.pk)}
    assert caller("POST", f"{ALERTS}read/", {"up_to": str(third.pk)}).status_code == 204
    assert ids(caller.json(f"{ALERTS}?unread=1")) == {str(fourth.pk)}
    both = caller("POST", f"{ALERTS}read/", {"up_to": str(third.pk), "alerts": []})
    assert faults(both) == {"/up_to"}
    assert caller("POST", f"{ALERTS}read/").status_code == 204
    assert caller.json(f"{ALERTS}?unread=1&count=exact")["meta"]["total"] == 0
    assert Alert.objects.filter(read_at=None).count() == 0


def test_each_filter_narrows_the_alerts_and_new_ones_are_followed() -> None:
    person = PersonFactory()
    caller = signed_in(person)
    old = alert_of(person, "release:1", fired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    new = alert_of(person, "release:2", fired_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    assert [each["id"] for each in caller.json(ALERTS)["data"]] == [str(new.pk), str(old.pk)]
    assert [each["id"] for each in caller.json(f"{ALERTS}?sort=fired")["data"]] == [str(old.pk), str(new.pk)]
    for query in (f"rule={new.rule_id}", "market=KAZ,UZB", "unread=1", "since=2025-12-31"):
        assert len(caller.json(f"{ALERTS}?{query}")["data"]) == 2, query
    for query in (f"rule={uuid.uuid4()}", f"target={uuid.uuid4()}", "market=UZB", "unread=0", "since=2026-02-02"):
        assert caller.json(f"{ALERTS}?{query}")["data"] == [], query
    for path in (ALERTS, RULES):  # what is turned round by default is turned round once
        assert caller("GET", f"{path}?sort=--{'fired' if path == ALERTS else 'created'}").status_code == 400
    answer = caller.json(f"{ALERTS}?since=2026-02-01")
    assert ids(answer) == {str(new.pk)}
    assert answer["meta"]["complete_until"]


def test_fifty_take_as_many_queries_as_one() -> None:
    person = PersonFactory()
    caller, counts = signed_in(person), []
    for more in (1, 30):
        for _ in range(more):
            number = Alert.objects.count()
            alert_of(person, f"release:{number}")
            made(caller, change_pct=number + 100)
            caller("POST", "target-markets/", {"market": "KAZ", "product": f"84{number + 1:02}"})
        for path in (RULES, ALERTS, "target-markets/"):
            caller.json(path)
            with CaptureQueriesContext(connection) as queries:
                caller.json(path)
            counts.append((path, len(queries)))
    assert counts[:3] == counts[3:]
    assert max(count for _path, count in counts) <= 14


# ---------------------------------------------------------------- who may
def test_rules_and_alerts_are_there_for_nobody_else() -> None:
    home = office()
    rule = made(program(home, "viewer"))["Location"]
    alert = alert_of(home.viewer)
    for caller in (program(home, "admin"), signed_in(home.admin), signed_in(PersonFactory())):
        for method, path, body in (
            ("GET", rule, None),
            ("HEAD", rule, None),
            ("PATCH", rule, {"change_pct": "7"}),
            ("DELETE", rule, None),
            ("POST", f"{rule}pause/", None),
            ("POST", f"{rule}resume/", None),
            ("GET", f"{ALERTS}{alert.pk}/", None),
            ("POST", f"{ALERTS}{alert.pk}/read/", None),
            ("POST", f"{ALERTS}read/", {"alerts": [str(alert.pk)]}),
            ("POST", f"{ALERTS}read/", {"up_to": str(alert.pk)}),
        ):
            assert caller(method, path, body, If_Match='"1"').status_code == 404, path
        assert caller("POST", f"{ALERTS}read/").status_code == 204
        for path in (RULES, ALERTS):
            assert caller.json(f"{path}?count=exact")["meta"]["total"] == 0
    alert.refresh_from_db()
    assert alert.read_at is None
    assert AlertRule.objects.get(person=home.viewer).version == 1


def test_a_rule_on_others_records_is_refused() -> None:
    home, elsewhere = office(), office()
    caller = program(home, "viewer")
    there = {"kind": "record_approved", "organisation": str(elsewhere.organisation.pk)}
    assert "/organisation" in faults(caller("POST", RULES, there))
    answer = program(home, "viewer", "write:targets")("POST", RULES, {"kind": "record_approved"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    here = caller("POST", RULES, {"kind": "record_approved", "market": "KAZ"})
    assert here.json()["organisation"]["id"] == str(home.organisation.pk)


def test_a_key_needs_the_scope_of_alerts() -> None:
    home = office()
    made(signed_in(home.officer))
    alert = alert_of(home.officer)
    records, reads = program(home, "officer", "read:records"), program(home, "officer", "read:targets")
    for path in (RULES, ALERTS):
        answer = records("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
        assert len(reads.json(path)["data"]) == 1
    for method, path in (("POST", RULES), ("POST", f"{ALERTS}read/"), ("POST", f"{ALERTS}{alert.pk}/read/")):
        assert reads(method, path, None).json()["code"] == "scope_missing", path
