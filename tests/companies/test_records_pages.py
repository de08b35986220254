"""The pages of records: entering once, editing beside others, deciding; what they show and never take."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Change, ExportRecord
from companies.records.deciding import approve, comment, submit
from companies.records.entering import edit_record
from markets.door.failures import error_page
from tests.companies.office import Office, office
from tests.companies.record_world import company_of, entered, entries

pytestmark = pytest.mark.django_db
NEW = "/en/records/new/"


def signed_in(home: Office, role: str) -> Client:
    client = Client()
    client.force_login(getattr(home, role))
    return client


def form_of(client: Client, address: str = NEW) -> dict[str, Any]:
    """What a browser would send back untouched: every hidden and shown entry of the page's form."""
    form = client.get(address).context["page"].form
    return {field.name: field.value() or "" for field in form}


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode().replace("\xa0", " "))


def to(record: ExportRecord, part: str = "") -> str:
    return f"/en/records/{record.pk}/{part}"


# ---------------------------------------------------------------- what the page says
def test_a_record_of_some_months_says_its_months_its_growth_and_no_annual_figure() -> None:
    home = office()
    record = entered(home)
    page = text_of(signed_in(home, "viewer").get(to(record)))
    assert "January to April 2025" in page
    assert "CN¥20.7 million" in page
    assert "+69 %" in page
    assert "So January to April 2024 came to about CN¥12.25 million" in page
    assert "12.18 to 12.31 million" in page
    for annual in ("62.1", "36.7", "in 2024 came", "per year", "a year came"):
        assert annual not in page
    assert f"Typed in by {home.officer.name}" in page


def test_a_record_in_chinese_counts_in_ten_thousands() -> None:
    home = office()
    page = text_of(signed_in(home, "viewer").get(f"/zh-hans/records/{entered(home).pk}/"))
    assert "2,070万" in page
    assert "1,218" in page


def test_markup_in_any_entry_is_text() -> None:
    home = office()
    company = company_of(home, name="<script>alert(1)</script>")
    marked = '"><img src=x onerror=alert(2)>'
    texts = ("note", "customs_office", "document_reference", "value_note", "growth_base")
    record = entered(home, company, **dict.fromkeys(texts, marked), quantity="1", quantity_unit="<b>kg</b>")
    comment(home.actor("officer"), record.pk, marked)
    submit(home.actor("officer"), record.pk, 1)
    client = signed_in(home, "officer")
    for address in (to(record), to(record, "edit/"), NEW):
        page = client.get(address).content.decode()
        for hostile in ("<script>alert", "<img src=x", "<b>kg"):
            assert hostile not in page, address


# ---------------------------------------------------------------- entering
def test_a_record_is_typed_in_once_however_often_the_button_is_pressed() -> None:
    home = office()
    company = company_of(home, name="Ningbo Handian", search_text="ningbo handian")
    client = signed_in(home, "officer")
    typed = form_of(client) | entries(company) | {"company": "Ningbo Handian"}
    first, second = (client.post(NEW, typed) for _press in range(2))
    record = ExportRecord.objects.get()
    assert first.status_code == second.status_code == 302
    assert first.url == second.url == to(record)  # type: ignore[attr-defined]
    assert (record.company, record.value_printed, record.origin) == (company, "20.7", "typed")
    assert "nothing was entered twice" in text_of(client.get(to(record)))


def test_a_form_that_was_not_given_out_enters_nothing() -> None:
    home = office()
    company = company_of(home)
    client, other = signed_in(home, "officer"), signed_in(home, "admin")
    for once in ("", str(uuid.uuid4()), form_of(other)["once"]):
        answer = client.post(NEW, entries(company) | {"once": once})
        assert answer.status_code == 422
    assert not ExportRecord.objects.exists()
    again = {field.name: field.value() or "" for field in answer.context["page"].form}
    assert client.post(NEW, again).status_code == 302


def test_nothing_but_the_entries_is_taken_from_a_form() -> None:
    home, other = office(), office()
    chosen = uuid.uuid4()
    sent = {
        "status": "approved",
        "created_by": home.admin.pk,
        "decided_by": home.reviewer.pk,
        "organisation": other.organisation.pk,
        "id": chosen,
        "pk": chosen,
        "origin": "api",
        "origin_reference": "x",
        "removed_at": "2025-01-01",
    }
    client = signed_in(home, "officer")
    client.post(NEW, form_of(client) | entries(company_of(home)) | sent | {"version": "9"})
    record = ExportRecord.objects.get()
    assert record.pk != chosen
    assert (record.status, record.created_by, record.organisation) == ("draft", home.officer, home.organisation)
    assert (record.origin, record.origin_reference, record.version, record.removed_at) == ("typed", "", 1, None)
    client.post(to(record, "edit/"), entries(record.company, value="21") | sent | {"version": "1"})
    record.refresh_from_db()
    assert (record.value_printed, record.status, record.created_by) == ("21", "draft", home.officer)
    assert (record.organisation, record.decided_by, record.origin) == (home.organisation, None, "typed")


def test_all_problems_stand_in_the_summary_with_links_and_what_was_typed_is_kept() -> None:
    home = office()
    client = signed_in(home, "officer")
    typed = form_of(client) | entries(company_of(home)) | {"value": "20,700", "period": "spring", "note": "kept"}
    answer = client.post(NEW, typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert 'href="#id_value"' in page
    assert 'href="#id_period"' in page
    assert "can be read two ways" in page
    assert 'value="20,700"' in page
    assert "kept</textarea>" in page
    assert "<title> Error:" in page


def test_of_several_companies_the_one_is_chosen() -> None:
    home = office()
    companies = [company_of(home, name=f"Silk {town}", search_text=f"silk {town}") for town in ("Osh", "Almaty")]
    client = signed_in(home, "officer")
    typed = form_of(client) | entries(companies[0]) | {"company": "Silk"}
    answer = client.post(NEW, typed)
    assert answer.status_code == 422
    assert list(answer.context["page"].may_be) == companies or set(answer.context["page"].may_be) == set(companies)
    assert client.post(NEW, typed | {"company_is": str(companies[1].pk)}).status_code == 302
    assert ExportRecord.objects.get().company == companies[1]


def test_the_next_record_begins_as_the_last_one_ended() -> None:
    home = office()
    company = company_of(home)
    client = signed_in(home, "officer")
    answer = client.post(NEW, form_of(client) | entries(company) | {"then": "another"})
    begun = form_of(client, answer.url)  # type: ignore[attr-defined]
    assert (begun["company"], begun["destination"], begun["period"]) == (company.name, "CA5", "2025-01/2025-04")
    assert (begun["currency"], begun["multiplier"], begun["value"]) == ("CNY", "1000000", "")


# ---------------------------------------------------------------- editing
def test_two_people_edit_one_record_and_choose_from_both() -> None:
    home = office()
    record = entered(home)
    officer, admin = signed_in(home, "officer"), signed_in(home, "admin")
    first, second = form_of(officer, to(record, "edit/")), form_of(admin, to(record, "edit/"))
    officer.post(to(record, "edit/"), first | {"value": "21.0", "note": "by telephone"})
    answer = admin.post(to(record, "edit/"), second | {"value": "22", "customs_office": "Ningbo"})
    page = text_of(answer)
    assert answer.status_code == 412
    assert home.officer.name in page
    fields = {field.name: field for field in answer.context["page"].merge.fields}
    assert set(fields) == {"value", "note", "customs_office"}
    assert (list(fields["value"].yours), list(fields["value"].theirs)) == (["22"], ["21.0"])
    assert [fields[name].keep for name in ("value", "note", "customs_office")] == ["yours", "theirs", "yours"]
    merge = answer.context["page"].merge
    chosen = dict(merge.carried) | {"version": merge.version, "base": merge.base}
    chosen |= {"keep-value": "theirs", "keep-note": "theirs", "keep-customs_office": "yours"}
    assert admin.post(to(record, "edit/"), chosen).status_code == 302
    record.refresh_from_db()
    assert (record.value_printed, record.note, record.customs_office) == ("21.0", "by telephone", "Ningbo")
    assert record.version == 3


def test_who_typed_the_same_as_somebody_else_has_nothing_to_merge() -> None:
    home = office()
    record = entered(home)
    client = signed_in(home, "officer")
    typed = form_of(client, to(record, "edit/")) | {"value": "21"}
    edit_record(home.actor("admin"), record.pk, 1, {"value": "21"})
    assert client.post(to(record, "edit/"), typed).url == to(record)  # type: ignore[attr-defined]
    record.refresh_from_db()
    assert record.version == 2


def test_a_form_without_its_version_saves_nothing() -> None:
    home = office()
    record = entered(home)
    client = signed_in(home, "officer")
    for version in ("", "x", "-1", "9" * 30):
        answer = client.post(to(record, "edit/"), entries(record.company, value="5") | {"version": version})
        assert answer.status_code == 428
    record.refresh_from_db()
    assert record.value_printed == "20.7"


def test_that_an_approved_record_becomes_a_draft_is_said_before_saving() -> None:
    home = office()
    record = entered(home)
    submit(home.actor("officer"), record.pk, 1)
    approve(home.actor("reviewer"), record.pk, 2)
    client = signed_in(home, "officer")
    assert "it becomes a draft again" in text_of(client.get(to(record, "edit/")))
    client.post(to(record, "edit/"), form_of(client, to(record, "edit/")) | {"value": "21"})
    record.refresh_from_db()
    assert record.status == "draft"


# ---------------------------------------------------------------- deciding
def test_ones_own_record_offers_no_approval_and_takes_none() -> None:
    home = office()
    record = entered(home)
    submit(home.actor("reviewer"), record.pk, 1)
    client = signed_in(home, "reviewer")
    page = text_of(client.get(to(record)))
    assert "You entered or submitted this record yourself" in page
    assert to(record, "approve/") not in page
    for part in ("approve/", "send-back/"):
        answer = client.post(to(record, part), {"version": 2, "decision_note": "fine"})
        assert answer.status_code == 403
        assert "You entered or submitted this record yourself" in text_of(answer)
    record.refresh_from_db()
    assert record.status == "submitted"


def test_a_record_is_submitted_sent_back_and_approved_by_pages() -> None:
    home = office()
    record = entered(home)
    officer, reviewer = signed_in(home, "officer"), signed_in(home, "reviewer")
    assert officer.post(to(record, "submit/"), {"version": 1}).status_code == 302
    assert reviewer.post(to(record, "send-back/"), {"version": 2, "decision_note": ""}).status_code == 422
    assert reviewer.post(to(record, "send-back/"), {"version": 2, "decision_note": "which one?"}).status_code == 302
    assert "which one?" in text_of(officer.get(to(record)))
    assert officer.post(to(record, "comments/"), {"text": "the second"}).status_code == 302
    assert officer.post(to(record, "submit/"), {"version": 3}).status_code == 302
    assert reviewer.post(to(record, "approve/"), {"version": 3}).status_code == 412
    assert reviewer.post(to(record, "approve/"), {"version": 4}).status_code == 302
    page = text_of(reviewer.get(to(record)))
    assert f"Approved by {home.reviewer.name}" in page
    for told in ("submitted", "sent back", "approved", "commented", "the second"):
        assert told in page
    assert reviewer.post(to(record, "approve/"), {"version": 5}).status_code == 409
    assert officer.post(to(record, "reopen/"), {"version": 5}).status_code == 302
    assert officer.post(to(record, "remove/"), {"version": 6, "removed_reason": ""}).status_code == 422
    assert officer.post(to(record, "remove/"), {"version": 6, "removed_reason": "twice"}).status_code == 302
    assert officer.get(to(record)).status_code == 404
    assert Change.objects.filter(object_id=str(record.pk), via="web").exclude(request_id="").count() == 7


# ---------------------------------------------------------------- who may
PARTS = ("", "edit/", "submit/", "approve/", "send-back/", "reopen/", "remove/", "comments/")
SENT = {"version": 1, "decision_note": "x", "removed_reason": "x", "text": "x"}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_another_offices_record_answers_as_one_that_is_not_there(part: str, method: str) -> None:
    home, other = office(), office()
    record = entered(other)
    client = signed_in(home, "admin")
    theirs = getattr(client, method)(to(record, part), SENT if method == "post" else None)
    missing = getattr(client, method)(f"/en/records/{uuid.uuid4()}/{part}", SENT if method == "post" else None)
    assert theirs.status_code == missing.status_code
    assert theirs.status_code in {404, 405}
    # All but the address asked for and the secret of the form that signs out.
    varying = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=value=\")[A-Za-z0-9]{64}")
    assert varying.sub("", theirs.content.decode()) == varying.sub("", missing.content.decode())
    record.refresh_from_db()
    assert (record.version, record.removed_at) == (1, None)


def test_a_viewer_reads_and_writes_nothing() -> None:
    home = office()
    record = entered(home)
    client = signed_in(home, "viewer")
    page = text_of(client.get(to(record)))
    assert "<button" not in page.split('id="main"')[1].split("<footer")[0]
    for part in PARTS[2:]:
        assert client.post(to(record, part), SENT).status_code == 403, part
    assert client.get(to(record, "edit/")).status_code == client.get(NEW).status_code == 403


def test_strangers_sign_in_first_and_nobody_keeps_the_page() -> None:
    home = office()
    record = entered(home)
    assert Client().get(to(record)).url.startswith(reverse("account_login"))  # type: ignore[attr-defined]
    answer = signed_in(home, "viewer").get(to(record))
    assert answer["Cache-Control"] == "private, no-store"


def test_a_record_of_another_organisation_of_mine_is_edited_where_it_is() -> None:
    home, other = office(), office()
    from companies.models import Membership

    Membership.objects.create(organisation=other.organisation, user=home.officer, role="officer")
    record = entered(other)
    client = signed_in(home, "officer")
    typed = form_of(client, to(record, "edit/")) | {"value": "21"}
    assert client.post(to(record, "edit/"), typed).status_code == 302
    record.refresh_from_db()
    assert (record.value_printed, record.organisation) == ("21", other.organisation)


def test_the_page_takes_as_many_queries_for_a_long_history_as_for_a_short_one(
    django_assert_max_num_queries: Any,
) -> None:
    home = office()
    record = entered(home)
    client = signed_in(home, "officer")
    for number in range(2, 12):
        edit_record(home.actor("officer"), record.pk, number - 1, {"value": str(number)})
        comment(home.actor("officer"), record.pk, "again")
    with django_assert_max_num_queries(40):
        client.get(to(record))


# ---------------------------------------------------------------- what is offered, and how a refusal reads
@pytest.mark.parametrize(("role", "is_offered"), [("viewer", False), ("officer", False), ("reviewer", True)])
def test_a_decision_is_offered_to_reviewers_alone(role: str, *, is_offered: bool) -> None:
    home = office()
    record = submit(home.actor("officer"), entered(home).pk, 1)
    page = text_of(signed_in(home, role).get(to(record)))
    assert ("Send back" in page) is is_offered
    assert "does not allow" not in page


def test_a_refusal_calls_what_is_missing_by_its_label() -> None:
    home = office()
    record = submit(home.actor("officer"), entered(home).pk, 1)
    page = text_of(signed_in(home, "reviewer").post(to(record, "send-back/"), {"version": 2}))
    assert "Reason: say what has to be put right" in page
    assert "Comment: write what you want to say" in text_of(
        signed_in(home, "officer").post(to(record, "comments/"), {"text": " "})
    )


def test_who_remarked_last_is_not_who_changed_it_last() -> None:
    home = office()
    record = entered(home)
    edit_record(home.actor("officer"), record.pk, 1, {"note": "by telephone"})
    comment(home.actor("reviewer"), record.pk, "seen")
    page = text_of(signed_in(home, "admin").post(to(record, "submit/"), {"version": 1}))
    assert f"The record was changed by {home.officer.name} since you read it" in page


# ---------------------------------------------------------------- pages of failure
def test_a_member_who_may_not_is_sent_to_the_admins_and_not_to_the_staff() -> None:
    home = office()
    answer = signed_in(home, "viewer").get(NEW)
    assert answer.status_code == 403
    page = text_of(answer)
    assert "for the role Officer" in page
    assert reverse("companies:members") in page
    assert "member of staff" not in page


def test_a_state_that_does_not_allow_it_is_not_told_as_a_wrong_address() -> None:
    asked = signed_in(office(), "admin").get(NEW).wsgi_request
    for status, title in (
        (409, "This could not be done"),
        (412, "This could not be done"),
        (428, "This could not be done"),
        (422, "This was not taken"),
        (410, "This has ended"),
        (400, "This address cannot be understood"),
        (502, "Something went wrong"),
    ):
        page = error_page(asked, status, "Said.")
        assert page.status_code == status
        assert title in text_of(page)
        assert "Said." in text_of(page)
