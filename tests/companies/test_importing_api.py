"""Imports by the API: a file handed in, decided on, committed and undone by a program, each step once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from companies.access import actor_of_person
from companies.importing.reading.form import MOST_BYTES
from companies.models import ExportRecord, Import
from companies.records.companies import register_company
from companies.tasks import run_import
from markets.models import Job
from tests.companies.office import Office, office
from tests.companies.programs import Caller, program

pytestmark = pytest.mark.django_db
CONTENT = (
    "Company,Destination,HS code,Period,Value,Currency\n"
    "Ningbo Cold,Kazakhstan,841821,2024,1200,CNY\n"
    "Ningbo Cold,Uzbekistan,841821,2024,800,CNY\n"
    "Ningbo Cold,Atlantis,841821,2024,10,CNY\n"
)


@pytest.fixture
def here() -> Office:
    home = office()
    register_company(actor_of_person(home.officer), {"name": "Ningbo Cold", "home": "CHN"})
    return home


def handed_in(caller: Caller, content: str = CONTENT, **headers: str) -> Any:
    return caller("POST", "imports/?name=records.csv", content, **{"Content-Type": "text/csv", **headers})


def worked(place: str, caller: Caller) -> Any:
    """The import once the work that was asked for is done, as a worker does it."""
    while (job := Import.objects.get(pk=caller("GET", place).json()["id"]).job) is not None and job.is_open:
        run_import(str(job.pk))
    return caller("GET", place)


def decided(caller: Caller, read: Any, place: str, **said: Any) -> Any:
    answer = caller("PATCH", place, said, If_Match=read["ETag"])
    assert answer.status_code == 200, answer.content
    return worked(place, caller)


def test_a_file_goes_from_upload_to_records_and_back(here: Office) -> None:
    caller = program(here, "officer")
    made = handed_in(caller)
    assert made.status_code == 201, made.content
    place = made["Location"]
    read = worked(place, caller)
    told = read.json()
    assert (told["step"], told["row_count"], told["headers"][0]) == ("read", 3, "Company")
    fields = ("company", "destination", "hs_code", "period", "value", "currency")
    checked = decided(
        caller,
        read,
        place,
        mapping={
            "columns": [{"field": name} for name in fields],
            "constants": [{"field": "hs_revision", "value": "HS2022"}],
        },
    )
    told = checked.json()
    assert (told["step"], told["is_checked"]) == ("checked", True)
    assert (told["counts"]["new"], told["counts"]["error"]) == (2, 1), told["groups"]
    assert [(each["fault"]["field"], each["fault"]["said"], each["count"]) for each in told["groups"]] == [
        ("destination", "Atlantis", 1)
    ]
    assert (told["groups"][0]["wordings"], told["groups"][0]["alike"]) == (1, [])
    (wrong,) = caller.json(f"{place}rows/?outcome=error")["data"]
    assert (wrong["number"], wrong["faults"][0]["field"]) == (4, "destination")
    refused = caller("POST", f"{place}commit/", {}, If_Match=checked["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (422, "import_rejected")
    fixed = decided(
        caller, checked, place, fixes=[{"field": "destination", "said": "Atlantis", "becomes": "Kyrgyzstan"}]
    )
    assert fixed.json()["counts"]["new"] == 3
    asked = caller("POST", f"{place}commit/", {}, If_Match=fixed["ETag"])
    assert asked.status_code == 200, asked.content
    done = worked(place, caller)
    assert done.json()["step"] == "done"
    assert ExportRecord.objects.filter(removed_at=None).count() == 3
    undone = caller("POST", f"{place}undo/", If_Match=done["ETag"])
    assert undone.status_code == 200, undone.content
    assert worked(place, caller).json()["step"] == "undone"
    assert not ExportRecord.objects.filter(removed_at=None).exists()


def test_faults_of_one_kind_are_one_group_and_unknown_companies_are_registered_at_once(here: Office) -> None:
    caller = program(here, "officer")
    lines = "".join(f"Firm {name},Kazakhstan,841821,2024,1{at},CNY\n" for at, name in enumerate("ABC"))
    place = handed_in(caller, CONTENT.partition("\n")[0] + "\n" + lines)["Location"]
    fields = ("company", "destination", "hs_code", "period", "value", "currency")
    constants = [{"field": "hs_revision", "value": "HS2022"}]
    mapping = {"columns": [{"field": name} for name in fields], "constants": constants}
    checked = decided(caller, worked(place, caller), place, mapping=mapping)
    (group,) = checked.json()["groups"]
    assert (group["fault"]["code"], group["count"], group["wordings"]) == ("unknown_company", 3, 3)
    assert [each["said"] for each in group["alike"]] == ["Firm A", "Firm B", "Firm C"]
    registered = decided(caller, checked, place, register=True)
    assert (registered.json()["counts"]["new"], registered.json()["counts"]["companies"]) == (3, 3)
    assert caller("PATCH", place, {"scale": "guess"}, If_Match=registered["ETag"]).status_code == 422


def test_the_same_key_makes_one_import_and_another_file_under_it_is_refused(here: Office) -> None:
    caller = program(here, "officer")
    first = handed_in(caller, Idempotency_Key="one")
    again = handed_in(caller, Idempotency_Key="one")
    assert (again.status_code, again["Location"]) == (201, first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    other = handed_in(caller, "a,b\n1,2\n", Idempotency_Key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert handed_in(program(here, "reviewer"), Idempotency_Key="one")["Location"] != first["Location"]
    assert Import.objects.count() == 2


def test_a_file_comes_as_a_form_or_as_the_body_with_its_name(here: Office) -> None:
    caller = program(here, "officer")
    named = caller(
        "POST",
        "imports/",
        CONTENT,
        **{"Content-Type": "text/csv", "Content-Disposition": "attachment; filename*=UTF-8''%E5%87%BA%E5%8F%A3.csv"},
    )
    assert named.json()["file_name"] == "出口.csv"
    form = caller.client.post(
        "/api/v1/imports/", {"file": SimpleUploadedFile("form.csv", CONTENT.encode())}, headers=caller.headers
    )
    assert (form.status_code, form.json()["file_name"]) == (201, "form.csv")
    assert caller("POST", "imports/", "{}").status_code == 415
    large = "x" * (MOST_BYTES + 300_000)
    assert handed_in(caller, large).status_code == 413


def test_one_thing_is_decided_at_a_time_by_whoever_read_the_newest_version(here: Office) -> None:
    caller = program(here, "officer")
    place = handed_in(caller)["Location"]
    read = worked(place, caller)
    assert caller("PATCH", place, {"keep_twins": True}).status_code == 428
    assert caller("PATCH", place, {"keep_twins": True}, If_Match='"1"').status_code == 412
    both = caller("PATCH", place, {"choices": {"sheet": 0}, "policy": {"errors": "none"}}, If_Match=read["ETag"])
    assert both.status_code == 422
    wrong = {"columns": [{"number_style": "roman"}]}
    refused = caller("PATCH", place, {"mapping": wrong}, If_Match=read["ETag"])
    assert refused.status_code == 422
    assert "/mapping/columns/0/number_style" in json.dumps(refused.json())
    again = decided(caller, read, place, choices={"header_first": 2, "header_last": 2})
    assert (again.json()["row_count"], again.json()["choices"]) == (2, {"header_first": 2, "header_last": 2})
    gone = caller("DELETE", place, If_Match=again["ETag"])
    assert gone.status_code == 204
    assert caller.json(place)["step"] == "discarded"
    assert [each["step"] for each in caller.json("imports/?step=discarded")["data"]] == ["discarded"]


def test_keys_that_may_not_import_see_no_imports(here: Office) -> None:
    place = handed_in(program(here, "officer"))["Location"]
    reading = program(here, "officer", "read:records")
    assert reading("GET", place).status_code == 404
    assert handed_in(reading).status_code == 403
    assert program(office(), "admin")("GET", place).status_code == 404
    assert Job.objects.filter(kind="import").count() == 1
