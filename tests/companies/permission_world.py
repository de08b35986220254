"""Two offices with one of each thing, and everybody who could ask for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models as django_models
from django.test import Client

from companies import models
from companies.models import ApiKey, Membership, Role, User
from tests.companies.office import CompanyFactory, Office, PersonFactory, RecordFactory, office

LATER = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
ANONYMOUS, STRANGER, STAFF = "anonymous", "stranger", "staff"
ROLES = (*Role.values, STRANGER, STAFF, ANONYMOUS)


@dataclass(frozen=True, slots=True)
class World:
    """home: the office whose people ask. own, other: a thing of each kind by its name, of the office and of another.

    clients: by role, signed in; a page of a stranger and of staff without an organisation too.
    """

    home: Office
    own: Mapping[str, django_models.Model]
    other: Mapping[str, django_models.Model]
    clients: Mapping[str, Client]
    people: Mapping[str, User]


def world() -> World:
    """The world as each test finds it."""
    home, away = office(), office()
    people = {role: getattr(home, role) for role in Role.values}
    people[STRANGER] = PersonFactory()
    people[STAFF] = PersonFactory(is_staff=True, is_superuser=True)
    clients = {ANONYMOUS: Client()}
    for role, person in people.items():
        clients[role] = Client()
        clients[role].force_login(person)
    return World(home, _things(home), _things(away), clients, people)


def _things(of: Office) -> dict[str, django_models.Model]:
    """One of each kind, of the officer where it is somebody's own, so that only its visibility is asked."""
    member = Membership.objects.get(user=of.officer)
    company = CompanyFactory(organisation=of.organisation, created_by=of.officer)
    mine = {"organisation": of.organisation, "owner": of.officer}
    record = RecordFactory(company=company)
    things: dict[str, django_models.Model] = {
        "organisation": of.organisation,
        "membership": Membership.objects.get(user=of.viewer),
        "company": company,
        "record": record,
        # of the admin: its owner could change it, which no other role but an admin could
        "view": models.SavedView.objects.create(
            organisation=of.organisation, owner=of.admin, name="Shared", is_shared=True
        ),
        "selection": models.Selection.objects.create(**mine, versions={str(record.pk): 1}, count=1),
    }
    dated = {"organisation": of.organisation, "membership": member, "expires_at": LATER}
    # of the admin: an officer could end their own, which no other role could
    things["key"] = _key(of, Membership.objects.get(user=of.admin))
    things["share"] = models.ShareLink.objects.create(**dated, name="Link", secret_hash=f"{of.organisation.pk}"[:64])
    things["export"] = models.ListExport.objects.create(**dated, language="en", form="csv")
    things["invitation"] = models.Invitation.objects.create(
        organisation=of.organisation,
        email=f"new-{of.organisation.pk}@example.com",
        role=Role.VIEWER,
        secret_hash=f"i{of.organisation.pk}",
        invited_by=of.admin,
        expires_at=LATER,
    )
    things["publication"] = models.Publication.objects.create(
        organisation=of.organisation, year=2024, number=1, rule={}, published_by=of.reviewer
    )
    return things


def _key(of: Office, member: Membership) -> ApiKey:
    prefix = str(of.organisation.pk)[-12:]
    return ApiKey.objects.create(
        organisation=of.organisation,
        membership=member,
        name="Key",
        prefix=prefix,
        secret_hash="-",
        scopes=["read:records"],
    )


Kwargs = Callable[[Mapping[str, django_models.Model]], dict[str, Any]]
