"""People as their colleagues see them: a number and a name; who left is a number alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from companies.models import User


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person. number tells two of one name apart, and stays when the person leaves."""

    number: int
    name: str


def person_ref(user: User) -> PersonRef:
    """The person under the name colleagues see; who left has none, and no address, any more."""
    return PersonRef(user.pk, _("former member #%(number)s") % {"number": user.pk} if user.left_at else user.shown_name)
