"""Who belongs to an organisation, in which role, and what ends with a membership."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import ALLOWED, Action, Actor, hidden, one
from companies.accounts.organisations import held, version_up
from companies.accounts.sessions import end_sessions
from companies.changes import changed, fields_of
from companies.errors import FieldsRejected, InvalidField, LastAdmin, VersionConflict, VersionMissing
from companies.models import (
    AlertRule,
    ApiKey,
    Invitation,
    ListExport,
    Membership,
    Organisation,
    Role,
    Selection,
    ShareLink,
    TargetMarket,
    User,
)
from companies.queries.changes import last_author
from companies.queries.organisations import admins_beside, membership_in_force
from markets import jobs
from markets.errors import InvalidRequest
from markets.models import Job

# What of a target market changes with a membership, as the change log keeps it.
_OF_TARGET: Final = ("shared_with", "owner", "version")


@transaction.atomic
def change_role(actor: Actor, membership_id: int, version: int | None, role: str) -> Membership:
    """Give a member another role; keys of theirs that it does not cover can do less from the next request on.

    Who may invite nobody any more is answered for by no letter: those still open are void, lest they come back by one.
    Raises what `require` does; FieldsRejected; VersionMissing, VersionConflict; LastAdmin.
    """
    membership = _held(actor, membership_id)
    if version is None:
        raise VersionMissing
    if membership.version != version:
        raise VersionConflict(kind=_("The role"), author=last_author(membership))
    if role not in Role.values:
        raise FieldsRejected(
            faults=[InvalidField(pointer="/role", field=_("Role"), expected=_("choose a role of the list"))], count=1
        )
    before = membership.role
    if role == before:
        return membership
    if before == Role.ADMIN:
        _refuse_last_admin(membership)
    membership.role = role
    version_up(membership)
    letters = 0 if Action.MANAGE in ALLOWED[role] else _void_letters(membership)
    after: dict[str, Any] = {"role": role} | ({"invitations": letters} if letters else {})
    changed(actor, "edited", membership, before={"role": before}, after=after)
    return membership


@transaction.atomic
def end_membership(actor: Actor, membership_id: int) -> Membership:
    """Remove a member, at once and wholly: sessions, keys, share links, files being made, selections, open letters,
    sharing of their target markets, and alert rules on records.

    Their next request with any of these is a stranger's. Raises what `require` does; LastAdmin.
    """
    membership = _held(actor, membership_id)
    if membership.role == Role.ADMIN:
        _refuse_last_admin(membership)
    return _ended(actor, membership, "removed", {"sessions": end_sessions(membership.user)})


@transaction.atomic
def leave(actor: Actor, organisation_id: uuid.UUID) -> Membership:
    """Leave an organisation; the person stays signed in. Raises what `require` does; LastAdmin."""
    held(actor, organisation_id, Action.READ)
    membership = membership_in_force(organisation_id, actor.person.pk)
    assert membership is not None  # noqa: S101 `held` has just read it
    if membership.role == Role.ADMIN:
        _refuse_last_admin(membership)
    return _ended(actor, membership, "left", {})


@transaction.atomic
def end_all_memberships(actor: Actor, user: User) -> int:
    """End every membership of a person who goes away, with all that ends with it: how many there were.

    An organisation of that person alone is left without members, and what it holds out of everybody's reach. That no
    colleagues are left without an admin is seen to when the person asks to go; from then on they count as none.
    """
    mine = Membership.objects.filter(user=user, ended_at__isnull=True).select_related("organisation", "user")
    memberships = list(mine.order_by("organisation_id"))
    for membership in memberships:
        Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
        _ended(actor, membership, "left", {})
    return len(memberships)


def _held(actor: Actor, membership_id: int) -> Membership:
    """The membership in force, with its organisation in our hands."""
    found = one(actor, Membership, membership_id)
    held(actor, found.organisation_id)
    now = Membership.objects.select_related("user", "organisation").filter(pk=found.pk, ended_at__isnull=True).first()
    if now is None:
        raise hidden(Membership, membership_id)
    return now


def _refuse_last_admin(membership: Membership) -> None:
    if not admins_beside(membership):
        raise LastAdmin(organisation=membership.organisation.name)


def _ended(actor: Actor, membership: Membership, action: str, beside: dict[str, int]) -> Membership:
    """End it with all that hangs on it. Must stand in a transaction that holds the organisation."""
    before = {"role": membership.role}
    membership.ended_at = Now()
    membership.save(update_fields=["ended_at"])
    membership.refresh_from_db()
    live: dict[str, Any] = {"membership": membership, "revoked_at__isnull": True}
    place = {"organisation_id": membership.organisation_id}
    selections, _of_each = Selection.objects.filter(owner_id=membership.user_id, **place).delete()
    shared, seen_to = _held_targets(membership)
    counts = beside | {
        "keys": ApiKey.objects.filter(**live).update(revoked_at=Now()),
        "share_links": ShareLink.objects.filter(**live).update(revoked_at=Now()),
        "exports": _drop_exports(membership),
        "selections": selections,
        "invitations": _void_letters(membership),
        "unshared": len(shared),
        "owners": len(seen_to),
        "alert_rules": _end_rules(membership),
    }
    # All rows are held before the log is, and the organisation's log before the one of nobody's: so does everyone.
    changed(actor, action, membership, before=before, after={name: count for name, count in counts.items() if count})
    _unshare(actor, shared)
    _leave(actor, seen_to)
    return membership


def _void_letters(membership: Membership) -> int:
    """Withdraw what the member sent and nobody accepted: how many letters."""
    letters = Invitation.objects.filter(organisation_id=membership.organisation_id, invited_by_id=membership.user_id)
    return letters.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=Now())


def _held_targets(membership: Membership) -> tuple[list[TargetMarket], list[TargetMarket]]:
    """The member's own target markets that are shared here, and those of others here they see to; removed ones too."""
    person, place = membership.user_id, membership.organisation_id
    mine = Q(person_id=person, shared_with_id=place)
    theirs = (Q(organisation_id=place) | Q(shared_with_id=place)) & Q(owner_id=person)
    rows = list(TargetMarket.objects.filter(mine | theirs).select_for_update(of=("self",)).order_by("pk"))
    shared = [target for target in rows if target.person_id == person]
    AlertRule.objects.filter(target__in=shared).exclude(person_id=person).update(target=None)
    return shared, [target for target in rows if target.person_id != person]


def _unshare(actor: Actor, shared: list[TargetMarket]) -> None:
    """The member's own target markets are read by nobody here any more."""
    for target in shared:
        before = fields_of(target, _OF_TARGET)
        target.shared_with = None
        target.owner_id = target.person_id if target.owner_id else None
        _written(actor, "unshared", target, before)


def _leave(actor: Actor, seen_to: list[TargetMarket]) -> None:
    """Nobody sees to what the member saw to, of companies here and of colleagues who shared it."""
    for target in seen_to:
        before = fields_of(target, _OF_TARGET)
        target.owner = None
        _written(actor, "edited", target, before)


def _written(actor: Actor, action: str, target: TargetMarket, before: dict[str, Any]) -> None:
    target.version += 1
    target.updated_at = Now()
    target.save(update_fields=["shared_with", "owner", "version", "updated_at"])
    changed(actor, action, target, before=before, after=fields_of(target, _OF_TARGET))


def _end_rules(membership: Membership) -> int:
    """End the member's alert rules on records here; others go on without the target markets of this place."""
    place, person = membership.organisation_id, membership.user_id
    mine = AlertRule.objects.filter(person_id=person, removed_at=None)
    next_one = {"version": F("version") + 1, "updated_at": Now()}
    here = TargetMarket.objects.filter(Q(organisation_id=place) | Q(shared_with_id=place)).exclude(person_id=person)
    mine.filter(target__in=here).update(target=None, **next_one)
    return mine.filter(organisation_id=place).update(removed_at=Now(), **next_one)


def _drop_exports(membership: Membership) -> int:
    """Cancel what is still being made, and drop every file. A worker that finds its row gone writes nothing."""
    for job in Job.objects.filter(pk__in=ListExport.objects.filter(membership=membership).values("job_id")):
        # It may end between our look and our word; its file goes either way.
        with contextlib.suppress(InvalidRequest):
            jobs.cancel(job)
    dropped, _of_each = ListExport.objects.filter(membership=membership).delete()
    return dropped
