"""What people say of themselves, what is kept of them, and that nothing is left when they have gone."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from companies.access import actor_of_person
from companies.accounts import people, privacy
from companies.models import ApiKey, Change, Invitation, Membership, Organisation, SavedView, ShareLink, User
from companies.tasks import erase_people
from markets import wording
from markets.vocabulary import Reader, reading_as
from tests.companies.office import OrganisationFactory
from tests.companies.visitor import Visitor, person, unused_address

pytestmark = pytest.mark.django_db
CHOICES = {"name": "Ann Lee", "language": "", "number_style": "", "currency": "", "time_zone": ""}


def member(someone: User, role: str, organisation: Organisation | None = None) -> Membership:
    place = organisation or OrganisationFactory()
    return Membership.objects.create(organisation=place, user=someone, role=role)


def texts_with(word: str) -> list[str]:
    """Every column of every table that holds the word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'character')"
        )
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s', [f"%{word}%"])  # noqa: S608
            found += [f"{table}.{column}"] if cursor.fetchone()[0] else []
    return found


# ---------------------------------------------------------------- settings
def test_settings_are_remembered_without_the_name() -> None:
    someone, visitor = person(name="Ann"), Visitor()
    visitor.signs_in(someone.email)
    chosen = {**CHOICES, "language": "ru", "number_style": "myriad", "currency": "KZT", "time_zone": "Asia/Almaty"}
    assert visitor.post("/en/my/settings/", chosen)["Location"] == "/ru/my/settings/"
    now = User.objects.get(pk=someone.pk)
    assert (now.name, now.language, now.number_style, now.currency_id, now.time_zone) == (
        "Ann Lee", "ru", "myriad", "KZT", "Asia/Almaty",
    )  # fmt: skip
    change = Change.objects.get(action="choose_settings")
    assert (change.organisation, change.after["currency"]) == (None, "KZT")
    assert "Lee" not in str(change.after)
    assert "Ann" not in str(change.before)


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("time_zone", "Mars/Base"), ("currency", "XXQ"), ("language", "fr")]
)
def test_settings_that_do_not_exist_are_refused_by_name(field: str, value: str) -> None:
    someone, visitor = person(), Visitor()
    visitor.signs_in(someone.email)
    answer = visitor.post("/en/my/settings/", {**CHOICES, field: value})
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "style", "shown"),
    [
        ("en", "", "262.6\u00a0bn"),
        ("en", "short", "262.6\u00a0bn"),
        ("en", "myriad", "2,626\u00a0亿"),
        ("ru", "myriad", "2\u00a0626\u00a0亿"),
        ("zh-hans", "", "2,626亿"),
        ("zh-hans", "myriad", "2,626亿"),
        ("zh-hans", "short", "2,626亿"),
    ],
)
def test_large_numbers_read_as_the_reader_likes(language: str, style: str, shown: str) -> None:
    with translation.override(language), reading_as(lambda: Reader(number_style=style)):
        told = wording.short_number(Decimal(262600000000))
    assert told == ("262.6十亿" if (language, style) == ("zh-hans", "short") else shown)


def test_a_page_reads_as_its_reader_likes_and_stays_the_same_for_everyone_else(settings: LazySettings) -> None:
    settings.PAGE_CACHE_SECONDS = 60
    someone, visitor = person(currency_id="KZT"), Visitor()
    anonymous = Client().get("/en/exchange-rates/")
    visitor.signs_in(someone.email)
    own = visitor.get("/en/exchange-rates/")
    assert 'value="KZT" selected' in " ".join(own.content.decode().split())
    assert Client().get("/en/exchange-rates/").content == anonymous.content
    assert "Set-Cookie" not in anonymous.headers
    assert anonymous["Cache-Control"].startswith("public")
    assert own["Cache-Control"] == "private, no-cache"


def test_moments_are_told_in_the_zone_of_the_reader() -> None:
    moment = dt.datetime(2025, 6, 1, 20, 30, tzinfo=dt.UTC)
    assert wording.moment_words(moment) == "Jun 1, 2025, 20:30:00 UTC"
    with reading_as(lambda: Reader(time_zone="Asia/Almaty")):
        assert wording.moment_words(moment) == "Jun 2, 2025, 01:30:00 (UTC+05:00)"


# ---------------------------------------------------------------- the file
def test_the_file_holds_all_that_is_kept_and_no_secret() -> None:
    someone, visitor = person(name="Ann"), Visitor()
    membership = member(someone, "officer")
    ApiKey.objects.create(
        organisation=membership.organisation, membership=membership, name="loader", prefix="abcd", secret_hash="f" * 64,
        scopes=["read:market"],
    )  # fmt: skip
    SavedView.objects.create(organisation=membership.organisation, owner=someone, name="My list", query="q=tea")
    visitor.signs_in(someone.email)
    visitor.post("/en/my/settings/", {**CHOICES, "time_zone": "Asia/Almaty"})
    answer = visitor.again(visitor.post("/en/my/privacy/file/"))
    assert answer["Content-Disposition"] == 'attachment; filename="sogdia-personal-data.json"'
    kept = answer.json()
    assert kept["profile"]["email"] == someone.email
    assert kept["addresses"][0]["verified"]
    assert kept["memberships"][0]["role"] == "officer"
    assert kept["api_keys"][0]["prefix"] == "abcd"
    assert kept["saved_views"][0]["query"] == "q=tea"
    assert len(kept["sessions"]) == 1
    assert [row["action"] for row in kept["changes"]] == ["choose_settings"]
    text = answer.content.decode()
    assert "f" * 64 not in text
    assert someone.password not in text
    assert Change.objects.filter(action="take_personal_data", actor=someone).exists()


def test_the_file_of_somebody_else_is_nowhere() -> None:
    someone, other = person(), person()
    member(other, "admin")
    kept = str(privacy.personal_data(actor_of_person(someone)))
    assert other.email not in kept
    assert privacy.personal_data(actor_of_person(someone))["memberships"] == []


# ---------------------------------------------------------------- leaving
def test_leaving_ends_every_session_and_signing_in_takes_it_back() -> None:
    someone, here, there = person(), Visitor(), Visitor()
    for each in (here, there):
        each.signs_in(someone.email)
    assert here.again(here.post("/en/my/privacy/leave/"))["Location"] == "/en/"
    assert not here.is_in
    assert not there.is_in
    assert User.objects.get(pk=someone.pk).deletion_wanted_at is not None
    here.signs_in(someone.email)
    assert "your account is kept" in here.get("/en/my/settings/").content.decode()
    assert User.objects.get(pk=someone.pk).deletion_wanted_at is None
    actions = list(Change.objects.filter(actor=someone).order_by("pk").values_list("action", flat=True))
    assert actions == ["want_deletion", "keep_account"]


def test_the_only_admin_of_colleagues_stays_until_another_is_one() -> None:
    someone, colleague, visitor = person(), person(), Visitor()
    place = OrganisationFactory(name="Trade office of Xi'an")
    member(someone, "admin", place)
    theirs = member(colleague, "officer", place)
    visitor.signs_in(someone.email)
    page = visitor.get("/en/my/privacy/").content.decode()
    assert "Trade office of Xi&#x27;an" in page
    assert "Delete my account" not in page
    refused = visitor.again(visitor.post("/en/my/privacy/leave/"))
    assert refused.status_code == 409
    assert "Make somebody else an admin first" in refused.content.decode()
    Membership.objects.filter(pk=theirs.pk).update(role="admin")
    people.want_deletion(actor_of_person(colleague))
    assert visitor.post("/en/my/privacy/leave/").status_code == 409, "an admin who leaves too is none"
    people.keep_account(actor_of_person(colleague))
    assert visitor.post("/en/my/privacy/leave/").status_code == 302


def test_after_the_days_of_grace_nothing_tells_who_it_was(
    caplog: pytest.LogCaptureFixture, settings: LazySettings
) -> None:
    caplog.set_level(logging.DEBUG)
    name = "Quintilla"
    someone, visitor, forgetful = person(name=name), Visitor(), Visitor()
    address = someone.email
    membership = member(someone, "officer")
    place = membership.organisation
    key = ApiKey.objects.create(
        organisation=place, membership=membership, name="k", prefix="efgh", secret_hash="f" * 64, scopes=["read:market"]
    )
    link = ShareLink.objects.create(
        organisation=place, membership=membership, name="l", secret_hash="e" * 64, expires_at=timezone.now()
    )
    letter = Invitation.objects.create(
        organisation=place, email=address, role="viewer", secret_hash="d" * 64, invited_by=person(),
        expires_at=timezone.now() + dt.timedelta(days=9),
    )  # fmt: skip
    LogEntry.objects.create(
        user=person(is_staff=True), content_type=ContentType.objects.get_for_model(User), object_id=str(someone.pk),
        object_repr=address, action_flag=CHANGE,
    )  # fmt: skip
    visitor.signs_in(address)
    forgetful.post("/en/accounts/password/reset/", {"email": address})
    visitor.post("/en/my/settings/", {**CHOICES, "name": name, "time_zone": "Asia/Almaty"})
    visitor.again(visitor.post("/en/my/privacy/leave/"))
    early = timezone.now() + dt.timedelta(days=settings.DELETION_GRACE_DAYS - 1)
    with time_machine.travel(early):
        assert erase_people() == 0
    assert texts_with(address)
    with time_machine.travel(early + dt.timedelta(days=2)):
        assert erase_people() == 1
        assert erase_people() == 0
    assert texts_with(address) == []
    assert texts_with(name) == []
    assert [row for row in Session.objects.all() if address in str(row.get_decoded())] == []
    assert address not in caplog.text
    gone = User.objects.get(pk=someone.pk)
    assert gone.email == f"former-{someone.pk}@no-address.invalid"
    assert str(gone) == f"#{someone.pk}"
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert gone.left_at is not None
    for row, field in ((membership, "ended_at"), (key, "revoked_at"), (link, "revoked_at"), (letter, "withdrawn_at")):
        row.refresh_from_db()
        assert getattr(row, field) is not None
    assert Change.objects.filter(action="left", organisation=place).count() == 1
    assert Change.objects.filter(action="choose_settings", actor=gone).count() == 1
    assert Visitor().signs_in(address).status_code == 200


def test_the_address_of_somebody_who_left_is_free_for_somebody_new() -> None:
    address = unused_address()
    someone = person(email=address)
    people.want_deletion(actor_of_person(someone))
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        erase_people()
    visitor = Visitor()
    visitor.signs_up(address)
    assert User.objects.filter(email=address).exists()
    assert mail.outbox[-1].subject == "Code for your address"
