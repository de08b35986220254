"""What may stand in an export record: every entry is read and every fault told, all of them at once."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Actor, seen
from companies.errors import InvalidField
from companies.models import Company, ExportRecord
from companies.records.amounts import Printed, Unreadable, printed
from companies.records.fields import INCOTERMS, LABELS, label
from companies.records.periods import span
from companies.records.reading import Reading
from markets.models import Area, Category, Currency
from markets.vocabulary import Frequency

Values = Mapping[str, Any]
# Where it is tomorrow already, a day that has begun there is no future.
_AHEAD: Final = dt.timedelta(days=1)
_LONGEST_NOTE: Final = 4000
LONGEST_REASON: Final = 500
_UNKNOWN_MARKET: Final = _lazy("there is no market with the code %(text)s; choose one of the list")
_UNKNOWN_CATEGORY: Final = _lazy("there is no category %(text)s; choose one of the list")
_UNKNOWN_CURRENCY: Final = _lazy("there is no currency %(text)s; choose one of the list")
_UNKNOWN_INCOTERM: Final = _lazy("there is no Incoterm %(text)s in the edition of 2020")
_UNKNOWN_CORRIDOR: Final = _lazy("there is no way of transport %(text)s")
_CORRIDORS: Final = frozenset(ExportRecord.Corridor.values)
# Three digits after the point of an amount in single units may be thousands.
_LIKE_THOUSANDS: Final = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Known:
    """What entries may name. companies: of the organisation alone, whether each is archived; today: in UTC.

    minor_digits: of each currency.
    """

    companies: Mapping[uuid.UUID, bool]
    areas: frozenset[str]
    categories: frozenset[str]
    minor_digits: Mapping[str, int]
    today: dt.date


def known(actor: Actor, organisation_id: uuid.UUID, many: Iterable[Values], keeping: uuid.UUID | None = None) -> Known:
    """What some entries may name, in as many queries for a thousand as for one.

    keeping: the company the record is of already, which it may stay with though it is archived.
    """
    wanted = {key for values in many if (key := _uuid(values.get("company"))) is not None}
    companies = seen(actor, Company).filter(organisation_id=organisation_id, pk__in=wanted)
    return Known(
        companies={
            key: archived_at is not None and key != keeping
            for key, archived_at in companies.values_list("pk", "archived_at")
        },
        areas=frozenset(Area.objects.values_list("code", flat=True)),
        categories=frozenset(Category.objects.values_list("slug", flat=True)),
        minor_digits=dict(Currency.objects.values_list("code", "minor_digits")),
        today=timezone.now().date(),
    )


def checked(values: Values, known: Known, pointer: str = "") -> tuple[dict[str, Any], list[InvalidField]]:
    """The columns of a record with these entries, and every fault among them; a faulty entry's column says nothing.

    values: texts as people write them, numbers as text or Decimal; what is not given is empty. An amount as Decimal is
    that number and nothing else; as text it may be one that people read two ways. pointer: what stands before `/value`
    in the pointer of a fault.
    """
    entry = _Entry(values, known, pointer)
    entry.reading.only(values, LABELS, pointer)
    for read in (_whom, _product, _time, _amount, _growth, _measures, _delivery):
        read(entry)
    return entry.columns, entry.reading.faults


def refuse(faults: Iterable[InvalidField]) -> None:
    """Raises FieldsRejected where there is any fault."""
    Reading(faults=list(faults)).finish()


def invalid(name: str, expected: str) -> InvalidField:
    """One fault of one entry."""
    return InvalidField(pointer=f"/{name}", field=label(name), expected=expected)


def why_it_goes(text: str) -> str:
    """The reason of a removal as it is kept, one line. Raises FieldsRejected where none is given, or an endless one."""
    reading = Reading()
    pointer, called = "/removed_reason", label("removed_reason")
    told = reading.line(text, pointer, called, LONGEST_REASON)
    if not told:
        reading.refuse(pointer, called, _("say in at most %(most)s characters why it goes") % {"most": LONGEST_REASON})
    reading.finish()
    return told


def values_of(record: ExportRecord) -> dict[str, Any]:
    """The entries of a record as they were written: `checked` makes the same columns of them."""
    entries = {name: getattr(record, record._meta.get_field(name).attname) for name in LABELS}  # type: ignore[union-attr]  # noqa: SLF001 Django's documented name
    entries["value"] = record.value_printed if record.value is not None else None
    return entries


def values_with(record: ExportRecord, values: Values) -> dict[str, Any]:
    """The entries of a record with these in their place. An amount that stays as it is was understood before."""
    merged = values_of(record) | dict(values)
    is_same = merged["value"] == record.value_printed and str(merged["multiplier"]) == str(record.multiplier)
    return {**merged, "value": Decimal(record.value_printed)} if is_same and record.value_printed else merged


@dataclass(slots=True)
class _Entry:
    """One record being read: its entries, what was made of them, what is wrong."""

    values: Values
    known: Known
    pointer: str
    columns: dict[str, Any] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)

    def refuse(self, name: str, expected: str) -> None:
        self.reading.refuse(f"{self.pointer}/{name}", label(name), expected)

    def line(self, name: str, longest: int = 100) -> str:
        # Thousands of records are read at once, and hardly any says something wrong: words are looked up for those.
        return self.reading.line(self.values.get(name), f"{self.pointer}/{name}", LABELS[name], longest)

    def number(self, name: str, given: Any) -> Printed | None:
        """What was given as a number; None where it is nothing or faulty. A float has lost its digits already."""
        if given is None or given == "":
            return None
        if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
            self.refuse(name, _("write the number as text, so that no digit is lost"))
            return None
        try:
            return printed(given)
        except Unreadable as wrong:
            self.refuse(name, str(wrong))
            return None

    def choice(self, name: str, allowed: Collection[str], expected: Promise) -> str:
        """An entry that is one of a list; empty where none is chosen."""
        text = self.line(name)
        if text and text not in allowed:
            self.refuse(name, str(expected) % {"text": text[:40]})
            return ""
        return text


def _whom(entry: _Entry) -> None:
    company = entry.values.get("company")
    key = _uuid(company)
    if not company:
        entry.refuse("company", _("choose the company that sold"))
    elif key is None or key not in entry.known.companies:
        entry.refuse("company", _("there is no such company here; choose one of yours, or register it first"))
    elif entry.known.companies[key]:
        entry.refuse("company", _("it is archived and takes no new records; restore it first"))
    entry.columns["company_id"] = key
    entry.columns["destination_id"] = entry.choice("destination", entry.known.areas, _UNKNOWN_MARKET)
    if not entry.columns["destination_id"]:
        entry.refuse("destination", _("choose the market it was sold to, or a group where no single market is named"))


def _product(entry: _Entry) -> None:
    category = entry.choice("category", entry.known.categories, _UNKNOWN_CATEGORY)
    given = entry.values.get("hs_code"), entry.values.get("hs_revision")
    code, revision = entry.reading.hs_code(*given, entry.pointer, LABELS["hs_code"])
    if not (code or category or entry.reading.faults):
        entry.refuse("category", _("say what was sold: choose a category, or write an HS code, or both"))
    entry.columns |= {"category_id": category or None, "hs_code": code, "hs_revision": revision}


def _time(entry: _Entry) -> None:
    text = entry.line("period", longest=40)
    if not text:
        entry.refuse("period", _("write the time it is about, such as 2025-01/2025-04 for January to April"))
        return
    try:
        found = span(text)
    except Unreadable as wrong:
        entry.refuse("period", str(wrong))
        return
    if found.first > entry.known.today + _AHEAD:
        entry.refuse("period", _("this time has not begun yet; write the time in which it was sold"))
    entry.columns |= {
        "period": found.period.text,
        "frequency": found.period.frequency.value,
        "period_from_on": found.first,
        "period_to_on": found.last,
    }


def _amount(entry: _Entry) -> None:
    currency = entry.choice("currency", entry.known.minor_digits, _UNKNOWN_CURRENCY)
    note = entry.line("value_note", longest=300)
    multiplier = _multiplier(entry)
    given = entry.values.get("value")
    number = entry.number("value", given)
    entry.columns |= {
        "currency_id": currency or None,
        "value_note": note,
        "value": number.times(multiplier) if number else None,
        "value_printed": number.digits if number else "",
        "multiplier": multiplier,
    }
    if number is None:
        if not note:
            entry.refuse("value", _("write the amount; where the source gives none, say below why not"))
        return
    if number.exact < 0:
        entry.refuse("value", _("an amount is not below nought"))
    elif isinstance(given, str) and _is_like_thousands(number, multiplier, entry.known.minor_digits.get(currency, 2)):
        whole = {"text": number.digits, "whole": number.digits.replace(".", "")}
        entry.refuse("value", _("%(text)s can be read two ways: write %(whole)s, or fewer digits after it") % whole)
    if not currency:
        entry.refuse("currency", _("say in which currency the amount is"))


def _multiplier(entry: _Entry) -> int:
    given = entry.values.get("multiplier")
    text = "1" if given in (None, "") else str(given).strip()
    if re.fullmatch(r"10{0,12}", text, re.ASCII):
        return int(text)
    entry.refuse("multiplier", _("write 1, or a power of ten such as 10000 for 万 or 1000000 for a million"))
    return 1


def _is_like_thousands(number: Printed, multiplier: int, minor_digits: int) -> bool:
    return multiplier == 1 and minor_digits < 3 and bool(_LIKE_THOUSANDS.fullmatch(number.digits))


def _growth(entry: _Entry) -> None:
    given = entry.values.get("stated_growth_pct")
    if isinstance(given, str):
        given = given.strip().removesuffix("%").removesuffix("\uff05").rstrip()
    number = entry.number("stated_growth_pct", given)
    base = entry.line("growth_base", longest=200)
    entry.columns |= {"stated_growth_pct": number.exact if number else None, "growth_base": base}
    if number is None:
        if base and given in (None, ""):
            entry.refuse("growth_base", _("write the growth too, or take its base away"))
        return
    if number.exact < -100:
        entry.refuse("stated_growth_pct", _("nothing falls by more than 100 per cent"))
    if entry.columns.get("frequency") == Frequency.AS_OF.value and not base:
        entry.refuse("growth_base", _("say against what the growth of a single shipment is counted"))


def _measures(entry: _Entry) -> None:
    for name in ("quantity", "net_weight_kg"):
        number = entry.number(name, entry.values.get(name))
        if number is not None and number.exact < 0:
            entry.refuse(name, _("an amount is not below nought"))
        entry.columns[name] = number.exact if number else None
    unit = entry.columns["quantity_unit"] = entry.line("quantity_unit", longest=30)
    if entry.columns["quantity"] is not None and not unit:
        entry.refuse("quantity_unit", _("say what the quantity counts, such as pieces or tonnes"))
    if unit and entry.values.get("quantity") in (None, ""):
        entry.refuse("quantity", _("write the quantity, or take its unit away"))


def _delivery(entry: _Entry) -> None:
    settled = entry.choice("settlement_currency", entry.known.minor_digits, _UNKNOWN_CURRENCY)
    entry.columns |= {
        "incoterm": entry.choice("incoterm", INCOTERMS, _UNKNOWN_INCOTERM),
        "corridor": entry.choice("corridor", _CORRIDORS, _UNKNOWN_CORRIDOR),
        "settlement_currency_id": settled or None,
        "customs_office": entry.line("customs_office", longest=200),
        "document_reference": entry.line("document_reference", longest=200),
        "note": entry.reading.text(entry.values.get("note"), f"{entry.pointer}/note", LABELS["note"], _LONGEST_NOTE),
    }


def _uuid(given: Any) -> uuid.UUID | None:
    try:
        return given if isinstance(given, uuid.UUID) else uuid.UUID(str(given))
    except ValueError:
        return None
