"""Export records: what a company sold where, when, for how much, and who says so."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from companies.models.companies import Company
from companies.models.ids import new_id
from companies.models.organisations import Organisation
from markets.models import Area, Category, Currency
from markets.models.fields import ExactDecimalField


class ExportRecord(models.Model):
    """One statement of a company's exports.

    destination: a market, or a group of markets where the source names no single one; a group is never added to its
    members. period: `2025`, `2025-04`, `2025-01/2025-04` (January to April) or `2025-04-17` (a shipment's day), with
    its first and last day beside it. value: as printed times its multiplier, in `currency`; null with `value_note`
    where the source gives no figure. value_printed keeps the digits as stated, which tell how exact it claims to be.
    stated_growth_pct: as the source says it, against the same period a year before unless growth_base says otherwise.
    origin: how it came here; origin_reference: row of an import, key of a program.
    version: goes up with every change; a writer names the one it read. removed_at: a tombstone, kept for readers that
    follow changes.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned"
        APPROVED = "approved", "Approved"

    class Origin(models.TextChoices):
        TYPED = "typed", "Typed in"
        IMPORTED = "imported", "Imported"
        API = "api", "By a program"

    class Corridor(models.TextChoices):
        RAIL = "rail", "Rail"
        ROAD = "road", "Road"
        AIR = "air", "Air"
        SEA = "sea", "Sea"
        PIPELINE = "pipeline", "Pipeline"
        MIXED = "mixed", "Several ways"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="records")
    company = models.ForeignKey(Company, on_delete=models.RESTRICT, related_name="records")
    destination = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hs_code = models.CharField(max_length=10, blank=True)
    hs_revision = models.CharField(max_length=8, blank=True)
    period = models.CharField(max_length=20)
    frequency = models.CharField(max_length=1)
    period_from_on = models.DateField()
    period_to_on = models.DateField()
    value = ExactDecimalField(null=True, blank=True)
    value_printed = models.CharField(max_length=60, blank=True)
    multiplier = models.PositiveBigIntegerField(default=1)
    value_note = models.CharField(max_length=300, blank=True)
    currency = models.ForeignKey(Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    quantity = ExactDecimalField(null=True, blank=True)
    quantity_unit = models.CharField(max_length=30, blank=True)
    net_weight_kg = ExactDecimalField(null=True, blank=True)
    incoterm = models.CharField(max_length=3, blank=True)
    settlement_currency = models.ForeignKey(Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    corridor = models.CharField(max_length=8, choices=Corridor.choices, blank=True)
    customs_office = models.CharField(max_length=200, blank=True)
    document_reference = models.CharField(max_length=200, blank=True)
    stated_growth_pct = ExactDecimalField(null=True, blank=True)
    growth_base = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.TYPED)
    origin_reference = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(db_default=Now())
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-period_to_on", "-updated_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(period_from_on__lte=F("period_to_on")), name="record_period_in_order"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, currency__isnull=False) | (Q(value__isnull=True) & ~Q(value_note="")),
                name="record_value_or_why_not",
            ),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="record_value_not_negative"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | ~Q(quantity_unit=""), name="record_quantity_has_unit"
            ),
            models.CheckConstraint(condition=Q(hs_code="") | ~Q(hs_revision=""), name="record_code_has_revision"),
            models.CheckConstraint(condition=Q(hs_code__regex=r"^(\d{2}(\d{2}){0,4})?$"), name="record_code_form"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(decided_by__isnull=False), name="record_approved_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | ~(Q(decided_by=F("submitted_by")) | Q(decided_by=F("created_by")) | Q(decided_by=F("edited_by"))),
                name="record_approved_by_another",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "updated_at", "id"), name="record_keyset"),
            models.Index(
                fields=("organisation", "-period_to_on", "-id"),
                condition=Q(removed_at__isnull=True),
                name="record_list",
            ),
            models.Index(fields=("organisation", "status"), condition=Q(removed_at__isnull=True), name="record_status"),
            models.Index(fields=("company", "destination", "period_from_on"), name="record_of_company"),
        )

    def __str__(self) -> str:
        return f"{self.company_id} {self.destination_id} {self.period}"


class RecordComment(models.Model):
    """A remark of a colleague beside a record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(ExportRecord, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    text = models.TextField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:40]
