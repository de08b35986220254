"""Lists of records in templates: cells as people read them, and addresses of the same list asked otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qsl, urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.profiles.record_list import ListedRecord, RecordListPage
from companies.profiles.record_totals import RateUsed
from companies.queries.records import SORTS, RecordQuestion
from markets import wording
from markets.profiles.tables import Cell, Column

register = template.Library()

# A sign that goes before the words, which say the same.
STATUS_SIGNS: Final = {"draft": "○", "submitted": "◐", "returned": "↩", "approved": "✓"}
# Which word of `sort` a column is ordered by.
COLUMN_SORTS: Final = {
    "company": "company",
    "destination": "destination",
    "hs_code": "product",
    "period": "period",
    "value": "value",
    "status": "status",
    "updated_at": "updated",
}


@register.filter
def status_sign(status: str) -> str:
    """The sign of a record's state."""
    return STATUS_SIGNS[status]


@register.simple_tag
def cells_of(row: ListedRecord, columns: tuple[Column, ...]) -> Iterator[tuple[Column, str]]:
    """The cells of a row with their columns, as people read them; an empty text where nothing is said."""
    return ((column, cell_words(column, cell)) for column, cell in zip(columns, row.cells, strict=True))


def cell_words(column: Column, cell: Cell) -> str:
    """A raw cell as people read it."""
    if cell is None:
        return wording.NO_VALUE if column.key == "value" else ""
    if isinstance(cell, Decimal | int):
        return wording.number(cell)
    if column.key == "period":
        return wording.period_words(cell)
    if column.key == "updated_at":
        return wording.day_words(dt.datetime.fromisoformat(cell).date())
    return cell


@register.simple_tag
def list_query(page: RecordListPage, number: int | str = "", **beside: str) -> str:
    """The query of this list on another page of it, or as a file."""
    words = {"page": str(number), **beside} if number else beside
    return page.address_of(page.question, **words)


@register.simple_tag
def query_word(page: RecordListPage) -> str:
    """The whole question of this list as one word of another address."""
    return urlencode({"query": page.query})


@register.filter
def question_words(question: RecordQuestion) -> list[tuple[str, str]]:
    """A question as the fields of a form."""
    return parse_qsl(question.text())


@register.filter
def rounded_amount(value: Decimal) -> str:
    """An amount that is only about right: no more than four leading digits."""
    shown = value.quantize(Decimal(1).scaleb(max(0, value.adjusted() - 3))) if value else value
    return wording.number(shown, 0)


@register.simple_tag
def rate_words(used: RateUsed, currency: str) -> str:
    """A rate that was used, whose word it is, and how many records were converted with it."""
    form = ngettext(
        "1 %(base)s = %(rate)s %(currency)s in %(year)s, %(kind)s, for %(count)s record;",
        "1 %(base)s = %(rate)s %(currency)s in %(year)s, %(kind)s, for %(count)s records;",
        used.rows,
    )
    return form % {
        "base": used.currency,
        "rate": wording.number(used.rate.value, 4),
        "currency": currency,
        "year": used.year,
        "kind": wording.RATE_KIND_WORDS[used.rate.kind],
        "count": used.rows,
    }


@register.simple_tag
def query_without(page: RecordListPage, question: RecordQuestion) -> str:
    """The query of this list for another question."""
    return page.address_of(question)


@register.simple_tag
def column_head(page: RecordListPage, column: Column) -> SafeString | str:
    """A column's heading; where rows can be ordered by it, a link that does, and turns the order round after."""
    word = COLUMN_SORTS.get(column.key)
    if word is None:
        return column.label
    is_down = page.question.sort == f"-{word}"
    wanted = word if is_down else f"-{word}"
    sign = "▼" if is_down else "▲" if page.question.sort == word else ""
    return format_html(
        '<a href="?{}">{}</a>{}',
        page.address_of(replace(page.question, sort=wanted)),
        column.label,
        format_html(' <span aria-hidden="true">{}</span>', sign) if sign else "",
    )


@register.simple_tag
def column_order(page: RecordListPage, column: Column) -> str:
    """How a column is ordered, for `aria-sort`; empty where it is not."""
    word = COLUMN_SORTS.get(column.key, "")
    return {word: "ascending", f"-{word}": "descending"}.get(page.question.sort, "") if word else ""


@register.simple_tag
def sorts() -> list[tuple[str, str]]:
    """The orders a list can have, in words."""
    words = {
        "period": _("Period"),
        "updated": _("Changed"),
        "created": _("Entered"),
        "company": _("Company"),
        "destination": _("Destination"),
        "product": _("HS code"),
        "value": _("Value"),
        "status": _("Status"),
    }
    last_first, first_first = _("%(column)s, last or largest first"), _("%(column)s, first or smallest first")
    return [
        (sign + word, (last_first if sign else first_first) % {"column": words[word]})
        for word in SORTS
        for sign in ("-", "")
    ]


@register.filter
def listed_codes(codes: tuple[object, ...]) -> str:
    """Codes or ids with commas between them, as they are typed."""
    return ", ".join(str(code) for code in codes)
