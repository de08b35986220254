"""Programs with keys and people with sessions, for the tests of the API."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from companies.access import actor_of_person
from companies.accounts.keys import make_key, scopes_of_role
from companies.models import Membership, User
from tests.companies.office import Office

ROOT = "/api/v1/"


class Caller:
    """Whoever calls the API: with a key, with a session and the token of a page, or as a stranger."""

    def __init__(self, client: Client | None = None, **headers: str) -> None:
        self.client = client or Client(enforce_csrf_checks=True)
        self.headers = headers

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response to a request; body as JSON, or text as it is."""
        sent = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        place = path if path.startswith("/") else ROOT + path
        kind = given.pop("Content-Type", "application/json")
        return self.client.generic(method, place, sent, content_type=kind, headers={**self.headers, **given})

    def json(self, path: str) -> Any:
        """The answer of an address that must be there."""
        response = self("GET", path)
        assert response.status_code == 200, response.content
        return response.json()


def key_text(office: Office, role: str, *scopes: str) -> str:
    """A new key of the person with this role, for all that the role allows unless scopes are named."""
    person: User = getattr(office, role)
    actor = actor_of_person(person, wanted=office.organisation.pk)
    held = Membership.objects.get(user=person, organisation=office.organisation)
    return make_key(actor, "program", scopes or scopes_of_role(held.role))[1]


def program(office: Office, role: str, *scopes: str) -> Caller:
    """A program of the person with this role."""
    return Caller(Authorization=f"Bearer {key_text(office, role, *scopes)}")


def signed_in(person: User, *, with_token: bool = True) -> Caller:
    """A person who is signed in, with the token of a page or without."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    token = "a" * 32
    client.cookies["csrftoken"] = token
    return Caller(client, **({"X-CSRFToken": token} if with_token else {}))


def statement(company: Any, **more: Any) -> dict[str, Any]:
    """What a program states of a company's exports."""
    said = {
        "company": str(company.pk),
        "destination": "KAZ",
        "category": "appliances",
        "period": "2025-01/2025-04",
        "value": "20.7",
        "multiplier": 1_000_000,
        "currency": "CNY",
    }
    return {name: value for name, value in (said | more).items() if value is not ...}
