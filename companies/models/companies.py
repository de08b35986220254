"""The companies an organisation keeps records of."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from companies.models.ids import new_id
from companies.models.organisations import Organisation
from markets.models import Area, Category


class Company(models.Model):
    """An exporter as its trade office knows it. `name` is the one it is shown by; all names stand in CompanyName.

    search_text: every name, folded and spelt in Latin letters too, written by the use-case that writes the names.
    version: goes up with every change of the company, its names, lines or contacts; a writer names the one it read.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="companies")
    name = models.CharField(max_length=300)
    registration_number = models.CharField(max_length=50, blank=True)
    home = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    sector = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    search_text = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    archived_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name_plural = "companies"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "home", "registration_number"),
                condition=~Q(registration_number="") & Q(archived_at__isnull=True),
                nulls_distinct=False,
                name="company_registered_once",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "updated_at", "id"), name="company_keyset"),
            GinIndex(fields=("search_text",), opclasses=("gin_trgm_ops",), name="company_search"),
        )

    def __str__(self) -> str:
        return self.name


class CompanyName(models.Model):
    """One name of a company: in a language, or an alias it was found under.

    folded: as it is compared; latin: in Latin letters without legal form and spaces; sound: without spelling systems,
    empty where it is too short to tell. Equal ones of two companies point to a duplicate.
    """

    class Kind(models.TextChoices):
        OFFICIAL = "official", "Official name"
        TRADE = "trade", "Trade name"
        ALIAS = "alias", "Alias"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=300)
    language = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.OFFICIAL)
    folded = models.CharField(max_length=300, editable=False)
    latin = models.CharField(max_length=300, blank=True, editable=False)
    sound = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("company", "name"), name="company_name_once"),)
        indexes = (
            models.Index(fields=("folded",), name="company_name_folded"),
            models.Index(fields=("latin",), name="company_name_latin"),
            models.Index(fields=("sound",), name="company_name_sound"),
        )

    def __str__(self) -> str:
        return self.name


class ProductLine(models.Model):
    """What a company sells: a category, an HS code, or both."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="lines")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hs_code = models.CharField(max_length=10, blank=True)
    hs_revision = models.CharField(max_length=8, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("company", "category", "hs_code"), nulls_distinct=False, name="company_line_once"
            ),
            models.CheckConstraint(condition=Q(category__isnull=False) | ~Q(hs_code=""), name="company_line_says_what"),
            models.CheckConstraint(
                condition=Q(hs_code__regex=r"^(\d{2}(\d{2}){0,4})?$"), name="company_line_code_form"
            ),
        )

    def __str__(self) -> str:
        return self.hs_code or str(self.category_id)


class Contact(models.Model):
    """A person at a company. Their address is for officers and above, and never stands in the change log."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    position = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
