"""What is said of a file that was read: what it is, how it was read, and what to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from companies.importing.reading.filling import letters
from companies.importing.reading.form import Choices, Found, NoticeCode, SheetInfo
from markets import wording

# So many numbers of rows stand in a sentence; the others are counted.
_NUMBERS_TOLD: Final = 8
ENCODINGS: Final[Mapping[str, Promise]] = {
    "utf-8": _lazy("Text in UTF-8"),
    "utf-16-le": _lazy("Text in UTF-16"),
    "utf-16-be": _lazy("Text in UTF-16 (big-endian)"),
    "gb18030": _lazy("Chinese text in GB18030"),
    "cp1251": _lazy("Cyrillic text in Windows-1251"),
    "koi8-r": _lazy("Cyrillic text in KOI8-R"),
    "cp1252": _lazy("Western European text in Windows-1252"),
}
DELIMITERS: Final[Mapping[str, Promise]] = {
    ",": _lazy("comma ,"),
    ";": _lazy("semicolon ;"),
    "\t": _lazy("tab"),
    "|": _lazy("vertical bar |"),
}
_PARTED: Final[Mapping[str, Promise]] = {
    ",": _lazy("columns parted by commas"),
    ";": _lazy("columns parted by semicolons"),
    "\t": _lazy("columns parted by tabs"),
    "|": _lazy("columns parted by vertical bars"),
}
FORMS: Final[Mapping[str, Promise]] = {
    "csv": _lazy("a text file"),
    "xlsx": _lazy("an Excel workbook"),
    "ods": _lazy("an OpenDocument workbook"),
}


_SPREAD: Final[Mapping[str, Promise]] = {
    "times": _lazy(
        "Columns %(columns)s are named after months or years. Amounts of several times side by side are not read at "
        "once: give each amount a row of its own, with its time beside it. Or import one column at a time: say that "
        "it is the value, and write its time for all rows."
    ),
    "places": _lazy(
        "Columns %(columns)s are named after markets. Amounts of several markets side by side are not read at once: "
        "give each amount a row of its own, with its market beside it. Or import one column at a time: say that it is "
        "the value, and name its market for all rows."
    ),
}


def encoding_words(name: str) -> str:
    """An encoding and what it is for; one without words of its own by its name."""
    return str(ENCODINGS.get(name, name))


def delimiter_words(sign: str) -> str:
    """The sign that parts columns, in words."""
    return str(DELIMITERS.get(sign, sign))


def sheet_told(sheet: SheetInfo) -> Iterator[str]:
    """What to know of a sheet before it is chosen."""
    rows = ngettext("%(count)s row", "%(count)s rows", sheet.rows)
    yield rows % {"count": wording.number(sheet.rows)}
    if sheet.is_hidden:
        yield _("hidden")


def found_told(found: Found) -> Iterator[str]:
    """What the file is and how it was read, part by part."""
    if found.form == "csv":
        yield encoding_words(found.encoding)
        if len(found.headers) > 1:
            yield str(_PARTED.get(found.delimiter, found.delimiter))
    else:
        form = str(FORMS.get(found.form, found.form))
        yield f"{form[:1].upper()}{form[1:]}"
        if found.sheets:
            yield _("sheet “%(name)s”") % {"name": found.sheets[found.sheet].name}
    yield _header_told(found)
    rows = ngettext("%(count)s row", "%(count)s rows", found.row_count)
    columns = ngettext("%(count)s column", "%(count)s columns", len(found.headers))
    yield rows % {"count": wording.number(found.row_count)}
    yield columns % {"count": wording.number(len(found.headers))}


def notices_told(found: Found, choices: Choices) -> Iterator[str]:
    """What to know of the rows, each in a sentence: what is left out first, then what may surprise."""
    yield from _left_out_told(found, choices)
    if found.formulas:
        told = ngettext(
            "%(count)s cell is a formula: the value it had when the file was saved is taken.",
            "%(count)s cells are formulas: the values they had when the file was saved are taken.",
            found.formulas,
        )
        yield told % {"count": wording.number(found.formulas)}
    if found.merged:
        told = ngettext(
            "%(count)s merged area reaches into the rows.", "%(count)s merged areas reach into the rows.", found.merged
        )
        filled = _("What it says holds for all its cells.") if choices.fill_merged else _("Only its first cell counts.")
        yield f"{told % {'count': wording.number(found.merged)}} {filled}"
    yield from _narrow_told(found)
    for notice in found.notices:
        yield notice_told(notice.code, notice.context)


def _narrow_told(found: Found) -> Iterator[str]:
    """Of sheets that are not read, and of a text that no sign parts."""
    others = [
        sheet.name
        for place, sheet in enumerate(found.sheets)
        if place != found.sheet and sheet.rows > 1 and not sheet.is_hidden
    ]
    if others:
        told = ngettext(
            "Another sheet holds rows too and is not read now: %(names)s. Import the file once more for it.",
            "Other sheets hold rows too and are not read now: %(names)s. Import the file once more for each.",
            len(others),
        )
        yield told % {"names": _some(others)}
    if found.form == "csv" and len(found.headers) == 1:
        yield _("Only one column was found. If the file has several, choose the sign that parts them.")


def notice_told(code: str, context: Mapping[str, Any]) -> str:
    """A notice of the reading in a sentence."""
    return NOTICES[code](context)


def _left_out_told(found: Found, choices: Choices) -> Iterator[str]:
    if found.totals:
        told = (
            _("Rows that add up others are read as rows: %(rows)s.")
            if choices.with_totals
            else _("Rows that only add up others are left out: %(rows)s.")
        )
        yield told % {"rows": numbers_told(found.totals)}
    if found.repeated:
        yield _("Rows that repeat the names of the columns are left out: %(rows)s.") % {
            "rows": numbers_told(found.repeated)
        }
    if found.hidden:
        told = (
            _("Rows that are hidden in the file are read all the same: %(rows)s.")
            if choices.with_hidden
            else _("Rows that are hidden in the file are left out: %(rows)s.")
        )
        yield told % {"rows": numbers_told(found.hidden)}
    if found.blank:
        told = ngettext("%(count)s empty row is left out.", "%(count)s empty rows are left out.", found.blank)
        yield told % {"count": wording.number(found.blank)}
    if found.blank_columns:
        named = [letters(each) for each in found.blank_columns]
        yield _("Columns that hold nothing: %(columns)s.") % {"columns": _some(named)}


def numbers_told(numbers: Sequence[int], count: int | None = None) -> str:
    """Numbers of rows: the first few, and how many more there are. count: of all, where fewer were kept."""
    return _some([wording.number(each) for each in numbers], count)


def _some(texts: Sequence[str], count: int | None = None) -> str:
    shown = list(texts[:_NUMBERS_TOLD])
    more = (count if count is not None else len(texts)) - len(shown)
    # Numbers of five digits have commas of their own in some languages.
    told = "; ".join(shown)
    return _("%(some)s and %(count)s more") % {"some": told, "count": wording.number(more)} if more > 0 else told


def _header_told(found: Found) -> str:
    if not found.header_first:
        return _("no row names the columns")
    if found.header_first == found.header_last:
        return _("names of the columns in row %(row)s") % {"row": found.header_first}
    rows = {"first": found.header_first, "last": found.header_last}
    return _("names of the columns in rows %(first)s to %(last)s") % rows


def _rows_of(context: Mapping[str, Any]) -> str:
    return numbers_told(context.get("rows", ()), context.get("count"))


def _counted(one: str, many: str, context: Mapping[str, Any]) -> str:
    count = int(context["count"])
    said = {"count": wording.number(count), "rows": _rows_of(context), "row": context.get("row", "")}
    return ngettext(one, many, count) % said


# A sentence for each code of a notice.
NOTICES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    NoticeCode.OTHER_NAME: lambda told: (
        _("The name of the file says otherwise, but it is %(form)s, and is read as that.")
        % {"form": FORMS.get(told.get("form", ""), told.get("form", ""))}
    ),
    NoticeCode.UNDECODABLE: lambda told: _counted(
        "%(count)s character does not belong to this encoding. Another encoding may be right.",
        "%(count)s characters do not belong to this encoding. Another encoding may be right.",
        told,
    ),
    NoticeCode.NUL_SIGNS: lambda told: _counted(
        "%(count)s character that cannot be seen is left out.",
        "%(count)s characters that cannot be seen are left out.",
        told,
    ),
    NoticeCode.CONTROL_SIGNS: lambda told: _counted(
        "%(count)s control character is left out.", "%(count)s control characters are left out.", told
    ),
    NoticeCode.RAGGED: lambda told: (
        _("Rows that are longer than all others: %(rows)s. A sign that parts columns may stand within a value.")
        % {"rows": _rows_of(told)}
    ),
    NoticeCode.WRAPPED_LINES: lambda _told: _("Whole lines stood in quotation marks; they are read without them."),
    NoticeCode.OPEN_QUOTE: lambda _told: _(
        "A quotation mark is never closed, so quotation marks are read as part of the values."
    ),
    NoticeCode.NOTES: lambda told: _("Remarks below the table are left out: rows %(rows)s.") % {"rows": _rows_of(told)},
    NoticeCode.OTHER_TABLE: lambda told: _counted(
        "Row %(row)s names other columns: %(count)s row below it is another table and is not read. Import it on its "
        "own: take the file once more, and say that row %(row)s names the columns.",
        "Row %(row)s names other columns: %(count)s rows below it are another table and are not read. Import them on "
        "their own: take the file once more, and say that row %(row)s names the columns.",
        told,
    ),
    NoticeCode.SPREAD: lambda told: (
        _SPREAD.get(told.get("what", ""), _SPREAD["times"])
        % {"columns": _some([letters(each) for each in told.get("at", ())])}
    ),
    NoticeCode.OWN_COLUMNS: lambda told: _counted(
        "%(count)s column told of faults of an earlier check; it is not read.",
        "%(count)s columns told of faults of an earlier check; they are not read.",
        told,
    ),
    NoticeCode.UNKNOWN_ENCODING: lambda told: (
        _("The encoding %(what)s is not one that is read here; another was taken.") % {"what": told.get("what", "")}
    ),
}
