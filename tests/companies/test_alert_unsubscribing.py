"""Ending letters with alerts: by a form for who is signed in, by one click from a letter for everybody else."""

from __future__ import annotations

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from companies.access import actor_of_person
from companies.alerts.how_often import choose_letters
from companies.alerts.unsubscribing import person_of, unsubscribe_address
from companies.errors import LetterRefused
from companies.models import AlertMail, Change, User
from companies.tasks import send_alert_letters
from tests.companies.alert_world import alert_of, rule_of
from tests.companies.office import PersonFactory
from tests.companies.visitor import person

pytestmark = pytest.mark.django_db
PAGE = "/en/my/alerts/letters/"
UNSUBSCRIBE = "/en/my/alerts/unsubscribe/"


def path_of(someone: User) -> str:
    return unsubscribe_address(someone).removeprefix("http://127.0.0.1:8000")


def frequency(someone: User) -> str:
    row = AlertMail.objects.filter(person=someone).first()
    return row.frequency if row else AlertMail.Frequency.DAILY


def stranger() -> Client:
    """A browser that nobody signed in with, which is asked for the token of each form."""
    return Client(enforce_csrf_checks=True)


def text_of(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode().split("<main", 1)[1]))


# ---------------------------------------------------------------- the link in a letter
def test_opening_the_link_changes_nothing() -> None:
    someone = person()
    for method in ("get", "head", "get"):
        opened = getattr(stranger(), method)(path_of(someone))
        assert opened.status_code == 200
    assert frequency(someone) == "daily"
    assert not Change.objects.exists()
    assert opened.content.decode().split("<main")[1].count("<button") == 1
    assert opened.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in opened.headers["X-Robots-Tag"]
    assert opened.headers["Referrer-Policy"] == "same-origin"
    assert someone.email not in opened.content.decode()


def test_a_mail_program_ends_letters_in_one_click() -> None:
    someone = person()
    alert_of(rule_of(someone))
    send_alert_letters()
    header = mail.outbox[0].extra_headers["List-Unsubscribe"]
    path = header.strip("<>").removeprefix("http://127.0.0.1:8000")
    name, value = mail.outbox[0].extra_headers["List-Unsubscribe-Post"].split("=")
    answered = stranger().post(path, {name: value})
    assert answered.status_code == 200
    assert frequency(someone) == "never"
    alert_of(rule_of(someone))
    AlertMail.objects.update(sent_at=None)
    assert send_alert_letters() == 0


def test_the_button_of_the_page_ends_letters_without_signing_in_and_says_how_to_take_it_back() -> None:
    someone, browser = person(), stranger()
    page = browser.get(path_of(someone)).content.decode().split("<main")[1]
    assert re.findall(r"<form[^>]*>", page) == ['<form class="sheet" method="post">']
    assert "<input" not in page
    done = browser.post(path_of(someone))
    assert done.status_code == 200
    assert frequency(someone) == "never"
    assert f'href="{PAGE}"' in done.content.decode()
    assert "No more letters" in text_of(done)
    for again in (browser.post(path_of(someone)), browser.get(path_of(someone))):
        assert again.status_code == 200
        assert "No more letters" in text_of(again)
        assert "<form" not in again.content.decode().split("<main")[1]
    (change,) = Change.objects.all()
    assert (change.action, change.actor, change.after) == ("choose_letters", someone, {"frequency": "never"})


def test_the_link_of_one_ends_nobody_elses_letters() -> None:
    someone, other = person(), person()
    browser = Client()
    browser.force_login(other)
    assert browser.post(path_of(someone)).status_code == 200
    assert (frequency(someone), frequency(other)) == ("never", "daily")


@pytest.mark.parametrize("language", ["zh-hans", "ru"])
def test_the_link_is_in_the_readers_language(language: str) -> None:
    assert path_of(person(language=language)).startswith(f"/{language}/my/alerts/unsubscribe/")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _token: "", id="empty"),
        pytest.param(lambda token: token[:-1], id="cut-off"),
        pytest.param(lambda token: f"9{token}", id="another-person"),
        pytest.param(lambda token: token.split(".")[0], id="unsigned"),
        pytest.param(lambda _token: "\u0661.\u0662", id="other-digits"),
    ],
)
def test_links_that_were_not_made_here_end_nothing(spoil: Any) -> None:
    someone = person()
    token = spoil(path_of(someone).partition("token=")[2])
    for answered in (
        stranger().get(UNSUBSCRIBE, {"token": token}),
        stranger().post(f"{UNSUBSCRIBE}?token={token}"),
    ):
        assert answered.status_code == 410
        assert "not valid any more" in text_of(answered)
    assert frequency(someone) == "daily"


def test_the_link_of_who_left_is_void_and_that_of_who_did_not_holds_for_ever() -> None:
    someone = person()
    token = path_of(someone).partition("token=")[2]
    assert person_of(token) == someone
    User.objects.filter(pk=someone.pk).update(left_at=timezone.now())
    with pytest.raises(LetterRefused):
        person_of(token)
    User.objects.filter(pk=someone.pk).delete()
    assert stranger().post(f"{UNSUBSCRIBE}?token={token}").status_code == 410


def test_no_log_keeps_the_token(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.LOG_REQUESTS = True
    someone = person()
    token = path_of(someone).partition("token=")[2]
    with caplog.at_level(logging.DEBUG):
        stranger().get(path_of(someone))
        stranger().post(path_of(someone))
    assert "/my/alerts/unsubscribe/" in caplog.text
    assert token not in caplog.text


def test_other_methods_are_not_taken() -> None:
    assert stranger().put(path_of(person())).status_code == 405


# ---------------------------------------------------------------- the page of who is signed in
def browser_of(someone: User) -> Client:
    browser = Client()
    browser.force_login(someone)
    return browser


def test_how_often_is_chosen_on_a_page() -> None:
    someone = person()
    browser = browser_of(someone)
    assert re.search(r'value="daily"[^>]*checked', browser.get(PAGE).content.decode())
    saved = browser.post(PAGE, {"frequency": "weekly"}, follow=True)
    assert frequency(someone) == "weekly"
    assert "Your choice is saved." in saved.content.decode()
    assert re.search(r'value="weekly"[^>]*checked', saved.content.decode())
    assert browser.post(PAGE, {"frequency": "hourly"}).status_code == 422
    assert frequency(someone) == "weekly"


def test_nobody_else_sees_the_page() -> None:
    assert stranger().get(PAGE).status_code == 302


def test_the_page_says_when_the_next_letter_comes() -> None:
    someone = person()
    browser = browser_of(someone)
    assert "No alert waits. A letter comes when there is something to tell." in text_of(browser.get(PAGE))
    rule = rule_of(someone)
    alert_of(rule)
    assert "1 alert waits for the next letter. It comes in a few minutes." in text_of(browser.get(PAGE))
    send_alert_letters()
    told = text_of(browser.get(PAGE))
    assert "not before" in told
    alert_of(rule)
    alert_of(rule)
    assert "2 alerts wait for the next letter. It comes on" in text_of(browser.get(PAGE))
    AlertMail.objects.update(tries=2, try_at=timezone.now() + dt.timedelta(hours=30))
    assert "The last one could not be sent" in text_of(browser.get(PAGE))
    choose_letters(actor_of_person(someone), "never")
    assert "You get no letters." in text_of(browser.get(PAGE))
    choose_letters(actor_of_person(someone), "daily")
    assert "wait for the next" not in text_of(browser.get(PAGE))


def test_what_was_read_waits_for_no_letter() -> None:
    someone = person()
    alert_of(rule_of(someone), read_at=timezone.now())
    assert "No alert waits." in text_of(browser_of(someone).get(PAGE))


def test_an_address_that_is_not_confirmed_gets_none() -> None:
    someone = PersonFactory()
    alert_of(rule_of(someone))
    assert "not confirmed yet" in text_of(browser_of(someone).get(PAGE))
