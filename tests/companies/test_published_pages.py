"""Published sums as everybody reads them: the same on the page, in files and by the API; nothing of a company."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.test import Client

from companies.models import Publication
from companies.records.publishing import publish_sums, withdraw_publication
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db
API = "/api/v1/published-sums/"


def approved(home: Office, count: int, **beside: object) -> None:
    for number in range(count):
        company = CompanyFactory(organisation=home.organisation, created_by=home.officer, name=f"Secret {number}")
        RecordFactory(company=company, status="approved", decided_by=home.reviewer, submitted_by=home.officer, **beside)


def published(home: Office) -> Publication:
    approved(home, 3)
    approved(home, 1, destination_id="CA5", value=777_123)
    return publish_sums(home.actor("reviewer"), 2024)


def signed_in(home: Office, role: str = "reviewer") -> Client:
    client = Client()
    client.force_login(getattr(home, role))
    return client


def test_page_file_and_api_say_the_same_and_nothing_of_a_company() -> None:
    home = office(name="Trade office of Foshan")
    made = published(home)
    address = f"/en/published/{home.organisation.pk}/"
    page = Client().get(address).content.decode()
    rows = list(
        csv.DictReader(io.StringIO(Client().get(f"{address}?download=csv").content.decode().split("\r\n\r\n")[0]))
    )
    answer = Client().get(f"{API}?organisation={home.organisation.pk}&count=exact")
    listed = answer.json()["data"]
    assert {(row["market"], row["category"], row["value"]) for row in rows} == {
        (each["market"], each["category"], each["value"] or "") for each in listed
    }
    assert answer.json()["meta"]["total"] == 5
    (group,) = (each for each in listed if each["market"] == "CA5" and not each["category"])
    assert (group["value"], group["status"], group["withheld"], group["companies"]) == (None, "c", "primary", None)
    assert 'value="3000000"' in page
    for text in (page, answer.content.decode(), Client().get(f"{address}?download=json").content.decode()):
        assert "777123" not in text
        assert "Secret" not in text
        assert "contributors" not in text
        assert home.reviewer.name not in text
        assert home.reviewer.email not in text
    assert f"Publication {made.number} of 2024" in page


def test_the_list_names_who_publishes_and_marks_a_sample() -> None:
    published(office(name="Real office"))
    published(office(name="Shown office", is_sample=True))
    office(name="Silent office")
    text = Client().get("/en/published/").content.decode()
    assert text.index("Real office") < text.index("Shown office") < text.index("Sample")
    assert "Silent office" not in text


def test_what_is_withdrawn_is_gone_at_once_from_every_window() -> None:
    home = office()
    made = published(home)
    address = f"/en/published/{home.organisation.pk}/"
    assert Client().get(address).status_code == 200
    withdraw_publication(home.actor("reviewer"), made.pk)
    assert Client().get(address).status_code == 404
    assert Client().get(f"{API}?organisation={home.organisation.pk}").json()["data"] == []
    assert Client().get(f"/en/published/{uuid.uuid4()}/").status_code == 404


def test_filters_of_the_api_and_pages_of_it() -> None:
    home = office()
    published(home)
    ask = Client().get
    assert {each["market"] for each in ask(f"{API}?market=KAZ").json()["data"]} == {"KAZ"}
    assert {each["category"] for each in ask(f"{API}?category=appliances").json()["data"]} == {"appliances"}
    assert ask(f"{API}?year=2023").json()["data"] == ask(f"{API}?currency=USD").json()["data"] == []
    assert ask(f"{API}?organisation=nobody").status_code == 400
    first = ask(f"{API}?limit=2").json()
    second = ask(first["page"]["next"]).json()
    places = [(each["market"], each["category"]) for each in first["data"] + second["data"]]
    assert len(set(places)) == 4


def test_a_reviewer_looks_publishes_and_withdraws() -> None:
    home = office()
    approved(home, 3)
    client = signed_in(home)
    page = client.get("/en/publishing/?year=2024").content.decode()
    assert "What would be published of 2024" in page
    fingerprint = page.split('name="fingerprint" value="')[1].split('"')[0]
    done = client.post("/en/publishing/", {"year": "2024", "fingerprint": fingerprint}, follow=True)
    assert "open to everybody now" in done.content.decode()
    made = Publication.objects.get()
    away = client.post(f"/en/publishing/{made.pk}/withdraw/", follow=True).content.decode()
    assert "is withdrawn" in away
    again = client.post(f"/en/publishing/{made.pk}/withdraw/", follow=True).content.decode()
    assert "withdrawn before" in again


def test_what_changed_since_the_preview_is_not_published_unseen() -> None:
    home = office()
    approved(home, 3)
    answer = signed_in(home).post("/en/publishing/", {"year": "2024", "fingerprint": "seen-before"})
    assert answer.status_code == 409
    assert "look at the preview again" in answer.content.decode()
    assert not Publication.objects.exists()


def test_an_office_without_approved_records_is_told_what_to_do() -> None:
    home = office()
    assert "nothing to publish" in signed_in(home).get("/en/publishing/").content.decode()
    assert signed_in(home).get("/en/publishing/?year=1999").status_code == 400
    assert signed_in(home).post("/en/publishing/", {"year": "x"}).status_code == 400
