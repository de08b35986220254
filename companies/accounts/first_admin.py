"""The first admin: whoever installed Sogdia, by a link that serves once. There is no default password."""

from __future__ import annotations

import datetime as dt
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.accounts.organisations import create_organisation
from companies.accounts.people import address_faults
from companies.accounts.secrets import hash_of, new_secret
from companies.changes import changed
from companies.errors import AdminExists, FieldsRejected, FirstAdminLinkGone, InvalidField
from companies.models import Change, FirstAdminLink, Organisation, User
from companies.models.names import plain_name

VALID_FOR: Final = dt.timedelta(hours=24)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('first admin'))"


@transaction.atomic
def new_first_admin_link() -> str:
    """The address at which the first admin is made, in place of any before it. Raises AdminExists."""
    _alone()
    if _is_run():
        raise AdminExists
    secret = new_secret()
    FirstAdminLink.objects.all().delete()
    FirstAdminLink.objects.create(secret_hash=hash_of(secret), expires_at=timezone.now() + VALID_FOR)
    with translation.override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse('companies:first_admin')}?{urlencode({'secret': secret})}"


def check_first_admin_link(secret: str) -> FirstAdminLink:
    """The link with this secret, where it can still be used. Raises FirstAdminLinkGone."""
    rows = FirstAdminLink.objects.filter(secret_hash=hash_of(secret), used_at=None, expires_at__gt=timezone.now())
    link = rows.first()
    if link is None or _is_run():
        raise FirstAdminLinkGone
    return link


@transaction.atomic
def become_first_admin(
    secret: str, *, email: str, name: str, password: str, organisation: str = "", request_id: str = ""
) -> User:
    """The person who runs the installation, and their organisation where they name one.

    Of two who use the link at one moment one wins. Raises FirstAdminLinkGone; FieldsRejected, which leaves the link.
    """
    _alone()
    link = check_first_admin_link(secret)
    address, shown = email.strip().lower(), plain_name(name)
    _refuse(address, shown, password)
    user = User.objects.create_superuser(address, password, name=shown)
    link.used_at = Now()
    link.save(update_fields=["used_at"])
    actor = Actor(user=user, via=Change.Via.WEB, request_id=request_id)
    changed(actor, "became_first_admin", user, after={"is_staff": True, "is_superuser": True})
    if organisation.strip():
        create_organisation(actor, organisation, Organisation.Kind.TRADE_OFFICE)
    return user


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def _is_run() -> bool:
    """Whether somebody can sign in and run the installation."""
    return User.objects.filter(Q(is_superuser=True) | Q(is_staff=True), is_active=True).exists()


def _refuse(email: str, name: str, password: str) -> None:
    faults = address_faults(email)
    if User.objects.filter(email=email).exists():
        expected = _("an account has this address; take another one")
        faults.append(InvalidField(pointer="/email", field=_("E-mail address"), expected=expected))
    if len(name) > 150:
        expected = _("write a name of at most 150 characters")
        faults.append(InvalidField(pointer="/name", field=_("Your name"), expected=expected))
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as weak:
        expected = " ".join(weak.messages)
        faults.append(InvalidField(pointer="/password", field=_("Password"), expected=expected))
    if faults:
        raise FieldsRejected(faults=faults, count=len(faults))
