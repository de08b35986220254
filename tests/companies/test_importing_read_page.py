"""How a file was read, as its page shows it: in words, with its first rows, and everything choosable otherwise."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import asdict, replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.access import actor_of_person
from companies.errors import FieldsRejected, FileRefused
from companies.forms.imports import reading_choices
from companies.importing import tables
from companies.importing.doing.uploading import upload
from companies.importing.reading.form import Choices, EncodingGuess, Found, NoticeCode, SheetInfo
from companies.models import Import, User
from companies.profiles import import_reading_words as words
from companies.profiles.import_read import read_page
from markets.models import Job
from tests.companies import messy_file
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "en", "ru")
FOUND = Found(
    form="csv",
    headers=("Страна", "Сумма"),
    header_first=2,
    header_last=2,
    row_count=30,
    top=(),
    encoding="cp1251",
    encodings=(EncodingGuess("cp1251", "Страна", is_likely=True), EncodingGuess("koi8-r", "яРПЮМЮ", is_likely=False)),
    delimiter=";",
    delimiters=(";", ","),
)


@pytest.fixture
def here() -> Office:
    return office()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read_import(by: User, name: str, content: bytes, choices: Choices | None = None) -> Import:
    """An import whose file was read by the reading program itself."""
    imported = upload(actor_of_person(by), name, [content])
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        try:
            read = tables.read_file(given, name, choices or Choices(), LANGUAGES)
            imported.found, imported.step = asdict(read.found), Import.Step.READ
            assert len(list(read.rows)) == read.found.row_count
        except FileRefused as refused:
            imported.step = Import.Step.REFUSED
            imported.refusal = {**refused.context["facts"], "code": refused.context["why"]}
    imported.choices = (choices or Choices()).packed()
    imported.save()
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.DONE)
    return Import.objects.get(pk=imported.pk)


def to(imported: Import) -> str:
    return f"/en/records/imports/{imported.pk}/read/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def form_of(imported: Import) -> dict[str, str]:
    """What a browser sends back of the page untouched."""
    reading = read_page(imported).reading
    assert reading is not None
    sent = {"version": str(imported.version)}
    for name, options in (
        ("encoding", reading.encodings),
        ("delimiter", reading.delimiters),
        ("sheet", reading.sheets),
    ):
        if len(options) > 1:
            sent[name] = next(each.value for each in options if each.is_chosen)
    return sent | {"header_first": str(reading.header_first), "header_last": str(reading.header_last)}


# ---------------------------------------------------------------- what is shown
def test_a_messy_file_is_told_in_words_and_shown_with_its_rows(here: Office) -> None:
    file = messy_file.made(300)
    imported = read_import(here.officer, "出口.csv", messy_file.as_csv(file))
    text = text_of(signed_in(here.officer).get(to(imported)))
    for told in (
        "Chinese text in GB18030",
        "columns parted by commas",
        "names of the columns in rows 4 to 5",
        f"{len(file.lines)} rows",
        f"Rows that only add up others are left out: {messy_file.FIRST_ROW + len(file.lines)}.",
        messy_file.TITLE,
    ):
        assert told in text
    reading = read_page(imported).reading
    assert reading is not None
    kinds = [row.kind for row in reading.rows]
    assert kinds == ["title"] * 3 + ["header"] * 2 + ["row"] * 20
    assert [row.number for row in reading.rows] == list(range(1, 26))


def test_a_wrong_encoding_is_visible_before_it_is_chosen(here: Office) -> None:
    content = ("Страна;Сумма\r\n" + "Казахстан;10\r\n" * 30).encode("cp1251")
    reading = read_page(read_import(here.officer, "отгрузки.csv", content)).reading
    assert reading is not None
    samples = {each.value: each.sample for each in reading.encodings}
    assert samples["cp1251"] == "Страна;Сумма"
    assert samples["koi8-r"] == "Страна;Сумма".encode("cp1251").decode("koi8-r")
    assert [each.value for each in reading.encodings if each.is_chosen] == ["cp1251"]


def test_rows_that_are_left_out_are_struck_and_say_why(here: Office) -> None:
    content = "country,value\nKAZ,10\nKAZ,20\n,\ncountry,value\nUZB,30\nИтого,60\n"
    imported = read_import(here.officer, "small.csv", content.encode())
    reading = read_page(imported).reading
    assert reading is not None
    why = {row.number: row.why for row in reading.rows if row.kind == "left"}
    assert why == {4: "empty", 5: "repeats the names of the columns", 7: "adds up other rows"}
    assert "<del>Итого</del>" in text_of(signed_in(here.officer).get(to(imported)))


def test_a_refused_file_says_what_it_is_and_what_to_do(here: Office) -> None:
    imported = read_import(here.officer, "ledger.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    text = text_of(signed_in(here.officer).get(to(imported)))
    assert "It is a PDF, whatever its name says." in text
    assert "Upload another file" in text
    assert "Go on: name the columns" not in text


def test_cells_of_strangers_are_inert(here: Office) -> None:
    content = b'company,value\n<script>alert(1)</script>,10\n"<img src=x onerror=alert(1)>",20\n'
    text = signed_in(here.officer).get(to(read_import(here.officer, "<b>x</b>.csv", content))).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "<b>x</b>" not in text


def test_before_it_is_read_the_page_shows_how_far_it_is(here: Office) -> None:
    imported = upload(actor_of_person(here.officer), "records.csv", [b"a,b\n1,2\n"])
    text = text_of(signed_in(here.officer).get(to(imported)))
    assert "Reading the file" in text
    assert "The file will be read in a moment." in text
    assert "Look again" in text, "the way on without a script"


@pytest.mark.parametrize("code", NoticeCode)
@pytest.mark.parametrize("context", [{"count": 1, "rows": [3]}, {"count": 12_345, "rows": list(range(20))}])
def test_every_notice_has_a_sentence(code: NoticeCode, context: dict[str, Any]) -> None:
    told = words.notice_told(code, context | {"form": "csv", "what": "cp437", "columns": 3})
    assert told.endswith(".")
    assert "%(" not in told


def test_numbers_of_rows_are_told_by_the_first_few() -> None:
    assert words.numbers_told([4, 10_006]) == "4; 10,006"
    assert words.numbers_told(list(range(1, 13))) == "1; 2; 3; 4; 5; 6; 7; 8 and 4 more"
    assert words.numbers_told([1, 2], 100) == "1; 2 and 98 more"


# ---------------------------------------------------------------- what is chosen
def test_a_form_sent_back_untouched_chooses_nothing(here: Office) -> None:
    imported = read_import(here.officer, "出口.csv", messy_file.as_csv(messy_file.made(80)))
    found = Found.unpacked(imported.found)
    assert reading_choices(form_of(imported), found, Choices()) == Choices()


@pytest.mark.parametrize(
    ("sent", "chosen"),
    [
        ({"encoding": "koi8-r"}, Choices(encoding="koi8-r")),
        ({"delimiter": ","}, Choices(delimiter=",")),
        ({"header_first": "3", "header_last": "4"}, Choices(header_first=3, header_last=4)),
        ({"header_first": "1"}, Choices(header_first=1, header_last=2)),
        ({"no_header": "1"}, Choices(header_first=0, header_last=0)),
        ({"fill_merged": "1", "with_totals": "1"}, Choices(fill_merged=True, with_totals=True)),
        ({"without_hidden": "1"}, Choices(with_hidden=False)),
    ],
)
def test_what_differs_from_what_was_found_is_chosen(sent: dict[str, str], chosen: Choices) -> None:
    assert reading_choices(sent, FOUND, Choices()) == chosen


def test_what_was_chosen_before_stays_until_it_is_chosen_otherwise() -> None:
    before = Choices(encoding="cp1251", header_first=2, header_last=2)
    assert reading_choices({"encoding": "cp1251", "header_first": "2", "header_last": "2"}, FOUND, before) == before
    none = replace(FOUND, header_first=0, header_last=0)
    assert reading_choices({}, none, Choices(header_first=0, header_last=0)) == Choices()
    assert reading_choices({"no_header": "1"}, none, Choices()) == Choices()
    assert reading_choices({"header_first": "3"}, none, Choices()) == Choices(header_first=3, header_last=3)


def test_another_sheet_forgets_the_header_of_the_one_before() -> None:
    book = replace(FOUND, form="xlsx", sheets=(SheetInfo("A", 9, 2), SheetInfo("B", 9, 2, is_hidden=True)))
    sent = {"sheet": "1", "header_first": "2", "header_last": "2"}
    assert reading_choices(sent, book, Choices(header_first=2, header_last=2)) == Choices(sheet=1)


@pytest.mark.parametrize(
    "sent",
    [
        {"encoding": "utf-7"},
        {"delimiter": "x"},
        {"sheet": "9"},
        {"header_first": "-1"},
        {"header_first": "٣"},
        {"header_first": "999999999"},
        {"header_first": "5", "header_last": "3"},
        {"header_first": "2", "header_last": "40"},
    ],
)
def test_what_is_not_offered_is_refused_beside_its_field(sent: dict[str, str]) -> None:
    with pytest.raises(FieldsRejected) as refused:
        reading_choices(sent, FOUND, Choices())
    assert next(fault.context["pointer"].strip("/") for fault in refused.value.context["faults"]) in sent


def test_a_choice_reads_the_file_again(here: Office) -> None:
    imported = read_import(here.officer, "出口.csv", messy_file.as_csv(messy_file.made(80)))
    client = signed_in(here.officer)
    answer = client.post(to(imported), form_of(imported) | {"header_first": "5"})
    assert answer["Location"] == to(imported)
    now = Import.objects.get(pk=imported.pk)
    assert (now.choices, now.step) == ({"header_first": 5, "header_last": 5}, Import.Step.UPLOADED)
    assert now.job is not None
    assert now.job.is_open
    overtaken = client.post(to(imported), form_of(imported), headers={"HX-Request": "true"})
    assert overtaken["HX-Redirect"] == f"/en/records/imports/{imported.pk}/", "somebody was quicker"


def test_a_wrong_choice_is_told_on_the_page_and_reads_nothing(here: Office) -> None:
    imported = read_import(here.officer, "出口.csv", messy_file.as_csv(messy_file.made(80)))
    answer = signed_in(here.officer).post(to(imported), form_of(imported) | {"header_first": "9"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert 'href="#header_last"' in text
    assert 'name="header_first" inputmode="numeric" pattern="[0-9]*" autocomplete="off" value="9"' in text, "it is kept"
    assert Import.objects.get(pk=imported.pk).version == imported.version


def test_a_refused_choice_can_be_taken_back(here: Office) -> None:
    imported = read_import(here.officer, "small.csv", b"a,b\n1,2\n")
    Import.objects.filter(pk=imported.pk).update(
        step=Import.Step.REFUSED, refusal={"code": "no_rows"}, choices={"header_first": 2, "header_last": 2}
    )
    client = signed_in(here.officer)
    assert "Read it as it was found first" in text_of(client.get(to(imported)))
    client.post(to(imported), {"version": str(imported.version), "anew": "1"})
    now = Import.objects.get(pk=imported.pk)
    assert (now.choices, now.step) == ({}, Import.Step.UPLOADED)


def test_once_read_again_the_page_takes_the_place_of_the_progress(here: Office) -> None:
    imported = read_import(here.officer, "small.csv", b"a,b\n1,2\n")
    address = f"/en/records/imports/{imported.pk}/progress/?at=read"
    answer = signed_in(here.officer).get(address, headers={"HX-Request": "true"})
    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("#import-page", "#import-page")
    assert 'id="import-page"' in answer.content.decode()


def test_an_import_whose_time_was_over_shows_no_form(here: Office) -> None:
    imported = read_import(here.officer, "small.csv", b"a,b\n1,2\n")
    Import.objects.filter(pk=imported.pk).update(
        step=Import.Step.DISCARDED, expires_at=timezone.now() - dt.timedelta(1)
    )
    assert 'id="reading-form"' not in text_of(signed_in(here.officer).get(to(imported)))
