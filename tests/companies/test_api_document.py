"""The description of what belongs to people: valid, whole, and what it says holds, for readers and writers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.db.models.functions import Now
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ensure_resource_availability, positive_data_acceptance, use_after_free

from companies.alerts.facts import Facts, Side
from companies.models import Alert, AlertRule, TargetEntry, TargetMarket
from config.api.documents import openapi_document
from config.wsgi import application
from tests.companies.office import CompanyFactory, Office, RecordFactory, office
from tests.companies.programs import key_text, program, statement
from tests.config.checkout import CHECKOUT

# What is asked with a key or a session.
OPERATIONS = [
    (path, method, operation)
    for path, item in openapi_document()["paths"].items()
    for method, operation in item.items()
    if {} not in operation["security"]
]
each = pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{method} {path}" for path, method, _operation in OPERATIONS]
)


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    whole = {**schema, "components": openapi_document()["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_there_is_something_to_look_at() -> None:
    assert len(OPERATIONS) >= 16
    assert openapi_document()["components"]["securitySchemes"].keys() == {"key", "session"}


@each
def test_every_operation_is_described_with_what_it_takes(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["security"] == [{"key": []}, {"session": []}]
    assert {"401", "403", "406", "429"} <= operation["responses"].keys()
    for parameter in operation["parameters"]:
        assert parameter["description"], (path, parameter["name"])
        if "example" in parameter:
            validator(parameter["schema"]).validate(parameter["example"])
    named = {parameter["name"] for parameter in operation["parameters"]}
    assert ("Idempotency-Key" in named) == (method == "post")
    assert ("If-Match" in named) == ("428" in operation["responses"]) == ("412" in operation["responses"])
    if "requestBody" in operation:
        for content in operation["requestBody"]["content"].values():
            if "example" in content:
                validator(content["schema"]).validate(content["example"])


@pytest.mark.django_db
def test_answers_and_refusals_are_as_described() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    caller = program(home, "admin")
    record = caller("POST", "export-records/", statement(company)).json()["id"]
    target = caller("POST", "target-markets/", {"market": "KAZ"}).json()["id"]
    rule = caller.json("alert-rules/")["data"][0]["id"]
    facts = Facts(old=Side(None, "2023", "M"), new=Side(Decimal("1.5"), "2023"))
    alert = Alert.objects.create(person=home.admin, rule_id=rule, event="release:1", facts=facts.packed())
    paths = openapi_document()["paths"]
    asked = [
        ("get", "/api/v1/companies/", {}, None),
        ("post", "/api/v1/companies/", {}, {"name": "New"}),
        ("post", "/api/v1/companies/", {}, {"name": 1}),
        ("get", "/api/v1/companies/{id}/", {"id": company.pk}, None),
        ("patch", "/api/v1/companies/{id}/", {"id": company.pk}, {"names": [{"name": "B"}]}),
        ("get", "/api/v1/export-records/", {}, None),
        ("post", "/api/v1/export-records/", {}, [statement(company)] * 2),
        ("get", "/api/v1/export-records/{id}/", {"id": record}, None),
        ("post", "/api/v1/export-records/{id}/comments/", {"id": record}, {"text": "why?"}),
        ("get", "/api/v1/export-records/{id}/comments/", {"id": record}, None),
        ("post", "/api/v1/export-records/{id}/approve/", {"id": record}, None),
        ("post", "/api/v1/export-records/{id}/submit/", {"id": record}, None),
        ("get", "/api/v1/changes/", {}, None),
        ("post", "/api/v1/target-markets/", {}, {"market": "CA5"}),
        ("get", "/api/v1/target-markets/", {}, None),
        ("get", "/api/v1/target-markets/{id}/", {"id": target}, None),
        ("post", "/api/v1/target-markets/{id}/entries/", {"id": target}, {"text": "seen"}),
        ("get", "/api/v1/target-markets/{id}/entries/", {"id": target}, None),
        ("post", "/api/v1/target-markets/{id}/share/", {"id": target}, None),
        ("patch", "/api/v1/target-markets/{id}/", {"id": target}, {"stage": "offer"}),
        ("get", "/api/v1/alert-rules/", {}, None),
        ("get", "/api/v1/alert-rules/{id}/", {"id": rule}, None),
        ("post", "/api/v1/alert-rules/{id}/pause/", {"id": rule}, None),
        ("get", "/api/v1/alerts/", {}, None),
        ("post", "/api/v1/alerts/{id}/read/", {"id": alert.pk}, None),
        ("get", "/api/v1/alerts/{id}/", {"id": alert.pk}, None),
        ("delete", "/api/v1/export-records/{id}/", {"id": record}, None),
    ]
    for method, path, named, body in asked:
        answer = caller(method.upper(), path.format(**named), body, If_Match='"1"')
        described = paths[path][method]["responses"][str(answer.status_code)]
        schema = described["content"][answer["Content-Type"]]["schema"]
        validator(schema).validate(answer.json())


@pytest.mark.parametrize(
    "name", ["companies", "export-records", "changes", "published-sums", "target-markets", "alert-rules", "alerts"]
)
def test_the_members_of_every_list_are_documented_for_fields(name: str) -> None:
    record = resolve(f"/api/v1/{name}/").func.cls.record
    members = ", ".join(f"`{field.name}`" for field in dataclasses.fields(record))
    assert f"| `{name}` | {members} |" in (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request through WSGI leaves the connection, and with it the transaction, of the test open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _tracked(home: Office, path: str) -> Any:
    """What the admin tracks or is told of, where the address is of such a thing."""
    mine = {"person": home.admin}
    if not path.startswith(("/api/v1/target-markets/", "/api/v1/alert")):
        return None
    target = TargetMarket.objects.create(**mine, market_id="KAZ", removed_at=Now() if "restore" in path else None)
    TargetEntry.objects.create(target=target, author=home.admin, text="Seen")
    rule = AlertRule.objects.create(**mine, target=target, kind="revised", market_id="KAZ")
    alert = Alert.objects.create(**mine, rule=rule, event="release:1", facts=Facts(count=1).packed())
    return target if "target-markets" in path else rule if "alert-rules" in path else alert


@each
@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_nothing_breaks_the_api_of_an_admin(path: str, method: str, operation: dict[str, Any]) -> None:
    """A bounded run of schemathesis with an admin's key, on things that are there."""
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    thing = company if "companies" in path else _tracked(home, path) or RecordFactory(company=company)
    sent = {"Authorization": f"Bearer {key_text(home, 'admin')}", "Accept-Encoding": "identity"}
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)[path][method.upper()]
    wanted = described.as_strategy() | described.as_strategy(GenerationMode.NEGATIVE)
    # A well-formed code that names nothing is refused, which no schema can say; in each case the thing is as it was.
    skipped = [positive_data_acceptance, use_after_free, ensure_resource_availability]

    @given(case=wanted)
    @settings(max_examples=15, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        if "{id}" in path and case.meta is not None and len(str(case.path_parameters.get("id", ""))) == 36:
            case.path_parameters["id"] = str(thing.pk)
        with transaction.atomic():
            case.call_and_validate(excluded_checks=skipped, headers=sent)
            transaction.set_rollback(True)

    holds()
    assert operation
