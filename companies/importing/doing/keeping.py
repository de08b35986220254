"""How long what an import holds is kept: the file, its rows and what was found in them go; that it was stays."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from companies.models import Import, ImportPiece, ImportRow, ImportVerdict
from markets import jobs

# At most so many in one sweep, each in a transaction of its own; the next sweep goes on.
MOST_AT_ONCE = 200


def sweep_imports() -> int:
    """Imports whose time is over lose bytes, rows and verdicts; those that were never done are given up: how many."""
    due = Import.objects.filter(expires_at__lte=Now()).filter(
        Q(step__in=(*Import.OPEN, Import.Step.REFUSED)) | Exists(ImportPiece.objects.filter(of=OuterRef("pk")))
    )
    keys = list(due.order_by("expires_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(_let_go(key) for key in keys)


def forget_contents(imported: Import) -> None:
    """Drop the bytes of the file, the rows and the verdicts. Must stand in a transaction that holds the import."""
    forget_rows(imported)
    _delete(ImportPiece, imported)


def forget_rows(imported: Import) -> None:
    """Drop the rows that were read and what was found in them. Must stand in a transaction that holds the import."""
    _delete(ImportVerdict, imported)
    _delete(ImportRow, imported)


def _delete(model: type[ImportVerdict | ImportRow | ImportPiece], imported: Import) -> None:
    rows = model._default_manager.filter(of=imported)  # noqa: SLF001 Django's documented name
    rows._raw_delete(rows.db)  # noqa: SLF001 nothing hangs on them; read first, they would fill the memory


def _let_go(key: uuid.UUID) -> bool:
    with transaction.atomic():
        imported = Import.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
        if imported is None or not Import.objects.filter(pk=key, expires_at__lte=Now()).exists():
            return False
        if imported.job is not None and imported.job.is_open:
            if imported.step == Import.Step.DONE:
                return False  # it is being undone this moment, from the verdicts
            jobs.cancel(imported.job)
        forget_contents(imported)
        if imported.step in (*Import.OPEN, Import.Step.REFUSED):
            imported.step = Import.Step.DISCARDED
            imported.job = None
            imported.version += 1
            imported.updated_at = Now()
            imported.save()
    return True
