"""What the workspace is asked, and what it reads beside the target markets: own sales, and what became of records."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from companies.access import Action, Actor, working_on
from companies.models import ExportRecord, TargetMarket
from companies.queries.targets import KEPT_BY
from markets.errors import InvalidRequest, InvalidValue, UnknownParameter
from markets.vocabulary import AsOf

VIEWS: Final = ("table", "board")
OVERDUE, WEEK, LATER, UNDATED = "overdue", "week", "later", "undated"
DUES: Final = (OVERDUE, WEEK, LATER, UNDATED)


@dataclass(frozen=True, slots=True)
class WorkspaceQuestion:
    """Which target markets are shown, and how; what is empty asks for all.

    kept_by: `own`, `company` or `shared`. due: by the day of the next action. owner: number of the person who sees to
    it. since: the day from which news are told, instead of the visit before.
    """

    view: str = VIEWS[0]
    kept_by: str = ""
    status: str = ""
    due: str = ""
    owner: str = ""
    since: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> Self:
        """The question of a query string. Raises the first of all faults (UnknownParameter, InvalidValue)."""
        known = {field.name for field in fields(cls)}
        found: dict[str, str] = {}
        faults: list[InvalidRequest] = []
        for name, texts in given.lists():
            try:
                if name not in known:
                    raise UnknownParameter(parameter=name, allowed=", ".join(sorted(known)))
                if text := texts[-1].strip():
                    found[name] = _READ[name](name, text)
            except InvalidRequest as fault:
                faults.append(fault)
        if faults:
            faults[0].context["faults"] = tuple(faults)
            raise faults[0]
        return cls(**found)

    @property
    def is_narrowed(self) -> bool:
        """Whether some target markets may be left out."""
        return bool(self.kept_by or self.status or self.due or self.owner)

    def but(self, **changes: str) -> str:
        """The query string of this question with some words changed: only what differs from the usual."""
        asked, usual = replace(self, **changes), WorkspaceQuestion()
        named = {field.name: getattr(asked, field.name) for field in fields(self)}
        return urlencode({name: text for name, text in named.items() if text != getattr(usual, name)})


def _among(allowed: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in allowed:
            expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(allowed)}
            raise InvalidValue(parameter=name, value=text[:40], expected=expected)
        return text

    return read


def _number(name: str, text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidValue(parameter=name, value=text[:40], expected=_("it is the number of a person"))
    return text


def _day(name: str, text: str) -> str:
    try:
        return AsOf.parse_start(text).at.date().isoformat()
    except InvalidValue as wrong:
        raise InvalidValue(parameter=name, value=text[:40], expected=wrong.context["expected"]) from wrong


_READ: Final[Mapping[str, Callable[[str, str], str]]] = {
    "view": _among(VIEWS),
    "kept_by": _among(KEPT_BY),
    "status": _among(tuple(TargetMarket.Status.values)),
    "due": _among(DUES),
    "owner": _number,
    "since": _day,
}


class SaleRow(NamedTuple):
    """An export record with an amount, as a plain row."""

    company_id: uuid.UUID
    destination_id: str
    category_id: str | None
    hs_code: str
    period: str
    period_from_on: dt.date
    period_to_on: dt.date
    document_reference: str
    currency_id: str
    value: Decimal
    value_printed: str
    multiplier: int
    status: str


def sales_to(actor: Actor, destinations: Collection[str]) -> list[SaleRow]:
    """The organisation's records with an amount to these very markets; none for who may not read them."""
    if not destinations or not actor.may(Action.READ):
        return []
    rows = working_on(actor, ExportRecord).filter(
        removed_at=None, value__isnull=False, destination_id__in=list(destinations)
    )
    return [SaleRow(*row) for row in rows.order_by("id").values_list(*SaleRow._fields)]


class RecordNews(NamedTuple):
    """How many of the organisation's records to a market were entered, approved or removed since a moment."""

    entered: int
    approved: int
    removed: int


def record_news(actor: Actor, destinations: Collection[str], since: dt.datetime) -> dict[str, RecordNews]:
    """By market; those without any news are not named, and none for who may not read records."""
    if not destinations or not actor.may(Action.READ):
        return {}
    live, approved = Q(removed_at=None), Q(status=ExportRecord.Status.APPROVED, decided_at__gt=since)
    parts: dict[str, Any] = {
        "entered": Count("pk", filter=live & Q(created_at__gt=since)),
        "approved": Count("pk", filter=live & approved),
        "removed": Count("pk", filter=Q(removed_at__gt=since)),
    }
    rows = working_on(actor, ExportRecord).filter(destination_id__in=list(destinations), updated_at__gt=since)
    counted = rows.order_by().values("destination_id").annotate(**parts).values_list("destination_id", *parts)
    news = {code: RecordNews(*numbers) for code, *numbers in counted}
    return {code: each for code, each in news.items() if any(each)}
