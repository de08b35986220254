"""Lists of an organisation while they are written to: nothing is met twice or passed over."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from companies.models import Company, ExportRecord
from tests.companies.office import CompanyFactory, RecordFactory, office
from tests.companies.programs import Caller, program, signed_in, statement

MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def walked(caller: Caller, path: str, between: Any = None) -> list[dict[str, Any]]:
    """Every record of a list, page by page; between is called after each page."""
    found, answer = [], caller.json(path)
    while True:
        found += answer["data"]
        if not answer["page"]["next"]:
            return found
        if between:
            between()
        answer = caller.json(answer["page"]["next"].removeprefix("http://testserver"))


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["updated", "-updated", "period", "-period", "created", "-created"])
def test_records_of_one_moment_are_each_met_once(sort: str) -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    ids = {str(RecordFactory(company=company, updated_at=MOMENT).pk) for _ in range(23)}
    found = [each["id"] for each in walked(program(home, "viewer"), f"export-records/?limit=5&sort={sort}")]
    assert (len(found), set(found)) == (23, ids)


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["updated", "-updated", "created", "-created"])
def test_what_is_entered_meanwhile_moves_nothing(sort: str) -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    ids = {str(RecordFactory(company=company, updated_at=MOMENT).pk) for _ in range(17)}
    writer = signed_in(home.officer)

    def enter() -> None:
        assert writer("POST", "export-records/", [statement(company)] * 3).status_code == 201

    found = [each["id"] for each in walked(program(home, "viewer"), f"export-records/?limit=4&sort={sort}", enter)][
        :200
    ]
    assert len(found) == len(set(found))
    assert ids <= set(found)


@pytest.mark.django_db
def test_companies_and_changes_are_paged_alike() -> None:
    home = office()
    writer = signed_in(home.officer)
    for number in range(12):
        assert writer("POST", "companies/", {"name": f"Company {number % 3}"}).status_code == 201
    reader = program(home, "admin")
    for path in ("companies/?sort=name", "companies/?sort=-updated", "changes/?sort=at", "changes/"):
        mark = "&" if "?" in path else "?"
        whole = walked(reader, f"{path}{mark}limit=1000")
        assert walked(reader, f"{path}{mark}limit=5") == whole
        assert len(whole) >= 12


@pytest.mark.django_db
def test_fifty_records_take_as_many_queries_as_one() -> None:
    home = office()
    reader = program(home, "viewer")
    counts = []
    for more in (1, 30):
        for _ in range(more):
            company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
            RecordFactory(company=company)
        for path in ("export-records/", "companies/"):
            reader.json(path)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                reader.json(path)
            counts.append((path, len(queries)))
    assert counts[:2] == counts[2:]
    assert max(count for _path, count in counts) <= 14


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference_facts")
def test_a_copy_kept_in_step_misses_nothing_that_was_being_written() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    reader = program(home, "viewer")
    RecordFactory(company=company)
    begun, asked = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            from django.db import transaction

            with transaction.atomic():
                late = RecordFactory(company=Company.objects.get(pk=company.pk), note="late")
                assert late.pk
                begun.set()
                asked.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    begun.wait(20)
    RecordFactory(company=company, note="quick")
    answer = reader.json("export-records/?updated_since=2000-01-01")
    assert {each["note"] for each in answer["data"]} == {"", "quick"}
    asked.set()
    thread.join()
    since = answer["meta"]["complete_until"].replace("+", "%2B")
    again = reader.json(f"export-records/?updated_since={since}")
    assert "late" in {each["note"] for each in again["data"]}
    assert ExportRecord.objects.count() == 3
