"""What programs and files may send to hurt an import: refused or made harmless, never a fault of ours."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from companies.access import actor_of_person
from companies.importing.checking.error_files import annotated, errors_csv
from companies.importing.doing.uploading import upload
from companies.models import Change, Company, Import
from companies.records.companies import register_company
from companies.tasks import run_import
from tests.companies.checking_world import checked, firm, row
from tests.companies.office import Office, office
from tests.companies.programs import Caller, program, signed_in

pytestmark = pytest.mark.django_db
CONTENT = "Company,Destination,HS code,Period,Value,Currency\nNingbo Cold,Kazakhstan,841821,2024,1200,CNY\n"
FIELDS = ("company", "destination", "hs_code", "period", "value", "currency")


@pytest.fixture
def here() -> Office:
    home = office()
    register_company(actor_of_person(home.officer), {"name": "Ningbo Cold", "home": "CHN"})
    return home


@pytest.fixture
def caller(here: Office) -> Caller:
    return program(here, "officer")


def mapping(*meanings: dict[str, Any], **constants: str) -> dict[str, Any]:
    columns = [{"field": name} for name in FIELDS]
    for place, more in enumerate(meanings):
        columns[place] |= more
    said = {"hs_revision": "HS2022"} | constants
    return {"columns": columns, "constants": [{"field": name, "value": text} for name, text in said.items()]}


def worked(caller: Caller, place: str) -> Any:
    while (job := Import.objects.get(pk=caller("GET", place).json()["id"]).job) is not None and job.is_open:
        run_import(str(job.pk))
        job.refresh_from_db()
        assert job.state in ("done", "cancelled"), job.problems
    return caller("GET", place)


def handed_in(caller: Caller, content: str | bytes = CONTENT, name: str = "records.csv") -> tuple[str, Any]:
    made = caller(
        "POST", "imports/", content, **{"Content-Type": "text/csv", "Content-Disposition": f"x; filename={name}"}
    )
    assert made.status_code == 201, made.content
    return made["Location"], worked(caller, made["Location"])


def sent(caller: Caller, place: str, **said: Any) -> Any:
    return caller("PATCH", place, said, If_Match=caller("GET", place)["ETag"])


NOT_ROWS = [[99999999999], [2**31], [-1], [0], [2**63], list(range(3, 30_000))]


@pytest.mark.parametrize("rows", NOT_ROWS, ids=lambda rows: str(rows[0]))
def test_numbers_that_are_no_row_are_refused(caller: Caller, rows: list[int]) -> None:
    place, _read = handed_in(caller)
    assert sent(caller, place, mapping=mapping()).status_code == 200
    worked(caller, place)
    answer = sent(caller, place, leave_out_rows=rows)
    assert answer.status_code in (400, 413, 422), answer.content


def test_a_row_of_a_form_that_is_none_is_refused(here: Office, caller: Caller) -> None:
    place, _read = handed_in(caller)
    sent(caller, place, mapping=mapping())
    told = worked(caller, place).json()
    page = signed_in(here.officer)
    for number in ("999999999", "99999999999", "-1", "２"):
        body = f"do=cell&field=note&becomes=x&row={number}&version={told['version']}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = page("POST", reverse("companies:import_fix", args=[told["id"]]), body, **headers)
        assert answer.status_code < 500, (number, answer.content)


STRANGE = [
    {"choices": {"sheet": -1}},
    {"choices": {"sheet": 2**31}},
    {"choices": {"header_first": -5, "header_last": -7}},
    {"choices": {"header_first": 0, "header_last": 2**31}},
    {"choices": {"header_first": 10**9, "header_last": 3}},
    {"choices": {"encoding": "rot13"}},
    {"choices": {"encoding": "idna"}},
    {"choices": {"encoding": "unicode_escape"}},
    {"choices": {"encoding": "../../etc/passwd"}},
    {"choices": {"encoding": "hex"}},
    {"choices": {"delimiter": ""}},
    {"choices": {"delimiter": "\n"}},
    {"choices": {"delimiter": '"'}},
    {"choices": {"delimiter": "ab"}},
    {"choices": {"delimiter": "x" * 3000}},
]


@pytest.mark.parametrize("said", STRANGE, ids=lambda said: str(said["choices"])[:40])
def test_a_strange_way_to_read_is_refused_or_said_in_words(caller: Caller, said: dict[str, Any]) -> None:
    place, _read = handed_in(caller)
    answer = sent(caller, place, **said)
    assert answer.status_code in (200, 422), answer.content
    read = worked(caller, place)
    job = Import.objects.get(pk=read.json()["id"]).job
    assert job is not None
    assert job.state == "done", job.problems
    told = Import.objects.get(pk=read.json()["id"])
    assert told.refusal.get("code") != "reading_broken", told.refusal


@pytest.mark.parametrize("scale", [0, -1, 7, 10**13])
def test_a_scale_that_is_none_is_refused(caller: Caller, scale: int) -> None:
    place, _read = handed_in(caller)
    meanings: list[dict[str, Any]] = [{}, {}, {}, {}, {"multiplier": scale}, {}]
    refused = sent(caller, place, mapping=mapping(*meanings))
    assert refused.status_code == 422
    assert "/columns/4/multiplier" in refused.content.decode()
    meanings[4] = {"multiplier": 10_000}
    assert sent(caller, place, mapping=mapping(*meanings)).status_code == 200


STRANGE_MEANINGS = [
    {"currency": "\u202e"},
    {"currency": "x" * 3000},
    {"unit": "x" * 3000},
    {"unit": "kg\u0000"},
    {"number_style": "comma", "date_order": "mdy"},
    {"multiplier": 10**15},
]


@pytest.mark.parametrize("more", STRANGE_MEANINGS, ids=lambda more: str(more)[:30])
def test_a_strange_meaning_is_refused_or_a_fault_of_rows(here: Office, caller: Caller, more: dict[str, Any]) -> None:
    place, _read = handed_in(caller)
    answer = sent(caller, place, mapping=mapping({}, {}, {}, {}, more))
    assert answer.status_code in (200, 422), answer.content
    assert worked(caller, place).status_code == 200
    page, imported = signed_in(here.officer), Import.objects.get()
    for name in ("import_check", "import_map", "import_rows"):
        shown = page("GET", reverse(f"companies:{name}", args=[imported.pk]))
        assert shown.status_code in (200, 302), name
        assert "\u202e" not in shown.content.decode()


def test_a_company_of_another_office_is_none(here: Office, caller: Caller) -> None:
    other = office()
    theirs = register_company(other.actor("officer"), {"name": "Their Firm"})
    place, _read = handed_in(caller)
    columns = mapping(company=str(theirs.pk))
    columns["columns"][0] = {"field": ""}
    assert sent(caller, place, mapping=columns).status_code == 200
    told = worked(caller, place)
    assert told.json()["counts"]["error"] == 1
    assert "Their Firm" not in told.content.decode()
    assert sent(caller, place, mapping=mapping()).status_code == 200
    worked(caller, place)
    fixes = [{"field": "company", "said": "Ningbo Cold", "becomes": str(theirs.pk)}]
    assert sent(caller, place, fixes=fixes).status_code == 200
    told = worked(caller, place)
    assert told.json()["counts"]["error"] == 1
    assert "Their Firm" not in told.content.decode()
    sent(caller, place, mapping=mapping() | {"register": True})
    told = worked(caller, place)
    assert not Company.objects.filter(organisation=here.organisation, name=str(theirs.pk)).exists()


NAMES = [
    "<script>alert(1)</script>.csv",
    "=cmd|' /C calc'!A0.csv",
    "a\u202etxt.csv",
    "a\r\nSet-Cookie: x=1.csv",
    "../../etc/passwd",
    "\u2028.csv",
    "x" * 400 + ".csv",
    '"; filename="evil.exe',
]


@pytest.mark.parametrize("name", NAMES, ids=[f"name{n}" for n in range(len(NAMES))])
def test_a_file_may_be_called_anything(here: Office, name: str) -> None:
    imported = upload(here.actor("officer"), name, [CONTENT.encode().replace(b"Kazakhstan", b"Nowhere")])
    assert imported.job is not None
    run_import(str(imported.job.pk))
    caller = program(here, "officer")
    place = f"/api/v1/imports/{imported.pk}/"
    assert sent(caller, place, mapping=mapping()).status_code == 200
    worked(caller, place)
    page = signed_in(here.officer)
    for way in ("import_list", "import_read", "import_map", "import_check", "import_rows"):
        keys = [] if way == "import_list" else [imported.pk]
        shown = page("GET", reverse(f"companies:{way}", args=keys))
        assert shown.status_code == 200, way
        text = shown.content.decode()
        assert "<script>alert" not in text
        assert "\u202e" not in text
    for way in ("import_errors", "import_annotated"):
        given = page("GET", reverse(f"companies:{way}", args=[imported.pk]))
        assert given.status_code == 200
        said = given["Content-Disposition"]
        assert said.isascii()
        assert said.isprintable()
        assert said.count('"') == 2
        assert "/" not in said
        b"".join(given.streaming_content)
    log = page("GET", reverse("companies:changes"))
    assert "<script>alert" not in log.content.decode()
    assert Change.objects.filter(object_kind="import").exists()


def test_files_handed_back_run_nothing_and_hold_every_cell(here: Office) -> None:
    firm(here)
    cells = [
        "=1+1",
        "@SUM(A1)",
        "+1",
        "-2+3",
        "\t=1",
        "＝1",
        "'=1",
        " =1",
        ["n", "12.5%"],
        ["n", "-5"],
        ["e", "#DIV/0!"],
        ["d", "0001-01-01"],
        ["d", "9999-12-31T23:59:59"],
        ["b", "TRUE"],
        ["n", "", "f"],
        "x" * 32_767,
        "\x01\ud7ff",
    ]
    rows = [row(destination="Nowhere", note=cell) for cell in cells]
    imported = checked(
        here, rows, headers=("=公司", "国家", "HS", "@时间", "金额（万元）", "备注"), file_name="=x.xlsx", form="xlsx"
    )
    with annotated(imported) as made, zipfile.ZipFile(made) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>0.125</v>" in sheet
    with errors_csv(imported) as made:
        text = made.read().decode("utf-8-sig")
    for line in csv.reader(io.StringIO(text)):
        for each in line:
            assert not each.startswith(("=", "@", "+", "\t", "\r", "＝")), each


def _locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return int(cursor.fetchone()[0])


class Slow:
    """A body that comes slowly; held: how many locks its reader held in the database meanwhile."""

    def __init__(self, content: bytes) -> None:
        self.rest = content
        self.held = [_locks()]

    def read(self, size: int = -1) -> bytes:
        self.held.append(_locks())
        part, self.rest = self.rest[: min(size, 20)], self.rest[min(size, 20) :]
        return part

    readline = read


def test_who_sends_slowly_keeps_nobody_waiting(caller: Caller) -> None:
    body = Slow(CONTENT.encode())
    made = caller.client.generic(
        "POST",
        "/api/v1/imports/",
        CONTENT,
        content_type="text/csv",
        headers=caller.headers,
        **{"wsgi.input": body},
    )
    assert made.status_code == 201, made.content
    assert Import.objects.get().size_bytes == len(CONTENT)
    assert len(set(body.held)) == 1


FORMS = {
    "no boundary": ("multipart/form-data", b"x"),
    "cut off": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b',
    ),
    "not a form": ("multipart/form-data; boundary=b", b"\x00\xff" * 500),
    "no part": ("multipart/form-data; boundary=b", b"--b--\r\n"),
    "fields alone": (
        "multipart/form-data; boundary=b",
        b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(3000))
        + b"--b--\r\n",
    ),
    "many files": (
        "multipart/form-data; boundary=b",
        b"".join(
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="%d.csv"\r\n\r\na\r\n' % n
            for n in range(150)
        )
        + b"--b--\r\n",
    ),
    "nothing": ("text/csv", b""),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_none_brings_nothing(here: Office, caller: Caller, form: str) -> None:
    kind, body = FORMS[form]
    answer = caller("POST", "imports/", body, **{"Content-Type": kind})
    assert 400 <= answer.status_code < 500 or form == "cut off", (answer.status_code, answer.content[:300])
    assert answer.status_code < 500
    page = signed_in(here.officer)("POST", reverse("companies:import_new"), body, **{"Content-Type": kind})
    assert 400 <= page.status_code < 500, page.status_code
    assert Import.objects.count() == (1 if answer.status_code == 201 else 0)
