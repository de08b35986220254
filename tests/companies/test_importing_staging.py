"""A file that was taken in is read by a job: its rows are kept, its columns looked at; or it is refused, and why."""

from __future__ import annotations

import pytest

from companies.errors import ImportElsewhere
from companies.importing.doing.steps import choose_reading
from companies.importing.doing.uploading import upload
from companies.importing.mapping.saved import fingerprint
from companies.importing.plan import ColumnMeaning, Mapping
from companies.importing.reading.form import Choices
from companies.models import Import, ImportRow, ImportVerdict, SavedMapping
from companies.tasks import run_import
from markets import jobs
from markets.errors import ReadingBroken
from markets.models import Job
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db
TABLE = "Company;Market;Period;Value;Currency\nNingbo;Kazakhstan;2024;1,5;CNY\nHandian;Узбекистан;2025;20,7;USD\n"


@pytest.fixture
def here() -> Office:
    return office()


def taken(here: Office, content: bytes, name: str = "orders.csv") -> Import:
    return upload(here.actor("officer"), name, [content])


def ran(imported: Import) -> Import:
    imported.refresh_from_db()
    assert imported.job is not None
    run_import(str(imported.job.pk))
    return Import.objects.get(pk=imported.pk)


def test_rows_are_kept_as_they_stand_and_columns_are_looked_at(here: Office) -> None:
    imported = ran(taken(here, TABLE.encode()))
    assert imported.job is not None
    assert (imported.job.state, imported.job.problems) == (Job.State.DONE, [])
    assert imported.step == Import.Step.READ
    assert imported.found["headers"] == ["Company", "Market", "Period", "Value", "Currency"]
    assert list(ImportRow.objects.filter(of=imported).order_by("number").values_list("number", "cells")) == [
        (2, ["Ningbo", "Kazakhstan", "2024", "1,5", "CNY"]),
        (3, ["Handian", "Узбекистан", "2025", "20,7", "USD"]),
    ]
    assert [column["header"] for column in imported.columns] == imported.found["headers"]
    assert [column["field"] for column in imported.mapping["columns"]][:2] == ["company", "destination"]


def test_another_reading_replaces_the_first_and_keeps_what_was_mapped(here: Office) -> None:
    officer = here.actor("officer")
    imported = ran(taken(here, TABLE.encode()))
    mapping = Mapping((ColumnMeaning("note"), *(ColumnMeaning() for _column in range(4)))).packed()
    Import.objects.filter(pk=imported.pk).update(mapping=mapping)
    ImportVerdict.objects.create(of=imported, number=2, outcome="new")
    asked = choose_reading(officer, imported.pk, imported.version, Choices(with_totals=True))
    assert asked.step == Import.Step.UPLOADED
    again = ran(asked)
    assert (again.step, again.mapping, again.choices) == (Import.Step.READ, mapping, {"with_totals": True})
    assert ImportRow.objects.filter(of=again).count() == 2
    assert not ImportVerdict.objects.exists()
    third = ran(choose_reading(officer, again.pk, again.version, Choices(delimiter=",")))
    assert third.found["headers"] != imported.found["headers"]
    assert third.mapping != mapping


def test_a_file_that_is_no_table_is_refused_and_told(here: Office) -> None:
    imported = ran(taken(here, b"%PDF-1.7 some pages", "orders.xlsx"))
    assert imported.job is not None
    assert imported.job.state == Job.State.DONE, "the job found what it was to find"
    assert (imported.step, imported.refusal["code"]) == (Import.Step.REFUSED, "pdf")
    assert not ImportRow.objects.exists()


def test_a_child_that_takes_too_much_is_a_refusal_too(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from companies.importing import tables
    from markets.confined import Limits

    monkeypatch.setattr(tables, "LIMITS", Limits(600 * 1024**2, 30, 60, answer_bytes=200))
    imported = ran(taken(here, TABLE.encode() * 50))
    assert (imported.step, imported.refusal["code"]) == (Import.Step.REFUSED, ReadingBroken.code)
    assert not ImportRow.objects.exists()


def test_columns_known_from_before_are_checked_at_once(here: Office) -> None:
    headers = ["Company", "Market", "Period", "Value", "Currency", "Goods"]
    fields = ["company", "destination", "period", "value", "currency", "category"]
    SavedMapping.objects.create(
        organisation=here.organisation,
        name="Monthly",
        fingerprint=fingerprint(headers),
        mapping=Mapping(tuple(ColumnMeaning(field) for field in fields), register=True).packed(),
        created_by=here.officer,
    )
    content = ";".join(headers) + "\nNingbo;Kazakhstan;2024;15;CNY;appliances\n"
    imported = ran(taken(here, content.encode()))
    assert imported.step == Import.Step.MAPPED
    assert imported.job is not None
    assert (imported.job.parameters["work"], imported.job.state) == ("check", Job.State.QUEUED)
    assert SavedMapping.objects.get().used_at is not None
    other = office()
    assert ran(taken(other, content.encode())).step == Import.Step.READ, "another organisation's mapping is its own"
    assert ran(imported).step == Import.Step.CHECKED


def test_the_job_of_an_older_decision_keeps_nothing(here: Office) -> None:
    imported = taken(here, TABLE.encode())
    assert imported.job is not None
    held = jobs.claim(imported.job.pk)
    assert held is not None
    newer = choose_reading(here.actor("officer"), imported.pk, imported.version, Choices(with_totals=True))
    from companies.importing.doing.running import run_work

    with jobs.held_to_the_end(held):
        run_work(held)
    assert Job.objects.get(pk=imported.job.pk).state == Job.State.CANCELLED
    assert not ImportRow.objects.exists()
    assert ran(newer).step == Import.Step.READ


def test_what_is_done_is_not_read_again(here: Office) -> None:
    imported = ran(taken(here, TABLE.encode()))
    Import.objects.filter(pk=imported.pk).update(step=Import.Step.DISCARDED)
    with pytest.raises(ImportElsewhere):
        choose_reading(here.actor("officer"), imported.pk, imported.version, Choices())
