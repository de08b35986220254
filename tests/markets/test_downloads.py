"""Tables as files: the same values as the screen, no formula ever, sources below."""

from __future__ import annotations

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from markets.downloads import FORMULA_STARTS, Form, content_disposition, response
from markets.profiles import country_profile
from markets.profiles.tables import Column, Table
from markets.vocabulary import AsOf
from tests.factories import GDP
from tests.markets.api_world import publish_world

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLE = Table(
    name="trial",
    title="Trial",
    columns=(
        Column("name", "Name"),
        Column("value", "Value", is_number=True),
        Column("count", "Count", is_number=True),
    ),
    rows=(
        ("冰箱, «холодильник»", Decimal("2.62642E+11"), 3),
        ('=HYPERLINK("x")', Decimal("-0.5"), 0),
        ("", None, None),
        ("long", Decimal("12345678901234567.8"), -1),
    ),
    sources=("World Bank, World Development Indicators", "UNCTAD"),
    notes=("Empty is missing, not zero.",),
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def csv_lines(table: Table, as_of: AsOf | None = None) -> list[str]:
    return response(table, Form.CSV, as_of=as_of).content.decode().split("\r\n")


def sheets(table: Table) -> list[list[dict[str, ET.Element]]]:
    """Rows of each sheet of a workbook, cells by their column letter."""
    book = zipfile.ZipFile(io.BytesIO(response(table, Form.XLSX).content))
    names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
    return [
        [{"".join(filter(str.isalpha, cell.attrib["r"])): cell for cell in row} for row in root.iter(f"{SHEET}row")]
        for root in (ET.fromstring(book.read(name)) for name in names)  # noqa: S314 - our own file
    ]


def test_csv_has_keys_raw_values_and_remarks_below() -> None:
    lines = csv_lines(TABLE)
    assert lines[0] == "name,value,count"
    assert lines[1] == '"冰箱, «холодильник»",262642000000,3'
    assert lines[3] == ",,"
    assert lines[4] == "long,12345678901234567.8,-1"
    assert lines[5] == ""
    assert lines[6:] == [
        "# Trial",
        "# Source: World Bank, World Development Indicators",
        "# Source: UNCTAD",
        "# Note: Empty is missing, not zero.",
        "",
    ]


def test_a_text_that_looks_like_a_formula_is_made_harmless_and_a_number_is_left_alone() -> None:
    rows = list(csv.reader(csv_lines(TABLE)))
    assert rows[2] == ['\'=HYPERLINK("x")', "-0.5", "0"]


@given(st.text(max_size=40))
def test_no_text_ever_begins_a_formula_in_csv(text: str) -> None:
    table = Table("t", "T", (Column("a", "A"),), ((text,),))
    body = response(table, Form.CSV).content.decode()
    cell = next(iter(list(csv.reader(io.StringIO(body, newline="")))[1:]))
    assert not cell or not cell[0].startswith(FORMULA_STARTS)


def test_the_moment_asked_for_is_told_in_the_file_and_in_its_name() -> None:
    as_of = AsOf.parse("2025-06-30")
    assert "# Note: As known on 2025-06-30." in csv_lines(TABLE, as_of)
    header = response(TABLE, Form.CSV, as_of=as_of).headers["Content-Disposition"]
    assert 'filename="sogdia-trial-as-of-2025-06-30.csv"' in header


def test_a_workbook_keeps_numbers_as_numbers_and_texts_as_texts() -> None:
    data, sources = sheets(TABLE)
    assert data[1]["B"].findtext(f"{SHEET}v") == "262642000000"
    assert data[1]["B"].attrib.get("t", "n") == "n"
    assert data[2]["A"].attrib["t"] == "s"
    assert not [cell for row in data for cell in row.values() if cell.find(f"{SHEET}f") is not None]
    assert len(sources) == 4  # title, two sources, one note


def test_a_number_longer_than_a_spreadsheet_keeps_stays_exact_as_text() -> None:
    data, _sources = sheets(TABLE)
    assert data[3]["B"].attrib["t"] == "s"


def test_an_empty_cell_is_empty_in_a_workbook_too() -> None:
    data, _sources = sheets(TABLE)
    assert len(data) == 4  # the header and three rows with anything in them


def test_json_has_data_sources_and_notes() -> None:
    body = json.loads(response(TABLE, Form.JSON).content)
    assert body["data"][0] == {"name": "冰箱, «холодильник»", "value": "262642000000", "count": 3}
    assert body["data"][2] == {"name": "", "value": None, "count": None}
    assert body["sources"] == list(TABLE.sources)
    assert body["notes"] == list(TABLE.notes)


def test_the_file_name_is_given_plain_and_exact() -> None:
    assert content_disposition("哈 a.csv") == "attachment; filename=\"__a.csv\"; filename*=UTF-8''%E5%93%88%20a.csv"


@pytest.mark.django_db
def test_the_three_forms_of_a_profile_hold_the_values_of_its_table(client: Client) -> None:
    publish_world()
    table = country_profile("KAZ").table()
    place = [column.key for column in table.columns].index("value")
    values = [row[place] for row in table.rows]
    address = "/en/markets/KAZ/?download="
    body = client.get(address + "csv").content.decode().split("\r\n\r\n")[0]
    from_csv = [Decimal(row["value"]) for row in csv.DictReader(io.StringIO(body))]
    from_json = [Decimal(row["value"]) for row in json.loads(client.get(address + "json").content)["data"]]
    assert from_csv == from_json == values
    assert Decimal("2.62642E+11") in values
    text = client.get("/en/markets/KAZ/").content.decode()
    assert f"/indicators/{GDP}/" in text


@pytest.mark.django_db
@pytest.mark.parametrize("form", list(Form))
def test_downloads_say_what_they_are(client: Client, form: Form) -> None:
    answer = client.get(f"/ru/markets/KAZ/?download={form.value}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="sogdia-profile-kaz.{form.value}"')
    assert "charset=utf-8" in answer.headers["Content-Type"] or form is not Form.CSV


@pytest.mark.django_db
def test_a_csv_for_excel_begins_with_a_byte_order_mark_when_asked(client: Client) -> None:
    address = "/en/indicators/?download=csv"
    plain = client.get(address).content
    assert not plain.startswith(codecs.BOM_UTF8)
    assert client.get(f"{address}&bom=1").content == codecs.BOM_UTF8 + plain
    assert client.get(f"{address}&bom=0").content == plain
    assert client.get(f"{address}&bom=yes").status_code == 400
    assert client.get("/en/indicators/?download=json&bom=1").json()["data"]


# ---------------------------------------------------------------- a page of several tables
def by_key(tables: tuple[Table, ...]) -> dict[str, list[dict[str, object]]]:
    """Rows of each table by the keys of their columns."""
    return {
        table.key: [dict(zip([column.key for column in table.columns], row, strict=True)) for row in table.rows]
        for table in tables
    }


@pytest.mark.django_db
def test_the_tables_of_a_profile_hold_all_that_its_page_shows() -> None:
    publish_world()
    page = country_profile("KAZ")
    rows = by_key(page.tables())
    figures = {f.indicator.code: f for group in page.groups for f in group.figures}
    for row in rows["figures"]:
        figure = figures[str(row["indicator"])]
        assert row["change"] == (figure.change.value if figure.change else None)
        assert row["change_kind"] == (figure.change.kind.value if figure.change else "")
        assert row["unranked_reason"] == figure.unranked_reason
        assert row["released"], "the day, or what is known of it"
    assert any(row["change"] for row in rows["figures"])
    statements = {(t.slug, t.strength, s.scope, s.text) for t in page.themes for s in t.statements}
    told = {(r["theme"], r["strength"], r["scope"], r["statement"]) for r in rows["themes"]}
    assert statements
    assert statements <= told
    assert {t.slug for t in page.themes} == {r["theme"] for r in rows["themes"]}
    facts = {(c.slug, d.field, f.text, f.value, f.source) for c in page.categories for d in c.fields for f in d.facts}
    assert facts
    assert facts <= {(r["category"], r["field"], r["text"], r["value"], r["source"]) for r in rows["categories"]}
    empty = [(c.slug, d.field) for c in page.categories for d in c.fields if not d.facts]
    assert [(r["category"], r["field"]) for r in rows["categories"] if r["missing"] == "not_loaded"] == empty
    assert [(r["group"], r["member"] == "yes") for r in rows["memberships"]] == [
        (line.group, line.is_member) for line in page.memberships
    ]
    assert [r["text"] for r in rows["notes"]] == [*page.caveats, *(gap.name for gap in page.gaps)]
    assert [r["text"] for r in rows["notes"] if r["kind"] == "gap" and not r["missing"]] == []
    assert [r["statement"] for r in rows["characters"]] == [c.text for c in page.characters]
    assert [r["document"] for r in rows["documents"]] == [d.code for d in page.documents]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_every_table_of_a_profile_is_in_its_workbook_its_json_and_a_csv_of_its_own(
    client: Client, language: str
) -> None:
    publish_world()
    with override(language):
        tables = country_profile("KAZ").tables()
    address = f"/{language}/markets/KAZ/?download="
    book = zipfile.ZipFile(io.BytesIO(client.get(address + "xlsx").content))
    names = [sheet.attrib["name"] for sheet in ET.fromstring(book.read("xl/workbook.xml")).iter(f"{SHEET}sheet")]  # noqa: S314
    assert names[:-1] == [table.label for table in tables]
    texts = {"".join(t.itertext()) for t in ET.fromstring(book.read("xl/sharedStrings.xml"))}  # noqa: S314
    assert {c for t in tables for row in t.rows for c in row if isinstance(c, str) and c} <= texts
    body = client.get(address + "json").json()
    assert [body["data"], *(part["data"] for part in body["tables"].values())] == [
        [
            {k.key: format(c, "f") if isinstance(c, Decimal) else c for k, c in zip(t.columns, row, strict=True)}
            for row in t.rows
        ]
        for t in tables
    ]
    for table in tables:
        answer = client.get(f"{address}csv&table={table.key}")
        assert table.name in answer.headers["Content-Disposition"]
        lines = answer.content.decode().partition("\r\n\r\n")[0]
        assert len(list(csv.reader(io.StringIO(lines)))) == len(table.rows) + 1


@pytest.mark.django_db
def test_the_csv_of_a_profile_names_its_other_tables_and_the_page_leads_to_each(client: Client) -> None:
    publish_world()
    last = client.get("/en/markets/KAZ/?download=csv").content.decode().splitlines()[-1]
    assert last.endswith(
        ": imports, exports, trend, mirror, characters, themes, categories, memberships, notes, documents"
    )
    text = client.get("/en/markets/KAZ/").content.decode()
    assert "?download=csv&amp;table=themes" in text
    assert "?download=csv&amp;bom=1" in text
    refused = client.get("/en/markets/KAZ/?download=csv&table=recipes")
    assert refused.status_code == 400
    assert "choose one of figures, imports, exports, trend, mirror, characters, themes" in refused.content.decode()
