"""A database with people of the first release goes forward to this one, and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

FIRST = [("companies", "0001_user")]
BY_ADDRESS = [("companies", "0004_people_by_address")]
# user name, address; two share one address, two have none, one has the longest name there can be.
PEOPLE = (
    ("root", ""),
    ("second", ""),
    ("Анна", "A@Example.com"),
    ("anna", "a@example.COM"),
    ("x" * 150, "y@example.com"),
)


def people(then: list[tuple[str, str]]) -> Any:
    """The table of people as it was then."""
    return MigrationExecutor(connection).loader.project_state(then).apps.get_model("companies", "User").objects


@pytest.mark.django_db
def test_people_without_addresses_of_their_own_go_forward_and_back() -> None:
    MigrationExecutor(connection).migrate(FIRST)
    for name, email in PEOPLE:
        people(FIRST).create(username=name, email=email, first_name="F" * 150, last_name="L", password="!")
    MigrationExecutor(connection).migrate(BY_ADDRESS)
    found = dict(people(BY_ADDRESS).values_list("pk", "email"))
    assert len(set(found.values())) == len(PEOPLE)
    assert min(found.values()) == "a@example.com"
    assert sum(email.endswith("@no-address.invalid") for email in found.values()) == 3
    MigrationExecutor(connection).migrate(FIRST)
    assert dict(people(FIRST).values_list("pk", "username")) == {
        key: email if len(email) <= 150 else f"{email[:130]}.{key}" for key, email in found.items()
    }
    assert set(people(FIRST).values_list("first_name", flat=True)) == {"F" * 150}
