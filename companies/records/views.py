"""Saving lists of records under a name, sharing them, and choosing what the list opens with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, one, require
from companies.changes import changed, fields_of
from companies.errors import FieldsRejected, InvalidField, NotAllowed, TooMany, VersionConflict, VersionMissing
from companies.models import SavedView
from companies.models.names import plain_name
from companies.queries.records import RecordQuestion
from companies.queries.views import may_edit_view

MOST_VIEWS: Final = 100
LONGEST_NAME: Final = 100
_KEPT: Final = ("name", "query", "is_shared", "is_default")


def save_view(actor: Actor, name: str, query: str, *, is_shared: bool = False) -> SavedView:
    """A new view of the organisation the actor works in. Sharing it needs the right to write.

    Raises FieldsRejected for an empty, too long or taken name; UnknownParameter, InvalidValue for a query that is none;
    SignInNeeded, NoOrganisation, NotAllowed; TooMany.
    """
    organisation_id = require(actor, Action.WRITE if is_shared else Action.READ)
    question = RecordQuestion.of_text(query)
    mine = SavedView.objects.filter(organisation_id=organisation_id, owner=actor.person)
    if mine.count() >= MOST_VIEWS:
        raise TooMany(count=MOST_VIEWS + 1, kind=_("saved views"), most=MOST_VIEWS)
    view = SavedView(
        organisation_id=organisation_id,
        owner=actor.person,
        name=_name(name),
        query=question.text(),
        is_shared=is_shared,
    )
    with transaction.atomic():
        _kept_once(view)
        changed(actor, "saved", view, after=fields_of(view, _KEPT))
    return view


def change_view(
    actor: Actor,
    key: object,
    version: int | None,
    *,
    name: str | None = None,
    query: str | None = None,
    is_shared: bool | None = None,
) -> SavedView:
    """The view with another name or question, shared or one's own again; what is None stays.

    A shared one that is not shared any more is no default either.
    Raises as `save_view` does; HiddenObject, VersionMissing, VersionConflict.
    """
    with transaction.atomic():
        view = _held(actor, key, version)
        before = fields_of(view, _KEPT)
        view.name = view.name if name is None else _name(name)
        view.query = view.query if query is None else RecordQuestion.of_text(query).text()
        if is_shared is not None and is_shared != view.is_shared:
            if is_shared:
                require(actor, Action.WRITE, view.organisation_id)
            view.is_shared, view.is_default = is_shared, False
        return _written(actor, "edited", view, before)


def share_view(actor: Actor, key: object, version: int | None) -> SavedView:
    """Let the whole organisation see it. Raises as `change_view` does."""
    return change_view(actor, key, version, is_shared=True)


def make_default(actor: Actor, key: object, version: int | None, *, is_default: bool = True) -> SavedView:
    """Let the list open with it, or no longer: for its owner; a shared one for everybody, which is an admin's choice.

    Raises HiddenObject, NotAllowed, VersionMissing, VersionConflict.
    """
    with transaction.atomic():
        view = _held(actor, key, version)
        if view.is_shared:
            require(actor, Action.MANAGE, view.organisation_id)
        same = SavedView.objects.filter(organisation_id=view.organisation_id, is_default=True, is_shared=view.is_shared)
        others = same if view.is_shared else same.filter(owner=view.owner_id)
        for other in others.exclude(pk=view.pk).select_for_update():
            was = fields_of(other, _KEPT)
            other.is_default = False
            _written(actor, "edited", other, was)
        before = fields_of(view, _KEPT)
        view.is_default = is_default
        return _written(actor, "edited", view, before)


def delete_view(actor: Actor, key: object, version: int | None) -> None:
    """The view goes; the records stay as they are. Raises HiddenObject, NotAllowed, VersionMissing, VersionConflict."""
    with transaction.atomic():
        view = _held(actor, key, version)
        changed(actor, "deleted", view, before=fields_of(view, _KEPT))
        view.delete()


def _held(actor: Actor, key: object, version: int | None) -> SavedView:
    """The view, locked, as the writer has read it."""
    view = one(actor, SavedView, key)
    if not may_edit_view(actor, view):
        raise NotAllowed(organisation=view.organisation.name, needed=_("Admin"))
    if version is None:
        raise VersionMissing
    locked = SavedView.objects.select_for_update().get(pk=view.pk)
    if locked.version != version:
        raise VersionConflict(kind=_("The saved view"), author=locked.owner.shown_name)
    return locked


def _written(actor: Actor, action: str, view: SavedView, before: dict[str, object]) -> SavedView:
    view.version += 1
    view.updated_at = Now()
    _kept_once(view)
    view.refresh_from_db()
    changed(actor, action, view, before=before, after=fields_of(view, _KEPT))
    return view


def _kept_once(view: SavedView) -> None:
    """Raises FieldsRejected where the person has a view of this name already."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise _rejected([_("you have a view of this name already; choose another one")]) from taken


def _name(text: str) -> str:
    name = plain_name(text)
    if not name:
        raise _rejected([_("write a name")])
    if len(name) > LONGEST_NAME:
        raise _rejected([_("at most %(most)s characters are taken") % {"most": LONGEST_NAME}])
    return name


def _rejected(told: Iterable[str]) -> FieldsRejected:
    faults = tuple(InvalidField(pointer="/name", field=_("Name"), expected=each) for each in told)
    return FieldsRejected(faults=faults, count=len(faults))
