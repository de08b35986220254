"""The fact tables the project wrote itself: read, checked row by row, loaded once for each content."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from markets.errors import FactsInvalid, InvalidValue
from markets.models import LoadedFacts
from markets.sources.bundled import fact_rows
from markets.vocabulary import PrintedNumber

LANGUAGES: Final = ("en", "zh", "ru")
_FLAGS: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class FactRow:
    """One row of a fact table, which knows where it stands."""

    table: str
    line: int
    fields: Mapping[str, str]

    def text(self, column: str) -> str:
        """The field as it is, without surrounding blanks; empty when nothing is stated."""
        return self.fields[column].strip()

    def texts(self, name: str) -> dict[str, str]:
        """`name_en`, `name_zh`, `name_ru` of the row."""
        return {f"{name}_{language}": self.text(f"{name}_{language}") for language in LANGUAGES}

    def stated(self, column: str) -> str:
        """A field that must not be empty. Raises FactsInvalid."""
        return self.text(column) or self._refuse(f"{column} is empty")

    def flag(self, column: str) -> bool:
        """1 or 0. Raises FactsInvalid for anything else."""
        try:
            return _FLAGS[self.text(column).lower()]
        except KeyError:
            raise self.wrong(f"{column} is {self.text(column)!r}: write 1 or 0") from None

    def whole(self, column: str) -> int:
        """A whole number of zero or more. Raises FactsInvalid."""
        text = self.text(column)
        if not (text.isascii() and text.isdigit()):
            raise self.wrong(f"{column} is {text!r}: write a whole number")
        return int(text)

    def decimal(self, column: str) -> Decimal | None:
        """A number, exactly as printed; None when nothing is stated. Raises FactsInvalid."""
        text = self.text(column)
        if not text:
            return None
        try:
            return PrintedNumber.parse(text).value
        except InvalidValue as unreadable:
            raise self.wrong(f"{column}: {unreadable}") from unreadable

    def day(self, column: str) -> dt.date | None:
        """A day such as 2015-08-12; None when nothing is stated. Raises FactsInvalid."""
        text = self.text(column)
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError as impossible:
            raise self.wrong(f"{column} is {text!r}: write a day as 2015-08-12") from impossible

    def known(self, column: str, codes: Container[str]) -> str:
        """A code that must be one of `codes`. Raises FactsInvalid."""
        code = self.stated(column)
        return code if code in codes else self._refuse(f"{column} {code!r} is not known")

    def wrong(self, reason: str) -> FactsInvalid:
        """The error that names this row."""
        return FactsInvalid(table=self.table, line=self.line, reason=reason)

    def checked(self, instance: Row, ignoring: Sequence[str] = ()) -> Row:
        """The instance, when its columns can hold what the row states. Raises FactsInvalid."""
        try:
            check_columns(instance, ignoring)
        except ValidationError as refused:
            raise self.wrong(column_problems(refused)) from refused
        return instance

    def _refuse(self, reason: str) -> str:
        raise self.wrong(reason)


def fact_table(path: Path, columns: Sequence[str], key: Sequence[str] = ()) -> list[FactRow]:
    """The rows of a fact table. Names ending in `_*` stand for the three languages.

    key: columns that no two rows may share. Raises FactsInvalid for a missing file or column, a row of
    the wrong length, text that is not UTF-8, and a key that stands twice.
    """
    needed = _spread(columns)
    try:
        rows = [FactRow(path.name, line, fields) for line, fields in fact_rows(path)]
    except FileNotFoundError:
        raise FactsInvalid(table=path.name, line=0, reason="the file is missing") from None
    except (UnicodeDecodeError, csv.Error) as unreadable:
        raise FactsInvalid(table=path.name, line=0, reason=str(unreadable)) from unreadable
    lacking = [column for column in needed if rows and column not in rows[0].fields]
    if lacking:
        raise FactsInvalid(table=path.name, line=1, reason=f"no column {', '.join(lacking)}")
    if key:
        refuse_twins(rows, key)
    return rows


def refuse_twins(rows: Iterable[FactRow], key: Sequence[str]) -> None:
    """Raises FactsInvalid for the second of two rows with the same key."""
    lines: dict[tuple[str, ...], FactRow] = {}
    for row in rows:
        value = tuple(row.text(column) for column in key)
        first = lines.setdefault(value, row)
        if first is not row:
            raise row.wrong(f"{' '.join(value)} stands already in {first.table} line {first.line}")


def check_columns(instance: models.Model, ignoring: Sequence[str] = ()) -> None:
    """Raises ValidationError where a column of the instance cannot hold its value.

    References are not looked up: whoever built the instance knows its codes.
    """
    references = {column.name for column in instance._meta.fields if column.is_relation}  # noqa: SLF001 Django's documented Model API
    instance.clean_fields(exclude=references | set(ignoring))


def column_problems(refused: ValidationError) -> str:
    """`column: what is wrong with it`, for each column."""
    return "; ".join(f"{column}: {' '.join(messages)}" for column, messages in refused.message_dict.items())


def upsert(model: type[Row], rows: Sequence[Row], key: Sequence[str]) -> list[Row]:
    """Write the rows, taking over what stands under the same key, and return them with their ids."""
    columns = [
        column.name
        for column in model._meta.concrete_fields  # noqa: SLF001 Django's documented Model API
        if not column.primary_key and column.name not in key
    ]
    return model._default_manager.bulk_create(  # noqa: SLF001 the way to any model's manager
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=columns,
    )


def drop_unused(rows: Iterable[models.Model]) -> int:
    """Delete the rows nothing refers to and return their number; the others stay."""
    dropped = 0
    for row in rows:
        try:
            row.delete()
        except ProtectedError:
            continue
        dropped += 1
    return dropped


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """What became of one set of facts. counts: rows that stand now, by kind; empty when unchanged."""

    name: str
    is_changed: bool
    counts: Mapping[str, int]


def load_once(name: str, sha256: str, load: Callable[[], Mapping[str, int]]) -> LoadOutcome:
    """Run `load` in one transaction unless this very content was loaded last time.

    A second process waits for the first and then finds the work done.
    """
    if LoadedFacts.objects.filter(name=name, sha256=sha256).exists():
        return LoadOutcome(name, is_changed=False, counts={})
    with transaction.atomic():
        now = timezone.now()
        LoadedFacts.objects.get_or_create(name=name, defaults={"sha256": "", "loaded_at": now})
        loaded = LoadedFacts.objects.select_for_update().get(name=name)
        if loaded.sha256 == sha256:
            return LoadOutcome(name, is_changed=False, counts={})
        counts = load()
        loaded.sha256, loaded.loaded_at = sha256, now
        loaded.save()
    return LoadOutcome(name, is_changed=True, counts=counts)


def content_sha256(paths: Iterable[Path], *more: Any) -> str:
    """One hash over the tables, what else they are loaded with, and the program that loads them."""
    digest = hashlib.sha256(repr(more).encode())
    for path in [*paths, *sorted(Path(__file__).parent.glob("*.py"))]:
        body = path.read_bytes() if path.exists() else b""
        digest.update(f"{path.name} {len(body)}\n".encode() + body)
    return digest.hexdigest()


def _spread(columns: Sequence[str]) -> list[str]:
    return [
        f"{column[:-1]}{language}" if column.endswith("_*") else column
        for column in columns
        for language in (LANGUAGES if column.endswith("_*") else LANGUAGES[:1])
    ]
