"""A target market that its person removed, and then everything that might bring it back: it stays removed."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from companies.access import Actor, actor_of_person
from companies.models import Alert, AlertRule, TargetMarket
from companies.targets.changing import change_target
from companies.targets.entries import add_entry
from companies.targets.removing import remove_target
from companies.targets.starting import begin
from companies.targets.tracking import track
from companies.tasks import look_for_alerts, send_alert_letters
from markets.models import LoadedFacts, Release
from tests.companies.visitor import Visitor, person
from tests.factories import GDP, SPECIMENS

pytestmark = pytest.mark.django_db

FORM = SPECIMENS / "worldbank"
ANSWERS = {"language": "en", "work": "exporter", "home": "CHN", "categories": ["appliances"], "products": []}
TOO_FAR, TRIED = "Freight costs more than the goods", "Two buyers asked for samples at the fair"


def command(*words: str) -> None:
    call_command(*words, stdout=io.StringIO(), stderr=io.StringIO())


def make_run_again() -> None:
    """What `make run` does to a database, with all its facts read anew."""
    LoadedFacts.objects.all().delete()
    command("migrate")
    command("load_facts")
    assert LoadedFacts.objects.exists()


def refresh(vintage: str) -> None:
    command("refresh", "worldbank", "--from", str(FORM / vintage))


def answer_again(visitor: Visitor) -> None:
    """All four questions once more, each sent as its page offers it; then all of them passed over."""
    for number in range(1, 5):
        address = f"/en/my/start/?q={number}"
        page = visitor.get(address).content.decode()
        sent: dict[str, list[str]] = {}
        for field in re.findall(r"<input[^>]*\schecked\b[^>]*>", page):
            name, value = (re.search(rf'{part}="([^"]*)"', field) for part in ("name", "value"))
            if name and value:
                sent.setdefault(name[1], []).append(value[1])
        for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
            sent[name] = re.findall(r'value="([^"]*)"\s+selected', options)
        assert visitor.post(address, sent).status_code == 302, number
    assert visitor.post("/en/my/start/?q=1", {"skip": "all"}).status_code == 302


def standing(actor: Actor) -> list[str]:
    return sorted(map(str, TargetMarket.objects.filter(person=actor.user, removed_at=None)))


def tracked_decided_noted_and_removed(actor: Actor) -> TargetMarket:
    target = TargetMarket.objects.get(person=actor.user, market="KAZ")
    target = change_target(actor, target.pk, target.version, {"status": "exporting", "reason": "A first order"})
    add_entry(actor, target.pk, {"text": TRIED})
    add_entry(actor, target.pk, {"kind": "number", "indicator": GDP, "period": "2023"})
    target = change_target(actor, target.pk, target.version, {"status": "not_interested", "reason": TOO_FAR})
    return remove_target(actor, target.pk, target.version, "Nothing to do there")


def check_history(kept: dict[str, Any], target: TargetMarket) -> None:
    """The personal file still tells what became of it, and why."""
    (found,) = [each for each in kept["target_markets"] if each["id"] == str(target.pk)]
    assert (found["market"], found["category"], found["status"]) == ("KAZ", "appliances", "not_interested")
    assert found["removed_at"]
    assert (found["reason"], found["removed_reason"]) == (TOO_FAR, "Nothing to do there")
    note, number = found["entries"]
    assert note["text"] == TRIED
    assert (number["observation__indicator"], number["observation__period"]) == (GDP, "2023")
    assert number["observation__value"]
    (rule,) = [each for each in kept["alert_rules"] if each["market"] == "KAZ"]
    assert rule["removed_at"]
    changes = [each for each in kept["changes"] if each["object_id"] == str(target.pk)]
    assert [each["action"] for each in changes] == ["tracked", "decided", "noted", "noted", "decided", "removed"]
    decided = [each["after"] for each in changes if each["action"] == "decided"]
    assert [(each["status"], each["reason"]) for each in decided] == [
        ("exporting", "A first order"),
        ("not_interested", TOO_FAR),
    ]


def test_what_was_removed_stays_so_whatever_is_loaded_refreshed_and_answered() -> None:
    refresh("first")
    actor, other = actor_of_person(person()), actor_of_person(person())
    begin(actor, ANSWERS | {"markets": ["KAZ", "UZB"]})
    track(other, {"market": "KAZ"})
    gone = tracked_decided_noted_and_removed(actor)
    visitor = Visitor()
    visitor.force_login(actor.person)
    look_for_alerts()
    Alert.objects.all().delete()
    releases = Release.objects.count()

    make_run_again()
    refresh("revised")
    assert Release.objects.count() > releases
    answer_again(visitor)
    look_for_alerts()
    send_alert_letters()

    assert standing(actor) == ["UZB appliances"]
    assert not AlertRule.objects.filter(person=actor.user, market="KAZ", removed_at=None).exists()
    told = set(Alert.objects.values_list("person", "rule__market"))
    # Others who watch the same market are told, and so is the person of the one they still watch.
    assert told == {(other.person.pk, "KAZ"), (actor.person.pk, "UZB")}
    assert [letter.to for letter in mail.outbox].count([actor.person.email]) == 1
    assert "Kazakhstan" not in str([letter.body for letter in mail.outbox if letter.to == [actor.person.email]])
    for path in ("/en/my/", "/en/my/alerts/", "/en/my/alerts/rules/"):
        assert "Kazakhstan" not in visitor.get(path).content.decode(), path
    file = visitor.again(visitor.post("/en/my/privacy/file/"))
    check_history(json.loads(file.content), gone)
