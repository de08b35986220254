"""The list of records taken away as a file and brought back: the same records, whatever they say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from companies.errors import FieldsRejected
from companies.importing.checking.cells import decided
from companies.importing.checking.rows import Rows
from companies.importing.doing.mapping import choose_mapping
from companies.importing.doing.steps import choose_reading, commit
from companies.importing.doing.uploading import upload
from companies.importing.mapping.questions import questions
from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning.columns import profiles
from companies.importing.plan import Fixes, Mapping
from companies.importing.reading.__main__ import read
from companies.importing.reading.form import Choices
from companies.importing.reading.texts import ENCODINGS
from companies.models import ExportRecord, Import
from companies.profiles.record_list import record_table
from companies.queries.records import COLUMNS, RecordQuestion, matching
from companies.records.checking import checked, known
from companies.records.companies import register_company
from companies.records.entering import enter_records
from companies.records.fields import LISTED, STATED
from companies.tasks import run_import
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


pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Office:
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
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
        reject()
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


# ---------------------------------------------------------------- through the database, as people do it
SAID = {
    "utf-8": "冰箱 холодильник שלום 😀 é",
    "utf-16-le": "冰箱 холодильник مرحبا 😀 é",
    "utf-16-be": "冰箱 холодильник שלום 😀 ß",
    "gb18030": "冰箱 холодильник 한국 😀 é",
    "cp1251": "холодильник «Юг» № 5",
    "koi8-r": "холодильник Юг",
    "cp1252": "Kühlschrank “é” €5",
    "": "冰箱 холодильник שלום 😀 é",
}
# The words of an export in a language, in the encodings that hold them.
LISTS = [
    *((Form.XLSX, "", language) for language in LANGUAGES),
    *((Form.CSV, encoding, language) for encoding in ("utf-8", "gb18030") for language in LANGUAGES),
    *((Form.CSV, encoding, language) for encoding in ("cp1251", "koi8-r") for language in ("en", "ru")),
    (Form.CSV, "utf-16-le", "zh-hans"),
    (Form.CSV, "utf-16-be", "ru"),
    (Form.CSV, "cp1252", "en"),
]


@pytest.mark.parametrize(("form", "encoding", "language"), LISTS)
def test_a_list_comes_back_as_the_same_records(home: Office, form: Form, encoding: str, language: str) -> None:
    elsewhere = office()
    _records(home, SAID[encoding])
    content = exported(home, form, language, encoding)
    here = _checked(home, content, form, language, encoding)
    assert (here.counts["unchanged"], here.counts["rows"]) == (8, 8)
    for name in _names(SAID[encoding]):
        register_company(elsewhere.actor("officer"), {"name": name})
    there = _checked(elsewhere, content, form, language, encoding)
    assert (there.counts["new"], there.counts["rows"]) == (8, 8), there.groups
    commit(elsewhere.actor("officer"), there.pk, there.version)
    assert _ran(there).step == Import.Step.DONE
    assert _stated(elsewhere) == _stated(home)
    once_more = _checked(elsewhere, content, form, language, encoding)
    assert once_more.counts["unchanged"] == 8


def _names(said: str) -> tuple[str, str]:
    return f"{said} One", f"=Two {said}"


def _records(home: Office, said: str) -> None:
    """Eight records, in every entry something that files lose easily."""
    officer = home.actor("officer")
    one, two = (str(register_company(officer, {"name": name}).pk) for name in _names(said))
    usual = {"company": one, "destination": "KAZ", "category": "appliances", "currency": "USD", "value": "20.70"}
    enter_records(
        officer,
        [
            usual | {"period": "2024", "multiplier": "10000", "note": f"=1+1\n{said}\n\n-2\t3"},
            usual | {"period": "2024-Q1", "value": Decimal("1.234"), "note": "'quoted', \"twice\"; and|so"},
            usual | {"period": "2024-02", "value": Decimal("12345678901234567890.1234567890"), "currency": "RUB"},
            usual | {"period": "2024-01/2024-04", "company": two, "hs_code": "0101", "hs_revision": "HS2017"},
            usual | {"period": "2024-03-05", "company": two, "stated_growth_pct": "-12.50", "growth_base": f"@{said}"},
            usual | {"period": "2023", "value": None, "currency": "", "value_note": f"n/a: {said}"},
            usual | {"period": "2022", "quantity": "1.500", "quantity_unit": "台" if said[0] == "冰" else "t"},
            usual
            | {
                "period": "2021", "destination": "NAM", "net_weight_kg": "0.001", "incoterm": "FOB", "corridor": "rail",
                "settlement_currency": "CNY", "customs_office": "0042", "document_reference": f"+7/{said}",
                "category": "", "hs_code": "0101210000", "hs_revision": "HS1992", "multiplier": "100000000",
            },
        ],
    )  # fmt: skip


def _checked(home: Office, content: bytes, form: Form, language: str, encoding: str) -> Import:
    """The import of a file after its check: mapped as suggested, by nobody's hand."""
    officer = home.actor("officer")
    with translation.override(language):
        imported = _ran(upload(officer, f"list.{form}", [content]))
    if encoding and imported.found["encoding"] != encoding:
        imported = _ran(choose_reading(officer, imported.pk, imported.version, Choices(encoding=encoding)))
    choose_mapping(officer, imported.pk, imported.version, Mapping.unpacked(imported.mapping))
    return _ran(imported)


def _ran(imported: Import) -> Import:
    imported.refresh_from_db()
    assert imported.job is not None
    run_import(str(imported.job.pk))
    return Import.objects.get(pk=imported.pk)


def _stated(home: Office) -> list[dict[str, Any]]:
    """What the office's records state, companies by name."""
    names = [name for name in STATED if name != "company"]
    records = ExportRecord.objects.filter(organisation=home.organisation)
    return list(records.order_by("company__name", "period").values("company__name", *names))


def test_companies_of_one_name_come_back_each_as_itself(home: Office) -> None:
    officer = home.actor("officer")
    usual = {"destination": "KAZ", "category": "appliances", "currency": "USD", "value": "5", "period": "2024"}
    alike = [
        register_company(officer, {"name": name, "place": place})
        for name, place in (("Юг", "Москва"), ("Юг", "Омск"), ("ЮГ", ""), ("Sever", "Tomsk"), ("Sever", "Tomsk"))
    ]
    enter_records(officer, [usual | {"company": str(company.pk)} for company in alike])
    content = exported(home, Form.CSV, "ru")
    listed = {line.split(",")[0] for line in content.decode().splitlines()[1:6]}
    assert listed == {"Юг (Москва)", "Юг (Омск)", *(f"{each.name} [{each.pk}]" for each in alike[2:])}
    assert _checked(home, content, Form.CSV, "ru", "").counts["unchanged"] == len(alike)
