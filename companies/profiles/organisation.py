"""An organisation as its members see it: itself, who belongs to it, who is invited, and the keys of their programs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Action, Actor
from companies.accounts.keys import scopes_of_role
from companies.models import ApiKey, Invitation, Membership, Organisation, Role
from companies.models.names import mixes_scripts
from companies.profiles.people import PersonRef, person_ref
from companies.queries import organisations as rows
from markets.queries.reference import FOCUS_MARKETS, markets

KIND_WORDS: Final[Mapping[str, Promise]] = {
    Organisation.Kind.TRADE_OFFICE: _lazy("Trade office"),
    Organisation.Kind.EXPORTER: _lazy("Exporter"),
}


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """An organisation by name. is_suspect: a word of it mixes letters of scripts that look alike."""

    id: uuid.UUID
    name: str
    is_suspect: bool


@dataclass(frozen=True, slots=True)
class WorkingPlace:
    """Where a person works, and the other organisations they could turn to. here None: they belong to none.

    may_review: whether they decide on records and read the change log there. may_import: whether they bring in files.
    """

    here: OrganisationRef | None
    others: tuple[OrganisationRef, ...]
    may_review: bool
    may_import: bool


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """The organisation worked in. role: the reader's own. home empty: not stated."""

    organisation: OrganisationRef
    kind: str
    home: str
    role: str
    member_count: int
    made_at: dt.datetime
    version: int
    may_manage: bool


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A person who belongs to it. email: for admins; empty for others. key_count: keys of theirs that work."""

    id: int
    person: PersonRef
    is_suspect: bool
    email: str
    role: str
    role_words: str
    since: dt.datetime
    version: int
    is_me: bool
    key_count: int


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """A letter that can still be accepted."""

    id: uuid.UUID
    email: str
    role: str
    invited_by: PersonRef
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Everybody of the organisation. invitations: for admins."""

    organisation: OrganisationRef
    members: tuple[MemberLine, ...]
    invitations: tuple[InvitationLine, ...]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key; nothing of its secret. is_live: it opens something now."""

    id: uuid.UUID
    name: str
    prefix: str
    owner: PersonRef
    is_mine: bool
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    made_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class KeysPage:
    """One's own keys; for admins everybody's of the organisation."""

    organisation: OrganisationRef
    keys: tuple[KeyLine, ...]
    sees_all: bool


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """What a letter offers, to whoever holds it; not to which address it went."""

    organisation: OrganisationRef
    role: str
    invited_by: PersonRef
    expires_at: dt.datetime


def organisation_ref(organisation: Organisation) -> OrganisationRef:
    """An organisation by name."""
    return OrganisationRef(organisation.pk, organisation.name, mixes_scripts(organisation.name))


def working_place(actor: Actor) -> WorkingPlace:
    """Where the actor works; nowhere for who is signed out or belongs to no organisation."""
    known = [organisation_ref(each) for each in rows.own_organisations(actor)] if actor.roles else []
    here = next((each for each in known if each.id == actor.working_in), None)
    return WorkingPlace(
        here, tuple(each for each in known if each is not here), actor.may(Action.REVIEW), actor.may(Action.IMPORT)
    )


def organisation_page(actor: Actor) -> OrganisationPage:
    """The organisation worked in. Raises SignInNeeded, NoOrganisation."""
    organisation = rows.working_organisation(actor)
    return OrganisationPage(
        organisation=organisation_ref(organisation),
        kind=kind_words(organisation.kind),
        home=organisation.home.name if organisation.home else "",
        role=role_words(actor.roles[organisation.pk]),
        member_count=rows.members(actor).count(),
        made_at=organisation.created_at,
        version=organisation.version,
        may_manage=actor.may(Action.MANAGE),
    )


def members_page(actor: Actor) -> MembersPage:
    """Everybody of the organisation worked in. Raises SignInNeeded, NoOrganisation."""
    may_manage = actor.may(Action.MANAGE)
    live = Q(api_keys__revoked_at=None) & (Q(api_keys__expires_at=None) | Q(api_keys__expires_at__gt=timezone.now()))
    members = rows.members(actor).annotate(key_count=Count("api_keys", filter=live))
    return MembersPage(
        organisation=organisation_ref(rows.working_organisation(actor)),
        members=tuple(
            _member_line(actor, member, key_count=member.key_count, sees_address=may_manage) for member in members
        ),
        invitations=tuple(map(_invitation_line, rows.open_invitations(actor))) if may_manage else (),
        may_manage=may_manage,
    )


def keys_page(actor: Actor) -> KeysPage:
    """Keys of the organisation worked in, as far as the actor sees them. Raises SignInNeeded, NoOrganisation."""
    return KeysPage(
        organisation=organisation_ref(rows.working_organisation(actor)),
        keys=tuple(_key_line(actor, key) for key in rows.keys(actor)),
        sees_all=actor.may(Action.MANAGE),
    )


def invitation_page(invitation: Invitation) -> InvitationPage:
    """What a letter offers."""
    return InvitationPage(
        organisation=organisation_ref(invitation.organisation),
        role=role_words(invitation.role),
        invited_by=person_ref(invitation.invited_by),
        expires_at=invitation.expires_at,
    )


def kind_words(kind: str) -> str:
    """What a kind of organisation is called."""
    return str(KIND_WORDS[kind])


def role_words(role: str) -> str:
    """What a role is called."""
    return _(Role(role).label)


def scope_words(scope: str) -> str:
    """What a scope is called."""
    return _(ApiKey.Scope(scope).label)


def scope_choices(actor: Actor) -> list[tuple[str, str]]:
    """The scopes that a key of the actor's can be made for. Raises SignInNeeded, NoOrganisation."""
    return [(scope.value, scope_words(scope)) for scope in scopes_of_role(actor.roles[actor.organisation_id])]


def home_choices() -> list[tuple[str, str]]:
    """Countries and areas by name; those the product was made for first."""
    order = {code: place for place, code in enumerate(FOCUS_MARKETS)}
    listed = sorted(markets(), key=lambda area: (order.get(area.code, len(order)), area.name))
    return [(area.code, area.name) for area in listed]


def _member_line(actor: Actor, member: Membership, *, key_count: int, sees_address: bool) -> MemberLine:
    return MemberLine(
        id=member.pk,
        person=person_ref(member.user),
        is_suspect=mixes_scripts(member.user.name),
        email=member.user.email if sees_address else "",
        role=member.role,
        role_words=role_words(member.role),
        since=member.began_at,
        version=member.version,
        is_me=member.user_id == actor.person.pk,
        key_count=key_count,
    )


def _invitation_line(invitation: Invitation) -> InvitationLine:
    return InvitationLine(
        id=invitation.pk,
        email=invitation.email,
        role=role_words(invitation.role),
        invited_by=person_ref(invitation.invited_by),
        expires_at=invitation.expires_at,
    )


def _key_line(actor: Actor, key: ApiKey) -> KeyLine:
    return KeyLine(
        id=key.pk,
        name=key.name,
        prefix=f"sgd_{key.prefix}",
        owner=person_ref(key.membership.user),
        is_mine=key.membership.user_id == actor.person.pk,
        scopes=tuple(map(scope_words, key.scopes)),
        networks=tuple(key.networks),
        made_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
        is_live=key.revoked_at is None and (key.expires_at is None or key.expires_at > timezone.now()),
    )
