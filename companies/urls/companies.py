"""Addresses of companies: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.api import companies as views
from companies.views import companies

_ONE = "companies/<uuid:id>/"
api: list[URLPattern] = [
    path("companies/", views.CompanyListView.as_view(), name="company_list"),
    path(_ONE, views.CompanyView.as_view(), name="company"),
    path(f"{_ONE}archive/", views.ArchiveView.as_view(), name="company_archive"),
    path(f"{_ONE}restore/", views.RestoreView.as_view(), name="company_restore"),
]


pages: list[URLPattern] = [
    path("companies/", companies.listing, name="company_list"),
    path("companies/new/", companies.new, name="company_new"),
    path("companies/<uuid:key>/", companies.company, name="company"),
    path("companies/<uuid:key>/edit/", companies.edit, name="company_edit"),
    path("companies/<uuid:key>/archive/", companies.archive, name="company_archive"),
    path("companies/<uuid:key>/restore/", companies.restore, name="company_restore"),
]
