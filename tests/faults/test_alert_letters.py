"""Letters with alerts whose sender is killed, or that many send at once: each alert comes in one letter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from email.message import Message

import pytest
from django.db import connection
from django.utils import timezone

from companies.models import Alert, AlertLetter, AlertMail, User
from tests.companies.alert_world import alert_of, rule_of
from tests.companies.post_office import PostOffice
from tests.companies.visitor import person
from tests.config.checkout import CHECKOUT
from tests.faults.site import Servers, Staff, until, waits_for_a_lock

pytestmark = pytest.mark.servers
TASK = "companies.tasks.send_alert_letters"
AT_ONCE = 20
# So many processes that begin the task at the same moment.
_AT_ONCE = """
import multiprocessing, sys, django
django.setup()
from companies import tasks

def does(together):
    together.wait()
    getattr(tasks, sys.argv[1])()

count = int(sys.argv[2])
fork = multiprocessing.get_context("fork")
together = fork.Barrier(count)
processes = [fork.Process(target=does, args=(together,)) for _number in range(count)]
for process in processes:
    process.start()
for process in processes:
    process.join()
sys.exit(any(process.exitcode for process in processes))
"""
# Of the people of these tests; the change log refuses to be emptied while its triggers stand.
EMPTIED = """
    ALTER TABLE companies_change DISABLE TRIGGER change_not_emptied;
    TRUNCATE companies_organisation, companies_user CASCADE;
    ALTER TABLE companies_change ENABLE TRIGGER change_not_emptied
"""


@pytest.fixture
def reader(site: Servers, post: PostOffice) -> Iterator[User]:  # noqa: ARG001 they are there first
    """Somebody for whom two alerts wait."""
    yield with_alerts()
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)


def with_alerts() -> User:
    someone = person()
    rule = rule_of(someone)
    alert_of(rule)
    alert_of(rule)
    return someone


def ask(site: Servers) -> None:
    """What the clock does."""
    site.queue().send_task(TASK)


def ask_later(site: Servers) -> None:
    """The same once the pause after a try in vain is over."""
    AlertMail.objects.filter(tries__gt=0).update(try_at=timezone.now())
    ask(site)


def twenty(site: Servers, post: PostOffice, task: str) -> None:
    """Processes of the product that do a task of the companies at the same moment; none of them fails."""
    command = [sys.executable, "-c", _AT_ONCE, task, str(AT_ONCE)]
    subprocess.run(command, env=site.environment(EMAIL_URL=post.url), cwd=CHECKOUT, check=True, timeout=120)


def unsent() -> int:
    return Alert.objects.filter(letter=None).count()


def check_told_once(post: PostOffice, reader: User) -> Message:
    """All waiting alerts are in one letter, and the mail server has it once."""
    until(lambda: unsent() == 0, "the letter is sent")
    kept = AlertLetter.objects.get(person=reader)
    assert kept.count == 2
    assert kept.sent_at is not None
    (letter,) = {each["Message-ID"]: each for each in post.to(reader.email)}.values()
    return letter


def test_a_worker_killed_between_looking_and_sending_is_replaced_and_sends_one(
    site: Servers, reader: User, staff: Staff, post: PostOffice
) -> None:
    with site.locked("companies_alertmail"):
        ask(site)
        until(waits_for_a_lock, "it is about to send")
        staff.worker.kill()
        assert unsent() == 2
    assert post.asked == 0
    staff.replace_worker()
    ask_later(site)
    check_told_once(post, reader)
    ask_later(site)
    ask_later(site)
    assert len(post.to(reader.email)) == 1


def test_a_worker_killed_while_it_hands_the_letter_in_leaves_all_as_it_was(
    site: Servers, reader: User, staff: Staff, post: PostOffice
) -> None:
    with post.holding(is_kept_first=False):
        ask(site)
        until(lambda: post.asked, "it hands the letter in")
        staff.worker.kill()
        assert unsent() == 2
        assert not AlertLetter.objects.exists()
        assert AlertMail.objects.get(person=reader).tries == 1
    staff.replace_worker()
    ask_later(site)
    check_told_once(post, reader)
    assert len(post.to(reader.email)) == 1


def test_a_letter_sent_twice_by_a_crash_at_the_very_end_is_one_for_mail_programs(
    site: Servers, reader: User, staff: Staff, post: PostOffice
) -> None:
    with post.holding(is_kept_first=True):
        ask(site)
        until(lambda: post.taken, "the letter is taken")
        staff.worker.kill()
        assert unsent() == 2
    staff.replace_worker()
    ask_later(site)
    check_told_once(post, reader)
    first, second = post.to(reader.email)
    assert first["Message-ID"] == second["Message-ID"]


def test_twenty_who_send_at_once_send_one_letter_to_each(site: Servers, reader: User, post: PostOffice) -> None:
    readers = [reader, with_alerts(), with_alerts()]
    twenty(site, post, "send_alert_letters")
    for each in readers:
        check_told_once(post, each)
        assert len(post.to(each.email)) == 1
    assert len(post.taken) == len(readers)


def test_what_comes_true_while_a_letter_is_sent_waits_for_the_next(
    site: Servers, reader: User, staff: Staff, post: PostOffice
) -> None:
    assert staff.worker.is_alive
    with post.holding(is_kept_first=True):
        ask(site)
        until(lambda: post.taken, "the letter is taken")
        later = alert_of(rule_of(reader))
    until(lambda: unsent() == 1, "the letter is kept")
    later.refresh_from_db()
    assert later.letter is None
    assert AlertLetter.objects.get().count == 2
