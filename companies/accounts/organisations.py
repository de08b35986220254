"""Organisations: made by a person, who becomes their admin, and edited by admins."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from companies.access import Action, Actor, hidden, require
from companies.changes import changed, fields_of
from companies.errors import FieldsRejected, InvalidField, TooManyToday, VersionConflict, VersionMissing
from companies.models import Membership, Organisation, Role, User
from companies.models.names import plain_name
from companies.queries.changes import last_author
from companies.queries.organisations import made_today, membership_in_force
from markets.models import Area

MOST_ORGANISATIONS_A_DAY: Final = 10
_FIELDS: Final = ("name", "kind", "home")


@transaction.atomic
def create_organisation(actor: Actor, name: str, kind: str, home: str | None = None) -> Organisation:
    """A new organisation with the actor as its admin. home: code of an area.

    Raises SignInNeeded, FieldsRejected; TooManyToday after ten within a day; HiddenObject for a key, which belongs to
    one organisation alone.
    """
    person = actor.person
    if actor.api_key is not None:
        raise hidden(Organisation, name)
    values = _checked(name, kind, home)
    # Two requests of one person at one moment must count each other.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if made_today(person.pk) >= MOST_ORGANISATIONS_A_DAY:
        raise TooManyToday(most=MOST_ORGANISATIONS_A_DAY, kind=_("organisations"))
    organisation = Organisation.objects.create(**values)
    Membership.objects.create(organisation=organisation, user=person, role=Role.ADMIN)
    after = fields_of(organisation, _FIELDS)
    changed(actor, "made", organisation, after=after, organisation_id=organisation.pk)
    return organisation


@transaction.atomic
def edit_organisation(
    actor: Actor, organisation_id: uuid.UUID, version: int | None, *, name: str, kind: str, home: str | None
) -> Organisation:
    """The organisation under another name, kind or home.

    Raises what `require` does; FieldsRejected; VersionMissing, and VersionConflict when it is not the one last read.
    """
    organisation = held(actor, organisation_id)
    if version is None:
        raise VersionMissing
    if organisation.version != version:
        raise VersionConflict(kind=_("The organisation"), author=last_author(organisation))
    values = _checked(name, kind, home)
    before = fields_of(organisation, _FIELDS)
    for field, value in values.items():
        setattr(organisation, field, value)
    after = fields_of(organisation, _FIELDS)
    if after != before:
        organisation.version += 1
        organisation.save(update_fields=[*values, "version"])
        changed(actor, "edited", organisation, before=before, after=after, organisation_id=organisation.pk)
    return organisation


def held(actor: Actor, organisation_id: uuid.UUID, action: Action = Action.MANAGE) -> Organisation:
    """The organisation in our hands until the transaction ends: who changes members waits for the others.

    The role is read again, for somebody may just have taken it from the actor. Raises what `require` does.
    """
    require(actor, action, organisation_id)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    now = membership_in_force(organisation_id, actor.person.pk)
    require(replace(actor, roles={organisation_id: now.role} if now else {}), action, organisation_id)
    return organisation


def version_up(membership: Membership) -> None:
    """Write the role of a membership as its next version."""
    membership.version = F("version") + 1
    membership.save(update_fields=["role", "version"])
    membership.refresh_from_db()


def _checked(name: str, kind: str, home: str | None) -> dict[str, object]:
    faults = []
    plain = plain_name(name)
    if not 1 <= len(plain) <= 200:
        faults.append(
            InvalidField(pointer="/name", field=_("Name"), expected=_("write a name of at most 200 characters"))
        )
    if kind not in Organisation.Kind.values:
        faults.append(
            InvalidField(pointer="/kind", field=_("Kind"), expected=_("choose a trade office or an exporter"))
        )
    area = Area.objects.filter(code=home, is_aggregate=False).first() if home else None
    if home and area is None:
        expected = _("choose a country of the list")
        faults.append(InvalidField(pointer="/home", field=_("Country or region"), expected=expected))
    if faults:
        raise FieldsRejected(faults=faults, count=len(faults))
    return {"name": plain, "kind": kind, "home": area}
