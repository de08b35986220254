"""Writing the one memory of change. Each use-case writes its own row, in the transaction of what it did."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from companies.access import Actor
from companies.models import ApiKey, Change
from companies.models.copying import write_new


def changed(
    actor: Actor,
    action: str,
    thing: models.Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    organisation_id: uuid.UUID | None = None,
) -> Change:
    """Remember that the actor did this to the thing. before, after: only the fields that differ are kept."""
    row = change_row(actor, action, thing, before=before, after=after, organisation_id=organisation_id)
    row.save(force_insert=True)
    return row


def change_row(
    actor: Actor,
    action: str,
    thing: models.Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    organisation_id: uuid.UUID | None = None,
    is_personal: bool = False,
) -> Change:
    """The same, not yet written: for many at once, which `remember` writes.

    is_personal: it is in the log of no organisation, whatever the thing names.
    """
    was, now = plain(before or {}), plain(after or {})
    differing = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    place = None if is_personal else organisation_id or getattr(thing, "organisation_id", None)
    return Change(
        organisation_id=place,
        actor=actor.user,
        action=action,
        object_kind=thing._meta.model_name or "",  # noqa: SLF001 Django's documented name
        object_id=str(thing.pk),
        before={name: was[name] for name in was if name in differing},
        after={name: now[name] for name in now if name in differing},
        via=actor.via,
        api_key=actor.api_key if place is not None or not _is_passing(actor.api_key) else None,
        request_id=actor.request_id[:64],
    )


def _is_passing(key: ApiKey | None) -> bool:
    """Whether a key goes with its organisation one day, a sample: what is no organisation's own stays behind it."""
    return key is not None and key.organisation.is_sample


def remember(rows: Iterable[Change]) -> None:
    """Write many changes at once, in their order."""
    write_new(list(rows))


def fields_of(thing: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The named columns of a row, as the change log keeps them; a related thing by its key."""
    return {name: getattr(thing, thing._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]  # noqa: SLF001


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them exactly: amounts as text, moments in UTC."""
    return {name: value if isinstance(value, str) else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
