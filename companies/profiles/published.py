"""Published sums as everybody reads them, on pages, in files and by the API."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from companies.errors import HiddenObject
from companies.models import Organisation, Publication, PublishedSum
from companies.profiles.organisation import kind_words
from companies.profiles.publication_words import PUBLIC_REASONS, PUBLIC_WORDS, rule_words
from companies.queries.published import in_force, publishing_organisations, years_in_force
from companies.records.publishing import ALL_MARKETS
from markets.errors import InvalidValue
from markets.profiles.tables import Column, Table
from markets.queries import reference
from markets.vocabulary import ObsStatus


@dataclass(frozen=True, slots=True)
class PublishedOrganisation:
    """An organisation with sums in force. years: newest first. is_sample: its figures are an example's."""

    id: uuid.UUID
    name: str
    kind: str
    home_name: str
    is_sample: bool
    years: tuple[int, ...]
    published_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PublishedSumRecord:
    """One sum: approved exports of an organisation's companies to a market, in a year and a currency.

    market: ISO alpha-3; the code of a group where the companies' sources name no single market (never to be added to
    its members), WLD for all single markets together. category: empty for goods of all kinds; categories are never
    added. value: in units of `currency`, nothing converted; None where withheld, with `status` c and the kind of
    reason: primary (few companies, or one stands out), secondary (another could be worked out), edition (a former
    publication beside it would tell). companies: how many stand behind it; None where withheld. publication: its
    number within the year.
    """

    organisation: uuid.UUID
    organisation_name: str
    is_sample: bool
    year: int
    market: str
    market_name: str
    category: str
    category_name: str
    currency: str
    value: Decimal | None
    status: str
    conf_status_sdmx: str
    withheld: str
    companies: int | None
    publication: int
    published_at: dt.datetime

    @property
    def is_total(self) -> bool:
        """Whether it is the sum over all markets."""
        return self.market == ALL_MARKETS

    @property
    def why(self) -> str:
        """Why it is withheld, in words; empty where it is not."""
        return str(PUBLIC_WORDS[self.withheld]) if self.withheld else ""


@dataclass(frozen=True, slots=True)
class MarketSums:
    """A market's sum of all goods, and those of its categories, in one currency."""

    whole: PublishedSumRecord
    categories: tuple[PublishedSumRecord, ...]


@dataclass(frozen=True, slots=True)
class CurrencySums:
    """All sums in one currency: over all markets first, then market by market."""

    currency: str
    markets: tuple[MarketSums, ...]


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """What an organisation has published of one year."""

    organisation: PublishedOrganisation
    year: int
    number: int
    published_at: dt.datetime
    rule: str
    currencies: tuple[CurrencySums, ...]

    @property
    def records(self) -> tuple[PublishedSumRecord, ...]:
        """Every sum in the order shown."""
        return tuple(
            record
            for held in self.currencies
            for market in held.markets
            for record in (market.whole, *market.categories)
        )

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why sums are withheld here, each reason once."""
        return tuple(sorted({record.why for record in self.records if record.withheld}))

    @property
    def notes(self) -> list[str]:
        """How the sums are to be read."""
        return sum_notes(is_sample=self.organisation.is_sample)

    def table(self) -> Table:
        """One sum a row."""
        columns = ("year", "market", "market_name", "category", "category_name", "currency", "value", "status")
        labels = {
            "year": _("Year"),
            "market": _("Market"),
            "market_name": _("Name of the market"),
            "category": _("Category"),
            "category_name": _("Name of the category"),
            "currency": _("Currency"),
            "value": _("Value"),
            "status": _("Status"),
            "withheld": _("Withheld"),
            "companies": _("Companies"),
        }
        keys = (*columns, "withheld", "companies")
        numbers = {"year", "value", "companies"}
        return Table(
            name=f"published-{self.year}",
            title=_("Exports published by %(name)s, %(year)s") % {"name": self.organisation.name, "year": self.year},
            columns=[Column(key, labels[key], is_number=key in numbers) for key in keys],
            rows=[[getattr(record, key) for key in keys] for record in self.records],
            sources=[self._source()],
            notes=[self.rule, *self.notes],
        )

    def _source(self) -> str:
        words = {
            "name": self.organisation.name,
            "number": self.number,
            "year": self.year,
            "day": self.published_at.date().isoformat(),
        }
        return _("%(name)s, sums of approved export records of %(year)s, publication %(number)s of %(day)s") % words


def sum_notes(*, is_sample: bool) -> list[str]:
    """How published sums are to be read."""
    notes = [
        _(
            "Approved records of single companies, not trade statistics: a market's sum holds what these companies"
            " reported, and no more."
        ),
        _("Nothing is converted between currencies, and sums of different currencies are never added."),
        _("A record counts in the one category it is filed under; goods without one count in the market alone."),
        _("A group of markets holds what a source states for the group itself; it is never added to its members."),
    ]
    return (
        [_("A sample, made to show how this works: no office publishes these figures."), *notes] if is_sample else notes
    )


def published_organisations() -> list[PublishedOrganisation]:
    """Organisations with sums in force, by name, samples last."""
    return _organisations(list(publishing_organisations()))


def published_page(key: uuid.UUID, year: str = "") -> PublishedPage:
    """What the organisation has in force of a year, the newest when none is named.

    Raises HiddenObject where it has published nothing, InvalidValue for a year that is not among them.
    """
    found = _organisations(list(publishing_organisations().filter(pk=key)))
    if not found:
        raise HiddenObject(kind=_("published organisation"), key=key)
    (organisation,) = found
    if year and year not in map(str, organisation.years):
        expected = _("choose one of %(choices)s") % {"choices": ", ".join(map(str, organisation.years))}
        raise InvalidValue(parameter="year", value=year, expected=expected)
    shown = int(year) if year else organisation.years[0]
    publication = in_force().get(organisation=key, year=shown)
    return PublishedPage(
        organisation=organisation,
        year=shown,
        number=publication.number,
        published_at=publication.published_at,
        rule=rule_words(publication.rule),
        currencies=_by_currency(sum_records(_sums(publication))),
    )


def sum_records(rows: Sequence[PublishedSum]) -> list[PublishedSumRecord]:
    """The sums in their order. rows: with publication and its organisation."""
    categories = category_names()
    return [
        PublishedSumRecord(
            organisation=row.publication.organisation_id,
            organisation_name=row.publication.organisation.name,
            is_sample=row.publication.organisation.is_sample,
            year=row.publication.year,
            market=row.destination_id,
            market_name=market_words(row.destination_id),
            category=row.category_id or "",
            category_name=categories[row.category_id] if row.category_id else "",
            currency=row.currency_id,
            value=row.value,
            status=ObsStatus.CONFIDENTIAL if row.withheld else ObsStatus.NORMAL,
            conf_status_sdmx="C" if row.withheld else "F",
            withheld=PUBLIC_REASONS.get(row.withheld, ""),
            companies=None if row.withheld else row.companies,
            publication=row.publication.number,
            published_at=row.publication.published_at,
        )
        for row in rows
    ]


def market_words(code: str) -> str:
    """A market's name; the total over all single markets is not the world's."""
    return _("All single markets") if code == ALL_MARKETS else reference().areas[code].name


def category_names() -> dict[str, str]:
    """The categories' names in the active language."""
    return {each.slug: each.name for each in reference().categories}


def _sums(publication: Publication) -> list[PublishedSum]:
    return list(publication.sums.defer("contributors").select_related("publication__organisation"))


def _organisations(found: Sequence[Organisation]) -> list[PublishedOrganisation]:
    years = years_in_force(found)
    return [
        PublishedOrganisation(
            id=each.pk,
            name=each.name,
            kind=kind_words(each.kind),
            home_name=each.home.name if each.home else "",
            is_sample=each.is_sample,
            years=tuple(years[each.pk]),
            published_at=each.published_at,  # type: ignore[attr-defined]
        )
        for each in found
    ]


def _by_currency(records: Sequence[PublishedSumRecord]) -> tuple[CurrencySums, ...]:
    ordered = sorted(
        records,
        key=lambda each: (each.currency, not each.is_total, each.market_name, each.market, each.category_name),
    )
    return tuple(
        CurrencySums(
            currency,
            tuple(_market(list(of_market)) for _key, of_market in groupby(held, key=lambda each: each.market)),
        )
        for currency, held in groupby(ordered, key=lambda each: each.currency)
    )


def _market(records: Sequence[PublishedSumRecord]) -> MarketSums:
    """The sum of all goods comes first: its category's name is empty."""
    return MarketSums(records[0], tuple(records[1:]))
