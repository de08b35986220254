"""Links for readers without an account: little is shown, and they die with whoever made them."""

from __future__ import annotations

import uuid

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from companies.accounts.sharing import link_of, make_link, revoke_link
from companies.errors import FieldsRejected, HiddenObject, LinkGone, NotAllowed
from companies.models import Change, Membership, ShareLink, User
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db
SHARED = "/en/shared/"
LINKS = "/en/records/shares/"


@pytest.fixture
def here() -> Office:
    found = office()
    company = CompanyFactory(
        organisation=found.organisation,
        created_by=found.officer,
        name="Qingdao Cold",
        registration_number="91370200X",
        note="owes us",
    )
    company.contacts.create(name="Li Wei", email="li@example.com")
    RecordFactory(company=company, document_reference="CD-1", note="our remark", customs_office="Khorgos")
    RecordFactory(company=company, destination_id="UZB")
    return found


@pytest.fixture(autouse=True)
def unlimited(settings: LazySettings) -> None:
    settings.API_RATE_ANON = 0


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(secret: str) -> int:
    return Client().get(SHARED, {"secret": secret}).status_code


def test_a_link_shows_the_list_without_people_references_and_remarks(here: Office) -> None:
    query = "destination=KAZ&columns=company,value,document_reference,note,entered_by,customs_office,origin_reference"
    made = make_link(here.actor("reviewer"), "For the chamber", query, 7)
    page = Client().get(SHARED, {"secret": made.secret})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Qingdao Cold" in text
    assert "1,000,000" in text
    for hidden in ("CD-1", "our remark", "91370200X", "Li Wei", "li@example.com", "owes us", "Khorgos", "Uzbekistan"):
        assert hidden not in text
    for user in (here.officer, here.reviewer):
        assert user.name not in text
        assert user.email not in text
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert not page.cookies


def test_the_secret_is_shown_once_and_kept_as_a_hash(here: Office) -> None:
    client = signed_in(here.reviewer)
    sent = client.post(LINKS, {"name": "One", "days": "30", "query": ""})
    secret = sent.context["address"].partition("secret=")[2]
    assert read(secret) == 200
    assert secret not in client.get(LINKS).content.decode()
    assert secret not in str(ShareLink.objects.values().get())
    assert secret not in str(list(Change.objects.values()))


@pytest.mark.parametrize("end", ["revoked", "expired", "removed", "demoted", "inactive"])
def test_a_link_dies_at_once(end: str, here: Office) -> None:
    made = make_link(here.actor("reviewer"), "One", "", 7)
    assert read(made.secret) == 200
    member = Membership.objects.filter(user=here.reviewer)
    if end == "revoked":
        revoke_link(here.actor("reviewer"), made.link.pk)
    elif end == "expired":
        ShareLink.objects.update(expires_at=timezone.now())
    elif end == "removed":
        member.update(ended_at=timezone.now())
    elif end == "demoted":
        member.update(role="officer")
    else:
        User.objects.filter(pk=here.reviewer.pk).update(is_active=False)
    assert read(made.secret) == 410
    with pytest.raises(LinkGone):
        link_of(made.secret)


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "x" * 5000, "\udcff", "' OR 1=1"])
def test_a_wrong_secret_is_answered_as_a_dead_one(secret: str, here: Office) -> None:
    made = make_link(here.actor("reviewer"), "One", "", 7)
    revoke_link(here.actor("reviewer"), made.link.pk)
    with pytest.raises(LinkGone):
        link_of(secret)
    bodies = {Client().get(SHARED, {"secret": each}).content for each in (made.secret, "x" * 43)}
    assert len(bodies) <= 2


def test_who_may_share_and_for_how_long(here: Office) -> None:
    for role in ("viewer", "officer"):
        with pytest.raises(NotAllowed):
            make_link(here.actor(role), "One", "", 7)
        assert signed_in(getattr(here, role)).get(LINKS).status_code == 403
    for name, days in (("", 7), ("One", 0), ("One", 366), ("x" * 101, 7)):
        with pytest.raises(FieldsRejected):
            make_link(here.actor("admin"), name, "", days)
    refused = signed_in(here.admin).post(LINKS, {"name": "", "days": "x", "query": ""})
    assert refused.status_code == 422
    assert len(refused.context["problems"]) == 2
    assert ShareLink.objects.count() == 0


def test_links_are_revoked_by_their_maker_and_admins_alone(here: Office) -> None:
    made = make_link(here.actor("reviewer"), "One", "", 7)
    other = office()
    for client in (signed_in(other.admin), signed_in(other.reviewer)):
        assert client.post(f"{LINKS}{made.link.pk}/revoke/").status_code == 404
        assert client.post(f"{LINKS}{uuid.uuid4()}/revoke/").status_code == 404
        assert "One" not in client.get(LINKS).content.decode()
    with pytest.raises(HiddenObject):
        revoke_link(here.actor("officer"), made.link.pk)
    assert signed_in(here.admin).post(f"{LINKS}{made.link.pk}/revoke/").status_code == 302
    assert read(made.secret) == 410
    actions = Change.objects.filter(object_kind="sharelink").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["shared", "revoked"]


def test_one_address_reads_so_often_a_minute(here: Office, settings: LazySettings) -> None:
    settings.API_RATE_ANON = 2
    made = make_link(here.actor("reviewer"), "One", "", 7)
    reader = Client(REMOTE_ADDR=f"fd00:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}:1::1")
    answers = [reader.get(SHARED, {"secret": made.secret}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) >= 0


def test_only_reading_is_asked_of_a_link(here: Office) -> None:
    made = make_link(here.actor("reviewer"), "One", "", 7)
    assert Client().post(f"{SHARED}?secret={made.secret}").status_code == 405
