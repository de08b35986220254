"""The files to fill in: read back by the import without a question, and their example can be imported."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import translation

from companies.importing.checking.cells import Cells
from companies.importing.mapping.labels import called
from companies.importing.mapping.questions import questions
from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning import goods, places, terms
from companies.importing.meaning.columns import profiles
from companies.importing.reading.form import Cell, Found
from companies.importing.templates import COLUMNS, template
from companies.models import Role
from companies.records.checking import checked, known
from markets.downloads import Form
from tests.companies.office import CompanyFactory, office
from tests.companies.table_files import read

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans", "ru")
ADDRESS = "/en/records/imports/template/"
TEMPLATES = pytest.mark.parametrize(
    ("language", "form"), [(each, form) for each in LANGUAGES for form in ("xlsx", "csv")]
)


def read_again(language: str, form: str) -> tuple[Found, list[tuple[int, list[Any]]]]:
    """A template as the import reads it, its cells packed."""
    found, rows = read(template(language, Form(form)), f"template.{form}", languages=(language,))
    return found, [(number, [cell.packed() for cell in cells]) for number, cells in rows]


@TEMPLATES
def test_every_column_of_a_template_is_mapped_rightly_and_nothing_is_asked(language: str, form: str) -> None:
    found, rows = read_again(language, form)
    with translation.override(language):
        assert found.headers == tuple(called(name) for name in COLUMNS)
    seen = profiles(found.headers, rows)
    mapping = suggest(found.headers, seen, home="CHN", language=language)
    # What the example leaves empty is mapped by its name too.
    by_name = suggest(found.headers, [], home="CHN", language=language)
    assert [each.field for each in by_name.columns] == list(COLUMNS)
    filled = [name for name, each in zip(COLUMNS, seen, strict=True) if each.filled]
    assert [each.field for each, one in zip(mapping.columns, seen, strict=True) if one.filled] == filled
    assert questions(mapping, seen) == []


@TEMPLATES
def test_the_example_is_a_record_without_a_fault(language: str, form: str) -> None:
    found, rows = read_again(language, form)
    assert len(rows) == 1
    mapping = suggest(found.headers, profiles(found.headers, rows), home="CHN", language=language)
    cells, entry = Cells(), dict[str, Any]()
    for name, packed, meaning in zip(COLUMNS, rows[0][1], mapping.columns, strict=False):
        got = cells.read(name, Cell.unpacked(packed), meaning)
        assert (got.faults, got.warnings) == ((), ())
        entry |= got.values
    assert {
        name: entry[name] for name in ("destination", "category", "hs_code", "corridor", "value", "net_weight_kg")
    } == {
        "destination": "KAZ",
        "category": "appliances",
        "hs_code": "841821",
        "corridor": "rail",
        "value": "1250000.5",
        "net_weight_kg": "218400",
    } | ({"value": "1250000.50"} if form == "csv" else {})
    place = office()
    company = CompanyFactory(organisation=place.organisation, created_by=place.officer)
    entry["company"] = str(company.pk)
    actor = place.actor(Role.OFFICER)
    columns, faults = checked(entry, known(actor, place.organisation.pk, [entry]))
    assert faults == []
    assert columns["period"] == "2025-04"


def test_a_csv_begins_with_the_mark_without_which_excel_garbles_it() -> None:
    assert template("zh-hans", Form.CSV).startswith("\ufeff".encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_lists_is_understood(language: str) -> None:
    _found, rows = read(template(language, Form.XLSX), "template.xlsx", languages=(language,), sheet=2)
    finders = {
        0: places.places(), 1: goods.categories(), 2: terms.hs_revisions(), 3: terms.currencies(),
        6: terms.incoterms(), 7: terms.corridors(),
    }  # fmt: skip
    words = [(place, cells[place].text) for _number, cells in rows for place in finders if len(cells) > place]
    assert len([text for place, text in words if place == 0 and text]) > 200
    assert [text for place, text in words if text and finders[place].found(text) is None] == []


def test_codes_stand_in_columns_of_text_so_that_no_zero_is_lost() -> None:
    with zipfile.ZipFile(io.BytesIO(template("en", Form.XLSX))) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 our own file
        styles = ET.fromstring(book.read("xl/styles.xml"))  # noqa: S314 our own file
    space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    formats = [each.get("numFmtId") for each in styles.findall("s:cellXfs/s:xf", space)]
    as_text = {
        COLUMNS[int(each.get("min", "0")) - 1]
        for each in sheet.findall("s:cols/s:col", space)
        if formats[int(each.get("style", "0"))] == "49"
    }
    assert {"hs_code", "company_number", "document_reference", "period"} <= as_text
    lists = [each for each in sheet.findall(".//s:dataValidation", space) if each.get("type") == "list"]
    assert len(lists) == 8


def test_no_list_forces_words_on_anybody() -> None:
    with zipfile.ZipFile(io.BytesIO(template("en", Form.XLSX))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    lists = [each for each in sheet.split("<dataValidation ") if 'type="list"' in each]
    assert [each for each in lists if "showErrorMessage" in each] == []


def test_the_address_gives_the_file_to_those_who_may_import() -> None:
    place = office()
    client = Client()
    client.force_login(place.officer)
    answer = client.get(ADDRESS, {"form": "csv", "language": "ru"})
    assert (answer.status_code, answer.content) == (200, template("ru", Form.CSV))
    assert 'filename="sogdia-records-template-ru.csv"' in answer["Content-Disposition"]
    assert client.get(ADDRESS).content.startswith(b"PK")
    assert client.get(ADDRESS, {"form": "exe"}).status_code == 400
    assert client.get(ADDRESS, {"language": "../ru"}).status_code == 400
    viewer = Client()
    viewer.force_login(place.viewer)
    assert viewer.get(ADDRESS).status_code == 403
