"""How often letters with alerts come, and what the next one will tell, as its page shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from companies.access import Actor
from companies.models import AlertMail
from companies.queries.alert_letters import PAUSES, is_confirmed, letter_choice, waiting_count


@dataclass(frozen=True, slots=True)
class LettersPage:
    """What a person chose. waiting: how many alerts the next letter tells of, none so far: 0.

    last_at: when the last letter was sent, None before the first. next_at: no letter comes before this moment; None
    where one may come at once, or none comes at all. is_failing: the last could not be sent, and is tried again then.
    """

    email: str
    is_confirmed: bool
    frequency: str
    waiting: int
    last_at: dt.datetime | None
    next_at: dt.datetime | None
    is_failing: bool

    @property
    def is_ended(self) -> bool:
        """Whether no letters come."""
        return self.frequency == AlertMail.Frequency.NEVER


def letters_page(actor: Actor) -> LettersPage:
    """What the actor chose. Raises SignInNeeded."""
    mail = letter_choice(actor)
    return LettersPage(
        email=actor.person.email,
        is_confirmed=is_confirmed(actor),
        frequency=mail.frequency,
        waiting=waiting_count(actor, mail),
        last_at=mail.sent_at,
        next_at=_next_at(mail),
        is_failing=mail.tries > 0,
    )


def _next_at(mail: AlertMail) -> dt.datetime | None:
    pause = PAUSES.get(mail.frequency)
    if pause is None:
        return None
    moments = [mail.try_at, mail.sent_at + pause if mail.sent_at else None]
    return max((moment for moment in moments if moment and moment > timezone.now()), default=None)
