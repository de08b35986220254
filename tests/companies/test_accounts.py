"""Accounts: coming in, second factors, sessions, letters."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core import mail
from django.core.management import call_command
from django.test import Client

from companies.models import Change, User
from tests.companies.visitor import PASSWORD, Visitor, code_to, letter_to, person, unused_address

pytestmark = pytest.mark.django_db


def totp(secret: str) -> str:
    """Six digits of RFC 6238 for now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def with_second_factor(visitor: Visitor) -> str:
    """Set an app up for whoever is signed in: its secret."""
    visitor.again(visitor.get("/en/accounts/2fa/totp/activate/"))
    page = visitor.get("/en/accounts/2fa/totp/activate/")
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page.content.decode()).group(1)
    assert visitor.post("/en/accounts/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    return secret


# ---------------------------------------------------------------- coming in
def test_somebody_new_is_in_once_the_code_of_the_letter_was_typed() -> None:
    visitor, email = Visitor(), unused_address()
    assert visitor.signs_up(email.upper())["Location"] == "/en/accounts/confirm-email/"
    assert not visitor.is_in
    assert visitor.types_code("AAAA-AAAA").status_code == 200
    assert not visitor.is_in
    assert visitor.types_code(code_to(email))["Location"] == "/en/my/start/"
    assert visitor.is_in
    someone = User.objects.get(email=email)
    assert (someone.name, someone.language) == ("Ann", "en")
    change = Change.objects.get(action="sign_up")
    assert (change.actor, change.organisation, change.before, change.after) == (someone, None, {}, {})


def test_opening_every_address_of_a_letter_confirms_nothing() -> None:
    visitor, email = Visitor(), unused_address()
    visitor.signs_up(email)
    for path in re.findall(r"https?://[^/\s]+(/\S*)", letter_to(email)):
        Client().get(path)
    assert not EmailAddress.objects.get(email=email).verified


def test_who_did_not_confirm_is_sent_another_code_and_stays_outside() -> None:
    email = unused_address()
    Visitor().signs_up(email)
    later = Visitor()
    with time_machine.travel(time.time() + 60):
        assert later.signs_in(email)["Location"] == "/en/accounts/confirm-email/"
        assert not later.is_in
        later.types_code(code_to(email))
        assert later.is_in


def test_who_was_made_at_the_terminal_needs_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    email = unused_address()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email=email, verbosity=0)
    visitor = Visitor()
    assert visitor.signs_in(email)["Location"] == "/en/my/start/"
    assert visitor.is_in


@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_after_a_sign_in_pages_are_in_the_language_of_the_person(language: str) -> None:
    visitor, someone = Visitor(), person(language=language)
    answer = visitor.signs_in(someone.email, next="/en/products/?search=tea")
    assert answer["Location"] == f"/{language}/products/?search=tea"


def test_staff_come_in_by_the_same_door_and_end_at_the_page_they_asked_for() -> None:
    visitor, someone = Visitor(), person(is_staff=True)
    path = "/en/markets/KAZ/edit/?part=document"
    answer = visitor.get(path, follow=True)
    assert answer.request["PATH_INFO"] == "/en/accounts/login/"
    assert visitor.signs_in(someone.email, next=answer.wsgi_request.GET["next"])["Location"] == path
    assert visitor.get("/en/staff/").status_code == 200
    assert visitor.get("/en/staff/password_change/")["Location"] == "/en/accounts/password/change/"


def test_the_door_of_staff_lets_no_one_else_in() -> None:
    visitor, someone = Visitor(), person()
    assert visitor.get("/en/staff/login/")["Location"].startswith("/en/accounts/login/?next=")
    visitor.signs_in(someone.email)
    assert visitor.get("/en/staff/login/").status_code == 403


# ---------------------------------------------------------------- passwords
def test_a_forgotten_password_is_replaced_by_a_code_and_every_session_ends() -> None:
    someone, before, visitor = person(), Visitor(), Visitor()
    before.signs_in(someone.email)
    assert visitor.post("/en/accounts/password/reset/", {"email": someone.email}).status_code == 302
    visitor.types_code(code_to(someone.email), "/en/accounts/password/reset/confirm/")
    new = {"password1": "another horse 8", "password2": "another horse 8"}
    assert visitor.post("/en/accounts/password/reset/complete/", new).status_code == 302
    assert not visitor.is_in
    assert not before.is_in
    assert Visitor().signs_in(someone.email).status_code == 200
    assert visitor.signs_in(someone.email, "another horse 8").status_code == 302
    assert letter_to(someone.email).startswith("Your password was changed")
    assert Change.objects.filter(action="reset_password", actor=someone).count() == 1


def test_a_code_for_a_new_password_is_void_after_three_wrong_ones() -> None:
    someone, visitor = person(), Visitor()
    visitor.post("/en/accounts/password/reset/", {"email": someone.email})
    code = code_to(someone.email)
    for _ in range(3):
        visitor.types_code("AAAA-AAAA", "/en/accounts/password/reset/confirm/")
    visitor.types_code(code, "/en/accounts/password/reset/confirm/")
    assert visitor.get("/en/accounts/password/reset/complete/").status_code == 302


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one() -> None:
    someone, here, there = person(), Visitor(), Visitor()
    for each in (here, there):
        each.signs_in(someone.email)
    new = {"oldpassword": PASSWORD, "password1": "another horse 8", "password2": "another horse 8"}
    assert here.post("/en/accounts/password/change/", new)["Location"] == "/en/my/settings/"
    assert here.is_in
    assert not there.is_in
    assert Change.objects.filter(action="change_password", actor=someone).count() == 1


def test_another_address_counts_once_its_code_was_typed() -> None:
    someone, visitor, email = person(), Visitor(), unused_address()
    visitor.signs_in(someone.email)
    visitor.again(visitor.post("/en/accounts/email/", {"email": email, "action_add": ""}))
    assert User.objects.get(pk=someone.pk).email == someone.email
    visitor.types_code(code_to(email))
    assert User.objects.get(pk=someone.pk).email == email
    assert list(EmailAddress.objects.filter(user=someone).values_list("email", "verified")) == [(email, True)]
    assert "was changed" in letter_to(someone.email)
    kept = "".join(str(row) for row in Change.objects.values("before", "after", "action"))
    assert "@" not in kept


# ---------------------------------------------------------------- second factors
def test_with_a_second_factor_the_password_alone_opens_nothing() -> None:
    someone, visitor, other = person(), Visitor(), Visitor()
    visitor.signs_in(someone.email)
    secret = with_second_factor(visitor)
    assert other.signs_in(someone.email)["Location"] == "/en/accounts/2fa/authenticate/"
    assert not other.is_in
    assert other.post("/en/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    with time_machine.travel(time.time() + 60):
        assert other.post("/en/accounts/2fa/authenticate/", {"code": totp(secret)})["Location"] == "/en/my/start/"
    assert other.is_in


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference_facts")
def test_a_second_factor_that_comes_or_goes_is_remembered_and_told() -> None:
    someone, visitor = person(), Visitor()
    visitor.signs_in(someone.email)
    with_second_factor(visitor)
    assert letter_to(someone.email).startswith("Two-step sign-in is on")
    visitor.post("/en/accounts/2fa/recovery-codes/generate/")
    assert letter_to(someone.email).startswith("New recovery codes")
    visitor.post("/en/accounts/2fa/totp/deactivate/")
    assert letter_to(someone.email).startswith("Two-step sign-in is off")
    actions = list(Change.objects.filter(actor=someone).order_by("pk").values_list("action", flat=True))
    assert actions == ["add_second_factor", "make_recovery_codes", "remove_second_factor"]


def test_a_recovery_code_opens_the_account_once() -> None:
    someone, visitor = person(), Visitor()
    visitor.signs_in(someone.email)
    with_second_factor(visitor)
    code = visitor.get("/en/accounts/2fa/recovery-codes/download/").content.decode().split()[0]
    for is_let_in in (True, False):
        other = Visitor()
        other.signs_in(someone.email)
        other.post("/en/accounts/2fa/authenticate/", {"code": code})
        assert other.is_in is is_let_in


def test_the_database_alone_gives_no_secret_of_a_second_factor() -> None:
    someone, visitor = person(), Visitor()
    visitor.signs_in(someone.email)
    secret = with_second_factor(visitor)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_what_matters_asks_for_the_password_again_and_for_five_minutes_no_more() -> None:
    someone, visitor = person(), Visitor()
    visitor.signs_in(someone.email)
    path = "/en/accounts/2fa/totp/activate/"
    answer = visitor.get(path)
    assert visitor.again(answer, "wrong").status_code == 200
    assert visitor.again(answer)["Location"] == path
    assert visitor.get(path).status_code == 200
    with time_machine.travel(time.time() + 600):
        assert visitor.get(path).status_code == 302


# ---------------------------------------------------------------- sessions
def test_a_person_sees_where_they_are_signed_in_and_signs_the_others_out() -> None:
    someone, here, there = person(), Visitor(), Visitor(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    for each in (here, there):
        each.signs_in(someone.email)
    assert "Firefox on Windows" in here.get("/en/accounts/sessions/").content.decode()
    here.post("/en/accounts/sessions/")
    assert here.is_in
    assert not there.is_in


# ---------------------------------------------------------------- letters
@pytest.mark.parametrize(("language", "path"), [("zh-hans", "/zh-hans"), ("ru", "/ru")])
def test_letters_are_short_plain_and_name_the_site_of_the_settings(language: str, path: str) -> None:
    someone = person(language=language)
    Visitor().post("/en/accounts/password/reset/", {"email": someone.email})
    Visitor().signs_up(someone.email)
    assert len(mail.outbox) == 2
    for letter in mail.outbox:
        assert not letter.alternatives
        assert len(letter.body) < 800
        assert "http://127.0.0.1:8000" in letter.body
        assert "&" not in letter.body
        assert "testserver" not in letter.body
    assert f"http://127.0.0.1:8000{path}/accounts/login/" in mail.outbox[1].body


def test_the_page_says_where_the_code_is_when_letters_are_only_printed(settings: LazySettings) -> None:
    told = "var/log/web.log"
    visitor = Visitor()
    visitor.signs_up(unused_address())
    assert told not in visitor.get("/en/accounts/confirm-email/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert told in visitor.get("/en/accounts/confirm-email/").content.decode()
