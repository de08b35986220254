"""A write names the version it read, and each POST that names a key is done once."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connections
from django.db.models.functions import Now

from companies.accounts.answers import forget_answers
from companies.models import Change, ExportRecord, IdempotentAnswer
from tests.companies.office import CompanyFactory, Office, RecordFactory, office
from tests.companies.programs import Caller, key_text, program, signed_in, statement

LIST = "export-records/"


def with_company(role: str = "officer") -> tuple[Office, Any, Caller]:
    home = office()
    return home, CompanyFactory(organisation=home.organisation, created_by=home.officer), program(home, role)


# ---------------------------------------------------------------- versions
@pytest.mark.django_db
def test_a_write_without_a_version_is_refused() -> None:
    _home, company, caller = with_company("admin")
    place = f"{LIST}{RecordFactory(company=company).pk}/"
    tried = [
        caller("PATCH", place, {"note": "x"}),
        caller("PATCH", place, {"note": "x"}, If_Match="*"),
        caller("DELETE", f"{place}?reason=x"),
        caller("PATCH", f"companies/{company.pk}/", {"note": "x"}),
        *(caller("POST", f"{place}{action}/") for action in ("submit", "approve", "send-back", "reopen")),
        *(caller("POST", f"companies/{company.pk}/{action}/") for action in ("archive", "restore")),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in tried} == {(428, "version_missing")}
    odd = caller("PATCH", place, {"note": "x"}, If_Match="seven")
    assert (odd.status_code, odd.json()["errors"][0]["parameter"]) == (400, "If-Match")
    assert not Change.objects.filter(object_kind="exportrecord").exists()


@pytest.mark.django_db
def test_what_somebody_changed_meanwhile_is_not_overwritten() -> None:
    _home, company, caller = with_company()
    place = f"{LIST}{RecordFactory(company=company).pk}/"
    read = caller("GET", place)["ETag"]
    first = caller("PATCH", place, {"note": "first"}, If_Match=read)
    second = caller("PATCH", place, {"note": "second"}, If_Match=read)
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "version_conflict"
    assert ExportRecord.objects.get().note == "first"
    again = caller("PATCH", place, {"note": "second"}, If_Match="W/" + first["ETag"])
    assert again.status_code == 200
    assert caller("PATCH", place, {"note": "third"}, If_Match='"3"').json()["version"] == 4


@pytest.mark.django_db
def test_a_company_is_edited_archived_and_restored() -> None:
    home = office()
    caller = signed_in(home.officer)
    entered = {
        "name": "宁波汉电电器有限公司",
        "home": "CHN",
        "registration_number": "91330200",
        "contacts": [{"name": "Li", "email": "li@example.com"}],
        "lines": [{"category": "appliances"}],
    }
    made = caller("POST", "companies/", entered)
    assert made.status_code == 201, made.content
    place = made["Location"]
    edited = caller("PATCH", place, {"sector": "Appliances"}, If_Match=made["ETag"])
    assert (edited.json()["sector"], edited.json()["version"]) == ("Appliances", 2)
    assert edited.json()["contacts"][0]["email"] == "li@example.com"
    seen = program(home, "viewer").json(place)
    assert (seen["registration_number"], seen["contacts"][0]["email"]) == (None, None)
    away = caller("POST", f"{place}archive/", {"reason": "closed"}, If_Match=edited["ETag"])
    assert away.json()["archived_reason"] == "closed"
    assert caller("PATCH", place, {"note": "x"}, If_Match=away["ETag"]).json()["code"] == "archived"
    assert caller.json("companies/")["data"] == []
    assert len(caller.json("companies/?updated_since=2000-01-01&search=ningbo")["data"]) == 1
    back = caller("POST", f"{place}restore/", If_Match=away["ETag"])
    assert back.json()["archived_at"] is None
    assert [change["action"] for change in program(home, "admin").json("changes/?sort=at&object_kind=company")["data"]]


# ---------------------------------------------------------------- once
@pytest.mark.django_db
def test_the_same_request_is_done_once_and_answered_alike() -> None:
    _home, company, caller = with_company()
    first, again = (caller("POST", LIST, statement(company), Idempotency_Key="row 1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert [again[name] for name in ("ETag", "Location")] == [first[name] for name in ("ETag", "Location")]
    assert (again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
    assert ExportRecord.objects.count() == 1
    other = caller("POST", LIST, statement(company, note="another"), Idempotency_Key="row 1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = caller("POST", "companies/", statement(company), Idempotency_Key="row 1")
    assert elsewhere.status_code == 422
    assert ExportRecord.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_its_owners_alone() -> None:
    home, company, caller = with_company()
    for each in (caller, program(home, "officer"), signed_in(home.officer), program(home, "admin")):
        assert each("POST", LIST, statement(company), Idempotency_Key="1").status_code == 201
    assert ExportRecord.objects.count() == 4


@pytest.mark.django_db
def test_a_refusal_is_kept_but_not_one_that_another_moment_lifts() -> None:
    home, company, caller = with_company()
    wrong = statement(company, period="soon")
    first, again = (caller("POST", LIST, wrong, Idempotency_Key="a") for _ in range(2))
    assert first.status_code == again.status_code == 422
    assert first.content == again.content
    record = RecordFactory(company=company)
    place = f"{LIST}{record.pk}/reopen/"
    assert caller("POST", place, Idempotency_Key="b", If_Match='"1"').json()["code"] == "wrong_state"
    assert IdempotentAnswer.objects.count() == 1
    assert program(home, "viewer")("POST", LIST, wrong, Idempotency_Key="c").status_code == 403
    assert IdempotentAnswer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "k" * 256, "ключ"])
def test_a_key_has_a_form(key: str) -> None:
    _home, company, caller = with_company()
    answer = caller("POST", LIST, statement(company), Idempotency_Key=key)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "Idempotency-Key")


@pytest.mark.django_db
def test_an_answer_is_kept_for_a_day() -> None:
    _home, company, caller = with_company()
    caller("POST", LIST, statement(company), Idempotency_Key="1")
    IdempotentAnswer.objects.update(created_at=Now() - dt.timedelta(hours=25))
    assert caller("POST", LIST, statement(company), Idempotency_Key="1").status_code == 201
    assert ExportRecord.objects.count() == 2
    assert forget_answers() == 0
    IdempotentAnswer.objects.update(created_at=Now() - dt.timedelta(hours=25))
    assert forget_answers() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference_facts")
def test_two_at_the_same_moment_make_one_record() -> None:
    home, company, _caller = with_company()
    text = key_text(home, "officer")
    statuses: list[int] = []
    start = threading.Barrier(4)

    def send() -> None:
        try:
            start.wait()
            sent = Caller(Authorization=f"Bearer {text}")
            statuses.append(sent("POST", LIST, statement(company), Idempotency_Key="same").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert ExportRecord.objects.count() == 1
    assert Change.objects.filter(object_kind="exportrecord").count() == 1
