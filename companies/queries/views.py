"""Saved views: lists under a name, of a person's own or shared with the organisation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import F, QuerySet

from companies.access import Action, Actor, one, working_on
from companies.models import SavedView
from companies.queries.records import RecordQuestion


@dataclass(frozen=True, slots=True)
class ViewRef:
    """A saved view as it is offered. is_mine: made by whoever looks; may_edit: theirs, or they are an admin."""

    id: uuid.UUID
    name: str
    query: str
    is_shared: bool
    is_default: bool
    is_mine: bool
    may_edit: bool
    version: int
    owner: str

    @property
    def question(self) -> RecordQuestion:
        """What it asks. Raises UnknownParameter, InvalidValue where what it names is no longer there."""
        return RecordQuestion.of_text(self.query)


def views_shown(actor: Actor) -> list[ViewRef]:
    """The actor's own views, then those shared by others, by name; only of the organisation they work in."""
    found = [_ref(actor, view) for view in _views(actor)]
    return sorted(found, key=lambda view: (not view.is_mine, view.name.casefold(), view.id))


def view_ref(actor: Actor, key: object) -> ViewRef:
    """One saved view. Raises SignInNeeded, HiddenObject."""
    return _ref(actor, one(actor, SavedView, key))


def default_view(actor: Actor) -> ViewRef | None:
    """What the list opens with: the actor's own default, or that of the organisation; None: all records."""
    defaults = _views(actor).filter(is_default=True)
    found = defaults.filter(owner=actor.person, is_shared=False).first() or defaults.filter(is_shared=True).first()
    return _ref(actor, found) if found else None


def _views(actor: Actor) -> QuerySet[SavedView]:
    return working_on(actor, SavedView).annotate(owner_name=F("owner__name"))


def _ref(actor: Actor, view: SavedView) -> ViewRef:
    is_mine = view.owner_id == actor.person.pk
    return ViewRef(
        id=view.pk,
        name=view.name,
        query=view.query,
        is_shared=view.is_shared,
        is_default=view.is_default,
        is_mine=is_mine,
        may_edit=may_edit_view(actor, view),
        version=view.version,
        owner=getattr(view, "owner_name", "") or f"#{view.owner_id}",
    )


def may_edit_view(actor: Actor, view: SavedView) -> bool:
    """Whoever made it; a shared one, which others read, only while they may write; then an admin too."""
    is_mine, place = view.owner_id == actor.person.pk, view.organisation_id
    if not view.is_shared:
        return is_mine and actor.may(Action.READ, place)
    return (is_mine and actor.may(Action.WRITE, place)) or actor.may(Action.MANAGE, place)
