"""Addresses of approvals and of the change log: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.api.changes import ChangeListView
from companies.views import approvals, changes

pages: list[URLPattern] = [
    path("approvals/", approvals.approvals, name="approvals"),
    path("audit/", changes.audit, name="changes"),
]
api: list[URLPattern] = [
    path("changes/", ChangeListView.as_view(), name="change_list"),
]
