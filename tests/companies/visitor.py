"""Somebody at a browser, for the tests of accounts: each has an address and a mailbox that no other test has."""

from __future__ import annotations

import re
import secrets
import uuid
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import Client

from companies.accounts.people import trust_address
from companies.models import User
from tests.companies.office import PersonFactory

PASSWORD = "correct horse 9"
CODE = re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", re.MULTILINE)


def unused_network() -> str:
    """An IPv6 address nobody else counts with: attempts are counted for all tests together."""
    return f"fd00:{':'.join(uuid.uuid4().hex[at : at + 4] for at in (0, 4, 8))}::1"


def unused_address() -> str:
    return f"ann-{secrets.token_hex(6)}@example.com"


class Visitor(Client):
    """A browser without a session, at a computer of its own."""

    def __init__(self, **beside: Any) -> None:
        super().__init__(**{"REMOTE_ADDR": unused_network(), **beside})

    def signs_up(self, email: str, name: str = "Ann", password: str = PASSWORD) -> HttpResponse:
        return self.post("/en/accounts/signup/", {"name": name, "email": email, "password1": password})

    def signs_in(self, email: str, password: str = PASSWORD, **query: str) -> HttpResponse:
        return self.post("/en/accounts/login/", {"login": email, "password": password, **query})

    def again(self, answer: HttpResponse, password: str = PASSWORD) -> HttpResponse:
        """Give the password once more where the answer asks for it: what was asked before is done then."""
        assert answer["Location"].startswith("/en/accounts/reauthenticate/"), answer
        return self.post(answer["Location"], {"password": password})

    def types_code(self, code: str, path: str = "/en/accounts/confirm-email/") -> HttpResponse:
        return self.post(path, {"code": code})

    @property
    def is_in(self) -> bool:
        return self.get("/en/my/settings/").status_code == 200


def person(**of_person: Any) -> User:
    """Somebody who can sign in with PASSWORD."""
    someone: User = PersonFactory(**{"email": unused_address(), "password": PASSWORD, **of_person})
    trust_address(someone)
    return someone


def letter_to(email: str) -> str:
    """The newest letter to an address: its subject and its text."""
    found = [letter for letter in mail.outbox if letter.to == [email]][-1]
    return f"{found.subject}\n{found.body}"


def code_to(email: str) -> str:
    found = CODE.search(letter_to(email))
    assert found, letter_to(email)
    return found.group()
