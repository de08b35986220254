"""Taking a file in: in pieces, once, with a clean name, not without end."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
import uuid
from collections.abc import Iterator

import pytest
from django.db import IntegrityError
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from companies.access import Actor
from companies.errors import FileRefused, FileTooLarge, HiddenObject, NotAllowed, TooManyThisHour
from companies.importing.doing import uploading
from companies.importing.doing.steps import discard
from companies.importing.doing.uploading import LONGEST_NAME, MOST_AN_HOUR, PIECE_BYTES, clean_name, upload
from companies.importing.reading.form import MOST_BYTES
from companies.models import Change, Import, ImportPiece
from markets.models import Job
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Office:
    return office()


@pytest.fixture
def officer(here: Office) -> Actor:
    return here.actor("officer")


def test_a_file_is_kept_in_pieces_with_its_hash_and_asks_to_be_read(officer: Actor) -> None:
    content = bytes(range(256)) * 10_000
    with translation.override("ru"):
        imported = upload(officer, "Экспорт.csv", (content[at : at + 65_536] for at in range(0, len(content), 65_536)))
    pieces = list(ImportPiece.objects.filter(of=imported).order_by("number"))
    assert b"".join(bytes(piece.content) for piece in pieces) == content
    assert [len(piece.content) for piece in pieces] == [PIECE_BYTES, PIECE_BYTES, len(content) - 2 * PIECE_BYTES]
    assert (imported.size_bytes, imported.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (imported.language, imported.step, imported.via) == ("ru", Import.Step.UPLOADED, Change.Via.WEB)
    assert imported.expires_at > timezone.now() + dt.timedelta(days=29)
    assert imported.job is not None
    assert imported.job.parameters == {"import": str(imported.pk), "work": "read", "version": imported.version}
    assert imported.job.requested_by == officer.user
    change = Change.objects.get(object_kind="import", object_id=str(imported.pk))
    assert (change.action, change.after) == (
        "uploaded",
        {"file_name": "Экспорт.csv", "size_bytes": len(content), "sha256": imported.sha256},
    )


def test_the_same_form_sent_twice_makes_one_import(officer: Actor, here: Office) -> None:
    key = uuid.uuid4()
    first = upload(officer, "a.csv", [b"a;b\n"], key=key)
    assert first.pk == key
    assert upload(officer, "a.csv", [b"a;b\n"], key=key) == first
    assert (Import.objects.count(), Job.objects.count()) == (1, 1)
    with pytest.raises(IntegrityError):
        upload(here.actor("admin"), "a.csv", [b"a;b\n"], key=key)


def test_a_file_beyond_the_limit_is_given_up_while_it_comes(officer: Actor) -> None:
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(PIECE_BYTES)
            yield b"x" * PIECE_BYTES

    with pytest.raises(FileTooLarge):
        upload(officer, "a.csv", endless())
    assert sum(taken) <= MOST_BYTES + 2 * PIECE_BYTES
    assert not Import.objects.exists()
    assert not ImportPiece.objects.exists()


def test_an_empty_file_is_refused(officer: Actor) -> None:
    with pytest.raises(FileRefused) as refused:
        upload(officer, "a.csv", [b"", b""])
    assert refused.value.context["why"] == "empty"
    assert not Import.objects.exists()


def test_who_may_not_import_hands_nothing_in(here: Office) -> None:
    with pytest.raises(NotAllowed):
        upload(here.actor("viewer"), "a.csv", [b"a"])
    assert not Import.objects.exists()


def test_so_many_files_an_hour_and_no_more(officer: Actor, here: Office) -> None:
    for number in range(MOST_AN_HOUR):
        upload(officer, f"{number}.csv", [b"a"])
    with pytest.raises(TooManyThisHour) as refused:
        upload(here.actor("admin"), "more.csv", [b"a"])
    assert 0 < refused.value.wait <= 3600
    assert refused.value.http_status == 429
    upload(office().actor("officer"), "of others.csv", [b"a"])
    Import.objects.update(created_at=timezone.now() - dt.timedelta(hours=1, seconds=1))
    upload(officer, "later.csv", [b"a"])


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("C:\\Users\\li\\订单.xlsx", "订单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egnp.csv", "agnp.csv"),
        ("a\x00b\r\nc.csv", "ab c.csv"),
        ("Cafe\u0301.csv", "Café.csv"),
        ("..", "file"),
        ("", "file"),
        ("\u200b", "file"),
        ("n" * 400 + ".xlsx", "n" * 250 + ".xlsx"),
        ("n" * 400, "n" * 255),
    ],
)
def test_names_of_files_are_plain(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text())
def test_any_name_is_kept_short_plain_and_without_a_path(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= LONGEST_NAME
    assert unicodedata.is_normalized("NFC", kept) or len(name) > LONGEST_NAME
    assert not set(kept) & {"/", "\\", "\x00", "\n", "\u202e", "\u2066"}
    assert clean_name(kept) == kept


def test_what_is_given_up_is_gone_and_told(officer: Actor, here: Office) -> None:
    imported = upload(officer, "a.csv", [b"a"])
    with pytest.raises(HiddenObject):
        discard(office().actor("officer"), imported.pk, imported.version)
    gone = discard(here.actor("admin"), imported.pk, imported.version)
    assert (gone.step, gone.job) == (Import.Step.DISCARDED, None)
    assert not ImportPiece.objects.exists()
    assert Job.objects.get().state == Job.State.CANCELLED
    assert Change.objects.filter(object_id=str(imported.pk), action="discarded").exists()
    assert dt.timedelta(days=30) == uploading.KEPT
