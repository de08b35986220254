"""The description of the API: it is the committed one, it is valid, and what it says holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.api.documents import openapi_document
from config.wsgi import application
from markets.door.address import ListView
from tests.config.checkout import CHECKOUT
from tests.factories import JobFactory
from tests.markets.api_world import publish_world

READS = [(path, item["get"]) for path, item in openapi_document()["paths"].items() if "get" in item]
# Those that need no key; what belongs to people is asked in tests/companies/test_api_document.py.
OPERATIONS = [(path, read) for path, read in READS if {} in read["security"]]
by_path = pytest.mark.parametrize(("path", "operation"), OPERATIONS, ids=[path for path, _ in OPERATIONS])


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(
        {**schema, "components": openapi_document()["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def example(parameter: dict[str, Any]) -> Any:
    return parameter["example"] if "example" in parameter else parameter["schema"]["examples"][0]


def examples(operation: dict[str, Any], *, place: str) -> dict[str, str]:
    """The example of each parameter, as it is written in an address."""
    found = {p["name"]: example(p) for p in operation["parameters"] if p["in"] == place and p["name"] != "cursor"}
    return {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in found.items()}


def address(path: str, operation: dict[str, Any], first_release: int) -> str:
    named = examples(operation, place="path")
    if path.startswith("/api/v1/releases/"):
        named["id"] = str(first_release)
    if path.startswith("/api/v1/jobs/"):
        JobFactory(id=named["id"], counts={"added": 1}, problems=[{"slice": "", "code": "error", "message": "none"}])
    return path.format(**named)


def test_the_committed_description_is_the_one_of_this_code() -> None:
    """`python manage.py spectacular --format openapi-json --file docs/openapi.json` writes it."""
    committed = json.loads((CHECKOUT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(openapi_document()))


def test_the_description_is_served_as_it_is_committed() -> None:
    assert Client().get("/api/v1/openapi.json").json() == json.loads(json.dumps(openapi_document()))


def test_the_description_is_openapi_3_1() -> None:
    document = openapi_document()
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))


@by_path
def test_every_parameter_is_described_and_has_an_example(path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation["parameters"]:
        assert parameter["description"], (path, parameter["name"])
        if parameter["name"] != "cursor":
            validator(parameter["schema"]).validate(example(parameter))


@by_path
@pytest.mark.django_db
def test_every_answer_is_as_described(path: str, operation: dict[str, Any]) -> None:
    old, _ = publish_world()
    url = address(path, operation, old.pk)
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    asked = examples(operation, place="query")
    own = {name: value for name, value in asked.items() if name not in ("search", "period", "group", "parent", "level")}
    for query in ({}, {"lang": "zh-hans"}, own):
        response = Client().get(url, query)
        assert response.status_code == 200, response.content
        validator(schema).validate(response.json())


@by_path
@pytest.mark.django_db
def test_every_example_of_a_parameter_is_accepted(path: str, operation: dict[str, Any]) -> None:
    old, _ = publish_world()
    url = address(path, operation, old.pk)
    for name, value in examples(operation, place="query").items():
        assert Client().get(url, {name: value}).status_code == 200, (url, name, value)


@by_path
@pytest.mark.django_db
def test_every_refusal_is_as_described(path: str, operation: dict[str, Any]) -> None:
    old, _ = publish_world()
    url = address(path, operation, old.pk)
    for response in (Client().get(url, {"foo": "1"}), Client().post(url), Client().get(url, headers={"Accept": "a/b"})):
        described = operation["responses"][str(response.status_code)]["content"][response["Content-Type"]]
        validator(described["schema"]).validate(response.json())


def _kinds_of_list(kind: type) -> list[type]:
    """Every class below that answers a record of its own."""
    below = [one for child in kind.__subclasses__() for one in [child, *_kinds_of_list(child)]]
    return [one for one in below if hasattr(one, "record")]


def test_every_list_pages_and_chooses_fields_alike() -> None:
    lists = {path for path, operation in READS if operation["operationId"].endswith("_list")} - {"/api/v1/problems/"}
    assert len(lists) == len(_kinds_of_list(ListView))
    for path, operation in READS:
        if path in lists:
            assert {"limit", "cursor", "count", "fields", "sort", "lang"} <= {
                p["name"] for p in operation["parameters"]
            }


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request through WSGI leaves the connection, and with it the transaction, of the test open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@by_path
@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_nothing_breaks_the_api(path: str, operation: dict[str, Any]) -> None:
    """A bounded run of schemathesis; the long one goes against a running server."""
    publish_world()
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)[path]["GET"]
    wanted = described.as_strategy() | described.as_strategy(GenerationMode.NEGATIVE)

    @given(case=wanted)
    @settings(max_examples=15, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        # A well-formed code that names nothing is refused: which there are, no schema can say.
        # In this process nothing unpacks a compressed answer.
        case.call_and_validate(excluded_checks=[positive_data_acceptance], headers={"Accept-Encoding": "identity"})

    holds()
    assert operation
