"""`/products/` and `/categories/`: the Harmonized System, and goods as sellers speak of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from markets import queries
from markets.api.markets import found_keys
from markets.door.address import FIGURES_SECONDS, ListView, RecordView, list_parameters, record_parameters
from markets.door.parameters import Parameter, choice, code, sort, text
from markets.errors import InvalidValue, NotFound
from markets.models import Category, Product
from markets.profiles import category_page, product_page
from markets.profiles.catalogue import (
    CLASSIFICATION,
    CategoryPage,
    CategoryRef,
    ProductNode,
    ProductPage,
    category_ref,
    product_nodes,
)
from markets.search import MAX_CHARACTERS
from markets.vocabulary import HSCode

_RELEVANCE = "relevance"


class ProductListView(ListView):
    """Products: the codes of the Harmonized System 2022 at 2, 4 and 6 digits."""

    record = ProductNode
    sorts: ClassVar = {"code": ("code",), _RELEVANCE: ("relevance", "code")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        ProductNode,
        text(
            "search",
            "Words in English, Chinese or Russian, or the beginning of a code: fridge, 冰箱, холодильник, 8418."
            " The hundred best answers, best first unless `sort` says otherwise.",
            "fridge",
            MAX_CHARACTERS,
        ),
        choice("level", "Only codes of so many digits.", [str(level) for level in HSCode.LEVELS]),
        code("parent", "Only codes directly below this one.", "84", r"\d{2}(\d{2})?"),
        sort("code", _RELEVANCE),
    )

    def order(self) -> tuple[Sequence[str], bool]:
        """By code; the best answer first where words were searched and no order was asked for."""
        if self.asked["search"] and "sort" not in self.request.GET:
            return self.sorts[_RELEVANCE], False
        return super().order()

    def rows(self) -> QuerySet[Product]:
        """Products that match."""
        products = self._ranked(queries.products(CLASSIFICATION))
        if self.asked["level"]:
            products = products.annotate(digits=Length("code")).filter(digits=int(self.asked["level"]))
        if self.asked["parent"]:
            parent = queries.products(CLASSIFICATION).filter(code=self.asked["parent"]).first()
            if parent is None:
                expected = _("there is no such HS 2022 code; /api/v1/products/ lists them")
                raise InvalidValue(parameter="parent", value=self.asked["parent"], expected=expected)
            products = products.filter(parent=parent)
        return products

    def _ranked(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """The products found, each with its place; all of them in one place where nothing was searched."""
        if not self.asked["search"]:
            return products.annotate(relevance=Value(0))
        places = {key: place for place, key in enumerate(found_keys(self.asked["search"], "product"))}
        place = Case(*(When(code=key, then=Value(place)) for key, place in places.items()), output_field=IntegerField())
        return products.filter(code__in=list(places)).annotate(relevance=place if places else Value(0))

    def records(self, rows: Sequence[Product]) -> list[ProductNode]:
        """The products as nodes of the tree."""
        return product_nodes(rows)


class ProductView(RecordView):
    """One product by its HS code, among its parents and children, with the categories that hold it."""

    record = ProductPage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(ProductPage)

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """In digits alone: 84.18 is 8418. Raises NotFound for what is no HS code."""
        try:
            return {"code": HSCode.parse(codes["code"]).digits}
        except InvalidValue as fault:
            raise NotFound(kind=_("HS 2022 product"), key=codes["code"]) from fault

    def found(self, **codes: Any) -> ProductPage:
        """The same as the product's page. Raises NotFound."""
        return product_page(codes["code"])


class CategoryListView(ListView):
    """Categories of goods as sellers speak of them. They overlap on purpose: never add them."""

    record = CategoryRef
    sorts: ClassVar = {"rank": ("sort", "slug"), "slug": ("slug",)}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(CategoryRef, sort("rank", "slug"))

    def rows(self) -> QuerySet[Category]:
        """All categories; rank is the house's own order, the focus ones first."""
        return queries.categories()

    def records(self, rows: Sequence[Category]) -> list[CategoryRef]:
        """The categories in the language of the request."""
        return [category_ref(category) for category in rows]


class CategoryView(RecordView):
    """One category: the HS codes it holds, the categories it overlaps, and its card in each focus market."""

    record = CategoryPage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(CategoryPage)
    fresh_seconds = FIGURES_SECONDS

    def found(self, **codes: Any) -> CategoryPage:
        """The same as the category's page. Raises NotFound."""
        return category_page(codes["slug"])
