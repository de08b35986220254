"""Choosing what each column of a file is: kept with the import, and checked at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.errors import FieldsRejected, InvalidField, MappingOpen
from companies.importing.doing.work import Work, ask_work, open_import
from companies.importing.mapping.questions import questions
from companies.importing.mapping.saved import keep_mapping
from companies.importing.meaning.columns import ColumnProfile
from companies.importing.plan import FIELDS, Mapping
from companies.models import Import
from companies.records.fields import LABELS

_SCALES: Final = frozenset(10**power for power in range(13))


def choose_mapping(actor: Actor, key: object, version: int | None, mapping: Mapping, *, save_as: str = "") -> Import:
    """Map the columns so, and check all rows by it. save_as: keep it under this name for files of the same columns.

    Wake a worker for its job. Raises what `work.open_import` raises; FieldsRejected for a mapping that is not of these
    columns, and for a name that cannot be given; MappingOpen with everything that is to be answered first.
    """
    with transaction.atomic():
        imported = open_import(actor, key, version, Import.Step.READ, Import.Step.MAPPED, Import.Step.CHECKED)
        refuse_unfit(mapping, len(imported.columns))
        asked = questions(mapping, profiles_of(imported))
        if asked:
            raise MappingOpen(count=len(asked), questions=tuple(asked))
        imported.mapping = mapping.packed()
        imported.step = Import.Step.MAPPED
        if save_as.strip():
            keep_mapping(actor, imported, save_as)
        ask_work(actor, imported, Work.CHECK)
    return imported


def profiles_of(imported: Import) -> list[ColumnProfile]:
    """What each column of a file that was read holds."""
    return [ColumnProfile.unpacked(each) for each in imported.columns]


def refuse_unfit(mapping: Mapping, columns: int) -> None:
    """Raises FieldsRejected for a mapping that is not of so many columns, or names fields that are none."""
    faults = tuple(_faults(mapping, columns))
    if faults:
        raise FieldsRejected(faults=faults, count=len(faults))


def _faults(mapping: Mapping, columns: int) -> Iterator[InvalidField]:
    if len(mapping.columns) != columns:
        expected = _("say of each of the %(count)s columns what it is") % {"count": columns}
        yield InvalidField(pointer="/columns", field=_("Columns"), expected=expected)
    for number, meaning in enumerate(mapping.columns):
        if meaning.field and meaning.field not in FIELDS:
            yield _unknown(f"/columns/{number}/field", meaning.field, FIELDS)
        if meaning.multiplier is not None and meaning.multiplier not in _SCALES:
            expected = _("1, or a power of ten such as 10000 for 万 or 1000000 for a million")
            yield InvalidField(pointer=f"/columns/{number}/multiplier", field=_("Multiplier"), expected=expected)
    for name in mapping.constants:
        if name not in LABELS:
            yield _unknown(f"/constants/{name}", name, tuple(LABELS))


def _unknown(pointer: str, name: str, allowed: Sequence[str]) -> InvalidField:
    expected = _("one of %(allowed)s") % {"allowed": ", ".join(allowed)}
    return InvalidField(pointer=pointer, field=name, expected=expected)
