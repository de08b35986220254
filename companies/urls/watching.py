"""Addresses of watching a market and of beginning: pages alone."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import starting, watching

pages: list[URLPattern] = [
    path("my/watch/", watching.watch, name="watch"),
    path("my/watch/kept/", watching.watch_kept, name="watch_kept"),
    path("my/start/", starting.start, name="start"),
]
api: list[URLPattern] = []
