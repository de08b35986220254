"""Every page of an office on a phone in Chinese and on a dark desk: nothing beside the window, nobody shut out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from companies.accounts.invitations import invite
from companies.accounts.keys import make_key
from companies.models import ApiKey
from companies.queries.records import RecordQuestion
from companies.records import bulk, deciding
from companies.records.companies import register_company
from companies.records.entering import edit_record, enter_record
from companies.records.publishing import publish_sums
from tests.browser.colleagues import Meet, forget_offices
from tests.browser.conftest import committed
from tests.companies.office import CompanyFactory, RecordFactory, office
from tests.companies.record_world import entries

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LONG = "宁波韩电电器有限公司 · Ningbo Handian Electric Appliance Manufacturing Joint-Stock Company"
WINDOWS = {
    "phone": ("zh-hans", {"viewport": {"width": 360, "height": 780}}),
    "desk-dark": ("en", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
}


@pytest.fixture(scope="module")
def paths(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:  # noqa: ARG001 the facts first
    """An office at work, and the address of each of its pages; `session` is of its admin."""
    with django_db_blocker.unblock():
        yield committed(at_work)
        committed(forget_offices)


def at_work() -> dict[str, str]:
    here = office(name="Trade office of Ningbo")
    officer, reviewer = here.actor("officer"), here.actor("reviewer")
    company = register_company(
        officer,
        {
            "name": LONG,
            "registration_number": "91330200MA2AGXXX01",
            "home": "CHN",
            "place": "宁波",
            "names": [{"name": "Нинбо Ханьдянь Электроприборы", "language": "ru", "kind": "official"}],
            "lines": [{"category": "appliances", "hs_code": "8418", "hs_revision": "HS2022", "note": ""}],
            "contacts": [{"name": "王芳", "position": "", "email": "fang@example.com", "phone": "+86 574 000000"}],
            "note": "Sells through Yiwu.",
        },
    )
    draft = enter_record(officer, entries(company))
    draft = edit_record(officer, draft.pk, draft.version, {"value": "20.8", "note": "Corrected by telephone."})
    waiting = enter_record(officer, entries(company, destination="KAZ", period="2024", stated_growth_pct=""))
    waiting = deciding.submit(officer, waiting.pk, waiting.version)
    deciding.comment(officer, waiting.pk, "Please look at the HS code.")
    for number in range(3):
        other = CompanyFactory(organisation=here.organisation, created_by=here.officer, name=f"Company {number}")
        RecordFactory(company=other, status="approved", decided_by=here.reviewer, submitted_by=here.officer)
    publish_sums(reviewer, 2024)
    admin = here.actor("admin")
    invite(admin, "guest@example.com", "viewer")
    make_key(admin, "nightly job", [ApiKey.Scope.READ_RECORDS])
    chosen = bulk.select_records(admin, RecordQuestion())
    client = Client()
    client.force_login(here.admin)
    record, registered = f"records/{draft.pk}/", f"companies/{company.pk}/"
    return {
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "records": "records/",
        "records of a question": "records/?status=draft&hs=84&sort=-value&columns=value,currency,period,note",
        "record": record,
        "record that waits": f"records/{waiting.pk}/",
        "record form": "records/new/",
        "edit of a record": f"{record}edit/",
        "many": f"records/selections/{chosen.pk}/",
        "files": "records/exports/",
        "links": "records/shares/",
        "companies": "companies/",
        "company": registered,
        "company form": "companies/new/",
        "edit of a company": f"{registered}edit/",
        "archive of a company": f"{registered}archive/",
        "approvals": "approvals/",
        "publishing": "publishing/",
        "audit": "audit/",
        "organisation": "org/",
        "members": "org/members/",
        "keys": "my/api-keys/",
        "settings": "my/settings/",
        "your data": "my/privacy/",
        "published": "published/",
        "published by one": f"published/{here.organisation.pk}/",
    }


@pytest.mark.parametrize("window", WINDOWS)
def test_no_page_of_an_office_scrolls_sideways_or_shuts_anybody_out(
    window: str, meet: Meet, paths: dict[str, str]
) -> None:
    language, asked = WINDOWS[window]
    admin = meet(**asked)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": paths["session"], "url": admin.visit.address}
    admin.page.context.add_cookies([cookie])
    for name, path in paths.items():
        if name == "session":
            continue
        admin.opens(f"/{language}/{path}")
        assert admin.page.locator("h1").count() == 1, name
        admin.has_no_fault(name)
