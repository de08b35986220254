"""Addresses of people, organisations, companies, records and target markets."""

from __future__ import annotations

from companies.urls import (
    accounts,
    api_targets,
    changes,
    companies,
    imports,
    lists,
    organisations,
    published,
    records,
    watching,
)

_PARTS = (accounts, organisations, companies, records, lists, imports, published, changes, watching, api_targets)
pages = [address for part in _PARTS for address in part.pages]
api = [address for part in _PARTS for address in part.api]
