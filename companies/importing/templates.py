"""A file to fill in: every entry of a record as a column, what each takes, and one example that can be imported."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.importing.mapping.labels import called
from companies.importing.meaning import goods
from companies.importing.meaning.finding import Finder
from companies.importing.meaning.places import places
from companies.models import ExportRecord
from companies.records.fields import INCOTERMS, LABELS, MULTIPLIERS
from companies.records.reading import HS_REVISIONS
from markets.downloads import Form
from markets.models import Area, Category, Currency

FORMS: Final = (Form.XLSX, Form.CSV)
_COMPANY_NUMBER: Final = "company_number"
# The columns, in the order of the form; the number a company is registered under stands behind its name.
COLUMNS: Final = ("company", _COMPANY_NUMBER, *(name for name in LABELS if name != "company"))
# A spreadsheet would take the zeros off these, or make dates of them.
_CODES: Final = frozenset({_COMPANY_NUMBER, "hs_code", "hs_revision", "period", "document_reference"})
# So many rows below the header offer the lists; more can be written.
_ROWS_WITH_LISTS: Final = 10_000
# Excel's own number of the format Text.
_AS_TEXT: Final = 49
_WIDTHS: Final = (14, 40)
_CELL_TITLE: Final = 32
_CELL_MESSAGE: Final = 255

_ALWAYS: Final = _lazy("always")
_TAKES: Final[Mapping[str, tuple[Promise | str, Promise]]] = {
    "company": (
        _ALWAYS,
        _lazy("The company that sold, by its name here. One that is not known yet can be registered."),
    ),
    _COMPANY_NUMBER: ("", _lazy("The number the company is registered under. It tells companies of one name apart.")),
    "destination": (
        _ALWAYS,
        _lazy("The market it was sold to: a name or a code, such as KAZ. The list is on the last sheet."),
    ),
    "category": (
        _lazy("without an HS code"),
        _lazy("What was sold, in everyday words. The list is on the last sheet."),
    ),
    "hs_code": (_lazy("without a category"), _lazy("2, 4, 6, 8 or 10 digits, with dots or without: 8418.21.")),
    "hs_revision": (_lazy("with an HS code"), _lazy("The edition of the HS that the code is of, such as HS2022.")),
    "period": (_ALWAYS, _lazy("2025, 2025-Q1, 2025-04, 2025-01/2025-04 for January to April, or 2025-04-17.")),
    "value": (_ALWAYS, _lazy("The amount, with a point before the fraction: 1250000.50. Empty where it is not known.")),
    "multiplier": ("", _lazy("What the amount is counted in: 1, 1000, 10000 for 万, 1000000. Empty: 1.")),
    "currency": (_lazy("with a value"), _lazy("The currency of the amount, such as USD or CNY.")),
    "value_note": (_lazy("without a value"), _lazy("Why there is no amount, such as: not published.")),
    "stated_growth_pct": ("", _lazy("The growth as the source states it, in per cent: 12.5 or -3.")),
    "growth_base": ("", _lazy("What the growth is counted against, such as: the same months of 2024.")),
    "quantity": ("", _lazy("How much was sold, in the unit of the next column.")),
    "quantity_unit": (_lazy("with a quantity"), _lazy("What the quantity counts, such as pieces or tonnes.")),
    "net_weight_kg": ("", _lazy("In kilograms, without the packing.")),
    "incoterm": ("", _lazy("The term of delivery, edition of 2020, such as FOB.")),
    "settlement_currency": ("", _lazy("The currency it was paid in.")),
    "corridor": ("", _lazy("The way of transport. The list is on the last sheet.")),
    "customs_office": ("", _lazy("Where it left the country.")),
    "document_reference": ("", _lazy("The number of the contract, invoice or declaration. It tells rows apart.")),
    "note": ("", _lazy("Anything colleagues should know.")),
}


@dataclass(frozen=True, slots=True)
class _Choices:
    """What can be chosen in a column, in the active language, and what stands in its example."""

    by_field: Mapping[str, Sequence[str]]
    named: Mapping[tuple[str, str], str]


def template(language: str, form: Form) -> bytes:
    """The file to fill in, in a language of the product, as XLSX or as CSV in UTF-8 with a byte order mark.

    What is written in it is read back by the import without a question.
    """
    with translation.override(language):
        return _csv() if form is Form.CSV else _xlsx()


def _csv() -> bytes:
    out = io.StringIO()
    example = _example(_choices())
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([called(name) for name in COLUMNS])
    writer.writerow([example.get(name, "") for name in COLUMNS])
    return codecs.BOM_UTF8 + out.getvalue().encode()


def _xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    choices = _choices()
    # The sheet that is filled in comes first: it is the one that is read.
    records = book.add_worksheet(_("Records"))
    _write_guide(book, book.add_worksheet(_("How to fill it in")), _example(choices))
    lists = _write_lists(book, book.add_worksheet(_("Lists")), choices)
    _write_records(book, records, _example(choices), lists)
    book.close()
    return out.getvalue()


def _choices() -> _Choices:
    areas = _unmistakable(places(), Area.objects.values_list("code", flat=True))
    categories = _unmistakable(
        goods.categories(), Category.objects.order_by("sort", "slug").values_list("slug", flat=True)
    )
    currencies = list(Currency.objects.order_by("code").values_list("code", flat=True))
    corridors = {value: _(words) for value, words in ExportRecord.Corridor.choices}
    return _Choices(
        by_field={
            "destination": sorted(areas.values(), key=str.casefold),
            "category": list(categories.values()),
            "hs_revision": HS_REVISIONS,
            "currency": currencies,
            "settlement_currency": currencies,
            "multiplier": [str(number) for number in MULTIPLIERS],
            "incoterm": list(INCOTERMS),
            "corridor": list(corridors.values()),
        },
        named={
            ("destination", "KAZ"): areas.get("KAZ", "KAZ"),
            ("category", "appliances"): categories.get("appliances", "appliances"),
            ("corridor", "rail"): corridors["rail"],
        },
    )


def _unmistakable(finder: Finder, codes: Iterable[str]) -> dict[str, str]:
    """The names by their codes; a name that others go by too, such as Congo, with its code behind it."""
    named = {code: finder.label(code) for code in codes}
    return {code: name if finder.found(name) == code else f"{name} ({code})" for code, name in named.items()}


def _example(choices: _Choices) -> dict[str, Any]:
    """A record that is none: its company and its note say so."""
    return {
        "company": _("Example company (write over this row)"),
        "destination": choices.named["destination", "KAZ"],
        "category": choices.named["category", "appliances"],
        "hs_code": "841821",
        "hs_revision": "HS2022",
        "period": "2025-04",
        "value": Decimal("1250000.50"),
        "multiplier": 1,
        "currency": "USD",
        "stated_growth_pct": Decimal("12.5"),
        "growth_base": _("the same month of 2024"),
        "quantity": 5200,
        "quantity_unit": _("pieces"),
        "net_weight_kg": 218400,
        "incoterm": "FCA",
        "settlement_currency": "CNY",
        "corridor": choices.named["corridor", "rail"],
        "customs_office": _("Khorgos"),
        "document_reference": "0001-EXAMPLE",
        "note": _("Example: write your own records over this row."),
    }


def _write_records(book: Any, sheet: Any, example: Mapping[str, Any], lists: Mapping[str, str]) -> None:
    header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8edf4", "bottom": 1})
    as_text = book.add_format({"num_format": _AS_TEXT})
    shown = {"italic": True, "font_color": "#6b6b6b"}
    looks = {True: book.add_format({**shown, "num_format": _AS_TEXT}), False: book.add_format(shown)}
    for place, name in enumerate(COLUMNS):
        width = min(max(len(called(name)) + 4, _WIDTHS[0]), _WIDTHS[1])
        sheet.set_column(place, place, width, as_text if name in _CODES else None)
        sheet.write_string(0, place, called(name), header)
        _write(sheet, 1, place, example.get(name), looks[name in _CODES])
        sheet.data_validation(1, place, _ROWS_WITH_LISTS, place, _validation(name, lists))
    sheet.freeze_panes(1, 0)


def _validation(name: str, lists: Mapping[str, str]) -> dict[str, Any]:
    """What a cell says when it is chosen; a list is offered and never forced: names in other languages are read too."""
    _needed, takes = _TAKES[name]
    said = {"input_title": called(name)[:_CELL_TITLE], "input_message": str(takes)[:_CELL_MESSAGE]}
    if name not in lists:
        return {"validate": "any", **said}
    return {"validate": "list", "source": lists[name], "error_type": "information", "show_error": False, **said}


def _write_guide(book: Any, sheet: Any, example: Mapping[str, Any]) -> None:
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14})
    for place, width in enumerate((32, 22, 70, 36)):
        sheet.set_column(place, place, width, wrap)
    sheet.write_string(0, 0, _("How to fill in the records"), title)
    for line, told in enumerate(_told(), start=1):
        sheet.merge_range(line, 0, line, 3, told, wrap)
    first = len(list(_told())) + 2
    for place, said in enumerate((_("Entry"), _("Needed"), _("What it takes"), _("Example"))):
        sheet.write_string(first, place, said, bold)
    for line, name in enumerate(COLUMNS, start=first + 1):
        needed, takes = _TAKES[name]
        for place, said in enumerate((called(name), str(needed), str(takes), str(example.get(name, "")))):
            sheet.write_string(line, place, said, wrap)


def _told() -> Iterator[str]:
    yield _("One row is one record: what one company sold to one market in one period.")
    yield _("Columns may be left out or moved, and lists may be answered in English, Chinese or Russian, or by code.")
    yield _("The row in grey is an example: write over it. Nothing is saved before you have looked at it.")


def _write_lists(book: Any, sheet: Any, choices: _Choices) -> dict[str, str]:
    """Each list in a column of its own; by field where it stands."""
    bold = book.add_format({"bold": True})
    as_text = book.add_format({"num_format": _AS_TEXT})
    standing = {}
    for place, (name, words) in enumerate(choices.by_field.items()):
        sheet.set_column(place, place, _WIDTHS[1] if name in ("destination", "category") else _WIDTHS[0] + 6)
        sheet.write_string(0, place, called(name), bold)
        for line, word in enumerate(words, start=1):
            sheet.write_string(line, place, word, as_text)
        column = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
        standing[name] = f"='{sheet.get_name()}'!{column}$2:{column}${len(words) + 1}"
    sheet.freeze_panes(1, 0)
    return standing


def _write(sheet: Any, line: int, place: int, value: Any, look: Any) -> None:
    if isinstance(value, int | Decimal):
        sheet.write_number(line, place, float(value), look)
    elif value:
        sheet.write_string(line, place, value, look)
