"""Changing a target market: its status with the reason, its stage, who sees to it, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.changes import fields_of
from companies.models import TargetEntry, TargetMarket
from companies.records.reading import Reading
from companies.targets.fields import LONGEST_TEXT, REMEMBERED, label
from companies.targets.holding import held_target, written
from companies.targets.reading import changed_columns


def change_target(actor: Actor, key: object, version: int | None, values: Mapping[str, Any]) -> TargetMarket:
    """The target market with these entries; those not named stay. Where nothing differs, nothing is written.

    values: status, reason, stage, owner, next_action, next_action_on. Another status takes its own reason along.
    Raises what `holding.held_target` raises, and FieldsRejected with every fault.
    """
    with transaction.atomic():
        target = held_target(actor, key, version)
        columns = changed_columns(target, values)
        if all(getattr(target, name) == value for name, value in columns.items()):
            return target
        is_decision = any(getattr(target, name) != columns.get(name, getattr(target, name)) for name in _DECIDED)
        before = fields_of(target, REMEMBERED)
        for name, value in columns.items():
            setattr(target, name, value)
        return written(actor, "decided" if is_decision else "edited", target, before)


def finish_action(actor: Actor, key: object, version: int | None, said: str = "") -> TargetMarket:
    """The next action is done: it becomes a note of the target market, with what is said of it, and its place is free.

    Raises what `holding.held_target` raises, and FieldsRejected where nothing was planned or too much is said.
    """
    reading = Reading()
    came_of_it = reading.text(said, "/said", _("What came of it"), LONGEST_TEXT - len("\n"))
    with transaction.atomic():
        target = held_target(actor, key, version)
        if not target.next_action:
            reading.refuse("/next_action", label("next_action"), _("nothing is planned that could be done"))
        reading.finish()
        before = fields_of(target, REMEMBERED)
        text = _("Done: %(action)s") % {"action": target.next_action}
        TargetEntry.objects.create(
            target=target,
            on=timezone.localdate(),
            text=f"{text}\n{came_of_it}".strip(),
            author=actor.person,
        )
        target.next_action, target.next_action_on = "", None
        return written(actor, "finished_action", target, before)


_DECIDED = ("status", "reason")
