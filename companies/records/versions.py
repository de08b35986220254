"""Holding a thing still while it is changed, against the version its writer read."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from companies.access import Action, Actor, one, require
from companies.errors import VersionConflict, VersionMissing
from companies.models import Company, ExportRecord, Import, SavedMapping, TargetMarket
from companies.queries.changes import last_author

Versioned = TypeVar("Versioned", Company, ExportRecord, Import, SavedMapping)
Row = TypeVar("Row", Company, ExportRecord, Import, SavedMapping, TargetMarket)


def held(actor: Actor, model: type[Versioned], key: object, version: int | None, action: Action) -> Versioned:
    """The row, locked until the transaction ends, in the version the writer names.

    Raises HiddenObject where it does not exist for the actor, NotAllowed where they may see it and not do this,
    VersionMissing for no version, VersionConflict for another than it has now.
    """
    row = one(actor, model, key)
    require(actor, action, row.organisation_id)
    return in_version(row, version)


def in_version(row: Row, version: int | None) -> Row:
    """The row as it stands now, locked until the transaction ends, which the writer may change.

    Raises VersionMissing for no version, VersionConflict for another than it has now.
    """
    if version is None:
        raise VersionMissing
    model = type(row)
    locked: Row = model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)  # noqa: SLF001 Django's own name
    if locked.version != version:
        raise VersionConflict(kind=_said(model), author=last_author(locked) or _("somebody"))
    return locked


def _said(model: type[models.Model]) -> str:
    return {
        Company: _("The company"),
        ExportRecord: _("The record"),
        Import: _("The import"),
        SavedMapping: _("The saved mapping"),
        TargetMarket: _("The target market"),
    }[model]
