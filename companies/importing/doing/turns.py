"""One after the other within an organisation: whoever comes second sees all that the first has done."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import connection

UPLOADS: Final = "companies.imports.uploads"
# What writes records from files, and what takes them back.
RECORDS: Final = "companies.imports.records"

_WAIT: Final = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))"


def take_turn(what: str, organisation_id: uuid.UUID) -> None:
    """Wait for whoever does the same in this organisation; the turn ends with the transaction this stands in."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, (what, str(organisation_id)))
