"""Two offices with one of each thing, and everybody who could ask for it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.hashers import make_password
from django.db import models as django_models
from django.db.models.functions import Now
from django.http import HttpRequest
from django.test import Client

from companies import models
from companies.alerts.facts import Facts
from companies.models import ApiKey, Membership, Role, User
from config.accounts import BEGAN, USED
from tests.companies.office import CompanyFactory, Office, PersonFactory, RecordFactory, office
from tests.companies.permission_table import ANONYMOUS, STAFF, STRANGER
from tests.companies.programs import key_text

LATER = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
ROLES = (*Role.values, STRANGER, STAFF, ANONYMOUS)
# Keys beside those of the roles: of an admin that may only read, of one that was revoked, of another office's admin.
READING, REVOKED, AWAY = "reading", "revoked", "away"
_ANSWERING = Client().handler
# Made once: to make one takes as long as a page.
_PASSWORD = make_password("correct horse battery staple")


@dataclass(frozen=True, slots=True)
class World:
    """home: the office whose people ask; away: another. own, other: a thing of each kind by its name, of either.

    clients: by role, signed in and just asked for their password; of a stranger and of staff without an organisation
    too.
    """

    home: Office
    away: Office
    own: Mapping[str, django_models.Model]
    other: Mapping[str, django_models.Model]
    clients: Mapping[str, Client]


def world() -> World:
    """The world as each request finds it."""
    home, away = office(), office()
    people = {role: getattr(home, role) for role in Role.values}
    people[STRANGER] = PersonFactory()
    people[STAFF] = PersonFactory(is_staff=True, is_superuser=True)
    clients = {ANONYMOUS: visitor()} | {role: _signed_in(person) for role, person in people.items()}
    return World(home, away, _things(home), _things(away), clients)


def visitor() -> Client:
    """Whoever comes first; all share what answers them, which takes its time to load."""
    client = Client()
    client.handler = _ANSWERING
    return client


def _signed_in(person: User) -> Client:
    """Whoever came in by their password, and typed it once more a moment ago."""
    person.password = _PASSWORD
    person.save()
    client = visitor()
    client.force_login(person)
    request = HttpRequest()
    request.session, request.user = client.session, person
    record_authentication(request, person, "password", reauthenticated=True)
    # used a moment ago too: the first request of a session writes that down
    request.session.update({BEGAN: int(time.time()), USED: int(time.time())})
    request.session.save()
    return client


def keys_in(here: World) -> dict[str, str]:
    """Texts of API keys of home by role, each for all that the role allows; and `READING`, `REVOKED`, `AWAY`."""
    home, away = here.home, here.away
    keys = {role: key_text(home, role) for role in Role.values}
    keys[REVOKED] = key_text(home, Role.ADMIN)
    ApiKey.objects.filter(prefix=keys[REVOKED][4:14]).update(revoked_at=Now())
    keys[READING] = key_text(home, Role.ADMIN, ApiKey.Scope.READ_RECORDS)
    keys[AWAY] = key_text(away, Role.ADMIN)
    return keys


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
        # of the admin: whoever made it could change it too
        "view": models.SavedView.objects.create(
            organisation=of.organisation, owner=of.admin, name="Shared", is_shared=True
        ),
        "selection": models.Selection.objects.create(**mine, versions={str(record.pk): 1}, count=1),
    }
    dated = {"organisation": of.organisation, "membership": member, "expires_at": LATER}
    things["key"] = _key(of, Membership.objects.get(user=of.viewer))
    things["share"] = models.ShareLink.objects.create(
        **dated | {"membership": Membership.objects.get(user=of.admin)},
        name="Link",
        secret_hash=str(of.organisation.pk),
    )
    things["export"] = models.ListExport.objects.create(
        **dated, language="en", form="csv", content=b"value", count=0, ready_at=Now()
    )
    things["invitation"] = models.Invitation.objects.create(
        organisation=of.organisation,
        email=f"new-{of.organisation.pk}@example.com",
        role=Role.VIEWER,
        secret_hash=f"i{of.organisation.pk}",
        invited_by=of.admin,
        expires_at=LATER,
    )
    things["import"] = models.Import.objects.create(
        organisation=of.organisation,
        created_by=of.officer,
        via="web",
        language="en",
        file_name="records.csv",
        size_bytes=5,
        sha256="0" * 64,
        expires_at=LATER,
    )
    things["mapping"] = models.SavedMapping.objects.create(
        organisation=of.organisation, name="Mapping", fingerprint="0" * 64, mapping={}, created_by=of.officer
    )
    things["publication"] = models.Publication.objects.create(
        organisation=of.organisation, year=2024, number=1, rule={}, published_by=of.reviewer
    )
    return things | _tracked(of)


def _tracked(of: Office) -> dict[str, django_models.Model]:
    """What the officer tracks and is told of, which is nobody else's."""
    mine = {"person": of.officer}
    target = models.TargetMarket.objects.create(**mine, market_id="KAZ")
    rule = models.AlertRule.objects.create(**mine, target=target, kind="revised", market_id="KAZ")
    return {
        "target": target,
        "removed_target": models.TargetMarket.objects.create(**mine, market_id="UZB", removed_at=Now()),
        "entry": models.TargetEntry.objects.create(target=target, author=of.officer, text="Seen"),
        "rule": rule,
        "alert": models.Alert.objects.create(
            **mine, rule=rule, target=target, event="release:1", facts=Facts(count=1).packed()
        ),
    }


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
