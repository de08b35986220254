"""Handing in a file: kept as it is, one at a time, within its limits, by whoever may."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from companies.importing.reading.form import MOST_BYTES
from companies.models import Import, User
from markets.models import Job
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db
NEW = "/en/records/imports/new/"
CONTENT = b"company,value\nNingbo Cold,10\n"


@pytest.fixture
def here() -> Office:
    return office()


def signed_in(user: User, **beside: Any) -> Client:
    client = Client(**beside)
    client.force_login(user)
    return client


def file(name: str = "records.csv", content: bytes = CONTENT) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def key_of(client: Client) -> str:
    return str(client.get(NEW).context["page"].key)


def test_a_file_is_kept_byte_by_byte_and_waits_to_be_read(here: Office) -> None:
    client = signed_in(here.officer)
    answer = client.post(NEW, {"once": key_of(client), "file": file("出口.csv")})
    imported = Import.objects.get()
    assert answer["Location"] == f"/en/records/imports/{imported.pk}/"
    assert client.get(answer["Location"])["Location"] == f"/en/records/imports/{imported.pk}/read/"
    assert b"".join(bytes(piece.content) for piece in imported.pieces.all()) == CONTENT
    assert (imported.file_name, imported.step, imported.created_by) == ("出口.csv", Import.Step.UPLOADED, here.officer)
    assert imported.job is not None
    assert imported.job.state == Job.State.QUEUED


def test_a_form_sent_twice_is_one_import(here: Office) -> None:
    client = signed_in(here.officer)
    key = key_of(client)
    sent = [client.post(NEW, {"once": key, "file": file()})["Location"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert Import.objects.count() == 1


def test_a_script_is_led_on_by_a_header(here: Office) -> None:
    client = signed_in(here.officer)
    answer = client.post(NEW, {"once": key_of(client), "file": file()}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/en/records/imports/{Import.objects.get().pk}/")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "choose a file first"),
        ({"file": [file("a.csv"), file("b.csv")]}, "choose one file"),
        ({"file": file("empty.csv", b"")}, "empty"),
    ],
)
def test_what_cannot_be_taken_says_why_beside_the_form(here: Office, sent: dict[str, Any], told: str) -> None:
    answer = signed_in(here.officer).post(NEW, sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert told in text
    assert 'href="#file"' in text
    assert "<title>\n  \n    Error:" in text or re.search(r"<title>\s*Error:", text)
    assert not Import.objects.exists()


def test_a_file_that_is_too_large_is_never_stored(here: Office) -> None:
    answer = signed_in(here.officer).post(NEW, {"file": file("big.csv", b"x" * (MOST_BYTES + 300_000))})
    assert answer.status_code == 413
    assert "33,554,432 bytes" in answer.content.decode()
    assert not Import.objects.exists()


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(here: Office) -> None:
    client = signed_in(here.officer)
    assert client.post(NEW, {"file": file("full.csv", b"x" * MOST_BYTES)}).status_code == 302
    assert client.post(NEW, {"file": file("more.csv", b"x" * (MOST_BYTES + 1))}).status_code == 413
    assert [each.size_bytes for each in Import.objects.all()] == [MOST_BYTES]


def test_an_announced_size_beyond_all_reason_is_not_waited_for(here: Office) -> None:
    answer = signed_in(here.officer).post(NEW, {"file": file()}, headers={"Content-Length": str(MOST_BYTES * 100)})
    assert answer.status_code == 413


def test_a_form_of_another_site_is_refused_and_nobody_uploads_before_they_are_known(here: Office) -> None:
    assert signed_in(here.officer, enforce_csrf_checks=True).post(NEW, {"file": file()}).status_code == 403
    assert "/login/" in Client(enforce_csrf_checks=True).post(NEW, {"file": file()})["Location"]
    assert signed_in(here.viewer, enforce_csrf_checks=True).post(NEW, {"file": file()}).status_code == 403
    assert not Import.objects.exists()


def test_the_page_states_its_limits_and_that_nothing_is_saved_yet(here: Office) -> None:
    text = signed_in(here.officer).get(NEW).content.decode()
    for told in ("32.0", "50,000 rows", "Nothing is saved to your records until you confirm", "XLSX"):
        assert told in text
