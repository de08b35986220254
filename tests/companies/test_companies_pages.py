"""Pages of companies: who sees what, what is typed is kept, and two people's edits are merged."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.models import Change, Company, User
from companies.records.companies import archive_company, edit_company, register_company
from tests.companies.office import Office, RecordFactory, office
from tests.companies.test_companies_writing import HANDIAN

pytestmark = pytest.mark.django_db
_NAMED = ("company", "company_edit", "company_archive", "company_restore")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(**values: Any) -> dict[str, Any]:
    """What a browser sends for a company's form; rows by `names`, `lines`, `contacts`."""
    sent: dict[str, Any] = {"name": "", "note": ""}
    for name in ("names", "lines", "contacts"):
        rows = values.pop(name, [])
        sent |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
        for at, row in enumerate(rows):
            sent |= {f"{name}-{at}-{field}": value for field, value in row.items()}
    return sent | values


def of_form(page: str) -> dict[str, Any]:
    """Hidden and typed fields of a page's form, as a browser would send them back."""
    import html

    found = re.findall(r'<input type="(?:hidden|text)"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def registered(home: Office, **values: Any) -> Company:
    return register_company(home.actor("officer"), HANDIAN | values)


@pytest.mark.parametrize("name", _NAMED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_organisations_company_is_as_one_that_is_not_there(name: str, method: str) -> None:
    home, other = office(), office()
    hidden = registered(other)
    client = client_of(home.admin)
    bodies = []
    for key in (hidden.pk, uuid.uuid4()):
        response = getattr(client, method)(reverse(f"companies:{name}", args=[key]))
        is_refused = (name, method) in {("company_restore", "get"), ("company", "post")}
        assert response.status_code == (405 if is_refused else 404)
        body = re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
        bodies.append(body.replace(str(key), "KEY"))
    assert bodies[0] == bodies[1]
    assert hidden.name not in bodies[0]
    assert Change.objects.count() == 1


def test_the_list_counts_and_finds_the_own_organisations_alone() -> None:
    home, other = office(), office()
    registered(home)
    registered(other, name="Elsewhere Co")
    client = client_of(home.officer)
    page = client.get(reverse("companies:company_list"), {"state": "all"}).content.decode()
    assert "1 company" in page
    assert "Elsewhere" not in page
    page = client.get(reverse("companies:company_list"), {"search": "Elsewhere"}).content.decode()
    assert "0 companies" in page
    told = client.get(reverse("companies:company_list"), {"download": "json"}).json()
    assert [row["name"] for row in told["data"]] == ["Ningbo Handian Electric Appliance Co."]


def test_a_viewer_sees_neither_numbers_nor_addresses_anywhere() -> None:
    home = office()
    company = registered(home)
    viewer = client_of(home.viewer)
    pages = [
        viewer.get(reverse("companies:company", args=[company.pk])),
        viewer.get(reverse("companies:company_list")),
        *(viewer.get(reverse("companies:company_list"), {"download": form}) for form in ("csv", "json")),
    ]
    for response in pages:
        body = response.content.decode()
        assert response.status_code == 200
        for secret in ("91330200", "wang@example.com", "+86 574"):
            assert secret not in body
    assert "for officers and above" in pages[0].content.decode()
    assert "registration_number" not in pages[2].content.decode()
    officer = client_of(home.officer).get(reverse("companies:company", args=[company.pk])).content.decode()
    assert "91330200" in officer
    assert "wang@example.com" in officer


@pytest.mark.parametrize("name", ["company_new", "company_edit", "company_archive"])
def test_a_viewer_gets_no_form(name: str) -> None:
    home = office()
    company = registered(home)
    address = reverse(f"companies:{name}", args=[] if name == "company_new" else [company.pk])
    viewer = client_of(home.viewer)
    assert viewer.get(address).status_code == 403
    assert viewer.post(address, typed(name="X", version=1, reason="X")).status_code == 403
    assert viewer.post(reverse("companies:company_restore", args=[company.pk]), {"version": 1}).status_code == 403
    assert Company.objects.get().version == 1


def test_a_company_is_registered_from_its_form_once_however_often_it_is_sent() -> None:
    home = office()
    client = client_of(home.officer)
    page = client.get(reverse("companies:company_new")).content.decode()
    key = re.search(r'name="once" value="([^"]+)"', page)
    assert key is not None
    sent = typed(
        once=key[1],
        name="Ningbo Handian",
        home="CHN",
        names=[{"name": "宁波汉电", "language": "zh", "kind": "official"}, {"name": ""}],
        lines=[{"category": "appliances", "hs_code": "", "hs_revision": "HS2022"}, {"hs_revision": "HS2022"}],
        contacts=[{"name": "", "email": ""}],
        organisation=str(office().organisation.pk),
        created_by="1",
        search_text="X",
        archived_reason="X",
    )
    for _twice in range(2):
        response = client.post(reverse("companies:company_new"), sent, follow=True)
        assert response.status_code == 200
        assert "宁波汉电" in response.content.decode()
    company = Company.objects.get()
    # What the form does not have is not read, whoever sends it.
    assert (company.organisation, company.created_by, company.archived_reason) == (home.organisation, home.officer, "")
    assert company.lines.get().hs_revision == ""
    assert Change.objects.count() == 1


def test_every_fault_is_shown_beside_its_field_and_what_was_typed_stays() -> None:
    home = office()
    sent = typed(
        name="",
        place="Ningbo <b>",
        names=[{"name": ""}, {"name": "!!!", "language": "zh", "kind": "alias"}],
        lines=[{"hs_code": "84181", "hs_revision": "HS2022"}],
        contacts=[{"name": "Wang", "email": "nowhere"}],
    )
    response = client_of(home.officer).post(reverse("companies:company_new"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    for field in ("id_name", "id_names-1-name", "id_lines-0-hs_code", "id_contacts-0-email"):
        assert f'href="#{field}"' in page
    assert 'value="Ningbo &lt;b&gt;"' in page
    assert "autofocus" in page
    assert not Company.objects.exists()


def test_a_possible_duplicate_is_told_on_saving_and_stops_nothing() -> None:
    home = office()
    first = registered(home)
    sent = typed(name="宁波汉电电器有限公司")
    page = client_of(home.officer).post(reverse("companies:company_new"), sent, follow=True).content.decode()
    assert Company.objects.count() == 2
    assert "It may be there twice" in page
    assert reverse("companies:company", args=[first.pk]) in page
    listed = client_of(home.officer).get(reverse("companies:company_list"), {"twins": "1"}).content.decode()
    assert "2 companies" in listed


def test_two_edits_are_shown_side_by_side_and_merged() -> None:
    home = office()
    company = registered(home)
    address = reverse("companies:company_edit", args=[company.pk])
    client = client_of(home.officer)
    opened = of_form(client.get(address).content.decode())
    edit_company(home.actor("admin"), company.pk, 1, {"place": "Hangzhou", "sector": "White goods", "home": "KAZ"})
    sent = typed(
        **{name: opened[name] for name in ("version", "base")},
        name="Handian",
        registration_number="91330200",
        home="CHN",
        place="Suzhou",
        sector="Household appliances",
        note="First line.\r\nSecond line.",
        names=HANDIAN["names"],
        lines=[
            {"category": "appliances", "hs_code": "841821", "hs_revision": "HS2022"},
            {"category": "hi-tech", "hs_revision": "HS2022"},
        ],
        contacts=HANDIAN["contacts"],
    )
    response = client.post(address, sent)
    page = response.content.decode()
    assert response.status_code == 412
    assert home.admin.name in page
    for word in ("Suzhou", "Hangzhou", "Ningbo", "Handian", "White goods"):
        assert word in page
    # Both changed the place; the name is the writer's alone, the sector the other's.
    assert page.count("changed by both") == 1
    chosen = dict(re.findall(r'name="keep-(\w+)"\s+value="(\w+)"\s+checked', page))
    assert chosen | {"names": "yours"} == {
        "name": "yours",
        "home": "theirs",
        "place": "yours",
        "sector": "theirs",
        "names": "yours",
    }
    again = of_form(page) | {f"keep-{name}": side for name, side in chosen.items()} | {"keep-place": "theirs"}
    assert client.post(address, again).status_code == 302
    company.refresh_from_db()
    assert (company.name, company.place, company.sector, company.home_id) == (
        "Handian",
        "Hangzhou",
        "White goods",
        "KAZ",
    )
    assert company.version == 3
    assert company.contacts.get().email == "wang@example.com"


def test_a_merge_that_is_late_again_is_shown_again() -> None:
    home = office()
    company = registered(home)
    address = reverse("companies:company_edit", args=[company.pk])
    client = client_of(home.officer)
    edit_company(home.actor("admin"), company.pk, 1, {"place": "Hangzhou"})
    first = client.post(address, typed(name=company.name, place="Suzhou", version=1, base="no json"))
    assert first.status_code == 412
    edit_company(home.actor("admin"), company.pk, 2, {"place": "Wuxi"})
    second = client.post(address, of_form(first.content.decode()) | {"keep-place": "yours"})
    assert second.status_code == 412
    assert "Wuxi" in second.content.decode()
    assert client.post(address, typed(name="X")).status_code == 428


def test_archiving_asks_why_and_restoring_takes_it_back() -> None:
    home = office()
    company = registered(home)
    client = client_of(home.officer)
    archive = reverse("companies:company_archive", args=[company.pk])
    assert client.get(archive).status_code == 200
    refused = client.post(archive, {"version": 1, "reason": " "})
    assert refused.status_code == 422
    assert 'href="#id_reason"' in refused.content.decode()
    page = client.post(archive, {"version": 1, "reason": "Closed"}, follow=True).content.decode()
    assert "Closed" in page
    assert "archived" in page
    assert client.get(reverse("companies:company_edit", args=[company.pk])).status_code == 409
    assert client.get(archive).status_code == 409
    restore = reverse("companies:company_restore", args=[company.pk])
    assert client.get(restore).status_code == 405
    assert client.post(restore, {"version": "x"}).status_code == 428
    assert "in use again" in client.post(restore, {"version": 2}, follow=True).content.decode()


def test_a_restore_that_meets_its_number_elsewhere_says_so() -> None:
    home = office()
    company = registered(home)
    archive_company(home.actor("officer"), company.pk, 1, "Closed")
    registered(home, name="Twin Co")
    client = client_of(home.officer)
    page = client.post(reverse("companies:company_restore", args=[company.pk]), {"version": 2}, follow=True)
    assert "Twin Co has this number already" in page.content.decode()


HOSTILE = "<script>alert(1)</script> \u202eknalb\u200f \u0627\u0644\u0646\u0648\u0631"


def test_hostile_names_are_inert_and_kept_apart() -> None:
    home = office()
    values = {
        "name": HOSTILE,
        "place": HOSTILE,
        "sector": HOSTILE,
        "note": HOSTILE,
        "names": [{"name": f"2 {HOSTILE}"}],
        "lines": [{"category": "appliances", "note": HOSTILE}],
        "contacts": [{"name": HOSTILE, "position": HOSTILE}],
    }
    company = register_company(home.actor("officer"), values)
    assert "\u202e" not in company.name
    assert "\u200f" in company.name
    client = client_of(home.officer)
    for address in (
        reverse("companies:company_list"),
        *(reverse(f"companies:{name}", args=[company.pk]) for name in ("company", "company_edit", "company_archive")),
    ):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        for before in re.findall(r"(<[^>]*>)\s*(?:2 )?&lt;script&gt;alert", page.split("<main")[1]):
            assert before.startswith(("<bdi", "<option", "<textarea", "<p>", "<p ", "<strong", "<lead")), before


def test_formulas_in_names_are_text_in_every_file() -> None:
    home = office()
    register_company(home.actor("officer"), {"name": "=HYPERLINK(1)", "place": "+1", "sector": "@x"})
    client = client_of(home.officer)
    address = reverse("companies:company_list")
    told = client.get(address, {"download": "csv"}).content.decode()
    row = next(csv.DictReader(io.StringIO(told)))
    assert (row["name"], row["place"], row["sector"]) == ("'=HYPERLINK(1)", "'+1", "'@x")
    assert json.loads(client.get(address, {"download": "json"}).content)["data"][0]["name"] == "=HYPERLINK(1)"
    book = client.get(address, {"download": "xlsx"})
    assert book.headers["Content-Type"].startswith("application/vnd.openxmlformats")
    assert row["records"] == "0"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"search": "x" * 100_000}, 400),
        ({"sort": "created_by__password"}, 400),
        ({"sort": "-password"}, 400),
        ({"state": "removed"}, 400),
        ({"page": "0"}, 400),
        ({"page": "-1"}, 400),
        ({"page": "1e9"}, 400),
        ({"page": "999999"}, 200),
        ({"organisation": "x", "created_by__password__startswith": "p"}, 200),
        ({"search": "a\x00"}, 400),
        ({"search": "((((((a+)+)+)+$"}, 200),
        ({"category": "x' OR 1=1 --"}, 200),
        ({"download": "exe"}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused(query: dict[str, str], status: int) -> None:
    home = office()
    registered(home)
    assert client_of(home.officer).get(reverse("companies:company_list"), query).status_code == status


def test_the_page_tells_of_records_lines_and_history() -> None:
    home = office()
    company = registered(home)
    RecordFactory(company=company, created_by=home.officer)
    edit_company(home.actor("officer"), company.pk, 1, {"place": "Hangzhou"})
    page = client_of(home.reviewer).get(reverse("companies:company", args=[company.pk])).content.decode()
    for word in (
        "1 record",
        "Kazakhstan",
        "registered",
        "edited",
        "Hangzhou",
        "/products/841821/",
        "/categories/hi-tech/",
    ):
        assert word in page, word


def test_a_list_of_fifty_makes_as_many_queries_as_a_list_of_one() -> None:
    home = office()
    registered(home)
    client = client_of(home.officer)
    address = reverse("companies:company_list")
    client.get(address)
    with CaptureQueriesContext(connection) as of_one:
        client.get(address)
    for number in range(30):
        register_company(home.actor("officer"), HANDIAN | {"name": f"Company {number}", "registration_number": ""})
    with CaptureQueriesContext(connection) as of_many:
        assert "31 companies" in client.get(address).content.decode()
    assert len(of_many) == len(of_one)


def test_pages_of_companies_are_kept_by_nobody_and_strangers_sign_in() -> None:
    home = office()
    company = registered(home)
    for name, args in (("company_list", []), ("company_new", []), ("company", [company.pk])):
        address = reverse(f"companies:{name}", args=args)
        assert client_of(home.officer).get(address).headers["Cache-Control"] == "private, no-store"
        assert Client().get(address).status_code == 302
