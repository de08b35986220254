"""Imports whose file was read, for the tests of saying what its columns are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning.columns import profiles
from companies.importing.reading.form import Found
from companies.models import Change, Import, ImportRow
from tests.companies.office import Office

HEADERS = ("企业名称", "目的国", "商品编码", "日期", "出口额(万美元)", "备注")
ROWS = (
    ("Haier", "哈萨克斯坦", "841821", "2025-03-05", "12.5", "a"),
    ("Gree", "俄罗斯", "841510", "2025-03-17", "7.25", ""),
)


def read_import(
    home: Office, headers: Sequence[str] = HEADERS, rows: Sequence[Sequence[Any]] = ROWS, **fields: Any
) -> Import:
    """An import of the officer whose file was read: packed cells, the first row of the file its header."""
    numbered = [(number, [cell or None for cell in row]) for number, row in enumerate(rows, start=2)]
    found = Found(
        form="csv",
        headers=tuple(headers),
        header_first=1,
        header_last=1,
        row_count=len(numbered),
        top=(),
        delimiter=",",
    )
    columns = profiles(headers, numbered)
    imported: Import = Import.objects.create(
        **{
            "organisation": home.organisation,
            "created_by": home.officer,
            "via": Change.Via.WEB,
            "language": "en",
            "file_name": "orders.csv",
            "size_bytes": 100,
            "sha256": uuid.uuid4().hex * 2,
            "step": Import.Step.READ,
            "found": asdict(found),
            "columns": [each.packed() for each in columns],
            "mapping": suggest(headers, columns, home="CHN", language="en").packed(),
            "expires_at": timezone.now() + dt.timedelta(days=30),
            **fields,
        }
    )
    ImportRow.objects.bulk_create(ImportRow(of=imported, number=number, cells=cells) for number, cells in numbered)
    imported.refresh_from_db()
    return imported
