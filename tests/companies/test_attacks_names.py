"""Names that are markup, quotes or turned round: plain text on every page, in every letter and file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.test import Client

from companies.access import actor_of_person
from companies.accounts.invitations import invite
from companies.accounts.keys import make_key
from companies.models import ApiKey, ExportRecord, Membership, ShareLink
from companies.queries.records import RecordQuestion
from companies.records import bulk, deciding, views
from companies.records.companies import register_company
from companies.records.entering import edit_record, enter_record
from companies.records.publishing import publish_sums
from tests.companies.office import CompanyFactory, Office, RecordFactory, office
from tests.companies.permission_table import TABLE
from tests.companies.record_world import entries
from tests.companies.test_permissions import _address

pytestmark = pytest.mark.django_db

MARK = "pwned"
HOSTILE = f"\"><script>{MARK}(1)</script><img src=x onerror={MARK}(2)>'{{{{7*7}}}}"
TURNED = "\u202egnp.exe\u2066\u200f"
NAME = f"{HOSTILE} {TURNED}"
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
ISOLATING = {"bdi", "title", "option", "textarea", "script", "datalist"}


class Page(HTMLParser):
    """A page as a browser takes it apart. found: what the hostile name has become, where it is more than text."""

    VOID = frozenset({"br", "img", "input", "link", "meta", "hr", "col", "source", "wbr"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.has_name = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if any(name.startswith("on") for name in given) or given.get("src") == "x":
            self.found.append(self.get_starttag_text() or tag)
        if any((value or "").strip().lower().startswith("javascript:") for value in given.values()):
            self.found.append(self.get_starttag_text() or tag)
        if tag not in self.VOID:
            is_apart = given.get("dir") == "auto" or "visually-hidden" in (given.get("class") or "")
            self.open.append((tag, tag in ISOLATING or is_apart))

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        self.has_name = self.has_name or MARK in data
        if MARK in data and self.open and self.open[-1][0] in {"script", "style"}:
            self.found.append(data)
        if BIDI.search(data) and not any(isolates for _tag, isolates in self.open):
            self.found.append(f"turned round outside of <bdi>, in <{self.open[-1][0]}>: {data.strip()[:80]!a}")


@pytest.fixture
def here() -> Office:
    """An office where everything that can have a name has a hostile one."""
    made = office(name=HOSTILE)
    for person in (made.viewer, made.officer, made.reviewer, made.admin):
        person.name = HOSTILE[:150]
        person.save()
    return made


@pytest.fixture
def things(here: Office) -> dict[str, Any]:
    officer, admin = here.actor("officer"), here.actor("admin")
    company = register_company(
        officer,
        {
            "name": NAME,
            "place": NAME[:100],
            "sector": NAME[:100],
            "registration_number": HOSTILE[:50],
            "names": [{"name": f"other {NAME}", "language": "zh", "kind": "alias"}],
            "lines": [{"category": "appliances", "hs_code": "8418", "hs_revision": "HS2022", "note": NAME}],
            "contacts": [{"name": NAME, "position": NAME, "email": "a@example.com", "phone": "1"}],
            "note": NAME,
        },
    )
    said = dict.fromkeys(("customs_office", "document_reference", "note"), NAME)
    record = enter_record(officer, entries(company, **said))
    record = edit_record(officer, record.pk, record.version, {"note": f"again {NAME}"})
    deciding.comment(officer, record.pk, NAME)
    waiting = enter_record(officer, entries(company, destination="KAZ", **said))
    deciding.submit(officer, waiting.pk, waiting.version)
    for number in range(3):
        other = CompanyFactory(organisation=here.organisation, created_by=here.officer, name=f"{NAME} {number}")
        RecordFactory(company=other, status="approved", decided_by=here.reviewer, submitted_by=here.officer)
    made = {
        "company": company,
        "record": record,
        "view": views.save_view(admin, HOSTILE[:90], "", is_shared=True),
        "publication": publish_sums(here.actor("reviewer"), 2024),
        "selection": bulk.select_records(officer, RecordQuestion()),
        "organisation": here.organisation,
        "membership": Membership.objects.get(user=here.viewer),
        "invitation": invite(admin, "new@example.com", "viewer"),
        "key": make_key(admin, HOSTILE[:90], [ApiKey.Scope.READ_RECORDS])[0],
    }
    ShareLink.objects.create(
        organisation=here.organisation,
        membership=Membership.objects.get(user=here.admin),
        name=HOSTILE[:90],
        secret_hash="-",
        expires_at="2099-01-01T00:00:00Z",
    )
    return made


def pages(here: Office, things: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every page of the table that can be read, to whom it shows most."""
    for name, row in TABLE.items():
        if not name.startswith("companies:") or row.read is None or (row.thing and row.thing not in things):
            continue
        client = Client()
        client.force_login(here.officer if "officer" in row.owners else here.admin)
        answer = client.get(_address(name, row, things))
        if answer.status_code == 200:
            yield name, answer.content.decode()
    published = Client().get(f"/en/published/{here.organisation.pk}/")
    yield "published", published.content.decode()


def test_a_hostile_name_is_text_on_every_page(here: Office, things: dict[str, Any]) -> None:
    seen, found = {}, {}
    for name, text in pages(here, things):
        page = Page(text)
        seen[name] = page.has_name
        found |= {name: page.found} if page.found else {}
    assert found == {}
    assert {name for name, shows in seen.items() if shows} >= {
        "companies:record_list",
        "companies:record",
        "companies:record_edit",
        "companies:company_list",
        "companies:company",
        "companies:company_edit",
        "companies:approvals",
        "companies:changes",
        "companies:members",
        "companies:keys",
        "companies:shares",
        "companies:publishing",
        "published",
    }


def test_problems_and_merges_show_hostile_entries_as_text(here: Office, things: dict[str, Any]) -> None:
    client = Client()
    client.force_login(here.officer)
    record = things["record"]
    form = client.get(f"/en/records/{record.pk}/edit/").context["page"].form
    typed = {field.name: field.value() or "" for field in form}
    faulty = client.post(f"/en/records/{record.pk}/edit/", typed | {"value": HOSTILE, "period": HOSTILE})
    edit_record(here.actor("admin"), record.pk, record.version, {"note": f"theirs {NAME}"})
    merge = client.post(f"/en/records/{record.pk}/edit/", typed | {"note": f"mine {NAME}"})
    assert (faulty.status_code, merge.status_code) == (422, 412)
    searches = [client.get(path, {"search": NAME}) for path in ("/en/records/", "/en/companies/", "/en/approvals/")]
    for answer in (faulty, merge, *searches):
        assert Page(answer.content.decode()).found == []


@pytest.mark.usefixtures("things")
def test_a_letter_holds_a_hostile_name_on_one_line_as_text(here: Office) -> None:
    invite(actor_of_person(here.admin), "another@example.com", "officer")
    for letter in mail.outbox:
        assert "\n" not in letter.subject
        assert letter.content_subtype == "plain"
        assert not getattr(letter, "alternatives", [])
        for text in (letter.subject, letter.body):
            assert "\u202e" not in text
            assert text.count("\u2068") == text.count("\u2069") > 0


@pytest.mark.usefixtures("things")
def test_files_hold_hostile_names_as_they_are_and_their_own_name_is_plain(here: Office) -> None:
    client = Client()
    client.force_login(here.admin)
    for path in ("records/", "companies/", "audit/", f"published/{here.organisation.pk}/"):
        for form in ("csv", "json", "xlsx"):
            answer = client.get(f"/en/{path}?download={form}")
            assert answer.status_code == 200, path
            disposition = answer["Content-Disposition"]
            assert disposition.startswith("attachment")
            assert re.fullmatch(r"[\x20-\x7e]+", disposition)
            assert "<" not in disposition
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "html" not in answer["Content-Type"]


def test_names_of_people_organisations_keys_and_links_lose_what_turns_text_round() -> None:
    made = office(name="Office")
    client = Client()
    client.force_login(made.admin)
    client.post("/en/org/", {"name": f"Office {TURNED}", "kind": "trade_office", "home": "", "version": "1"})
    made.organisation.refresh_from_db()
    key = make_key(made.actor("admin"), f"key {TURNED}", [ApiKey.Scope.READ_RECORDS])[0]
    view = views.save_view(made.actor("admin"), f"view {TURNED}", "", is_shared=False)
    for name in (made.organisation.name, key.name, view.name):
        assert not BIDI.search(name), ascii(name)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference_facts")
def test_one_form_sent_twice_at_the_same_moment_enters_one_record() -> None:
    home = office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer, name="Ningbo Handian")
    asking = Client()
    asking.force_login(home.officer)
    form = asking.get("/en/records/new/").context["page"].form
    typed = {field.name: field.value() or "" for field in form} | entries(company) | {"company": str(company.pk)}
    together = Barrier(4)

    def press(_press: int) -> tuple[int, str]:
        client = Client()
        client.cookies = asking.cookies
        together.wait()
        try:
            answer = client.post("/en/records/new/", typed)
        finally:
            connections.close_all()
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(press, range(4)))
    record = ExportRecord.objects.get()
    assert {answer[0] for answer in answers} == {302}
    assert {answer[1] for answer in answers} == {f"/en/records/{record.pk}/"}
