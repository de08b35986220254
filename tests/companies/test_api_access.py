"""Every verb x role x own or another's x key or session: who may, who may not, for whom nothing is there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction

from companies.access import ALLOWED, Action
from companies.models import Change, Company, ExportRecord, Role
from tests.companies.office import CompanyFactory, Office, RecordFactory, office
from tests.companies.programs import Caller, program, signed_in, statement

pytestmark = pytest.mark.django_db
_VERSION = {"If_Match": '"1"'}
# Method, what stands behind `export-records/<id>/` or `companies/<id>/`, what is sent, what the role must allow.
OF_RECORDS = (
    ("GET", "", None, Action.READ),
    ("HEAD", "", None, Action.READ),
    ("PATCH", "", {"note": "x"}, Action.WRITE),
    ("DELETE", "?reason=x", None, Action.WRITE),
    ("POST", "submit/", None, Action.WRITE),
    ("POST", "approve/", None, Action.REVIEW),
    ("POST", "send-back/", {"decision_note": "x"}, Action.REVIEW),
    ("POST", "reopen/", None, Action.WRITE),
    ("GET", "comments/", None, Action.READ),
    ("POST", "comments/", {"text": "x"}, Action.WRITE),
)
OF_COMPANIES = (
    ("GET", "", None, Action.READ),
    ("PATCH", "", {"note": "x"}, Action.WRITE),
    ("POST", "archive/", {"reason": "x"}, Action.WRITE),
    ("POST", "restore/", None, Action.WRITE),
)


def things() -> tuple[Office, Company, ExportRecord]:
    here = office()
    company = CompanyFactory(organisation=here.organisation, created_by=here.officer)
    return here, company, RecordFactory(company=company)


def callers(here: Office, role: str) -> list[Caller]:
    return [program(here, role), signed_in(getattr(here, role))]


def tried(caller: Caller, method: str, path: str, body: Any) -> Any:
    """The answer; nothing of it stays."""
    with transaction.atomic():
        answer = caller(method, path, body, **_VERSION)
        transaction.set_rollback(True)
    return answer


def told(answer: Any) -> Any:
    """A refusal without what names the request."""
    return answer.status_code, {
        name: word
        for name, word in (answer.json() if answer.content else {}).items()
        if name not in ("instance", "request_id", "detail")
    }


@pytest.mark.parametrize("role", Role.values)
def test_each_role_does_what_it_may_and_sees_nothing_of_others(role: str) -> None:
    here, company, record = things()
    _other, their_company, their_record = things()
    before = Change.objects.exclude(object_kind="apikey").count()
    for caller in callers(here, role):
        for root, rows, own, theirs in (
            ("export-records", OF_RECORDS, record, their_record),
            ("companies", OF_COMPANIES, company, their_company),
        ):
            for method, path, body, needed in rows:
                mine = tried(caller, method, f"{root}/{own.pk}/{path}", body)
                is_refused = mine.status_code == 403 and (not mine.content or mine.json()["code"] == "not_allowed")
                assert is_refused == (needed not in ALLOWED[role]), (role, method, path, mine.content)
                hidden = tried(caller, method, f"{root}/{theirs.pk}/{path}", body)
                missing = tried(caller, method, f"{root}/{uuid.uuid4()}/{path}", body)
                assert hidden.status_code == 404, (role, method, path)
                assert told(hidden) == told(missing)
                assert set(hidden.headers) == set(missing.headers)
    assert Change.objects.exclude(object_kind="apikey").count() == before


@pytest.mark.parametrize("role", Role.values)
def test_lists_and_counts_hold_nothing_of_others(role: str) -> None:
    here, company, record = things()
    _other, their_company, their_record = things()
    for caller in callers(here, role):
        for name, own, theirs in (("companies", company, their_company), ("export-records", record, their_record)):
            answer = caller.json(f"{name}/?count=exact")
            assert ([each["id"] for each in answer["data"]], answer["meta"]["total"]) == ([str(own.pk)], 1)
            assert str(theirs.pk) not in str(answer)
        assert caller.json(f"export-records/?company={their_company.pk}&count=exact")["meta"]["total"] == 0
        assert caller.json(f"companies/?search={their_company.name.replace(' ', '+')}&count=exact")["data"] == []
        changes = caller("GET", "changes/?count=exact")
        assert changes.status_code == (200 if Action.READ_CHANGES in ALLOWED[role] else 403)


@pytest.mark.parametrize("role", Role.values)
def test_who_may_not_write_enters_nothing(role: str) -> None:
    here, company, _record = things()
    may = Action.WRITE in ALLOWED[role]
    for caller in callers(here, role):
        for path, body in (("export-records/", statement(company)), ("companies/", {"name": uuid.uuid4().hex})):
            for sent in (body, {"nonsense": 1}, "{"):
                answer = caller("POST", path, sent)
                assert (answer.status_code == 403) == (not may), answer.content
    assert ExportRecord.objects.count() == (3 if may else 1)


def test_no_method_that_an_address_does_not_take_does_anything() -> None:
    here, company, record = things()
    caller = program(here, "admin")
    for path, refused in (
        ("export-records/", ("PUT", "PATCH", "DELETE", "TRACE")),
        (f"export-records/{record.pk}/", ("PUT", "POST", "TRACE")),
        (f"export-records/{record.pk}/approve/", ("GET", "PUT", "PATCH", "DELETE")),
        (f"companies/{company.pk}/", ("PUT", "POST", "DELETE")),
        ("changes/", ("POST", "PUT", "PATCH", "DELETE")),
    ):
        for method in refused:
            answer = caller(method, path, {"note": "x"}, **_VERSION)
            assert (answer.status_code, answer["Allow"] != "") == (405, True), (method, path)


def test_four_eyes_hold_here_too() -> None:
    here, company, _record = things()
    reviewer = program(here, "reviewer")
    made = reviewer("POST", "export-records/", statement(company))
    place = made["Location"]
    submitted = signed_in(here.officer)("POST", f"{place}submit/", If_Match=made["ETag"])
    own = reviewer("POST", f"{place}approve/", If_Match=submitted["ETag"])
    assert (own.status_code, own.json()["code"]) == (403, "own_work")
    by_session = signed_in(here.reviewer)("POST", f"{place}approve/", If_Match=submitted["ETag"])
    assert by_session.status_code == 403
    assert program(here, "admin")("POST", f"{place}approve/", If_Match=submitted["ETag"]).status_code == 200


def test_every_write_leaves_one_row_in_the_change_log_and_a_refusal_none() -> None:
    here, company, record = things()
    officer, reviewer = program(here, "officer"), program(here, "reviewer")
    place, at = f"export-records/{record.pk}/", f"companies/{company.pk}/"
    steps = (
        (officer, "POST", "companies/", {"name": "New"}),
        (officer, "PATCH", at, {"place": "Ningbo"}),
        (officer, "POST", f"{at}archive/", {"reason": "closed"}),
        (officer, "POST", f"{at}restore/", None),
        (officer, "PATCH", place, {"note": "x"}),
        (officer, "POST", f"{place}comments/", {"text": "why?"}),
        (officer, "POST", f"{place}submit/", None),
        (reviewer, "POST", f"{place}send-back/", {"decision_note": "say more"}),
        (officer, "POST", f"{place}submit/", None),
        (reviewer, "POST", f"{place}approve/", None),
        (officer, "POST", f"{place}reopen/", None),
        (officer, "DELETE", f"{place}?reason=twice", None),
    )
    made = Change.objects.exclude(object_kind="apikey")
    for caller, method, path, body in steps:
        before = made.count()
        version = {place: ExportRecord, at: Company}
        root = next((each for each in version if path.startswith(each)), "")
        number = version[root].objects.get(pk=root.split("/")[1]).version if root else 1
        stale = caller(method, path, body, If_Match=f'"{number + 7}"')
        is_done = stale.status_code < 300
        assert is_done == (path.endswith("comments/") or path == "companies/")
        assert made.count() == before + is_done
        if not is_done:
            answer = caller(method, path, body, If_Match=f'"{number}"')
            assert answer.status_code < 300, answer.content
            newest = made.order_by("-id")[0]
            assert (newest.via, newest.request_id, newest.api_key is not None) == ("api", answer["X-Request-ID"], True)
            assert made.count() == before + 1
