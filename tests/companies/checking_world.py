"""Imports whose rows are read and whose columns are named, for the tests of their check."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from companies.importing.checking.checking import check
from companies.importing.checking.faults import Fault, unpacked
from companies.importing.doing.work import Work, ask_work
from companies.importing.plan import ColumnMeaning, Fixes
from companies.importing.plan import Mapping as Meaning
from companies.models import Change, Company, Import, ImportRow, ImportVerdict
from companies.records.companies import register_company
from tests.companies.import_world import run
from tests.companies.office import Office

# A file of refrigerators: what its columns are, and what every row says unless it says otherwise.
COLUMNS = (
    ColumnMeaning("company"),
    ColumnMeaning("destination"),
    ColumnMeaning("hs_code"),
    ColumnMeaning("period"),
    ColumnMeaning("value", multiplier=10_000, currency="CNY"),
    ColumnMeaning("note"),
)
HEADERS = ("公司", "国家", "HS", "时间", "金额（万元）", "备注")
CONSTANTS = {"hs_revision": "HS2022", "category": "appliances"}
RIGHT = ("宁波汉电", "哈萨克斯坦", "841810", "2024-03", "120.5", "")


def firm(home: Office, name: str = "宁波汉电", **other: Any) -> Company:
    """A company by its name."""
    return register_company(home.actor("officer"), {"name": name, **other})


def row(**other: Any) -> list[Any]:
    """A row that is right but for the fields given."""
    fields = [meaning.field for meaning in COLUMNS]
    return [other.get(field, usual) for field, usual in zip(fields, RIGHT, strict=True)]


def staged(
    home: Office,
    rows: Sequence[Sequence[Any]],
    *,
    meaning: Meaning | None = None,
    fixes: Fixes | None = None,
    headers: Sequence[str] = HEADERS,
    form: str = "csv",
    **fields: Any,
) -> Import:
    """An import whose columns are named, with these rows from row 2 on, and a job that is to check them."""
    imported: Import = Import.objects.create(
        **{
            "organisation": home.organisation,
            "created_by": home.officer,
            "via": Change.Via.WEB,
            "language": "en",
            "file_name": "orders.csv",
            "size_bytes": 100,
            "sha256": uuid.uuid4().hex * 2,
            "step": Import.Step.MAPPED,
            "found": {
                "form": form,
                "headers": list(headers),
                "row_count": len(rows),
                "header_first": 1,
                "header_last": 1,
            },
            "mapping": (meaning or Meaning(COLUMNS, CONSTANTS)).packed(),
            "fixes": (fixes or Fixes()).packed(),
            "expires_at": timezone.now() + dt.timedelta(days=30),
            **fields,
        }
    )
    ImportRow.objects.bulk_create(
        ImportRow(of=imported, number=number, cells=list(cells)) for number, cells in enumerate(rows, start=2)
    )
    imported.refresh_from_db()
    with transaction.atomic():
        ask_work(home.actor("officer"), imported, Work.CHECK)
    return imported


def checked(home: Office, rows: Sequence[Sequence[Any]], **given: Any) -> Import:
    """The same, checked."""
    return run(staged(home, rows, **given), check)


def again(imported: Import) -> Import:
    """The import after the check that a fix has asked for."""
    return run(imported, check)


def faults_of(imported: Import, number: int = 2) -> tuple[Fault, ...]:
    """What is wrong with a row."""
    return unpacked(ImportVerdict.objects.get(of=imported, number=number).faults)


def codes_of(imported: Import, number: int = 2) -> set[tuple[str, str]]:
    """The same, field and code alone."""
    return {(fault.field, fault.code) for fault in faults_of(imported, number)}


def warned(imported: Import, number: int = 2) -> set[str]:
    """The codes of what a row is warned of."""
    return {fault.code for fault in unpacked(ImportVerdict.objects.get(of=imported, number=number).warnings)}


def entry_of(imported: Import, number: int = 2) -> Mapping[str, str]:
    """The entry that a row makes."""
    entry: dict[str, str] = ImportVerdict.objects.get(of=imported, number=number).entry
    return entry


def outcome_of(imported: Import, number: int = 2) -> str:
    """What becomes of a row."""
    return ImportVerdict.objects.get(of=imported, number=number).outcome
