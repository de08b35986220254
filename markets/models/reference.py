"""Areas and their groups, currencies, products and product categories."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from markets.models.naming import Named, Noted, in_language


class Currency(Named):
    """An ISO 4217 currency."""

    code = models.CharField(primary_key=True, max_length=3)
    minor_digits = models.PositiveSmallIntegerField(default=2)

    class Meta:
        ordering = ("code",)
        verbose_name_plural = "currencies"


class Area(Named):
    """A country, an area, or a group of them.

    `code` is ISO 3166 alpha-3 for countries and areas (XKX for Kosovo, which has no ISO code); a group
    (WLD, CA5, EAEU, WTO, HIC ...) has `is_aggregate` and is never summed or ranked with its members.
    """

    code = models.CharField(primary_key=True, max_length=8)
    iso2 = models.CharField(max_length=2, blank=True)
    m49 = models.CharField(max_length=3, blank=True)
    is_aggregate = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, default="country")
    subregion = models.CharField(max_length=40, blank=True)
    timezone = models.CharField(max_length=40, blank=True)
    currency = models.ForeignKey(Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="areas")
    definition_en = models.TextField(blank=True)
    definition_zh = models.TextField(blank=True)
    definition_ru = models.TextField(blank=True)
    citation = models.TextField(blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z][A-Z0-9]{1,7}$"), name="area_code_form"),
            models.CheckConstraint(condition=Q(m49__regex=r"^(\d{3})?$"), name="area_m49_form"),
        )

    @property
    def definition(self) -> str:
        return in_language(self, "definition")


class Membership(Noted):
    """A member of a group, with the days it holds; an unknown day is null, never guessed."""

    group = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="members")
    member = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="memberships")
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    citation = models.TextField()
    licence = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("group", "member", "from_on")
        constraints = (
            models.UniqueConstraint(
                fields=("group", "member", "from_on"),
                nulls_distinct=False,
                name="membership_once_per_start",
            ),
            models.CheckConstraint(condition=~Q(group=models.F("member")), name="membership_not_of_itself"),
        )

    def __str__(self) -> str:
        return f"{self.member_id} in {self.group_id}"


class Product(models.Model):
    """A Harmonized System code of one revision, at 2, 4 or 6 digits.

    label_en: official wording. plain_*: the everyday name the project gives it, where it has one.
    """

    classification = models.CharField(max_length=8, default="HS2022")
    code = models.CharField(max_length=6)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    section = models.CharField(max_length=5, blank=True)
    label_en = models.TextField()
    plain_en = models.CharField(max_length=200, blank=True)
    plain_zh = models.CharField(max_length=200, blank=True)
    plain_ru = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("classification", "code")
        constraints = (
            models.UniqueConstraint(fields=("classification", "code"), name="product_code_once"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{2}(\d{2}){0,2}$"), name="product_code_form"),
        )
        indexes = (models.Index(Length("code"), "code", name="product_level"),)

    def __str__(self) -> str:
        return f"{self.code} {self.plain_en or self.label_en}"

    @property
    def level(self) -> int:
        return len(self.code)

    @property
    def name(self) -> str:
        """Everyday name in the active language, else the official English wording."""
        return in_language(self, "plain") or self.label_en


class Category(Named):
    """A product category as sellers speak of it. Categories overlap on purpose and are never summed."""

    slug = models.SlugField(primary_key=True, max_length=40)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    description_ru = models.TextField(blank=True)
    is_focus = models.BooleanField(default=False)
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort", "slug")
        verbose_name_plural = "categories"

    @property
    def description(self) -> str:
        return in_language(self, "description")


class CategoryProduct(Noted):
    """A category holds all codes that begin with this one, in this classification."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="prefixes")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="category_prefixes")

    class Meta:
        ordering = ("category", "product__code")
        constraints = (models.UniqueConstraint(fields=("category", "product"), name="category_product_once"),)

    def __str__(self) -> str:
        return f"{self.category_id}: {self.product}"
