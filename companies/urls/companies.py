"""Addresses of companies: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.api import companies as views

pages: list[URLPattern] = []
_ONE = "companies/<uuid:id>/"
api = [
    path("companies/", views.CompanyListView.as_view(), name="company_list"),
    path(_ONE, views.CompanyView.as_view(), name="company"),
    path(f"{_ONE}archive/", views.ArchiveView.as_view(), name="company_archive"),
    path(f"{_ONE}restore/", views.RestoreView.as_view(), name="company_restore"),
]
