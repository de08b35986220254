"""Mappings kept for the next file of the same layout: found by the names of its columns, in their order."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, one, require
from companies.changes import changed, fields_of
from companies.errors import FieldsRejected, ImportElsewhere, InvalidField, TooMany
from companies.importing.plan import Fixes
from companies.models import Import, SavedMapping
from companies.models.names import plain_name
from companies.records.versions import held

MOST_MAPPINGS: Final = 200
LONGEST_NAME: Final = 100
_KEPT: Final = ("name",)


def fingerprint(headers: Sequence[str]) -> str:
    """What is equal for files of the same columns in the same order, whatever their case, width and blanks."""
    plain = (" ".join(unicodedata.normalize("NFKC", header).casefold().split()) for header in headers)
    return hashlib.sha256("\x1f".join(plain).encode()).hexdigest()


def of_columns(organisation_id: uuid.UUID, headers: Sequence[str]) -> SavedMapping | None:
    """The organisation's mapping for a file with these columns; None where it has kept none."""
    same = SavedMapping.objects.filter(organisation_id=organisation_id, fingerprint=fingerprint(headers))
    return same.select_related("created_by").first()


def save_mapping(actor: Actor, key: object, name: str) -> SavedMapping:
    """Keep how an import is mapped, and what was put right wherever a value says so, for files of the same columns.

    It takes the place of the mapping kept for such files before. Raises HiddenObject, NotAllowed, ScopeMissing;
    ImportElsewhere for an import that is not mapped; FieldsRejected for an empty, too long or taken name; TooMany.
    """
    imported = one(actor, Import, key)
    require(actor, Action.IMPORT, imported.organisation_id)
    if not imported.mapping:
        raise ImportElsewhere(name=imported.file_name, step=_(Import.Step(imported.step).label).lower())
    with transaction.atomic():
        return keep_mapping(actor, imported, name)


def keep_mapping(actor: Actor, imported: Import, name: str) -> SavedMapping:
    """As `save_mapping`, of an import that the caller holds in its transaction and has looked at."""
    mine = SavedMapping.objects.filter(organisation_id=imported.organisation_id)
    print_of_it = fingerprint(imported.found["headers"])
    saved = mine.select_for_update().filter(fingerprint=print_of_it).first()
    before = fields_of(saved, _KEPT) if saved is not None else None
    if saved is None:
        if mine.count() >= MOST_MAPPINGS:
            raise TooMany(count=MOST_MAPPINGS + 1, kind=_("saved mappings"), most=MOST_MAPPINGS)
        saved = SavedMapping(
            organisation_id=imported.organisation_id, fingerprint=print_of_it, created_by=actor.person, version=0
        )
    saved.name = _name(name)
    saved.choices = imported.choices
    saved.mapping = imported.mapping
    saved.fixes = _by_value(Fixes.unpacked(imported.fixes)).packed()
    saved.used_at = Now()
    return _written(actor, "saved", saved, before)


def is_kept(imported: Import, saved: SavedMapping) -> bool:
    """Whether a mapping says of these columns all that was decided in this import, and nothing else."""
    mine = imported.choices, imported.mapping, _by_value(Fixes.unpacked(imported.fixes))
    return mine == (saved.choices, saved.mapping, Fixes.unpacked(saved.fixes))


def rename_mapping(actor: Actor, key: object, version: int | None, name: str) -> SavedMapping:
    """The mapping under another name. Raises what `versions.held` raises, and FieldsRejected."""
    with transaction.atomic():
        saved = held(actor, SavedMapping, key, version, Action.IMPORT)
        before = fields_of(saved, _KEPT)
        saved.name = _name(name)
        return _written(actor, "edited", saved, before)


def forget_mapping(actor: Actor, key: object, version: int | None) -> None:
    """The mapping goes; imports that were mapped by it stay as they are. Raises what `versions.held` raises."""
    with transaction.atomic():
        saved = held(actor, SavedMapping, key, version, Action.IMPORT)
        changed(actor, "deleted", saved, before=fields_of(saved, _KEPT))
        saved.delete()


def _by_value(fixes: Fixes) -> Fixes:
    """Of what was put right, that which another file can say too: no rows of this one, and no faults overlooked."""
    return Fixes(values=fixes.values, left_out_values=fixes.left_out_values, scale=fixes.scale)


def _written(actor: Actor, action: str, saved: SavedMapping, before: dict[str, object] | None) -> SavedMapping:
    """Raises FieldsRejected where another mapping has the name."""
    saved.version += 1
    saved.updated_at = Now()
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as taken:
        raise _rejected([_("another mapping has this name already; choose another one")]) from taken
    saved.refresh_from_db()
    changed(actor, action, saved, before=before, after=fields_of(saved, _KEPT))
    return saved


def _name(text: str) -> str:
    name = plain_name(text)
    if not name:
        raise _rejected([_("write a name")])
    if len(name) > LONGEST_NAME:
        raise _rejected([_("at most %(most)s characters are taken") % {"most": LONGEST_NAME}])
    return name


def _rejected(told: Iterable[str]) -> FieldsRejected:
    faults = tuple(InvalidField(pointer="/save_as", field=_("Name"), expected=each) for each in told)
    return FieldsRejected(faults=faults, count=len(faults))
