"""A market watched on a phone, in Chinese: from its page through sign-up to one alert and one letter, and no more.

Web process, worker and beat are real. The clock alone looks for news and sends letters, and never twice the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, Locator, expect

from companies.models import Alert, AlertLetter, AlertMail, TargetMarket
from companies.queries.alert_letters import PAUSES
from markets.models import Job
from tests.browser.colleagues import Speaker
from tests.browser.conftest import Visit
from tests.companies.post_office import PostOffice
from tests.companies.visitor import CODE, PASSWORD, unused_address
from tests.config.checkout import free_port
from tests.factories import GDP, GDP_GROWTH, POPULATION, entry, page
from tests.faults.import_officer import NARROW
from tests.faults.site import INFLATION, Process, Servers, Staff, Upstream, ended, request, until, web

pytestmark = [pytest.mark.servers, pytest.mark.browser]

# So often the clock has news looked at and letters sent.
EVERY_S: Final = "2"
LOOK, SEND = "companies.tasks.look_for_alerts", "companies.tasks.send_alert_letters"
# What the World Bank says of the GDP of 2023 in Kazakhstan: at first, a month later, and once more.
FIRST, REVISED, AGAIN = 261_421_121_692, 288_129_330_450, 291_480_227_003
GDP_WORDS: Final = {FIRST: "2,614亿", REVISED: "2,881亿", AGAIN: "2,915亿"}
EMPTIED: Final = """
    ALTER TABLE companies_change DISABLE TRIGGER change_not_emptied;
    TRUNCATE companies_user, companies_alertcursor, companies_change, django_session CASCADE;
    ALTER TABLE companies_change ENABLE TRIGGER change_not_emptied
"""


def stated(gdp: int, updated: str) -> dict[str, Any]:
    """What the provider knows of Kazakhstan."""
    by_indicator: dict[str, dict[int, Any]] = {
        GDP: {2021: 197_112_255_361, 2022: 225_496_254_671, 2023: gdp},
        POPULATION: {2021: 19_743_603, 2022: 20_034_609, 2023: 20_330_104},
        GDP_GROWTH: {2021: 4.3, 2022: 3.2, 2023: 5.1},
        INFLATION: {2021: 8.041, 2022: 15.026, 2023: 14.717},
    }
    return {
        indicator: page(
            [entry(value, date=year, indicator=indicator) for year, value in values.items()], updated=updated
        )
        for indicator, values in by_indicator.items()
    }


class Reader(Speaker):
    """Somebody who reads Chinese on a phone."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit, "zh-hans")

    def signs_up(self, email: str, post: PostOffice) -> None:
        """Create an account with the code of the letter."""
        self.page.fill("[name=name]", "李安")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password1]", PASSWORD)
        self.goes_on()
        self.page.wait_for_url("**/confirm-email/")
        self.looks("confirm")
        until(lambda: post.to(email), "the code comes")
        code = CODE.search(text_of(post.to(email)[-1]))
        assert code
        self.page.fill("[name=code]", code.group())
        self.goes_on()

    def goes_on(self) -> None:
        self.page.locator("main form .btn-primary").first.click()

    def alerts(self) -> Locator:
        self.goes("/my/alerts/")
        return self.page.locator("main article")

    def looks(self, at: str) -> None:
        """The page fits the phone, has one first heading and no fault, and the browser complains of nothing."""
        assert self.page.locator("h1").count() == 1, at
        assert self.visit.overflow() <= 0, at
        found = Axe().run(self.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], at
        assert self.visit.complaints == [], at


# ---------------------------------------------------------------- who is there
@pytest.fixture
def at_work(servers: Servers, upstream: Upstream, post: PostOffice) -> Iterator[Staff]:
    """A worker, and a beat that never waits long."""
    often = {"ALERT_LOOK_SECONDS": EVERY_S, "ALERT_LETTER_SECONDS": EVERY_S}
    here = Staff(servers, SOURCE_URLS=f"worldbank={upstream.address}", EMAIL_URL=post.url, **often)
    yield here
    # What the clock asked for is done: it is not for whoever works after this.
    here.beat.kill()
    until(lambda: servers.messages() == 0, "nothing is asked any more", and_say=here.last_words)
    here.worker.terminate()
    here.worker.wait()


@pytest.fixture
def serving(servers: Servers, post: PostOffice) -> Iterator[str]:
    """Where the web process answers."""
    port = free_port()
    process: Process = web(servers, port, EMAIL_URL=post.url)
    yield f"http://127.0.0.1:{port}"
    process.kill()


@pytest.fixture
def nobody_stays(site: Servers) -> Iterator[None]:  # noqa: ARG001 on its database
    yield
    Session.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)


@pytest.fixture
def windows(chromium: Browser, serving: str) -> Iterator[list[Reader]]:
    """Two phones: one that is signed in by and by, one that never is."""
    contexts = [chromium.new_context(viewport=NARROW, reduced_motion="reduce", locale="zh-CN") for _each in range(2)]
    yield [Reader(Visit(context, serving)) for context in contexts]
    for context in contexts:
        context.close()


# ---------------------------------------------------------------- the journey
@pytest.mark.usefixtures("nobody_stays")
def test_a_watched_market_is_told_of_once_in_the_list_and_once_in_a_letter(
    windows: list[Reader], at_work: Staff, upstream: Upstream, post: PostOffice
) -> None:
    (reader, stranger), email = windows, unused_address()
    assert release(upstream, FIRST, "2025-07-01") == Job.State.DONE
    is_watched_through_sign_up(reader, email, post)
    is_in_the_workspace(reader)
    assert release(upstream, REVISED, "2025-08-01") == Job.State.DONE
    until(lambda: alerts_of(email) == 1, "an alert is there", and_say=at_work.last_words)
    is_told_in_the_list(reader)
    letter = is_told_in_a_letter(email, post)
    comes_again_and_tells_nothing(email, upstream, at_work, post)
    is_unsubscribed(stranger, letter, email)
    assert release(upstream, AGAIN, "2025-10-01") == Job.State.DONE
    until(lambda: alerts_of(email) == 2, "the second alert is there", and_say=at_work.last_words)
    days_pass(email)
    both_were_looked_at(at_work)
    assert letters_to(email, post) == [letter]
    is_told_of_the_second(reader)


def is_watched_through_sign_up(reader: Reader, email: str, post: PostOffice) -> None:
    """The wish of a visitor is kept through sign-up, and done when they are back where they came from."""
    page = reader.page
    reader.goes("/markets/KAZ/")
    reader.looks("market")
    page.locator(".profile-head .watch a").click()
    page.wait_for_url("**/zh-hans/my/watch/?market=KAZ")
    reader.looks("watch")
    page.locator("button[value=sign_up]").click()
    page.wait_for_url("**/zh-hans/accounts/signup/?next=*")
    reader.looks("sign up")
    reader.signs_up(email, post)
    page.wait_for_url("**/zh-hans/markets/KAZ/")
    expect(page.locator("main > .alert-success").last).to_be_visible()
    expect(page.locator(".watch .is-watched")).to_be_visible()
    reader.looks("watched")
    target = TargetMarket.objects.get(person__email=email)
    assert (target.market_id, target.removed_at) == ("KAZ", None)


def is_in_the_workspace(reader: Reader) -> None:
    reader.goes("/my/")
    table = reader.page.locator(".my-markets")
    expect(table).to_contain_text("哈萨克斯坦")
    expect(table).to_contain_text(GDP_WORDS[FIRST])
    reader.looks("workspace")
    expect(reader.page.locator(".waiting-count")).to_have_count(0)


def is_told_in_the_list(reader: Reader) -> None:
    """One alert with both values, their source and vintages, and why; it is counted in the head of each page."""
    alerts = reader.alerts()
    expect(alerts).to_have_count(1)
    expect(reader.page.locator(".waiting-count")).to_have_text("1")
    for words in (GDP_WORDS[FIRST], GDP_WORDS[REVISED], "2023", reader.words("Why you are told:")):
        expect(alerts).to_contain_text(words)
    vintages = alerts.locator(".side a")
    assert vintages.count() == 2
    assert len({each.get_attribute("href") for each in vintages.all()}) == 2
    reader.looks("alerts")
    vintages.last.click()
    reader.page.wait_for_url("**/zh-hans/releases/*/")
    reader.reads("World Bank")
    reader.looks("release")
    reader.goes("/my/")
    expect(reader.page.locator(".waiting-count")).to_have_text("1")
    reader.reads(GDP_WORDS[REVISED])
    reader.looks("workspace with news")


def is_told_in_a_letter(email: str, post: PostOffice) -> Message:
    """The same in the only letter, in plain text and in HTML."""
    until(lambda: letters_to(email, post), "a letter comes")
    (letter,) = letters_to(email, post)
    for kind in ("plain", "html"):
        text = text_of(letter, kind)
        for words in (GDP_WORDS[FIRST], GDP_WORDS[REVISED], "2023", "哈萨克斯坦"):
            assert words in text, kind
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    until(lambda: AlertLetter.objects.filter(person__email=email, count=1).count() == 1, "it is kept that it was sent")
    return letter


def comes_again_and_tells_nothing(email: str, upstream: Upstream, at_work: Staff, post: PostOffice) -> None:
    """The provider delivers the same once more, and once under a newer date, and the next letter may be sent."""
    before = letters_to(email, post)
    assert release(upstream, REVISED, "2025-08-01") == Job.State.UNCHANGED
    assert release(upstream, REVISED, "2025-09-01") == Job.State.UNCHANGED
    days_pass(email)
    both_were_looked_at(at_work)
    assert alerts_of(email) == 1
    assert letters_to(email, post) == before


def is_unsubscribed(stranger: Reader, letter: Message, email: str) -> None:
    """By the letter's own link, by somebody who is not signed in: to open it changes nothing, its one button does."""
    choice = AlertMail.objects.get(person__email=email)
    assert choice.frequency == AlertMail.Frequency.DAILY
    (address,) = re.findall(r"http\S+token=\S+", text_of(letter))
    assert address in letter["List-Unsubscribe"]
    stranger.opens(address)
    stranger.looks("unsubscribe")
    choice.refresh_from_db()
    assert choice.frequency == AlertMail.Frequency.DAILY
    button = stranger.page.locator("main button")
    expect(button).to_have_count(1)
    button.click()
    expect(stranger.page.locator("main [role=status]")).to_be_visible()
    stranger.looks("unsubscribed")
    choice.refresh_from_db()
    assert choice.frequency == AlertMail.Frequency.NEVER


def is_told_of_the_second(reader: Reader) -> None:
    alerts = reader.alerts()
    expect(alerts).to_have_count(2)
    expect(alerts.first).to_contain_text(GDP_WORDS[REVISED])
    expect(alerts.first).to_contain_text(GDP_WORDS[AGAIN])
    expect(reader.page.locator(".waiting-count")).to_have_text("2")
    reader.looks("two alerts")


# ---------------------------------------------------------------- what goes on behind
def release(upstream: Upstream, gdp: int, updated: str) -> str:
    """The provider states this, and a worker asks it; how that ended."""
    upstream.begin(stated(gdp, updated))
    return ended(request()).state


def alerts_of(email: str) -> int:
    return Alert.objects.filter(person__email=email).count()


def letters_to(email: str, post: PostOffice) -> list[Message]:
    """The letters with alerts; the letter with the code is none."""
    return [letter for letter in post.to(email) if letter["List-Unsubscribe"]]


def text_of(letter: Message, kind: str = "plain") -> str:
    """What a letter says in one of its forms."""
    (part,) = [each for each in letter.walk() if each.get_content_type() == f"text/{kind}"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode(part.get_content_charset() or "ascii").replace("\r\n", "\n")


def days_pass(email: str) -> None:
    """The last letter is so long ago that another may be sent."""
    choice = AlertMail.objects.get(person__email=email)
    choice.sent_at = timezone.now() - 2 * PAUSES[AlertMail.Frequency.DAILY]
    choice.save(update_fields=["sent_at"])


def both_were_looked_at(at_work: Staff) -> None:
    """The clock had news looked at from now on, and after that letters sent."""
    for task in (LOOK, SEND):
        # One may be under way that began before: the second one did not.
        enough = at_work.worker.count(task, "succeeded") + 2
        until(lambda: at_work.worker.count(task, "succeeded") >= enough, task, and_say=at_work.last_words)  # noqa: B023
