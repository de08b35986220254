"""Attacks on the door: sessions, guessing of accounts, of passwords and codes, false addresses, forged forms."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver

from companies.accounts.adapter import NO_ADDRESS, AccountAdapter
from tests.companies.test_accounts import totp, with_second_factor
from tests.companies.visitor import PASSWORD, Visitor, code_to, person, unused_address, unused_network

pytestmark = pytest.mark.django_db

FORMS = [
    "login/", "signup/", "logout/", "password/reset/", "password/reset/confirm/", "password/reset/complete/",
    "confirm-email/", "email/", "password/change/", "password/set/", "reauthenticate/", "sessions/",
    "2fa/authenticate/", "2fa/reauthenticate/", "2fa/totp/activate/", "2fa/totp/deactivate/",
    "2fa/recovery-codes/generate/",
]  # fmt: skip


OWN_FORMS = ["my/settings/", "my/privacy/leave/", "my/privacy/file/"]
ELSEWHERE = [
    "//evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "https://127.0.0.1:9/",
    "///evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
    " //evil.example",
    "/en//evil.example/../..//evil.example",
]


class CountedHasher(MD5PasswordHasher):
    """Counts how often a password is hashed, which is what takes time."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


@pytest.fixture
def counted(settings: LazySettings) -> Iterator[type[CountedHasher]]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    yield CountedHasher
    CountedHasher.hashed = 0


def words(answer: HttpResponse, *own: str) -> str:
    """A page without what differs in every answer: the token of the form, and what the visitor typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    for each in own:
        text = text.replace(each, "·")
    return text


# ---------------------------------------------------------------- S6: sessions
def test_the_session_of_a_visitor_is_another_one_after_the_sign_in() -> None:
    someone, visitor = person(), Visitor()
    visitor.post("/en/accounts/password/reset/", {"email": someone.email})
    planted = visitor.cookies["sessionid"].value
    visitor.signs_in(someone.email)
    assert visitor.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_session_is_dead_after_signing_out_whoever_kept_its_cookie() -> None:
    someone, visitor, thief = person(), Visitor(), Visitor()
    visitor.signs_in(someone.email)
    thief.cookies["sessionid"] = visitor.cookies["sessionid"].value
    assert thief.is_in
    visitor.post("/en/accounts/logout/")
    assert not thief.is_in


def test_the_cookie_of_a_session_is_for_the_server_and_this_site_alone() -> None:
    someone, visitor = person(), Visitor()
    visitor.signs_in(someone.email)
    cookie = visitor.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_session_ends_when_it_was_not_used_for_a_while(settings: LazySettings) -> None:
    someone, visitor, now = person(), Visitor(), time.time()
    visitor.signs_in(someone.email)
    assert visitor.is_in
    for hours in (11, 22):
        with time_machine.travel(now + hours * 3600):
            assert visitor.is_in
    with time_machine.travel(now + 22 * 3600 + settings.SESSION_IDLE_SECONDS + 10):
        assert not visitor.is_in


def test_a_session_ends_however_much_it_is_used(settings: LazySettings) -> None:
    someone, visitor, now = person(), Visitor(), time.time()
    visitor.signs_in(someone.email)
    assert visitor.is_in
    last = settings.SESSION_COOKIE_AGE
    for moment in range(6 * 3600, last, 6 * 3600):
        with time_machine.travel(now + moment):
            assert visitor.is_in
    with time_machine.travel(now + last + 60):
        assert not visitor.is_in


def test_pages_of_accounts_are_kept_by_nobody() -> None:
    someone, visitor = person(), Visitor()
    answers = [visitor.get("/en/accounts/login/"), visitor.get("/en/accounts/signup/"), visitor.signs_in(someone.email)]
    answers += [visitor.get(f"/en/{path}") for path in ("my/settings/", "my/privacy/", "accounts/sessions/")]
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}


# ---------------------------------------------------------------- S7: who has an account
def test_a_wrong_password_and_an_unknown_address_are_told_alike(counted: type[CountedHasher]) -> None:
    known, unknown = person().email, unused_address()
    told, work = [], []
    for email in (known, unknown):
        counted.hashed = 0
        answer = Visitor().signs_in(email, "wrong horse 7")
        told.append((answer.status_code, words(answer, email)))
        work.append(counted.hashed)
    assert told[0] == told[1]
    assert work[0] == work[1] == 1


def test_creating_an_account_tells_nobody_whether_there_is_one(counted: type[CountedHasher]) -> None:
    known, unknown = person().email, unused_address()
    told, work = [], []
    for email in (known, unknown):
        counted.hashed = 0
        visitor = Visitor()
        answer = visitor.signs_up(email)
        page = visitor.get(answer["Location"])
        wrong = visitor.types_code("AAAA-AAAA")
        told.append((answer.status_code, answer["Location"], words(page, email), words(wrong, email)))
        work.append(counted.hashed)
    assert told[0] == told[1]
    assert work[0] == work[1] == 1
    assert [letter.to for letter in mail.outbox] == [[known], [unknown]]


def test_a_forgotten_password_tells_nobody_whether_there_is_an_account(counted: type[CountedHasher]) -> None:
    known, unknown = person().email, unused_address()
    told, work = [], []
    for email in (known, unknown):
        counted.hashed = 0
        visitor = Visitor()
        answer = visitor.post("/en/accounts/password/reset/", {"email": email})
        page = visitor.get(answer["Location"])
        wrong = visitor.types_code("AAAA-AAAA", answer["Location"])
        told.append((answer.status_code, answer["Location"], words(page, email), words(wrong, email)))
        work.append(counted.hashed)
    assert told[0] == told[1]
    assert work[0] == work[1] == 0
    assert [letter.to for letter in mail.outbox] == [[known], [unknown]]


# ---------------------------------------------------------------- S8: guessing
@pytest.mark.parametrize("is_known", [True, False])
def test_an_account_is_guessed_at_ten_times_in_five_minutes_from_wherever(*, is_known: bool) -> None:
    email = person().email if is_known else unused_address()
    for number in range(10):
        # under other names and ports of the site, too
        answer = Visitor(HTTP_HOST=f"localhost:{8000 + number}").signs_in(email.upper(), f"guess {number}")
        assert "not correct" in answer.content.decode()
    assert "Too many failed" in Visitor().signs_in(email).content.decode()
    with time_machine.travel(time.time() + 301):
        later = Visitor()
        later.signs_in(email)
        assert later.is_in is is_known


def test_one_computer_guesses_ten_times_in_five_minutes_at_whatever_accounts() -> None:
    visitor, someone = Visitor(), person()
    for _ in range(10):
        visitor.signs_in(unused_address())
    assert "Too many failed" in visitor.signs_in(someone.email).content.decode()
    neighbour = Visitor()
    neighbour.signs_in(someone.email)
    assert neighbour.is_in


def test_a_second_factor_is_guessed_at_ten_times_in_five_minutes() -> None:
    someone, visitor, thief = person(), Visitor(), Visitor()
    visitor.signs_in(someone.email)
    secret = with_second_factor(visitor)
    thief.signs_in(someone.email)
    for _ in range(10):
        thief.post("/en/accounts/2fa/authenticate/", {"code": "000000"})
    with time_machine.travel(time.time() + 60):
        thief.post("/en/accounts/2fa/authenticate/", {"code": totp(secret)})
        assert not thief.is_in


def test_nobody_is_flooded_with_letters() -> None:
    email = person().email
    answers = [Visitor().post("/en/accounts/password/reset/", {"email": email}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1]["Retry-After"]
    assert len(mail.outbox) == 5


def test_one_computer_creates_twenty_accounts_an_hour() -> None:
    visitor = Visitor()
    answers = [visitor.signs_up(unused_address()).status_code for _ in range(21)]
    assert answers == [302] * 20 + [429]


def test_without_the_count_of_attempts_nobody_comes_in(settings: LazySettings) -> None:
    away = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    someone, visitor = person(), Visitor()
    settings.CACHES = away
    for answer in (
        visitor.signs_in(someone.email),
        visitor.signs_up(unused_address()),
        visitor.post("/en/accounts/password/reset/", {"email": someone.email}),
    ):
        assert answer.status_code == 503
        assert answer["Retry-After"]
    assert mail.outbox == []
    assert visitor.get("/en/accounts/login/").status_code == 200


def test_without_the_mail_server_a_code_is_not_sent_and_the_page_says_so(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answers = [Visitor().signs_up(email) for email in (person().email, unused_address())]
    assert [answer.status_code for answer in answers] == [503, 503]


# ---------------------------------------------------------------- S14: away from here
@pytest.mark.parametrize("next_page", ELSEWHERE)
def test_nobody_is_led_to_another_site(next_page: str) -> None:
    someone, visitor = person(), Visitor()
    answer = visitor.signs_in(someone.email, next=next_page)
    target = urlsplit(answer["Location"])
    assert (target.scheme, target.netloc) == ("", "")
    assert answer["Location"].startswith("/en/")
    left = urlsplit(visitor.post("/en/accounts/logout/", {"next": next_page})["Location"])
    assert (left.scheme, left.netloc) == ("", "")


# ---------------------------------------------------------------- S15: forged forms
@pytest.mark.parametrize("form", [*(f"accounts/{path}" for path in FORMS), *OWN_FORMS])
def test_a_form_of_another_site_does_nothing(form: str) -> None:
    visitor = Visitor(enforce_csrf_checks=True, HTTP_ORIGIN="https://evil.example")
    visitor.force_login(person())
    assert visitor.post(f"/en/{form}", {"email": "x@example.com"}).status_code == 403
    plain = visitor.post(f"/en/{form}", '{"email": "x"}', content_type="text/plain")
    assert plain.status_code == 403


def test_every_form_of_accounts_is_among_those_tried() -> None:
    routes = {
        key for key in get_resolver().reverse_dict if isinstance(key, str) and key.startswith(("account_", "mfa_"))
    }
    no_form = {"account_inactive", "account_password_reset_completed", "mfa_index", "mfa_view_recovery_codes",
               "mfa_download_recovery_codes"}  # fmt: skip
    assert len(routes - no_form) == len([path for path in FORMS if path != "sessions/"])


def test_signing_out_and_leaving_need_more_than_a_link() -> None:
    someone, visitor = person(), Visitor()
    visitor.signs_in(someone.email)
    visitor.get("/en/accounts/logout/")
    assert visitor.get("/en/my/privacy/leave/").status_code == 405
    assert visitor.is_in


# ---------------------------------------------------------------- S21: false addresses
def test_a_forwarded_address_is_not_believed_of_a_stranger() -> None:
    network = unused_network()
    for number in range(10):
        liar = Visitor(REMOTE_ADDR=network, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}", HTTP_X_REAL_IP=f"10.0.1.{number}")
        liar.signs_in(unused_address())
    liar = Visitor(REMOTE_ADDR=network, HTTP_X_FORWARDED_FOR="10.0.0.99")
    assert "Too many failed" in liar.signs_in(unused_address()).content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted_as"),
    [
        (0, "10.0.0.1", "192.0.2.1"),
        (1, "10.0.0.1, 10.0.0.2", "10.0.0.2"),
        (2, "10.0.0.9, 10.0.0.1, 10.0.0.2", "10.0.0.1"),
        (2, "10.0.0.2", "10.0.0.2"),
        (1, None, "192.0.2.1"),
        (1, "nonsense", NO_ADDRESS),
    ],
)
def test_only_what_our_own_proxies_say_counts(
    settings: LazySettings, rf: RequestFactory, proxies: int, forwarded: str | None, counted_as: str
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    beside = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert AccountAdapter().get_client_ip(rf.get("/", REMOTE_ADDR="192.0.2.1", **beside)) == counted_as


def test_a_code_is_of_no_use_to_another_browser() -> None:
    email, visitor, thief = unused_address(), Visitor(), Visitor()
    visitor.signs_up(email)
    thief.types_code(code_to(email))
    assert not thief.is_in
    visitor.types_code(code_to(email))
    assert visitor.is_in
    assert PASSWORD not in "".join(letter.body for letter in mail.outbox)
