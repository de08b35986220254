"""What may stand in a target market: every entry is read and every fault told, all of them at once."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from companies.access import Actor, seen
from companies.models import Company, Organisation, TargetMarket, User
from companies.queries.targets import people_who_may_own
from companies.records.reading import Reading, unknown_codes
from companies.targets.fields import CHANGEABLE, CLASSIFICATION, LABELS, LONGEST_ACTION, LONGEST_REASON
from markets.queries import reference

Values = Mapping[str, Any]
_HS_LEVELS: Final = (2, 4, 6)


@dataclass(slots=True)
class Asked:
    """What somebody enters of a target market. columns: what was made of it; a faulty entry's column is missing."""

    values: Values
    columns: dict[str, Any] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)

    def refuse(self, name: str, expected: str) -> None:
        """Note a fault of an entry."""
        self.reading.refuse(f"/{name}", LABELS[name], expected)

    def line(self, name: str, longest: int = 100) -> str:
        """An entry of one line; empty where nothing is said."""
        return self.reading.line(self.values.get(name), f"/{name}", LABELS[name], longest)


def new_target(actor: Actor, values: Values) -> TargetMarket:
    """A target market with these entries, not yet written. Raises FieldsRejected with every fault."""
    asked = Asked(values)
    asked.reading.only(values, LABELS)
    company = _company(actor, asked)
    target = TargetMarket(
        person=None if "company" in asked.columns else actor.person,
        company=company,
        organisation=company.organisation if company else None,
        classification=CLASSIFICATION,
    )
    _market(asked)
    _goods(asked)
    _standing(asked, target)
    asked.reading.finish()
    for name, value in asked.columns.items():
        setattr(target, name, value)
    if "owner" not in values:
        target.owner = actor.person
    return target


def changed_columns(target: TargetMarket, values: Values) -> dict[str, Any]:
    """The columns that entries of a target market set; those not named stay. Raises FieldsRejected with every fault.

    The reason is of the status it has now: with another status it begins empty.
    """
    asked = Asked(values)
    asked.reading.only(values, CHANGEABLE)
    _standing(asked, target)
    asked.reading.finish()
    return asked.columns


def _company(actor: Actor, asked: Asked) -> Company | None:
    given = asked.values.get("company")
    if given in (None, ""):
        return None
    asked.columns["company"] = None
    try:
        key = given if isinstance(given, uuid.UUID) else uuid.UUID(str(given))
    except ValueError:
        key = uuid.UUID(int=0)
    company = seen(actor, Company).select_related("organisation").filter(pk=key).first()
    if company is None:
        asked.refuse("company", _("there is no such company here; choose one of yours"))
    elif company.archived_at is not None:
        asked.refuse("company", _("it is archived; restore it first"))
    asked.columns["company"] = company
    return company


def _market(asked: Asked) -> None:
    code = asked.line("market").upper()
    area = reference().areas.get(code)
    if not code:
        asked.refuse("market", _("choose a market"))
    elif area is None:
        asked.refuse("market", _("there is no market with the code %(text)s; choose one of the list") % {"text": code})
    elif area.is_aggregate:
        asked.refuse("market", _("this is a group of markets; choose one market of it"))
    else:
        asked.columns["market"] = area


def _goods(asked: Asked) -> None:
    slug = asked.line("category")
    category = next((each for each in reference().categories if each.slug == slug), None)
    if slug and category is None:
        expected = _("there is no category %(text)s; choose one of the list")
        asked.refuse("category", expected % {"text": slug[:40]})
    written = unicodedata.normalize("NFKC", asked.line("product", 40))
    digits = "".join(sign for sign in written if sign not in " .")
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) in _HS_LEVELS):
        asked.refuse("product", _("write 2, 4 or 6 digits, such as 8418 or 8418.21"))
    elif digits and unknown_codes([(digits, CLASSIFICATION)]):
        expected = _("there is no code %(code)s in %(revision)s; look it up under Products")
        asked.refuse("product", expected % {"code": digits, "revision": CLASSIFICATION})
    if slug and digits:
        asked.refuse("product", _("choose a category or write a code, not both"))
    asked.columns |= {"category": category, "product": digits}


def _standing(asked: Asked, target: TargetMarket) -> None:
    """What changes with time: status and its reason, stage, who sees to it, the next action."""
    values, columns = asked.values, asked.columns
    _choice(asked, "status", TargetMarket.Status.values, _("choose a status of the list"))
    if "stage" in values:
        _choice(asked, "stage", TargetMarket.Stage.values, _("choose a stage of the list"))
    status = columns.get("status", target.status)
    if "reason" in values:
        columns["reason"] = asked.line("reason", LONGEST_REASON)
    elif status != target.status:
        columns["reason"] = ""
    if status == TargetMarket.Status.NOT_INTERESTED and not columns.get("reason", target.reason):
        asked.refuse("reason", _("say why not, so that it is known when somebody asks again"))
    if "owner" in values:
        columns["owner"] = _owner(asked, target)
    _next_action(asked, target)


def _choice(asked: Asked, name: str, allowed: Collection[str], expected: str) -> None:
    """An entry that is one of a list. Without a word it stays as it is, where nothing is not one of the list."""
    text = asked.line(name)
    if text in allowed:
        asked.columns[name] = text
    elif name in asked.values:
        asked.refuse(name, expected)


def _owner(asked: Asked, target: TargetMarket) -> User | None:
    """Somebody who reads the target market as a colleague, or whose own it is; None: nobody."""
    given = asked.values.get("owner")
    if given in (None, ""):
        return None
    text = str(given)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number and number == target.person_id:
        return target.person
    place = target.organisation_id or target.shared_with_id
    found = people_who_may_own(place).filter(pk=number).first() if place else None
    if found is None and (place or target.person_id):
        asked.refuse("owner", _("choose somebody of those who see this target market"))
    return found


def _next_action(asked: Asked, target: TargetMarket) -> None:
    values, columns = asked.values, asked.columns
    if "next_action" in values:
        columns["next_action"] = asked.line("next_action", LONGEST_ACTION)
    if "next_action_on" in values:
        given = values["next_action_on"]
        text = given.isoformat() if isinstance(given, dt.date) else asked.line("next_action_on", 40)
        columns["next_action_on"] = None
        if text:
            columns["next_action_on"] = day(text)
            if columns["next_action_on"] is None:
                asked.refuse("next_action_on", _("write the day as 2026-03-31"))
    if not columns.get("next_action", target.next_action):
        if values.get("next_action_on"):
            asked.refuse("next_action", _("say what is to be done on that day, or take the day away"))
        elif target.next_action_on is not None:
            columns["next_action_on"] = None


def day(text: str) -> dt.date | None:
    """A day written as 2026-03-31; None for anything else, and for years nobody means."""
    try:
        found = dt.date.fromisoformat(text) if len(text) == len("2026-03-31") else None
    except ValueError:
        return None
    return found if found and 1900 <= found.year <= 2200 else None


def organisation_of(actor: Actor) -> Organisation | None:
    """Where the actor works; None for who belongs to no organisation."""
    return Organisation.objects.filter(pk__in=actor.roles.keys() & {actor.working_in}).first()
