"""What stands around a table counts: units in a title, a remark or the sheet's name are never lost, nor made up."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
import xlsxwriter
from django.test import Client

from companies.importing.doing.uploading import upload
from companies.importing.mapping.saved import save_mapping
from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning.captions import around
from companies.importing.meaning.columns import profiles
from companies.importing.meaning.units import Said, captioned
from companies.importing.plan import ColumnMeaning
from companies.models import Import
from companies.tasks import run_import
from tests.companies.office import Office, office
from tests.companies.table_files import csv_text, read

TABLE = [
    ["企业名称", "出口国家", "商品编码", "出口日期", "出口额"],
    ["甲公司", "哈萨克斯坦", "841821", "2025-03-05", "123.5"],
]


def workbook(sheet: str, rows: Sequence[Sequence[str]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return made.getvalue()


def suggested(content: bytes, name: str = "t.csv") -> tuple[ColumnMeaning, ...]:
    found, rows = read(content, name, languages=("zh-hans", "en"))
    packed = [(number, [cell.packed() for cell in cells]) for number, cells in rows]
    looked_at = profiles(found.headers, packed, around(found))
    return suggest(found.headers, looked_at, home="CHN", language="zh-hans").columns


def staged(here: Office, text: str) -> Import:
    imported = upload(here.actor("officer"), "t.csv", [text.encode()])
    assert imported.job is not None
    run_import(str(imported.job.pk))
    return Import.objects.get(pk=imported.pk)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("单位：万美元", [(10_000, "USD", "")]),
        ("新疆出口情况表（单位：亿元）", [(100_000_000, "CNY", "")]),
        ("2025年出口额万美元", [(10_000, "USD", "")]),
        ("Единица измерения: млн руб.", [(1_000_000, "RUB", "")]),
        ("Экспорт предприятий в тыс. долл. США за 2025 год", [(1_000, "USD", "")]),
        ("In thousands of US dollars", [(1_000, "", ""), (None, "USD", "")]),
        ("(USD'000)", [(1_000, "USD", "")]),
        ("Экспорт зерна, тыс. тонн; стоимость - млн долл. США", [(1_000, "", "t"), (1_000_000, "USD", "")]),
        # Names and amounts are no units.
        ("Экспорт ООО Евро Трейд", []),
        ("出口500万美元以上企业名单", []),
        ("Companies with exports over 5 million USD", []),
        ("2025年1-6月出口统计表", []),
        ("Sheet1", []),
        ("т", []),
    ],
)
def test_a_title_says_a_unit_where_it_is_one(text: str, said: list[tuple[int | None, str, str]]) -> None:
    assert captioned(text) == tuple(Said(multiplier, currency, unit) for multiplier, currency, unit in said)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (csv_text([["单位：万美元"], *TABLE]).encode("gb18030"), "t.csv"),
        (csv_text([*TABLE, [], ["注：金额单位为万美元"]]).encode(), "t.csv"),
        (workbook("万美元", TABLE), "t.xlsx"),
    ],
)
def test_a_title_a_remark_and_a_sheets_name_tell_what_amounts_are_counted_in(content: bytes, name: str) -> None:
    columns = suggested(content, name)
    assert (columns[4].field, columns[4].multiplier, columns[4].currency) == ("value", 10_000, "USD")


@pytest.mark.django_db
def test_a_header_goes_before_a_title_and_a_title_of_another_currency_says_nothing() -> None:
    of_header = [[*TABLE[0][:4], "出口额（亿元）"], TABLE[1]]
    value = suggested(csv_text([["单位：万美元"], *of_header]).encode())[4]
    assert (value.multiplier, value.currency) == (100_000_000, "CNY")
    in_roubles = [[*TABLE[0][:4], "出口额（卢布）"], TABLE[1]]
    assert suggested(csv_text([["单位：万美元"], *in_roubles]).encode())[4].multiplier is None


@pytest.mark.django_db
def test_titles_that_contradict_each_other_decide_nothing_and_are_told() -> None:
    found, _rows = read(csv_text([["单位：万美元"], ["thousand USD"], *TABLE]).encode())
    said = around(found)
    assert (said.texts, said.money) == (("单位：万美元", "thousand USD"), Said())


@pytest.mark.django_db
def test_weights_take_their_unit_from_the_title() -> None:
    rows = [[*TABLE[0][:4], "净重"], TABLE[1]]
    weight = suggested(csv_text([["单位：吨"], *rows]).encode())[4]
    assert (weight.field, weight.unit, weight.multiplier) == ("net_weight_kg", "t", None)


@pytest.mark.django_db
def test_a_saved_mapping_of_another_scale_waits_for_a_person() -> None:
    here = office()
    first = staged(here, csv_text([["单位：万美元"], *TABLE]))
    save_mapping(here.actor("officer"), first.pk, "monthly")
    again = staged(here, csv_text([["单位：万美元"], *TABLE, TABLE[1]]))
    assert again.step == Import.Step.MAPPED
    other = staged(here, csv_text([["单位：亿美元"], *TABLE]))
    assert other.step == Import.Step.READ
    client = Client()
    client.force_login(here.officer)
    page = client.get(f"/en/records/imports/{other.pk}/map/").content.decode()
    assert "单位：亿美元" in page
    assert "This is counted otherwise than the file says beside its table" in page
