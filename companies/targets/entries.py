"""Notes and evidence of a target market: a visit, a document, an export record, a number in the vintage it was read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, hidden, one, require_target, seen
from companies.changes import changed
from companies.errors import NotAllowed, TooMany
from companies.models import ExportRecord, TargetEntry, TargetMarket
from companies.records.reading import Reading
from companies.targets.fields import ENTRY_LABELS, LONGEST_TEXT, LONGEST_URL, MOST_ENTRIES
from companies.targets.reading import day
from markets.models import Observation
from markets.queries import in_force

Kind = TargetEntry.Kind
_LARGEST_ID: Final = 2**63 - 1
_is_address: Final = URLValidator(schemes=("http", "https"))


def add_entry(actor: Actor, target_key: object, values: Mapping[str, Any]) -> TargetEntry:
    """Note something of a target market. It is never altered; a wrong one is removed.

    values: kind, on (a day), text, url; record (id of one the actor sees); for a number `indicator` and `period`, which
    is kept in the vintage that is in force now, or `observation`, the id of a value in any vintage.
    Raises HiddenObject, TargetOfColleague, NotAllowed, ScopeMissing; FieldsRejected with every fault; TooMany.
    """
    target = _live(actor, target_key)
    asked = _Asked(values)
    columns = asked.columns(actor, target)
    with transaction.atomic():
        TargetMarket.objects.select_for_update(no_key=True).get(pk=target.pk)
        if TargetEntry.objects.filter(target=target, removed_at=None).count() >= MOST_ENTRIES:
            raise TooMany(count=MOST_ENTRIES + 1, kind=_("notes"), most=MOST_ENTRIES)
        entry = TargetEntry.objects.create(target=target, author=actor.person, **columns)
        entry.refresh_from_db()
        changed(actor, "noted", target, after={"kind": entry.kind})
    return entry


def remove_entry(actor: Actor, key: object) -> TargetEntry:
    """Take a note away: whoever wrote it, or an admin of the company's organisation.

    Raises SignInNeeded, HiddenObject, TargetOfColleague, NotAllowed, ScopeMissing.
    """
    entry = one_entry(actor, key)
    target = _live(actor, entry.target_id)
    organisation = target.organisation
    if entry.author_id != actor.person.pk and organisation and not actor.may(Action.MANAGE, organisation.pk):
        raise NotAllowed(organisation=organisation.name, needed=_("Admin"))
    with transaction.atomic():
        locked = TargetEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        if locked.removed_at is not None:
            raise hidden(TargetEntry, key)
        locked.removed_at = Now()
        locked.save(update_fields=["removed_at"])
        locked.refresh_from_db()
        changed(actor, "entry_removed", target, before={"kind": locked.kind})
    return locked


def one_entry(actor: Actor, key: Any, *, of_target: object = None) -> TargetEntry:
    """The note with this id, of a target market the actor sees; of this very one where it is named.

    Raises SignInNeeded, HiddenObject.
    """
    _person = actor.person
    rows = TargetEntry.objects.filter(target__in=seen(actor, TargetMarket), removed_at=None)
    try:
        entry = rows.select_related("target").get(pk=key)
    except (TargetEntry.DoesNotExist, ValueError, ValidationError) as missing:
        raise hidden(TargetEntry, key) from missing
    if of_target not in (None, entry.target_id):
        raise hidden(TargetEntry, key)
    return entry


def _live(actor: Actor, key: object) -> TargetMarket:
    target = one(actor, TargetMarket, key)
    require_target(actor, target)
    if target.removed_at is not None:
        raise hidden(TargetMarket, key)
    return target


class _Asked:
    """What somebody notes, while it is read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.reading = Reading()

    def columns(self, actor: Actor, target: TargetMarket) -> dict[str, Any]:
        """The columns of the note. Raises FieldsRejected with every fault."""
        self.reading.only(self.values, ENTRY_LABELS)
        kind = self._line("kind", 20) or Kind.NOTE.value
        if kind not in Kind.values:
            self._refuse("kind", _("choose one of the list"))
        columns: dict[str, Any] = {
            "kind": kind,
            "on": self._day(),
            "text": self.reading.text(self.values.get("text"), "/text", ENTRY_LABELS["text"], LONGEST_TEXT),
            "url": self._url(),
        }
        self._own_entries(kind, columns)
        if kind == Kind.RECORD:
            columns["record"] = self._record(actor)
        elif kind == Kind.NUMBER:
            columns["observation"] = self._number(target)
        self.reading.finish()
        return columns

    def _own_entries(self, kind: str, columns: Mapping[str, Any]) -> None:
        """What each kind needs, and what it has no place for."""
        if kind in (Kind.NOTE, Kind.VISIT) and not columns["text"]:
            self._refuse("text", _("write what there is to say"))
        if kind == Kind.VISIT and columns["on"] is None:
            self._refuse("on", _("write the day of the visit, such as 2026-03-31"))
        if kind == Kind.DOCUMENT and not (columns["text"] or columns["url"]):
            self._refuse("url", _("give the link of the document, or say in the text where it is"))
        only_of = {"record": Kind.RECORD, "indicator": Kind.NUMBER, "period": Kind.NUMBER, "observation": Kind.NUMBER}
        for name, its_kind in only_of.items():
            if kind != its_kind and self.values.get(name):
                self._refuse(name, _("this kind of note has no such entry; leave it empty"))

    def _refuse(self, name: str, expected: str) -> None:
        self.reading.refuse(f"/{name}", ENTRY_LABELS[name], expected)

    def _line(self, name: str, longest: int = 100) -> str:
        return self.reading.line(self.values.get(name), f"/{name}", ENTRY_LABELS[name], longest)

    def _day(self) -> dt.date | None:
        given = self.values.get("on")
        if isinstance(given, dt.date):
            return given
        text = self._line("on", 40)
        found = day(text) if text else None
        if text and found is None:
            self._refuse("on", _("write the day as 2026-03-31"))
        return found

    def _url(self) -> str:
        text = self._line("url", LONGEST_URL)
        if text:
            try:
                _is_address(text)
            except ValidationError:
                self._refuse("url", _("write a whole address that begins with https://"))
        return text

    def _record(self, actor: Actor) -> ExportRecord | None:
        given = self.values.get("record")
        try:
            key = given if isinstance(given, uuid.UUID) else uuid.UUID(str(given or ""))
        except ValueError:
            key = uuid.UUID(int=0)
        record = seen(actor, ExportRecord).filter(pk=key, removed_at=None).first()
        if record is None:
            self._refuse("record", _("there is no such record here; choose one of yours"))
        return record

    def _number(self, target: TargetMarket) -> Observation | None:
        of_market = Observation.objects.filter(area=target.market_id)
        given = self.values.get("observation")
        if given not in (None, ""):
            text = str(given)
            number = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_LARGEST_ID)) else 0
            found = of_market.filter(pk=number).first()
            if found is None:
                self._refuse("observation", _("there is no such value of this market"))
            return found
        indicator, period = self._line("indicator"), self._line("period", 16)
        if not indicator:
            self._refuse("indicator", _("choose what the number measures"))
        if not period:
            self._refuse("period", _("say which period it is of, such as 2024"))
        if not (indicator and period):
            return None
        found = in_force().filter(area=target.market_id, indicator=indicator, period=period).first()
        if found is None:
            self._refuse("period", _("nothing is stated of this market for that period; choose another one"))
        return found
