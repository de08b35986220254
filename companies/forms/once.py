"""A form that makes a thing makes it once: it carries the id of what it will make, given out with the empty form."""

from __future__ import annotations

import uuid
from typing import Final

from django.core import signing

from companies.models import User
from companies.models.ids import new_id

_SALT: Final = "companies.forms.once"


def given_out(person: User) -> str:
    """A new id for what this person is about to make, sealed so that nobody can choose one."""
    return signing.dumps([str(new_id()), person.pk], salt=_SALT)


def taken(text: str, person: User) -> uuid.UUID | None:
    """The id that was given out to this person; None for anything else."""
    try:
        key, holder = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return uuid.UUID(key) if holder == person.pk else None
