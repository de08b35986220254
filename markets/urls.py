"""Addresses of the market pages and of the market API. The words in them are the words of the data."""

from __future__ import annotations

from django.urls import URLPattern

pages: list[URLPattern] = []

api: list[URLPattern] = []
