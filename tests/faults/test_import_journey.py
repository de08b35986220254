"""An office's own file from its upload to its undo, at a browser, by real processes of which one is killed on the way.

The file holds 10,000 rows with all that such files have (`messy_file`); what an import finds in it is exact.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import override, pgettext
from playwright.sync_api import Browser, expect

from companies.accounts.people import trust_address
from companies.importing.doing.work import Work
from companies.models import ExportRecord, Import, ImportVerdict, User
from companies.profiles.import_words import RESUMING, STEPS
from companies.records.companies import register_named
from companies.records.entering import enter_record
from markets.models import Job
from tests.browser.conftest import Visit
from tests.companies import messy_file
from tests.companies.messy_file import NOBODYS_COUNTRY, TWICE, UNKNOWN, Made
from tests.companies.office import Office, office
from tests.companies.record_world import entries
from tests.companies.visitor import PASSWORD
from tests.config.checkout import CHECKOUT, free_port
from tests.faults.import_officer import LONGEST_MS, WIDE, Officer
from tests.faults.site import Servers, Staff, holder, kill, until, waits_for_a_lock, web
from tests.faults.test_import_killed import EMPTIED

pytestmark = [pytest.mark.servers, pytest.mark.browser]

WORDS: Final = """
import django
django.setup()
from markets.search import rebuild_index
rebuild_index()
"""
REFUSED: Final = "Failed to load resource: the server responded with a status of 409"
Outcome = ImportVerdict.Outcome
Met = Callable[[User], Officer]


@dataclass(frozen=True)
class Way:
    """One form of the file, and what must come of it.

    read_as: said of how it was read. first, warned: rows by outcome and warning before anything is put right. new: the
    records once the country is, worth `worth`. is_worker_killed: all of it, else the process that writes alone.
    """

    name: str
    form: Callable[[Made], bytes]
    language: str
    read_as: str
    first: dict[str, int]
    warned: dict[str, int]
    new: int
    worth: Callable[[Made], Decimal]
    is_worker_killed: bool

    @property
    def wrong(self) -> int:
        """Rows that stay wrong: a text file keeps no value beside a formula."""
        return self.first[Outcome.ERROR] - UNKNOWN


CSV = Way(
    name="出口台账.csv",
    form=messy_file.as_csv,
    language="zh-hans",
    read_as="GB18030",
    first={Outcome.NEW: 9520, Outcome.DUPLICATE: TWICE, Outcome.ERROR: 430},
    warned={"zero_restored": 100},
    new=9920,
    worth=lambda file: file.worth_cny,
    is_worker_killed=False,
)
XLSX = Way(
    name="exports 2024.xlsx",
    form=messy_file.as_xlsx,
    language="en",
    read_as="台账",
    first={Outcome.NEW: 9550, Outcome.DUPLICATE: TWICE, Outcome.ERROR: 400},
    warned={"zero_restored": 100, "formula_value": 30},
    new=9950,
    worth=lambda file: file.worth_cny + file.formulas_cny,
    is_worker_killed=True,
)


@dataclass(frozen=True)
class Records:
    """The records that stand: how many, their worth, and from how many rows of files they come."""

    count: int
    worth_cny: Decimal
    rows: int


def records() -> Records:
    standing = ExportRecord.objects.filter(removed_at=None)
    told = standing.aggregate(count=Count("pk"), worth=Sum("value"), rows=Count("origin_reference", distinct=True))
    return Records(told["count"], told["worth"], told["rows"])


# ---------------------------------------------------------------- who is there
@pytest.fixture(scope="module")
def address(servers: Servers) -> Iterator[str]:
    """Where the web process answers, which knows all the words that its first start loads."""
    subprocess.run([sys.executable, "-c", WORDS], env=servers.environment(), cwd=CHECKOUT, check=True)
    port = free_port()
    serving = web(servers, port)
    yield f"http://127.0.0.1:{port}"
    serving.kill()


@pytest.fixture
def home(site: Servers, staff: Staff) -> Iterator[Office]:  # noqa: ARG001 they do it
    """An office that knows the companies of the file, and has a record already."""
    here = office()
    first, *_others = register_named(here.actor("officer"), messy_file.COMPANIES, "CHN")
    enter_record(here.actor("officer"), entries(first))
    yield here
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)
        cursor.execute("TRUNCATE markets_job CASCADE")


@pytest.fixture(params=[CSV, XLSX], ids=["csv", "xlsx"])
def way(request: pytest.FixtureRequest) -> Way:
    return request.param


@pytest.fixture
def met(chromium: Browser, address: str, way: Way) -> Iterator[Met]:
    """Each at a window of their own, signed in."""
    contexts = []

    def signed_in(person: User) -> Officer:
        context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        contexts.append(context)
        person.set_password(PASSWORD)
        person.save()
        trust_address(person)
        someone = Officer(Visit(context, address), way.language)
        someone.signs_in(person.email)
        return someone

    yield signed_in
    for context in contexts:
        context.close()


# ---------------------------------------------------------------- the journey
def test_a_file_of_ten_thousand_rows_from_its_upload_to_its_undo(
    way: Way, met: Met, home: Office, site: Servers, staff: Staff
) -> None:
    file, officer = messy_file.made(), met(home.officer)
    content, worth, before = way.form(file), way.worth(file), records()
    is_read_and_checked(officer, way, content)
    is_put_right(officer, way, worth)
    is_imported_though_one_is_killed(officer, way, site, staff)
    assert records() == Records(before.count + way.new, before.worth_cny + worth, before.rows + way.new)
    done = officer.page.url
    is_shown(officer, way)
    is_known_again(officer, way, content)
    officer.opens(done)
    is_undone(officer, way)
    assert records() == before
    is_remembered(met(home.admin), hashlib.sha256(content).hexdigest())


def is_read(officer: Officer, way: Way, content: bytes) -> None:
    """Hand the file in, and see how it was read."""
    officer.uploads(way.name, content)
    header = officer.words("names of the columns in rows %(first)s to %(last)s", first=4, last=5)
    for part in (way.read_as, header, "10,000", "11"):
        expect(officer.page.locator(".import-found")).to_contain_text(part)
    # The row of totals, and the remark two rows below it.
    for number in ("10,006", "10,008"):
        expect(officer.page.locator(".import-notices")).to_contain_text(number)


def is_read_and_checked(officer: Officer, way: Way, content: bytes) -> None:
    """Counts are exact, and the same for who closes the tab and comes back."""
    officer.goes("/records/imports/new/")
    officer.looks("new")
    is_read(officer, way, content)
    officer.looks("read")
    officer.names_columns("币种")
    officer.looks("map")
    officer.checks()
    officer.comes_back_to(way.name)
    officer.is_checked()
    assert officer.counts() == way.first
    assert officer.warnings() == way.warned
    officer.looks("check")


def is_put_right(officer: Officer, way: Way, worth: Decimal) -> None:
    """One button for 400 rows; then their worth is exact, here and in the preview."""
    assert officer.takes_suggestion(NOBODYS_COUNTRY, "KOR") == UNKNOWN
    wrong = {Outcome.ERROR: way.wrong} if way.wrong else {}
    assert officer.counts() == {Outcome.NEW: way.new, Outcome.DUPLICATE: TWICE} | wrong
    officer.reads(f"CNY {worth:,.0f}")
    officer.looks("put right")
    officer.goes_on()
    officer.reads(f"{way.new:,}")
    officer.reads(f"CNY {worth:,.0f}")
    officer.looks("preview")


def is_imported_though_one_is_killed(officer: Officer, way: Way, site: Servers, staff: Staff) -> None:
    """Confirm; who writes is killed when all is written but the end; somebody leaves, and comes back to it."""
    before = records()
    with site.locked("companies_importverdict"):
        officer.presses(re.compile(f"{way.new:,}"))
        officer.page.wait_for_url("**/done/")
        until(waits_for_a_lock, "it writes")
        assert records() == before
        if way.is_worker_killed:
            staff.worker.kill()
            staff.replace_worker()
        else:
            kill(holder(Job.objects.get(state=Job.State.RUNNING)))
        officer.comes_back_to(way.name)
        told = officer.page.locator(".import-told")
        expect(told).to_contain_text(officer.words(RESUMING[Work.COMMIT]), timeout=LONGEST_MS)
        officer.looks("resuming")
        assert records() == before
    officer.is_at("done")


def is_shown(officer: Officer, way: Way) -> None:
    officer.reads(f"{way.new:,}")
    officer.looks("done")
    officer.follows(officer.words("Look at these records"))
    officer.reads(f"{way.new:,}")
    officer.looks("records")


def is_known_again(officer: Officer, way: Way, content: bytes) -> None:
    """Handed in once more: who imported it is told, what would be new is not imported blindly, the rest is there."""
    there = records()
    is_read(officer, way, content)
    officer.reads(officer.words("Look at that import"))
    officer.names_columns("币种")
    officer.checks()
    officer.types_country(NOBODYS_COUNTRY, "JPN")
    assert officer.counts()[Outcome.NEW] == UNKNOWN
    officer.goes_on()
    officer.presses(re.compile(str(UNKNOWN)))
    by = Import.objects.get(step=Import.Step.DONE).done_by
    expect(officer.page.locator(".error-summary")).to_contain_text(by.shown_name if by else "")
    # The browser notes that the answer was a refusal, and nothing else.
    assert [each.partition(" (")[0] for each in officer.visit.complaints] == [REFUSED]
    officer.visit.complaints.clear()
    officer.looks("refused")
    officer.page.locator(".import-steps").get_by_role("link", name=officer.words(STEPS["check"])).click()
    officer.takes_it_back()
    assert officer.takes_suggestion(NOBODYS_COUNTRY, "KOR") == UNKNOWN
    wrong = {Outcome.ERROR: way.wrong} if way.wrong else {}
    assert officer.counts() == {Outcome.UNCHANGED: way.new, Outcome.DUPLICATE: TWICE} | wrong
    officer.reads(officer.words("No row would change anything, so there is nothing to import."))
    officer.looks("again")
    assert records() == there


def is_undone(officer: Officer, way: Way) -> None:
    officer.presses(officer.words("Undo this import"))
    officer.is_at("done")
    expect(officer.page.locator("h1")).to_have_text(officer.words("Taken back"))
    officer.reads(f"{way.new:,}")
    officer.looks("undone")
    officer.goes("/records/imports/")
    officer.looks("list")


def is_remembered(admin: Officer, sha256: str) -> None:
    """The log tells both with the hash of the file, and its chain holds."""
    admin.goes("/audit/?kind=import")
    log = admin.page.locator("main table")
    with override(admin.language):
        for action in ("imported", "taken back"):
            expect(log).to_contain_text(pgettext("change", action))
    expect(log).to_contain_text(sha256)
    admin.looks("log")
    call_command("check_changes")
