"""How often a person gets letters with alerts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require_own
from companies.changes import changed
from companies.errors import FieldsRejected, InvalidField
from companies.models import AlertMail, User


@transaction.atomic
def choose_letters(actor: Actor, frequency: str) -> AlertMail:
    """The actor's letters come this often from now on.

    Who had none tells of alerts from now on: what came true meanwhile stands in the list alone. Raises SignInNeeded,
    ScopeMissing; FieldsRejected for a word that is none of `AlertMail.Frequency`.
    """
    person = require_own(actor, Action.TRACK)
    if frequency not in AlertMail.Frequency.values:
        fault = InvalidField(pointer="/frequency", field=_("Letters"), expected=_("choose one of the list"))
        raise FieldsRejected(faults=[fault], count=1)
    begin_mail(person)
    mail = AlertMail.objects.select_for_update().get(pk=person.pk)
    before = mail.frequency
    if before == frequency:
        return mail
    mail.frequency = frequency
    if before == AlertMail.Frequency.NEVER:
        mail.chosen_at = timezone.now()
    mail.save(update_fields=["frequency", "chosen_at"])
    changed(actor, "choose_letters", mail, before={"frequency": before}, after={"frequency": frequency})
    return mail


def begin_mail(person: User) -> None:
    """Keep the row that every letter to the person locks, as it is for who chose nothing; nothing where it is there."""
    AlertMail.objects.bulk_create([AlertMail(person=person, chosen_at=person.date_joined)], ignore_conflicts=True)
