"""Taking a file in: piece by piece, never whole in memory, and never looked into here."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require, seen
from companies.changes import changed, fields_of
from companies.errors import FileTooLarge, TooManyThisHour
from companies.importing.doing.turns import UPLOADS, take_turn
from companies.importing.doing.work import KEPT, Work, ask_work
from companies.importing.reading.form import MOST_BYTES, Refusal
from companies.importing.refusals import file_refused
from companies.models import Import, ImportPiece
from companies.models.names import plain_name

PIECE_BYTES: Final = 1024 * 1024
# How many files an organisation hands in within an hour.
MOST_AN_HOUR: Final = 20
LONGEST_NAME: Final = 255
# What the change log keeps of a file.
OF_THE_FILE: Final = ("file_name", "size_bytes", "sha256")

_HOUR: Final = dt.timedelta(hours=1)
_LONGEST_ENDING: Final = 12
_PATH: Final = re.compile(r"[/\\]")


def upload(actor: Actor, name: str, pieces: Iterable[bytes], *, key: uuid.UUID | None = None) -> Import:
    """The import of a file, waiting to be read; wake a worker for its job.

    pieces: the file's bytes in parts of any size, taken one by one and not beyond the most that is allowed.
    key: the id it gets, given out beforehand; the same file sent again under it makes nothing and returns what was.
    Raises SignInNeeded, NoOrganisation, NotAllowed, ScopeMissing; FileTooLarge, FileRefused for one of no bytes,
    TooManyThisHour.
    """
    organisation_id = require(actor, Action.IMPORT)
    with transaction.atomic():
        # One after the other: a form sent twice finds what the first made, and nobody slips past the limit.
        take_turn(UPLOADS, organisation_id)
        if key is not None and (before := seen(actor, Import).filter(pk=key, created_by=actor.person).first()):
            return before
        _refuse_haste(organisation_id)
        imported = Import(
            organisation_id=organisation_id,
            created_by=actor.person,
            via=actor.via,
            api_key=actor.api_key,
            language=get_language() or "en",
            file_name=clean_name(name),
            size_bytes=0,
            expires_at=timezone.now() + KEPT,
        )
        if key is not None:
            imported.pk = key
        imported.save(force_insert=True)
        _keep(imported, pieces)
        ask_work(actor, imported, Work.READ)
        changed(actor, "uploaded", imported, after=fields_of(imported, OF_THE_FILE))
    return imported


def clean_name(name: str) -> str:
    """The name of a file without its folders and without signs that are not seen, in NFC; `file` where none is left.

    A long one is cut in its middle, so that its ending stays.
    """
    cleaned = plain_name(_PATH.split(name)[-1])
    if not cleaned.strip(". "):
        return "file"
    if len(cleaned) <= LONGEST_NAME:
        return cleaned
    stem, dot, ending = cleaned.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        return cleaned[:LONGEST_NAME]
    return stem[: LONGEST_NAME - len(dot + ending)] + dot + ending


def _refuse_haste(organisation_id: uuid.UUID) -> None:
    """Raises TooManyThisHour."""
    since = timezone.now() - _HOUR
    recent = Import.objects.filter(organisation_id=organisation_id, created_at__gt=since).order_by("-created_at")
    moments = list(recent.values_list("created_at", flat=True)[:MOST_AN_HOUR])
    if len(moments) == MOST_AN_HOUR:
        wait = moments[-1] - since
        raise TooManyThisHour(most=MOST_AN_HOUR, kind=_("files"), minutes=-(-wait.seconds // 60), wait_s=wait.seconds)


def _keep(imported: Import, pieces: Iterable[bytes]) -> None:
    """Store the bytes, and what they are in number and hash. Raises FileTooLarge, FileRefused."""
    digest = hashlib.sha256()
    for number, piece in enumerate(_of_one_size(pieces)):
        imported.size_bytes += len(piece)
        if imported.size_bytes > MOST_BYTES:
            raise FileTooLarge(name=imported.file_name, most=MOST_BYTES)
        digest.update(piece)
        ImportPiece.objects.create(of=imported, number=number, content=piece)
    if not imported.size_bytes:
        raise file_refused(imported.file_name, Refusal.EMPTY, {})
    imported.sha256 = digest.hexdigest()


def _of_one_size(pieces: Iterable[bytes]) -> Iterator[bytes]:
    left = bytearray()
    for piece in pieces:
        left += piece
        while len(left) >= PIECE_BYTES:
            yield bytes(left[:PIECE_BYTES])
            del left[:PIECE_BYTES]
    if left:
        yield bytes(left)
