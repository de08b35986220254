"""Pages kept for the wrong reader, forged hosts, ways out of the site, and what a log or an error page gives away."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse

from companies.accounts.invitations import invite
from companies.accounts.keys import make_key
from companies.models import ApiKey, ExportRecord, User
from companies.records.publishing import publish_sums
from config.logs import Ids, PlainLines
from tests.companies.office import CompanyFactory, RecordFactory, office
from tests.companies.permission_table import TABLE
from tests.companies.permission_world import World, world
from tests.companies.test_permissions import _address
from tests.companies.visitor import PASSWORD, Visitor, code_to, person, unused_address

pytestmark = pytest.mark.django_db

# Where a page might be led to that is no page of ours.
OUTSIDE = (
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "https://evil.example/en/records/",
    "http://testserver@evil.example/",
    "javascript:alert(1)",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/en/records/\r\nSet-Cookie: planted=1",
)


@pytest.fixture
def here() -> World:
    return world()


def signed_in(someone: User) -> Client:
    client = Client()
    client.force_login(someone)
    return client


# ---------------------------------------------------------------- S20: what is kept, and for whom
def test_nobody_keeps_a_page_that_a_signed_in_person_reads(here: World) -> None:
    pages = {name: row for name, row in TABLE.items() if name.startswith("companies:") and row.is_private}
    seen = 0
    for name, row in pages.items():
        if row.read is None or row.owners:
            continue
        for role in ("admin", "viewer", "stranger", "anonymous"):
            answer = here.clients[role].get(_address(name, row, here.own))
            if answer.status_code == 405:
                continue
            assert answer.get("Cache-Control") == "private, no-store", (name, role, answer.status_code)
            assert {"Cookie", "Accept-Language"} <= set(answer["Vary"].split(", ")), (name, role)
            seen += 1
    assert seen > 60


@pytest.mark.parametrize("page", ["published/", "markets/", "data/"])
def test_a_public_page_that_somebody_reads_signed_in_is_never_given_to_others(
    page: str, settings: LazySettings
) -> None:
    settings.PAGE_CACHE_SECONDS = 60
    reader = person(name=f"Reader {uuid.uuid4()}")
    address = f"/en/{page}?{uuid.uuid4()}"
    own = signed_in(reader).get(address)
    assert reader.name in own.content.decode()
    assert "private" in own["Cache-Control"]
    assert "public" not in own["Cache-Control"]
    for _time in range(2):
        answer = Client().get(address)
        assert reader.name not in answer.content.decode()
        assert "Cookie" in answer["Vary"]
    again = signed_in(reader).get(address)
    assert reader.name in again.content.decode()


def test_a_program_asks_with_its_key_and_what_it_gets_is_its_own(settings: LazySettings) -> None:
    settings.PAGE_CACHE_SECONDS = 60
    home = office()
    _key, text = make_key(home.actor("viewer"), "p", [ApiKey.Scope.READ_RECORDS])
    answer = Client().get("/api/v1/export-records/", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    public = Client().get("/api/v1/published-sums/", headers={"Authorization": f"Bearer {text}"})
    assert "public" not in public.get("Cache-Control", "")


def test_languages_do_not_mix_on_published_pages(settings: LazySettings) -> None:
    settings.PAGE_CACHE_SECONDS = 60
    home = office()
    for number in range(3):
        company = CompanyFactory(organisation=home.organisation, created_by=home.officer, name=f"C {number}")
        RecordFactory(company=company, status="approved", decided_by=home.reviewer, submitted_by=home.officer)
    publish_sums(home.actor("reviewer"), 2024)
    end = f"published/{home.organisation.pk}/?{uuid.uuid4()}"
    for language in ("en", "zh-hans", "ru", "en"):
        answer = Client().get(f"/{language}/{end}", headers={"Accept-Language": "ru"})
        assert f'<html lang="{language}"' in answer.content.decode()
        assert answer["Content-Language"] == language
        assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "a b"])
def test_an_unknown_host_is_refused_and_kept_nowhere(host: str, settings: LazySettings) -> None:
    settings.PAGE_CACHE_SECONDS = 60
    address = f"/en/published/?{uuid.uuid4()}"
    refused = Client(HTTP_HOST=host).get(address)
    assert refused.status_code == 400
    assert "evil" not in refused.content.decode()
    assert "evil" not in Client(HTTP_X_FORWARDED_HOST=host).get(address).content.decode()


def test_a_letter_leads_to_the_site_whatever_host_the_request_named(settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://sogdia.example"
    home = office()
    client = signed_in(home.admin)
    client.post("/en/org/members/", {"email": "new@example.com", "role": "officer"}, headers={"Host": "evil.example"})
    assert "https://sogdia.example/en/invitations/" in mail.outbox[-1].body
    assert "evil" not in mail.outbox[-1].body


# ---------------------------------------------------------------- S14: ways out
@pytest.mark.parametrize("onward", OUTSIDE)
def test_no_page_of_an_office_leads_out_of_the_site(onward: str) -> None:
    home = office()
    client = signed_in(home.admin)
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    record = RecordFactory(company=company)
    given = {"next": onward, "query": onward, "back": onward, "organisation": str(home.organisation.pk)}
    asked = [
        client.post("/en/org/switch/", given),
        client.post("/en/records/views/", {**given, "name": "All"}),
        client.post("/en/records/selections/", {**given, "record": str(record.pk)}),
        client.post(f"/en/records/{record.pk}/submit/", {**given, "version": "1"}),
        client.post("/en/companies/new/", {**given, "name": "New one"}),
        client.get("/en/records/", {**given, "apply": "1", "search": onward}),
        Client().get("/en/records/", given),
    ]
    for answer in asked:
        assert "planted" not in answer.cookies
        place = answer.headers.get("Location")
        if place is not None:
            assert place.startswith("/en/"), place
            assert "\n" not in place


def test_who_signs_in_on_the_way_to_a_page_goes_there_and_nowhere_else() -> None:
    someone = person()
    way = Client().get("/en/records/?search=a//b")["Location"]
    assert way == "/en/accounts/login/?next=/en/records/%3Fsearch%3Da//b"
    assert Client().get("/", PATH_INFO="//evil.example/en/records/").status_code == 404
    for onward in OUTSIDE:
        assert Visitor().signs_in(someone.email, next=onward)["Location"].startswith("/en/"), onward


# ---------------------------------------------------------------- S23: logs, errors, doors nobody should find
@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Whatever is logged, at the finest level, as the server would write it."""
    kept, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(PlainLines())
    handler.addFilter(Ids())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.setLevel(before)
    root.removeHandler(handler)


FORGED = "2026-01-01T00:00:00.000+00:00 INFO companies.door: all is well"


@pytest.mark.parametrize("cut", ["\n", "\r\n", "\x0b", "\u2028", "\x1b[2K\r"])
def test_nothing_that_is_sent_begins_a_line_of_its_own(cut: str, lines: io.StringIO, settings: LazySettings) -> None:
    settings.LOG_REQUESTS = True
    planted = f"x{cut}{FORGED}"
    client = Client()
    client.get(f"/en/records/{planted}/")
    client.get(f"/api/v1/{planted}")
    client.get("/en/nowhere/", headers={"User-Agent": planted, "X-Request-ID": planted, "Referer": planted})
    client.post("/en/accounts/login/", {"login": planted, "password": planted}, headers={"User-Agent": planted})
    client.generic("TR\x41CE", "/en/records/", headers={"X-Forwarded-For": planted})
    client.get("/api/v1/export-records/", headers={"Authorization": f"Bearer {planted}"})
    written = lines.getvalue()
    assert "/en/records/x" in written
    assert [line for line in written.splitlines() if line.startswith(FORGED[:30])] == []
    assert "\x1b" not in written


def test_no_line_tells_a_secret_or_an_address(lines: io.StringIO, settings: LazySettings) -> None:
    settings.LOG_REQUESTS = True
    visitor, email, home = Visitor(), unused_address(), office()
    visitor.signs_up(email, "Ann Smith")
    code = code_to(email)
    visitor.types_code(code)
    visitor.get("/en/my/settings/")
    session = visitor.cookies["sessionid"].value
    visitor.post("/en/accounts/logout/")
    Visitor().signs_in(email, "wrong horse 7")
    visitor.signs_in(email)
    visitor.post("/en/accounts/password/reset/", {"email": email})
    boss = signed_in(home.admin)
    guest = unused_address()
    boss.post("/en/org/members/", {"email": guest, "role": "officer"})
    letter = invite(home.actor("admin"), email, "viewer")
    secret = mail.outbox[-1].body.split("secret=")[1].split()[0]
    Client().get("/en/invitations/", {"secret": secret})
    made = boss.post("/en/my/api-keys/", {"name": "job", "scopes": "read:records", "lasts": "90", "networks": ""})
    key = made.context["page"].made
    assert key
    program = {"Authorization": f"Bearer {key}"}
    Client().get("/api/v1/export-records/", headers=program)
    Client().get("/api/v1/export-records/?unknown=1", headers=program)
    Client().get("/api/v1/export-records/", headers={"Authorization": f"Bearer {key}x"})
    written = lines.getvalue()
    assert "/en/accounts/login/" in written
    told = {
        "password": PASSWORD,
        "wrong password": "wrong horse 7",
        "address": email,
        "invited": guest,
        "code": code,
        "session": session,
        "new session": visitor.cookies["sessionid"].value,
        "secret of a letter": secret,
        "key": key,
        "half of a key": key[-20:],
        "invitation": str(letter.secret_hash),
    }
    assert [name for name, text in told.items() if text in written] == []


def test_a_fault_of_ours_tells_a_number_and_nothing_else(
    lines: io.StringIO, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.DEBUG is False
    home = office()
    record = RecordFactory(company=CompanyFactory(organisation=home.organisation, created_by=home.officer))
    # The page meets a row that cannot even be read.
    monkeypatch.setattr(ExportRecord, "period", property(lambda _self: "2024"))
    client = signed_in(home.officer)
    client.raise_request_exception = False
    answer = client.get(f"/en/records/{record.pk}/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert f"<code>{answer['X-Request-ID']}</code>" in page
    for told in ("AttributeError", "Traceback", "/companies/", ".py", "SECRET_KEY", home.officer.email, "sessionid"):
        assert told not in page, told
    assert answer["X-Request-ID"] in lines.getvalue()
    assert "AttributeError" in lines.getvalue()
    problem = Client(raise_request_exception=False).get("/api/v1/nowhere/")
    assert "Traceback" not in problem.content.decode()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "PROPFIND", "HACK"])
def test_odd_methods_are_refused_and_echo_nothing(method: str, here: World) -> None:
    for name, row in TABLE.items():
        if not name.startswith(("companies:", "api:")):
            continue
        address = _address(name, row, here.own)
        for role in ("anonymous", "admin"):
            answer = here.clients[role].generic(method, address, headers={"X-Echo": "tell-me"})
            assert answer.status_code in {302, 401, 403, 404, 405}, (name, role)
            assert "tell-me" not in answer.content.decode()


def test_options_tell_methods_alone(here: World) -> None:
    for name, row in TABLE.items():
        answer = here.clients["anonymous"].options(_address(name, row, here.own))
        assert len(answer.content) < 20_000
        assert here.home.organisation.name not in answer.content.decode()


def test_staff_of_the_installation_finds_nothing_of_an_organisation_and_no_key_to_an_account() -> None:
    ours = {model._meta.label for model in admin.site._registry}  # noqa: SLF001 Django keeps it there
    assert {label for label in ours if not label.startswith("markets.")} == {"companies.User", "auth.Group"}
    boss = signed_in(person(is_staff=True, is_superuser=True))
    assert boss.get(reverse("admin:companies_user_changelist")).status_code == 200
    for app in ("mfa/authenticator", "usersessions/usersession", "account/emailaddress", "companies/exportrecord"):
        assert boss.get(f"/en/staff/{app}/").status_code == 404, app


def test_no_page_of_the_workshop_is_open() -> None:
    for path in (
        "admin/",
        "en/admin/",
        "__debug__/",
        "en/__debug__/",
        "api/",
        "api/v0/",
        "api/v2/",
        ".env",
        ".git/HEAD",
    ):
        assert Client().get(f"/{path}").status_code in {404, 405}, path
