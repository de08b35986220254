"""Who may see and do what: the only place that decides.

An `Actor` is whoever asks, with the roles they hold this moment: it is read from the database with every request, so
whoever was removed is a stranger on the next one. Every query of people's data begins with `seen`, and every write
with `require`. What is not seen does not exist: another organisation's object is not found, whatever is asked of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from companies.errors import HiddenObject, NoOrganisation, NotAllowed, ScopeMissing, SignInNeeded, TargetOfColleague
from companies.models import (
    Alert,
    AlertRule,
    ApiKey,
    Change,
    Company,
    ExportRecord,
    Import,
    Invitation,
    ListExport,
    Membership,
    Organisation,
    Publication,
    Role,
    SavedMapping,
    SavedView,
    Selection,
    ShareLink,
    TargetEntry,
    TargetMarket,
    User,
)

Row = TypeVar("Row", bound=models.Model)


class Action(StrEnum):
    """What can be done in an organisation."""

    READ = "read"  # companies, records, saved views, members' names
    READ_TARGETS = "read_targets"  # target markets of companies and those shared; and, anywhere, one's own and alerts
    TRACK = "track"  # target markets, alert rules and alerts of one's own: for everyone who is signed in
    TRACK_COMPANIES = "track_companies"  # target markets of companies
    READ_CONTACTS = "read_contacts"  # contacts' addresses, registration numbers
    READ_CHANGES = "read_changes"  # the organisation's whole change log
    WRITE = "write"  # enter, edit, submit, comment, bulk edit, save and share views
    IMPORT = "import"  # bring records in from files, and take them back
    SHARE_OUTSIDE = "share_outside"  # links for readers without an account
    REVIEW = "review"  # approve, return, publish
    OWN_KEYS = "own_keys"  # keys of one's own
    MANAGE = "manage"  # members, invitations, everybody's keys and links, settings


_READS: Final = frozenset({Action.READ, Action.READ_TARGETS, Action.TRACK, Action.OWN_KEYS})
_WRITES: Final = _READS | {Action.READ_CONTACTS, Action.WRITE, Action.IMPORT, Action.TRACK_COMPANIES}
_REVIEWS: Final = _WRITES | {Action.READ_CHANGES, Action.SHARE_OUTSIDE, Action.REVIEW}
ALLOWED: Final[Mapping[str, frozenset[Action]]] = {
    Role.VIEWER: _READS,
    Role.OFFICER: _WRITES,
    Role.REVIEWER: _REVIEWS,
    Role.ADMIN: _REVIEWS | {Action.MANAGE},
}
# What a key can do at most: the union of its scopes, within the role of the member who made it.
SCOPED: Final[Mapping[str, frozenset[Action]]] = {
    ApiKey.Scope.READ_MARKET: frozenset(),
    ApiKey.Scope.READ_RECORDS: frozenset({Action.READ, Action.READ_CONTACTS, Action.READ_CHANGES}),
    ApiKey.Scope.WRITE_RECORDS: frozenset({Action.READ, Action.READ_CONTACTS, Action.WRITE, Action.IMPORT}),
    ApiKey.Scope.IMPORT: frozenset({Action.READ, Action.IMPORT}),
    ApiKey.Scope.READ_TARGETS: frozenset({Action.READ_TARGETS}),
    ApiKey.Scope.WRITE_TARGETS: frozenset({Action.READ_TARGETS, Action.TRACK, Action.TRACK_COMPANIES}),
    ApiKey.Scope.REVIEW_RECORDS: frozenset({Action.READ, Action.READ_CONTACTS, Action.REVIEW}),
    ApiKey.Scope.ADMIN: frozenset({Action.READ, Action.READ_CHANGES, Action.MANAGE}),
}
# Seen by everyone who may do this; what belongs to persons within an organisation is narrowed in `_narrowed`.
_SEEN_WITH: Final[Mapping[type[models.Model], Action]] = {
    Company: Action.READ,
    ExportRecord: Action.READ,
    SavedView: Action.READ,
    Selection: Action.WRITE,
    ListExport: Action.READ,
    Import: Action.IMPORT,
    SavedMapping: Action.IMPORT,
    Publication: Action.READ,
    Change: Action.READ_CHANGES,
    Membership: Action.READ,
    Invitation: Action.MANAGE,
    ApiKey: Action.OWN_KEYS,
    ShareLink: Action.SHARE_OUTSIDE,
    TargetMarket: Action.READ_TARGETS,
    AlertRule: Action.READ_TARGETS,
    Alert: Action.READ_TARGETS,
}
# What a person does with what is their own needs no organisation; a key needs its scope.
PERSONAL: Final = frozenset({Action.READ_TARGETS, Action.TRACK})


# What people call a thing that is not there for them.
_CALLED: Final[Mapping[type[models.Model], str]] = {
    Company: gettext_noop("company"),
    ExportRecord: gettext_noop("export record"),
    SavedView: gettext_noop("saved view"),
    Selection: gettext_noop("selection"),
    ListExport: gettext_noop("file"),
    Import: gettext_noop("import"),
    SavedMapping: gettext_noop("saved mapping"),
    Publication: gettext_noop("publication"),
    Change: gettext_noop("change"),
    Membership: gettext_noop("member"),
    Invitation: gettext_noop("invitation"),
    ApiKey: gettext_noop("API key"),
    ShareLink: gettext_noop("link"),
    Organisation: gettext_noop("organisation"),
    TargetMarket: gettext_noop("target market"),
    TargetEntry: gettext_noop("note"),
    AlertRule: gettext_noop("alert rule"),
    Alert: gettext_noop("alert"),
}

# What is read with a row in one question: read after it, its job could be over while the row says that it is not.
_OF_ONE_MOMENT: Final[Mapping[type[models.Model], str]] = {Import: "job", ListExport: "job"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks. roles: organisation -> role, of memberships in force; a key brings its own organisation alone.

    working_in: the organisation whose lists are shown and where new things are made; None for who belongs to none.
    user None: nobody signed in. scopes None: a person, not a key.
    """

    user: User | None = None
    roles: Mapping[uuid.UUID, str] = field(default_factory=dict)
    working_in: uuid.UUID | None = None
    via: str = Change.Via.WEB
    api_key: ApiKey | None = None
    scopes: frozenset[str] | None = None
    request_id: str = ""

    @property
    def person(self) -> User:
        """Raises SignInNeeded where nobody signed in."""
        if self.user is None:
            raise SignInNeeded
        return self.user

    @property
    def organisation_id(self) -> uuid.UUID:
        """Where the actor works. Raises SignInNeeded, NoOrganisation."""
        _ = self.person
        if self.working_in is None:
            raise NoOrganisation
        return self.working_in

    def may(self, action: Action, organisation_id: uuid.UUID | None = None) -> bool:
        """Whether this is allowed there; where the actor works when no organisation is named."""
        role = self.roles.get(organisation_id or self.working_in or uuid.UUID(int=0))
        return role is not None and action in ALLOWED[role] and self._in_scope(action)

    def may_own(self, action: Action) -> bool:
        """Whether this is allowed with what is the actor's own, in no organisation or any."""
        return self.user is not None and action in PERSONAL and self._in_scope(action)

    def where(self, action: Action) -> list[uuid.UUID]:
        """The organisations where this is allowed."""
        return [each for each in self.roles if self.may(action, each)]

    def _in_scope(self, action: Action) -> bool:
        return self.scopes is None or any(action in SCOPED[scope] for scope in self.scopes)


NOBODY: Final = Actor()


def actor_of_person(user: User, *, wanted: uuid.UUID | None = None, **beside: Any) -> Actor:
    """A person with the roles held this moment. wanted: the organisation to work in, where they belong to it."""
    rows = Membership.objects.filter(user=user, ended_at__isnull=True).order_by("began_at", "pk")
    roles = dict(rows.values_list("organisation_id", "role"))
    working_in = wanted if wanted in roles else next(iter(roles), None)
    return Actor(user=user, roles=roles, working_in=working_in, **beside)


def actor_of_key(key: ApiKey, *, request_id: str = "") -> Actor:
    """The program that holds a key: its member's role in its one organisation, within its scopes."""
    membership = key.membership
    return Actor(
        user=membership.user,
        roles={key.organisation_id: membership.role},
        working_in=key.organisation_id,
        via=Change.Via.API,
        api_key=key,
        scopes=frozenset(key.scopes),
        request_id=request_id,
    )


def require(actor: Actor, action: Action, organisation_id: uuid.UUID | None = None) -> uuid.UUID:
    """The organisation, where the actor may do this in it.

    Raises SignInNeeded, NoOrganisation; HiddenObject for an organisation of others; NotAllowed, ScopeMissing.
    """
    wanted = organisation_id or actor.organisation_id
    _ = actor.person
    role = actor.roles.get(wanted)
    if role is None:
        raise hidden(Organisation, wanted)
    if action not in ALLOWED[role]:
        raise NotAllowed(organisation=Organisation.objects.get(pk=wanted).name, needed=_needed(action))
    if not actor.may(action, wanted):
        assert actor.api_key is not None  # noqa: S101 only a key has scopes
        raise ScopeMissing(key=actor.api_key.name, scope=_scope(action))
    return wanted


def require_own(actor: Actor, action: Action) -> User:
    """The actor's person, where they may do this with what is their own. Raises SignInNeeded, ScopeMissing."""
    person = actor.person
    if not actor.may_own(action):
        assert actor.api_key is not None  # noqa: S101 only a key has scopes
        raise ScopeMissing(key=actor.api_key.name, scope=_scope(action))
    return person


def require_for(actor: Actor, action: Action, thing: models.Model | None = None) -> None:
    """What is personal is asked of the person; all else of the organisation of the thing, or where the actor works.

    Raises what `require` and `require_own` do.
    """
    if action in PERSONAL:
        require_own(actor, action)
    else:
        require(actor, action, getattr(thing, "organisation_id", None))


def require_target(actor: Actor, target: TargetMarket) -> None:
    """The actor may change this target market, which they see: their own, or a company's.

    One that a colleague shared is only read. Raises TargetOfColleague, NotAllowed, ScopeMissing, SignInNeeded.
    """
    if target.organisation_id is not None:
        require(actor, Action.TRACK_COMPANIES, target.organisation_id)
        return
    if target.person_id != require_own(actor, Action.TRACK).pk:
        raise TargetOfColleague(name=target.person.shown_name if target.person else "")


def seen(actor: Actor, model: type[Row], action: Action | None = None) -> QuerySet[Row]:
    """The rows of a model that exist for the actor, of all organisations where they may see them.

    action: what must be allowed; by the model's own rule when not given.
    """
    needed = action or _SEEN_WITH[model]
    places = actor.where(needed)
    rows = model._default_manager.all()  # noqa: SLF001 Django's documented name
    if model in (TargetMarket, AlertRule, Alert):
        return rows.filter(_own_or_shared(actor, model, needed, places))
    return _narrowed(actor, rows.filter(organisation_id__in=places))


def working_on(actor: Actor, model: type[Row], action: Action | None = None) -> QuerySet[Row]:
    """The same, of the organisation the actor works in alone: what lists show.

    Raises SignInNeeded, NoOrganisation; NotAllowed where the whole list is not for the actor's role.
    """
    return seen(actor, model, action).filter(organisation_id=require(actor, action or _SEEN_WITH[model]))


def one(actor: Actor, model: type[Row], key: object, action: Action | None = None) -> Row:
    """The row with this id. Raises SignInNeeded; HiddenObject where it does not exist for the actor."""
    _ = actor.person
    rows = seen(actor, model, action)
    if model in _OF_ONE_MOMENT:
        rows = rows.select_related(_OF_ONE_MOMENT[model])
    try:
        return rows.get(pk=key)
    except (model.DoesNotExist, ValueError, ValidationError) as missing:  # type: ignore[attr-defined]
        raise hidden(model, key) from missing


def hidden(model: type[models.Model], key: object) -> HiddenObject:
    """What is raised for a thing that is not there for whoever asks, be it of others or of nobody."""
    return HiddenObject(kind=_CALLED[model], key=key)


def working_where(actor: Actor, thing: models.Model) -> Actor:
    """The actor at work in the organisation of a thing they see, whichever lists they look at otherwise."""
    return replace(actor, working_in=thing.organisation_id)  # type: ignore[attr-defined]


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """The organisations the actor belongs to."""
    return Organisation.objects.filter(pk__in=list(actor.roles))


def _narrowed(actor: Actor, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Within an organisation, what is a person's own: views that are not shared, selections, files, keys, links."""
    mine = actor.user
    managed = Q(organisation_id__in=actor.where(Action.MANAGE))
    if rows.model is SavedView:
        return rows.filter(Q(is_shared=True) | Q(owner=mine))
    if rows.model is Selection:
        return rows.filter(owner=mine)
    if rows.model is ListExport:
        return rows.filter(membership__user=mine)
    if rows.model in (ApiKey, ShareLink):
        return rows.filter(Q(membership__user=mine) | managed)
    return rows


def _own_or_shared(actor: Actor, model: type[models.Model], action: Action, places: list[uuid.UUID]) -> Q:
    """One's own; of target markets also those of companies, and those that colleagues share while they belong there.

    An alert or rule that tells of an organisation's records exists only while its person may read them.
    """
    mine = Q(person=actor.user) if actor.may_own(action) else Q(pk__in=())
    if model is not TargetMarket:
        # A key of target markets alone reads no records, and nothing that names companies because of them.
        return mine & (Q(organisation=None) | Q(organisation_id__in=actor.where(Action.READ)))
    shared = Q(shared_with_id__in=places, removed_at=None)
    return mine | Q(organisation_id__in=places) | shared


def _needed(action: Action) -> str:
    return next(Role(role).label for role in Role.values if action in ALLOWED[role])


def _scope(action: Action) -> str:
    return next((str(scope) for scope, actions in SCOPED.items() if action in actions), "")
