"""Links by which people without an account read a list: made, checked at every request, revoked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Action, Actor, actor_of_person, one, require
from companies.accounts.secrets import hash_of, new_secret
from companies.changes import changed
from companies.errors import LinkGone, TooMany
from companies.models import Membership, ShareLink
from companies.models.names import plain_name
from companies.queries.records import RecordQuestion
from companies.records.checking import invalid, refuse

MOST_DAYS: Final = 365
MOST_LINKS: Final = 100
LONGEST_NAME: Final = 100
LONGEST_SECRET: Final = 100
# A reader who looks at many pages is noted once in a while.
_NOTED_EVERY: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link and its secret, which is known this once."""

    link: ShareLink
    secret: str


def make_link(actor: Actor, name: str, query: str, days: int) -> NewLink:
    """A link to what matches a query, for so many days.

    Raises SignInNeeded, NoOrganisation, NotAllowed; UnknownParameter, InvalidValue for a query that is none;
    FieldsRejected for a name or time that cannot be; TooMany.
    """
    organisation_id = require(actor, Action.SHARE_OUTSIDE)
    question = RecordQuestion.of_text(query)
    told = plain_name(name)
    faults = []
    if not 0 < len(told) <= LONGEST_NAME:
        faults.append(invalid("name", _("write a name of at most %(most)s characters") % {"most": LONGEST_NAME}))
    if not 1 <= days <= MOST_DAYS:
        faults.append(invalid("days", _("write a number of days from 1 to %(most)s") % {"most": MOST_DAYS}))
    refuse(faults)
    secret = new_secret()
    with transaction.atomic():
        membership = Membership.objects.select_for_update().get(
            organisation_id=organisation_id, user=actor.person, ended_at__isnull=True
        )
        if membership.share_links.filter(in_force()).count() >= MOST_LINKS:
            raise TooMany(count=MOST_LINKS + 1, kind=_("links"), most=MOST_LINKS)
        link = ShareLink.objects.create(
            organisation_id=organisation_id,
            membership=membership,
            name=told,
            query=question.text(),
            secret_hash=hash_of(secret),
            expires_at=timezone.now() + dt.timedelta(days=days),
        )
        after = {"name": told, "query": link.query, "expires_at": link.expires_at}
        changed(actor, "shared", link, after=after)
    return NewLink(link, secret)


def revoke_link(actor: Actor, key: object) -> None:
    """The link is dead at once; a dead one stays so. Raises SignInNeeded, HiddenObject."""
    with transaction.atomic():
        link = ShareLink.objects.select_for_update().get(pk=one(actor, ShareLink, key).pk)
        if link.revoked_at is None:
            ShareLink.objects.filter(pk=link.pk).update(revoked_at=Now())
            changed(actor, "revoked", link, before={"is_revoked": False}, after={"is_revoked": True})


def link_of(secret: str) -> tuple[ShareLink, Actor]:
    """The link of a secret, and its maker as they stand now, through whose eyes it is read.

    Raises LinkGone: there is none, it was revoked, its time is over, its maker is no member any more, may not share or
    waits to be deleted.
    """
    found = None
    if 0 < len(secret) <= LONGEST_SECRET:
        links = ShareLink.objects.select_related("membership__user", "organisation")
        found = links.filter(in_force(), secret_hash=hash_of(secret)).first()
    owner = found.membership.user if found else None
    if found is None or owner is None or not owner.is_active or owner.deletion_wanted_at is not None:
        raise LinkGone
    maker = actor_of_person(found.membership.user, wanted=found.organisation_id)
    if not maker.may(Action.SHARE_OUTSIDE, found.organisation_id):
        raise LinkGone
    not_noted = Q(last_used_at=None) | Q(last_used_at__lt=timezone.now() - _NOTED_EVERY)
    ShareLink.objects.filter(not_noted, pk=found.pk).update(last_used_at=Now())
    return found, maker


def in_force() -> Q:
    """Links that are not revoked, whose time is not over and whose maker still is a member."""
    return Q(revoked_at__isnull=True, expires_at__gt=Now(), membership__ended_at__isnull=True)
