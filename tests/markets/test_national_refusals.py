"""Files of another form under the name of an office's table: refused with what they are and what to do."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from markets.sources.national import KAZ, KGZ, UZB
from markets.sources.national import workbook as workbook_module
from markets.sources.national.figures import Cell
from tests.markets.office_files import kaz_rows, kgz_rows, payload, reason, xls, xlsx

KAZ_NAME = "Основные показатели внешней торговли по странам_2022.xls"
KGZ_NAME = "4.03.00.20 Географическое распределение импорта товаров..xlsx"


def test_tables_of_goods_and_of_regions_are_refused() -> None:
    goods = kgz_rows()
    for number, name in enumerate(["Чай", "Рис", "Мука", "Кукуруза", "Пшеница", "Мясо", "Эт", "Сүт", "Мёд", "Соль"], 9):
        goods[number][:3] = [name, name, name]
    said = reason(KGZ, payload("4.03.00.12 Импорт основных видов товаров.xlsx", xlsx({"4030012": goods})))
    assert "are no partner countries" in said
    assert "импорта товаров" in said
    regions: list[list[Cell]] = [
        ["Импорт товаров 1"],
        ["(млн. долларов США)"],
        ["Наименование показателей", 2022.0, 2023.0],
        ["Кыргызская Республика", 10.0, 11.0],
        ["Баткенская область", 3.0, 4.0],
    ]
    said = reason(KGZ, payload("import_2023.xlsx", xlsx({"4.03.00.25": regions})))
    assert "'Импорт товаров 1'" in said
    assert "expected trade by partner with a row of the total" in said


def test_the_table_of_a_neighbour_is_refused() -> None:
    said = reason(KAZ, payload(KGZ_NAME, xlsx({"import": kgz_rows()})))
    assert "lists KAZ among its partners and not KGZ, UZB" in said
    assert "headings Code, Klassifikator and years" in reason(UZB, payload("export.xlsx", xlsx({"import": kgz_rows()})))


def word_document() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", "<w:document/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the file is empty"),
        (b" \r\n", "the file is empty"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html><table></table>", "a web page came"),
        (b'<?xml version="1.0"?><Workbook/>', "a web page came"),
        (b"%PDF-1.7", "a PDF came"),
        (b"name;value\n", "a file that begins with"),
        (word_document(), "a Word document came"),
        (b"PK\x03\x04broken", "the workbook is damaged"),
        (xlsx({"Лист1": []}), "no filled sheet"),
        (xls({"2022": kaz_rows()})[:3000], "the workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "is encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + b"\0" * 600, "a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "the workbook"),
        (xls({"2022": [*kaz_rows(), *([["."]] * 5000)]}), "5,018 rows and"),
    ],
)
def test_files_of_another_form_are_refused_with_what_they_are(body: bytes, said: str) -> None:
    assert said in reason(KAZ, payload(KAZ_NAME, body))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (xlsx({"Data": kgz_rows()}), "a workbook is named .csv"),
        (b"<html></html>", "a web page came"),
        (b"\x98\x00", "no text in UTF-8 or Windows-1251"),
        (b"Code,Klassifikator,2022\n" + b"1,x,2\n" * 5001, "5,002 rows came"),
        (b"Code," + b'"' + b"x" * 200_000 + b'"', "the file is no CSV"),
        (b"a,b\n1,2\n", "headings Code, Klassifikator and years"),
    ],
)
def test_texts_of_another_form_are_refused_with_what_they_are(body: bytes, said: str) -> None:
    assert said in reason(UZB, payload("export.csv", body))


def test_a_cell_far_outside_does_not_fill_the_memory() -> None:
    stream = io.BytesIO(xlsx({"2022": kaz_rows()}))
    far = io.BytesIO()
    with zipfile.ZipFile(stream) as package, zipfile.ZipFile(far, "w") as copy:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            copy.writestr(name, content)
    assert "far outside its table" in reason(KAZ, payload("far.xlsx", far.getvalue()))


def test_one_long_text_in_all_cells_does_not_fill_the_memory() -> None:
    shared = xlsx({"2022": [["я" * 32_000] * 100] * 10})
    assert len(shared) < 64 * 1024
    assert "its cells hold more than" in reason(KAZ, payload("bomb.xlsx", shared))


def test_a_body_beyond_the_bound_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "MOST_BYTES", 1000)
    assert "at most 1,000 are read" in reason(KAZ, payload(KAZ_NAME, xls({"2022": kaz_rows()})))


def test_a_workbook_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "LIMITS", replace(workbook_module.LIMITS, wall_seconds=0.0001))
    assert "was not read within" in reason(KAZ, payload(KAZ_NAME, xls({"2022": kaz_rows()})))
