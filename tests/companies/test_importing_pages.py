"""The list of imports and the head of their pages: where each stands, how its work goes on, the same file before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from companies.access import actor_of_person, one
from companies.accounts import privacy
from companies.importing.doing.uploading import upload
from companies.importing.doing.work import Work
from companies.models import Import, ImportPiece, ImportRow, ImportVerdict, Membership, User
from companies.profiles import import_words
from companies.profiles.imports import LINES, import_head, stands_at
from companies.records.sample import wipe_sample
from markets.models import Job
from tests.companies.office import CompanyFactory, Office, OrganisationFactory, PersonFactory, RecordFactory, office

pytestmark = pytest.mark.django_db
LIST = "/en/records/imports/"
CONTENT = b"company,value\nNingbo Cold,10\n"


@pytest.fixture
def here() -> Office:
    return office()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def uploaded(by: User, name: str = "records.csv", content: bytes = CONTENT) -> Import:
    return upload(actor_of_person(by), name, [content])


def standing(by: User, step: str, **values: Any) -> Import:
    """An import at a step, with no work under way."""
    imported = uploaded(by, values.pop("name", "records.csv"), values.pop("content", CONTENT))
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.DONE)
    if step in (Import.Step.DONE, Import.Step.UNDONE):
        values = {"done_by": by, "done_at": timezone.now()} | values
    Import.objects.filter(pk=imported.pk).update(step=step, **values)
    return Import.objects.get(pk=imported.pk)


def to(imported: Import, part: str = "") -> str:
    return f"{LIST}{imported.pk}/{part}"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# ---------------------------------------------------------------- the list
def test_the_list_shows_where_each_stands_and_leads_on(here: Office) -> None:
    until = timezone.now() + dt.timedelta(days=30)
    standing(here.officer, Import.Step.READ, name="half.csv")
    standing(here.officer, Import.Step.DONE, name="whole.csv", counts={"new": 1200, "duplicate": 50}, undo_until=until)
    text = text_of(signed_in(here.reviewer).get(LIST))
    for told in ("Go on with half.csv", "Read; the columns wait for names", "1,200 new", "50 twice in the file"):
        assert told in text
    assert "Go on with whole.csv" not in text
    assert text.index("whole.csv") < text.index("half.csv"), "the newest first"


def test_an_empty_list_says_what_an_import_is(here: Office) -> None:
    text = text_of(signed_in(here.officer).get(LIST))
    assert "No file has been imported yet" in text
    assert 'href="/en/records/imports/new/"' in text


def test_the_list_is_paged_and_asks_as_often_for_fifty_as_for_one(
    here: Office, django_assert_max_num_queries: Any
) -> None:
    first = uploaded(here.officer, "first.csv")
    copies = [Import(**_values_of(first), file_name=f"file-{n}.csv") for n in range(LINES)]
    Import.objects.bulk_create(copies)
    client = signed_in(here.officer)
    client.get(LIST)
    with django_assert_max_num_queries(14):
        page = client.get(LIST)
    assert (len(page.context["page"].rows), page.context["page"].pages) == (LINES, 2)
    assert "first.csv" in text_of(client.get(f"{LIST}?page=2"))
    assert client.get(f"{LIST}?page=x").status_code == 400


def _values_of(imported: Import) -> dict[str, Any]:
    names = ("organisation", "created_by", "via", "language", "size_bytes", "sha256", "expires_at")
    return {name: getattr(imported, name) for name in names}


def test_another_organisations_import_is_not_there(here: Office) -> None:
    foreign = uploaded(office().officer)
    client = signed_in(here.admin)
    assert foreign.file_name not in text_of(client.get(LIST))
    assert [client.get(to(foreign, part)).status_code for part in ("", "read/", "progress/")] == [404] * 3
    assert [client.post(to(foreign, part)).status_code for part in ("read/", "again/", "discard/")] == [404] * 3


def test_the_way_in_is_on_every_page_of_those_who_may_import(here: Office) -> None:
    assert f'href="{LIST}"' in signed_in(here.officer).get("/en/companies/").content.decode()
    assert f'href="{LIST}"' not in signed_in(here.viewer).get("/en/companies/").content.decode()
    assert f'href="{LIST}new/"' in signed_in(here.officer).get("/en/records/").content.decode()


# ---------------------------------------------------------------- the head
@pytest.mark.parametrize("step", Import.Step.values)
def test_every_step_has_words_and_a_page(here: Office, step: str) -> None:
    imported = standing(here.officer, step)
    assert import_words.STANDS[step]
    head = import_head(imported, stands_at(imported))
    assert [each.key for each in head.steps if each.is_current] == [stands_at(imported)]
    assert head.is_open == (step in Import.OPEN)


@pytest.mark.parametrize("work", Work)
@pytest.mark.parametrize(
    ("state", "attempts", "words"),
    [
        (Job.State.QUEUED, 0, import_words.WAITING),
        (Job.State.RUNNING, 1, import_words.RUNNING),
        (Job.State.QUEUED, 1, import_words.RESUMING),
        (Job.State.RUNNING, 2, import_words.RESUMING),
        (Job.State.DEAD, 3, import_words.FAILED),
    ],
)
def test_the_work_under_way_is_told_in_a_sentence(
    here: Office, work: Work, state: str, attempts: int, words: dict[str, str]
) -> None:
    imported = uploaded(here.officer)
    set_job(imported, state=state, attempts=attempts, parameters={"work": work.value})
    line = import_head(Import.objects.get(pk=imported.pk), "read").work
    assert line is not None
    assert line.told == str(words[work])


def set_job(imported: Import, **values: Any) -> None:
    if values.get("state") == Job.State.RUNNING:
        values["lease_until"] = timezone.now() + dt.timedelta(hours=1)
    Job.objects.filter(pk=imported.job_id).update(**values)


def test_while_records_are_written_only_the_last_step_is_open(here: Office) -> None:
    imported = standing(here.officer, Import.Step.CHECKED)
    set_job(imported, state=Job.State.RUNNING, parameters={"work": Work.COMMIT.value})
    imported.refresh_from_db()
    head = import_head(imported, "done")
    assert stands_at(imported) == "done"
    assert [each.key for each in head.steps if each.page] == ["done"]
    assert not head.can_discard


def test_the_same_file_before_is_told_at_every_step_until_it_is_done(here: Office) -> None:
    before = standing(here.admin, Import.Step.DONE)
    again = standing(here.officer, Import.Step.READ)
    other = standing(here.officer, Import.Step.READ, content=b"other,file\n1,2\n")
    told = import_head(again, "read").earlier
    assert told is not None
    assert (told.id, told.by.name) == (before.pk, here.admin.name)
    assert import_head(other, "read").earlier is None
    assert import_head(before, "done").earlier is None
    text = text_of(signed_in(here.officer).get(to(again, "read/")))
    assert "This very file was imported on" in text
    assert f'href="{to(before)}"' in text


# ---------------------------------------------------------------- work as it goes on
def test_the_progress_asks_for_itself_until_the_work_is_over(here: Office) -> None:
    imported = uploaded(here.officer)
    set_job(imported, state=Job.State.RUNNING, attempts=1, progress_done=4000, progress_total=10_000)
    client = signed_in(here.officer)
    script = {"HX-Request": "true"}
    page = client.get(to(imported, "progress/?at=read&heard="), headers=script)
    text = text_of(page)
    assert 'hx-trigger="every 1s"' in text
    assert "4,000 of 10,000" in text
    assert 'hx-swap-oob="innerHTML"' in text, "it is told once"
    heard = page.context["head"].work.heard
    assert "hx-swap-oob" not in text_of(
        client.get(to(imported, "progress/"), {"at": "read", "heard": heard}, headers=script)
    )
    set_job(imported, state=Job.State.DONE)
    Import.objects.filter(pk=imported.pk).update(step=Import.Step.CHECKED)
    over = client.get(to(imported, "progress/?at=read"), headers=script)
    assert over["HX-Redirect"] == to(imported), "the import stands at another step by now"
    same = client.get(to(imported, "progress/?at=check"), headers=script)
    assert same["HX-Refresh"] == "true"
    assert client.get(to(imported, "progress/"))["Location"] == to(imported)


def test_an_import_and_its_work_are_of_one_moment(
    here: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Asked one after the other, the work could be over and the import as it was before: a page for ever at work."""
    imported = uploaded(here.officer)
    actor = actor_of_person(here.officer)
    with django_assert_num_queries(1):
        assert one(actor, Import, imported.pk).job is not None


def test_work_that_did_not_come_through_can_be_tried_again(here: Office) -> None:
    imported = uploaded(here.officer)
    set_job(imported, state=Job.State.DEAD, attempts=3)
    client = signed_in(here.officer)
    assert "Try again" in text_of(client.get(to(imported, "read/")))
    assert client.post(to(imported, "again/")).status_code == 302
    assert Job.objects.get(pk=imported.job_id).state == Job.State.QUEUED
    assert client.post(to(imported, "again/")).status_code == 302, "an open job is left alone"


def test_what_is_discarded_leaves_a_line_and_nothing_else(here: Office) -> None:
    imported = standing(here.officer, Import.Step.READ)
    client = signed_in(here.officer)
    assert client.post(to(imported, "discard/"), {"version": "0"}).status_code == 412
    assert client.post(to(imported, "discard/"), {"version": str(imported.version)})["Location"] == LIST
    assert Import.objects.get(pk=imported.pk).step == Import.Step.DISCARDED
    assert not ImportPiece.objects.filter(of=imported).exists()
    assert "Discarded" in text_of(client.get(LIST))


# ---------------------------------------------------------------- people and organisations
def test_a_persons_file_lists_what_they_imported(here: Office) -> None:
    standing(here.officer, Import.Step.READ, name="mine.csv")
    standing(here.admin, Import.Step.READ, name="not mine.csv")
    kept = privacy.personal_data(actor_of_person(here.officer))["imports"]
    assert [(each["file_name"], each["step"]) for each in kept] == [("mine.csv", "read")]


def test_a_sample_with_imports_is_wiped_with_all_they_hold() -> None:
    someone, sample = PersonFactory(), OrganisationFactory(is_sample=True)
    Membership.objects.create(organisation=sample, user=someone, role="officer")
    imported = standing(someone, Import.Step.DONE)
    record = RecordFactory(company=CompanyFactory(organisation=sample, created_by=someone))
    ImportRow.objects.create(of=imported, number=2, cells=["Ningbo Cold", "10"])
    ImportVerdict.objects.create(of=imported, number=2, outcome="new", record=record)
    assert wipe_sample() == 1
    assert not Import.objects.exists()
    assert not ImportPiece.objects.exists()
