"""What a body may say: nothing unknown, nothing that only the product sets, every fault at once, no trick of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings

from companies.models import Change, Company, ExportRecord
from tests.companies.office import CompanyFactory, RecordFactory, office
from tests.companies.programs import Caller, program, statement

pytestmark = pytest.mark.django_db
LIST = "export-records/"


def writer() -> tuple[Any, Caller]:
    home = office()
    return CompanyFactory(organisation=home.organisation, created_by=home.officer), program(home, "officer")


def faults(answer: Any) -> dict[str, str]:
    """Code by pointer."""
    assert answer.status_code == 422, answer.content
    return {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}


# What only the product sets, or another address.
@pytest.mark.parametrize(
    "name",
    [
        "id", "organisation", "organisation_id", "created_by", "edited_by", "decided_by", "status", "version", "origin",
        "origin_reference", "removed_at", "updated_at", "frequency", "value_printed", "is_staff", "owner", "source",
        "__class__",
    ],
)  # fmt: skip
def test_what_only_the_product_sets_is_an_unknown_field(name: str) -> None:
    company, caller = writer()
    record = RecordFactory(company=company)
    for method, path in (("POST", LIST), ("PATCH", f"{LIST}{record.pk}/")):
        answer = caller(method, path, statement(company, **{name: "approved"}), If_Match='"1"')
        assert faults(answer) == {f"/{name}": "unknown_field"}
    answer = caller("POST", "companies/", {"name": "A", name: 1} | ({"names": 1} if name == "names" else {}))
    assert faults(answer) == {f"/{name}": "unknown_field"}
    assert not Change.objects.exclude(object_kind="apikey").exists()


def test_a_nested_thing_takes_nothing_unknown_either() -> None:
    _company, caller = writer()
    answer = caller(
        "POST", "companies/", {"name": "A", "contacts": [{"name": "Li", "id": 7}], "lines": [[], {"a/b": 1}]}
    )
    assert faults(answer) == {
        "/contacts/0/id": "unknown_field",
        "/lines/0": "invalid_field",
        "/lines/1/a~1b": "unknown_field",
    }


def test_a_record_of_another_organisations_company_is_refused_as_if_there_were_none() -> None:
    _company, caller = writer()
    theirs = CompanyFactory(organisation=(other := office()).organisation, created_by=other.officer)
    nobodys = Company(pk="00000000-0000-4000-8000-000000000000")
    answers = [caller("POST", LIST, statement(each)) for each in (theirs, nobodys)]
    told = [[(fault["pointer"], fault["detail"]) for fault in answer.json()["errors"]] for answer in answers]
    assert told[0] == told[1]
    assert [answer.status_code for answer in answers] == [422, 422]


# ---------------------------------------------------------------- many
def test_many_are_entered_at_once() -> None:
    company, caller = writer()
    many = [statement(company, period=f"2024-{month:02}") for month in range(1, 13)]
    answer = caller("POST", LIST, many, Idempotency_Key="year")
    assert answer.status_code == 201
    assert [each["period"] for each in answer.json()["data"]] == [each["period"] for each in many]
    assert {each["version"] for each in answer.json()["data"]} == {1}
    assert Change.objects.filter(object_kind="exportrecord").count() == 12
    assert caller("POST", LIST, many, Idempotency_Key="year").content == answer.content
    assert ExportRecord.objects.count() == 12


def test_every_fault_of_many_is_told_at_once_and_none_is_entered() -> None:
    company, caller = writer()
    many = [
        statement(company),
        statement(company, period="soon"),
        statement(company, status="approved"),
        statement(company, value=-1, destination="XXX"),
        "nothing",
        statement(company, value=[1]),
        statement(company, currency="XXX"),
    ]
    answer = caller("POST", LIST, many)
    assert faults(answer) == {
        "/1/period": "invalid_field",
        "/2/status": "unknown_field",
        "/3/destination": "invalid_field",
        "/3/value": "invalid_field",
        "/4": "invalid_field",
        "/5/value": "invalid_field",
        "/6/currency": "invalid_field",
    }
    assert [fault["pointer"].split("/")[1] for fault in answer.json()["errors"]] == list("1233456")
    assert not ExportRecord.objects.exists()
    assert not Change.objects.exclude(object_kind="apikey").exists()


def test_no_more_than_a_thousand_at_once_and_not_none() -> None:
    company, caller = writer()
    answer = caller("POST", LIST, [statement(company)] * 1001)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many")
    assert faults(caller("POST", LIST, [])) == {"": "invalid_field"}
    assert faults(caller("PATCH", f"{LIST}{RecordFactory(company=company).pk}/", {}, If_Match='"1"')) == {
        "": "invalid_field"
    }


# ---------------------------------------------------------------- the text itself
@pytest.mark.parametrize(
    "text",
    ["{", "[" * 100_000, '{"a":' * 5_000, "NaN", '{"value": Infinity}', '{"a": 1, "a": 2}', b"\xff\xfe",
     '{"a": 1e99999999999999999999}',
     '{"value": ' + "9" * 5_000 + "}", "\ufeff{}"],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_json_is_a_malformed_request(text: str | bytes) -> None:
    _company, caller = writer()
    answer = caller("POST", LIST, text)
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "invalid_request"


@pytest.mark.parametrize(
    "text", ['"a"', "7", "null", "true", '{"\\ud800": 1}', '{"note": "\\ud800"}', '{"note": "a\\u0000b"}']
)
def test_what_is_json_but_no_entry_is_refused(text: str) -> None:
    _company, caller = writer()
    assert caller("POST", LIST, text).status_code == 422


@pytest.mark.parametrize("value", [1e300, True, {}, [], "1e999999999", "NaN", "-5", "1,5", "9" * 60])
def test_no_figure_is_guessed(value: Any) -> None:
    company, caller = writer()
    assert "/value" in faults(caller("POST", LIST, statement(company, value=value)))
    text = json.dumps(statement(company)).replace('"20.7"', "1e999999999")
    assert "/value" in faults(caller("POST", LIST, text))


def test_a_number_keeps_the_digits_that_were_sent() -> None:
    company, caller = writer()
    text = json.dumps(statement(company, multiplier=1)).replace('"20.7"', "20.70")
    assert caller("POST", LIST, text).json()["value_printed"] == "20.70"


def test_a_body_that_is_too_large_is_not_read(settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    company, caller = writer()
    answer = caller("POST", LIST, statement(company, note="x" * 2000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_without_its_length_is_not_taken_for_none() -> None:
    company, caller = writer()
    record = RecordFactory(company=company)
    answer = caller("POST", f"{LIST}{record.pk}/submit/", Transfer_Encoding="chunked", If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


# ---------------------------------------------------------------- the question
@pytest.mark.parametrize(
    "query",
    [
        "ordering=password", "sort=created_by__password", "sort=value", "company__organisation=1", "org=1",
        "organisation=1", "created_by__email=a",
        "search=" + "x" * 100_000, "fields=id,created_by__email", "limit=1000000000", "limit=0",
        "status=gone", "company=1", "hs=(a%2B)%2B$", "destination=XXXX1,%00", "cursor=abc", "period_from=soon",
        "updated_since=yesterday",
    ],
)  # fmt: skip
def test_nothing_unknown_is_asked(query: str) -> None:
    _company, caller = writer()
    answer = caller("GET", f"{LIST}?{query}")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"]


def test_each_filter_narrows_the_list() -> None:
    company, caller = writer()
    RecordFactory(company=company)
    for query in (
        f"company={company.pk}", "destination=KAZ,UZB", "category=appliances", "hs=84", "period_from=2024",
        "period_to=2024", "currency=CNY", "status=draft", "origin=typed", "search=company", "updated_since=2024-01-01",
        "destination=CA5&members=1", "mine=0",
    ):  # fmt: skip
        assert len(caller.json(f"{LIST}?{query}")["data"]) == 1, query
    for query in (
        "destination=UZB",
        "hs=85",
        "period_from=2025",
        "currency=USD",
        "status=approved",
        "corridor=rail",
        "search=zzz",
    ):
        assert caller.json(f"{LIST}?{query}")["data"] == [], query
