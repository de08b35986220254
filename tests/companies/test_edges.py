"""At the edges: signs no text holds, numbers without end, keys of others, roles that were lost meanwhile."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.access import actor_of_person
from companies.accounts import invitations, privacy
from companies.accounts.members import change_role
from companies.accounts.people import keep_account
from companies.accounts.sharing import link_of, make_link
from companies.changes import change_row, remember
from companies.errors import LinkGone, NotAllowed
from companies.forms.once import given_out, taken
from companies.models import Company, ExportRecord, Invitation, Membership, RecordComment, SavedView, Selection, User
from companies.profiles.record_page import record_page
from companies.queries.companies import CompanyQuestion, matching
from companies.queries.records import RecordQuestion
from companies.records import bulk, views
from companies.records.companies import register_company
from companies.records.deciding import submit
from companies.records.entering import edit_record, enter_record
from companies.tasks import sweep_exports
from config.api.parsing import _each_once
from markets.errors import InvalidRequest
from tests.companies.office import PersonFactory, office
from tests.companies.programs import Caller, key_text
from tests.companies.record_world import company_of, entered, entries

pytestmark = pytest.mark.django_db
NO_ROWS = {f"{rows}-{name}_FORMS": "0" for rows in ("names", "lines", "contacts") for name in ("TOTAL", "INITIAL")}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# ---------------------------------------------------------------- what is typed
@pytest.mark.parametrize("reason", ["a\x00b", " \t ", "x" * 501])
def test_a_reason_that_cannot_be_kept_is_refused_for_one_and_for_many(reason: str) -> None:
    home = office()
    record = entered(home)
    client = signed_in(home.officer)
    sent = {"version": record.version, "removed_reason": reason}
    assert client.post(reverse("companies:record_remove", args=[record.pk]), sent).status_code == 422
    chosen = client.post(reverse("companies:selection_new"), {"record": str(record.pk)})["Location"]
    assert client.post(chosen, {"action": "remove", "step": "apply", "removed_reason": reason}).status_code == 422
    assert not ExportRecord.objects.exclude(removed_at=None).exists()


def test_an_amount_of_forty_digits_is_shown_with_all_of_them() -> None:
    home = office()
    record = enter_record(
        home.actor("officer"), entries(company_of(home), value="9" * 30, multiplier=10**12, stated_growth_pct="-99.6")
    )
    client = signed_in(home.officer)
    shown = client.get(reverse("companies:record", args=[record.pk]))
    assert shown.status_code == 200
    assert ",".join(["999"] * 10 + ["000"] * 4) in shown.content.decode()
    assert client.get(reverse("companies:record_list")).status_code == 200


@pytest.mark.parametrize("page", ["0" * 8 + "1" * 5000, "1" * 9, "0", "x"])
@pytest.mark.parametrize("name", ["record_list", "company_list"])
def test_a_page_number_without_end_is_no_page(name: str, page: str) -> None:
    assert signed_in(office().officer).get(reverse(f"companies:{name}"), {"page": page}).status_code == 400


def test_a_body_of_many_members_is_read_in_moments_and_not_told_back_in_full() -> None:
    home = office()
    began = time.perf_counter()
    with pytest.raises(InvalidRequest, match="x0"):
        _each_once([("x0", 0), *((f"x{number}", 0) for number in range(100_000))])
    assert time.perf_counter() - began < 2
    caller = Caller(Authorization=f"Bearer {key_text(home, 'officer')}")
    told = caller("POST", "export-records/", {f"x{number}": 1 for number in range(3000)})
    assert told.status_code == 422
    assert len(told.content) < 20_000
    assert told.json()["errors"][20]["detail"].endswith("it names 2980 more fields that are not known here.")


# ---------------------------------------------------------------- ids of others
def test_the_form_of_a_company_takes_no_id_but_one_given_out_to_that_person() -> None:
    home, other = office(), office()
    theirs = company_of(other)
    client = signed_in(home.officer)
    for name, once in (("Alpha", str(theirs.pk)), ("Beta", given_out(home.admin)), ("Gamma", "")):
        done = client.post(reverse("companies:company_new"), NO_ROWS | {"name": name, "once": once, "key": theirs.pk})
        assert done.status_code == 302, name
        assert Company.objects.get(name=name).organisation == home.organisation
    theirs.refresh_from_db()
    assert theirs.organisation_id == other.organisation.pk


def test_a_form_sent_twice_at_one_moment_registers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request looked before the first was committed."""
    home = office()
    key = taken(given_out(home.officer), home.officer)
    values: dict[str, Any] = {"name": "Ningbo Handian", "registration_number": "R-1"}
    first = register_company(home.actor("officer"), values, key=key)
    looks = iter([None, first])
    monkeypatch.setattr("companies.records.companies._registered_under", lambda _actor, _key: next(looks))
    assert register_company(home.actor("officer"), values, key=key) == first
    assert Company.objects.count() == 1


def test_a_selection_is_worked_on_where_it_is_whichever_lists_are_looked_at() -> None:
    home, other = office(), office()
    Membership.objects.create(organisation=other.organisation, user=home.officer, role="officer")
    record = entered(home)
    entered(other, company_of(other))
    chosen = bulk.select_records(home.actor("officer"), RecordQuestion())
    elsewhere = actor_of_person(home.officer, wanted=other.organisation.pk)
    assert bulk.plan(elsewhere, chosen.pk, bulk.Wish(bulk.EDIT, {"corridor": "rail"})).joined == 0
    edit_record(home.actor("officer"), record.pk, 1, {"note": "changed"})
    again = bulk.chosen_again(elsewhere, chosen.pk)
    assert (again.organisation_id, list(again.versions)) == (home.organisation.pk, [str(record.pk)])


# ---------------------------------------------------------------- roles
def test_letters_of_an_admin_who_is_one_no_more_are_void() -> None:
    home = office()
    second = PersonFactory()
    membership = Membership.objects.create(organisation=home.organisation, user=second, role="admin")
    sent = invitations.invite(actor_of_person(second), "back@example.com", "admin")
    stays = invitations.invite(home.actor("admin"), "new@example.com", "viewer")
    change_role(home.actor("admin"), membership.pk, 1, "officer")
    assert set(Invitation.objects.filter(withdrawn_at=None)) == {stays}
    sent.refresh_from_db()
    assert sent.withdrawn_at is not None


def test_whoever_may_write_no_more_changes_nothing_that_others_read() -> None:
    home = office()
    shared = views.save_view(home.actor("officer"), "Drafts", "status=draft", is_shared=True)
    own = views.save_view(home.actor("officer"), "Mine", "mine=1")
    Membership.objects.filter(user=home.officer).update(role="viewer")
    for write in (
        lambda: views.change_view(home.actor("officer"), shared.pk, 1, query="status=approved"),
        lambda: views.delete_view(home.actor("officer"), shared.pk, 1),
    ):
        with pytest.raises(NotAllowed):
            write()
    views.change_view(home.actor("officer"), own.pk, 1, query="")
    assert SavedView.objects.get(pk=shared.pk).query == "status=draft"


def test_a_viewer_does_not_learn_which_companies_share_a_number() -> None:
    home = office()
    for name, place in (("Alpha Eins", "CHN"), ("Zulu Zwei", "KAZ")):
        company_of(home, name=name, registration_number="R-1", home_id=place)
    twins = CompanyQuestion(has_twin=True)
    assert (matching(home.actor("viewer"), twins).count(), matching(home.actor("officer"), twins).count()) == (0, 2)


# ---------------------------------------------------------------- once
def test_a_key_of_idempotency_is_of_the_version_that_was_named_too() -> None:
    home = office()
    record = entered(home)
    caller = Caller(Authorization=f"Bearer {key_text(home, 'officer')}")
    submit(home.actor("officer"), record.pk, 1)
    place = f"export-records/{record.pk}/reopen/"
    assert caller("POST", place, Idempotency_Key="one", If_Match='"1"').status_code == 412
    assert caller("POST", place, Idempotency_Key="one", If_Match='"1"').status_code == 412
    # With the version read anew it is another request, and is not answered with the old refusal.
    assert caller("POST", place, Idempotency_Key="one", If_Match='"2"').json()["code"] == "idempotency_key_reused"
    assert caller("POST", place, Idempotency_Key="two", If_Match='"2"').status_code == 200


# ---------------------------------------------------------------- how much
def test_the_page_of_a_record_changed_and_remarked_on_without_end_stays_short() -> None:
    home = office()
    record = entered(home)
    actor = home.actor("officer")
    remember(
        change_row(actor, "edited", record, before={"note": f"{number}"}, after={"note": f"{number + 1}"})
        for number in range(300)
    )
    RecordComment.objects.bulk_create(
        RecordComment(record=record, author=home.officer, text=f"remark {number}.") for number in range(150)
    )
    page = record_page(actor, record.pk)
    assert (len(page.history), len(page.comments)) == (100, 100)
    assert (page.history[0].fields[0].after, page.comments[-1].text) == ("300", "remark 149.")
    shown = signed_in(home.officer).get(reverse("companies:record", args=[record.pk])).content.decode()
    assert shown.count("These are the newest 100.") == 2


def test_choices_of_records_are_forgotten_after_a_month() -> None:
    home = office()
    entered(home)
    old, new = (bulk.select_records(home.actor("officer"), RecordQuestion()) for _each in range(2))
    Selection.objects.filter(pk=old.pk).update(created_at=timezone.now() - bulk.KEPT_FOR)
    sweep_exports()
    assert list(Selection.objects.all()) == [new]


# ---------------------------------------------------------------- leaving
def test_keys_and_links_of_whoever_waits_to_be_deleted_open_nothing_until_they_come_back() -> None:
    home = office()
    caller = Caller(Authorization=f"Bearer {key_text(home, 'reviewer')}")
    made = make_link(home.actor("reviewer"), "For the ministry", "", 3)
    privacy.leave(home.actor("reviewer"))
    assert caller("GET", "companies/").status_code == 401
    with pytest.raises(LinkGone):
        link_of(made.secret)
    keep_account(home.actor("reviewer"))
    assert caller("GET", "companies/").status_code == 200
    assert link_of(made.secret)[0] == made.link
