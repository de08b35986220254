"""The change log as it is read: names instead of keys, nothing of others, the same for pages and programs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from companies.changes import changed, fields_of
from companies.models import Change
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
    assert (value.before, value.after) == (1_000_000, "20.70")
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
