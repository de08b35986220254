"""`/indicators/` and `/observations/`: what is measured, and every value of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from markets import queries
from markets.api.markets import GROUP, found_keys, in_capitals, members_of
from markets.door.address import (
    FIGURES_SECONDS,
    ListView,
    RecordView,
    ValueListView,
    list_parameters,
    record_parameters,
)
from markets.door.parameters import (
    AS_OF,
    FROM,
    INDICATOR_FORM,
    MARKET_FORM,
    SLUG_FORM,
    TO,
    Parameter,
    code,
    codes,
    moment,
    period,
    sort,
    text,
)
from markets.errors import InvalidValue
from markets.models import Area, Dataset, Indicator, Observation
from markets.profiles import indicator_page, series_page
from markets.profiles.difference import Between
from markets.profiles.directory import IndicatorRecord, indicator_records
from markets.profiles.history import SeriesPage
from markets.profiles.observations import ObservationRecord, columns, observation_records, published
from markets.profiles.series import IndicatorPage
from markets.search import MAX_CHARACTERS

# What no period sorts after: 2024~ ends the months, quarters and days of 2024.
_AFTER_ALL = "~"


def known_dataset(key: str) -> str:
    """The id of a dataset. Raises InvalidValue when there is none."""
    known = list(Dataset.objects.order_by("id").values_list("id", flat=True))
    if key not in known:
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(known)}
        raise InvalidValue(parameter="dataset", value=key, expected=expected)
    return key


class IndicatorListView(ListView):
    """Indicators: what is measured, with unit, digits to show, definition, caveat, and for how many markets."""

    record = IndicatorRecord
    fresh_seconds = FIGURES_SECONDS
    sorts: ClassVar = {"rank": ("sort", "code"), "code": ("code",)}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        IndicatorRecord,
        text("search", "Words in English, Chinese or Russian, or a code.", "population", MAX_CHARACTERS),
        code("group", "Only indicators on this subject.", "energy", r"[a-z_]{1,20}"),
        code("dataset", "Only indicators of this dataset.", "worldbank", SLUG_FORM),
        AS_OF,
        sort("rank", "code"),
    )

    def rows(self) -> QuerySet[Indicator]:
        """Indicators that match; rank is the order of the registry."""
        found = queries.indicators()
        if self.asked["group"]:
            known = sorted(set(Indicator.objects.order_by().values_list("group", flat=True)))
            if self.asked["group"] not in known:
                expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(known)}
                raise InvalidValue(parameter="group", value=self.asked["group"], expected=expected)
            found = found.filter(group=self.asked["group"])
        if self.asked["dataset"]:
            found = found.filter(dataset_id=known_dataset(self.asked["dataset"]))
        if self.asked["search"]:
            found = found.filter(code__in=found_keys(self.asked["search"], "indicator"))
        return found

    def records(self, rows: Sequence[Indicator]) -> list[IndicatorRecord]:
        """The indicators with their coverage."""
        return indicator_records(rows, self.asked["as_of"])


class IndicatorView(RecordView):
    """One indicator: definition, series of the markets asked for, ranking of a period, revisions and sources."""

    record = IndicatorPage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(
        IndicatorPage,
        codes(
            "market",
            "Markets whose series are wanted, at most 12; the focus markets by default.",
            "KAZ,UZB",
            MARKET_FORM,
        ),
        period("period", "The ranked period; the newest that most markets report by default.", "2023"),
        AS_OF,
        FROM,
        TO,
    )
    fresh_seconds = FIGURES_SECONDS

    def found(self, **codes: Any) -> IndicatorPage:
        """The same as the indicator's page. Raises NotFound, InvalidValue."""
        asked = self.asked
        return indicator_page(
            codes["code"],
            compared=asked["market"] or (),
            period=asked["period"] or "",
            as_of=asked["as_of"],
            between=_between(asked),
        )


class MarketSeriesView(RecordView):
    """One indicator of one market: every period, and for each every vintage that stated it, newest first."""

    record = SeriesPage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(SeriesPage, AS_OF, FROM, TO)
    fresh_seconds = FIGURES_SECONDS

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """The market in capitals."""
        return in_capitals(codes)

    def found(self, **codes: Any) -> SeriesPage:
        """The same as the series' page. Raises NotFound."""
        return series_page(codes["iso3"], codes["code"], self.asked["as_of"], _between(self.asked))


def _between(asked: Mapping[str, Any]) -> Between | None:
    """The two moments asked for; None where the earlier one is not named. Raises InvalidValue."""
    return Between.of(asked["from"], asked["to"]) if asked["from"] else None


class ObservationListView(ValueListView):
    """Observations: values of indicators with status, unit, source and vintage, as known now or at a moment."""

    record = ObservationRecord
    fresh_seconds = FIGURES_SECONDS
    sorts: ClassVar = {
        "indicator": ("indicator_id", "area_id", "period"),
        "market": ("area_id", "indicator_id", "period"),
        "period": ("period", "indicator_id", "area_id"),
    }
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        ObservationRecord,
        codes("indicator", "Only these indicators, commas between them.", "NY.GDP.MKTP.CD,SP.POP.TOTL", INDICATOR_FORM),
        codes("market", "Only these markets, commas between them; WLD is the World.", "KAZ,UZB", MARKET_FORM),
        GROUP,
        period("period", "Only this period.", "2023"),
        period("period_from", "Only this period and later ones.", "2019"),
        period("period_to", "Only this period and earlier ones.", "2023"),
        AS_OF,
        moment(
            "updated_since",
            "Only values that a vintage published here since then brought, withdrawals included (value null):"
            " a day (its start, UTC) or a moment.",
            "2025-06-30",
            from_start=True,
        ),
        sort("indicator", "market", "period"),
    )

    def rows(self) -> QuerySet[Any, Any]:
        """Observations that match, as plain rows."""
        asked = self.asked
        refuse_unknown_codes(asked["indicator"] or (), asked["market"] or ())
        found = queries.observations(
            indicators=asked["indicator"] or (), areas=asked["market"] or (), as_of=asked["as_of"]
        ).filter(**periods_asked(asked))
        # Before the rows are read: what is committed between the two is told, and asked for once more.
        self.complete_until = queries.complete_until() if asked["updated_since"] else None
        self.withheld = queries.withheld_datasets()
        found = published(self._of_group(found), self.withheld)
        if asked["updated_since"]:
            found = found.filter(release__in=queries.releases().filter(published_at__gte=asked["updated_since"].at))
        return found.values_list(*columns())

    def records(self, rows: Sequence[tuple[Any, ...]]) -> list[ObservationRecord]:
        """The observations with their provenance."""
        return observation_records(rows)

    def columns(self) -> Sequence[str]:
        """What is read of each row."""
        return columns()

    def _of_group(self, found: QuerySet[Observation]) -> QuerySet[Observation]:
        if not self.asked["group"]:
            return found
        wanted = members_of(self.asked["group"])
        return found.filter(area__is_aggregate=False) if wanted is None else found.filter(area_id__in=wanted)


def periods_asked(asked: Mapping[str, Any]) -> dict[str, str]:
    """The filters of `period`, `period_from` and `period_to`. Raises InvalidValue where they leave nothing."""
    first, last = asked["period_from"], asked["period_to"]
    if first and last and first > last + _AFTER_ALL:
        raise InvalidValue(parameter="period_from", value=first, expected=_("it is later than period_to"))
    given = {"period": asked["period"], "period__gte": first, "period__lte": last + _AFTER_ALL if last else None}
    return {name: text for name, text in given.items() if text}


def refuse_unknown_codes(indicators: Sequence[str], markets: Sequence[str]) -> None:
    """A code that names nothing would look like a market without data. Raises InvalidValue."""
    if indicators:
        known = Indicator.objects.filter(code__in=indicators)
        _refuse_unknown("indicator", indicators, known.values_list("code", flat=True))
    if markets:
        areas = dict(Area.objects.filter(code__in=markets).values_list("code", "kind"))
        _refuse_unknown("market", markets, [code for code, kind in areas.items() if kind in ("country", "world")])


def _refuse_unknown(parameter: str, wanted: Sequence[str], known: Any) -> None:
    held = set(known)
    for key in wanted:
        if key not in held:
            expected = {
                "market": _("it is no market; /api/v1/markets/ lists them, and `group` asks for a group's members"),
                "indicator": _("there is no such indicator; /api/v1/indicators/ lists them"),
            }[parameter]
            raise InvalidValue(parameter=parameter, value=key, expected=expected)
