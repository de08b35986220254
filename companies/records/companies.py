"""Writing companies: each use-case checks, writes and remembers the change in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require, seen
from companies.changes import change_row, changed, fields_of, remember
from companies.errors import Archived, CompaniesError, FieldsRejected
from companies.models import Company, CompanyName, Contact, ExportRecord, ProductLine
from companies.models.copying import count_again, write_new
from companies.queries import naming
from companies.records.company_entries import Row, checked_company
from companies.records.reading import Reading
from companies.records.versions import held

REGISTERED: Final = "registered"
EDITED: Final = "edited"
ARCHIVED: Final = "archived"
RESTORED: Final = "restored"
_PLAIN: Final = ("name", "registration_number", "place", "sector", "note")
_ARCHIVE: Final = ("archived_at", "archived_by", "archived_reason")
# From so many new companies on the database looks at how many there are by now.
_MANY: Final = 500
_LONGEST_NAME: Final = 300
# What stands in the change log for an address or number, which themselves never do.
_MASK: Final = "•••"
_MASK_OF_NEW: Final = "••• (new)"


def register_company(actor: Actor, values: Mapping[str, Any], *, key: uuid.UUID | None = None) -> Company:
    """A new company where the actor works.

    values: by field name; rows of names {name, language, kind}, lines {category, hs_code, hs_revision, note} and
    contacts {name, position, email, phone}. key: the id it gets, given out beforehand; registering under the same key
    again registers nothing and returns what was. Raises FieldsRejected with every fault; NotAllowed.
    """
    organisation_id = require(actor, Action.WRITE)
    company = Company(organisation_id=organisation_id, created_by=actor.person)
    if key is not None:
        if (before := _registered_under(actor, key)) is not None:
            return before
        company.pk = key
    try:
        with transaction.atomic():
            entered = checked_company(values, company=company)
            _take(company, entered)
            _save(company, entered, is_new=True)
            _write_rows(company, entered | {"names": entered.get("names", [])})
            changed(actor, REGISTERED, company, after=_remembered(company, []))
    except (IntegrityError, FieldsRejected):
        # The same form sent twice at one moment: the other request was quicker with its key, or with the number.
        if (before := _registered_under(actor, key)) is None:
            raise
        return before
    return company


def edit_company(actor: Actor, key: object, version: int | None, values: Mapping[str, Any]) -> Company:
    """The company with the given entries changed; what is not given stays, a list that is given replaces the old one.

    A name the company is no longer shown by stays as an alias, unless `names` is given too. Where nothing differs
    nothing is written. Raises HiddenObject, NotAllowed, VersionMissing, VersionConflict, Archived, FieldsRejected.
    """
    with transaction.atomic():
        company = held(actor, Company, key, version, Action.WRITE)
        if company.archived_at is not None:
            raise Archived(kind=_("The company"))
        entered = checked_company(values, company=company)
        before, addresses = _remembered(company, []), _addresses(company)
        had, names = company.name, _names_kept(company, entered)
        _take(company, entered)
        if not _differs(company, entered, names):
            return company
        company.version += 1
        _save(company, entered)
        _write_rows(company, entered | {"names": names}, former=had)
        changed(actor, EDITED, company, before=before, after=_remembered(company, addresses))
    return company


def archive_company(actor: Actor, key: object, version: int | None, reason: str) -> Company:
    """The company put away: it stays to be read with its records, and takes no change and no new record.

    Raises FieldsRejected without a reason, Archived when it is already, and what `edit_company` raises.
    """
    with transaction.atomic():
        company = held(actor, Company, key, version, Action.WRITE)
        if company.archived_at is not None:
            raise Archived(kind=_("The company"))
        reading = Reading()
        said = reading.line(reason, "/reason", _("Reason"), 500, is_required=True)
        reading.finish()
        before = fields_of(company, _ARCHIVE)
        company.archived_at, company.archived_by, company.archived_reason = Now(), actor.person, said
        company.version += 1
        _save(company, {})
        changed(actor, ARCHIVED, company, before=before, after=fields_of(company, _ARCHIVE))
    return company


def restore_company(actor: Actor, key: object, version: int | None) -> Company:
    """An archived company taken back into use.

    Raises FieldsRejected where another company has its registration number by now; CompaniesError when it is not
    archived; and what `edit_company` raises.
    """
    with transaction.atomic():
        company = held(actor, Company, key, version, Action.WRITE)
        if company.archived_at is None:
            raise CompaniesError(reason=_("the company is not archived"))
        checked_company({}, company=company)
        before = fields_of(company, _ARCHIVE)
        company.archived_at, company.archived_by, company.archived_reason = None, None, ""
        company.version += 1
        _save(company, {})
        changed(actor, RESTORED, company, before=before, after=fields_of(company, _ARCHIVE))
    return company


def register_named(actor: Actor, names: Sequence[str], home: str | None) -> list[Company]:
    """New companies where the actor works of which nothing but the name is known, in the order of the names.

    home: the country or region of all of them. Raises FieldsRejected with every fault; NotAllowed.
    """
    organisation_id = require(actor, Action.WRITE)
    companies = []
    for name in names:
        company = Company(organisation_id=organisation_id, created_by=actor.person, home_id=home)
        company.name = checked_company({"name": name}, company=company)["name"]
        company.search_text = naming.search_text([company.name])
        companies.append(company)
    with transaction.atomic():
        write_new(companies)
        write_new([_named(company, row) for company in companies for row in _whole(company, [])])
        if len(companies) >= _MANY:
            count_again(Company, CompanyName)
        rows = [{"names": _whole(company, []), "lines": [], "contacts": []} for company in companies]
        remember(
            change_row(actor, REGISTERED, company, after=fields_of(company, (*_PLAIN, "home")) | of_it)
            for company, of_it in zip(companies, rows, strict=True)
        )
    return companies


def archive_unused(actor: Actor, versions: Mapping[uuid.UUID, int], reason: str) -> list[Company]:
    """Put those companies away that still are as these versions left them and that no record is of; which they were.

    Must stand in a transaction. Raises NotAllowed.
    """
    organisation_id = require(actor, Action.WRITE)
    used = ExportRecord.objects.filter(company=OuterRef("pk"), removed_at__isnull=True)
    rows = Company.objects.filter(~Exists(used), organisation_id=organisation_id, pk__in=versions, archived_at=None)
    there = rows.select_for_update(of=("self",)).order_by("pk")
    unused = [company for company in there if company.version == versions[company.pk]]
    put_away = {"archived_at": Now(), "archived_by_id": actor.person.pk, "archived_reason": reason}
    before = {company.pk: fields_of(company, _ARCHIVE) for company in unused}
    Company.objects.filter(pk__in=before).update(**put_away, version=F("version") + 1, updated_at=Now())
    archived = list(Company.objects.filter(pk__in=before).order_by("pk"))
    remember(
        change_row(actor, ARCHIVED, company, before=before[company.pk], after=fields_of(company, _ARCHIVE))
        for company in archived
    )
    return archived


def _registered_under(actor: Actor, key: uuid.UUID | None) -> Company | None:
    """What the actor registered under a key before."""
    return seen(actor, Company).filter(pk=key, created_by=actor.person).first() if key is not None else None


# ---------------------------------------------------------------- writing
def _take(company: Company, entered: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        if name in entered:
            setattr(company, name, entered[name])
    if "home" in entered:
        company.home_id = entered["home"]


def _save(company: Company, entered: Mapping[str, Any], *, is_new: bool = False) -> None:
    """Write the row. Who was quicker with the same registration number is named as if they had come first."""
    company.updated_at = Now()
    try:
        with transaction.atomic():
            company.save(force_insert=is_new)
    except IntegrityError:
        checked_company({name: entered[name] for name in ("name",) if name in entered}, company=company)
        raise
    company.refresh_from_db(fields=["created_at", "updated_at", "archived_at"])


def _names_kept(company: Company, entered: Mapping[str, Any]) -> list[Row]:
    """The names the company is to have beside the one it is shown by."""
    if "names" in entered:
        return list(entered["names"])
    rows = [_name_row(name) for name in company.names.all()]
    new = entered.get("name", company.name)
    if new == company.name:
        return rows
    return [
        row | {"kind": CompanyName.Kind.ALIAS.value} if row["name"] == company.name and _is_bare(row) else row
        for row in rows
    ]


def _is_bare(row: Row) -> bool:
    return row["kind"] == CompanyName.Kind.OFFICIAL and not row["language"]


def _whole(company: Company, names: Sequence[Row]) -> list[Row]:
    """The names with the one the company is shown by, which is always among them."""
    if any(row["name"] == company.name for row in names):
        return list(names)
    return [{"name": company.name, "language": "", "kind": CompanyName.Kind.OFFICIAL.value}, *names]


def _write_rows(company: Company, entered: Mapping[str, Any], former: str = "") -> None:
    """Replace the rows that are given, and what the company is found by."""
    names = _whole(company, entered["names"])
    if former != company.name or names != [_name_row(name) for name in company.names.all()]:
        company.names.all().delete()
        CompanyName.objects.bulk_create(_named(company, row) for row in names)
        company.search_text = naming.search_text(row["name"] for row in names)
        Company.objects.filter(pk=company.pk).update(search_text=company.search_text)
    if "lines" in entered:
        company.lines.all().delete()
        ProductLine.objects.bulk_create(
            ProductLine(company=company, category_id=row["category"], **_without(row, "category"))
            for row in entered["lines"]
        )
    if "contacts" in entered:
        company.contacts.all().delete()
        Contact.objects.bulk_create(Contact(company=company, **row) for row in entered["contacts"])


def _named(company: Company, row: Row) -> CompanyName:
    name = row["name"]
    return CompanyName(
        company=company,
        **row,
        folded=naming.fold(name)[:_LONGEST_NAME],
        latin=naming.latin_core(name)[:_LONGEST_NAME],
        sound=naming.same_sound(name)[:_LONGEST_NAME],
    )


def _differs(company: Company, entered: Mapping[str, Any], names: Sequence[Row]) -> bool:
    """Whether what is entered is other than what stands."""
    standing = Company.objects.get(pk=company.pk)
    if any(getattr(standing, name) != getattr(company, name) for name in (*_PLAIN, "home_id")):
        return True
    if _whole(company, names) != [_name_row(name) for name in company.names.all()]:
        return True
    rows = {"lines": _line_rows(company), "contacts": _contact_rows(company)}
    return any(name in entered and entered[name] != standing for name, standing in rows.items())


# ---------------------------------------------------------------- remembering
def _remembered(company: Company, known: Sequence[str]) -> dict[str, Any]:
    """The company as the change log keeps it. known: the addresses before, so that a new one shows as new."""
    remembered = fields_of(company, (*_PLAIN, "home"))
    remembered["names"] = [_name_row(name) for name in company.names.all()]
    remembered["lines"] = _line_rows(company)
    remembered["contacts"] = [
        row | {name: _masked(row[name], known) for name in ("email", "phone")} for row in _contact_rows(company)
    ]
    return remembered


def _masked(address: str, known: Sequence[str]) -> str:
    if not address:
        return ""
    return _MASK_OF_NEW if known and address not in known else _MASK


def _addresses(company: Company) -> list[str]:
    return [row[name] for row in _contact_rows(company) for name in ("email", "phone") if row[name]]


def _name_row(name: CompanyName) -> Row:
    return {"name": name.name, "language": name.language, "kind": name.kind}


def _line_rows(company: Company) -> list[Row]:
    return [
        {"category": line.category_id, "hs_code": line.hs_code, "hs_revision": line.hs_revision, "note": line.note}
        for line in company.lines.all()
    ]


def _contact_rows(company: Company) -> list[Row]:
    return [dict(row) for row in company.contacts.values("name", "position", "email", "phone")]


def _without(row: Row, left_out: str) -> Row:
    return {name: value for name, value in row.items() if name != left_out}
