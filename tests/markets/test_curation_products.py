"""The product tree is whole, its codes are text, and categories hold what sellers mean by them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.models import Count, F, Q
from django.db.models.functions import Length, Substr
from django.utils import translation

from markets.curation import load_reference
from markets.errors import FactsInvalid
from markets.models import Category, CategoryProduct, Product
from markets.queries import categories_of_product
from markets.vocabulary import HSCode

pytestmark = pytest.mark.django_db


def slugs_of(code: str) -> set[str]:
    return set(categories_of_product(code).values_list("slug", flat=True))


def append(facts: Path, table: str, row: str) -> int:
    path = facts / table
    text = path.read_text(encoding="utf-8")
    path.write_text(text + row + "\n", encoding="utf-8")
    return text.count("\n") + 1


# ---------------------------------------------------------------- the tree
def test_the_tree_has_every_chapter_heading_and_subheading_of_hs_2022() -> None:
    levels = Product.objects.annotate(length=Length("code")).values("length")
    counts = {row["length"]: row["number"] for row in levels.annotate(number=Count("id")).order_by()}
    # 96 chapters, 1228 headings, 5612 subheadings; and 99, 9999, 999999 for goods not specified.
    assert counts == {2: 97, 4: 1229, 6: 5613}
    assert not Product.objects.filter(code="77").exists()


def test_codes_are_text_that_keeps_its_leading_zeros() -> None:
    product = Product.objects.get(classification="HS2022", code="010121")
    assert product.parent is not None
    assert product.parent.code == "0101"
    assert product.parent.parent is not None
    assert product.parent.parent.code == "01"
    assert product.parent.parent.parent is None


def test_every_code_stands_below_the_code_it_begins_with() -> None:
    assert (
        not Product.objects.annotate(length=Length("code"))
        .filter(Q(length=2, parent__isnull=False) | Q(length__gt=2, parent=None))
        .exists()
    )
    begun = Product.objects.exclude(parent=None).annotate(
        length=Length("code"), above=Substr("code", 1, Length("code") - 2)
    )
    assert not begun.exclude(parent__code=F("above")).exists()


def test_the_total_of_all_goods_is_no_product() -> None:
    assert not Product.objects.filter(label_en__startswith="Total").exists()


def test_products_know_their_section() -> None:
    assert Product.objects.get(code="8418").section == "XVI"
    assert Product.objects.get(code="0101").section == "I"
    assert set(Product.objects.filter(section="").values_list("code", flat=True)) == {
        "99",
        "9999",
        "999999",
    }


def test_every_chapter_and_three_hundred_headings_have_everyday_names() -> None:
    named = Product.objects.exclude(plain_en="").exclude(plain_zh="").exclude(plain_ru="")
    levels = named.annotate(length=Length("code"))
    chapters = set(levels.filter(length=2).values_list("code", flat=True))
    assert {f"{number:02}" for number in range(1, 98)} - {"77"} <= chapters
    assert levels.filter(length=4).count() >= 300


def test_a_product_is_called_by_its_everyday_name() -> None:
    refrigerators = Product.objects.get(code="8418")
    with translation.override("ru"):
        assert "холодильник" in refrigerators.name.lower()
    with translation.override("zh-hans"):
        assert "冰箱" in refrigerators.name


# ---------------------------------------------------------------- categories
@pytest.mark.parametrize("code", ["961620", "960330", "3304", "330499"])
def test_cosmetics_hold_puffs_and_brushes_besides_chapter_33(code: str) -> None:
    assert "cosmetics" in slugs_of(code)


@pytest.mark.parametrize("code", ["3301", "330112", "33", "9616", "9603", "960340"])
def test_cosmetics_hold_no_essential_oils_nor_other_brushes(code: str) -> None:
    assert "cosmetics" not in slugs_of(code)


@pytest.mark.parametrize(
    ("code", "categories"),
    [
        ("841810", {"appliances", "electromechanical"}),
        ("841821", {"appliances", "electromechanical"}),
        ("870380", {"vehicles", "new-three", "electromechanical"}),
        ("850760", {"new-three"}),
        ("854143", {"new-three"}),
        ("390950", {"chemicals"}),
    ],
)
def test_a_product_may_be_in_several_categories(code: str, categories: set[str]) -> None:
    assert categories <= slugs_of(code)


def test_within_a_category_no_code_counts_twice() -> None:
    for slug in Category.objects.values_list("slug", flat=True):
        prefixes = CategoryProduct.objects.filter(category=slug)
        codes = set(prefixes.values_list("product__code", flat=True))
        assert codes, slug
        assert not [c for c in codes if (parent := HSCode(c).parent) and str(parent) in codes]
        assert not [c for c in codes if len(c) == 6 and c[:2] in codes]


def test_the_three_categories_in_focus_are_marked() -> None:
    focus = Category.objects.filter(is_focus=True).values_list("slug", flat=True)
    assert set(focus) == {"appliances", "cosmetics", "chemicals"}


# ---------------------------------------------------------------- bad rows
@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        ("hs_terms_01_63.csv", "0100,Nothing,,,,,", "code '0100' is not known"),
        ("hs_terms_01_63.csv", "TOTAL,Everything,,,,,", "code 'TOTAL' is not known"),
        ("hs_terms_64_97.csv", "0101,Horses,,,,,", r"hs_terms_01_63\.csv line"),
        ("hs_terms_64_97.csv", f"999999,{'long ' * 50},,,,,", "plain_en"),
        ("categories.csv", "Не слаг,Name,,,,,,1,0", "slug"),
        ("categories.csv", "cosmetics,Name,,,,,,1,0", "stands already"),
        ("category_products.csv", "nothing,HS2022,3303,,,", "category 'nothing' is not known"),
        ("category_products.csv", "medical,HS2022,3300,,,", "HS2022 has no code '3300'"),
        ("category_products.csv", "medical,HS1992,3303,,,", "HS1992 has no code '3303'"),
        ("category_products.csv", "cosmetics,HS2022,330410,,,", "3304 of line .* holds 330410 already"),
        ("category_products.csv", "cosmetics,HS2022,3304,,,", "stands already"),
    ],
)
def test_a_bad_row_is_named_by_table_and_line(facts: Path, table: str, row: str, reason: str) -> None:
    line = append(facts, table, row)
    with pytest.raises(FactsInvalid, match=reason) as raised:
        load_reference(facts)
    assert (raised.value.context["table"], raised.value.context["line"]) == (table, line)
