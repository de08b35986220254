"""What an organisation publishes of its approved records: sums in which no company can be read."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from companies.models.ids import new_id
from companies.models.organisations import Organisation
from markets.models import Area, Category, Currency
from markets.models.fields import ExactDecimalField


class Publication(models.Model):
    """One publication of an organisation's sums for one year; the newest of a year is in force, the older stay.

    rule: the thresholds that held when it was made.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="publications")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    rule = models.JSONField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-published_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "year", "number"), name="publication_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year} #{self.number}"


class PublishedSum(models.Model):
    """One cell: the approved exports to a market, of a category or of all, in a year, in one currency.

    value null: withheld, with the reason's code. companies, records: how many it is made of; null where even that
    would tell. category null: all products together. contributors: ids of the companies, never shown, to tell later
    whether a new sum minus this one would lay one company bare.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="sums")
    destination = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    value = ExactDecimalField(null=True, blank=True)
    withheld = models.CharField(max_length=40, blank=True)
    companies = models.PositiveIntegerField(null=True, blank=True)
    records = models.PositiveIntegerField(null=True, blank=True)
    contributors = models.JSONField(default=dict)

    class Meta:
        ordering = ("destination", "category", "currency")
        constraints = (
            models.UniqueConstraint(
                fields=("publication", "destination", "category", "currency"),
                nulls_distinct=False,
                name="published_sum_once",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, withheld="") | (Q(value__isnull=True) & ~Q(withheld="")),
                name="published_sum_or_why_not",
            ),
        )

    def __str__(self) -> str:
        return f"{self.destination_id} {self.category_id or '*'} {self.currency_id}"
