"""Products and categories: the tree of the Harmonized System, and the groups that sellers speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue, NotFound
from markets.models import Category, CategoryFact, DemandProfile, Product, Theme
from markets.models.naming import in_language
from markets.profiles.demand import CardField, DocumentRef, ProductRef, card_fields, product_ref
from markets.profiles.markets import MarketRef, market_ref
from markets.profiles.tables import Cell, Column, Table
from markets.vocabulary import HSCode

CLASSIFICATION = "HS2022"


@dataclass(frozen=True, slots=True)
class ProductNode:
    """A product with its official English wording, its everyday name where it has one, and how many lie below.

    dotted: the code as customs write it, `8418.21`. section: of the Harmonized System, in Roman numerals.
    """

    code: str
    level: int
    name: str
    label_en: str
    plain: str
    children: int
    dotted: str
    section: str


@dataclass(frozen=True, slots=True)
class ThemeRef:
    """A theme of demand, with how it asks for a product."""

    slug: str
    name: str
    note: str


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

    product None: the top of the tree. names: everyday names by language, those there are.
    categories: those that hold the whole code; categories_below: those that hold some code below it.
    """

    classification: str
    product: ProductNode | None
    path: tuple[ProductNode, ...]
    children: tuple[ProductNode, ...]
    categories: tuple[CategoryRef, ...]
    categories_below: tuple[CategoryRef, ...]
    themes: tuple[ThemeRef, ...]
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
class CategoryLine:
    """A category in the list: its number of codes, and of the fields loaded in each market's card, of `fields`."""

    category: CategoryRef
    codes: int
    loaded: tuple[int, ...]
    fields: int


@dataclass(frozen=True, slots=True)
class CategoryOverview:
    """All categories, the focus ones first. markets: those whose cards are counted, in the order of `loaded`."""

    markets: tuple[MarketRef, ...]
    categories: tuple[CategoryLine, ...]

    def table(self) -> Table:
        """One category a row."""
        columns = [
            Column("category", _("Code")),
            Column("name", _("Category")),
            Column("codes", _("HS codes"), is_number=True),
            *(Column(f"loaded_{market.iso3}", market.name, is_number=True) for market in self.markets),
            Column("fields", _("Fields of a card"), is_number=True),
        ]
        rows: list[tuple[Cell, ...]] = [
            (c.category.slug, c.category.name, c.codes, *c.loaded, c.fields) for c in self.categories
        ]
        note = _("Categories overlap on purpose; never add them.")
        return Table("categories", _("Categories"), columns, rows, notes=(note,))


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

    @property
    def documents(self) -> tuple[DocumentRef, ...]:
        """The documents the cards cite, each once, in the order of their codes."""
        facts = (fact for entry in self.markets for field in entry.fields for fact in field.facts)
        by_code = {fact.document.code: fact.document for fact in facts if fact.document}
        return tuple(by_code[code] for code in sorted(by_code))

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
        chapters = tuple(product_nodes(queries.products(CLASSIFICATION).filter(parent=None)))
        return ProductPage(CLASSIFICATION, None, (), chapters, (), (), (), ())
    found = product(code)
    above = [found.code[:length] for length in HSCode.LEVELS if length < found.level]
    parents = queries.products(CLASSIFICATION).filter(code__in=above)
    return ProductPage(
        classification=CLASSIFICATION,
        product=product_nodes([found])[0],
        path=tuple(product_nodes(parents)),
        children=tuple(product_nodes(queries.products(CLASSIFICATION).filter(parent=found))),
        categories=tuple(category_ref(c) for c in queries.categories_of_product(found.code)),
        categories_below=tuple(category_ref(c) for c in queries.categories_below_product(found.code)),
        themes=_themes_asking_for(found.code),
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


def _themes_asking_for(code: str) -> tuple[ThemeRef, ...]:
    """Themes that ask for this code, for one above it or for some below it; each once."""
    notes: dict[str, str] = {}
    for row in queries.theme_products():
        if code.startswith(row.code) or row.code.startswith(code):
            notes.setdefault(row.owner, in_language(row, "note"))
    themes = Theme.objects.filter(slug__in=notes).order_by("sort", "slug")
    return tuple(ThemeRef(theme.slug, theme.name, notes[theme.slug]) for theme in themes)


def category_list() -> tuple[CategoryRef, ...]:
    """All categories, the focus ones first."""
    return tuple(category_ref(category) for category in queries.categories())


def category_overview() -> CategoryOverview:
    """All categories, with how much of their cards is loaded in the focus markets."""
    codes = Counter(row.owner for row in queries.category_products())
    profiles = queries.demand_profiles(queries.FOCUS_MARKETS)
    areas = {area.code: area for area in queries.markets().filter(code__in=queries.FOCUS_MARKETS)}
    markets = [market_ref(areas[code]) for code in queries.FOCUS_MARKETS if code in areas]
    stated = [_stated_fields(profiles.get(market.iso3)) for market in markets]
    lines = [
        CategoryLine(
            category=ref,
            codes=codes[ref.slug],
            loaded=tuple(len(fields.get(ref.slug, set()) | fields.get("", set())) for fields in stated),
            fields=len(CategoryFact.Field),
        )
        for ref in category_list()
    ]
    return CategoryOverview(tuple(markets), tuple(lines))


def _stated_fields(profile: DemandProfile | None) -> dict[str, set[str]]:
    """Fields of cards that have a fact, by category; under an empty one those that hold for every card."""
    fields: dict[str, set[str]] = {}
    for fact in profile.category_facts.all() if profile else ():
        fields.setdefault(fact.category_id or "", set()).add(fact.field)
    return fields


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


def product_nodes(products: Iterable[Product]) -> list[ProductNode]:
    """Products in the active language, in two questions."""
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
            HSCode(row.code).dotted,
            row.section,
        )
        for row in rows
    ]


def _plain_names(row: Product) -> tuple[tuple[str, str], ...]:
    return (("en", row.plain_en), ("zh-hans", row.plain_zh), ("ru", row.plain_ru))
