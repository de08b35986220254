"""Addresses of the market pages and of the market API. The words in them are the words of the data."""

from __future__ import annotations

from django.urls import URLPattern, path

from markets.api import catalogue, compare, flows, jobs, provenance, rates, series, trade
from markets.api import markets as market_api
from markets.api import revisions as revision_api
from markets.views import catalogue as catalogue_pages
from markets.views import compare as compare_pages
from markets.views import data, holds, home, indicators, markets, refreshing, revisions, search, staff
from markets.views import flows as flow_pages
from markets.views import help as help_pages
from markets.views import jobs as job_pages
from markets.views import rates as rate_pages
from markets.views import trade as trade_pages

pages: list[URLPattern] = [
    path("", home.home, name="home"),
    path("markets/", markets.listing, name="market_list"),
    path("markets/<str:iso3>/", markets.country, name="country"),
    path("markets/<str:iso3>/edit/", staff.profile_edit, name="profile_edit"),
    path("markets/<str:iso3>/indicators/<str:code>/", indicators.series, name="series"),
    path("compare/", compare_pages.compare, name="compare"),
    path("markets/<str:iso3>/trade/", trade_pages.partners, name="trade"),
    path("markets/<str:iso3>/trade/<str:partner>/", trade_pages.pair, name="trade_pair"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.suggestions, name="search_suggestions"),
    path("indicators/", indicators.listing, name="indicator_list"),
    path("indicators/<str:code>/", indicators.indicator, name="indicator"),
    path("products/", catalogue_pages.products, name="products"),
    path("products/<str:code>/", catalogue_pages.product, name="product"),
    path("categories/", catalogue_pages.categories, name="category_list"),
    path("categories/<str:slug>/", catalogue_pages.category, name="category"),
    path("flows/<str:exporter>/<str:importer>/<str:product>/", flow_pages.flow, name="flow"),
    path("exchange-rates/", rate_pages.exchange_rates, name="exchange_rates"),
    path("data/", data.data, name="data"),
    path("data/<str:key>/", data.dataset, name="dataset"),
    path("data/<str:key>/refresh/", refreshing.refresh, name="refresh"),
    path("jobs/", job_pages.listing, name="job_list"),
    path("jobs/<uuid:key>/", job_pages.job, name="job"),
    path("jobs/<uuid:key>/cancel/", job_pages.cancel, name="job_cancel"),
    path("jobs/<uuid:key>/retry/", job_pages.retry, name="job_retry"),
    path("jobs/<uuid:key>/payloads/<str:sha256>/", job_pages.payload, name="job_payload"),
    path("revisions/", revisions.revisions, name="revisions"),
    path("revisions/feed.xml", revisions.feed, name="revision_feed"),
    path("releases/<int:key>/", data.release, name="release"),
    path("releases/<int:key>/review/", holds.review, name="review"),
    path("releases/<int:key>/payloads/<str:sha256>/", data.payload, name="payload"),
    path("help/", help_pages.help_page, name="help"),
    path("methods/<slug:topic>/", help_pages.method, name="methods"),
]

api: list[URLPattern] = [
    path("markets/", market_api.MarketListView.as_view(), name="markets"),
    path("markets/<str:iso3>/", market_api.MarketView.as_view(), name="market"),
    path("markets/<str:iso3>/profile/", market_api.MarketProfileView.as_view(), name="market_profile"),
    path("markets/<str:iso3>/indicators/<str:code>/", series.MarketSeriesView.as_view(), name="market_series"),
    path("compare/", compare.CompareView.as_view(), name="compare"),
    path("markets/<str:iso3>/trade/", trade.MarketTradeView.as_view(), name="market_trade"),
    path("markets/<str:iso3>/trade/<str:partner>/", trade.MarketPairView.as_view(), name="market_trade_pair"),
    path("products/", catalogue.ProductListView.as_view(), name="products"),
    path("products/<str:code>/", catalogue.ProductView.as_view(), name="product"),
    path("categories/", catalogue.CategoryListView.as_view(), name="categories"),
    path("categories/<str:slug>/", catalogue.CategoryView.as_view(), name="category"),
    path("indicators/", series.IndicatorListView.as_view(), name="indicators"),
    path("indicators/<str:code>/", series.IndicatorView.as_view(), name="indicator"),
    path("observations/", series.ObservationListView.as_view(), name="observations"),
    path("revisions/", revision_api.RevisionListView.as_view(), name="revisions"),
    path("exchange-rates/", rates.ExchangeRateListView.as_view(), name="exchange_rates"),
    path("trade-totals/", trade.TradeTotalListView.as_view(), name="trade_totals"),
    path("flows/", flows.FlowListView.as_view(), name="flows"),
    path("flows/<str:exporter>/<str:importer>/<str:product>/", flows.FlowView.as_view(), name="flow"),
    path("datasets/", provenance.DatasetListView.as_view(), name="datasets"),
    path("datasets/<str:id>/", provenance.DatasetView.as_view(), name="dataset"),
    path("jobs/<uuid:id>/", jobs.JobView.as_view(), name="job"),
    path("releases/", provenance.ReleaseListView.as_view(), name="releases"),
    path("releases/<int:id>/", provenance.ReleaseView.as_view(), name="release"),
]
