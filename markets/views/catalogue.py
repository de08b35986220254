"""Products in their tree, and the categories that sellers speak of."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from markets.door.page import answer_with_table, moved, page_view
from markets.profiles import category_overview, category_page, product_page


@page_view
def products(request: HttpRequest) -> HttpResponse:
    """The chapters of the Harmonized System by section."""
    return answer_with_table(request, "markets/products.html", product_page())


@page_view
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product. A code written with dots or blanks leads to the address with digits alone."""
    page = product_page(code)
    if page.product is not None and page.product.code != code:
        return moved(request, code, page.product.code)
    return answer_with_table(request, "markets/product.html", page)


@page_view
def categories(request: HttpRequest) -> HttpResponse:
    """All categories, with how much is loaded of each in the focus markets."""
    return answer_with_table(request, "markets/category_list.html", category_overview())


@page_view
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One category: its codes, what it overlaps, and its card in each focus market."""
    return answer_with_table(request, "markets/category.html", category_page(slug))
