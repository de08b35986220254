"""A workbook on standard input, its visible sheets as JSON on standard output. Run confined, as a program of its own.

A damaged .xls makes the parser ask for tens of gigabytes and end its whole process, which must not be a worker's.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any, Final

import python_calamine

MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 400
MOST_ANSWER_BYTES: Final = 32 * 1024 * 1024


def main() -> int:
    """Writes `{"sheets": [[name, rows], ...]}` or `{"refused": why}`; ends otherwise than with 0 when it is killed."""
    sys.stdout.buffer.write(_told(_answer(sys.stdin.buffer.read())) + b"\n")
    return 0


def _told(answer: dict[str, Any]) -> bytes:
    """The answer as JSON. A long text that many cells share is small in the file alone, and the asker's to hold."""
    told = json.dumps(answer, default=_other, ensure_ascii=False).encode()
    if len(told) > MOST_ANSWER_BYTES:
        return _told({"refused": f"its cells hold more than {MOST_ANSWER_BYTES:,} bytes of text; save the table alone"})
    return told


def _answer(body: bytes) -> dict[str, Any]:
    try:
        with python_calamine.load_workbook(io.BytesIO(body)) as book:
            shown = [
                each.name
                for each in book.sheets_metadata
                # A hidden sheet is a draft, nothing the office shows.
                if each.typ is python_calamine.SheetTypeEnum.WorkSheet
                and each.visible is python_calamine.SheetVisibleEnum.Visible
            ]
            return {"sheets": [[name, _rows(book.get_sheet_by_name(name))] for name in shown]}
    except python_calamine.PasswordError:
        return {"refused": "the workbook is encrypted; open it with its password and save it without one"}
    except (python_calamine.CalamineError, OSError, ValueError) as broken:
        return {"refused": f"the workbook cannot be opened ({broken}); fetch it again"}


def _rows(sheet: python_calamine.CalamineSheet) -> list[list[Any]]:
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        size = f"{sheet.total_height:,} rows and {sheet.total_width:,} columns"
        raise ValueError(f"{size}, at most {MOST_ROWS:,} and {MOST_COLUMNS} are read")
    return sheet.to_python(skip_empty_area=False)


def _other(cell: object) -> dict[str, str]:
    """Dates and times, which no value of such a table is: by their words, apart from texts."""
    return {"other": str(cell)}


if __name__ == "__main__":
    sys.exit(main())
