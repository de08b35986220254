"""Letters that let one address join an organisation, and what becomes of them."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies.access import Action, Actor, one, require
from companies.accounts.organisations import held
from companies.accounts.people import address_faults
from companies.accounts.secrets import hash_of, new_secret
from companies.changes import changed
from companies.errors import FieldsRejected, InvalidField, InvitationGone, InvitedOther, LetterNotSent, TooManyToday
from companies.models import Invitation, Membership, Organisation, Role
from companies.models.names import isolated
from companies.queries.organisations import A_DAY, invitation_by_hash, membership_in_force

VALID_FOR: Final = dt.timedelta(days=7)
MOST_LETTERS_A_DAY: Final = 50
MOST_LETTERS_TO_ONE_A_DAY: Final = 5
# An address that never answered is forgotten after so long; of a void letter once it counts for no limit.
_ADDRESS_KEPT_FOR: Final = dt.timedelta(days=30)


def invite(actor: Actor, email: str, role: str) -> Invitation:
    """Send a letter to an address, in the language of who invites; a letter sent before is void from then on.

    What is done and said is the same whether or not somebody here has the address. The secret stands in the letter
    alone. Raises what `require` does; FieldsRejected; TooManyToday; LetterNotSent, and then
    the invitation is withdrawn again.
    """
    secret = new_secret()
    invitation = _kept(actor, email.strip().lower(), role, secret)
    try:
        _letter(invitation, secret, language=actor.person.language or translation.get_language()).send()
    except (OSError, smtplib.SMTPException) as unsent:
        withdraw(actor, invitation.pk)
        raise LetterNotSent from unsent
    return invitation


@transaction.atomic
def withdraw(actor: Actor, invitation_id: object) -> Invitation:
    """Make a letter void. Raises what `require` does; InvitationGone where it was accepted or is void already."""
    found = one(actor, Invitation, invitation_id)
    held(actor, found.organisation_id)
    withdrawn = Invitation.objects.filter(pk=found.pk, accepted_at=None, withdrawn_at=None)
    if not withdrawn.update(withdrawn_at=Now()):
        raise InvitationGone
    changed(actor, "withdrawn", found, before={"role": found.role})
    found.refresh_from_db()
    return found


def invitation_of(secret: str) -> Invitation:
    """The letter with this secret, for whoever holds it. Raises InvitationGone."""
    invitation = invitation_by_hash(hash_of(secret)) if secret else None
    if invitation is None:
        raise InvitationGone
    return invitation


@transaction.atomic
def accept(actor: Actor, secret: str) -> Membership:
    """Join by a letter. Only the person it was written to can: nobody is signed in before their address is confirmed.

    Who belongs already keeps the role they have. Raises SignInNeeded, InvitationGone, InvitedOther.
    """
    person = actor.person
    invitation = invitation_of(secret)
    # The organisation first, as everywhere: two who accept at one moment wait for each other.
    Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
    invitation = invitation_of(secret)
    if actor.api_key is not None or person.email != invitation.email:
        raise InvitedOther
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=Now(), accepted_by=person, email="")
    known = membership_in_force(invitation.organisation_id, person.pk)
    membership = known or Membership.objects.create(
        organisation_id=invitation.organisation_id, user=person, role=invitation.role
    )
    after = {"role": membership.role, "invitation": invitation.pk, "invited_by": invitation.invited_by_id}
    changed(actor, "accepted", membership, after=after)
    return membership


def address_of(secret: str) -> str:
    """The address of the page that accepts, in the language in force; no log keeps the query, where the secret is."""
    return f"{settings.SITE_URL}{reverse('companies:invitation')}?{urlencode({'secret': secret})}"


@transaction.atomic
def _kept(actor: Actor, email: str, role: str, secret: str) -> Invitation:
    organisation = held(actor, require(actor, Action.MANAGE))
    _refuse(organisation, email, role)
    _refuse_too_many(organisation, email)
    sent_before = Invitation.objects.filter(organisation=organisation, email=email, accepted_at=None)
    sent_before.filter(withdrawn_at=None).update(withdrawn_at=Now())
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        secret_hash=hash_of(secret),
        invited_by=actor.person,
        expires_at=timezone.now() + VALID_FOR,
    )
    changed(actor, "invited", invitation, after={"role": role})
    return invitation


def _refuse(organisation: Organisation, email: str, role: str) -> None:
    faults = address_faults(email)
    if role not in Role.values:
        faults.append(InvalidField(pointer="/role", field=_("Role"), expected=_("choose a role of the list")))
    belonging = Membership.objects.filter(organisation=organisation, ended_at=None, user__email=email)
    if not faults and belonging.exists():
        expected = _("this person belongs to the organisation already")
        faults.append(InvalidField(pointer="/email", field=_("E-mail address"), expected=expected))
    if faults:
        raise FieldsRejected(faults=faults, count=len(faults))


def _refuse_too_many(organisation: Organisation, email: str) -> None:
    """Raises TooManyToday. Forgets the addresses that are no longer needed to count."""
    today = timezone.now() - A_DAY
    forgotten = Q(created_at__lt=today, withdrawn_at__isnull=False)
    forgotten |= Q(created_at__lt=timezone.now() - _ADDRESS_KEPT_FOR)
    Invitation.objects.filter(forgotten).exclude(email="").update(email="")
    sent = Invitation.objects.filter(created_at__gt=today)
    if sent.filter(organisation=organisation).count() >= MOST_LETTERS_A_DAY:
        raise TooManyToday(most=MOST_LETTERS_A_DAY, kind=_("invitations"))
    if sent.filter(email=email).count() >= MOST_LETTERS_TO_ONE_A_DAY:
        raise TooManyToday(most=MOST_LETTERS_TO_ONE_A_DAY, kind=_("letters to one address"))


def _letter(invitation: Invitation, secret: str, *, language: str | None) -> EmailMessage:
    """The letter; names stand isolated in it, so that none can turn the words around it."""
    with translation.override(language or settings.LANGUAGE_CODE):
        organisation = isolated(invitation.organisation.name)
        told = {
            "organisation": organisation,
            "inviter": isolated(invitation.invited_by.shown_name),
            "role": _(Role(invitation.role).label),
            "address": address_of(secret),
            "days": VALID_FOR.days,
        }
        subject = _("Invitation to %(organisation)s on Sogdia") % {"organisation": organisation}
        body = render_to_string("companies/letters/invitation.txt", told)
    return EmailMessage(subject=subject, body=body, to=[invitation.email])
