"""The sample organisation: three exporters of published documents, to try the product with and to wipe."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now

from companies.access import actor_of_person
from companies.changes import changed, fields_of
from companies.models import Change, Company, ExportRecord, Membership, Organisation, Role, User
from companies.records.companies import register_company
from companies.records.entering import enter_record
from markets.models import Document
from markets.profiles.demand import UNSTATED

NAME: Final = "Sample trade office (demonstration)"
_FACTS: Final = Path(__file__).resolve().parent.parent / "facts"
_COMPANY: Final = ("name", "home", "place", "sector")
_LINE: Final = ("category", "hs_code", "hs_revision")
_RECORD: Final = (
    "destination",
    "category",
    "hs_code",
    "hs_revision",
    "period",
    "multiplier",
    "value_note",
    "currency",
    "stated_growth_pct",
    "settlement_currency",
    "corridor",
)
_FOUNDED: Final = ("name", "kind", "home")
Fact = Mapping[str, str]


@transaction.atomic
def make_sample(admin: User) -> bool:
    """The sample organisation with this person as an admin; False where both were there already.

    Its companies and records are drafts entered by that person, each with the document and line it is told in.
    """
    standing = sample_organisations().order_by("created_at").first()
    organisation = standing or Organisation.objects.create(name=NAME, home_id="CHN", is_sample=True)
    _member, is_new = Membership.objects.get_or_create(
        organisation=organisation, user=admin, ended_at=None, defaults={"role": Role.ADMIN}
    )
    # They try the product with what is there: nobody asks them first what they sell.
    User.objects.filter(pk=admin.pk, began_at=None).update(began_at=Now())
    if standing is None:
        _fill(organisation, admin)
    return standing is None or is_new


def wipe_sample() -> int:
    """Sample organisations deleted with all they hold, their changes too; how many there were."""
    samples = list(sample_organisations())
    for organisation in samples:
        organisation.delete()
    return len(samples)


def sample_organisations() -> Any:
    """Organisations that are samples."""
    return Organisation.objects.filter(is_sample=True)


def _fill(organisation: Organisation, admin: User) -> None:
    actor = actor_of_person(admin, wanted=organisation.pk, via=Change.Via.COMMAND)
    changed(
        actor,
        "made",
        organisation,
        after=fields_of(organisation, _FOUNDED),
        organisation_id=organisation.pk,
    )
    documents = {document.code: document for document in Document.objects.all()}
    companies: dict[str, Company] = {}
    for key, values in _companies(documents).items():
        companies[key] = register_company(actor, values)
    for fact in _facts("sample_records.csv"):
        enter_record(actor, _record(fact, companies[fact["company"]], documents), origin=ExportRecord.Origin.TYPED)


def _companies(documents: Mapping[str, Document]) -> dict[str, dict[str, Any]]:
    """Values of each company by its key; further rows of a key are further product lines."""
    companies: dict[str, dict[str, Any]] = {}
    for fact in _facts("sample_companies.csv"):
        values = companies.setdefault(
            fact["key"],
            {name: fact[name] for name in _COMPANY}
            | {"note": _with_source(fact, documents), "names": _names(fact), "lines": []},
        )
        values["lines"].append({name: fact[name] for name in _LINE} | {"note": fact["line_note"]})
    return companies


def _names(fact: Fact) -> list[dict[str, str]]:
    return [{"name": fact["alias"], "language": fact["alias_language"], "kind": "alias"}] if fact["alias"] else []


def _record(fact: Fact, company: Company, documents: Mapping[str, Document]) -> dict[str, Any]:
    stated = {name: fact[name] for name in _RECORD if fact[name]}
    return stated | {
        "company": str(company.pk),
        "value": fact["value"] or None,
        "document_reference": fact["citation"],
        "note": _with_source(fact, documents),
    }


def _with_source(fact: Fact, documents: Mapping[str, Document]) -> str:
    """The fact in our words, and who published what it is from."""
    document = documents[fact["citation"].partition(":")[0]]
    day = f", {document.published_on.isoformat()}" if document.published_on else ""
    publisher = f"{document.publisher}: " if document.publisher != UNSTATED else ""
    return f"{fact['note']}\n{publisher}{document.title}{day} ({fact['citation']})"


def _facts(name: str) -> list[dict[str, str]]:
    with (_FACTS / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
