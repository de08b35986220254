"""The change log as it is read: names instead of keys, nothing of others, the same for pages and programs."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from companies.changes import changed, fields_of
from companies.models import Change
from companies.profiles.change_log import SHOWN
from companies.profiles.changes import ChangeRecord, change_records, change_timeline
from companies.queries.changes import ChangeQuestion, changes, newest_changes
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db


def a_record(home: Office) -> object:
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer, name="Kelon")
    return RecordFactory(company=company)


def edited(home: Office, **beside: object) -> Change:
    record = a_record(home)
    before = fields_of(record, ("destination", "category", "value", "status", "period", "company"))
    after = {
        **before,
        "destination": "UZB",
        "value": Decimal("20.70"),
        "status": "submitted",
        "period": "2025-01/2025-04",
    }
    return changed(home.actor("officer", request_id="r-1"), "edited", record, before=before, after=after, **beside)


def field(record: ChangeRecord, name: str) -> tuple[str, str]:
    (found,) = (each for each in record.fields if each.field == name)
    return found.before_words, found.after_words


def test_a_change_is_told_in_names_and_words_beside_what_was_kept() -> None:
    home = office()
    edited(home)
    row = Change.objects.select_related("actor", "api_key").get()
    (record,) = change_records(home.actor("reviewer"), [row])
    assert record.person is not None
    assert (record.person.name, record.action_words, record.via_words) == (home.officer.name, "edited", "Web page")
    assert record.object_name.startswith("Kelon → Kazakhstan, 2024")
    assert {each.field for each in record.fields} == {"destination", "value", "status", "period"}
    assert field(record, "destination") == ("Kazakhstan", "Uzbekistan")
    assert field(record, "status") == ("Draft", "Submitted")
    assert field(record, "value") == ("1,000,000", "20.70")
    assert field(record, "period")[1].endswith("Apr 2025")
    (value,) = (each for each in record.fields if each.field == "value")
    assert (value.before, value.after) == ("1000000", "20.70")
    with translation.override("ru"):
        (in_russian,) = change_records(home.actor("reviewer"), [row])
        assert field(in_russian, "destination")[1] == "Узбекистан"


def test_who_left_is_a_number_without_a_name_or_an_address() -> None:
    home = office()
    edited(home)
    home.officer.left_at = dt.datetime.now(dt.UTC)
    home.officer.name = ""
    home.officer.save()
    (record,) = change_records(home.actor("admin"), list(Change.objects.select_related("actor", "api_key")))
    assert record.person is not None
    assert record.person.name == f"former member #{home.officer.pk}"
    assert home.officer.email not in repr(record)


def test_a_history_is_for_whoever_sees_the_thing_and_keeps_contacts_back() -> None:
    home, other = office(), office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    changed(
        home.actor("officer"),
        "edited",
        company,
        before={"registration_number": "91440", "contacts": [], "place": "A"},
        after={"registration_number": "91441", "contacts": [{"name": "Li Wei"}], "place": "B"},
    )
    for role in ("officer", "reviewer", "admin"):
        (record,) = change_timeline(home.actor(role), company)
        assert field(record, "contacts") == ("", "Li Wei")
        assert field(record, "registration_number") == ("91440", "91441")
    (record,) = change_timeline(home.actor("viewer"), company)
    assert field(record, "place") == ("A", "B")
    assert [each.field for each in record.fields if each.is_kept_back] == ["contacts", "registration_number"]
    assert "9144" not in repr(record)
    assert "Li Wei" not in repr(record)
    assert change_timeline(other.actor("admin"), company) == []


def test_fifty_changes_take_as_many_queries_as_one() -> None:
    home = office()
    for _ in range(12):
        edited(home)
    actor = home.actor("admin")
    counts = []
    for limit in (1, 12):
        with CaptureQueriesContext(connection) as asked:
            found = change_records(actor, newest_changes(changes(actor, ChangeQuestion()), limit, None))
        assert len(found) == limit
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


# ---------------------------------------------------------------- the page and its files
def signed_in(home: Office, role: str = "reviewer") -> Client:
    client = Client()
    client.force_login(getattr(home, role))
    return client


def test_the_page_tells_who_what_when_and_by_which_request() -> None:
    home, other = office(), office()
    edited(home)
    edited(other)
    text = signed_in(home).get("/en/audit/").content.decode()
    for told in (home.officer.name, "Kelon → Kazakhstan", "Uzbekistan", "Request r-1", "UTC+08:00", "edited"):
        assert told in text, told
    assert other.officer.name not in text
    assert home.officer.email not in text


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_the_whole_log_is_for_reviewers(role: str) -> None:
    assert signed_in(office(), role).get("/en/audit/").status_code == 403


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("action=edited", 3),
        ("action=approved", 0),
        ("kind=exportrecord", 3),
        ("kind=company", 0),
        ("object=nothing", 0),
        ("from=2000-01-01", 3),
        ("to=2000-01-01", 0),
        ("person=1999999999", 0),
        ("before=1", 0),
    ],
)
def test_the_log_is_narrowed(query: str, count: int) -> None:
    home = office()
    for _ in range(3):
        edited(home)
    answer = signed_in(home).get(f"/en/audit/?{query}&download=json")
    assert len({row["id"] for row in answer.json()["data"]}) == count


@pytest.mark.parametrize("query", ["person=x", "before=-1", "from=yesterday", "download=pdf"])
def test_nonsense_is_refused(query: str) -> None:
    assert signed_in(office()).get(f"/en/audit/?{query}").status_code == 400


def test_older_ones_follow_by_their_number() -> None:
    home = office()
    for _ in range(SHOWN + 2):
        changed(home.actor("officer"), "edited", home.organisation, organisation_id=home.organisation.pk)
    client = signed_in(home)
    first = client.get("/en/audit/")
    (before,) = {part.split("&")[0].split('"')[0] for part in first.content.decode().split("before=")[1:]}
    second = client.get(f"/en/audit/?before={before}").content.decode()
    assert second.count('data-label="Who"') == 2


# ---------------------------------------------------------------- the chains
def checked() -> str:
    said = io.StringIO()
    call_command("check_changes", stdout=said)
    return said.getvalue()


def tampered(statement: str, *values: object) -> None:
    """Done by somebody who may switch the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is deferred would hinder the next statement
        cursor.execute("ALTER TABLE companies_change DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE companies_change ENABLE TRIGGER USER")


def test_whole_chains_hold_also_when_organisations_write_in_turn() -> None:
    home, other = office(), office()
    for _ in range(3):
        edited(home)
        edited(other)
    assert checked() == "6 rows, every chain holds\n"


@pytest.mark.parametrize("column", ["actor_id = NULL", "before = '{}'", "at = now() - interval '1 day'", "via = 'api'"])
def test_a_row_altered_behind_the_triggers_is_found(column: str) -> None:
    home = office()
    rows = [edited(home) for _ in range(3)]
    tampered(f"UPDATE companies_change SET {column} WHERE id = %s", rows[1].pk)  # noqa: S608 words of this test
    with pytest.raises(CommandError, match=f"row {rows[1].pk} .* altered"):
        checked()


def test_a_row_dropped_behind_the_triggers_is_found_by_the_next() -> None:
    home, other = office(), office()
    rows = [edited(home) for _ in range(3)]
    edited(other)
    tampered("DELETE FROM companies_change WHERE id = %s", rows[1].pk)
    with pytest.raises(CommandError, match=f"row {rows[2].pk} .* gone"):
        checked()
