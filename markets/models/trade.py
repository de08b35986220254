"""Trade of all goods between pairs of areas, and exchange rates, in every vintage."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from markets.models.fields import ExactDecimalField
from markets.models.provenance import Dataset, Release
from markets.models.reference import Area, Currency
from markets.vocabulary import Flow, Frequency, RateKind, Valuation


class TradeTotal(models.Model):
    """Trade of all goods between a reporter and a partner in a period, as one vintage of one dataset stated it.

    In force from `known_from` until `known_to` (null: still), as observations are. What two datasets state of one
    pair stands side by side. partner WLD is the reporter's own total and is never summed with the others.
    value: whole units of `currency`, as reported; null when withdrawn or withheld, and `obs_status` says which.
    valuation: empty where the publisher does not say.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="trade_totals")
    reporter = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="reported_totals")
    flow = models.CharField(max_length=2, choices=[(f.value, f.name) for f in Flow])
    partner = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="totals_as_partner")
    period = models.CharField(max_length=16)
    frequency = models.CharField(max_length=1, default=Frequency.ANNUAL.value)
    value = ExactDecimalField(null=True, blank=True)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    valuation = models.CharField(max_length=3, blank=True, choices=[(v.value, v.value) for v in Valuation])
    last_digit_exponent = models.SmallIntegerField(null=True, blank=True)
    obs_status = models.CharField(max_length=1, blank=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="trade_totals")
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_trade_totals"
    )

    class Meta:
        ordering = ("reporter", "flow", "partner", "period", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("dataset", "reporter", "flow", "currency", "valuation", "partner", "period"),
                condition=Q(known_to=None),
                name="trade_total_in_force_once",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(obs_status=""), name="trade_total_missing_has_status"
            ),
            models.CheckConstraint(condition=~Q(reporter=models.F("partner")), name="trade_total_not_with_itself"),
        )
        indexes = (
            models.Index(fields=("reporter", "flow", "period"), name="trade_total_of_reporter"),
            models.Index(fields=("partner", "flow", "period"), name="trade_total_of_partner"),
            models.Index(fields=("release",), name="trade_total_of_release"),
        )

    def __str__(self) -> str:
        return f"{self.reporter_id} {self.flow} {self.partner_id} {self.period}"


class ExchangeRate(models.Model):
    """Units of `currency` for one unit of `base`, as one vintage of one dataset stated it.

    period: a day for rates of a day, a month or a year for averages. A day without a row had no rate published.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="exchange_rates")
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="rates")
    base = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="rates_as_base")
    kind = models.CharField(max_length=12, choices=[(k.value, k.name) for k in RateKind])
    period = models.CharField(max_length=16)
    frequency = models.CharField(max_length=1, default=Frequency.AS_OF.value)
    value = ExactDecimalField(null=True, blank=True)
    last_digit_exponent = models.SmallIntegerField(null=True, blank=True)
    obs_status = models.CharField(max_length=1, blank=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="exchange_rates")
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_exchange_rates"
    )

    class Meta:
        ordering = ("currency", "base", "kind", "period", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("dataset", "currency", "base", "kind", "period"),
                condition=Q(known_to=None),
                name="exchange_rate_in_force_once",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(obs_status=""), name="exchange_rate_missing_has_status"
            ),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(condition=~Q(currency=models.F("base")), name="exchange_rate_of_two"),
        )
        indexes = (models.Index(fields=("release",), name="exchange_rate_of_release"),)

    def __str__(self) -> str:
        return f"{self.currency_id}/{self.base_id} {self.kind} {self.period}"
