"""The first admin: by a link that serves once, and never by a default password."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.accounts.first_admin import become_first_admin, check_first_admin_link, new_first_admin_link
from companies.errors import AdminExists, FieldsRejected, FirstAdminLinkGone
from companies.models import Change, FirstAdminLink, Membership, Organisation, User
from tests.companies.office import PersonFactory

pytestmark = pytest.mark.django_db
SENT = {"email": "Admin@Example.com", "name": "Admin", "password": "four words of mine", "organisation": "Office"}


def secret_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["secret"][0]


def test_the_link_makes_an_admin_who_is_signed_in_once() -> None:
    said = io.StringIO()
    call_command("first_admin", stdout=said)
    address = next(line.strip() for line in said.getvalue().splitlines() if "http" in line)
    secret = secret_of(address)
    client = Client()
    opened = client.get(reverse("companies:first_admin"), {"secret": secret})
    assert opened.headers["Referrer-Policy"] == "same-origin"
    made = client.post(reverse("companies:first_admin"), {"secret": secret, **SENT})
    assert made.headers["Location"] == reverse("companies:organisation")
    admin = User.objects.get()
    assert (admin.email, admin.is_staff, admin.is_superuser) == ("admin@example.com", True, True)
    assert admin.check_password(SENT["password"])
    assert admin.emailaddress_set.get().verified
    assert Membership.objects.get().role == "admin"
    assert client.get(reverse("companies:organisation")).status_code == 200
    assert list(Change.objects.order_by("id").values_list("action", flat=True)) == ["became_first_admin", "made"]

    again = Client()
    assert again.get(reverse("companies:first_admin"), {"secret": secret}).status_code == 410
    second = again.post(reverse("companies:first_admin"), {"secret": secret, **SENT, "email": "two@example.com"})
    assert second.status_code == 410
    assert User.objects.count() == 1


def test_without_an_admin_every_start_voids_the_link_before_and_with_one_there_is_none() -> None:
    first = secret_of(new_first_admin_link())
    second = secret_of(new_first_admin_link())
    with pytest.raises(FirstAdminLinkGone):
        check_first_admin_link(first)
    link = check_first_admin_link(second)
    assert second not in link.secret_hash
    FirstAdminLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(FirstAdminLinkGone):
        check_first_admin_link(second)
    third = secret_of(new_first_admin_link())
    PersonFactory(is_staff=True)
    with pytest.raises(FirstAdminLinkGone):
        become_first_admin(third, email="a@example.com", name="", password=SENT["password"])
    with pytest.raises(AdminExists):
        new_first_admin_link()
    with pytest.raises(CommandError, match="runs this installation"):
        call_command("first_admin", stdout=io.StringIO())
    said = io.StringIO()
    call_command("first_admin", if_none=True, stdout=said)
    assert said.getvalue() == ""


def test_who_left_or_was_switched_off_runs_nothing() -> None:
    PersonFactory(is_staff=True, is_superuser=True, is_active=False)
    assert "secret=" in new_first_admin_link()


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"password": "12345678"}, "/password"),
        ({"password": "admin@example.com"}, "/password"),
        ({"email": "nobody"}, "/email"),
        ({"email": "taken@example.com"}, "/email"),
        ({"name": "x" * 151}, "/name"),
        ({"organisation": "\u200b"}, "/name"),
    ],
)
def test_what_is_wrong_leaves_the_link_and_makes_nobody(wrong: dict[str, Any], pointer: str) -> None:
    PersonFactory(email="taken@example.com")
    secret = secret_of(new_first_admin_link())
    with pytest.raises(FieldsRejected) as refused:
        become_first_admin(secret, **{**SENT, **wrong})
    assert [fault.context["pointer"] for fault in refused.value.context["faults"]] == [pointer]
    assert User.objects.count() == 1
    assert not Organisation.objects.exists()
    check_first_admin_link(secret)


def test_the_form_takes_no_secret_that_is_wrong_and_says_what_is() -> None:
    secret = secret_of(new_first_admin_link())
    client = Client()
    for wrong in ("", "nonsense", "é" * 100):
        assert client.get(reverse("companies:first_admin"), {"secret": wrong}).status_code in {400, 410}
    refused = client.post(reverse("companies:first_admin"), {"secret": secret, **SENT, "password": "12345678"})
    assert refused.status_code == 422
    assert "too common" in refused.content.decode()
    assert "12345678" not in refused.content.decode()
