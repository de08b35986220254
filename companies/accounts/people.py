"""What people say of themselves, and how they like to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.changes import changed, fields_of
from companies.errors import InvalidField
from companies.models import User
from companies.models.names import plain_name

# What a person chooses, as the change log keeps it. Of the name it keeps only that it changed: the log is never erased.
CHOSEN: Final = ("language", "number_style", "currency", "time_zone", "work", "home")


@transaction.atomic
def choose_settings(actor: Actor, values: Mapping[str, Any]) -> User:
    """The actor's own name and ways of reading, by field name. Raises SignInNeeded."""
    person = User.objects.select_for_update().get(pk=actor.person.pk)
    before, named = fields_of(person, CHOSEN), person.name
    person.name = plain_name(values["name"])
    for field in CHOSEN:
        setattr(person, field, values[field])
    person.save(update_fields=["name", *CHOSEN])
    after = fields_of(person, CHOSEN)
    if person.name != named:
        before, after = {**before, "name": "before"}, {**after, "name": "after"}
    if before != after:
        changed(actor, "choose_settings", person, before=before, after=after)
    return person


@transaction.atomic
def want_deletion(actor: Actor) -> None:
    """The actor's account is to be deleted once the days of grace have passed. Raises SignInNeeded."""
    User.objects.filter(pk=actor.person.pk).update(deletion_wanted_at=Now())
    changed(actor, "want_deletion", actor.person)


@transaction.atomic
def keep_account(actor: Actor) -> None:
    """The actor takes a deletion back. Raises SignInNeeded."""
    User.objects.filter(pk=actor.person.pk).update(deletion_wanted_at=None)
    actor.person.deletion_wanted_at = None
    changed(actor, "keep_account", actor.person)


@transaction.atomic
def take_second_factor(actor: Actor, person: User) -> bool:
    """A member of staff takes a person's second factors away, who has lost them; False where there was none."""
    taken, _kinds = Authenticator.objects.filter(user=person).delete()
    if taken:
        changed(actor, "remove_second_factor", person)
    return bool(taken)


def address_faults(email: str) -> list[InvalidField]:
    """What is wrong with an e-mail address that was typed; nothing where it can be one."""
    try:
        validate_email(email)
    except ValidationError:
        expected = _("write an e-mail address, such as name@example.com")
        return [InvalidField(pointer="/email", field=_("E-mail address"), expected=expected)]
    return []


def trust_address(person: User) -> None:
    """The person's address counts as confirmed: a secret sent to it came back, or whoever runs this place gave it."""
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
