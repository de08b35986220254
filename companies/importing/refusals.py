"""Why a file is not read, in words: what it is, and what its owner can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from companies.errors import FileRefused
from companies.importing.reading.form import Refusal
from markets.errors import ReadingBroken
from markets.wording import number

_SENTENCES: Final[Mapping[Refusal, str]] = {
    Refusal.EMPTY: gettext_noop("It is empty. Choose the file that holds the table."),
    Refusal.TOO_LARGE: gettext_noop(
        "It has more than {most} bytes, the most that is read. Split it, and import the parts."
    ),
    Refusal.OLD_EXCEL: gettext_noop(
        "It is a workbook of an old Excel (.xls). Open it in Excel or LibreOffice, save it as .xlsx, and send that."
    ),
    Refusal.BINARY_EXCEL: gettext_noop(
        "It is a binary workbook (.xlsb). Open it in Excel, save it as .xlsx, and send that."
    ),
    Refusal.MACROS: gettext_noop(
        "It holds macros, that is programs. Save it as .xlsx or .ods without them, and send that."
    ),
    Refusal.ENCRYPTED: gettext_noop("It is locked with a password. Save it without the password, and send that."),
    Refusal.EXTERNAL_LINKS: gettext_noop(
        "It takes data from other files or holds other files within. Copy the table into a new workbook, "
        "pasting values only, and send that."
    ),
    Refusal.WEB_PAGE: gettext_noop(
        "It is a web page, whatever its name says. Open it in Excel or LibreOffice, save it as .xlsx, and send that."
    ),
    Refusal.XML: gettext_noop(
        "It is an XML file, whatever its name says. If Excel or LibreOffice opens it, save it as .xlsx, and send that."
    ),
    Refusal.JSON: gettext_noop(
        "It is a JSON file. Programs send records by the API; a file has to be CSV, .xlsx or .ods."
    ),
    Refusal.PDF: gettext_noop(
        "It is a PDF, whatever its name says. Ask for the table as .xlsx or CSV, or copy it into a workbook."
    ),
    Refusal.DOCUMENT: gettext_noop(
        "It is a text document or a presentation, not a workbook. Copy the table into a workbook, and send that."
    ),
    Refusal.IMAGE: gettext_noop("It is a picture. Ask for the table as .xlsx or CSV, or type it into a workbook."),
    Refusal.PROGRAM: gettext_noop(
        "It is a program, whatever its name says. Do not open it; ask whoever sent it for the table."
    ),
    Refusal.ARCHIVE: gettext_noop("It is an archive of files. Unpack it, and send the table that is in it."),
    Refusal.NOT_TEXT: gettext_noop("It is neither a workbook nor text. Save the table as .xlsx or CSV, and send that."),
    Refusal.DAMAGED: gettext_noop(
        "It is damaged or was not sent whole. Open it in its own program, save it again, and send that."
    ),
    Refusal.BOMB: gettext_noop(
        "It unpacks to far more than a table of this size can hold. Copy the table into a new workbook, and send that."
    ),
    Refusal.ENTITIES: gettext_noop(
        "It declares things that no workbook needs and attacks use. Copy the table into a new workbook, and send that."
    ),
    Refusal.BAD_NAMES: gettext_noop(
        "The files packed in it have names that no workbook uses and attacks do. "
        "Copy the table into a new workbook, and send that."
    ),
    Refusal.FAR_CELL: gettext_noop(
        "Its cell {column}{row} stands far outside the table. Delete the rows and columns beyond the table, "
        "save it, and send it again."
    ),
    Refusal.TOO_MANY_ROWS: gettext_noop(
        "It has more than {most} rows, the most that are read. Split it, and import the parts."
    ),
    Refusal.TOO_MANY_COLUMNS: gettext_noop(
        "It has more than {most} columns, the most that are read. Delete those that are not needed, and send it again."
    ),
    Refusal.TOO_MANY_CELLS: gettext_noop(
        "It has more than {most} filled cells, the most that are read. Split it, and import the parts."
    ),
    Refusal.TOO_MANY_SHEETS: gettext_noop(
        "It has {count} sheets; at most {most} are read. Move the one with the table to a workbook of its own."
    ),
    Refusal.TOO_MANY_MERGED: gettext_noop(
        "It has more merged cells than can be read; at most {most} areas are. Unmerge them, and send it again."
    ),
    Refusal.LONG_CELL: gettext_noop(
        "The cell {column}{row} has more than {most} characters. Shorten it, and send the file again."
    ),
    Refusal.NO_ROWS: gettext_noop("It holds no rows of a table. Choose the file, or the sheet, that holds the table."),
}


def sentence(code: str, facts: Mapping[str, Any]) -> str:
    """Why a file is not read and what to do, in the reader's language. code: of a Refusal; facts: what came with it."""
    shown = {name: _shown(name, value) for name, value in facts.items()}
    return gettext(_SENTENCES[Refusal(code)]).format_map(_Facts(shown))


def told(refusal: Mapping[str, Any]) -> str:
    """The same of what is kept with an import: the code and the facts beside it; empty where nothing was refused."""
    code = refusal.get("code")
    if not code:
        return ""
    if code == ReadingBroken.code:
        return ReadingBroken().message(gettext)
    return sentence(code, refusal)


def file_refused(name: str, code: str, facts: Mapping[str, Any]) -> FileRefused:
    """The failure that a door answers with; it tells the sentence in whatever language it is read."""
    return FileRefused(name=name, why=code, facts=dict(facts), reason=_SENTENCES[Refusal(code)])


def _shown(name: str, value: Any) -> str:
    """A row is a place and has no signs between its digits; counts do."""
    return number(value) if isinstance(value, int) and name != "row" else str(value)


class _Facts(dict[str, str]):
    """What the file did not say shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"
