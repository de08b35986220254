"""Addresses of people, organisations, companies, records, target markets and alerts."""

from __future__ import annotations

from companies.urls import (
    accounts,
    alert_letters,
    alerts,
    api_targets,
    changes,
    companies,
    imports,
    lists,
    organisations,
    published,
    records,
    targets,
    watching,
    workspace,
)

_PARTS = (
    accounts,
    organisations,
    companies,
    records,
    lists,
    imports,
    published,
    changes,
    targets,
    alerts,
    alert_letters,
    api_targets,
    watching,
    workspace,
)
pages = [address for part in _PARTS for address in part.pages]
api = [address for part in _PARTS for address in part.api]
