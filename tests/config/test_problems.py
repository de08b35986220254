"""Errors as problems: every foreseen failure, and what nobody foresaw, in one form."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils import translation
from psycopg.errors import QueryCanceled
from rest_framework import exceptions
from rest_framework.response import Response

from config.api import problem_response
from config.api.problems import _TITLES, problem_kinds
from config.api.rendering import to_json
from markets import errors

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}


def answered(raised: Exception, path: str = "/api/v1/markets/") -> Response:
    return problem_response(raised, {"request": RequestFactory().get(path), "view": None})


def problem(raised: Exception) -> Any:
    return answered(raised).data


@pytest.mark.parametrize("error", errors.error_tree(), ids=lambda error: error.__name__)
def test_every_foreseen_failure_has_a_code_a_title_and_its_own_status(error: type[errors.MarketsError]) -> None:
    response = answered(error(source="worldbank", reason="it rains", parameter="limit", value=0, expected="more"))
    assert set(response.data) == MEMBERS
    assert (response.status_code, response.data["status"]) == (error.http_status, error.http_status)
    assert response.data["code"] == error.code
    assert response.data["type"].endswith(f"/api/v1/problems/{error.code}/")
    assert response.content_type == "application/problem+json"
    assert ("Retry-After" in response.headers) == (error.retry or error.http_status == 503)


def test_no_kind_of_problem_is_without_a_title() -> None:
    assert {error.code for error in errors.error_tree()} <= set(_TITLES)


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (Http404(), 404, "unknown_address"),
        (exceptions.NotFound(), 404, "unknown_address"),
        (PermissionDenied(), 403, "forbidden"),
        (exceptions.PermissionDenied(), 403, "forbidden"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
        (exceptions.ParseError(), 400, "malformed"),
        (exceptions.Throttled(wait=7.2), 429, "throttled"),
        (SuspiciousOperation(), 400, "malformed"),
        (OperationalError("connection refused"), 503, "unavailable"),
        (InterfaceError("the connection is closed"), 503, "unavailable"),
        (DatabaseError("a wrong query"), 500, "internal_error"),
        (ZeroDivisionError("secret of the inside"), 500, "internal_error"),
    ],
)
def test_what_libraries_raise_has_a_code_too(raised: Exception, status: int, code: str) -> None:
    told = problem(raised)
    assert (told["status"], told["code"]) == (status, code)
    assert "secret" not in str(told)
    assert "refused" not in str(told)


def test_whoever_must_wait_is_told_how_long() -> None:
    assert answered(exceptions.Throttled(wait=7.2))["Retry-After"] == "8"
    assert int(answered(OperationalError())["Retry-After"]) > 0
    assert "Bearer" in answered(exceptions.NotAuthenticated())["WWW-Authenticate"]


def test_a_query_that_took_too_long_is_told_apart_from_a_lost_database() -> None:
    cancelled = OperationalError("canceling statement due to statement timeout")
    cancelled.__cause__ = QueryCanceled()
    assert problem(cancelled)["code"] == "too_slow"


def test_what_nobody_foresaw_is_logged_under_the_id_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        told = problem(ZeroDivisionError("inside"))
    assert told["request_id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_faults_of_a_body_are_told_by_json_pointer() -> None:
    raised = exceptions.ValidationError(
        {"name": ["too short"], "lines": [{}, {"a/b~c": [exceptions.ErrorDetail("no number", code="not_a_number")]}]}
    )
    told = problem(raised)
    assert told["code"] == "invalid_fields"
    assert [(fault["pointer"], fault["detail"]) for fault in told["errors"]] == [
        ("/name", "too short"),
        ("/lines/1/a~1b~0c", "no number"),
    ]
    assert told["errors"][1]["code"] == "not_a_number"


def test_the_title_is_in_the_language_of_the_request_and_the_code_is_not() -> None:
    with translation.override("ru"):
        told = problem(errors.NotFound(kind="market", key="XXX"))
    assert told["code"] == "not_found"
    assert "XXX" in told["detail"]


def test_a_problem_is_short_whatever_was_asked() -> None:
    response = answered(errors.NotFound(kind="market", key="x" * 100_000), "/api/v1/markets/" + "x" * 100_000)
    assert len(to_json(response.data)) < 2000


@pytest.mark.django_db
def test_an_outage_of_the_database_is_503_with_the_time_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise OperationalError("connection to server at 10.0.0.1 failed: password")

    monkeypatch.setattr(connection, "cursor", away)
    response = Client().get("/api/v1/markets/")
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"].endswith("no-store")
    assert "password" not in response.content.decode()


@pytest.mark.django_db
def test_an_unforeseen_failure_is_a_problem_without_its_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("markets.api.markets.market_records", broken)
    response = Client().get("/api/v1/markets/")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "secret" not in response.content.decode()


def test_every_type_of_problem_can_be_looked_up() -> None:
    catalogue = Client().get("/api/v1/problems/").json()["data"]
    assert {kind["code"] for kind in catalogue} == set(problem_kinds())
    for kind in catalogue:
        assert Client().get(f"/api/v1/problems/{kind['code']}/").json() == kind
        assert kind["title"]
        assert kind["meaning"]
