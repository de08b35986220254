"""`/exchange-rates/`: published rates, each with its date, kind, source and vintage; nothing computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from markets import queries
from markets.api.door import FIGURES_SECONDS, ListView, list_parameters
from markets.api.parameters import AS_OF, Parameter, choice, codes, period, sort
from markets.errors import InvalidValue
from markets.models import Currency
from markets.profiles.exchange_rates import RATE_COLUMNS, RateRecord, rate_records
from markets.queries.rates import exchange_rates
from markets.vocabulary import ObsStatus, RateKind

CURRENCY_FORM = r"[A-Z]{3}"
# What no period sorts after: 2024~ ends the months and days of 2024.
_AFTER_ALL = "~"


class ExchangeRateListView(ListView):
    """Exchange rates as published: units of `currency` for one unit of `base`, as known now or at a moment."""

    record = RateRecord
    fresh_seconds = FIGURES_SECONDS
    sorts: ClassVar = {
        "currency": ("currency_id", "base_id", "kind", "period", "dataset_id"),
        "period": ("period", "currency_id", "base_id", "kind", "dataset_id"),
    }
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        RateRecord,
        codes("currency", "Only these currencies, commas between them.", "CNY,KZT", CURRENCY_FORM),
        codes("base", "Only rates for one unit of these currencies.", "EUR,USD", CURRENCY_FORM),
        choice("kind", "Only rates of this kind.", [kind.value for kind in RateKind]),
        period("period", "Only this period: a day, or a year for averages.", "2024-03-08"),
        period("period_from", "Only this period and later ones.", "2024-01-01"),
        period("period_to", "Only this period and earlier ones.", "2024-12-31"),
        AS_OF,
        sort("currency", "period"),
    )

    def rows(self) -> QuerySet[Any, Any]:
        """Rates that match, as plain rows."""
        asked = self.asked
        for parameter in ("currency", "base"):
            _refuse_unknown(parameter, asked[parameter] or ())
        if asked["period_from"] and asked["period_to"] and asked["period_from"] > asked["period_to"] + _AFTER_ALL:
            expected = _("it is later than period_to")
            raise InvalidValue(parameter="period_from", value=asked["period_from"], expected=expected)
        found = exchange_rates(
            currencies=asked["currency"] or (),
            bases=asked["base"] or (),
            kind=asked["kind"] or "",
            period=asked["period"] or "",
            period_from=asked["period_from"] or "",
            period_to=asked["period_to"] + _AFTER_ALL if asked["period_to"] else "",
            as_of=asked["as_of"],
        ).exclude(obs_status=ObsStatus.QUARANTINED.value)
        self.withheld = queries.withheld_datasets()
        if self.withheld:
            found = found.exclude(dataset_id__in=self.withheld)
        return found.values_list(*RATE_COLUMNS)

    def records(self, rows: Sequence[tuple[Any, ...]]) -> list[RateRecord]:
        """The rates with their provenance."""
        return rate_records(rows)

    def position(self, row: Any) -> list[Any]:
        """The ordering fields stand among the columns read."""
        return [row[RATE_COLUMNS.index(field)] for field in self.order()[0]]

    def meta(self, *, is_empty: bool) -> dict[str, Any]:
        """The moment asked for, why the answer is empty, and what the licence keeps back."""
        meta: dict[str, Any] = {}
        as_of = self.asked["as_of"]
        if as_of is not None:
            meta["as_of"] = as_of.at
            if is_empty and not self.asked["cursor"]:
                meta["note"] = _("not known then")
        if self.withheld:
            meta["withheld_datasets"] = self.withheld
        return meta


def _refuse_unknown(parameter: str, wanted: Sequence[str]) -> None:
    """A code that names nothing would look like a currency without rates. Raises InvalidValue."""
    known = set(Currency.objects.filter(code__in=wanted).values_list("code", flat=True)) if wanted else set()
    for code in wanted:
        if code not in known:
            raise InvalidValue(parameter=parameter, value=code, expected=_("there is no currency with this code"))
