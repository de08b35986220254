"""Addresses of published sums: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.api.published import PublishedSumListView
from companies.views import published

pages: list[URLPattern] = [
    path("published/", published.listing, name="published"),
    path("published/<uuid:key>/", published.organisation, name="published_organisation"),
    path("publishing/", published.publishing, name="publishing"),
    path("publishing/<uuid:key>/withdraw/", published.withdraw, name="publication_withdraw"),
]
api: list[URLPattern] = [
    path("published-sums/", PublishedSumListView.as_view(), name="published_sums"),
]
