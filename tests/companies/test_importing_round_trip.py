"""The list of records taken away as a file and brought back: the same records, whatever they say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from companies.errors import FieldsRejected
from companies.importing.checking.cells import decided
from companies.importing.checking.rows import Rows
from companies.importing.mapping.questions import questions
from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning.columns import profiles
from companies.importing.plan import Fixes
from companies.importing.reading.__main__ import read
from companies.importing.reading.form import Choices
from companies.importing.reading.texts import ENCODINGS
from companies.profiles.record_list import record_table
from companies.queries.records import COLUMNS, RecordQuestion, matching
from companies.records.checking import checked, known
from companies.records.companies import register_company
from companies.records.entering import enter_records
from companies.records.fields import LISTED
from markets.downloads import Form, file_of
from tests.companies.exported_records import Named, entries, named
from tests.companies.office import Office, office

LANGUAGES = ("en", "zh-hans", "ru")
NAMES = (
    "宁波汉电", "ООО «Ёлка»", "=SUM(A1)", "-Minus", "'quoted'", '"Q" Ltd', "שלום בע״מ", "Total", "😀 GmbH", "A,B;C|D",
    "N/A", "1.234", "# hash", "+7", "@at", "2024", "O'Neil  & Sons",
)  # fmt: skip
QUESTION = RecordQuestion(columns=COLUMNS)
FILES = st.one_of(st.tuples(st.just(Form.XLSX), st.just("")), st.tuples(st.just(Form.CSV), st.sampled_from(ENCODINGS)))


@pytest.fixture
def home(db: None) -> Office:
    return office()


@pytest.fixture
def things(home: Office) -> Named:
    companies = [register_company(home.actor("officer"), {"name": name}) for name in NAMES]
    return named([str(company.pk) for company in companies])


def exported(home: Office, form: Form, language: str, encoding: str = "") -> bytes:
    """The list of all records with all its columns, as a file in this language. Raises UnicodeEncodeError."""
    with translation.override(language):
        made = file_of(record_table(home.actor("officer"), QUESTION), form)
    return made.decode().encode(encoding) if encoding else made


def read_back(
    content: bytes, form: Form, language: str, encoding: str
) -> tuple[Sequence[str], list[tuple[int, list[Any]]]]:
    """Headers and packed rows, as the reading program finds them."""
    choices = Choices(encoding=encoding or None)
    table, found = read(io.BytesIO(content), f"list.{form}", choices, [language])
    return found.headers, [(number, cells) for number, cells in table.packed_rows()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(data=st.data(), file=FILES, language=st.sampled_from(LANGUAGES))
def test_rows_of_the_list_say_what_the_records_say(
    home: Office, things: Named, data: st.DataObject, file: tuple[Form, str], language: str
) -> None:
    many = data.draw(st.lists(entries(things), min_size=1, max_size=4))
    with transaction.atomic():
        _there_and_back(home, many, *file, language)
        transaction.set_rollback(True)


def _there_and_back(home: Office, many: list[dict[str, Any]], form: Form, encoding: str, language: str) -> None:
    officer = home.actor("officer")
    try:
        enter_records(officer, many)
    except FieldsRejected as refused:
        raise AssertionError(refused.context["faults"]) from refused
    try:
        content = exported(home, form, language, encoding)
    except UnicodeEncodeError:
        assume(False)
    records = list(matching(officer, QUESTION))
    headers, rows = read_back(content, form, language, encoding)
    seen = profiles(headers, rows)
    mapping = suggest(headers, seen, home="CHN", language=language)
    assert [each.field for each in mapping.columns] == _fields()
    assert questions(mapping, seen) == []
    assert len(rows) == len(records)
    reader = Rows(officer, home.organisation.pk, mapping, Fixes(), "csv" if form is Form.CSV else "xlsx")
    there_are = known(officer, home.organisation.pk, [{"company": str(each.company_id)} for each in records])
    for (number, cells), record in zip(rows, records, strict=True):
        row = reader.read(number, cells)
        assert not row.faults, (row.faults, cells)
        columns, faults = checked(decided(row.entry), there_are)
        assert not faults
        assert columns == {name: getattr(record, name) for name in columns}


def _fields() -> list[str]:
    """What each column of the list is: the amount as printed goes for the one in units, the list's own are nothing."""
    of_list = {**dict.fromkeys(LISTED, ""), "value": "", "value_printed": "value"}
    return [of_list.get(name, name) for name in COLUMNS]
