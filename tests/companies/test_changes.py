"""The change log: what it keeps, and that nobody can alter it, from whichever side."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from companies.changes import change_row, changed, remember
from companies.models import Change
from tests.companies.office import CompanyFactory, office

pytestmark = pytest.mark.django_db


def test_only_what_differs_is_kept_as_exact_text() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    changed(
        home.actor("officer"),
        "edited",
        company,
        before={"name": "A", "value": Decimal("20.70")},
        after={"name": "A", "value": Decimal("20.7")},
    )
    row = Change.objects.get()
    assert (row.before, row.after) == ({"value": "20.70"}, {"value": "20.7"})
    assert (row.actor, row.organisation, row.object_kind) == (home.officer, home.organisation, "company")


def test_the_database_sets_moment_and_chain_whatever_is_said() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    rows = [change_row(home.actor("officer"), f"step {n}", company) for n in range(3)]
    for row in rows:
        row.at = dt.datetime(1999, 1, 1, tzinfo=dt.UTC)
        row.hash = row.previous_hash = "mine"
    remember(rows)
    kept = list(Change.objects.order_by("id"))
    assert [row.action for row in kept] == ["step 0", "step 1", "step 2"]
    assert all(row.at.year > 2000 for row in kept)
    assert kept[0].previous_hash == ""
    assert [row.previous_hash for row in kept[1:]] == [row.hash for row in kept[:-1]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM companies_change AS c WHERE c.hash = companies_change_hash(c)")
        assert cursor.fetchone() == (3,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE companies_change SET action = 'nothing'",
        "UPDATE companies_change SET at = now()",
        "UPDATE companies_change SET actor_id = NULL",
        "DELETE FROM companies_change",
    ],
)
def test_a_row_is_never_altered_nor_dropped(statement: str) -> None:
    home = office()
    changed(home.actor("admin"), "made", home.organisation, organisation_id=home.organisation.pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_log_is_never_emptied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE companies_change ENABLE TRIGGER change_not_emptied")
        with pytest.raises(IntegrityError, match="append-only"):
            cursor.execute("TRUNCATE companies_change")


def test_a_sample_organisation_goes_with_its_log_and_no_other_can_become_one() -> None:
    sample, real = office(is_sample=True), office()
    for each in (sample, real):
        changed(each.actor("admin"), "made", each.organisation, organisation_id=each.organisation.pk)
    sample.organisation.delete()
    assert Change.objects.count() == 1
    real.organisation.is_sample = True
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        real.organisation.save()
