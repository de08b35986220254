"""Export records by the API: entered, edited, decided on, followed; each write names a version and is done once."""

from __future__ import annotations

import pytest

from companies.models import Change, ExportRecord
from tests.companies.office import CompanyFactory, RecordFactory, office
from tests.companies.programs import program, signed_in, statement

pytestmark = pytest.mark.django_db


def test_a_record_is_entered_by_a_program_and_says_so() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    answer = program(home, "officer")("POST", "export-records/", statement(company))
    assert answer.status_code == 201, answer.content
    record = ExportRecord.objects.get()
    assert answer["Location"] == f"/api/v1/export-records/{record.pk}/"
    assert answer["ETag"].startswith('"1-')
    told = answer.json()
    assert (told["value"], told["value_printed"], told["currency"]) == ("20700000", "20.7", "CNY")
    assert (told["status"], told["version"], told["origin"]) == ("draft", 1, "api")
    change = Change.objects.get(object_kind="exportrecord")
    assert (change.via, change.request_id) == ("api", answer["X-Request-ID"])
    assert change.api_key is not None
    assert record.origin_reference == change.api_key.prefix


def test_the_life_of_a_record() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    officer, reviewer = signed_in(home.officer), program(home, "reviewer")
    made = officer("POST", "export-records/", statement(company))
    place = made["Location"]
    edited = officer("PATCH", place, {"note": "from the press"}, If_Match=made["ETag"])
    assert (edited.status_code, edited.json()["version"]) == (200, 2)
    assert edited.json()["value"] == made.json()["value"]
    submitted = officer("POST", f"{place}submit/", If_Match=edited["ETag"])
    assert (submitted.status_code, submitted.json()["status"]) == (200, "submitted")
    back = reviewer("POST", f"{place}send-back/", {"decision_note": "which month?"}, If_Match=submitted["ETag"])
    assert (back.json()["status"], back.json()["decision_note"]) == ("returned", "which month?")
    again = officer("POST", f"{place}submit/", If_Match=back["ETag"])
    approved = reviewer("POST", f"{place}approve/", If_Match=again["ETag"])
    assert approved.json()["status"] == "approved", approved.content
    reopened = officer("POST", f"{place}reopen/", If_Match=approved["ETag"])
    assert reopened.json()["status"] == "draft"
    gone = officer("DELETE", f"{place}?reason=twice", If_Match=reopened["ETag"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert officer("GET", place).status_code == 404
    assert officer.json("export-records/")["data"] == []
    (tomb,) = officer.json("export-records/?updated_since=2000-01-01")["data"]
    assert (tomb["removed_reason"], tomb["version"]) == ("twice", 8)


def test_one_record_has_an_etag_and_is_told_once() -> None:
    home = office()
    record = RecordFactory(company=CompanyFactory(organisation=home.organisation, created_by=home.officer))
    place = f"export-records/{record.pk}/"
    viewer = program(home, "viewer")
    found = viewer("GET", place)
    assert found.status_code == 200, found.content
    assert viewer("GET", place, If_None_Match=found["ETag"]).status_code == 304
    assert program(home, "admin")("GET", place, If_None_Match=found["ETag"]).status_code == 200
    part = viewer("GET", f"{place}?fields=id,version")
    assert part.json() == {"id": str(record.pk), "version": 1}
    assert part["ETag"].split("-")[0] == found["ETag"].split("-")[0] == '"1'
