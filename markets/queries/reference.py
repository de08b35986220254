"""Markets and their groups, indicators, caveats, products and categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from markets.models import Area, AreaCaveat, Category, CategoryProduct, Indicator, Membership, Product, ThemeProduct

# The markets the product was made for, and the home of its first exporters; they stand first where a list is long.
FOCUS_MARKETS = ("KAZ", "KGZ", "TJK", "TKM", "UZB", "CHN")


def markets() -> QuerySet[Area]:
    """Countries and areas; groups of them are not markets."""
    return Area.objects.filter(is_aggregate=False)


def indicators() -> QuerySet[Indicator]:
    """All indicators with their dataset, in the order of the registry."""
    return Indicator.objects.select_related("dataset").order_by("sort", "code")


def caveats(areas: Sequence[str] = ()) -> QuerySet[AreaCaveat]:
    """Caveats of the named areas, or of all."""
    return AreaCaveat.objects.filter(area_id__in=areas) if areas else AreaCaveat.objects.all()


def memberships(area: str) -> QuerySet[Membership]:
    """Groups the area belongs or belonged to."""
    return Membership.objects.filter(member_id=area).select_related("group").order_by("group_id", "from_on")


def members(group: str) -> list[str]:
    """Codes of the present members of a group."""
    return list(Membership.objects.filter(group_id=group, to_on=None).values_list("member_id", flat=True))


def present_memberships(areas: Sequence[str]) -> list[tuple[str, str]]:
    """(member, group) for the groups these areas belong to today, by group."""
    today = timezone.now().date()
    has_begun = Q(from_on=None) | Q(from_on__lte=today)
    holds = Q(to_on=None) | Q(to_on__gt=today)
    rows = Membership.objects.filter(has_begun, holds, member_id__in=areas).order_by("group_id", "member_id")
    return list(rows.values_list("member_id", "group_id").distinct())


def categories() -> QuerySet[Category]:
    """All categories, the focus ones first."""
    return Category.objects.order_by("sort", "slug")


class NamedProduct(NamedTuple):
    """A product that belongs to something (a category, a theme), with its names."""

    owner: str
    note_en: str
    note_zh: str
    note_ru: str
    classification: str
    code: str
    label_en: str
    plain_en: str
    plain_zh: str
    plain_ru: str


_PRODUCT_COLUMNS = tuple(f"product__{field}" for field in NamedProduct._fields[4:])
_NOTES = NamedProduct._fields[1:4]


def category_products(slugs: Sequence[str] = ()) -> list[NamedProduct]:
    """The codes that categories hold, by category and code."""
    rows = CategoryProduct.objects.order_by("category__sort", "product__code")
    rows = rows.filter(category_id__in=slugs) if slugs else rows
    return [NamedProduct(*row) for row in rows.values_list("category_id", *_NOTES, *_PRODUCT_COLUMNS)]


def theme_products() -> list[NamedProduct]:
    """The codes that themes of demand ask for, by theme and code."""
    rows = ThemeProduct.objects.order_by("theme_id", "product__code")
    return [NamedProduct(*row) for row in rows.values_list("theme_id", *_NOTES, *_PRODUCT_COLUMNS)]


def categories_of_product(code: str) -> QuerySet[Category]:
    """Categories that hold this code: one of their prefixes begins it."""
    begins = [code[:length] for length in (2, 4, 6) if length <= len(code)]
    return categories().filter(prefixes__product__code__in=begins).distinct()


def categories_below_product(code: str) -> QuerySet[Category]:
    """Categories that hold some code below this one and not the whole of it."""
    whole = categories_of_product(code).values("slug")
    below = categories().filter(prefixes__product__code__startswith=code)
    return below.exclude(slug__in=whole).distinct()


def products(classification: str = "HS2022") -> QuerySet[Product]:
    """Products of one revision by code."""
    return Product.objects.filter(classification=classification).order_by("code")


def children_count(parents: Sequence[int]) -> dict[int, int]:
    """How many products lie directly below each of these."""
    below = Product.objects.filter(parent_id__in=parents).values("parent_id").annotate(number=Count("id"))
    return {row["parent_id"]: row["number"] for row in below.order_by()}
