"""Target markets by the API: tracked, changed, shared, noted on, removed, restored, and followed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from companies.models import Change, TargetEntry, TargetMarket
from tests.companies.office import CompanyFactory, Office, PersonFactory, RecordFactory, office
from tests.companies.programs import Caller, program, signed_in

pytestmark = pytest.mark.django_db
LIST = "target-markets/"


def tracked(caller: Caller, **more: Any) -> Any:
    """The answer of a market that was tracked."""
    answer = caller("POST", LIST, {"market": "KAZ", **more})
    assert answer.status_code == 201, answer.content
    return answer


def company_target(home: Office, **more: Any) -> tuple[Caller, Any]:
    """The officer, and a target market of a company."""
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    officer = program(home, "officer")
    return officer, tracked(officer, company=str(company.pk), **more)


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}


def test_the_life_of_a_target_market() -> None:
    caller = signed_in(PersonFactory())  # of no organisation
    made = tracked(caller, category="appliances", next_action="Call the agent", next_action_on="2026-03-02")
    place, told = made["Location"], made.json()
    assert (told["market"], told["category"], told["status"], told["version"]) == ("KAZ", "appliances", "future", 1)
    assert (told["is_own"], told["may_change"], told["company"]) == (True, True, None)
    assert made["ETag"].startswith('"1-')
    done = caller("POST", f"{place}finish-action/", {"said": "He sent the list"}, If_Match=made["ETag"])
    assert (done.json()["next_action"], done.json()["next_action_on"], done.json()["entries"]) == ("", None, 1)
    gone_off = caller("PATCH", place, {"status": "not_interested"}, If_Match=done["ETag"])
    assert faults(gone_off) == {"/reason": "invalid_field"}
    said = {"status": "not_interested", "reason": "the certificate costs more than we would earn"}
    decided = caller("PATCH", place, said, If_Match=done["ETag"])
    assert {name: decided.json()[name] for name in said} == said
    removed = caller("DELETE", f"{place}?reason=no+demand", If_Match=decided["ETag"])
    assert (removed.status_code, removed.content) == (204, b"")
    assert caller("GET", place).status_code == 404
    assert caller.json(LIST)["data"] == []
    follows = caller.json(f"{LIST}?updated_since=2000-01-01")
    (tomb,) = follows["data"]
    assert (tomb["removed_reason"], tomb["removed_at"] is not None, tomb["version"]) == ("no demand", True, 4)
    assert follows["meta"]["complete_until"]
    back = caller("POST", f"{place}restore/", If_Match=f'"{tomb["version"]}"')
    assert (back.status_code, back.json()["removed_at"], back.json()["reason"]) == (200, None, said["reason"])
    assert [each["id"] for each in caller.json(LIST)["data"]] == [told["id"]]
    actions = Change.objects.filter(object_kind="targetmarket").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["tracked", "finished_action", "decided", "removed", "restored"]


def test_a_write_names_the_version_it_read() -> None:
    caller = signed_in(PersonFactory())
    place = tracked(caller)["Location"]
    for method, path, body in (
        ("PATCH", place, {"stage": "contacts"}),
        ("DELETE", place, None),
        *(("POST", f"{place}{action}/", None) for action in ("share", "unshare", "finish-action")),
    ):
        assert caller(method, path, body).status_code == 428, path
        assert caller(method, path, body, If_Match='"7"').status_code == 412, path
    assert TargetMarket.objects.get().version == 1


def test_every_fault_is_told_at_once() -> None:
    caller = signed_in(PersonFactory())
    wrong = {
        "market": "CA5", "category": "nothing", "status": "soon", "stage": "far", "version": 3,
        "next_action_on": "tomorrow", "company": str(uuid.uuid4()),
    }  # fmt: skip
    assert faults(caller("POST", LIST, {"version": 3, "market": 1})) == {
        "/version": "unknown_field",
        "/market": "invalid_field",
    }
    del wrong["version"]
    assert faults(caller("POST", LIST, wrong)).keys() >= {
        "/market", "/category", "/status", "/stage", "/next_action_on", "/company"
    }  # fmt: skip
    assert faults(caller("POST", LIST, {})) == {"/market": "invalid_field"}
    assert not TargetMarket.objects.exists()


def test_market_and_goods_stay() -> None:
    caller = signed_in(PersonFactory())
    made = tracked(caller)
    answer = caller("PATCH", made["Location"], {"market": "UZB"}, If_Match=made["ETag"])
    assert faults(answer) == {"/market": "unknown_field"}


def test_a_market_is_tracked_once_for_the_same_goods_and_a_request_is_done_once() -> None:
    caller = signed_in(PersonFactory())
    first = caller("POST", LIST, {"market": "KAZ"}, Idempotency_Key="kaz")
    again = caller("POST", LIST, {"market": "KAZ"}, Idempotency_Key="kaz")
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
    twice = caller("POST", LIST, {"market": "KAZ"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_tracked")
    assert tracked(caller, product="8418").status_code == 201
    assert TargetMarket.objects.count() == 2


def test_it_comes_with_an_alert_rule_unless_none_is_wanted() -> None:
    caller = signed_in(PersonFactory())
    tracked(caller, with_rule=False)
    assert caller.json("alert-rules/")["data"] == []
    target = tracked(caller, market="UZB").json()["id"]
    (rule,) = caller.json(f"alert-rules/?target={target}")["data"]
    assert (rule["kind"], rule["market"]["iso3"]) == ("revised", "UZB")


def test_each_filter_narrows_the_list() -> None:
    home = office()
    officer, made = company_target(home, category="appliances", status="exporting")
    tracked(officer, market="UZB")
    company = made.json()["company"]["id"]
    for query in ("market=KAZ", "category=appliances", "status=exporting", f"company={company}", "kept_by=company",
                  "kept_by=own", "market=UZB,KGZ"):  # fmt: skip
        assert len(officer.json(f"{LIST}?{query}")["data"]) == 1, query
    for query in ("market=TJK", "status=not_interested", f"company={uuid.uuid4()}", "kept_by=shared"):
        assert officer.json(f"{LIST}?{query}")["data"] == [], query
    assert officer("GET", f"{LIST}?kept_by=all").status_code == 400


# ---------------------------------------------------------------- who may
def test_a_private_target_market_is_there_for_nobody_else() -> None:
    home = office()
    mine = tracked(program(home, "viewer"))["Location"]
    entry = signed_in(home.viewer)("POST", f"{mine}entries/", {"text": "seen"}).json()["id"]
    for caller in (program(home, "admin"), signed_in(home.admin), signed_in(PersonFactory())):
        for method, path in (
            ("GET", mine), ("HEAD", mine), ("PATCH", mine), ("DELETE", mine), ("POST", f"{mine}restore/"),
            ("POST", f"{mine}share/"), ("POST", f"{mine}unshare/"), ("POST", f"{mine}finish-action/"),
            ("GET", f"{mine}entries/"), ("POST", f"{mine}entries/"), ("DELETE", f"{mine}entries/{entry}/"),
        ):  # fmt: skip
            body = {"stage": "contacts"} if method == "PATCH" else None
            assert caller(method, path, body, If_Match='"1"').status_code == 404, path
        assert caller.json(f"{LIST}?updated_since=2000-01-01&count=exact")["meta"]["total"] == 0
    assert TargetEntry.objects.get().removed_at is None


def test_a_shared_one_is_read_by_colleagues_and_changed_by_nobody_else() -> None:
    home, elsewhere = office(), office()
    officer = signed_in(home.officer)
    made = tracked(officer)
    place = made["Location"]
    shared = officer("POST", f"{place}share/", If_Match=made["ETag"])
    assert shared.json()["shared_with"]["id"] == str(home.organisation.pk)
    officer("POST", f"{place}entries/", {"text": "The agent speaks Russian"})
    admin = program(home, "admin")
    seen = admin.json(place)
    assert (seen["is_own"], seen["may_change"], seen["person"]["number"]) == (False, False, home.officer.pk)
    (entry,) = admin.json(f"{place}entries/")["data"]
    assert (entry["text"], entry["may_remove"]) == ("The agent speaks Russian", False)
    for method, path, body in (
        ("PATCH", place, {"nonsense": 1}),
        ("DELETE", place, None),
        ("POST", f"{place}unshare/", None),
        ("POST", f"{place}entries/", {"text": "x"}),
        ("DELETE", f"{place}entries/{entry['id']}/", None),
    ):
        answer = admin(method, path, body, If_Match=shared["ETag"])
        assert (answer.status_code, answer.json()["code"]) == (403, "target_of_colleague"), path
    assert len(admin.json(f"{LIST}?kept_by=shared")["data"]) == 1
    assert program(elsewhere, "admin")("GET", place).status_code == 404
    officer("POST", f"{place}unshare/", If_Match=shared["ETag"])
    assert admin("GET", place).status_code == 404


def test_a_companys_is_read_by_all_and_changed_by_officers() -> None:
    home = office()
    officer, made = company_target(home)
    place = made["Location"]
    viewer = program(home, "viewer")
    assert (viewer.json(place)["may_change"], officer.json(place)["may_change"]) == (False, True)
    refused = viewer("PATCH", place, {"nonsense": 1}, If_Match=made["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    company = made.json()["company"]["id"]
    refused = viewer("POST", LIST, {"market": "UZB", "company": company})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    edited = program(home, "reviewer")("PATCH", place, {"stage": "offer"}, If_Match=made["ETag"])
    assert (edited.status_code, edited.json()["stage"]) == (200, "offer")
    assert program(office(), "admin")("GET", place).status_code == 404


def test_a_key_needs_the_scope_of_target_markets() -> None:
    home = office()
    tracked(signed_in(home.officer))
    records, reads = program(home, "officer", "write:records"), program(home, "officer", "read:targets")
    answer = records("GET", LIST)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    (mine,) = reads.json(LIST)["data"]
    assert records("GET", f"{LIST}{mine['id']}/").status_code == 404
    assert mine["may_change"] is False
    for method, path in (("POST", LIST), ("PATCH", f"{LIST}{mine['id']}/"), ("POST", f"{LIST}{mine['id']}/entries/")):
        answer = reads(method, path, {"market": "UZB"}, If_Match='"1"')
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), path
    writes = program(home, "officer", "write:targets")
    assert writes("PATCH", f"{LIST}{mine['id']}/", {"stage": "contacts"}, If_Match='"1"').status_code == 200


# ---------------------------------------------------------------- notes and evidence
def test_notes_and_evidence_are_kept_and_removed() -> None:
    home = office()
    officer, made = company_target(home)
    record = RecordFactory(company=CompanyFactory(organisation=home.organisation, created_by=home.officer))
    place = f"{made['Location']}entries/"
    for said in (
        {"text": "A dealer asks for samples"},
        {"kind": "visit", "on": "2026-02-11", "text": "Fair in Almaty"},
        {"kind": "document", "url": "https://example.com/tariff.pdf"},
        {"kind": "record", "record": str(record.pk)},
    ):
        assert officer("POST", place, said).status_code == 201, said
    assert faults(officer("POST", place, {"kind": "visit", "text": "x", "url": "javascript:1"})) == {
        "/on": "invalid_field",
        "/url": "invalid_field",
    }
    assert faults(officer("POST", place, {})) == {"/text": "invalid_field"}
    found = officer.json(place)["data"]
    assert [each["kind"] for each in found] == ["note", "visit", "document", "record"]
    assert found[3]["record"]["id"] == str(record.pk)
    assert [each["kind"] for each in officer.json(f"{place}?kind=visit,note&sort=-written")["data"]] == [
        "visit",
        "note",
    ]
    one = f"{place}{found[0]['id']}/"
    assert officer("DELETE", f"{LIST}{uuid.uuid4()}/entries/{found[0]['id']}/").status_code == 404
    _other, second = company_target(home, market="UZB")
    assert officer("DELETE", f"{second['Location']}entries/{found[0]['id']}/").status_code == 404
    assert officer("DELETE", one).status_code == 204
    assert officer("DELETE", one).status_code == 404
    assert len(officer.json(place)["data"]) == 3


def test_a_record_of_others_is_no_evidence() -> None:
    _officer, made = company_target(home := office())
    theirs = RecordFactory(
        company=CompanyFactory(organisation=(other := office()).organisation, created_by=other.admin)
    )
    answer = program(home, "officer")(
        "POST", f"{made['Location']}entries/", {"kind": "record", "record": str(theirs.pk)}
    )
    assert faults(answer) == {"/record": "invalid_field"}
