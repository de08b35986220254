"""Figures in templates: amounts, periods, changes, ranks, status letters, and addresses that keep the asked date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from markets import wording
from markets.profiles.demand import DocumentRef
from markets.profiles.figures import Change, ChangeKind, Figure, Provenance, Rank
from markets.profiles.markets import MarketList, MarketRow
from markets.profiles.tables import Cell, Column, Table

register = template.Library()

ADDRESS = re.compile(r"(https?://[^\s;,]+)")
# Room for the title of a document that has no publisher to be called by.
TITLE_LENGTH = 48

# Columns whose raw values are codes: how people read them.
COLUMN_WORDS: dict[str, Callable[[str], str]] = {
    "period": wording.period_words,
    "previous_period": wording.period_words,
    "rank_period": wording.period_words,
    "unit": wording.unit_words,
    "missing": lambda reason: str(wording.MISSING_WORDS[reason]),
    "obs_status": lambda letter: str(wording.STATUS_WORDS[letter]),
}

register.filter("period_words", wording.period_words)
register.filter("unit_words", wording.unit_words)
register.filter("day_words", wording.day_words)
register.filter("source_day_words", wording.source_day_words)


@register.filter
def amount(figure: Figure) -> str:
    """The figure's value, short, with its unit sign; a dash where it has none."""
    if figure.value is None:
        return wording.NO_VALUE
    return wording.amount(figure.value, figure.indicator.unit, figure.indicator.decimals)


@register.filter
def full_amount(figure: Figure) -> str:
    """The figure's value with all printed digits and its unit in words, or why there is none."""
    if figure.value is None:
        return missing_words(figure.missing)
    return wording.full_amount(figure.value, figure.indicator.unit)


@register.simple_tag
def amount_of(value: Decimal | None, unit: str, decimals: int = 0) -> str:
    """A bare value as `amount` shows a figure's."""
    return wording.NO_VALUE if value is None else wording.amount(value, unit, decimals)


@register.simple_tag
def full_amount_of(value: Decimal | None, unit: str) -> str:
    """A bare value as `full_amount` shows a figure's."""
    return wording.NO_VALUE if value is None else wording.full_amount(value, unit)


@register.simple_tag(takes_context=True)
def figure_cell(context: template.Context, figure: Figure) -> SafeString:
    """A figure in a cell or line: value, status and period, or a dash with its reason. Leads to its series."""
    if figure.value is None:
        reason = missing_words(figure.missing)
        return format_html(
            '<span class="nodata" title="{}">{}</span><span class="visually-hidden">{}</span>',
            reason,
            wording.NO_VALUE,
            reason,
        )
    return format_html(
        '<a class="value" href="{}" title="{}">{}</a>{}<span class="under">{}</span>',
        address(context, "markets:series", figure.area, figure.indicator.code),
        full_amount(figure),
        amount(figure),
        status_mark(figure.obs_status),
        wording.period_words(figure.period),
    )


@register.filter
def plain_number(value: Decimal | int | None) -> str:
    """A number with all its digits, without a unit: for counts and thresholds."""
    return wording.NO_VALUE if value is None else wording.number(value)


@register.filter
def missing_words(reason: str) -> str:
    """Why there is no value. Raises KeyError for a reason nobody has named."""
    return str(wording.MISSING_WORDS[reason])


@register.filter
def status_words(letter: str) -> str:
    """A status letter in words."""
    return str(wording.STATUS_WORDS[letter])


@register.filter
def group_words(key: str) -> str:
    """The subject of a group of indicators."""
    return str(wording.GROUP_WORDS[key])


@register.filter
def subregion_words(key: str) -> str:
    """A part of the world; empty for none."""
    return str(wording.SUBREGION_WORDS[key]) if key else ""


@register.filter
def change_words(figure: Figure) -> str:
    """How the figure moved since the stated value before; empty where nothing can be said."""
    return change_told(figure.change, figure.indicator.decimals) if figure.change else ""


@register.simple_tag
def change_of(change: Change | None, decimals: int) -> str:
    """A bare change as `change_words` tells a figure's; empty for none."""
    return change_told(change, decimals) if change else ""


def change_told(change: Change, decimals: int) -> str:
    """A change with its sign, its kind and the period it is counted from."""
    forms = {
        ChangeKind.PER_CENT: _("%(change)s%% since %(period)s"),
        ChangeKind.POINTS: _("%(change)s percentage points since %(period)s"),
        ChangeKind.DIFFERENCE: _("%(change)s since %(period)s"),
    }
    digits = 1 if change.kind is ChangeKind.PER_CENT else max(decimals, 1)
    shown = wording.difference(change.value, digits)
    return forms[change.kind] % {"change": shown, "period": wording.period_words(change.since)}


@register.filter
def rank_words(rank: Rank | None) -> str:
    """A rank as `53 of 197`."""
    return _("%(position)s of %(of)s") % {"position": rank.position, "of": rank.of} if rank else ""


@register.filter
def rank_meaning(rank: Rank) -> str:
    """What that rank means: among whom, and which end is first."""
    form = (
        _("Place %(position)s among the %(of)s markets with a value for the same period; 1 is the lowest value.")
        if rank.lowest_first
        else _("Place %(position)s among the %(of)s markets with a value for the same period; 1 is the highest value.")
    )
    return form % {"position": rank.position, "of": rank.of}


@register.filter
def place_told(rank: Rank, period: str = "") -> str:
    """A rank as `Place 53 of 197, highest first`; with its period where that is not the figure's own."""
    form = (
        _("Place %(position)s of %(of)s, lowest first")
        if rank.lowest_first
        else _("Place %(position)s of %(of)s, highest first")
    )
    told = form % {"position": rank.position, "of": rank.of}
    note = rank_note(rank, period)
    return _("%(place)s, %(note)s") % {"place": told, "note": note} if note else told


@register.filter
def rank_note(rank: Rank, period: str = "") -> str:
    """What must be known of a rank: that it is of another period than the figure, or among few markets."""
    notes = []
    if period and rank.period and rank.period != period:
        notes.append(_("in %(period)s") % {"period": wording.period_words(rank.period)})
    if rank.loaded is not None:
        form = ngettext("among the %(count)s market loaded", "among the %(count)s markets loaded", rank.loaded)
        notes.append(form % {"count": rank.loaded})
    return ", ".join(notes)


@register.simple_tag
def revised_words(figure: Figure) -> str:
    """What the figure was before its revision, and in which vintage."""
    if figure.revised_from is None:
        return ""
    old = figure.revised_from
    was = amount_of(old.value, figure.indicator.unit, figure.indicator.decimals)
    known = {"value": was, "day": wording.day_words(old.released_on or old.known_from)}
    if old.released_on:
        return _("Revised: was %(value)s in the vintage of %(day)s") % known
    return _("Revised: was %(value)s in a vintage known by %(day)s") % known


@register.filter
def strength_words(strength: str) -> str:
    """How strongly a theme is supported, in a word or two."""
    return str(wording.STRENGTH_WORDS[strength])


@register.simple_tag
def status_mark(letter: str) -> SafeString | str:
    """A status letter as a small raised mark that says what it means; nothing for a normal value."""
    if not letter:
        return ""
    return format_html('<abbr class="obs-status" title="{}">{}</abbr>', status_words(letter), letter)


@register.simple_tag
def letters_used(*holders: Any) -> list[tuple[str, str]]:
    """Status letters on the figures and points of the given things, each with its words, in alphabetical order."""
    letters = {mark for holder in holders for mark in _letters(holder)}
    return [(letter, status_words(letter)) for letter in sorted(letters)]


@register.simple_tag
def reasons_used(*holders: Any) -> list[str]:
    """Why values are missing among the given figures, each reason once."""
    reasons = {figure.missing for holder in holders for figure in _figures(holder) if figure.missing}
    return [missing_words(reason) for reason in sorted(reasons)]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A table's cell as people read it. full: all digits of a number that is shortened; empty text: nothing to show."""

    column: Column
    text: str
    full: str = ""


@register.filter
def rows_shown(table: Table) -> list[list[ShownCell]]:
    """The rows of a table as people read them; files keep the raw values."""
    return [[_shown_cell(column, cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows]


@register.simple_tag(takes_context=True)
def address(context: template.Context, name: str, *args: Any) -> str:
    """The address of another page of ours, with the asked date kept."""
    return _with_query(_path(get_language() or "", name, args), context["request"], keep=("as_of",))


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, name: str, text: str, but: str = "") -> SafeString:
    """A link of the navigation; marked on that page and those below it, but not on `but` and below that."""
    target = reverse(name)
    request: HttpRequest | None = context.get("request")
    if request is None or not request.path.startswith(target) or (but and request.path.startswith(reverse(but))):
        return format_html('<a href="{}">{}</a>', target, text)
    current = "page" if request.path == target else "true"
    return format_html('<a href="{}" aria-current="{}">{}</a>', target, current, text)


@register.simple_tag(takes_context=True)
def this_page(context: template.Context, **changes: str) -> str:
    """This page's own address with some words of its query changed; an empty value takes the word away."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for word, value in changes.items():
        if value:
            query[word] = value
        else:
            query.pop(word, None)
    encoded = query.urlencode()
    return f"{request.path}?{encoded}" if encoded else request.path


@register.simple_tag(takes_context=True)
def in_language(context: template.Context, language: str) -> str:
    """This page's address in another language, its query kept."""
    request: HttpRequest | None = context.get("request")
    return translate_url(request.get_full_path(), language) if request else f"/{language}/"


@dataclass(frozen=True, slots=True)
class ListedRows:
    """Markets of a list that have any of its figures, and those that have none."""

    with_data: tuple[MarketRow, ...]
    without_data: tuple[MarketRow, ...]


@register.simple_tag
def rows_by_data(page: MarketList) -> ListedRows:
    """The rows of a list of markets, those without any figure apart."""
    has_data = {row.market.iso3 for row in page.rows if any(figure.value is not None for figure in row.figures)}
    return ListedRows(
        tuple(row for row in page.rows if row.market.iso3 in has_data),
        tuple(row for row in page.rows if row.market.iso3 not in has_data),
    )


@register.filter
def document_words(document: DocumentRef) -> str:
    """Publisher, title and day of a document; what it does not state about itself is said to be so."""
    publisher = document.publisher or _("publisher not stated")
    title = _("“%(title)s”") % {"title": document.title} if document.title else _("title not stated")
    day = wording.day_words(document.published_on) if document.published_on else _("day not stated")
    return _("%(publisher)s, %(title)s, %(day)s") % {"publisher": publisher, "title": title, "day": day}


@register.filter
def place_words(document: DocumentRef) -> str:
    """Where a fact stands: who published the document (its title, shortened, where that is not known), and the line."""
    title = shorten(document.title, TITLE_LENGTH, placeholder="…")
    name = document.publisher or (_("“%(title)s”") % {"title": title} if title else _("publisher not stated"))
    line = document.locator.partition(":L")[2]
    return _("%(document)s, line %(line)s") % {"document": name, "line": line} if line else name


@register.filter
def vintage_day(source: Provenance) -> str:
    """The day of a vintage; where the source gives none, the day by which it was public."""
    if source.released_on:
        return wording.day_words(source.released_on)
    return _("by %(day)s") % {"day": wording.day_words(source.known_from)}


@register.filter
def linked(text: str) -> SafeString:
    """A citation with each address in it as a link that shows its site only."""
    parts = ADDRESS.split(text)
    return format_html_join("", "{}", ((_site(part) if ADDRESS.fullmatch(part) else part,) for part in parts))


@register.filter
def local_time(zone: str) -> str:
    """What time it is there now, with the distance from UTC."""
    return wording.local_time_words(zone, dt.datetime.now(dt.UTC))


def _site(address_text: str) -> SafeString:
    name = urlsplit(address_text).netloc.removeprefix("www.")
    return format_html('<a href="{}" rel="nofollow noopener">{}</a>', address_text, name)


def _shown_cell(column: Column, cell: Cell) -> ShownCell:
    if column.is_number:
        if cell is None or isinstance(cell, str):
            return ShownCell(column, cell or wording.NO_VALUE)
        if column.unit:
            text = wording.amount(cell, column.unit, column.decimals or 0)
            return ShownCell(column, text, wording.full_amount(cell, column.unit))
        return ShownCell(column, wording.number(cell))
    words = COLUMN_WORDS.get(column.key)
    text = "" if cell is None else str(cell)
    return ShownCell(column, words(text) if words and text else text)


@lru_cache(maxsize=20_000)
def _path(language: str, name: str, args: tuple[Any, ...]) -> str:  # noqa: ARG001 the prefix of the address
    """The path of a page in a language: a long table asks for the same ones at every request."""
    return reverse(name, args=args)


def _with_query(path: str, request: HttpRequest, keep: Iterable[str]) -> str:
    query = request.GET.copy()
    for word in list(query):
        if word not in keep or not query[word]:
            del query[word]
    encoded = query.urlencode()
    return f"{path}?{encoded}" if encoded else path


def _figures(holder: Any) -> Iterator[Figure]:
    """The figures in a figure, in something that has `figures`, or in a sequence of either."""
    if isinstance(holder, Figure):
        yield holder
    elif isinstance(holder, tuple | list):
        for member in holder:
            yield from _figures(member)
    else:
        yield from getattr(holder, "figures", ())


def _letters(holder: Any) -> Iterator[str]:
    """Status letters on figures, points, rows of a ranking, lines of points, and sequences of any of them."""
    if isinstance(holder, tuple | list):
        for member in holder:
            yield from _letters(member)
        return
    if letter := getattr(holder, "obs_status", ""):
        yield letter
    for parts in ("figures", "points"):
        yield from _letters(getattr(holder, parts, ()))
