"""Lists as files: equal to the screen, harmless, and for the member who asked alone."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from companies.errors import TooManyOpen
from companies.models import Company, ListExport, Membership, User
from companies.profiles.record_list import record_list, record_table
from companies.queries.records import RecordQuestion
from companies.records import exporting
from companies.records.exporting import ask_export, sweep_exports
from companies.tasks import run_export
from companies.views import record_lists
from markets import downloads, jobs
from markets.models import Job
from markets.profiles.tables import Column, Table
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db
LIST = "/en/records/"
FILES = "/en/records/exports/"
ATTACKS = [
    "=1+1",
    "+1",
    "-1+cmd|'/c calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "'=1",
    '"=1"',
    "　=1",
]


@pytest.fixture
def here() -> Office:
    return office()


@pytest.fixture
def company(here: Office) -> Company:
    found: Company = CompanyFactory(organisation=here.organisation, created_by=here.officer)
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def csv_rows(body: bytes) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    end = next((place for place, row in enumerate(rows) if not row), len(rows))
    return [[downloads.as_written(cell) for cell in row] for row in rows[:end]]


SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook_rows(body: bytes) -> list[list[tuple[str, str]]]:
    """The rows of the first sheet below its head: kind (`s` text, `n` number) and text of each cell that stands."""
    book = zipfile.ZipFile(io.BytesIO(body))
    strings = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own file
    texts = ["".join(t.text or "" for t in each.iter(f"{SHEET}t")) for each in strings.iter(f"{SHEET}si")]
    rows = ET.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row")  # noqa: S314 - our own file
    found = []
    for row in rows:
        cells = []
        for cell in row.iter(f"{SHEET}c"):
            assert cell.find(f"{SHEET}f") is None, "a formula"
            kind, value = cell.get("t", "n"), cell.findtext(f"{SHEET}v") or ""
            cells.append((kind, texts[int(value)] if kind == "s" else value))
        found.append(cells)
    return found[1:]


def test_files_hold_the_rows_columns_and_order_of_the_screen(here: Office, company: Company) -> None:
    for number in range(70):
        RecordFactory(
            company=company, value=Decimal(number) / 8, value_printed="1", destination_id=("KAZ", "UZB")[number % 2]
        )
    words = "destination=KAZ&sort=value&columns=company,destination,value,status"
    actor, client = here.actor("viewer"), signed_in(here.viewer)
    page = record_list(actor, RecordQuestion.of_text(words))
    names = [column.key for column in page.columns]
    shown = [[format(cell, "f") if isinstance(cell, Decimal) else cell for cell in row.cells] for row in page.rows]
    table = csv_rows(client.get(f"{LIST}?{words}&download=csv").content)
    assert table == [names, *shown]
    assert len(shown) == 35
    given_json = json.loads(client.get(f"{LIST}?{words}&download=json").content)["data"]
    assert [list(row.values()) for row in given_json] == shown
    sheet = workbook_rows(client.get(f"{LIST}?{words}&download=xlsx").content)
    assert [[Decimal(text) if kind == "n" else text for kind, text in row] for row in sheet] == [
        list(row.cells) for row in page.rows
    ]
    assert record_table(actor, RecordQuestion()).rows[69]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_a_formula_and_it_comes_back_as_it_was(attack: str, here: Office) -> None:
    hostile = CompanyFactory(organisation=here.organisation, created_by=here.officer, name=attack)
    RecordFactory(company=hostile, note=attack, stated_growth_pct=Decimal("-12.50"))
    client = signed_in(here.viewer)
    words = "columns=company,note,stated_growth_pct"
    body = client.get(f"{LIST}?{words}&download=csv").content
    raw = list(csv.reader(io.StringIO(body.decode(), newline="")))[1]
    assert raw == [f"'{attack}", "-12.50", f"'{attack}"]
    assert csv_rows(body)[1] == [attack, "-12.50", attack]
    (row,) = workbook_rows(client.get(f"{LIST}?{words}&download=xlsx").content)
    assert [kind for kind, _text in row] == ["s", "n", "s"]


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12))
def test_any_text_comes_back_from_a_csv_as_it_was(text: str) -> None:
    written = downloads.file_of(
        Table("t", "t", [Column("a", "a"), Column("b", "b")], [(text, "end")]), downloads.Form.CSV
    )
    expected = downloads.UNWRITABLE.sub("\ufffd", text)
    assert csv_rows(written)[1] == [expected, "end"]


# ---------------------------------------------------------------- long lists
def ready(here: Office, role: str = "officer", form: str = "csv") -> ListExport:
    export = ask_export(here.actor(role), RecordQuestion.of_text("sort=value"), form)
    run_export(str(export.job_id))
    export.refresh_from_db()
    return export


def test_a_long_list_is_made_in_the_background(here: Office, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_lists, "MOST_AT_ONCE", 2)
    for number in range(3):
        RecordFactory(company=company, value=number)
    client = signed_in(here.officer)
    words = "sort=value&columns=value"
    sent = client.get(f"{LIST}?{words}&download=csv")
    assert (sent.status_code, sent["Location"]) == (302, FILES)
    export = ListExport.objects.get()
    assert client.get(FILES).context["page"].is_any_open
    run_export(str(export.job_id))
    run_export(str(export.job_id))
    export.refresh_from_db()
    assert export.count == 3
    assert export.job is not None
    assert export.job.state == Job.State.DONE
    file = client.get(f"{FILES}{export.pk}/")
    assert csv_rows(file.content) == [["value"], ["0"], ["1"], ["2"]]
    assert file["Cache-Control"] == "private, no-store"
    assert "attachment" in file["Content-Disposition"]


def test_a_file_is_for_its_member_alone(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    export = ready(here)
    elsewhere = office()
    for user in (here.viewer, here.reviewer, here.admin, elsewhere.admin):
        client = signed_in(user)
        assert client.get(f"{FILES}{export.pk}/").status_code == 404
        assert client.post(f"{FILES}{export.pk}/cancel/").status_code == 404
        assert client.get(FILES).context["page"].exports == ()
    assert signed_in(here.officer).get(f"{FILES}{uuid.uuid4()}/").status_code == 404
    assert signed_in(here.officer).get(f"{FILES}{export.pk}/").status_code == 200
    assert signed_in(here.officer).post(f"{FILES}{export.pk}/cancel/").status_code == 302
    assert signed_in(here.officer).get(f"{FILES}{export.pk}/").status_code == 404


def test_jobs_of_files_are_on_no_public_page(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    export = ready(here)
    assert str(export.job_id) not in Client().get("/en/jobs/").content.decode()
    assert Client().get(f"/en/jobs/{export.job_id}/").status_code == 404
    assert Client().get(f"/api/v1/jobs/{export.job_id}/").status_code == 404


def test_a_membership_that_ended_stops_the_work_and_takes_the_file(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    made = ready(here)
    waiting = ask_export(here.actor("officer"), RecordQuestion(), "csv")
    Membership.objects.filter(user=here.officer).update(ended_at=timezone.now())
    run_export(str(waiting.job_id))
    waiting.refresh_from_db()
    assert waiting.job is not None
    assert (waiting.job.state, waiting.content, waiting.ready_at) == (Job.State.CANCELLED, None, None)
    # Invited again, they begin anew: nothing of the former membership comes back.
    Membership.objects.create(organisation=here.organisation, user=here.officer, role="officer")
    assert signed_in(here.officer).get(f"{FILES}{made.pk}/").status_code == 404
    assert sweep_exports() == 2
    assert ListExport.objects.count() == 0


def test_a_membership_that_ends_while_the_file_is_made_gets_none(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    export = ask_export(here.actor("officer"), RecordQuestion(), "csv")
    held = jobs.claim(str(export.job_id))
    assert held is not None
    Membership.objects.filter(user=here.officer).update(ended_at=timezone.now())
    exporting.keep_export(held, export, b"rows", 1)
    export.refresh_from_db()
    assert export.content is None
    held.job.refresh_from_db()
    assert held.job.state == Job.State.CANCELLED


def test_files_go_after_a_week(here: Office, company: Company) -> None:
    RecordFactory(company=company)
    export = ready(here)
    assert (export.expires_at - timezone.now()).days in (6, 7)
    ListExport.objects.update(expires_at=timezone.now())
    assert signed_in(here.officer).get(f"{FILES}{export.pk}/").status_code == 404
    assert sweep_exports() == 1


def test_only_so_many_files_are_made_at_a_time(here: Office, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    RecordFactory(company=company)
    for number in range(exporting.MOST_OPEN):
        ask_export(here.actor("officer"), RecordQuestion(), ("csv", "xlsx", "json")[number])
    with pytest.raises(TooManyOpen):
        ask_export(here.actor("officer"), RecordQuestion(), "csv")
    monkeypatch.setattr(exporting, "MOST_OPEN_OF_ORGANISATION", exporting.MOST_OPEN)
    with pytest.raises(TooManyOpen):
        ask_export(here.actor("viewer"), RecordQuestion(), "csv")
    monkeypatch.setattr(record_lists, "MOST_AT_ONCE", 0)
    assert signed_in(here.officer).get(f"{LIST}?download=csv").status_code == 429
