"""The workspace in templates: when something is due, how sales grew, and what became of a place among the markets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from companies.profiles.target_words import STATUS_WORDS
from companies.profiles.workspace.lines import WorkspaceLine
from companies.profiles.workspace.news import MarketNews, RankMove
from companies.profiles.workspace.page import Since, WorkspacePage
from companies.profiles.workspace.sales import OwnSales, SalesBeside
from companies.queries.records import RecordQuestion
from companies.queries.targets import COMPANY, OWN, SHARED
from companies.queries.workspace import LATER, OVERDUE, UNDATED, WEEK, RecordNews, WorkspaceQuestion
from companies.templatetags.records import growth_between
from markets import wording
from markets.profiles.figure_table import vintages_in_order
from markets.profiles.figures import Provenance, Rank
from markets.profiles.observations import AreaKey
from markets.templatetags.figures import change_told, status_mark
from markets.templatetags.trade import full_money, money

register = template.Library()

A_DAY: Final = dt.timedelta(days=1)

DUE_WORDS: Final[Mapping[str, Promise]] = {
    OVERDUE: _lazy("Overdue"),
    WEEK: _lazy("Within a week"),
    LATER: _lazy("Later"),
    UNDATED: _lazy("Without a day"),
}
WHOSE_WORDS: Final[Mapping[str, Promise]] = {
    "": _lazy("All"),
    OWN: _lazy("My own"),
    COMPANY: _lazy("Companies’"),
    SHARED: _lazy("Shared with me"),
}


@register.filter
def due_words(due: str) -> str:
    """When a next action is due."""
    return str(DUE_WORDS[due])


@register.filter
def target_status_words(status: str) -> str:
    """The status of a target market."""
    return str(STATUS_WORDS[status])


@register.simple_tag
def statuses() -> list[tuple[str, str]]:
    """All statuses with their words."""
    return [(key, str(words)) for key, words in STATUS_WORDS.items()]


@register.simple_tag
def dues() -> list[tuple[str, str]]:
    """All times at which something may be due, with their words."""
    return [(key, str(words)) for key, words in DUE_WORDS.items()]


@register.simple_tag
def whose_links(page: WorkspacePage) -> list[tuple[str, str, int, bool]]:
    """Address, words and number of each kind of target market there is, and whether it is the one shown."""
    numbers = {"": page.total, **page.counts}
    return [
        (page.question.but(kept_by=key), str(words), numbers[key], page.question.kept_by == key)
        for key, words in WHOSE_WORDS.items()
        if numbers.get(key)
    ]


@register.simple_tag
def workspace_query(question: WorkspaceQuestion, **changes: str) -> str:
    """The query of this workspace with some words changed."""
    return question.but(**changes)


@register.simple_tag
def kept_words(question: WorkspaceQuestion, *names: str) -> list[tuple[str, str]]:
    """What a form of the workspace keeps of its question, as fields."""
    usual = WorkspaceQuestion()
    return [(name, text) for name in names if (text := getattr(question, name)) != getattr(usual, name)]


@register.simple_tag
def without_filters(question: WorkspaceQuestion) -> str:
    """The query that shows all target markets in the same view."""
    return replace(WorkspaceQuestion(), view=question.view, since=question.since).but()


@register.simple_tag
def since_words(since: Since) -> str:
    """From when news are told."""
    if since.why == "asked":
        return _("Since %(day)s") % {"day": wording.day_words(since.at.date())}
    forms = {"visit": _("Since your last visit on %(moment)s"), "began": _("Since you began on %(moment)s")}
    is_near = timezone.now() - since.at < A_DAY
    return forms[since.why] % {"moment": wording.moment_words(since.at) if is_near else wording.day_words(since.at)}


# ---------------------------------------------------------------- what changed
@register.filter
def news_told(news: MarketNews) -> str:
    """What is new of a market, counted: `2 places moved, 14 values revised`."""
    records = news.records or RecordNews(0, 0, 0)
    counted = [
        (len(news.moves), ngettext("%(count)s place moved", "%(count)s places moved", len(news.moves))),
        (
            news.revision_count,
            ngettext("%(count)s value revised", "%(count)s values revised", news.revision_count),
        ),
        (news.vintage_count, ngettext("%(count)s new vintage", "%(count)s new vintages", news.vintage_count)),
        *_records_counted(records),
    ]
    return wording.listed([form % {"count": wording.number(count)} for count, form in counted if count])


@register.filter
def records_told(records: RecordNews) -> str:
    """What became of records, counted."""
    return wording.listed(
        [form % {"count": wording.number(count)} for count, form in _records_counted(records) if count]
    )


def _records_counted(records: RecordNews) -> list[tuple[int, str]]:
    return [
        (records.approved, ngettext("%(count)s record approved", "%(count)s records approved", records.approved)),
        (records.entered, ngettext("%(count)s record entered", "%(count)s records entered", records.entered)),
        (records.removed, ngettext("%(count)s record removed", "%(count)s records removed", records.removed)),
    ]


@register.simple_tag
def records_since(market: str, since: Since) -> str:
    """The list of records to a market that changed since then."""
    moment = since.at.isoformat()
    return f"{reverse('companies:record_list')}?{RecordQuestion(destination=(market,), updated_since=moment).text()}"


@register.simple_tag
def revisions_since(market: str, since: Since) -> str:
    """The revisions of a market since then."""
    asked = {"market": market, "updated_since": since.at.isoformat()}
    return f"{reverse('markets:revisions')}?{urlencode(asked)}"


@register.simple_tag
def move_told(move: RankMove) -> str:
    """A place then and now, each with the number of markets and the period: `54 of 197 (2023) → 52 of 198 (2024)`."""
    form = (
        _("place %(then)s → %(now)s, lowest first")
        if move.now.lowest_first
        else _("place %(then)s → %(now)s, highest first")
    )
    return form % {"then": _place(move.then), "now": _place(move.now)}


def _place(rank: Rank) -> str:
    words = {"position": rank.position, "of": rank.of, "period": wording.period_words(rank.period)}
    return _("%(position)s of %(of)s (%(period)s)") % words


# ---------------------------------------------------------------- numbers beside one another
@register.simple_tag
def bought_cell(line: WorkspaceLine, home: str, *, brief: bool = False) -> SafeString:
    """What the market buys from home: value, status, period, whose word; but for `brief`, its change.

    Leads to both sides of that trade.
    """
    bought = line.numbers.bought
    if bought is None:
        said = _("the market is home itself") if line.target.market == home else _("not reported, or not loaded")
        return format_html(
            '<span class="nodata" title="{0}">{1}</span><span class="visually-hidden">{0}</span>',
            said,
            wording.NO_VALUE,
        )
    stated = bought.stated
    under = [wording.period_words(stated.period)]
    if bought.is_mirror:
        under.append(_("as %(reporter)s reports") % {"reporter": stated.reporter.name})
    if bought.change and not brief:
        under.append(change_told(bought.change, 1))
    return format_html(
        '<a class="value" href="{}" title="{}">{}</a>{}{}',
        reverse("markets:trade_pair", args=[line.target.market, home]),
        full_money(stated),
        money(stated),
        status_mark(stated.obs_status),
        format_html_join("", '<span class="under">{}</span>', ((words,) for words in under)),
    )


@register.simple_tag
def own_growth(own: OwnSales) -> str:
    """How the own sales grew on the same months, and how many records that is counted from; why not, where not."""
    sums = own.line
    before = wording.period_words(sums.base_period)
    if own.growth is None:
        return _("No growth: no record of %(period)s matches these.") % {"period": before}
    told = _("%(growth)s%% on %(period)s") % {"growth": growth_between(own.growth), "period": before}
    if sums.paired == sums.counted:
        return told
    form = ngettext(
        "%(growth)s, from %(paired)s record that has a counterpart",
        "%(growth)s, from the %(paired)s records that have a counterpart",
        sums.paired,
    )
    return form % {"growth": told, "paired": wording.number(sums.paired)}


@register.simple_tag
def own_counted(own: OwnSales) -> str:
    """The months of the own sales, and how many records they are added up from."""
    sums = own.line
    form = ngettext("%(period)s, %(count)s record", "%(period)s, %(count)s records", sums.counted)
    told = [form % {"period": wording.period_words(sums.period), "count": wording.number(sums.counted)}]
    if sums.approved < sums.counted:
        waiting = sums.counted - sums.approved
        told.append(ngettext("%(count)s not approved", "%(count)s not approved", waiting) % {"count": waiting})
    if sums.apart:
        form = ngettext("%(count)s left out: it overlaps", "%(count)s left out: they overlap", sums.apart)
        told.append(form % {"count": sums.apart})
    return " · ".join(told)


@register.simple_tag
def market_growth(line: WorkspaceLine, home: AreaKey) -> SafeString:
    """The growth of all goods sold from home to the market, at the same time; why there is none, where there is not.

    Leads to what both sides report of that trade.
    """
    told = _market_growth(line.sales, home.name)
    if line.sales.reported is None:
        return format_html("{}", told)
    return format_html('<a href="{}">{}</a>', reverse("markets:trade_pair", args=[line.target.market, home.iso3]), told)


def _market_growth(sales: SalesBeside, home: str) -> str:
    reported = sales.reported
    if reported is None or reported.growth_pct is None:
        words = {"home": home, "period": wording.period_words(sales.period)}
        return (
            _("Market: no growth known. Purchases from %(home)s are not loaded for both %(period)s and a year before.")
            % words
        )
    words = {
        "growth": wording.difference(reported.growth_pct, 1),
        "home": home,
        "period": wording.period_words(reported.now.period),
        "reporter": reported.now.reporter,
        "currency": reported.now.currency,
    }
    if sales.is_same_time:
        return _("Market: %(growth)s%%, all goods from %(home)s, same time (%(reporter)s, %(currency)s)") % words
    return (
        _("Market: %(growth)s%%, all goods from %(home)s, whole year %(period)s (%(reporter)s, %(currency)s)") % words
    )


@register.simple_tag
def sources_of(page: WorkspacePage) -> tuple[Provenance, ...]:
    """The vintages that the shown numbers come from, newest first."""
    used: dict[int, Provenance] = {}
    for line in page.lines:
        held = [figure.provenance for figure in line.numbers.figures]
        held.append(line.numbers.bought.source if line.numbers.bought else None)
        used |= {source.release: source for source in held if source}
    return vintages_in_order(used.values())


@register.simple_tag
def figures_of(page: WorkspacePage) -> list[object]:
    """All figures shown, for the legend of their marks."""
    return [line.numbers for line in page.lines]
