"""Imports whose worker is killed or sent away while it writes: nothing is seen, and then all of it, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from companies.importing.doing import steps, work
from companies.models import Change, Company, ExportRecord, Import, ImportVerdict
from markets.jobs import sweep, wake
from markets.models import Job
from tests.companies.import_world import checked_import, new
from tests.companies.office import Office, office
from tests.companies.record_world import company_of, entries
from tests.faults.site import Servers, Staff, ended, holder, kill, lines, until, waits_for_a_lock

pytestmark = pytest.mark.servers
ROWS = 300
# Of the imports of these tests; the change log refuses to be emptied while its triggers stand.
EMPTIED = """
    ALTER TABLE companies_change DISABLE TRIGGER change_not_emptied;
    TRUNCATE companies_organisation, companies_user CASCADE;
    ALTER TABLE companies_change ENABLE TRIGGER change_not_emptied
"""


@pytest.fixture
def here(site: Servers, staff: Staff) -> Iterator[Office]:  # noqa: ARG001 they do it
    yield office()
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)
        cursor.execute("TRUNCATE markets_job CASCADE")


@pytest.fixture
def company(here: Office) -> Company:
    return company_of(here)


def checked(here: Office, company: Company, *, names: int = 2) -> Import:
    """New rows, some of companies that are new too."""
    rows = [new(entries(company, document_reference=f"D{number}")) for number in range(ROWS)]
    rows += [new(entries(company) | {"company": f"+Firm {number}"}) for number in range(names)]
    return checked_import(here, rows)


def asked(here: Office, imported: Import, decide: str = "commit") -> Job:
    """The job of the decision, its worker woken."""
    imported.refresh_from_db()
    decided: Import = getattr(steps, decide)(here.actor("officer"), imported.pk, imported.version)
    assert decided.job is not None
    wake(decided.job)
    return decided.job


def seen() -> tuple[int, int, int]:
    """Records, companies and what the log tells of them."""
    told = Change.objects.filter(via=Change.Via.IMPORT).count()
    return ExportRecord.objects.filter(removed_at=None).count(), Company.objects.count(), told


WHOLE = (ROWS + 2, 3, ROWS + 2 + 2 + 1)
NOTHING = (0, 1, 0)


@contextmanager
def writing(site: Servers, here: Office, imported: Import, decide: str = "commit") -> Iterator[Job]:
    """A job that has written all but what it notes last: it waits there until the block ends."""
    with site.locked("companies_importverdict"):
        job = asked(here, imported, decide)
        until(waits_for_a_lock, "it writes")
        yield job


def check_done_once(imported: Import, job: Job) -> None:
    assert ended(job).state == Job.State.DONE
    imported.refresh_from_db()
    assert imported.step == Import.Step.DONE
    assert seen() == WHOLE
    references = ExportRecord.objects.values_list("origin_reference", flat=True)
    assert len(set(references)) == ROWS + 2
    assert not ImportVerdict.objects.filter(of=imported, version_after=None).exists()


def test_a_process_killed_while_it_writes_leaves_nothing_and_another_does_it_once(
    site: Servers, here: Office, company: Company
) -> None:
    imported = checked(here, company)
    with writing(site, here, imported) as job:
        assert seen() == NOTHING
        kill(holder(job))
        assert seen() == NOTHING
    check_done_once(imported, job)
    assert {"lost 1", "resumed 2"} <= set(lines(job))


def test_a_whole_worker_killed_is_replaced_by_another(
    site: Servers, here: Office, company: Company, staff: Staff
) -> None:
    imported = checked(here, company)
    with writing(site, here, imported) as job:
        staff.worker.kill()
        assert seen() == NOTHING
    staff.replace_worker()
    check_done_once(imported, job)


def test_a_worker_sent_away_finishes_or_hands_over(site: Servers, here: Office, company: Company, staff: Staff) -> None:
    imported = checked(here, company)
    leaving = staff.worker
    with writing(site, here, imported) as job:
        leaving.terminate()
        until(lambda: Job.objects.get(pk=job.pk).stop_wanted == Job.Stop.YIELD, "the job is asked to stop")
    assert leaving.wait() == 0
    staff.replace_worker()
    check_done_once(imported, job)


def test_the_same_message_many_times_imports_once(site: Servers, here: Office, company: Company) -> None:
    imported = checked(here, company)
    job = asked(here, imported)
    for _time in range(5):
        site.queue().send_task(work.TASK, args=[str(job.pk)])
    check_done_once(imported, job)
    for _time in range(3):
        site.queue().send_task(work.TASK, args=[str(job.pk)])
    sweep()
    later = asked(here, checked_import(here, [new(entries(company, period="2020"))]))
    assert ended(later).state == Job.State.DONE
    assert seen()[0] == WHOLE[0] + 1


def test_two_imports_of_the_same_keys_at_once_bring_them_once(here: Office, company: Company) -> None:
    imports = [checked(here, company) for _number in range(2)]
    at_once = [ended(asked_job) for asked_job in [asked(here, imported) for imported in imports]]
    assert sorted(job.state for job in at_once) == [Job.State.DONE, Job.State.UNCHANGED]
    assert seen() == WHOLE
    for imported in imports:
        imported.refresh_from_db()
    late = next(imported for imported in imports if imported.step != Import.Step.DONE)
    assert late.refusal["code"] == "import_outdated"


def test_an_undo_killed_while_it_writes_takes_back_nothing_and_then_all(
    site: Servers, here: Office, company: Company
) -> None:
    imported = checked(here, company)
    check_done_once(imported, asked(here, imported))
    with writing(site, here, imported, "undo") as job:
        kill(holder(job))
        assert seen() == WHOLE
    assert ended(job).state == Job.State.DONE
    imported.refresh_from_db()
    assert imported.step == Import.Step.UNDONE
    assert ExportRecord.objects.filter(removed_at=None).count() == 0
    assert imported.counts["removed"] == ROWS + 2
