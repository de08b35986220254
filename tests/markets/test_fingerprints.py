"""The fingerprint of a table: the same for the same rows however they lie, another for any other rows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from markets.queries.fingerprints import Fingerprint, differences, fingerprints

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = "(1, 'a', '2024-01-01 00:00+00'), (2, null, null), (3, 'c', '2024-06-01 12:00:00.5+00')"
PARTITIONED = {"markets_tradeflow", "markets_flowtotal"}


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    run("CREATE TABLE trial(id int, name text, at timestamptz)", f"INSERT INTO trial VALUES {ROWS}")  # noqa: S608 fixed
    yield
    run("DROP TABLE trial")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def of_trial() -> Fingerprint:
    return next(each for each in fingerprints() if each.table == "trial")


def test_every_table_of_the_product_has_its_line() -> None:
    told = {each.table for each in fingerprints()}
    # The rows of a partitioned table are in its leaves, of which each has a line of its own.
    leaves = {name for name in told if name.startswith(tuple(f"{name}_" for name in PARTITIONED))}
    assert told - leaves == {*connection.introspection.table_names()} - PARTITIONED
    assert {"markets_observation", "companies_user", "django_migrations"} <= told


def test_neither_the_place_of_the_rows_nor_the_session_matters() -> None:
    before = of_trial()
    run("UPDATE trial SET name = name", "DELETE FROM trial WHERE id = 1")
    run("INSERT INTO trial VALUES (1, 'a', '2024-01-01 05:00+05')")
    run("SET timezone = 'Asia/Almaty'", "SET datestyle = 'German'")
    try:
        assert of_trial() == before
    finally:
        run("RESET timezone", "RESET datestyle")
    assert (before.rows, len(before.hash)) == (3, 48)


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO trial VALUES (2, null, null)",
        "UPDATE trial SET name = '' WHERE id = 2",
        "UPDATE trial SET at = at + '1 microsecond' WHERE id = 3",
        "DELETE FROM trial WHERE id = 3",
        "UPDATE trial SET name = CASE name WHEN 'a' THEN 'c' WHEN 'c' THEN 'a' END",
    ],
)
def test_any_other_row_shows(change: str) -> None:
    before = of_trial()
    run(change)
    assert of_trial().hash != before.hash


def test_a_line_says_what_it_is_of() -> None:
    made = of_trial()
    assert Fingerprint.parse(str(made)) == made
    assert Fingerprint.parse(str(Fingerprint("a name with blanks", 0, "0" * 48))).table == "a name with blanks"
    assert differences([made], []) == {"trial": "missing"}
    assert differences([], [made]) == {"trial": "not expected"}
    assert differences([made], [made]) == {"trial": ""}


def test_a_snapshot_that_is_gone_is_refused() -> None:
    with pytest.raises(DatabaseError):
        list(fingerprints("00000003-0000001B-1"))


def test_the_command_compares_with_what_it_printed(tmp_path: Path) -> None:
    out, file = io.StringIO(), tmp_path / "rows"
    call_command("row_hashes", stdout=out)
    file.write_text(out.getvalue())
    out = io.StringIO()
    call_command("row_hashes", compare=file, stdout=out)
    assert "tables are equal" in out.getvalue()
    run("DELETE FROM trial")
    with pytest.raises(CommandError, match="1 of"):
        call_command("row_hashes", compare=file, stdout=io.StringIO())
    file.write_text("what is this")
    with pytest.raises(CommandError, match="does not hold"):
        call_command("row_hashes", compare=file, stdout=io.StringIO())
