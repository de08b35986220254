"""What is entered for a company, checked as a whole: every fault at once, nothing half taken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.models import Company, CompanyName
from companies.queries.naming import latin
from companies.records.reading import Reading, unknown_codes
from markets.models import Area, Category

MOST_ROWS: Final = 50
LONGEST_NOTE: Final = 10_000
# Entries of a company and of its rows, with the labels people see.
FIELDS: Final = {
    "name": _lazy("Name"),
    "registration_number": _lazy("Registration number"),
    "home": _lazy("Country or region"),
    "place": _lazy("City or town"),
    "sector": _lazy("Sector"),
    "note": _lazy("Notes"),
    "names": _lazy("Other names"),
    "lines": _lazy("Product lines"),
    "contacts": _lazy("Contacts"),
}
NAME_FIELDS: Final = {"name": _lazy("Name"), "language": _lazy("Language"), "kind": _lazy("Kind of name")}
LINE_FIELDS: Final = {
    "category": _lazy("Category"),
    "hs_code": _lazy("HS code"),
    "hs_revision": _lazy("HS revision"),
    "note": _lazy("Note"),
}
CONTACT_FIELDS: Final = {
    "name": _lazy("Person"),
    "position": _lazy("Position"),
    "email": _lazy("E-mail address"),
    "phone": _lazy("Telephone"),
}
_LANGUAGE_FORM: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LANGUAGES: Final = frozenset(Locale("en").languages)
_LINES: Final = {"registration_number": 50, "place": 200, "sector": 200}

Row = dict[str, Any]


def checked_company(values: Mapping[str, Any], *, company: Company) -> dict[str, Any]:
    """The entries that are given, as they are kept: one line each in NFC, codes as digits, rows as dicts.

    company: the one they are for, not yet saved when it is new; a new one has to have a name. `names` is without the
    bare name the company is shown by. Raises FieldsRejected with every fault.
    """
    reading = Reading()
    reading.only(values, FIELDS)
    entered: dict[str, Any] = {}
    if "name" in values or company._state.adding:  # noqa: SLF001 Django's documented name
        entered["name"] = _name(reading, values.get("name"), "/name", FIELDS["name"])
    for field, longest in _LINES.items():
        if field in values:
            entered[field] = reading.line(values[field], f"/{field}", FIELDS[field], longest)
    if "note" in values:
        entered["note"] = reading.text(values["note"], "/note", FIELDS["note"], LONGEST_NOTE)
    if "home" in values:
        entered["home"] = _home(reading, values["home"])
    if "names" in values:
        entered["names"] = _names(reading, values["names"])
    if "lines" in values:
        entered["lines"] = _product_lines(reading, values["lines"])
    if "contacts" in values:
        entered["contacts"] = _contacts(reading, values["contacts"])
    _refuse_registered(reading, company, entered)
    reading.finish()
    return entered


def registered_already(company: Company, number: str, home: str | None) -> Company | None:
    """The other company of the organisation that has this registration number there and is not archived."""
    rows = Company.objects.filter(
        organisation_id=company.organisation_id, registration_number=number, home_id=home, archived_at=None
    )
    return rows.exclude(pk=company.pk).first() if number else None


def _refuse_registered(reading: Reading, company: Company, entered: Mapping[str, Any]) -> None:
    number = entered.get("registration_number", company.registration_number)
    other = registered_already(company, number, entered.get("home", company.home_id))
    if other is not None:
        expected = _("%(name)s has this number already; open that company, or correct the number") % {
            "name": other.name
        }
        reading.refuse("/registration_number", FIELDS["registration_number"], expected)


def _name(reading: Reading, value: object, pointer: str, label: object) -> str:
    name = reading.line(value, pointer, label, 300, is_required=True)
    if name and not latin(name):
        reading.refuse(pointer, label, _("it has no letter and no digit; write the name"))
    return name


def _home(reading: Reading, value: object) -> str | None:
    code = reading.line(value, "/home", FIELDS["home"], 8).upper()
    if code and not Area.objects.filter(pk=code, is_aggregate=False).exists():
        reading.refuse("/home", FIELDS["home"], _("there is no such country or region; write its code, such as KAZ"))
    return code or None


def _rows(reading: Reading, value: object, name: str, known: Collection[str]) -> list[tuple[str, Mapping[str, Any]]]:
    """Each row with its pointer."""
    if value is None:
        return []
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(row, Mapping) for row in value):
        reading.refuse(f"/{name}", FIELDS[name], _("it is a list of entries"))
        return []
    if len(value) > MOST_ROWS:
        reading.refuse(f"/{name}", FIELDS[name], _("give at most %(most)s entries") % {"most": MOST_ROWS})
        return []
    rows = [(f"/{name}/{at}", row) for at, row in enumerate(value)]
    for pointer, row in rows:
        reading.only(row, known, pointer)
    return rows


def _names(reading: Reading, value: object) -> list[Row]:
    rows = []
    for pointer, row in _rows(reading, value, "names", NAME_FIELDS):
        name = _name(reading, row.get("name"), f"{pointer}/name", NAME_FIELDS["name"])
        kind = reading.line(row.get("kind"), f"{pointer}/kind", NAME_FIELDS["kind"], 16) or CompanyName.Kind.OFFICIAL
        if kind not in CompanyName.Kind.values:
            known = ", ".join(CompanyName.Kind.values)
            reading.refuse(f"{pointer}/kind", NAME_FIELDS["kind"], _("it is one of %(known)s") % {"known": known})
        language = _language(reading, row.get("language"), f"{pointer}/language")
        rows.append({"name": name, "language": language, "kind": str(kind)})
    said = Counter(row["name"] for row in rows if row["name"])
    for at, row in enumerate(rows):
        if said[row["name"]] > 1:
            reading.refuse(f"/names/{at}/name", NAME_FIELDS["name"], _("it stands here twice; keep one of them"))
    return rows


def _language(reading: Reading, value: object, pointer: str) -> str:
    code = reading.line(value, pointer, NAME_FIELDS["language"], 10)
    if code and not (_LANGUAGE_FORM.fullmatch(code) and code.split("-")[0] in _LANGUAGES):
        reading.refuse(pointer, NAME_FIELDS["language"], _("write the code of a language, such as zh, ru or en"))
    return code


def _product_lines(reading: Reading, value: object) -> list[Row]:
    rows = []
    for pointer, row in _rows(reading, value, "lines", LINE_FIELDS):
        category = reading.line(row.get("category"), f"{pointer}/category", LINE_FIELDS["category"], 40)
        code, revision = reading.hs_code(row.get("hs_code"), row.get("hs_revision"), pointer, LINE_FIELDS["hs_code"])
        note = reading.line(row.get("note"), f"{pointer}/note", LINE_FIELDS["note"], 300)
        if not category and not code:
            reading.refuse(
                f"{pointer}/category", LINE_FIELDS["category"], _("choose a category, write a code, or both")
            )
        rows.append({"category": category or None, "hs_code": code, "hs_revision": revision, "note": note})
    _refuse_unknown(reading, rows)
    return rows


def _refuse_unknown(reading: Reading, rows: Sequence[Row]) -> None:
    """Categories and codes that are not there, and lines that say the same twice."""
    slugs = {row["category"] for row in rows if row["category"]}
    known = set(Category.objects.filter(pk__in=slugs).values_list("pk", flat=True)) if slugs else set()
    unknown = unknown_codes((row["hs_code"], row["hs_revision"]) for row in rows)
    said = Counter((row["category"], row["hs_code"]) for row in rows)
    for at, row in enumerate(rows):
        if row["category"] and row["category"] not in known:
            reading.refuse(f"/lines/{at}/category", LINE_FIELDS["category"], _("there is no such category"))
        if (row["hs_code"], row["hs_revision"]) in unknown:
            expected = _("%(revision)s has no code %(code)s; look it up under Products") % {
                "revision": row["hs_revision"],
                "code": row["hs_code"],
            }
            reading.refuse(f"/lines/{at}/hs_code", LINE_FIELDS["hs_code"], expected)
        if said[row["category"], row["hs_code"]] > 1:
            field = "hs_code" if row["hs_code"] else "category"
            reading.refuse(f"/lines/{at}/{field}", LINE_FIELDS[field], _("it stands here twice; keep one of them"))


def _contacts(reading: Reading, value: object) -> list[Row]:
    rows = []
    for pointer, row in _rows(reading, value, "contacts", CONTACT_FIELDS):
        lengths = {"name": 200, "position": 200, "email": 254, "phone": 50}
        contact = {
            name: reading.line(
                row.get(name), f"{pointer}/{name}", CONTACT_FIELDS[name], longest, is_required=name == "name"
            )
            for name, longest in lengths.items()
        }
        _refuse_address(reading, contact["email"], pointer)
        rows.append(contact)
    return rows


def _refuse_address(reading: Reading, address: str, pointer: str) -> None:
    try:
        if address:
            validate_email(address)
    except ValidationError:
        reading.refuse(f"{pointer}/email", CONTACT_FIELDS["email"], _("write an address such as name@example.com"))
