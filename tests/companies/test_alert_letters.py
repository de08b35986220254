"""Letters with alerts: each alert in one letter once, none too often, none to who wants none or may not see it."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from companies.access import NOBODY, actor_of_person
from companies.alerts import letters
from companies.alerts.how_often import choose_letters
from companies.alerts.letters import MOST_TOLD, Waiting, due_people, pause_after, send_letter
from companies.errors import FieldsRejected, MailAway, SignInNeeded
from companies.models import Alert, AlertLetter, AlertMail, Change, Membership, User
from tests.companies.alert_world import alert_of, rule, rule_of
from tests.companies.office import office
from tests.companies.post_office import PostOffice, post_office
from tests.companies.visitor import person

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)
DAILY, WEEKLY, NEVER = AlertMail.Frequency.DAILY, AlertMail.Frequency.WEEKLY, AlertMail.Frequency.NEVER


def plain(waiting: Waiting) -> EmailMessage:
    """A letter that names its alerts by number."""
    return EmailMessage("Alerts", "\n".join([*(str(alert.pk) for alert in waiting.alerts), f"more {waiting.more}"]))


def told() -> list[set[uuid.UUID]]:
    """The alerts of each letter that was sent."""
    return [{uuid.UUID(line) for line in letter.body.splitlines()[:-1]} for letter in mail.outbox]


def send() -> int:
    return sum(send_letter(someone, plain) for someone in due_people())


def later(someone: User, by: dt.timedelta) -> None:
    """As if the last letter had been sent so much earlier."""
    row = AlertMail.objects.get(person=someone)
    assert row.sent_at
    AlertMail.objects.filter(person=someone).update(sent_at=row.sent_at - by)


def test_all_that_waits_comes_in_one_letter_once() -> None:
    someone = person()
    alerts = {alert_of(rule_of(someone)).pk for _number in range(3)}
    assert send() == 1
    assert told() == [alerts]
    (letter,) = mail.outbox
    assert letter.to == [someone.email]
    kept = AlertLetter.objects.get()
    assert (kept.person, kept.count) == (someone, 3)
    assert kept.sent_at is not None
    assert set(Alert.objects.values_list("letter", flat=True)) == {kept.pk}
    assert send() == 0
    later(someone, A_DAY)
    assert send() == 0
    assert len(mail.outbox) == 1


def test_the_first_goes_at_once_and_the_next_a_day_after_it() -> None:
    someone = person()
    watching = rule_of(someone)
    alert_of(watching)
    assert send() == 1
    second = alert_of(watching)
    assert due_people() == []
    later(someone, A_DAY - dt.timedelta(minutes=1))
    assert due_people() == []
    later(someone, dt.timedelta(minutes=1))
    assert send() == 1
    assert told()[1] == {second.pk}


def test_who_wants_one_a_week_waits_seven_days() -> None:
    someone = person()
    watching = rule_of(someone)
    choose_letters(actor_of_person(someone), WEEKLY)
    alert_of(watching)
    assert send() == 1
    alerts = {alert_of(watching).pk, alert_of(watching).pk}
    later(someone, 6 * A_DAY)
    assert due_people() == []
    later(someone, A_DAY)
    assert send() == 1
    assert told()[1] == alerts


def test_who_wants_none_gets_none_and_later_none_of_what_came_meanwhile() -> None:
    someone = person()
    actor, watching = actor_of_person(someone), rule_of(someone)
    alert_of(watching)
    choose_letters(actor, NEVER)
    assert due_people() == []
    choose_letters(actor, WEEKLY)
    assert due_people() == []
    new = alert_of(watching, fired_at=timezone.now())
    assert send() == 1
    assert told() == [{new.pk}]


def test_another_rhythm_loses_no_alert() -> None:
    someone = person()
    alert = alert_of(rule_of(someone))
    choose_letters(actor_of_person(someone), WEEKLY)
    assert send() == 1
    assert told() == [{alert.pk}]


def refused_address(someone: User) -> None:
    EmailAddress.objects.filter(user=someone).update(verified=False)


def another_address(someone: User) -> None:
    EmailAddress.objects.filter(user=someone).update(primary=False)
    EmailAddress.objects.create(user=someone, email="other@example.com", verified=True, primary=False)


def with_columns(**columns: Any) -> Callable[[User], None]:
    def lose(someone: User) -> None:
        User.objects.filter(pk=someone.pk).update(**columns)

    return lose


@pytest.mark.parametrize(
    "loses",
    [
        pytest.param(refused_address, id="unconfirmed"),
        pytest.param(another_address, id="not-primary"),
        pytest.param(with_columns(is_active=False), id="not-active"),
        pytest.param(with_columns(left_at=timezone.now()), id="left"),
        pytest.param(with_columns(deletion_wanted_at=timezone.now()), id="leaving"),
    ],
)
def test_only_confirmed_addresses_of_accounts_in_use_get_letters(loses: Callable[[User], None]) -> None:
    someone = person()
    alert_of(rule_of(someone))
    assert due_people() == [someone.pk]
    loses(someone)
    assert due_people() == []
    assert send_letter(someone.pk, plain) is False
    assert mail.outbox == []


def test_read_alerts_are_told_beside_unread_ones_but_not_alone() -> None:
    someone = person()
    watching = rule_of(someone)
    old = alert_of(watching, read_at=timezone.now())
    assert send() == 0
    assert mail.outbox == []
    silent = AlertLetter.objects.get()
    assert (silent.sent_at, silent.count) == (None, 1)
    assert due_people() == []
    read, unread = alert_of(watching, read_at=timezone.now()), alert_of(watching)
    assert send() == 1
    assert told() == [{read.pk, unread.pk}]
    old.refresh_from_db()
    assert old.letter == silent


def test_what_is_not_to_be_seen_any_more_is_not_told() -> None:
    home, someone = office(), person()
    Membership.objects.create(organisation=home.organisation, user=someone, role="officer")
    of_records = rule("record_approved", someone, organisation=home.organisation)
    hidden, shown = alert_of(of_records), alert_of(rule_of(someone))
    Membership.objects.filter(user=someone).update(ended_at=timezone.now())
    assert send() == 1
    assert told() == [{shown.pk}]
    hidden.refresh_from_db()
    assert hidden.letter is not None
    assert hidden.letter.sent_at is None
    later(someone, A_DAY)
    assert due_people() == []


def test_a_letter_tells_of_so_many_and_counts_the_others() -> None:
    someone = person()
    watching = rule_of(someone)
    alerts = [alert_of(watching).pk for _number in range(MOST_TOLD + 7)]
    assert send() == 1
    assert told() == [set(alerts[-MOST_TOLD:])]
    assert mail.outbox[0].body.endswith("more 7")
    assert AlertLetter.objects.get().count == MOST_TOLD + 7
    assert not Alert.objects.filter(letter=None).exists()


def test_programs_read_how_it_ends_and_which_it_is() -> None:
    someone = person(language="ru")
    watching = rule_of(someone)
    alert_of(watching)
    newest = alert_of(watching)
    send()
    sent = mail.outbox[0].message()
    assert sent["Message-ID"] == f"<alert-{newest.pk}@127.0.0.1>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/ru/my/alerts/unsubscribe/?token=")
    assert someone.email not in sent["List-Unsubscribe"]


# ---------------------------------------------------------------- what fails
def test_without_the_mail_server_nothing_is_tried(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    someone = person()
    alert_of(rule_of(someone))
    with pytest.raises(MailAway):
        send_letter(someone.pk, plain)
    assert not AlertMail.objects.exists()
    assert due_people() == [someone.pk]


@pytest.fixture
def post(settings: Any) -> Iterator[PostOffice]:
    """A mail server of its own, which letters are handed to."""
    with post_office() as here:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", here.port
        yield here


def test_a_letter_that_is_refused_leaves_all_as_it_was_and_is_tried_after_a_growing_pause(
    post: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    someone, other = person(), person()
    alert, other_alert = alert_of(rule_of(someone)), alert_of(rule_of(other))
    post.refuses.add(someone.email)
    with caplog.at_level(logging.WARNING):
        assert send() == 1
        for tries in (1, 2, 3):
            row = AlertMail.objects.get(person=someone)
            assert (row.tries, row.sent_at) == (tries, None)
            assert row.try_at is not None
            assert abs(row.try_at - timezone.now() - pause_after(tries)) < dt.timedelta(seconds=20)
            assert due_people() == []
            assert send_letter(someone.pk, plain) is False
            AlertMail.objects.filter(person=someone).update(try_at=timezone.now())
            assert send() == 0
    alert.refresh_from_db()
    assert alert.letter is None
    assert [letter["To"] for letter in post.taken] == [other.email]
    assert f"person {someone.pk} was not sent: SMTPRecipientsRefused" in caplog.text
    assert someone.email not in caplog.text
    post.refuses.clear()
    AlertMail.objects.filter(person=someone).update(try_at=timezone.now())
    assert send() == 1
    assert str(alert.pk) in post.to(someone.email)[0].get_payload()
    assert str(other_alert.pk) in post.to(other.email)[0].get_payload()
    row.refresh_from_db()
    assert (row.tries, row.try_at) == (0, None)


def test_the_pause_grows_to_a_day(settings: Any) -> None:
    settings.ALERT_LETTER_SECONDS = 300
    pauses = [pause_after(tries) for tries in range(1, 40)]
    assert pauses[:3] == [dt.timedelta(minutes=5), dt.timedelta(minutes=10), dt.timedelta(minutes=20)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == A_DAY


def test_a_letter_that_cannot_be_made_is_not_tried_again_at_once() -> None:
    def broken(waiting: Waiting) -> EmailMessage:
        raise LookupError(waiting.person.pk)

    someone = person()
    alert = alert_of(rule_of(someone))
    with pytest.raises(LookupError):
        send_letter(someone.pk, broken)
    assert due_people() == []
    alert.refresh_from_db()
    assert alert.letter is None


def test_who_ends_letters_while_one_is_made_gets_it_no_more() -> None:
    someone = person()
    alert_of(rule_of(someone))
    tries = letters._claim(someone.pk)  # noqa: SLF001 between the claim and the letter
    assert tries == 1
    choose_letters(actor_of_person(someone), NEVER)
    with letters._mail_server() as server:  # noqa: SLF001
        assert letters._send(someone.pk, tries, plain, server) is False  # noqa: SLF001
    assert mail.outbox == []


def test_a_claim_that_somebody_else_took_over_sends_nothing() -> None:
    someone = person()
    alert_of(rule_of(someone))
    first = letters._claim(someone.pk)  # noqa: SLF001 as by one who then stood still
    AlertMail.objects.update(try_at=timezone.now())
    second = letters._claim(someone.pk)  # noqa: SLF001
    assert (first, second) == (1, 2)
    assert first is not None
    with letters._mail_server() as server:  # noqa: SLF001
        assert letters._send(someone.pk, first, plain, server) is False  # noqa: SLF001
    assert mail.outbox == []


# ---------------------------------------------------------------- how often
def test_a_choice_is_remembered_once_and_without_an_address() -> None:
    someone = person()
    actor = actor_of_person(someone)
    for frequency in (WEEKLY, WEEKLY, NEVER):
        choose_letters(actor, frequency)
    rows = list(Change.objects.order_by("id").values_list("action", "object_kind", "before", "after"))
    assert rows == [
        ("choose_letters", "alertmail", {"frequency": "daily"}, {"frequency": "weekly"}),
        ("choose_letters", "alertmail", {"frequency": "weekly"}, {"frequency": "never"}),
    ]


def test_other_words_are_refused_and_nobody_chooses_for_nobody() -> None:
    with pytest.raises(FieldsRejected):
        choose_letters(actor_of_person(person()), "hourly")
    with pytest.raises(SignInNeeded):
        choose_letters(NOBODY, DAILY)
