"""Every address x role x own or another's x method. An address without a row in the table fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import models as django_models
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from companies.access import ALLOWED, PERSONAL, SCOPED, Action
from companies.models import ApiKey, Role
from tests.companies.permission_table import ANONYMOUS, ANYONE, EXEMPT, FIXED, PERSON, STAFF, TABLE, Row
from tests.companies.permission_world import AWAY, READING, REVOKED, ROLES, World, keys_in, visitor, world

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What is open to everybody is one page for all: HEAD is asked by one of them.
_OF_OPEN = tuple(method for method in METHODS if method != "HEAD")
SAFE = frozenset({"GET", "HEAD"})
# Where staff come in and go out, and what is handed on to the page where everybody changes their password.
_DOOR = {"admin:login", "admin:logout", "admin:password_change"}
Expected = Callable[[int], bool]


@pytest.fixture
def here(settings: Any) -> World:
    settings.ACCOUNT_RATE_LIMITS = False  # all ask from one address, more often than people do
    return world()


def addresses(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every address by its full name; one without a name by its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield ":".join([*spaces, entry.name or str(entry.pattern)]), entry
        else:
            yield from addresses(entry, (*spaces, entry.namespace) if entry.namespace else spaces)


ADDRESSES = dict(addresses())
# What programs of members ask with a key.
OF_PROGRAMS = sorted(name for name, row in TABLE.items() if name.startswith("api:") and row.read != ANYONE)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    named = {name for name in ADDRESSES if not name.startswith("admin:")}
    assert named - TABLE.keys() - EXEMPT.keys() == set(), "a new address needs a row in permission_table.py"
    assert (TABLE.keys() | EXEMPT.keys()) - named == set()


@pytest.mark.parametrize("name", sorted(TABLE))
def test_who_may_do_what(name: str, here: World) -> None:
    row, wrong = TABLE[name], []
    for whose, address in _places(name, row, here):
        for role in ROLES:
            for method in METHODS if row.is_private or role == ANONYMOUS else _OF_OPEN:
                expected = _expected(name, role, whose, method)
                status = _status(here.clients[role], method, address, row)
                if not expected(status):
                    wrong.append(f"{role} {whose} {method} {address}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", OF_PROGRAMS)
def test_what_a_key_may_do(name: str, here: World) -> None:
    """A key may what its member may, of its own organisation, within its scopes; one that was revoked, nothing."""
    row, wrong, client = TABLE[name], [], visitor()
    keys = keys_in(here)
    for whose, address in _places(name, row, here):
        for holder, text in keys.items():
            for method in METHODS:
                expected = _expected_of_key(name, holder, whose, method)
                status = _status(client, method, address, row, Authorization=f"Bearer {text}")
                if not expected(status):
                    wrong.append(f"{holder} {whose} {method} {address}: {status}")
    assert not wrong, "\n".join(wrong)


def test_staff_pages_are_for_staff_alone(here: World) -> None:
    wrong = []
    for name in sorted(name for name in ADDRESSES if name.startswith("admin:") and name not in _DOOR):
        address = _address_of_staff(name)
        for role in ROLES:
            status = _status(here.clients[role], "GET", address, Row())
            # what is kept by the product itself, no staff may add or delete
            is_right = status in {200, 302, 403, 404} if role == STAFF else status == 401
            if not is_right:
                wrong.append(f"{role} {address}: {status}")
    assert not wrong, "\n".join(wrong)


def test_who_is_no_staff_is_refused_at_the_way_in_of_staff(here: World) -> None:
    for role in set(ROLES) - {STAFF}:
        status = _status(here.clients[role], "GET", reverse("admin:login"), Row())
        assert status == (401 if role == ANONYMOUS else 403), role


def _address_of_staff(name: str) -> str:
    entry = ADDRESSES[name]
    if entry.name is None:  # whatever else stands below
        return reverse("admin:index") + "unknown/"
    kwargs = {each: FIXED.get(each, "1") for each in entry.pattern.converters}
    if "app_label" in entry.pattern.regex.groupindex:
        kwargs["app_label"] = "markets"
    return reverse(name, kwargs=kwargs)


def _places(name: str, row: Row, here: World) -> Iterator[tuple[str, str]]:
    """The address of one's own thing, and of another organisation's where it names one."""
    yield "own", _address(name, row, here.own)
    if row.thing:
        yield "other", _address(name, row, here.other)


def _address(name: str, row: Row, things: Mapping[str, django_models.Model]) -> str:
    kwargs: dict[str, Any] = {}
    for each in ADDRESSES[name].pattern.converters:
        if row.thing and each in {"key", "id"}:
            kwargs[each] = things[row.thing].pk
        elif row.thing and each in things:  # what stands beside the thing
            kwargs[each] = things[each].pk
        else:
            kwargs[each] = row.fixed.get(each, FIXED.get(each))
    return str(reverse(name, kwargs=kwargs)) + row.query


def _status(client: Client, method: str, address: str, row: Row, **headers: str) -> int:
    """The status of the answer, which is taken back; 401 also where a page sends people to the way in."""
    body, kind = (row.body, "application/json") if row.is_json else (urlencode(row.sent), _FORM)
    if method in SAFE or method == "OPTIONS":
        body, sent = "", headers
    else:
        sent = {**row.headers, **headers}
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        response = client.generic(method, address, body, content_type=kind, headers=sent)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies)
    is_sent_in = response.status_code == 302 and response.headers["Location"].startswith(_ways_in())
    return 401 if is_sent_in else int(response.status_code)


def _ways_in() -> tuple[str, str]:
    return reverse("account_login"), reverse("admin:login")


_FORM = "application/x-www-form-urlencoded"


def _expected(name: str, role: str, whose: str, method: str) -> Expected:
    """A test of the status."""
    row = TABLE[name]
    if method == "OPTIONS":
        return lambda status: status < 500
    needed, stated = row.needed(method), row.answer(role)
    if needed is None:
        return _one_of(_refusal(name, row, role), *([stated] if stated else []))
    if stated is not None:
        return _one_of(stated)
    if role == ANONYMOUS and needed != ANYONE:
        return _one_of(401)
    if needed in {ANYONE, PERSON} or (needed, role) == (STAFF, STAFF):
        return _goes_or_misses if row.may_miss else _goes
    return _one_of(403) if needed == STAFF else _by_action(row, needed, role, whose)


def _refusal(name: str, row: Row, role: str) -> int:
    """How a method is refused that is not taken; the library's pages look first who asks."""
    return 401 if role == ANONYMOUS and row.is_private and ":" not in name else 405


def _by_action(row: Row, needed: str, role: str, whose: str) -> Expected:
    if whose == "other":
        return _one_of(404)
    if role not in Role.values:
        # Who belongs to no organisation: its things do not exist, and there is no list to show but of one's own.
        return _goes if needed in PERSONAL and not row.thing else _one_of(404 if row.thing else 409)
    if row.owners and role not in row.owners:
        return _one_of(404)
    if Action(needed) in ALLOWED[role]:
        return _goes_or_misses if row.may_miss else _goes
    return _one_of(404 if row.hidden else 403)


def _expected_of_key(name: str, holder: str, whose: str, method: str) -> Expected:
    if method == "OPTIONS":
        return lambda status: status < 500
    if holder == REVOKED:
        return _one_of(405 if TABLE[name].needed(method) is None else 401)
    if holder == AWAY:
        # What is its own is the other's here, and its lists show its own.
        turned = "own" if whose == "other" or not TABLE[name].thing else "other"
        return _expected(name, Role.ADMIN, turned, method)
    if holder == READING and not _reading_covers(TABLE[name].needed(method)):
        return _one_of(404 if whose == "other" or TABLE[name].hidden else 403)
    return _expected(name, Role.ADMIN if holder == READING else holder, whose, method)


def _reading_covers(needed: str | None) -> bool:
    """Whether the scope of the key that only reads goes so far; nothing is refused for what needs no action."""
    return needed not in set(Action) or Action(str(needed)) in SCOPED[ApiKey.Scope.READ_RECORDS]


def _one_of(*statuses: int) -> Expected:
    return lambda status: status in statuses


def _goes(status: int) -> bool:
    return status < 500 and status not in {401, 403, 404, 405}


def _goes_or_misses(status: int) -> bool:
    return _goes(status) or status == 404
