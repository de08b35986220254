"""What reviewers see before they publish: each sum with its companies, what is withheld and why, what was before."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require
from companies.models import Publication
from companies.profiles.people import PersonRef, person_ref
from companies.profiles.publication_words import REVIEWERS_WORDS, rule_words
from companies.profiles.published import category_names, market_words
from companies.queries.published import publications_of, years_of_records
from companies.records.publishing import ALL_MARKETS, LeftOut, Preview, Sum, preview_publication
from markets.errors import InvalidValue


class PublicationState(StrEnum):
    """What has become of a publication."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PublicationLine:
    """A publication in the list of its organisation."""

    id: uuid.UUID
    year: int
    number: int
    published_at: dt.datetime
    person: PersonRef
    state: PublicationState


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A sum as it would be published, for reviewers: with its value also where it would be withheld, and why."""

    market: str
    market_name: str
    category_name: str
    currency: str
    value: Decimal
    companies: int
    records: int
    withheld: str
    why: str


@dataclass(frozen=True, slots=True)
class PublishingPage:
    """One year to be published, and every publication so far. year None: there is nothing to publish at all."""

    organisation: uuid.UUID
    years: tuple[int, ...]
    year: int | None
    lines: tuple[PreviewLine, ...]
    told: int
    withheld: int
    left_out: LeftOut
    rule: str
    fingerprint: str
    publications: tuple[PublicationLine, ...]


def publishing_page(actor: Actor, year: str = "") -> PublishingPage:
    """What a reviewer sees before publishing; the year that ended last where none is named.

    Raises SignInNeeded, NoOrganisation, NotAllowed, InvalidValue.
    """
    organisation = require(actor, Action.REVIEW)
    publications = publications_of(actor)
    years = sorted({*years_of_records(actor), *(each.year for each in publications)}, reverse=True)
    if year and year not in map(str, years):
        expected = _("choose a year of which there are approved records")
        raise InvalidValue(parameter="year", value=year, expected=expected)
    over = [each for each in years if each < timezone.now().year]
    shown = int(year) if year else next(iter([*over, *years]), None)
    preview = preview_publication(actor, shown) if shown is not None else None
    lines = _lines(preview) if preview else ()
    return PublishingPage(
        organisation=organisation,
        years=tuple(years),
        year=shown,
        lines=lines,
        told=sum(not line.withheld for line in lines),
        withheld=sum(bool(line.withheld) for line in lines),
        left_out=preview.left_out if preview else LeftOut(),
        rule=rule_words(
            {"fewest_companies": settings.PUBLISH_FEWEST_COMPANIES, "estimate_pct": settings.PUBLISH_ESTIMATE_PCT}
        ),
        fingerprint=preview.fingerprint if preview else "",
        publications=_publications(publications),
    )


def _lines(preview: Preview) -> tuple[PreviewLine, ...]:
    categories = category_names()
    lines = [_line(each, categories.get(each.cell.category, "")) for each in preview.sums]
    return tuple(sorted(lines, key=_place))


def _place(line: PreviewLine) -> tuple[str, bool, str, str, str]:
    """By currency; all markets first, then by name; all goods before their categories."""
    return line.currency, line.market != ALL_MARKETS, line.market_name, line.market, line.category_name


def _line(each: Sum, category_name: str) -> PreviewLine:
    return PreviewLine(
        market=each.cell.destination,
        market_name=market_words(each.cell.destination),
        category_name=category_name,
        currency=each.cell.currency,
        value=each.value,
        companies=len(each.contributions),
        records=each.records,
        withheld=each.withheld,
        why=str(REVIEWERS_WORDS[each.withheld]) if each.withheld else "",
    )


def _publications(rows: Sequence[Publication]) -> tuple[PublicationLine, ...]:
    newest: dict[int, int] = {}
    for row in rows:
        newest[row.year] = max(newest.get(row.year, 0), row.number)
    return tuple(
        PublicationLine(
            row.pk, row.year, row.number, row.published_at, person_ref(row.published_by), _state(row, newest)
        )
        for row in rows
    )


def _state(row: Publication, newest: dict[int, int]) -> PublicationState:
    if row.withdrawn_at is not None:
        return PublicationState.WITHDRAWN
    return PublicationState.IN_FORCE if row.number == newest[row.year] else PublicationState.REPLACED
