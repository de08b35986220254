"""Changing many records: exactly those chosen, as they were seen, once; and back."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from companies.errors import FieldsRejected, HiddenObject, NotAllowed, SelectionChanged, TooMany
from companies.models import Change, Company, ExportRecord, Selection, User
from companies.queries.records import RecordQuestion
from companies.records import bulk
from companies.records.bulk import Wish
from companies.records.entering import edit_record
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db
LIST = "/en/records/"
RAIL = Wish(bulk.EDIT, {"corridor": "rail"})


@pytest.fixture
def here() -> Office:
    return office()


@pytest.fixture
def company(here: Office) -> Company:
    found: Company = CompanyFactory(organisation=here.organisation, created_by=here.officer)
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def chosen(here: Office, text: str = "") -> Selection:
    return bulk.select_records(here.actor("officer"), RecordQuestion.of_text(text))


def by_rail() -> int:
    return ExportRecord.objects.filter(corridor="rail").count()


def test_all_312_matching_are_changed_when_a_313th_appears(here: Office, company: Company) -> None:
    ExportRecord.objects.bulk_create(RecordFactory.build(company=company, created_by=here.officer) for _ in range(312))
    client = signed_in(here.officer)
    sent = client.post(f"{LIST}selections/", {"all": "1", "query": "destination=KAZ"})
    address = sent["Location"]
    late = RecordFactory(company=company)
    RecordFactory(company=company, destination_id="UZB")
    wish = {"action": "edit", "field": "corridor", "corridor": "rail"}
    preview = client.post(address, wish | {"step": "preview"}).context["page"]
    assert (preview.count, preview.changing, preview.joined, len(preview.lines)) == (312, 312, 1, 20)
    assert by_rail() == 0
    done = client.post(address, wish | {"step": "apply"}, follow=True)
    assert by_rail() == 312
    late.refresh_from_db()
    assert (late.corridor, late.version) == ("", 1)
    told = [str(message) for message in done.context["messages"]]
    assert told == ["312 records were changed.", "1 more matches now; it was left alone."]
    again = client.post(address, wish | {"step": "apply"}, follow=True)
    assert "nothing was changed a second time" in again.content.decode()
    assert set(ExportRecord.objects.filter(corridor="rail").values_list("version", flat=True)) == {2}
    rows = Change.objects.filter(action="edited", object_kind="exportrecord")
    assert rows.count() == 312
    assert len(set(rows.values_list("request_id", flat=True))) == 1
    assert rows[0].before == {"corridor": "", "version": 1}
    assert rows[0].after == {"corridor": "rail", "version": 2}


def test_one_changed_since_refuses_the_whole_and_a_fresh_preview_follows(here: Office, company: Company) -> None:
    one, _other = RecordFactory(company=company), RecordFactory(company=company)
    selection = chosen(here)
    edit_record(here.actor("admin"), one.pk, 1, {"note": "seen"})
    with pytest.raises(SelectionChanged) as refused:
        bulk.apply(here.actor("officer"), selection.pk, RAIL)
    assert refused.value.context == {"changed": 1, "count": 2}
    assert by_rail() == 0
    client = signed_in(here.officer)
    wish = {"action": "edit", "field": "corridor", "corridor": "rail", "step": "apply"}
    fresh = client.post(f"{LIST}selections/{selection.pk}/", wish)
    assert fresh.status_code == 409
    assert fresh.context["page"].changing == 2
    client.post(f"{LIST}selections/{fresh.context['page'].id}/", wish)
    assert by_rail() == 2


def test_a_removed_one_refuses_the_whole_too(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    selection = chosen(here)
    ExportRecord.objects.update(removed_at="2026-01-01T00:00:00Z", removed_by=here.officer)
    with pytest.raises(SelectionChanged):
        bulk.apply(here.actor("officer"), selection.pk, RAIL)


def test_an_approved_one_becomes_a_draft_and_its_editor_cannot_approve(here: Office, company: Company) -> None:
    record = RecordFactory(company=company, status="approved", submitted_by=here.officer, decided_by=here.reviewer)
    bulk.apply(here.actor("admin"), chosen_by(here, "admin").pk, RAIL)
    record.refresh_from_db()
    assert (record.status, record.decided_by, record.edited_by) == ("draft", None, here.admin)


def chosen_by(here: Office, role: str) -> Selection:
    return bulk.select_records(here.actor(role), RecordQuestion())


def test_what_cannot_be_is_told_and_stays(here: Office, company: Company) -> None:
    with_code = RecordFactory(company=company)
    without = RecordFactory(company=company, hs_code="", hs_revision="")
    selection = chosen(here)
    wish = Wish(bulk.EDIT, {"category": ""})
    planned = bulk.plan(here.actor("officer"), selection.pk, wish)
    assert [row.record.pk for row in planned.changing] == [with_code.pk]
    assert [row.record.pk for row in planned.refused] == [without.pk]
    outcome = bulk.apply(here.actor("officer"), selection.pk, wish)
    assert (outcome.count, outcome.refused) == (1, 1)
    without.refresh_from_db()
    assert (without.category_id, without.version) == ("appliances", 1)


def test_all_the_fields_can_be_set_and_cleared(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    values = {
        "destination": "UZB", "category": "machinery", "hs_code": "8450", "hs_revision": "HS2017", "corridor": "road",
        "incoterm": "DAP", "settlement_currency": "CNY", "customs_office": "Khorgos", "note": "moved",
    }  # fmt: skip
    slug = ExportRecord._meta.get_field("category").related_model.objects.exclude(slug="appliances").first().slug  # type: ignore[union-attr] # noqa: SLF001
    bulk.apply(here.actor("officer"), chosen(here).pk, Wish(bulk.EDIT, values | {"category": slug}))
    record = ExportRecord.objects.get()
    assert (record.destination_id, record.hs_code, record.hs_revision) == ("UZB", "8450", "HS2017")
    assert (record.category_id, record.incoterm, record.settlement_currency_id) == (slug, "DAP", "CNY")
    bulk.apply(here.actor("officer"), chosen(here).pk, Wish(bulk.EDIT, {"incoterm": "", "note": ""}))
    record.refresh_from_db()
    assert (record.incoterm, record.note, record.version) == ("", "", 3)


def test_many_are_submitted_and_removed_at_once(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    approved = RecordFactory(company=company, status="approved", submitted_by=here.officer, decided_by=here.reviewer)
    assert bulk.apply(here.actor("officer"), chosen(here).pk, Wish(bulk.SUBMIT, {})).count == 1
    assert ExportRecord.objects.filter(status="submitted", submitted_by=here.officer).count() == 1
    with pytest.raises(FieldsRejected):
        bulk.plan(here.actor("officer"), chosen(here).pk, Wish(bulk.REMOVE, {}))
    selection = chosen(here)
    outcome = bulk.apply(here.actor("officer"), selection.pk, Wish(bulk.REMOVE, {}, "entered twice"))
    assert (outcome.count, outcome.refused) == (1, 1)
    assert list(ExportRecord.objects.filter(removed_at=None)) == [approved]
    assert bulk.undo(here.actor("officer"), selection.pk).count == 1
    assert ExportRecord.objects.filter(removed_at=None).count() == 2


def test_undo_respects_what_was_changed_since(here: Office, company: Company) -> None:
    first, second = RecordFactory(company=company, note="a"), RecordFactory(company=company, note="b")
    selection = chosen(here)
    bulk.apply(here.actor("officer"), selection.pk, Wish(bulk.EDIT, {"note": "same", "destination": "UZB"}))
    edit_record(here.actor("admin"), second.pk, 2, {"note": "later"})
    outcome = bulk.undo(here.actor("officer"), selection.pk)
    assert (outcome.count, outcome.refused) == (1, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.note, first.destination_id, first.version) == ("a", "KAZ", 3)
    assert (second.note, second.destination_id) == ("later", "UZB")
    assert bulk.undo(here.actor("officer"), selection.pk).count == 0
    assert Change.objects.filter(action="undone").count() == 1


def test_nothing_is_chosen_or_done_without_the_right(here: Office, company: Company) -> None:
    record = RecordFactory(company=company)
    with pytest.raises(NotAllowed):
        bulk.select_records(here.actor("viewer"), RecordQuestion())
    assert signed_in(here.viewer).post(f"{LIST}selections/", {"record": str(record.pk)}).status_code == 403
    selection = chosen(here)
    for role in ("viewer", "reviewer", "admin"):
        assert signed_in(getattr(here, role)).get(f"{LIST}selections/{selection.pk}/").status_code == 404


def test_records_and_selections_of_others_do_not_exist(here: Office, company: Company) -> None:
    elsewhere = office()
    RecordFactory(company=company)
    foreign = RecordFactory(company=CompanyFactory(organisation=elsewhere.organisation, created_by=elsewhere.officer))
    actor = here.actor("officer")
    for keys in ([foreign.pk], [uuid.uuid4()]):
        with pytest.raises(HiddenObject):
            bulk.select_records(actor, RecordQuestion(), keys)
    theirs = bulk.select_records(elsewhere.actor("officer"), RecordQuestion())
    client = signed_in(here.officer)
    wish = {"action": "edit", "field": "corridor", "corridor": "rail", "step": "apply"}
    assert client.post(f"{LIST}selections/{theirs.pk}/", wish).status_code == 404
    assert client.post(f"{LIST}selections/{theirs.pk}/undo/").status_code == 404
    assert client.post(f"{LIST}selections/", {"record": str(foreign.pk)}).status_code == 404
    assert client.post(f"{LIST}selections/", {"record": "1"}).status_code == 404
    assert by_rail() == 0


def test_unknown_entries_and_too_many_records_are_refused(
    here: Office, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    RecordFactory(company=company), RecordFactory(company=company)
    selection = chosen(here)
    for name in ("status", "created_by", "organisation", "value"):
        with pytest.raises(FieldsRejected):
            bulk.apply(here.actor("officer"), selection.pk, Wish(bulk.EDIT, {name: "approved"}))
    client = signed_in(here.officer)
    sent = client.post(f"{LIST}selections/{selection.pk}/", {"action": "edit", "field": "status", "status": "approved"})
    assert sent.status_code == 422
    monkeypatch.setattr(bulk, "MOST_SELECTED", 1)
    with pytest.raises(TooMany):
        chosen(here)
    assert client.post(f"{LIST}selections/", {"query": ""}, follow=True).redirect_chain
