"""Reading a file that was taken in: a child process reads it, its rows are kept, and its columns looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from companies.access import Actor
from companies.errors import FileRefused
from companies.importing import tables
from companies.importing.doing.keeping import forget_rows
from companies.importing.doing.work import Work, ask_work, still_wanted
from companies.importing.mapping.questions import contradicted, questions
from companies.importing.mapping.saved import of_columns
from companies.importing.mapping.spread import spread
from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning import captions, columns
from companies.importing.plan import Mapping
from companies.importing.reading.form import Choices, Found, NoticeCode
from companies.models import Import, Organisation, SavedMapping
from markets.errors import ReadingBroken
from markets.jobs import Held
from markets.models import Job

# After so many rows the job tells how far it is, and asks whether it is still wanted.
STEP: Final = 1000

_COPY: Final = "COPY companies_importrow (of_id, number, cells) FROM STDIN"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was found in a file, what its columns look like, and its rows in a file of our own, a line each."""

    found: Found
    profiles: Sequence[columns.ColumnProfile]
    spooled: IO[bytes]


def stage_file(held: Held, actor: Actor, imported: Import) -> None:
    """Read the file of an import, keep its rows, and close the job; a file that is not read is a result too.

    A file of one table whose columns have a saved mapping that leaves nothing to be asked, and that what stands around
    the table does not contradict, goes straight on to be checked.
    Raises JobTakenOver, JobStopped.
    """
    with TemporaryFile() as spooled:
        try:
            reading = _read(held, imported, spooled)
        except FileRefused as refused:
            _close_refused(held, imported, {**refused.context["facts"], "code": refused.context["why"]})
        except ReadingBroken as broken:
            _close_refused(held, imported, {**broken.context, "code": broken.code})
        else:
            held.step()
            with transaction.atomic():
                forget_rows(imported)
                _keep_rows(imported, spooled)
                _close_read(held, actor, imported, reading)


def _read(held: Held, imported: Import, spooled: IO[bytes]) -> _Reading:
    """Nothing is written to the database meanwhile: no transaction stands open while a stranger's file is read.

    Raises FileRefused, ReadingBroken, JobTakenOver, JobStopped.
    """
    with _whole_file(imported) as file:
        read = tables.read_file(file, imported.file_name, Choices(**imported.choices), _languages(imported))
        watched = _watched(held, read.rows, read.found.row_count, spooled)
        found = replace(read.found, notices=(*read.found.notices, *spread(read.found.headers)))
        return _Reading(found, columns.profiles(read.found.headers, watched, captions.around(read.found)), spooled)


@contextmanager
def _whole_file(imported: Import) -> Iterator[IO[bytes]]:
    """The bytes of the file in a real file, which a child process can read from; its pieces come one by one."""
    with TemporaryFile() as file:
        for number in imported.pieces.values_list("number", flat=True):
            file.write(imported.pieces.values_list("content", flat=True).get(number=number))
        file.seek(0)
        yield file


def _languages(imported: Import) -> list[str]:
    """The language of whoever handed it in, then the others."""
    others = [code for code, _name in settings.LANGUAGES if code != imported.language]
    return [imported.language, *others]


def _watched(
    held: Held, rows: Iterator[tuple[int, list[Any]]], total: int, spooled: IO[bytes]
) -> Iterator[tuple[int, list[Any]]]:
    for count, (number, cells) in enumerate(rows):
        if count % STEP == 0:
            held.step()
            held.progress(count, total)
        spooled.write(json.dumps([number, cells], ensure_ascii=False).encode() + b"\n")
        yield number, cells


def _close_read(held: Held, actor: Actor, imported: Import, reading: _Reading) -> None:
    with still_wanted(held, imported) as locked:
        had_headers = tuple(locked.found.get("headers", ()))
        _forget_check(locked)
        locked.found = asdict(reading.found)
        locked.columns = [each.packed() for each in reading.profiles]
        locked.refusal = {}
        locked.step = Import.Step.READ
        locked.updated_at = Now()
        is_same = bool(locked.mapping) and had_headers == reading.found.headers
        # What a person has mapped already stays while the columns are the same; then it is for them to go on.
        is_settled = not is_same and _map(locked, reading)
        locked.save()
        held.end(Job.State.DONE, {"added": reading.found.row_count}, [])
        if is_settled:
            locked.step = Import.Step.MAPPED
            ask_work(actor, _with_ended_job(held, locked), Work.CHECK)


def _map(locked: Import, reading: _Reading) -> bool:
    """Give the import a mapping, and say whether a person gave it before and nothing about it is to be asked."""
    headers = reading.found.headers
    saved = of_columns(locked.organisation_id, headers)
    if saved is None:
        home = Organisation.objects.values_list("home_id", flat=True).get(pk=locked.organisation_id)
        locked.mapping = suggest(headers, reading.profiles, home=home or "", language=locked.language).packed()
        return False
    SavedMapping.objects.filter(pk=saved.pk).update(used_at=Now())
    locked.mapping, locked.fixes = saved.mapping, saved.fixes
    kept = Mapping.unpacked(saved.mapping)
    is_whole = all(notice.code != NoticeCode.OTHER_TABLE for notice in reading.found.notices)
    return is_whole and not questions(kept, reading.profiles) and not contradicted(kept, reading.profiles)


def _with_ended_job(held: Held, locked: Import) -> Import:
    """The import with its job as it stands by now: ended, so that nobody cancels it to ask for the next one."""
    locked.job = Job.objects.get(pk=held.job.pk)
    return locked


def _keep_rows(imported: Import, spooled: IO[bytes]) -> None:
    spooled.seek(0)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for line in spooled:
            number, cells = json.loads(line)
            copy.write_row((imported.pk, number, json.dumps(cells, ensure_ascii=False)))


def _close_refused(held: Held, imported: Import, refusal: dict[str, Any]) -> None:
    """The job did its work: it found that the file is not to be read, and why is kept with the import."""
    with still_wanted(held, imported) as locked:
        forget_rows(locked)
        _forget_check(locked)
        locked.refusal = refusal
        locked.step = Import.Step.REFUSED
        locked.updated_at = Now()
        locked.save()
        held.end(Job.State.DONE, {}, [])


def _forget_check(locked: Import) -> None:
    """What was found in the rows of a reading before."""
    locked.counts, locked.groups, locked.checked_version = {}, [], None
