"""Products and categories: the tree of the Harmonized System, and the groups that sellers speak of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue, NotFound
from markets.models import Category, Product
from markets.profiles.demand import CardField, ProductRef, card_fields, product_ref
from markets.profiles.markets import MarketRef, market_ref
from markets.profiles.tables import Column, Table
from markets.vocabulary import HSCode

CLASSIFICATION = "HS2022"


@dataclass(frozen=True, slots=True)
class ProductNode:
    """A product with its official English wording, its everyday name where it has one, and how many lie below."""

    code: str
    level: int
    name: str
    label_en: str
    plain: str
    children: int


@dataclass(frozen=True, slots=True)
class CategoryRef:
    """A product category."""

    slug: str
    name: str
    description: str
    is_focus: bool


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product among its parents and children, the categories that hold it, and the themes that ask for it.

    product None: the top of the tree.
    """

    classification: str
    product: ProductNode | None
    path: tuple[ProductNode, ...]
    children: tuple[ProductNode, ...]
    categories: tuple[CategoryRef, ...]
    names: tuple[tuple[str, str], ...]

    def table(self) -> Table:
        """The children, one a row."""
        columns = [
            Column("code", _("Code")),
            Column("classification", _("Classification")),
            Column("name", _("Name")),
            Column("label_en", _("Official wording (English)")),
        ]
        rows = [(node.code, self.classification, node.name, node.label_en) for node in self.children]
        code = self.product.code if self.product else "chapters"
        title = self.product.name if self.product else _("Products")
        return Table(
            f"products-{code}", title, columns, rows, (_("Harmonized System 2022, World Customs Organization"),)
        )


@dataclass(frozen=True, slots=True)
class CategoryMarket:
    """What is known of a category in one market."""

    market: MarketRef
    fields: tuple[CardField, ...]
    loaded_fields: int


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """A category: the codes it holds, the categories it overlaps, and its card in each focus market."""

    category: CategoryRef
    products: tuple[ProductRef, ...]
    overlaps: tuple[CategoryRef, ...]
    markets: tuple[CategoryMarket, ...]
    classification: str

    def table(self) -> Table:
        """The codes the category holds, one a row."""
        columns = [
            Column("category", _("Category")),
            Column("classification", _("Classification")),
            Column("code", _("Code")),
            Column("name", _("Name")),
            Column("note", _("Note")),
        ]
        rows = [(self.category.slug, self.classification, p.code, p.name, p.note) for p in self.products]
        note = _("Categories overlap on purpose; never add them.")
        return Table(f"category-{self.category.slug}", self.category.name, columns, rows, notes=(note,))


def product_page(code: str = "") -> ProductPage:
    """A product's page by HS code (dots and blanks allowed), or the top of the tree. Raises NotFound."""
    if not code:
        chapters = tuple(_nodes(queries.products(CLASSIFICATION).filter(parent=None)))
        return ProductPage(CLASSIFICATION, None, (), chapters, (), ())
    found = product(code)
    above = [found.code[:length] for length in HSCode.LEVELS if length < found.level]
    parents = queries.products(CLASSIFICATION).filter(code__in=above)
    return ProductPage(
        classification=CLASSIFICATION,
        product=_nodes([found])[0],
        path=tuple(_nodes(parents)),
        children=tuple(_nodes(queries.products(CLASSIFICATION).filter(parent=found))),
        categories=tuple(category_ref(c) for c in queries.categories_of_product(found.code)),
        names=tuple((language, text) for language, text in _plain_names(found) if text),
    )


def product(code: str) -> Product:
    """The product with this HS code. Raises NotFound, for what is no HS code at all too."""
    try:
        digits = HSCode.parse(code).digits
    except InvalidValue:
        digits = ""
    found = queries.products(CLASSIFICATION).filter(code=digits).first()
    if found is None:
        raise NotFound(kind=_("HS 2022 product"), key=code)
    return found


def category_list() -> tuple[CategoryRef, ...]:
    """All categories, the focus ones first."""
    return tuple(category_ref(category) for category in queries.categories())


def category_page(slug: str) -> CategoryPage:
    """A category's page. Raises NotFound."""
    category = queries.categories().filter(slug=slug).first()
    if category is None:
        raise NotFound(kind=_("category"), key=slug)
    held = queries.category_products([slug])
    return CategoryPage(
        category=category_ref(category),
        products=tuple(product_ref(row) for row in held),
        overlaps=_overlaps(slug, [row.code for row in held]),
        markets=_in_markets(slug),
        classification=CLASSIFICATION,
    )


def category_ref(category: Category) -> CategoryRef:
    """A category in the active language."""
    return CategoryRef(category.slug, category.name, category.description, category.is_focus)


def _overlaps(slug: str, codes: list[str]) -> tuple[CategoryRef, ...]:
    """Categories with a code that lies within one of these, or that one of these lies within."""
    overlapping = {
        row.owner
        for row in queries.category_products()
        if row.owner != slug and any(code.startswith(row.code) or row.code.startswith(code) for code in codes)
    }
    return tuple(category_ref(category) for category in queries.categories() if category.slug in overlapping)


def _in_markets(slug: str) -> tuple[CategoryMarket, ...]:
    """The category's card in each focus market, empty fields included: they read as not loaded."""
    profiles = queries.demand_profiles(queries.FOCUS_MARKETS)
    shown = []
    for area in queries.markets().filter(code__in=queries.FOCUS_MARKETS):
        fields = card_fields(profiles.get(area.code), slug)
        shown.append(CategoryMarket(market_ref(area), fields, sum(bool(field.facts) for field in fields)))
    order = {code: place for place, code in enumerate(queries.FOCUS_MARKETS)}
    return tuple(sorted(shown, key=lambda entry: order[entry.market.iso3]))


def _nodes(products: Iterable[Product]) -> list[ProductNode]:
    rows = list(products)
    below = queries.children_count([row.pk for row in rows])
    return [
        ProductNode(
            row.code,
            row.level,
            row.name,
            row.label_en,
            row.name if row.name != row.label_en else "",
            below.get(row.pk, 0),
        )
        for row in rows
    ]


def _plain_names(row: Product) -> tuple[tuple[str, str], ...]:
    return (("en", row.plain_en), ("zh-hans", row.plain_zh), ("ru", row.plain_ru))
