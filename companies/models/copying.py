"""Many new rows at once, in one stream instead of statements that name every value."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from django.db.models.functions import Now

# So few are written by a statement.
FEW: Final = 100
# The driver writes these itself; asking each field for each of them takes longer than all the rest.
_AS_THEY_ARE: Final = frozenset({type(None), str, int, bool, uuid.UUID, Decimal, dt.date, dt.datetime})

_Field: TypeAlias = "models.Field[Any, Any]"


def write_new(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model, with the moments that are the database's own to say. Raises IntegrityError."""
    if 0 < len(rows) <= FEW:
        type(rows[0])._default_manager.bulk_create(rows)  # noqa: SLF001 Django's documented name
    elif rows:
        fields = type(rows[0])._meta.concrete_fields  # noqa: SLF001 Django's documented name
        _say_moments(rows, [field for field in fields if isinstance(field.db_default, Now)])
        _copy(rows, [field for field in fields if not _is_left_to_database(rows[0], field)])


def count_again(*kinds: type[models.Model]) -> None:
    """Let the database look at how large the tables have become, where nobody else has it look already.

    After thousands of rows: until then it goes through the whole table for each key that a new row refers to, as was
    right while the table was small.
    """
    tables = ", ".join(connection.ops.quote_name(kind._meta.db_table) for kind in kinds)  # noqa: SLF001 Django's documented name
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {tables}")


def _say_moments(rows: Sequence[models.Model], fields: Sequence[_Field]) -> None:
    moment = _now()
    for row in rows:
        for field in fields:
            if isinstance(getattr(row, field.attname), DatabaseDefault):
                setattr(row, field.attname, moment)


def _is_prepared(field: _Field) -> bool:
    """Whether its values may need more than to be written as they are, whatever their type."""
    return isinstance(field, models.JSONField) or type(field).pre_save is not models.Field.pre_save


def _said(row: models.Model, field: _Field, name: str, is_prepared: bool) -> Any:  # noqa: FBT001 of a list made once
    value = getattr(row, name)
    if type(value) in _AS_THEY_ARE and not is_prepared:
        return value
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)


def _now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment


def _is_left_to_database(row: models.Model, field: _Field) -> bool:
    value = getattr(row, field.attname)
    return isinstance(value, DatabaseDefault) or (field.primary_key and value is None)


def _copy(rows: Sequence[models.Model], fields: Sequence[_Field]) -> None:
    quote = connection.ops.quote_name
    table = quote(type(rows[0])._meta.db_table)  # noqa: SLF001 Django's documented name
    names = ", ".join(quote(field.column or "") for field in fields)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        prepared = [(field, field.attname, _is_prepared(field)) for field in fields]
        for row in rows:
            copy.write_row([_said(row, *each) for each in prepared])
    for row in rows:
        row._state.adding = False  # noqa: SLF001 Django's documented name
        row._state.db = connection.alias  # noqa: SLF001 Django's documented name
