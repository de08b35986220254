"""Entries of records for the tests of entering, deciding and showing them."""

from __future__ import annotations

from typing import Any

from companies.models import Company, ExportRecord
from companies.records.entering import enter_record
from tests.companies.office import CompanyFactory, Office


def company_of(home: Office, **fields: Any) -> Company:
    """A company of the office."""
    return CompanyFactory(organisation=home.organisation, created_by=home.officer, **fields)


def entries(company: Company, **other: Any) -> dict[str, Any]:
    """Refrigerators worth 20.7 million yuan to Central Asia in the first four months of 2025, 69 per cent more."""
    return {
        "company": str(company.pk),
        "destination": "CA5",
        "category": "appliances",
        "hs_code": "8418",
        "hs_revision": "HS2022",
        "period": "2025-01/2025-04",
        "value": "20.7",
        "multiplier": "1000000",
        "currency": "CNY",
        "stated_growth_pct": "69",
    } | other


def entered(home: Office, company: Company | None = None, **other: Any) -> ExportRecord:
    """A record that the officer entered."""
    return enter_record(home.actor("officer"), entries(company or company_of(home), **other))
