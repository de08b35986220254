"""`/exchange-rates/`: published rates, each with its date, kind, source and vintage; nothing computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from markets import queries
from markets.api.series import periods_asked
from markets.door.address import FIGURES_SECONDS, ValueListView, list_parameters
from markets.door.parameters import AS_OF, Parameter, choice, codes, period, sort
from markets.errors import InvalidValue
from markets.models import Currency
from markets.profiles.exchange_rates import RATE_COLUMNS, RateRecord, rate_records
from markets.queries.rates import exchange_rates
from markets.vocabulary import ObsStatus, RateKind

CURRENCY_FORM = r"[A-Z]{3}"


class ExchangeRateListView(ValueListView):
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
            refuse_unknown_currencies(parameter, asked[parameter] or ())
        found = exchange_rates(
            currencies=asked["currency"] or (),
            bases=asked["base"] or (),
            kind=asked["kind"] or "",
            as_of=asked["as_of"],
        ).filter(**periods_asked(asked))
        found = found.exclude(obs_status=ObsStatus.QUARANTINED.value)
        self.withheld = queries.withheld_datasets()
        if self.withheld:
            found = found.exclude(dataset_id__in=self.withheld)
        return found.values_list(*RATE_COLUMNS)

    def records(self, rows: Sequence[tuple[Any, ...]]) -> list[RateRecord]:
        """The rates with their provenance."""
        return rate_records(rows)

    def columns(self) -> Sequence[str]:
        """What is read of each row."""
        return RATE_COLUMNS


def refuse_unknown_currencies(parameter: str, wanted: Sequence[str]) -> None:
    """A code that names nothing would look like a currency without rates. Raises InvalidValue."""
    known = set(Currency.objects.filter(code__in=wanted).values_list("code", flat=True)) if wanted else set()
    for code in wanted:
        if code not in known:
            raise InvalidValue(parameter=parameter, value=code, expected=_("there is no currency with this code"))
