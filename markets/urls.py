"""Addresses of the market pages and of the market API. The words in them are the words of the data."""

from __future__ import annotations

from django.urls import URLPattern, path

from markets.api import catalogue, provenance, series
from markets.api import markets as market_api
from markets.views import home, markets

pages: list[URLPattern] = [
    path("", home.home, name="home"),
    path("markets/", markets.listing, name="market_list"),
    path("markets/<str:iso3>/", markets.country, name="country"),
]

api: list[URLPattern] = [
    path("markets/", market_api.MarketListView.as_view(), name="markets"),
    path("markets/<str:iso3>/", market_api.MarketView.as_view(), name="market"),
    path("markets/<str:iso3>/profile/", market_api.MarketProfileView.as_view(), name="market_profile"),
    path("products/", catalogue.ProductListView.as_view(), name="products"),
    path("products/<str:code>/", catalogue.ProductView.as_view(), name="product"),
    path("categories/", catalogue.CategoryListView.as_view(), name="categories"),
    path("categories/<str:slug>/", catalogue.CategoryView.as_view(), name="category"),
    path("indicators/", series.IndicatorListView.as_view(), name="indicators"),
    path("indicators/<str:code>/", series.IndicatorView.as_view(), name="indicator"),
    path("observations/", series.ObservationListView.as_view(), name="observations"),
    path("datasets/", provenance.DatasetListView.as_view(), name="datasets"),
    path("datasets/<str:id>/", provenance.DatasetView.as_view(), name="dataset"),
    path("releases/", provenance.ReleaseListView.as_view(), name="releases"),
    path("releases/<int:id>/", provenance.ReleaseView.as_view(), name="release"),
]
