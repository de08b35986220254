"""Imports of one office at one moment, and what happens between asking and doing: nothing doubled, nothing lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from companies.errors import ImportAtWork, ImportElsewhere, VersionConflict
from companies.importing.doing import fixing, steps
from companies.importing.plan import Mapping as Meaning
from companies.importing.plan import Policy
from companies.models import Change, Company, ExportRecord, Import, ImportVerdict, Membership
from companies.records.sample import wipe_sample
from companies.tasks import run_import
from markets import jobs
from markets.models import Job
from tests.companies.checking_world import COLUMNS, CONSTANTS, checked, firm, row
from tests.companies.import_world import checked_import, new, update, wrong
from tests.companies.office import Office, office
from tests.companies.record_world import company_of, entered, entries
from tests.companies.test_organisations_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference_facts")]


@pytest.fixture
def here() -> Office:
    return office()


def worked(*imports: Import) -> None:
    """Their jobs done, all of one moment at once, until none is open."""
    while True:
        keys = [
            each.job_id
            for each in Import.objects.filter(pk__in=[one.pk for one in imports]).select_related("job")
            if each.job is not None and each.job.is_open
        ]
        if not keys:
            return
        at_once([lambda key=key: run_import(str(key)) for key in keys])  # type: ignore[misc]


def fresh(imported: Import) -> Import:
    return Import.objects.get(pk=imported.pk)


def test_two_files_with_the_same_rows_and_new_companies_make_each_once(here: Office) -> None:
    rows = [row(company=f"Firm {number % 3}", period=f"2024-{number % 9 + 1:02d}") for number in range(9)]
    meaning = Meaning(COLUMNS, CONSTANTS, register=True)
    files = [checked(here, rows, meaning=meaning) for _each in range(3)]
    for each in files:
        steps.commit(here.actor("officer"), each.pk, each.version)
    worked(*files)
    assert ExportRecord.objects.count() == 9
    assert Company.objects.count() == 3
    stand = sorted(fresh(each).step for each in files)
    assert stand == ["checked", "checked", "done"]
    others = [fresh(each) for each in files if fresh(each).step == "checked"]
    assert {each.counts["unchanged"] for each in others} == {9}
    told = Change.objects.filter(object_kind="exportrecord", action="entered")
    assert told.count() == 9


DEEDS: dict[str, Callable[[Office, Import], Any]] = {
    "discard": lambda here, each: steps.discard(here.actor("officer"), each.pk, each.version),
    "fix": lambda here, each: fixing.keep_twins(here.actor("officer"), each.pk, each.version),
    "policy": lambda here, each: fixing.choose_policy(
        here.actor("officer"), each.pk, each.version, Policy(errors="others")
    ),
    "commit": lambda here, each: steps.commit(here.actor("reviewer"), each.pk, each.version),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_of_two_decisions_at_once_one_holds(here: Office, deed: str) -> None:
    imported = checked_import(here, [new(entries(company_of(here)))])
    outcomes = at_once(
        [
            lambda: steps.commit(here.actor("officer"), imported.pk, imported.version),
            lambda: DEEDS[deed](here, imported),
        ]
    )
    refused = [each for each in outcomes if isinstance(each, type)]
    assert len(refused) == 1, outcomes
    assert refused[0] in (VersionConflict, ImportElsewhere, ImportAtWork)
    if outcomes[1] is refused[0] or deed == "commit":
        worked(imported)
        assert (fresh(imported).step, ExportRecord.objects.count()) == ("done", 1)
    else:
        assert ExportRecord.objects.count() == 0


def test_a_commit_tried_again_after_another_decision_writes_nothing(here: Office) -> None:
    rows = [new(entries(company_of(here))), wrong()]
    imported = checked_import(here, rows, policy={"errors": "others"})
    asked = steps.commit(here.actor("officer"), imported.pk, imported.version)
    assert asked.job is not None
    Job.objects.filter(pk=asked.job.pk).update(state=Job.State.FAILED)
    chosen = fixing.choose_policy(here.actor("officer"), imported.pk, asked.version, Policy(errors="none"))
    assert chosen.job is not None
    jobs.retry(chosen.job)
    run_import(str(chosen.job.pk))
    assert ExportRecord.objects.count() == 0
    assert fresh(imported).step == Import.Step.MAPPED, "it is checked again"


def test_a_record_that_is_gone_altogether_is_not_left_out_unasked(here: Office) -> None:
    record = entered(here, company_of(here))
    imported = checked_import(here, [update(record, **entries(record.company, value="30"))])
    steps.commit(here.actor("officer"), imported.pk, imported.version)
    ExportRecord.objects.all().delete()
    assert imported.pk
    job = fresh(imported).job
    assert job is not None
    run_import(str(job.pk))
    assert fresh(imported).step == Import.Step.MAPPED, "it is checked again"


@contextmanager
def waiting(imported: Import, model: type, **which: Any) -> Iterator[None]:
    """The job of an import, worked on by another thread that waits for a row that we hold."""
    job = fresh(imported).job
    assert job is not None

    def work() -> None:
        try:
            run_import(str(job.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert list(model.objects.select_for_update().filter(**which))  # type: ignore[attr-defined]
            done = pool.submit(work)
            until = time.monotonic() + 8
            while not _somebody_waits() and time.monotonic() < until:
                time.sleep(0.05)
            assert _somebody_waits()
            yield
        done.result(20)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_check_does_not_wait_for_records_that_another_import_writes(here: Office) -> None:
    firm(here)
    first = checked(here, [row()])
    steps.commit(here.actor("officer"), first.pk, first.version)
    worked(first)
    record = ExportRecord.objects.get()
    writing = checked(here, [row(value="99")])
    assert writing.counts["update"] == 1, writing.counts
    steps.commit(here.actor("officer"), writing.pk, writing.version)
    with waiting(writing, Import, pk=writing.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1500ms'")
        other = checked(here, [row()])
        assert other.counts["unchanged"] == 1
    record.refresh_from_db()
    assert (record.version, record.value) == (2, 990_000)


def test_a_lease_that_runs_out_at_the_very_end_gives_the_job_to_nobody_else(here: Office, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 1
    imported = checked_import(here, [new(entries(company_of(here)))])
    steps.commit(here.actor("officer"), imported.pk, imported.version)
    with waiting(imported, Membership, user=here.officer):
        time.sleep(2)
        assert jobs.sweep() == []
    assert (fresh(imported).step, ExportRecord.objects.count()) == ("done", 1)
    job = fresh(imported).job
    assert job is not None
    assert (job.state, job.attempts) == (Job.State.DONE, 1)


def test_an_office_goes_with_its_imports_even_those_at_work() -> None:
    home = office(is_sample=True)  # others leave a change log, and stay
    first = checked(home, [row()], meaning=Meaning(COLUMNS, CONSTANTS, register=True))
    steps.commit(home.actor("officer"), first.pk, first.version)
    worked(first)
    imported = checked(home, [row(value="99"), row(period="2024-04")])
    fixing.keep_twins(home.actor("officer"), imported.pk, imported.version)
    job = fresh(imported).job
    assert job is not None
    assert wipe_sample() == 1
    run_import(str(job.pk))
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not ImportVerdict.objects.exists()
