"""Files in the forms of the three statistics offices, small and with each trap, written anew for each test."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

import xlsxwriter
import xlwt

from markets.sources.base import Delivery, RawPayload
from markets.sources.national.figures import Cell
from markets.sources.national.office import NationalOffice

Rows = Sequence[Sequence[Cell]]
SHARE = "удельный вес страны в общем объеме, %"
SAVED_AT = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)


def payload(name: str, body: bytes) -> RawPayload:
    return RawPayload(name, body, "application/octet-stream", SAVED_AT)


def xls(sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> bytes:
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                if cell != "":
                    sheet.write(number, index, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xlsx(sheets: Mapping[str, Rows]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for index, cell in enumerate(row):
                    sheet.write(number, index, cell)
    return stream.getvalue()


def kaz_rows(
    period: str = "за 2022 год",
    *,
    unit: str = "тыс. долларов США",
    china: float = 11143739.72919,
    extra: Rows = (),
) -> list[list[Cell]]:
    """Kazakhstan's sheet: shares between the values, subtotals nested three deep, empty cells for none."""
    imports = {"Россия": 17880630.52827, "Украина": 294420.98025, "Германия": 2232665.13344, "Китай": china}
    exports = {"Россия": 9091390.9169, "Украина": 239391.84055, "Германия": 530891.8852, "Китай": 13060205.47911}
    leaves: list[tuple[str, float | str, float | str]] = [
        *((name, exports[name], imports[name]) for name in imports),
        ("Ниуэ", "", 1.41627),
    ]
    rows: dict[str, list[Cell]] = {name: _traded(name, out, into) for name, out, into in leaves}
    europe, asia = ["Германия"], ["Китай"]
    return [
        [" Основные показатели внешней торговли Республики Казахстан", "", "", "", "", "", ""],
        [period],
        [],
        ["", "", "", "", unit, "", ""],
        ["Наименование области", "Товарооборот", "", "Экспорт", "", "Импорт", ""],
        ["", "Всего", SHARE, "Всего", SHARE, "Всего", SHARE],
        _sum("Всего", [*rows.values(), *(list(row) for row in extra)]),
        _sum("Страны СНГ", [rows["Россия"], rows["Украина"]]),
        _sum(" Страны ЕАЭС", [rows["Россия"]]),
        rows["Россия"],
        _sum("  Страны вне ЕАЭС", [rows["Украина"]]),
        rows["Украина"],
        _sum("Остальные страны мира", [rows[name] for name in (*europe, *asia, "Ниуэ")]),
        _sum("Европа", [rows[name] for name in europe]),
        rows["Германия"],
        _sum("Азия", [rows[name] for name in asia]),
        rows["Китай"],
        _sum("Австралия и Океания", [rows["Ниуэ"]]),
        [*rows["Ниуэ"], "", "", "", " "],
        *(list(row) for row in extra),
    ]


def _traded(name: str, out: float | str, into: float | str) -> list[Cell]:
    turnover = sum(value for value in (out, into) if isinstance(value, float))
    return [name, turnover, 0.5, out, "" if out == "" else 0.25, into, 1e-05]


def _sum(name: str, rows: Rows) -> list[Cell]:
    def summed(index: int) -> float:
        return float(sum(Decimal(repr(row[index])) for row in rows if isinstance(row[index], float)))

    return [name, summed(1), 100, summed(3), 100, summed(5), 100]


def kgz_rows(flow: str = "импорта") -> list[list[Cell]]:
    """Kyrgyzstan's sheet: three languages, years as columns, a footnote at the last, unions beside the continents."""
    english = "imports" if flow == "импорта" else "exports"
    return [
        [
            "4.03.00.20: Товарлардын географиялык бөлүштүрүүcү",
            f"4.03.00.20: Географическое распределение {flow} товаров",
            f"4.03.00.20: Geographic distribution of {english} of goods",
        ],
        ["(миң АКШ доллары)", "(тыс. долларов США)", "(thousand US dollars)"],
        ["", "", "", 1994.0, "2022", "2023 1"],
        ["Бардыгы", "Всего", "Total", 1100.5, 3000.2, 9000.5],
        ["ЕС", "ЕС", "The EU", "-", 100.1, 200.0],
        ["КМШ", "СНГ", "CIS", 1000.0, 900.1, 1300.0],
        ["ШОС", "ШОС", "SCO", "-", 2800.0, 8000.0],
        [],
        ["Европа", "Европа", "Europe", 1000.0, 1000.2, 1500.0],
        ["Жеѕил", "Германия", "Germany", "-", "100,1", 200.0],
        ["Орусия", "Россия", "Russia", 1000.0, 900.1, 1300.0],
        ["Европа Бирлиги (ЕБ)", "Европейский союз (ЕС)", "European Union (EU)", "-", "-", 3.5],
        ["Азия", "Азия", "Asia", 100.2, 1900.0, 7400.0],
        ["Кытай", "Китай", "China", 44.200000000000003, 1900.0, 5353.257336],
        ["Казакстан", "Казахстан", "Kazakhstan", 56.0, 0.0, 1600.0],
        ["Сальвадор", "Сальвадор", "Salvador", "-", "-", 4.5],
        ["Эль-Сальвадор", "Эль-Сальвадор", "El Salvador", "-", "9,8", "-"],
        ["Гаити", "Гаити", "Haiti", "-", "-", ""],
        ["Такталбаган өлкө", "Неопределенная страна", "Undefined country", 0.2, "-", "-"],
        [],
        ["1 Алдын ала маалыматтар.", "1 Предварительные данные", "1 Рreliminary data"],
    ]


UZB_CSV = """\
\N{ZERO WIDTH NO-BREAK SPACE}Code,Klassifikator,Klassifikator_ru,Klassifikator_en,2022,2023
192,Kuba,Куба,Cuba,5.8,2.1
008,Albaniya,Албания,Albania,3196.8,543.8
31,Ozarbayjon,Азербайджан,Azerbaijan,1.0,133392.8
156,Xitoy,Китай,China,2500000.5,2486557.3
643,Rossiya,Россия,Russia,3100000.0,3495675.6
417,Qirg'iziston,Кыргызстан,Kyrgyzstan,0.1,634436.7
703,Slovakiya,Slovakia,Словакия,1.0,1063.7
736,Sudan,Судан,Sudan,0.0,0.0
530,Niderlandiya Antillari,Нидерландские Антильские острова,Netherlands Antilles,0.0,1.5
0,Boshqa mamlakatlar,Другие страны,Other countries,5811172.3,10352796.9
"""


def deliveries(office: NationalOffice, *payloads: RawPayload) -> list[Delivery]:
    return list(office.read(payloads, ()))


def only(office: NationalOffice, file: RawPayload) -> Delivery:
    """The one delivery of one file, which has no problem."""
    (delivery,) = deliveries(office, file)
    assert [str(problem.error) for problem in delivery.problems] == []
    return delivery


def reason(office: NationalOffice, file: RawPayload) -> str:
    """Why a file is refused: nothing of it is delivered, and it is kept."""
    (delivery,) = deliveries(office, file)
    assert delivery.slices == []
    (problem,) = delivery.problems
    assert problem.payloads == (file,)
    return str(problem.error)


def values(delivery: Delivery) -> dict[tuple[str, str, str], Decimal | None]:
    return {
        (row.flow, row.partner, row.period): row.value
        for each in delivery.slices
        for row in each.rows
        if hasattr(row, "partner")
    }
