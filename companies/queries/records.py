"""Which records a list shows: a question that an address can hold, and the rows that answer it."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from companies.access import Actor, working_on
from companies.models import ExportRecord, ImportVerdict
from markets.errors import InvalidRequest, InvalidValue, UnknownParameter
from markets.queries import standing
from markets.search.folding import fold
from markets.vocabulary import AsOf, Frequency, Period

# Columns a list can show, in the order they stand in; the first ones unless others are chosen.
COLUMNS: Final = (
    "company", "destination", "category", "hs_code", "period", "value", "currency", "status", "updated_at",
    "hs_revision", "value_printed", "multiplier", "value_note", "quantity", "quantity_unit", "net_weight_kg",
    "incoterm", "settlement_currency",
    "corridor", "customs_office", "document_reference", "stated_growth_pct", "growth_base", "note", "origin",
    "origin_reference", "entered_by", "edited_by", "version",
)  # fmt: skip
USUAL_COLUMNS: Final = COLUMNS[:9]
_PRINTED: Final = frozenset({"value_printed", "multiplier"})
# What orders the rows, by the word in the address; the id tells any two apart.
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "period": ("period_to_on", "period_from_on", "id"),
    "updated": ("updated_at", "id"),
    "created": ("id",),
    "company": ("company__name", "company_id", "period_to_on", "id"),
    "destination": ("destination_id", "period_to_on", "id"),
    "product": ("hs_code", "category_id", "period_to_on", "id"),
    "value": ("currency_id", "value", "id"),
    "status": ("status", "period_to_on", "id"),
}
USUAL_SORT: Final = "-period"
LONGEST: Final = 200
MOST_CHOSEN: Final = 100
_HS: Final = re.compile(r"\d{2}(\d{2}){0,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """What is asked of the list of records; an address holds it, and a saved view.

    company: ids. destination: codes; a group finds the group's own records, and with members those of its present
    members too. hs: what the code begins with. period_from, period_to: only records that lie wholly within, as periods
    or days. mine: entered or edited last by whoever asks. search: words in a company's names or in references.
    updated_since: changed at that moment or later. imported: what this import entered or changed and did not take back,
    for as long as its rows are kept. Empty: all.
    """

    company: tuple[uuid.UUID, ...] = ()
    destination: tuple[str, ...] = ()
    members: bool = False
    category: tuple[str, ...] = ()
    hs: str = ""
    period_from: str = ""
    period_to: str = ""
    currency: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    corridor: tuple[str, ...] = ()
    mine: bool = False
    search: str = ""
    updated_since: str = ""
    imported: str = ""
    sort: str = USUAL_SORT
    columns: tuple[str, ...] = USUAL_COLUMNS

    @classmethod
    def of(cls, given: QueryDict, base: RecordQuestion | None = None) -> Self:
        """The question of a query string; what it does not name is as in base.

        A name without a value is asked for as if it stood nowhere. Raises the first of all faults (UnknownParameter,
        InvalidValue), with every fault in its context as `faults`.
        """
        found: dict[str, Any] = {}
        faults: list[InvalidRequest] = []
        for name, texts in given.lists():
            try:
                found[name] = _value(name, [part for text in texts for part in _parts(name, text)])
            except InvalidRequest as fault:
                faults.append(fault)
        if faults:
            faults[0].context["faults"] = tuple(faults)
            raise faults[0]
        return replace(base or cls(), **found)  # type: ignore[return-value]

    @classmethod
    def of_text(cls, text: str) -> Self:
        """The question of a query string as it is kept. Raises UnknownParameter, InvalidValue."""
        return cls.of(QueryDict(text))

    def text(self, base: RecordQuestion | None = None) -> str:
        """The query string that means this question: only what differs from base, in one order."""
        usual = base or RecordQuestion()
        differing = {
            field.name: _as_text(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) != getattr(usual, field.name)
        }
        return urlencode(differing, safe=",/:")

    @property
    def filters(self) -> dict[str, Any]:
        """What narrows the list, by parameter: neither sort nor columns."""
        usual = RecordQuestion()
        names = (field.name for field in fields(self) if field.name not in ("sort", "columns", "members"))
        return {name: getattr(self, name) for name in names if getattr(self, name) != getattr(usual, name)}


def matching(actor: Actor, question: RecordQuestion, *, with_removed: bool = False) -> QuerySet[ExportRecord]:
    """The records that answer the question, in its order, of the organisation the actor works in.

    with_removed: tombstones too, for readers that follow changes. Raises SignInNeeded, NoOrganisation.
    """
    rows = narrowed(working_on(actor, ExportRecord), question, mine=actor.user)
    rows = rows if with_removed else rows.filter(removed_at__isnull=True)
    return ordered(rows, question.sort)


def narrowed(rows: QuerySet[ExportRecord], question: RecordQuestion, *, mine: object) -> QuerySet[ExportRecord]:
    """Those of the rows that answer the question. mine: the person whose own ones can be asked for."""
    wanted = {
        "company_id__in": question.company,
        "destination_id__in": _destinations(question),
        "category_id__in": question.category,
        "hs_code__startswith": question.hs,
        "currency_id__in": question.currency,
        "status__in": question.status,
        "origin__in": question.origin,
        "corridor__in": question.corridor,
        "period_from_on__gte": days_of(question.period_from)[0] if question.period_from else None,
        "period_to_on__lte": days_of(question.period_to)[1] if question.period_to else None,
        "updated_at__gte": AsOf.parse_start(question.updated_since).at if question.updated_since else None,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if question.mine:
        rows = rows.filter(Q(created_by=mine) | Q(edited_by=mine))
    if question.imported:
        became = ImportVerdict.objects.filter(of_id=uuid.UUID(question.imported), version_after__isnull=False)
        rows = rows.filter(pk__in=became.values("record"))
    for word in fold(question.search).split():
        rows = rows.filter(
            Q(company__search_text__contains=word)
            | Q(document_reference__icontains=word)
            | Q(origin_reference__icontains=word)
        )
    return rows


def ordered(rows: QuerySet[ExportRecord], sort: str) -> QuerySet[ExportRecord]:
    """The rows in the order of a word of SORTS, turned round by a minus."""
    sign = "-" if sort.startswith("-") else ""
    return rows.order_by(*(sign + field for field in SORTS[sort.removeprefix("-")]))


def days_of(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of a period. Raises InvalidValue."""
    parsed = Period.parse(period)
    if parsed.frequency is Frequency.AS_OF:
        day = dt.date.fromisoformat(period)
        return day, day
    first, last = 1, 12
    if parsed.frequency is Frequency.QUARTERLY:
        first, last = 3 * int(period[-1]) - 2, 3 * int(period[-1])
    elif parsed.frequency is Frequency.MONTHLY:
        first = last = int(period[-2:])
    elif parsed.frequency is Frequency.YEAR_TO_DATE:
        last = int(period[-2:])
    return dt.date(parsed.year, first, 1), dt.date(parsed.year, last, calendar.monthrange(parsed.year, last)[1])


def members_of(group: str) -> frozenset[str]:
    """The present members of a group of markets; of the world every market; of a market itself none."""
    reference = standing.reference()
    area = reference.areas.get(group)
    if area is None or not area.is_aggregate:
        return frozenset()
    if area.kind == "world":
        return frozenset(code for code, each in reference.areas.items() if not each.is_aggregate)
    return frozenset(
        code
        for code in reference.areas
        for held in reference.memberships(code)
        if held.group_id == group and not held.to_on
    )


def destinations_used(actor: Actor) -> list[str]:
    """Codes of the markets and groups that the organisation has records of."""
    rows = working_on(actor, ExportRecord).filter(removed_at__isnull=True).order_by("destination_id")
    return list(rows.values_list("destination_id", flat=True).distinct())


def _destinations(question: RecordQuestion) -> list[str]:
    codes = set(question.destination)
    if question.members:
        codes = codes.union(*(members_of(code) for code in question.destination))
    return sorted(codes)


# ---------------------------------------------------------------- from text and back
def _parts(name: str, text: str) -> Iterable[str]:
    """The values in a text: commas stand between several, but are part of what is searched for."""
    pieces = [text] if name == "search" else text.split(",")
    return [piece.strip() for piece in pieces if piece.strip()]


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return ",".join(str(each) for each in value) if isinstance(value, tuple) else str(value)


def _value(name: str, parts: Sequence[str]) -> Any:
    """Raises UnknownParameter, InvalidValue."""
    read = _READ.get(name)
    if read is None:
        raise UnknownParameter(parameter=name, allowed=", ".join(_READ))
    for part in parts:
        if len(part) > LONGEST:
            raise InvalidValue(
                parameter=name, value=part[:40], expected=_("at most %(most)s characters") % {"most": LONGEST}
            )
    return read(name, tuple(dict.fromkeys(parts)))


def _one(form: Callable[[str, str], Any], empty: Any = "") -> Callable[[str, Sequence[str]], Any]:
    """A reader of one value."""

    def read(name: str, parts: Sequence[str]) -> Any:
        if len(parts) > 1:
            raise InvalidValue(parameter=name, value=", ".join(parts), expected=_("write one value"))
        return form(name, parts[0]) if parts else empty

    return read


def _many(form: Callable[[str, str], Any]) -> Callable[[str, Sequence[str]], tuple[Any, ...]]:
    """A reader of several values, kept in one order."""

    def read(name: str, parts: Sequence[str]) -> tuple[Any, ...]:
        if len(parts) > MOST_CHOSEN:
            expected = _("at most %(most)s codes fit one question") % {"most": MOST_CHOSEN}
            raise InvalidValue(parameter=name, value=len(parts), expected=expected)
        return tuple(sorted({form(name, part) for part in parts}))

    return read


def _among(allowed: Callable[[], Iterable[str]], expected: str = "") -> Callable[[str, str], str]:
    """A form of words that are known here."""

    def form(name: str, text: str) -> str:
        known = list(allowed())
        if text not in known:
            told = _(expected) if expected else _("it is one of %(allowed)s") % {"allowed": ", ".join(known)}
            raise InvalidValue(parameter=name, value=text, expected=told)
        return text

    return form


def _company(name: str, text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as wrong:
        raise InvalidValue(parameter=name, value=text, expected=_("it is no id of a company")) from wrong


def _import(name: str, text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as wrong:
        raise InvalidValue(parameter=name, value=text, expected=_("it is no id of an import")) from wrong


def _hs_code(name: str, text: str) -> str:
    plain = text.replace(".", "").replace(" ", "")
    if _HS.fullmatch(plain) is None:
        raise InvalidValue(parameter=name, value=text, expected=_("an HS code has 2, 4, 6, 8 or 10 digits"))
    return plain


def _currency(name: str, text: str) -> str:
    if re.fullmatch(r"[A-Z]{3}", text, re.ASCII) is None:
        raise InvalidValue(
            parameter=name, value=text, expected=_("write a code such as %(example)s") % {"example": "CNY"}
        )
    return text


def _period(name: str, text: str) -> str:
    try:
        days_of(text)
    except InvalidValue as wrong:
        expected = _("write 2023, 2023-Q1, 2023-01, 2025-01/2025-05, or a day that exists")
        raise InvalidValue(parameter=name, value=text, expected=expected) from wrong
    return text


def _moment(name: str, text: str) -> str:
    try:
        return (
            AsOf.parse_start(text).at.isoformat()
            if "T" in text.upper()
            else AsOf.parse_start(text).at.date().isoformat()
        )
    except InvalidValue as wrong:
        raise InvalidValue(parameter=name, value=text, expected=wrong.context["expected"]) from wrong


def _flag(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise InvalidValue(parameter=name, value=text, expected=_("write 1 or 0"))
    return text == "1"


def _columns(name: str, parts: Sequence[str]) -> tuple[str, ...]:
    """The chosen columns in their own order; none chosen means the usual ones.

    The digits as printed and their multiplier say the amount together, so neither stands without the other.
    """
    for part in parts:
        _among(lambda: COLUMNS)(name, part)
    chosen = {*parts, *(_PRINTED if _PRINTED & set(parts) else ())}
    return tuple(column for column in COLUMNS if column in chosen) or USUAL_COLUMNS


_READ: Final[Mapping[str, Callable[[str, Sequence[str]], Any]]] = {
    "company": _many(_company),
    "destination": _many(_among(lambda: standing.reference().areas, gettext_noop("it is no market or group of ours"))),
    "members": _one(_flag, empty=False),
    "category": _many(
        _among(
            lambda: [category.slug for category in standing.reference().categories],
            gettext_noop("it is no category of ours"),
        )
    ),
    "hs": _one(_hs_code),
    "period_from": _one(_period),
    "period_to": _one(_period),
    "currency": _many(_currency),
    "status": _many(_among(lambda: ExportRecord.Status.values)),
    "origin": _many(_among(lambda: ExportRecord.Origin.values)),
    "corridor": _many(_among(lambda: ExportRecord.Corridor.values)),
    "mine": _one(_flag, empty=False),
    "search": _one(lambda _name, text: text),
    "updated_since": _one(_moment),
    "imported": _one(_import),
    "sort": _one(_among(lambda: [sign + word for word in SORTS for sign in ("", "-")]), empty=USUAL_SORT),
    "columns": _columns,
}
