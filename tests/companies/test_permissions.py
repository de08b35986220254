"""Every address x role x own or another's x method. An address without a row in the table fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import models as django_models
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from companies.access import ALLOWED, Action
from companies.models import Role
from tests.companies.permission_table import ANYONE, EXEMPT, FIXED, PERSON, TABLE, Row
from tests.companies.permission_world import ANONYMOUS, ROLES, STAFF, World, world

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = frozenset({"GET", "HEAD"})
# Where staff come in and go out.
_DOOR = {"admin:login", "admin:logout"}


def addresses(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every address by its full name; one without a name by its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield ":".join([*spaces, entry.name or str(entry.pattern)]), entry
        else:
            yield from addresses(entry, (*spaces, entry.namespace) if entry.namespace else spaces)


ADDRESSES = dict(addresses())


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    named = {name for name in ADDRESSES if not name.startswith("admin:")}
    assert named - TABLE.keys() - EXEMPT.keys() == set(), "a new address needs a row in permission_table.py"
    assert (TABLE.keys() | EXEMPT.keys()) - named == set()


@pytest.mark.parametrize("name", sorted(TABLE))
def test_who_may_do_what(name: str) -> None:
    row, here = TABLE[name], world()
    wrong = []
    for role in ROLES:
        for whose in ("own", "other") if row.thing else ("own",):
            address = _address(name, row, here.own if whose == "own" else here.other)
            for method in METHODS:
                expected = _expected(row, role, whose, method, is_api=name.startswith("api"))
                status = _status(here, role, method, address, row)
                if not (expected(status) or (row.may_miss and status == 404)):
                    wrong.append(f"{role} {whose} {method} {address}: {status}")
    assert wrong == []


@pytest.mark.parametrize("name", sorted(name for name in ADDRESSES if name.startswith("admin:") and name not in _DOOR))
def test_staff_pages_are_for_staff_alone(name: str) -> None:
    here = world()
    kwargs = {each: FIXED.get(each, "1") for each in ADDRESSES[name].pattern.converters}
    if name == "admin:app_list":
        kwargs["app_label"] = "markets"
    try:
        address = reverse(name, kwargs=kwargs)
    except Exception:  # noqa: BLE001 Django's own catch-all has no address of its own
        return
    for role in set(ROLES) - {STAFF}:
        assert here.clients[role].get(address).status_code in {302, 403, 404}, role


def _address(name: str, row: Row, things: Mapping[str, django_models.Model]) -> str:
    kwargs: dict[str, Any] = {}
    for each in ADDRESSES[name].pattern.converters:
        if row.thing and each in {"key", "id"}:
            kwargs[each] = things[row.thing].pk
        else:
            kwargs[each] = row.fixed.get(each, FIXED.get(each))
    return str(reverse(name, kwargs=kwargs)) + row.query


def _status(here: World, role: str, method: str, address: str, row: Row) -> int:
    client: Client = here.clients[role]
    sent: dict[str, Any] = {} if method in SAFE or method == "OPTIONS" else dict(row.sent)
    with transaction.atomic():
        if row.is_json and sent is not None and method not in SAFE:
            response = client.generic(method, address, row.body, content_type="application/json", headers=row.headers)
        else:
            response = client.generic(method, address, **sent)
        transaction.set_rollback(True)
    return int(response.status_code)


def _expected(row: Row, role: str, whose: str, method: str, *, is_api: bool) -> Callable[[int], bool]:
    """A test of the status."""
    needed = row.needed(method)
    if method == "OPTIONS":
        return lambda status: status < 500
    if needed is None:
        refused = {405, 302, 401, 403, 404} if row.is_private else {405}
        return lambda status: status in refused
    if role == ANONYMOUS and needed != ANYONE:
        return lambda status: status == (401 if is_api else 302)
    if needed in {ANYONE, PERSON} or (needed, role) == (STAFF, STAFF):
        return _goes
    return (lambda status: status == 403) if needed == STAFF else _by_action(row, needed, role, whose)


def _by_action(row: Row, needed: str, role: str, whose: str) -> Callable[[int], bool]:
    if whose == "other":
        return lambda status: status == 404
    if role not in Role.values:
        # Who belongs to no organisation: its things do not exist, its lists are nobody's.
        return lambda status: status in {403, 404, 409}
    if Action(needed) in ALLOWED[role]:
        return _goes if row.owner in {"", role} else (lambda status: status == 404)
    return lambda status: status in {403, 404}


def _goes(status: int) -> bool:
    return status < 500 and status not in {401, 403, 404, 405}
