"""Revisions in templates: what happened to a value in words, and the addresses of feeds and differences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import wording
from markets.profiles.difference import Difference
from markets.profiles.revision_feed import RevisionGroup
from markets.profiles.revisions import RevisionRecord, StatedValue

register = template.Library()

KIND_WORDS: Final = {"revised": _lazy("revised"), "withdrawn": _lazy("withdrawn"), "added": _lazy("added")}
# What narrows a feed as it narrows the page.
NARROWING: Final = ("market", "indicator", "dataset", "kind")


@dataclass(frozen=True, slots=True)
class KindLink:
    """One kind of difference with the number of values and the address that shows them alone."""

    label: str
    address: str
    is_current: bool


@register.filter
def revision_words(kind: str) -> str:
    """What happened to a value."""
    return str(KIND_WORDS[kind])


@register.simple_tag
def stated_amount(record: RevisionRecord, stated: StatedValue) -> str:
    """One of the two values of a revision, short; with all its digits where the two would read alike."""
    if stated.value is None:
        return wording.NO_VALUE
    values = [side.value for side in (record.old, record.new) if side and side.value is not None]
    told = {wording.amount(value, record.unit, record.decimals) for value in values}
    if len(told) < len(values):
        return wording.number(wording.in_full(stated.value, record.unit))
    return wording.amount(stated.value, record.unit, record.decimals)


@register.simple_tag
def difference_kinds(difference: Difference) -> list[KindLink]:
    """All values that read differently, then each kind that there is."""
    total = difference.total
    numbers = {"revised": total.revised, "withdrawn": total.withdrawn, "added": total.added}
    labels = {
        "revised": _("Revised: %(count)s"),
        "withdrawn": _("Withdrawn: %(count)s"),
        "added": _("Added: %(count)s"),
    }
    every = _("All: %(count)s") % {"count": wording.number(sum(numbers.values()))}
    links = [KindLink(every, _address(difference), not difference.question.kind)]
    return links + [
        KindLink(
            labels[kind] % {"count": wording.number(number)},
            _address(difference, kind=kind),
            difference.question.kind == kind,
        )
        for kind, number in numbers.items()
        if number
    ]


@register.simple_tag
def difference_address(difference: Difference, after: str) -> str:
    """The page that goes on after a place."""
    return _address(difference, kind=difference.question.kind, after=after)


@register.simple_tag(takes_context=True)
def feed_address(context: template.Context) -> str:
    """The Atom feed of what this page is narrowed to."""
    request: HttpRequest = context["request"]
    kept = {name: request.GET[name] for name in NARROWING if request.GET.get(name)}
    path = reverse("markets:revision_feed")
    return f"{path}?{urlencode(kept)}" if kept else path


@register.simple_tag
def letters_of_revisions(holders: Iterable[RevisionRecord | RevisionGroup]) -> list[tuple[str, str]]:
    """Status letters of the old and new values, each with its words, in alphabetical order."""
    letters = set()
    for holder in holders:
        for record in holder.records if isinstance(holder, RevisionGroup) else (holder,):
            letters |= {stated.status for stated in (record.old, record.new) if stated and stated.status}
    return [(letter, str(wording.STATUS_WORDS[letter])) for letter in sorted(letters)]


def _address(difference: Difference, **words: str) -> str:
    asked = difference.question
    query = {
        "from": _moment(difference.start),
        "to": _moment(difference.end),
        "market": asked.market,
        "indicator": asked.indicator,
        "dataset": asked.dataset,
        **words,
    }
    return f"{reverse('markets:revisions')}?{urlencode({name: text for name, text in query.items() if text})}"


def _moment(at: dt.datetime) -> str:
    """The day, where its end is meant; else the moment."""
    return at.date().isoformat() if at.timetz() == dt.time.max.replace(tzinfo=dt.UTC) else at.isoformat()
