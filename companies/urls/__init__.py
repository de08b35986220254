"""Addresses of people, organisations, companies and records."""

from __future__ import annotations

from companies.urls import accounts, changes, companies, imports, lists, organisations, published, records, targets

_PARTS = (accounts, organisations, companies, records, lists, imports, published, changes, targets)
pages = [address for part in _PARTS for address in part.pages]
api = [address for part in _PARTS for address in part.api]
