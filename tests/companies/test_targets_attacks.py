"""Target markets under attack: addresses to go on to, texts no database holds, limits, what leaves with a person."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client

from companies import errors
from companies.access import actor_of_person
from companies.accounts import members, privacy
from companies.models import Change, Membership, Organisation, TargetMarket, User
from companies.records.sample import make_sample, wipe_sample
from companies.targets import tracking
from companies.targets.changing import change_target
from companies.targets.removing import remove_target, restore_target
from companies.targets.sharing import share_target
from companies.targets.tracking import track
from tests.companies.office import Office, PersonFactory, office
from tests.companies.programs import program

pytestmark = pytest.mark.django_db

ONWARD = {
    "a-word": "foo",
    "a-name-of-a-page": "account_logout",
    "relative": "..",
    "another-host": "//example.org/",
    "a-scheme": "javascript:alert(1)",
    "backslashes": "\\\\example.org",
}


def reader(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# ---------------------------------------------------------------- where a form goes on to
@pytest.mark.parametrize("onward", ONWARD.values(), ids=ONWARD.keys())
def test_a_form_goes_on_to_addresses_of_ours_alone(onward: str) -> None:
    place = office()
    client = reader(place.officer)
    target = track(actor_of_person(place.officer), {"market": "KAZ"})
    home = f"/en/my/targets/{target.pk}/"

    def sent(address: str, **values: str) -> HttpResponse:
        return client.post(address, {**values, "next": onward})

    saved = sent(f"{home}status/", status="exporting", version="1")
    assert (saved.status_code, saved["Location"]) == (302, home)
    read = sent("/en/my/alerts/read/")
    assert (read.status_code, read["Location"]) == (302, "/en/my/alerts/")
    switched = sent("/en/org/switch/", organisation=str(place.organisation.pk))
    assert (switched.status_code, switched["Location"]) == (302, "/en/org/")


# ---------------------------------------------------------------- texts no database holds
@pytest.mark.parametrize("sent", [{}, {"find": "1", "search": "fridge"}], ids=["answered", "looked-for"])
def test_a_code_that_no_database_holds_is_an_unknown_one(sent: dict[str, str]) -> None:
    answer = reader(PersonFactory()).post("/en/my/start/?q=3", {"products": ["\0", "8418"], **sent})
    assert answer.status_code == (200 if sent else 422)


# ---------------------------------------------------------------- how many
def test_what_is_brought_back_counts_as_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "MOST_TARGETS", 2)
    actor = actor_of_person(PersonFactory())
    first = track(actor, {"market": "KAZ"})
    remove_target(actor, first.pk, 1)
    second = track(actor, {"market": "UZB"})
    track(actor, {"market": "TJK"})
    with pytest.raises(errors.TooMany):
        restore_target(actor, first.pk, 2)
    remove_target(actor, second.pk, 1)
    assert restore_target(actor, first.pk, 2).removed_at is None


# ---------------------------------------------------------------- who reads what of others
def test_the_file_of_who_saw_to_it_tells_nothing_of_what_a_colleague_removed() -> None:
    place = office()
    officer = place.actor("officer")
    shared = share_target(officer, track(officer, {"market": "KAZ"}).pk, 1)
    change_target(officer, shared.pk, 2, {"owner": place.reviewer.pk, "next_action": "Ring Quintilla"})
    assert "Quintilla" in str(privacy.personal_data(place.actor("reviewer"))["target_markets"])
    remove_target(officer, shared.pk, 3, "Quintilla is gone")
    assert privacy.personal_data(place.actor("reviewer"))["target_markets"] == []
    assert "Quintilla is gone" in str(privacy.personal_data(officer)["target_markets"])


def test_who_was_removed_while_they_shared_shares_nothing_there() -> None:
    place = office()
    officer = place.actor("officer")  # as their request began
    target = track(officer, {"market": "KAZ"})
    membership = Membership.objects.get(organisation=place.organisation, user=place.officer)
    members.end_membership(place.actor("admin"), membership.pk)
    with pytest.raises(errors.NothingToShare):
        share_target(officer, target.pk, 1)
    target.refresh_from_db()
    assert target.shared_with is None


# ---------------------------------------------------------------- a sample that goes
def test_a_sample_goes_though_a_program_of_its_admin_tracked_a_market_of_their_own() -> None:
    admin = PersonFactory()
    make_sample(admin)
    sample = Organisation.objects.get(is_sample=True)
    caller = program(Office(sample, admin, admin, admin, admin), "admin")
    assert caller("POST", "target-markets/", {"market": "KAZ"}).status_code == 201
    rule = {"kind": "record_approved", "organisation": str(sample.pk)}
    assert caller("POST", "alert-rules/", rule).status_code == 201
    assert wipe_sample() == 1
    kept = Change.objects.filter(object_kind__in=("targetmarket", "alertrule"))
    assert {(row.via, row.organisation, row.actor) for row in kept} == {("api", None, admin)}
    assert TargetMarket.objects.get().person == admin
