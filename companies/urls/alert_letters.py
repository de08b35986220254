"""Addresses of letters with alerts: pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import alert_letters

pages: list[URLPattern] = [
    path("my/alerts/letters/", alert_letters.letters, name="alert_letters"),
    path("my/alerts/unsubscribe/", alert_letters.alert_unsubscribe, name="alert_unsubscribe"),
]
api: list[URLPattern] = []
