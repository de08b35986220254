"""Revisions: what later vintages changed, as a page and as an Atom feed, and the difference of two days."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from markets import queries, wording
from markets.door.page import answer_with_table, between, moment, page_view, word
from markets.errors import InvalidValue
from markets.profiles import difference_page, revision_feed
from markets.profiles.revision_feed import REVISIONS_SHOWN, RevisionQuestion
from markets.profiles.revisions import RevisionRecord, StatedValue
from markets.templatetags.indicators import difference_of

MOST_ROWS = 1000
# How much of what one vintage changed in one indicator an entry of the feed tells in words.
LINES_TOLD = 20


@page_view
def revisions(request: HttpRequest) -> HttpResponse:
    """The newest revisions; with `from` and `to` what read differently on two days."""
    asked, limit, after = _question(request), _limit(request), word(request, "after")
    if days := between(request):
        page = difference_page(asked, days, after=after, limit=limit)
        return answer_with_table(request, "markets/revisions_between.html", page)
    since = moment(request, "updated_since", from_start=True)
    feed_page = revision_feed(asked, since=since, after=after, limit=limit)
    return answer_with_table(request, "markets/revisions.html", feed_page)


@page_view
def feed(request: HttpRequest) -> HttpResponse:
    """The newest revisions as Atom: an entry for each indicator that a vintage changed."""
    since = moment(request, "updated_since", from_start=True)
    page = revision_feed(_question(request), since=since, limit=MOST_ROWS, withheld=queries.withheld_datasets())
    atom = Atom1Feed(
        title=_("Sogdia: revisions"),
        link=request.build_absolute_uri(reverse("markets:revisions")),
        description=_("Values that later vintages revised or withdrew, the newest first."),
        language=get_language(),
        feed_url=request.build_absolute_uri(),
        feed_guid=request.build_absolute_uri(),
    )
    changed = [
        list(held)
        for group in page.groups
        for _code, held in groupby(group.records, key=lambda record: record.indicator.code)
    ]
    # The last one may go on beyond what was read, and could not say how much it changed.
    whole = changed[:-1] if page.after and len(changed) > 1 else changed
    for records in whole:
        _add_entry(request, atom, records, is_partial=bool(page.after) and len(changed) == 1)
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _add_entry(request: HttpRequest, atom: Atom1Feed, records: list[RevisionRecord], *, is_partial: bool) -> None:
    """What one vintage changed in one indicator. It leads to the page that begins there."""
    first, count = records[0], len(records)
    since = first.published_at.isoformat().replace("+00:00", "Z") if first.published_at else ""
    query = urlencode({"indicator": first.indicator.code, "updated_since": since})
    form = ngettext("%(name)s: %(count)s value changed", "%(name)s: %(count)s values changed", count)
    if is_partial:
        form = _("%(name)s: more than %(count)s values changed")
    address = request.build_absolute_uri(f"{reverse('markets:revisions')}?{query}")
    atom.add_item(
        title=form % {"name": first.indicator.name, "count": count},
        link=address,
        unique_id=address,
        description=_told(records),
        author_name=first.source.publisher,
        pubdate=first.published_at,
        updateddate=first.published_at,
        categories=(first.indicator.code,),
    )


def _told(records: list[RevisionRecord]) -> str:
    """The first changed values in words, as HTML, with their unit and vintage."""
    first = records[0]
    lines = format_html_join("", "<li>{}</li>", ((_line(record),) for record in records[:LINES_TOLD]))
    rest = len(records) - LINES_TOLD
    more = ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest} if rest > 0 else ""
    return format_html(
        "<p>{}; {}</p><ul>{}</ul><p>{}</p>", first.new.vintage.title, wording.unit_words(first.unit), lines, more
    )


def _line(record: RevisionRecord) -> str:
    told = {
        "market": record.market.name,
        "period": wording.period_words(record.period),
        "old": _value(record, record.old),
        "new": _value(record, record.new),
    }
    line = _("%(market)s, %(period)s: %(old)s, now %(new)s") % told
    moved = difference_of(record, record.decimals)
    return f"{line} ({moved})" if moved else line


def _value(record: RevisionRecord, stated: StatedValue | None) -> str:
    if stated is None or stated.value is None:
        return str(wording.STATUS_WORDS[stated.status]) if stated else wording.NO_VALUE
    return wording.amount(stated.value, record.unit, record.decimals)


def _question(request: HttpRequest) -> RevisionQuestion:
    return RevisionQuestion(
        market=word(request, "market").upper(),
        indicator=word(request, "indicator"),
        dataset=word(request, "dataset"),
        kind=word(request, "kind"),
    )


def _limit(request: HttpRequest) -> int:
    """How many rows are wanted. Raises InvalidValue."""
    text = word(request, "limit")
    if not text:
        return REVISIONS_SHOWN
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ROWS)) and 1 <= int(text) <= MOST_ROWS:
        return int(text)
    expected = _("it is a whole number from %(least)s to %(most)s") % {"least": 1, "most": MOST_ROWS}
    raise InvalidValue(parameter="limit", value=text, expected=expected)
