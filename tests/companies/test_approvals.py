"""The queue of approvals: what waits, the oldest first; deciding on several, never on one's own."""

from __future__ import annotations

import pytest
from django.test import Client

from companies.errors import NotAllowed, OwnWork, TooMany, VersionConflict
from companies.models import Change, ExportRecord
from companies.records.deciding_together import MOST, Verdict, decide_together
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db
PAGE = "/en/approvals/"


def submitted(home: Office, name: str = "Kelon", by: str = "officer", day: int = 1) -> ExportRecord:
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer, name=name)
    person = getattr(home, by)
    moment = f"2025-03-{day:02}T08:00:00Z"
    people = {"created_by": person, "edited_by": person, "submitted_by": person}
    return RecordFactory(company=company, status="submitted", submitted_at=moment, **people)


def signed_in(home: Office, role: str = "reviewer") -> Client:
    client = Client()
    client.force_login(getattr(home, role))
    return client


def ticked(*records: ExportRecord) -> list[str]:
    return [f"{record.pk}:{record.version}" for record in records]


def test_the_oldest_waits_first_and_the_own_one_cannot_be_ticked() -> None:
    home, other = office(), office()
    submitted(home, "Later", day=9)
    submitted(home, "Earlier", day=2)
    own = submitted(home, "Mine", by="reviewer", day=5)
    submitted(other, "Elsewhere")
    text = signed_in(home).get(PAGE).content.decode()
    assert text.index("Earlier") < text.index("Mine") < text.index("Later")
    assert "Elsewhere" not in text
    assert f'aria-describedby="own-{own.pk}"' in text
    assert "somebody else decides" in text


def test_several_are_approved_each_for_itself_and_a_refused_one_is_told() -> None:
    home = office()
    first, second, own = submitted(home, "A"), submitted(home, "B"), submitted(home, "C", by="reviewer")
    stale = f"{second.pk}:{second.version + 1}"
    answer = signed_in(home).post(PAGE, {"record": [*ticked(first, own), stale], "verdict": "approve"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Approved: 1." in text
    assert "Not decided: 2." in text
    assert {r.pk: r.status for r in ExportRecord.objects.all()} == {
        first.pk: "approved",
        second.pk: "submitted",
        own.pk: "submitted",
    }
    assert Change.objects.filter(action="approved").count() == 1


def test_nothing_is_sent_back_without_a_reason() -> None:
    home = office()
    record = submitted(home)
    client = signed_in(home)
    refused = client.post(PAGE, {"record": ticked(record), "verdict": "send_back", "note": " "})
    assert refused.status_code == 422
    assert 'href="#decision-note"' in refused.content.decode()
    assert f'id="choose-{record.pk}" checked' in " ".join(refused.content.decode().split())
    client.post(PAGE, {"record": ticked(record), "verdict": "send_back", "note": "The unit is missing"})
    record.refresh_from_db()
    assert (record.status, record.decision_note) == ("returned", "The unit is missing")


def test_no_record_chosen_is_told() -> None:
    home = office()
    submitted(home)
    assert signed_in(home).post(PAGE, {"verdict": "approve"}).status_code == 422


def test_another_organisations_record_is_not_there_to_be_decided_on() -> None:
    home, other = office(), office()
    theirs = submitted(other)
    answer = signed_in(home).post(PAGE, {"record": [*ticked(theirs), "nonsense:1"], "verdict": "approve"})
    assert "Not decided: 2." in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.status == "submitted"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("destination=KAZ", True),
        ("destination=UZB", False),
        ("category=appliances", True),
        ("category=toys", None),
        ("submitted_by=999999", False),
        ("submitted_by=x", None),
        ("after=nonsense", None),
        ("after=2025-03-01T08:00:00Z,ffffffff-ffff-7fff-bfff-ffffffffffff", False),
    ],
)
def test_the_queue_is_narrowed_and_refuses_nonsense(query: str, *, shown: bool | None) -> None:
    home = office()
    submitted(home)
    RecordFactory(company=CompanyFactory(organisation=home.organisation, created_by=home.officer), destination_id="UZB")
    answer = signed_in(home).get(f"{PAGE}?{query}")
    assert answer.status_code == (400 if shown is None else 200)
    if shown is not None:
        assert ("Kelon" in answer.content.decode()) is shown


def test_later_ones_follow_by_a_link() -> None:
    home = office()
    for day in range(1, 23):
        submitted(home, f"Company {day:02}", day=day)
    client = signed_in(home)
    first = client.get(PAGE).content.decode()
    assert "Company 20" in first
    assert "Company 21" not in first
    assert "after=2025-03-20T08" in first
    second = client.get(f"{PAGE}?after=2025-03-20T08:00:00Z,ffffffff-ffff-7fff-bfff-ffffffffffff").content.decode()
    assert "Company 20" not in second
    assert "Company 22" in second


def test_the_use_case_says_why_of_each_and_is_for_reviewers() -> None:
    home = office()
    first, own = submitted(home), submitted(home, by="reviewer")
    wanted = [(str(first.pk), first.version + 3), (str(own.pk), own.version)]
    refused = [each.refused for each in decide_together(home.actor("reviewer"), wanted, Verdict.APPROVE)]
    assert [type(each) for each in refused] == [VersionConflict, OwnWork]
    with pytest.raises(NotAllowed):
        decide_together(home.actor("officer"), wanted, Verdict.APPROVE)
    with pytest.raises(TooMany):
        decide_together(home.actor("admin"), [(str(n), 1) for n in range(MOST + 1)], Verdict.APPROVE)
