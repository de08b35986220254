"""Who comes in at the API: keys in the header alone, sessions with the token of a page; and who keeps the answer."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client

from companies.models import ApiKey, ExportRecord, Membership
from tests.companies.office import CompanyFactory, RecordFactory, office
from tests.companies.programs import ROOT, Caller, key_text, program, signed_in, statement

pytestmark = pytest.mark.django_db
LIST = "export-records/"


def test_a_stranger_is_told_to_sign_in_whatever_they_ask() -> None:
    record = RecordFactory(
        company=CompanyFactory(organisation=(home := office()).organisation, created_by=home.officer)
    )
    stranger = Caller()
    for path in (LIST, f"{LIST}{record.pk}/", f"{LIST}{uuid.uuid4()}/", "companies/", "changes/", f"{LIST}?nonsense=1"):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = stranger(method, path)
            assert answer.status_code == 401, (method, path)
            assert answer["WWW-Authenticate"].startswith("Bearer")
    refused = stranger("POST", LIST, {"anything": 1})
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer sgd_0123456789.x",
        "Basic dXNlcjpwYXNz",
        "Token sgd_0123456789." + "a" * 43,
        "Bearer \u00ff",
    ],
)
@pytest.mark.parametrize("path", [LIST, "markets/KAZ/", "problems/", "nowhere/"])
def test_a_key_that_is_sent_is_checked_also_where_none_is_needed(header: str, path: str) -> None:
    answer = Caller(Authorization=header)("GET", path)
    assert answer.status_code == 401, answer.content
    assert "no-store" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer


def test_a_good_key_reads_public_addresses_and_nobody_keeps_what_it_got() -> None:
    home = office()
    answer = program(home, "viewer")("GET", "markets/KAZ/")
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer
    without = Client().get(f"{ROOT}markets/KAZ/")
    assert "public" in without["Cache-Control"]
    assert without["Access-Control-Allow-Origin"] == "*"


def test_a_key_that_ended_is_none() -> None:
    home = office()
    text = key_text(home, "officer")
    caller = Caller(Authorization=f"Bearer {text}")
    assert caller("GET", LIST).status_code == 200
    Membership.objects.filter(user=home.officer).update(ended_at=dt.datetime.now(dt.UTC))
    assert caller("GET", LIST).status_code == 401
    assert caller("GET", "markets/KAZ/").status_code == 401
    Membership.objects.filter(user=home.officer).update(ended_at=None)
    ApiKey.objects.update(revoked_at=dt.datetime.now(dt.UTC))
    assert caller("GET", LIST).status_code == 401


def test_a_removed_member_has_no_session_here_either() -> None:
    home = office()
    caller = signed_in(home.officer)
    assert caller("GET", LIST).status_code == 200
    Membership.objects.filter(user=home.officer).update(ended_at=dt.datetime.now(dt.UTC))
    answer = caller("GET", LIST)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_organisation")


def test_a_key_in_the_address_is_refused_and_stands_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    home = office()
    text = key_text(home, "admin")
    caplog.set_level(logging.DEBUG)
    good = Caller(Authorization=f"Bearer {text}")
    for path in (f"markets/?key={text}", f"{LIST}?api_key={text}"):
        answer = good("GET", path)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "unknown_parameter"
        assert text not in answer.content.decode()
    assert Caller()("GET", f"{LIST}?api_key={text}").status_code == 401
    Caller(Authorization=f"Bearer {text}x")("GET", LIST)
    assert text.partition(".")[2] not in caplog.text
    assert not ExportRecord.objects.exists()


def test_a_scope_that_is_missing_is_named() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    reader = program(home, "officer", "read:records")
    assert reader("GET", LIST).status_code == 200
    refused = reader("POST", LIST, statement(company))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert "write:records" in refused.json()["detail"]
    assert program(home, "officer", "read:market")("GET", LIST).status_code == 403


# ---------------------------------------------------------------- sessions
def test_a_write_by_session_needs_the_token_of_the_page() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    refused = signed_in(home.officer, with_token=False)("POST", LIST, statement(company))
    assert (refused.status_code, refused.json()["code"]) == (403, "page_token_missing")
    foreign = signed_in(home.officer)("POST", LIST, statement(company), Origin="https://evil.example")
    assert foreign.status_code == 403
    assert not ExportRecord.objects.exists()
    assert signed_in(home.officer)("POST", LIST, statement(company)).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_json_is_read(kind: str) -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    for caller in (signed_in(home.officer), program(home, "officer")):
        answer = caller("POST", LIST, statement(company), Content_Type=kind)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
        record = RecordFactory(company=company)
        action = caller("POST", f"{LIST}{record.pk}/submit/", "x=1", Content_Type=kind, If_Match='"1"')
        assert action.status_code == 415
    assert set(ExportRecord.objects.values_list("status", flat=True)) == {"draft"}


def test_no_header_turns_one_method_into_another() -> None:
    home = office()
    record = RecordFactory(company=CompanyFactory(organisation=home.organisation, created_by=home.officer))
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        for caller in (program(home, "admin"), signed_in(home.admin)):
            answer = caller("GET", f"{LIST}{record.pk}/?fields=id", **{header: "DELETE"}, If_Match='"1"')
            assert answer.status_code == 200
    assert ExportRecord.objects.get().removed_at is None


def test_no_other_site_reads_what_belongs_to_people() -> None:
    home = office()
    for caller in (program(home, "viewer"), signed_in(home.viewer), Caller()):
        for method in ("GET", "OPTIONS", "POST"):
            answer = caller(method, LIST, Origin="https://evil.example", Access_Control_Request_Method="GET")
            assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_nobody_keeps_what_belongs_to_people() -> None:
    home = office()
    record = RecordFactory(company=CompanyFactory(organisation=home.organisation, created_by=home.officer))
    for caller in (program(home, "viewer"), signed_in(home.viewer), Caller()):
        for path in (LIST, f"{LIST}{record.pk}/", f"{LIST}{uuid.uuid4()}/"):
            answer = caller("GET", path)
            assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
            assert {"Authorization", "Cookie", "Accept-Language"} <= set(answer["Vary"].split(", "))


# ---------------------------------------------------------------- how often
def test_each_key_is_counted_for_itself(settings: LazySettings) -> None:
    settings.API_RATE_KEY, settings.API_RATE_ANON = 2, 1
    home = office()
    one, other = program(home, "viewer"), program(home, "viewer")
    with time_machine.travel("2026-03-01T12:00:20Z", tick=False):
        answers = [one("GET", LIST) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0]["RateLimit-Policy"] == '"key";q=2;w=60'
        assert answers[2]["Retry-After"] == "40"
        assert other("GET", "markets/KAZ/").status_code == 200
        person = signed_in(home.viewer)("GET", LIST)
        assert person["RateLimit-Policy"] == '"person";q=2;w=60'


def test_an_address_that_tries_keys_is_not_listened_to(settings: LazySettings) -> None:
    settings.API_RATE_BAD_KEYS = 3
    home = office()
    text = key_text(home, "viewer")
    place = f"fd00:{uuid.uuid4().hex[:4]}::1"
    guesser = Caller(Client(REMOTE_ADDR=place), Authorization=f"Bearer {text[:-1]}~")
    holder = Caller(Client(REMOTE_ADDR=place), Authorization=f"Bearer {text}")
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False):
        assert [guesser("GET", "markets/KAZ/").status_code for _ in range(4)] == [401, 401, 401, 429]
        refused = holder("GET", LIST)
        assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
        assert Caller(Authorization=f"Bearer {text}")("GET", LIST).status_code == 200
