"""`/markets/`: the directory of markets, and the profile of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from markets import queries
from markets.door.address import FIGURES_SECONDS, ListView, RecordView, list_parameters, record_parameters
from markets.door.parameters import AS_OF, MARKET_FORM, Parameter, code, sort, text
from markets.errors import InvalidValue
from markets.models import Area
from markets.profiles import country_profile
from markets.profiles.country import CountryProfile
from markets.profiles.directory import MarketRecord, market_records
from markets.profiles.markets import market
from markets.search import MAX_CHARACTERS, MAX_LIMIT, find
from markets.vocabulary import LANGUAGE_COLUMNS

GROUP: Final = code(
    "group", "Only present members of this group of countries, such as EAEU, WTO, CA5 or HIC.", "EAEU", MARKET_FORM
)
SEARCH: Final = text(
    "search",
    "Words in English, Chinese or Russian, or a code; small misspellings are forgiven.",
    "kazakhstan",
    MAX_CHARACTERS,
)


def members_of(group: str) -> list[str] | None:
    """Codes of the present members; None for the World, which is everyone. Raises InvalidValue."""
    found = Area.objects.filter(code=group, is_aggregate=True).first()
    if found is None:
        known = ", ".join(Area.objects.filter(is_aggregate=True).order_by("code").values_list("code", flat=True))
        expected = _("it is one of %(allowed)s") % {"allowed": known}
        raise InvalidValue(parameter="group", value=group, expected=expected)
    return None if found.kind == "world" else queries.members(group)


def found_keys(words: str, kind: str) -> list[str]:
    """Keys of the things of one kind that a search finds, best first."""
    return [hit.key for hit in find(words, limit=MAX_LIMIT, kinds=[kind]).of(kind)]


def in_capitals(codes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The codes of an address with that of the market as ISO 3166 writes it: kaz is KAZ."""
    iso3 = str(codes["iso3"])
    return {**codes, "iso3": iso3.upper() if iso3.isascii() else iso3}


class MarketListView(ListView):
    """Markets: countries and areas with their codes, currency, time zone and the groups they belong to."""

    record = MarketRecord
    sorts: ClassVar = {"iso3": ("code",), "name": ("shown_name", "code")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(MarketRecord, SEARCH, GROUP, sort("iso3", "name"))

    def rows(self) -> QuerySet[Area]:
        """Markets that match."""
        name = Coalesce(NullIf(F(f"name_{LANGUAGE_COLUMNS[get_language() or 'en']}"), Value("")), F("name_en"))
        areas = queries.markets().annotate(shown_name=name)
        if self.asked["group"]:
            wanted = members_of(self.asked["group"])
            areas = areas if wanted is None else areas.filter(code__in=wanted)
        if self.asked["search"]:
            areas = areas.filter(code__in=found_keys(self.asked["search"], "market"))
        return areas

    def records(self, rows: Sequence[Area]) -> list[MarketRecord]:
        """The markets as records."""
        return market_records(rows)


class MarketView(RecordView):
    """One market by its ISO 3166 alpha-3 code."""

    record = MarketRecord
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(MarketRecord)

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """In capitals."""
        return in_capitals(codes)

    def found(self, **codes: Any) -> MarketRecord:
        """Raises NotFound, for groups of countries too."""
        return market_records([market(codes["iso3"])])[0]


class MarketProfileView(RecordView):
    """The profile of one market: its figures with their provenance, its demand, its access, and what is not known."""

    record = CountryProfile
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(CountryProfile, AS_OF)
    fresh_seconds = FIGURES_SECONDS

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """In capitals."""
        return in_capitals(codes)

    def found(self, **codes: Any) -> CountryProfile:
        """The same profile as the page shows. Raises NotFound."""
        return country_profile(codes["iso3"], self.asked["as_of"])
