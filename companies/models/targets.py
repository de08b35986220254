"""The markets people and companies want to sell to, and what they noted of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from companies.models.companies import Company
from companies.models.ids import new_id
from companies.models.organisations import Organisation
from companies.models.records import ExportRecord
from markets.models import Area, Category, Observation


class TargetMarket(models.Model):
    """A market that a person or a company tracks: for all goods, one category, or one product.

    person: whose own it is; else it is a company's, and of the company's organisation. shared_with: the organisation
    whose members may read a person's own. product: an HS code of `classification`. reason: of the status it has now;
    the ones before stand in the change log. removed_at: a tombstone, so that nothing but its owner brings it back.
    version: goes up with every change; a writer names the one it read.
    """

    class Status(models.TextChoices):
        EXPORTING = "exporting", "Currently exporting"
        FUTURE = "future", "Future interest"
        NOT_INTERESTED = "not_interested", "Not interested"

    class Stage(models.TextChoices):
        NONE = "", "Not said"
        EXPLORING = "exploring", "Looking into it"
        CONTACTS = "contacts", "Talking to buyers"
        OFFER = "offer", "Offer or samples sent"
        FIRST_ORDER = "first_order", "First order"
        REGULAR = "regular", "Regular trade"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="target_markets"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="target_markets"
    )
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.CASCADE, related_name="target_markets")
    shared_with = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    market = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=6, blank=True)
    classification = models.CharField(max_length=8, default="HS2022")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.FUTURE)
    reason = models.CharField(max_length=500, blank=True)
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.NONE, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    next_action = models.CharField(max_length=300, blank=True)
    next_action_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-updated_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "market", "category", "product"),
                condition=Q(removed_at=None, person__isnull=False),
                nulls_distinct=False,
                name="target_of_person_once",
            ),
            models.UniqueConstraint(
                fields=("company", "market", "category", "product"),
                condition=Q(removed_at=None, company__isnull=False),
                nulls_distinct=False,
                name="target_of_company_once",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, company=None, organisation=None)
                | Q(person=None, company__isnull=False, organisation__isnull=False, shared_with=None),
                name="target_of_person_or_company",
            ),
            models.CheckConstraint(condition=Q(category=None) | Q(product=""), name="target_category_or_product"),
            models.CheckConstraint(condition=Q(product__regex=r"^(\d{2}){0,3}$"), name="target_product_form"),
            models.CheckConstraint(condition=Q(next_action_on=None) | ~Q(next_action=""), name="target_day_of_action"),
        )
        indexes = (
            models.Index(fields=("person", "updated_at", "id"), name="target_of_person"),
            models.Index(fields=("organisation", "updated_at", "id"), name="target_of_organisation"),
            models.Index(
                fields=("shared_with", "updated_at", "id"), condition=Q(shared_with__isnull=False), name="target_shared"
            ),
        )

    def __str__(self) -> str:
        return " ".join(part for part in (self.market_id, self.category_id, self.product) if part)


class TargetEntry(models.Model):
    """What somebody noted of a target: a note, or evidence. A number points to the very vintage it was read in."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        VISIT = "visit", "Visit"
        DOCUMENT = "document", "Document"
        RECORD = "record", "Export record"
        NUMBER = "number", "Number"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target = models.ForeignKey(TargetMarket, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.NOTE)
    on = models.DateField(null=True, blank=True, help_text="The day of a visit, or of a document")
    text = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    record = models.ForeignKey(ExportRecord, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    observation = models.ForeignKey(Observation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-written_at", "-id")
        verbose_name_plural = "target entries"
        constraints = (
            models.CheckConstraint(
                condition=(Q(kind="record") & Q(record__isnull=False)) | (~Q(kind="record") & Q(record=None)),
                name="target_entry_record",
            ),
            models.CheckConstraint(
                condition=(Q(kind="number") & Q(observation__isnull=False)) | (~Q(kind="number") & Q(observation=None)),
                name="target_entry_number",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("record", "number")) | ~Q(text="") | ~Q(url=""), name="target_entry_says_what"
            ),
        )
        indexes = (models.Index(F("target"), F("written_at").desc(), name="target_entry_list"),)

    def __str__(self) -> str:
        return self.text[:40] or self.kind


class Interest(models.Model):
    """A category or product that a person said they sell, so that pages and new targets can begin with it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interests")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=6, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "category", "product"), nulls_distinct=False, name="interest_once"
            ),
            models.CheckConstraint(
                condition=Q(category__isnull=False, product="") | (Q(category=None) & ~Q(product="")),
                name="interest_category_or_product",
            ),
        )

    def __str__(self) -> str:
        return self.product or str(self.category_id)


class Visit(models.Model):
    """When a person looked at their workspace. since: the end of the visit before this one, null on the first."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visit")
    seen_at = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.seen_at}"
