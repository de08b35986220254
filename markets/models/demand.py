"""Demand profiles: what is known of each market's wants, by whom it was said, in versions.

A profile is one immutable version for one area: statements on themes, the market's character and the
fields of its category cards. Editing publishes the next version; nothing is overwritten.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from markets.models.fields import ExactDecimalField
from markets.models.indicators import Indicator
from markets.models.naming import Named, Noted, in_language
from markets.models.reference import Area, Category, Product


class Document(models.Model):
    """A published text that states facts. We keep where it says them, never its sentences."""

    code = models.CharField(primary_key=True, max_length=8)
    publisher = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    published_on = models.DateField(null=True, blank=True)
    published_note_en = models.CharField(max_length=200, blank=True)
    published_note_zh = models.CharField(max_length=200, blank=True)
    published_note_ru = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"

    @property
    def published_note(self) -> str:
        """What is known of the day, where the document states none."""
        return in_language(self, "published_note")


class Theme(Named):
    """A theme of demand, with the indicator and threshold that make it `indicated` where no document speaks."""

    class Comparator(models.TextChoices):
        ABOVE = ">", ">"
        AT_LEAST = ">=", "≥"
        BELOW = "<", "<"
        AT_MOST = "<=", "≤"

    slug = models.SlugField(primary_key=True, max_length=40)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    description_ru = models.TextField(blank=True)
    indicator = models.ForeignKey(Indicator, null=True, blank=True, on_delete=models.PROTECT, related_name="themes")
    comparator = models.CharField(max_length=2, blank=True, choices=Comparator.choices)
    threshold = ExactDecimalField(null=True, blank=True)
    rule_en = models.TextField(blank=True)
    rule_zh = models.TextField(blank=True)
    rule_ru = models.TextField(blank=True)
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort", "slug")
        constraints = (
            models.CheckConstraint(
                condition=Q(indicator=None, threshold=None, comparator="")
                | Q(indicator__isnull=False, threshold__isnull=False) & ~Q(comparator=""),
                name="theme_rule_whole_or_absent",
            ),
        )

    @property
    def description(self) -> str:
        return in_language(self, "description")

    @property
    def rule(self) -> str:
        return in_language(self, "rule")


class ThemeProduct(Noted):
    """A product that a theme of demand asks for."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="themes")

    class Meta:
        ordering = ("theme", "product__code")
        constraints = (models.UniqueConstraint(fields=("theme", "product"), name="theme_product_once"),)

    def __str__(self) -> str:
        return f"{self.theme_id}: {self.product}"


class DemandProfile(models.Model):
    """One version of what is known of an area's demand, with its author and date.

    author null: the facts the product came with.
    """

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="demand_profiles")
    version = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    published_at = models.DateTimeField()
    known_from = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    facts_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Content of the bundled facts it was made from"
    )

    class Meta:
        ordering = ("area", "-version")
        constraints = (models.UniqueConstraint(fields=("area", "version"), name="demand_profile_version_once"),)

    def __str__(self) -> str:
        return f"{self.area_id} v{self.version}"


class Stated(models.Model):
    """A short text of ours in three languages, and the place in a document where the fact stands."""

    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    locator = models.CharField(max_length=40, blank=True)
    text_en = models.TextField()
    text_zh = models.TextField(blank=True)
    text_ru = models.TextField(blank=True)
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text_en[:80]

    @property
    def text(self) -> str:
        return in_language(self, "text")


class ThemeStatement(Stated):
    """What a document states about a theme, for this market or for its whole region."""

    class Scope(models.TextChoices):
        MARKET = "market", "This market"
        REGION = "region", "The region"

    profile = models.ForeignKey(DemandProfile, on_delete=models.CASCADE, related_name="statements")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="statements")
    scope = models.CharField(max_length=8, choices=Scope.choices)

    class Meta:
        ordering = ("theme__sort", "scope", "sort", "id")


class MarketCharacter(Stated):
    """How a document characterises the market among its neighbours; `is_stated` false says it does not."""

    profile = models.ForeignKey(DemandProfile, on_delete=models.CASCADE, related_name="characters")
    is_stated = models.BooleanField(default=True)

    class Meta:
        ordering = ("sort", "id")


class CategoryFact(Stated):
    """One field of a category card in one market, with its source and date."""

    class Field(models.TextChoices):
        IMPORTS = "imports", _("Imports")
        SUPPLIERS = "suppliers", _("Suppliers")
        DEMAND = "demand", _("Demand")
        PRICE_QUALITY = "price_quality", _("Price and quality")
        SETTLEMENT = "settlement_currency", _("Settlement currency")
        ROUTE = "route", _("Route")
        TARIFF = "tariff", _("Tariff")
        TARIFF_AVERAGE = "tariff_average", _("Average tariff")
        CONFORMITY = "conformity_marking", _("Conformity marking")
        VAT = "vat", _("Value added tax")

    profile = models.ForeignKey(DemandProfile, on_delete=models.CASCADE, related_name="category_facts")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="facts")
    field = models.CharField(max_length=24, choices=Field.choices)
    value = ExactDecimalField(null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    period = models.CharField(max_length=24, blank=True)
    source_kind = models.CharField(max_length=16, blank=True)
    source = models.TextField(blank=True)
    source_on = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("category__sort", "field", "sort", "id")
