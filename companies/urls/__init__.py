"""Addresses of people, organisations, companies and records."""

from __future__ import annotations

from companies.urls import accounts, changes, companies, lists, organisations, published, records

_PARTS = (accounts, organisations, companies, records, lists, published, changes)
pages = [address for part in _PARTS for address in part.pages]
api = [address for part in _PARTS for address in part.api]
