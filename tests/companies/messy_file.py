"""A trade office's file as such files are: title rows, a header of two rows with merged cells, amounts in 万元, some in
亿, dates in every way, rows twice, a country nobody has, formulas, a row of totals and a note. Made anew each time,
the same each time, with what an import must find in it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

ROWS: Final = 10_000
TWICE: Final = 50
UNKNOWN: Final = 400
FORMULAS: Final = 30
LOST_ZEROS: Final = 100
IN_YI: Final = 200
COMPANIES: Final = tuple(f"宁波{sign}{n:02d}电器有限公司" for sign in "汉海天华" for n in range(1, 26))
NOBODYS_COUNTRY: Final = "南韩国"
TITLE: Final = "2024—2025年出口企业台账"
SUBTITLE: Final = "编制单位：宁波市商务部门（内部使用）"
# Two rows of header; a text over two columns is a merged cell.
GROUPS: Final = ("企业名称", "目的地", "商品", "", "时间", "出口", "", "净重（吨）", "成交方式", "运输方式", "报关单号")
NAMES: Final = ("", "", "类别", "HS编码", "", "金额（万元）", "币种", "", "", "", "")
FIRST_ROW: Final = 6
_PLACES: Final = (
    "哈萨克斯坦",
    "乌兹别克斯坦",
    "吉尔吉斯斯坦",
    "塔吉克斯坦",
    "土库曼斯坦",
    "Kazakhstan",
    "Узбекистан",
    "KGZ",
)
_GOODS: Final = (
    ("家电", "841821"),
    ("家电", "8450.11"),
    ("化妆品", "33049900"),
    ("化妆品", "330510"),
    ("家电", "8516 60"),
)
_WAYS: Final = ("铁路", "公路", "海运", "空运")
_TERMS: Final = ("FOB", "CIF", "DAP", "FCA")


@dataclass(slots=True)
class Line:
    """A row. formula: how the amount is worked out, where it is; day: where a workbook keeps the time as a date."""

    cells: list[str]
    formula: str = ""
    day: dt.date | None = None


@dataclass(slots=True)
class Made:
    """The lines, and what an import must find: the worth in yuan of all that can be imported once the country is known,
    without the rows whose amount is a formula.
    """

    lines: list[Line] = field(default_factory=list)
    worth_cny: Decimal = Decimal(0)
    formulas_cny: Decimal = Decimal(0)


def made(rows: int = ROWS) -> Made:
    """All lines of the file, those that stand twice at the places where people copy them: a little further down."""
    file = Made()
    for n in range(rows - TWICE):
        line, worth = _line(n)
        file.lines.append(line)
        if line.formula:
            file.formulas_cny += worth
        else:
            file.worth_cny += worth
    plain = [n for n in range(rows // 20, len(file.lines)) if n % 11 == 0 and _is_plain(file.lines[n])][:TWICE]
    for place, n in enumerate(plain):
        file.lines.insert(n + place + 7, file.lines[n + place])
    return file


def as_csv(file: Made, encoding: str = "gb18030") -> bytes:
    """As an office's program writes it: formulas as texts, all dates as texts."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    width = len(GROUPS)
    writer.writerow([TITLE, *[""] * (width - 1)])
    writer.writerow([SUBTITLE, *[""] * (width - 1)])
    writer.writerow([""] * width)
    writer.writerow(GROUPS)
    writer.writerow(NAMES)
    for line in file.lines:
        cells = list(line.cells)
        if line.formula:
            cells[5] = line.formula
        writer.writerow(cells)
    writer.writerow(["合计", "", "", "", "", _total(file), "", "", "", "", ""])
    writer.writerow([""] * width)
    writer.writerow(["注：以上数据由企业申报。", *[""] * (width - 1)])
    return text.getvalue().encode(encoding)


def as_xlsx(file: Made) -> bytes:
    """As Excel keeps it: merged cells, dates that are dates, codes that lost their zero, formulas with their values."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    sheet = book.add_worksheet("台账")
    day_form = book.add_format({"num_format": "yyyy/m/d"})
    width = len(GROUPS)
    sheet.merge_range(0, 0, 0, width - 1, TITLE)
    sheet.merge_range(1, 0, 1, width - 1, SUBTITLE)
    for column, (group, name) in enumerate(zip(GROUPS, NAMES, strict=True)):
        if group and name:
            sheet.merge_range(3, column, 3, column + 1, group)
        elif group:
            sheet.merge_range(3, column, 4, column, group)
        if name:
            sheet.write_string(4, column, name)
    for row, line in enumerate(file.lines, FIRST_ROW - 1):
        for column in range(width):
            _write(sheet, row, column, line, day_form)
    end = FIRST_ROW - 1 + len(file.lines)
    sheet.write_string(end, 0, "合计")
    sheet.write_number(end, 5, float(_total(file)))
    sheet.write_string(end + 2, 0, "注：以上数据由企业申报。")
    book.add_worksheet("草稿").hide()
    book.close()
    return kept.getvalue()


def _write(sheet: Any, row: int, column: int, line: Line, day_form: Any) -> None:
    """A cell as Excel keeps what was typed: dates, formulas and plain numbers by their kind, the rest as text."""
    text = line.cells[column]
    if column == 4 and line.day is not None:
        sheet.write_datetime(row, column, line.day, day_form)
    elif column == 5 and line.formula:
        sheet.write_formula(row, column, line.formula, None, float(text))
    elif (column == 5 and text.replace(".", "").isdigit()) or (column == 3 and len(text) == 5):
        sheet.write_number(row, column, float(text))
    elif text:
        sheet.write_string(row, column, text)


def _is_plain(line: Line) -> bool:
    return not line.formula and line.cells[1] != NOBODYS_COUNTRY and "亿" not in line.cells[5]


def _line(n: int) -> tuple[Line, Decimal]:
    category, code = _GOODS[n % len(_GOODS)]
    if n % 99 == 7 and n // 99 < LOST_ZEROS:
        category, code = "食品", "90411"
    is_unknown = n % 24 == 3 and n // 24 < UNKNOWN
    place = NOBODYS_COUNTRY if is_unknown else _PLACES[n % len(_PLACES)]
    text, day = _time(n)
    ten_thousands = Decimal(1000 + n * 37 % 90_000) / 100
    amount, worth = f"{ten_thousands}", ten_thousands * 10_000
    # Formulas and 亿 stand in rows of countries that are known, and in none that stands twice.
    formula = ""
    if n % 300 == 20 and n // 300 < FORMULAS:
        formula = f"={ten_thousands / 2}*2"
    elif n % 47 == 5 and n // 47 < IN_YI and not is_unknown:
        amount, worth = f"{1 + n % 5}.{n % 10}亿", (1 + n % 5 + Decimal(n % 10) / 10) * 100_000_000
    cells = [
        COMPANIES[n % len(COMPANIES)], place, category, code, text, amount, "人民币", f"{Decimal(n % 977 + 1) / 10}",
        _TERMS[n % len(_TERMS)], _WAYS[n % len(_WAYS)], f"3101{2024 + n % 2}{n:010d}",
    ]  # fmt: skip
    return Line(cells, formula, day), worth


def _time(n: int) -> tuple[str, dt.date | None]:
    """A time in one of the ways people write it, and the date where a workbook would keep one."""
    day = dt.date(2024, 1, 1) + dt.timedelta(days=n % 540)
    ways = (
        f"{day.year}年{day.month}月",
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y-%m}",
        f"{day.year}年1-{max(day.month, 2)}月",
    )
    way = n % len(ways)
    return ways[way], day if way == 2 else None


def _total(file: Made) -> str:
    return format(sum((_ten_thousands(line.cells[5]) for line in file.lines), Decimal(0)), "f")


def _ten_thousands(amount: str) -> Decimal:
    return Decimal(amount.removesuffix("亿")) * (10_000 if amount.endswith("亿") else 1)
