"""What may stand in an alert rule: every entry is read and every fault told, all of them at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require, seen
from companies.alerts.fields import LABELS, NEEDED, label, taken_by
from companies.models import AlertRule, Company, TargetMarket
from companies.records.amounts import Unreadable, printed
from companies.records.reading import Reading
from markets.models import Area, Currency, Dataset, Indicator

Values = Mapping[str, Any]
MOST_PCT: Final = Decimal(1_000_000)
_LONGEST_CODE: Final = 80


def checked(actor: Actor, values: Values) -> dict[str, Any]:
    """The columns of a rule with these entries, by their names in the table.

    values: codes and ids as text, numbers as text or Decimal, what is not given is empty. The market of a target market
    stands in for one that is not named; the organisation where the actor works for one that is not named.
    Raises FieldsRejected with every fault; NotAllowed, ScopeMissing where records may not be read.
    """
    entry = _Entry(actor, values)
    entry.read()
    entry.reading.finish()
    return entry.columns


class _Entry:
    """One rule being read: its entries, what was made of them, what is wrong."""

    def __init__(self, actor: Actor, values: Values) -> None:
        self.actor, self.values = actor, {name: value for name, value in values.items() if value not in (None, "")}
        self.reading, self.columns = Reading(), dict[str, Any]()

    def read(self) -> None:
        """Everything that the kind takes; without a kind nothing else can be told."""
        self.reading.only(self.values, LABELS)
        kind = self._line("kind")
        if kind not in AlertRule.Kind.values:
            self._refuse("kind", _("choose one of %(choices)s") % {"choices": ", ".join(AlertRule.Kind.values)})
            return
        self.columns["kind"] = kind
        takes = taken_by(kind)
        for name in sorted(self.values.keys() & (LABELS.keys() - takes - {"kind"})):
            self._refuse(name, _("a rule of this kind has no such entry; leave it out"))
        self._read_target()
        for name, model in _CODED.items():
            if name in takes:
                self._read_code(name, model)
        if kind == AlertRule.Kind.RECORD_APPROVED:
            self._read_whose()
        for name in ("threshold", "change_pct"):
            if name in takes:
                self._read_number(name)
        self._read_direction(takes)
        for name in NEEDED[kind]:
            if self.columns.get(_COLUMN.get(name, name)) is None:
                self._refuse(name, _("it is empty; fill it in"))
        self._refuse_itself()

    def _read_target(self) -> None:
        if "target" not in self.values:
            return
        target = _found(seen(self.actor, TargetMarket).filter(removed_at=None), self.values["target"])
        if target is None:
            self._refuse("target", _("there is no target market with that id"))
            return
        self.columns["target_id"] = target.pk
        if "market" not in taken_by(self.columns["kind"]):
            return
        named = self.values.setdefault("market", target.market_id)
        if isinstance(named, str) and named.strip().upper() != target.market_id:
            self._refuse("market", _("it is not the market of the target market; leave one of the two out"))

    def _read_code(self, name: str, model: Any) -> None:
        code = self._line(name)
        if not code:
            return
        by_key = model.objects.filter(pk__iexact=code).values_list("pk", flat=True).first()
        if by_key is None:
            self._refuse(name, _("there is none with that code"))
        else:
            self.columns[_COLUMN[name]] = by_key

    def _read_whose(self) -> None:
        """The organisation whose records are meant, and one of its companies."""
        wanted = _id(self.values.get("organisation", self.actor.working_in))
        if wanted is None or wanted not in self.actor.roles:
            if "organisation" in self.values:
                self._refuse("organisation", _("you do not belong to an organisation with that id"))
            return
        self.columns["organisation_id"] = require(self.actor, Action.READ, wanted)
        if "company" not in self.values:
            return
        company = _found(seen(self.actor, Company).filter(organisation_id=wanted), self.values["company"])
        if company is None:
            self._refuse("company", _("there is no company with that id in this organisation"))
        else:
            self.columns["company_id"] = company.pk

    def _read_number(self, name: str) -> None:
        if name not in self.values:
            return
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self._refuse(name, _("write a number such as 20.7, with a point before the fraction"))
            return
        try:
            number = printed(value).exact
        except Unreadable as wrong:
            self._refuse(name, str(wrong))
            return
        if name == "change_pct" and not 0 < number <= MOST_PCT:
            self._refuse(name, _("write a number above 0, such as 5 for five per cent"))
        else:
            self.columns[name] = number

    def _read_direction(self, takes: frozenset[str]) -> None:
        if "direction" not in takes:
            return
        direction = self._line("direction")
        if direction and direction not in AlertRule.Direction.values:
            self._refuse("direction", _("write up or down, or leave it out for either way"))
        else:
            self.columns["direction"] = direction

    def _refuse_itself(self) -> None:
        pair = self.columns.get("currency_id"), self.columns.get("base_id")
        if pair[0] is not None and pair[0] == pair[1]:
            self._refuse("base", _("choose two different currencies"))

    def _line(self, name: str) -> str:
        return self.reading.line(self.values.get(name), f"/{name}", label(name), _LONGEST_CODE)

    def _refuse(self, name: str, expected: str) -> None:
        self.reading.refuse(f"/{name}", label(name), expected)


# Entries that name a row of the market tables by its code, in any case.
_CODED: Final[Mapping[str, Any]] = {
    "market": Area,
    "indicator": Indicator,
    "currency": Currency,
    "base": Currency,
    "dataset": Dataset,
}
# The columns of entries that point to rows.
_COLUMN: Final = {name: f"{name}_id" for name in (*_CODED, "organisation", "company", "target")}


def entries_of(rule: AlertRule) -> dict[str, Any]:
    """The entries of a rule as `checked` reads them, without those that are empty."""
    entries = {name: getattr(rule, _COLUMN.get(name, name)) for name in LABELS}
    return {name: value for name, value in entries.items() if value not in (None, "")}


def _found(rows: Any, key: object) -> Any:
    wanted = _id(key)
    return None if wanted is None else rows.filter(pk=wanted).first()


def _id(key: object) -> uuid.UUID | None:
    try:
        return key if isinstance(key, uuid.UUID) else uuid.UUID(str(key))
    except (ValueError, ValidationError):
        return None
