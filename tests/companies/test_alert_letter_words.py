"""What a letter with alerts says: old and new with their source, in the language and figures of whoever gets it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from companies.alerts.facts import Facts, Revised, Side
from companies.alerts.letters import MOST_TOLD, due_people, send_letter
from companies.models import User
from companies.profiles.alert_letter import MOST_FIGURES, alert_letter
from companies.tasks import send_alert_letters
from tests.companies.alert_world import alert_of, rule, rule_of
from tests.companies.visitor import person
from tests.factories import GDP, POPULATION, ReleaseFactory

pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    """Where the links of a page lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if tag == "a" and name == "href"]


def revised(count: int = 1, **sides: Any) -> dict[str, Any]:
    """GDP of 2023 was 262 billion and is 288 billion, then population, and so on."""
    old = Side(Decimal(261_999_000_000), "2023", "", sides.get("old"))
    new = Side(Decimal(288_100_000_000), "2023", "p", sides.get("new"))
    people = Revised(POPULATION, Side(Decimal(20_000_000), "2023"), Side(None, "2023", "x"))
    figures = (Revised(GDP, old, new), *([people] * (count - 1)))
    return Facts(old=old, new=new, revised=figures, count=count).packed()


def letter_to(someone: User, **alert: Any) -> EmailMultiAlternatives:
    """The letter with one alert of any figure of Kazakhstan."""
    alert_of(rule_of(someone), **{"facts": revised(), **alert})
    assert [send_letter(each, alert_letter) for each in due_people()] == [True]
    sent = mail.outbox[-1]
    assert isinstance(sent, EmailMultiAlternatives)
    return sent


def html_of(letter: EmailMultiAlternatives) -> str:
    ((text, kind),) = [(str(each[0]), each[1]) for each in letter.alternatives]
    assert kind == "text/html"
    return text


def test_it_tells_old_and_new_the_source_and_why() -> None:
    before = ReleaseFactory(dataset_id="worldbank", released_on=dt.date(2025, 11, 3))
    release = ReleaseFactory(dataset_id="worldbank", released_on=dt.date(2026, 3, 1))
    letter = letter_to(person(), facts=revised(old=before.pk, new=release.pk), release=release)
    assert letter.subject == "Kazakhstan, GDP: the figure of 2023 was revised"
    for text in (letter.body, html_of(letter)):
        assert "US$262.0\xa0bn (2023)" in text
        assert "US$288.1\xa0bn (2023, provisional)" in text
        assert "+10.0%" in text
        assert "World Development Indicators, vintage: Mar 1, 2026" in text
        assert "Vintage before: Nov 3, 2025" in text
        assert "tell me when any figure is revised" in text
        assert f"http://127.0.0.1:8000/en/releases/{release.pk}/" in text
        assert "http://127.0.0.1:8000/en/markets/KAZ/indicators/NY.GDP.MKTP.CD/" in text
        assert "/en/my/alerts/unsubscribe/?token=" in text


def test_figures_of_several_vintages_have_no_vintage_before_in_common() -> None:
    before = [ReleaseFactory(dataset_id="worldbank", released_on=dt.date(2025, month, 3)) for month in (5, 11)]
    new = ReleaseFactory(dataset_id="worldbank", released_on=dt.date(2026, 3, 1)).pk
    told = [
        Revised(code, Side(Decimal(1), "2023", "", old.pk), Side(Decimal(2), "2023", "", new))
        for code, old in zip((GDP, POPULATION), before, strict=True)
    ]
    facts = Facts(old=told[0].old, new=told[0].new, revised=tuple(told), count=2).packed()
    body = letter_to(person(), facts=facts).body
    assert "vintage: Mar 1, 2026" in body
    assert "Vintage before" not in body


@pytest.mark.parametrize(
    ("language", "style", "amount"),
    [
        pytest.param("zh-hans", "", "2,881亿美元", id="chinese"),
        pytest.param("ru", "", "288,1\xa0млрд\xa0US$", id="russian"),
        pytest.param("en", "myriad", "2,881\xa0亿", id="english-myriad"),
    ],
)
def test_it_is_written_as_its_reader_likes(language: str, style: str, amount: str) -> None:
    letter = letter_to(person(language=language, number_style=style))
    assert f"/{language}/markets/KAZ/" in letter.body
    assert f'<html lang="{language}">' in html_of(letter)
    assert amount in letter.body
    assert amount in html_of(letter)


def test_a_value_that_was_withdrawn_is_a_dash_with_its_reason() -> None:
    release = ReleaseFactory(dataset_id="worldbank", released_on=dt.date(2026, 3, 1))
    old, new = Side(Decimal(5), "2023", "", release.pk), Side(None, "2023", "x")
    facts = Facts(old=old, new=new, revised=(Revised(GDP, old, new),), count=1).packed()
    body = letter_to(person(), facts=facts).body
    assert "US$5 (2023) → — (2023, not available)\n" in body
    assert "vintage: Mar 1, 2026" in body


def test_so_many_figures_are_listed_and_the_others_counted() -> None:
    letter = letter_to(person(), facts=revised(9) | {"count": 40})
    assert letter.body.count("→") == MOST_FIGURES
    assert f"and {40 - MOST_FIGURES} figures more" in letter.body
    assert "Population" in html_of(letter)


def test_many_alerts_are_counted_in_the_subject_and_those_left_out_named() -> None:
    someone = person()
    of_figures = rule_of(someone)
    for _number in range(MOST_TOLD + 2):
        alert_of(of_figures, facts=revised())
    assert send_alert_letters() == 1
    (letter,) = mail.outbox
    assert letter.subject == "52 alerts"
    assert "2 alerts more stand in your list." in letter.body


def test_names_cannot_break_out_of_a_letter() -> None:
    someone = person(name="<b>Ann</b>\r\nBcc: other@example.com")
    letter = letter_to(someone)
    assert "<b>" not in html_of(letter)
    assert "\n" not in letter.subject
    assert letter.recipients() == [someone.email]


def test_every_link_of_a_letter_opens(client: Client) -> None:
    someone = person(language="ru")
    release = ReleaseFactory(dataset_id="worldbank")
    letter = letter_to(someone, facts=revised(old=release.pk, new=release.pk), release=release)
    client.force_login(someone)
    links = Links(html_of(letter)).found
    assert len(links) == 5
    for link in links:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize(
    ("columns", "facts", "where"),
    [
        pytest.param(
            {"kind": "crosses", "indicator_id": GDP, "threshold": 1},
            Facts(old=Side(Decimal(1), "2022"), new=Side(Decimal(2), "2023")),
            "/markets/KAZ/indicators/",
            id="crosses",
        ),
        pytest.param(
            {"kind": "rate_crosses", "currency_id": "KZT", "base_id": "USD", "threshold": 500},
            Facts(
                old=Side(Decimal(499), "2026-11-19"), new=Side(Decimal(501), "2026-11-20"), change_pct=Decimal("0.4")
            ),
            "/exchange-rates/?from=USD&to=KZT",
            id="rate",
        ),
        pytest.param(
            {"kind": "source_late", "dataset_id": "worldbank"},
            Facts(since="2026-11-02T00:00:00+00:00", state="late"),
            "/data/worldbank/",
            id="late",
        ),
    ],
)
def test_each_kind_leads_to_what_it_tells_of(columns: dict[str, Any], facts: Facts, where: str, client: Client) -> None:
    someone = person()
    ReleaseFactory(dataset_id="worldbank")
    alert_of(rule(person=someone, **columns), facts=facts.packed())
    assert send_alert_letters() == 1
    letter = mail.outbox[0]
    assert where in letter.body
    assert isinstance(letter, EmailMultiAlternatives)
    client.force_login(someone)
    assert client.get(Links(html_of(letter)).found[0]).status_code == 200


# ---------------------------------------------------------------- the clock's door
def test_one_that_cannot_be_made_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    first, second = person(), person()
    alert_of(rule_of(first), facts={"old": {"value": "not a number", "period": "2023"}})
    alert_of(rule_of(second), facts=revised())
    assert send_alert_letters() == 1
    assert [letter.to for letter in mail.outbox] == [[second.email]]
    assert f"to person {first.pk} could not be made" in caplog.text
    assert first.email not in caplog.text


def test_without_the_mail_server_all_wait(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    people = [person(), person()]
    for someone in people:
        alert_of(rule_of(someone), facts=revised())
    assert send_alert_letters() == 0
    assert caplog.text.count("Letters with alerts wait") == 1
    assert due_people() == [someone.pk for someone in people]
