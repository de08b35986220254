"""What may stand in an export record: every entry is read and every fault told, all of them at once."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Actor, seen
from companies.errors import FieldsRejected, InvalidField
from companies.models import Company, ExportRecord
from companies.records.amounts import Printed, Unreadable, printed
from companies.records.fields import HS_REVISIONS, INCOTERMS, LABELS, label
from companies.records.periods import span
from markets.models import Area, Category, Currency
from markets.vocabulary import Frequency

Values = Mapping[str, Any]
# Where it is tomorrow already, a day that has begun there is no future.
_AHEAD: Final = dt.timedelta(days=1)
_CODE: Final = re.compile(r"\d{2}(\d{2}){0,4}", re.ASCII)
_MOST_MULTIPLIER: Final = 10**12
_LONGEST_NOTE: Final = 4000
# Three digits after the point of an amount in single units may be thousands.
_LIKE_THOUSANDS: Final = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Known:
    """What entries may name. companies: of the organisation alone; minor_digits: of each currency; today: in UTC."""

    companies: frozenset[uuid.UUID]
    areas: frozenset[str]
    categories: frozenset[str]
    minor_digits: Mapping[str, int]
    today: dt.date


def known(actor: Actor, organisation_id: uuid.UUID, many: Iterable[Values]) -> Known:
    """What some entries may name, in as many queries for a thousand as for one."""
    wanted = {key for values in many if (key := _uuid(values.get("company"))) is not None}
    companies = seen(actor, Company).filter(organisation_id=organisation_id, pk__in=wanted)
    return Known(
        companies=frozenset(companies.values_list("pk", flat=True)),
        areas=frozenset(Area.objects.values_list("code", flat=True)),
        categories=frozenset(Category.objects.values_list("slug", flat=True)),
        minor_digits=dict(Currency.objects.values_list("code", "minor_digits")),
        today=timezone.now().date(),
    )


def checked(values: Values, known: Known, pointer: str = "") -> tuple[dict[str, Any], list[InvalidField]]:
    """The columns of a record with these entries, and every fault among them; a faulty entry has no column.

    values: texts as people write them, numbers as text or Decimal; what is not given is empty. pointer: what stands
    before `/value` in the pointer of a fault.
    """
    reading = _Reading(values, known, pointer)
    for name in values.keys() - LABELS.keys():
        reading.fault(name, _("there is no such entry; take it away"))
    for read in (_whom, _product, _time, _amount, _growth, _measures, _delivery, _remarks):
        read(reading)
    return reading.columns, reading.faults


def refuse(faults: Iterable[InvalidField]) -> None:
    """Raises FieldsRejected where there is any fault."""
    told = tuple(faults)
    if told:
        raise FieldsRejected(faults=told, count=len(told))


def invalid(name: str, expected: str, pointer: str = "") -> InvalidField:
    """One fault of one entry."""
    return InvalidField(pointer=f"{pointer}/{name}", field=label(name), expected=expected)


def values_of(record: ExportRecord) -> dict[str, Any]:
    """The entries of a record as they were written: `checked` makes the same columns of them."""
    entries = {name: getattr(record, record._meta.get_field(name).attname) for name in LABELS}  # type: ignore[union-attr]  # noqa: SLF001 Django's documented name
    entries["value"] = record.value_printed if record.value is not None else None
    return entries


@dataclass(slots=True)
class _Reading:
    """One record being read: its entries, what was made of them, what is wrong."""

    values: Values
    known: Known
    pointer: str
    columns: dict[str, Any] = field(default_factory=dict)
    faults: list[InvalidField] = field(default_factory=list)

    def fault(self, name: str, expected: str) -> None:
        self.faults.append(invalid(name, expected, self.pointer))

    def text(self, name: str, longest: int = 0) -> str:
        """The entry without surrounding blanks, in composed letters; empty where it is not given or faulty."""
        given = self.values.get(name)
        if given is None:
            return ""
        if isinstance(given, bool) or not isinstance(given, str | int | uuid.UUID):
            self.fault(name, _("write it as text"))
            return ""
        text = unicodedata.normalize("NFC", str(given)).strip()
        if any(unicodedata.category(sign) == "Cc" and sign not in "\r\n\t" for sign in text):
            self.fault(name, _("it holds a character that cannot be printed; take it away"))
            return ""
        if longest and len(text) > longest:
            self.fault(name, _("at most %(most)s characters are taken") % {"most": longest})
            return ""
        return text

    def number(self, name: str, given: Any) -> Printed | None:
        """What was given as a number; None where it is nothing or faulty. A float has lost its digits already."""
        if given is None or given == "":
            return None
        if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
            self.fault(name, _("write the number as text, so that no digit is lost"))
            return None
        return self.read(name, lambda: printed(given))

    def read(self, name: str, reader: Callable[[], Any]) -> Any:
        try:
            return reader()
        except Unreadable as wrong:
            self.fault(name, str(wrong))
            return None

    def choice(self, name: str, allowed: Iterable[str], expected: str, column: str = "") -> str:
        """An entry that is one of a list, in its own spelling; empty where none is chosen."""
        text = self.text(name)
        if text and text not in allowed:
            self.fault(name, expected % {"text": text[:40]})
            text = ""
        self.columns[column or name] = (text or None) if column else text
        return text


def _whom(reading: _Reading) -> None:
    company = reading.values.get("company")
    key = _uuid(company)
    if not company:
        reading.fault("company", _("choose the company that sold"))
    elif key not in reading.known.companies:
        reading.fault("company", _("there is no such company here; choose one of yours, or register it first"))
    else:
        reading.columns["company_id"] = key
    if not reading.values.get("destination"):
        reading.fault("destination", _("choose the market it was sold to, or a group where no single one is named"))
        return
    unknown = _("there is no market with the code %(text)s; choose one of the list")
    reading.choice("destination", reading.known.areas, unknown, "destination_id")


def _product(reading: _Reading) -> None:
    unknown = _("there is no category %(text)s; choose one of the list")
    category = reading.choice("category", reading.known.categories, unknown, "category_id")
    given = reading.text("hs_code", longest=40)
    code = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in given if sign not in " .\u00a0")
    if code and not _CODE.fullmatch(code):
        reading.fault("hs_code", _("write 2, 4, 6, 8 or 10 digits; was a nought at the front lost?"))
        code = ""
    elif not (code or category or given or reading.values.get("category")):
        reading.fault("category", _("say what was sold: choose a category, or write an HS code, or both"))
    expected = _("there is no revision %(text)s; choose one of the list")
    revision = reading.choice("hs_revision", HS_REVISIONS, expected)
    if code and not revision and not reading.values.get("hs_revision"):
        reading.fault("hs_revision", _("say which revision of the Harmonized System the code is of"))
    reading.columns |= {"hs_code": code, "hs_revision": revision if code else ""}


def _time(reading: _Reading) -> None:
    text = reading.text("period", longest=40)
    if not text:
        if not reading.values.get("period"):
            reading.fault("period", _("write the time it is about, such as 2025-01/2025-04 for January to April"))
        return
    found = reading.read("period", lambda: span(text))
    if found is None:
        return
    if found.first > reading.known.today + _AHEAD:
        reading.fault("period", _("this time has not begun yet; write the time in which it was sold"))
        return
    reading.columns |= {
        "period": found.period.text,
        "frequency": found.period.frequency.value,
        "period_from_on": found.first,
        "period_to_on": found.last,
    }


def _amount(reading: _Reading) -> None:
    expected = _("there is no currency %(text)s; choose one of the list")
    currency = reading.choice("currency", reading.known.minor_digits, expected, "currency_id")
    note = reading.text("value_note", longest=300)
    multiplier = _multiplier(reading)
    number = reading.number("value", reading.values.get("value"))
    reading.columns |= {"value_note": note, "value": None, "value_printed": "", "multiplier": multiplier}
    if number is None:
        if reading.values.get("value") in (None, "") and not note:
            reading.fault("value", _("write the amount; where the source gives none, say below why not"))
        return
    if number.exact < 0:
        reading.fault("value", _("an amount is not below nought"))
    elif _is_like_thousands(number, multiplier, reading.known.minor_digits.get(currency, 2)):
        whole = {"text": number.digits, "whole": number.digits.replace(".", "")}
        reading.fault("value", _("%(text)s can be read two ways: write %(whole)s, or fewer digits after it") % whole)
    if not currency and not reading.values.get("currency"):
        reading.fault("currency", _("say in which currency the amount is"))
    reading.columns |= {"value": number.times(multiplier), "value_printed": number.digits}


def _multiplier(reading: _Reading) -> int:
    given = reading.values.get("multiplier")
    if given in (None, ""):
        return 1
    text = reading.text("multiplier", longest=20)
    if text and re.fullmatch(r"10*", text, re.ASCII) and int(text) <= _MOST_MULTIPLIER:
        return int(text)
    if text:
        reading.fault("multiplier", _("write 1, or a power of ten such as 10000 for 万 or 1000000 for a million"))
    return 1


def _is_like_thousands(number: Printed, multiplier: int, minor_digits: int) -> bool:
    return multiplier == 1 and minor_digits < 3 and bool(_LIKE_THOUSANDS.fullmatch(number.digits))


def _growth(reading: _Reading) -> None:
    given = reading.values.get("stated_growth_pct")
    if isinstance(given, str):
        given = given.strip().removesuffix("%").removesuffix("\uff05").rstrip()
    number = reading.number("stated_growth_pct", given)
    base = reading.text("growth_base", longest=200)
    reading.columns |= {"stated_growth_pct": number.exact if number else None, "growth_base": base}
    if number is None:
        if base and given in (None, ""):
            reading.fault("growth_base", _("write the growth too, or take its base away"))
        return
    if number.exact < -100:
        reading.fault("stated_growth_pct", _("nothing falls by more than 100 per cent"))
    if reading.columns.get("frequency") == Frequency.AS_OF.value and not base:
        reading.fault("growth_base", _("say against what the growth of a single shipment is counted"))


def _measures(reading: _Reading) -> None:
    for name in ("quantity", "net_weight_kg"):
        number = reading.number(name, reading.values.get(name))
        if number is not None and number.exact < 0:
            reading.fault(name, _("an amount is not below nought"))
        reading.columns[name] = number.exact if number else None
    unit = reading.text("quantity_unit", longest=30)
    reading.columns["quantity_unit"] = unit
    if reading.columns["quantity"] is not None and not unit and not reading.values.get("quantity_unit"):
        reading.fault("quantity_unit", _("say what the quantity counts, such as pieces or tonnes"))
    if unit and reading.values.get("quantity") in (None, ""):
        reading.fault("quantity", _("write the quantity, or take its unit away"))


def _delivery(reading: _Reading) -> None:
    reading.choice("incoterm", INCOTERMS, _("there is no Incoterm %(text)s in the edition of 2020"))
    reading.choice("corridor", ExportRecord.Corridor.values, _("there is no way of transport %(text)s"))
    expected = _("there is no currency %(text)s; choose one of the list")
    reading.choice("settlement_currency", reading.known.minor_digits, expected, "settlement_currency_id")


def _remarks(reading: _Reading) -> None:
    for name, longest in (("customs_office", 200), ("document_reference", 200), ("note", _LONGEST_NOTE)):
        reading.columns[name] = reading.text(name, longest)


def _uuid(given: Any) -> uuid.UUID | None:
    try:
        return given if isinstance(given, uuid.UUID) else uuid.UUID(str(given))
    except ValueError:
        return None
