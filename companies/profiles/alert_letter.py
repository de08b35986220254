"""A letter that tells of alerts, in the language and the figures of whoever gets it: plain text and simple HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from companies.access import actor_of_person
from companies.alerts.letters import Waiting
from companies.profiles.alerts import AlertRecord, RevisedFigure, ToldValue, alert_records
from markets import wording
from markets.profiles.figures import Provenance
from markets.vocabulary import Reader, reading_as

# Of the figures that one release revised, so many stand in a letter; the others are counted.
MOST_FIGURES: Final = 5


@dataclass(frozen=True, slots=True)
class Move:
    """Old and new of one figure, in words. about: which figure, empty where the headline says it."""

    about: str
    old: str
    new: str
    change: str


@dataclass(frozen=True, slots=True)
class Told:
    """One alert. more: how many figures are not listed. address: where to look further.

    source: the vintage that states the new value, with its address; before: the one that stated the old value, where
    that is another, and the same one for all figures. None where no vintage does. why: the rule, as its person would
    say it.
    """

    headline: str
    moves: tuple[Move, ...]
    more: int
    address: str
    source: Provenance | None
    source_address: str
    before: Provenance | None
    why: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. more: how many alerts are not told in it; the others are addresses of pages."""

    alerts: tuple[Told, ...]
    more: int
    all_alerts: str
    choose: str
    unsubscribe: str


def alert_letter(waiting: Waiting) -> EmailMultiAlternatives:
    """The letter, not yet addressed. Raises KeyError for an alert whose kind nobody has named."""
    person = waiting.person
    reader = Reader(person.number_style, person.time_zone, person.currency_id or "")
    with translation.override(person.language or settings.LANGUAGE_CODE), reading_as(lambda: reader):
        letter = _letter(waiting)
        told: dict[str, Any] = {"letter": letter, "language": translation.get_language()}
        message = EmailMultiAlternatives(
            subject=_subject(letter), body=render_to_string("companies/letters/alerts.txt", told)
        )
        message.attach_alternative(render_to_string("companies/letters/alerts.html", told), "text/html")
    return message


def _letter(waiting: Waiting) -> Letter:
    records = alert_records(actor_of_person(waiting.person), waiting.alerts)
    return Letter(
        alerts=tuple(_told(record) for record in records),
        more=waiting.more,
        all_alerts=_address("companies:alert_list"),
        choose=_address("companies:alert_letters"),
        unsubscribe=waiting.unsubscribe,
    )


def _subject(letter: Letter) -> str:
    count = len(letter.alerts) + letter.more
    if count == 1:
        return letter.alerts[0].headline
    return ngettext("%(count)s alert", "%(count)s alerts", count) % {"count": wording.number(count)}


def _told(record: AlertRecord) -> Told:
    before, source = (None if side is None else side.provenance for side in (record.old, record.new))
    if source is None or before == source:
        # A value that was withdrawn stands in no vintage but that of the old one.
        before, source = None, source or before
    if any(each.old.provenance != before for each in record.revised):
        before = None
    return Told(
        headline=record.headline,
        moves=_moves(record),
        more=max(record.count - MOST_FIGURES, 0) if record.revised else 0,
        address=_where(record),
        source=source,
        source_address=_address("markets:release", source.release) if source else "",
        before=before,
        why=record.rule.sentence,
    )


def _moves(record: AlertRecord) -> tuple[Move, ...]:
    if record.revised:
        return tuple(_revised(each, record) for each in record.revised[:MOST_FIGURES])
    if record.old is None and record.new is None:
        return ()
    return (Move("", _side(record.old), _side(record.new), record.moved),)


def _revised(figure: RevisedFigure, record: AlertRecord) -> Move:
    about = figure.indicator.name if record.count > 1 and record.indicator is None else ""
    return Move(about, _side(figure.old), _side(figure.new), figure.moved)


def _side(told: ToldValue | None) -> str:
    """A value with what it is of: `288 billion (2023, provisional)`."""
    if told is None:
        return wording.NO_VALUE
    status = str(wording.STATUS_WORDS[told.obs_status]) if told.obs_status else ""
    of = ", ".join(part for part in (wording.period_words(told.period), status) if part)
    return f"{told.words} ({of})" if of else told.words


def _where(record: AlertRecord) -> str:
    """The page that shows more of it."""
    if record.record is not None:
        return _address("companies:record", record.record.id)
    if record.dataset is not None:
        return _address("markets:dataset", record.dataset.id)
    if record.currency and record.base:
        query = urlencode({"from": record.base, "to": record.currency})
        return f"{_address('markets:exchange_rates')}?{query}"
    if record.market is None:
        return _address("companies:alert_list")
    if record.series is None:
        return _address("markets:country", record.market.iso3)
    return _address("markets:series", record.market.iso3, record.series.code)


def _address(name: str, *args: Any) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"
