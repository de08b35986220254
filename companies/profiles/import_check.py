"""The check of an import as its page shows it: how many rows become what, what is wrong, and what was put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Actor, seen
from companies.importing.checking.faults import TWINS, Fault, Suggestion
from companies.importing.mapping.labels import called
from companies.importing.plan import FIELDS, REGISTER, Fixes, Policy
from companies.models import Company, ExportRecord, Import, ImportVerdict
from companies.profiles.imports import ImportHead, import_head
from companies.records.fields import INCOTERMS
from companies.records.reading import HS_REVISIONS
from markets.models import Currency
from markets.queries import standing

Outcome = ImportVerdict.Outcome
# So many groups and fixes are shown at once; the next come up as these are put right.
GROUPS_SHOWN: Final = 25
FIXES_SHOWN: Final = 100
# Companies that are offered while a name is typed; any other can be typed too.
_MOST_OFFERED: Final = 1_000
_UUID: Final = 36
_LONGEST_ASKED: Final = 200

OUTCOME_WORDS: Final[Mapping[str, Promise]] = {
    Outcome.NEW: _lazy("New"),
    Outcome.UPDATE: _lazy("Update a draft"),
    Outcome.UNCHANGED: _lazy("Unchanged"),
    Outcome.CONFLICT: _lazy("In conflict"),
    Outcome.DUPLICATE: _lazy("Twice in the file"),
    Outcome.ERROR: _lazy("Wrong"),
    Outcome.LEFT_OUT: _lazy("Left out"),
}
OUTCOME_TOLD: Final[Mapping[str, Promise]] = {
    Outcome.NEW: _lazy("become new drafts"),
    Outcome.UPDATE: _lazy("say something else than a draft of an earlier import"),
    Outcome.UNCHANGED: _lazy("stand in your records already"),
    Outcome.CONFLICT: _lazy("meet records that people wrote or decided on"),
    Outcome.DUPLICATE: _lazy("say the very same as another row"),
    Outcome.ERROR: _lazy("cannot be imported as they are"),
    Outcome.LEFT_OUT: _lazy("you left out"),
}
# Warnings of many rows in one sentence; one that is not here is told by the first words of its own.
WARNING_WORDS: Final[Mapping[str, Promise]] = {
    "formula_value": _lazy("A formula's value is taken as the file saved it."),
    "no_value": _lazy("A word such as n/a stands for the amount; it is kept as the reason."),
    "zero_restored": _lazy("A zero that the spreadsheet had dropped was put back into the HS code."),
    "exponent": _lazy("A number is written with an exponent; digits may have been lost before."),
    "edited_since": _lazy("A person wrote or changed the record, so the file does not replace it unasked."),
    "decided": _lazy("The record was submitted or approved, so the file does not replace it unasked."),
    "several_records": _lazy("Several records have this company, market, goods and time."),
}
# Faults that one answer about the column, or another encoding, puts right in all rows.
_ANSWERED_AT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("ambiguous_number", "other_style", "ambiguous_date", "serial_date", "no_year_part", "columns_differ"),
        "companies:import_map",
    ),
    "undecodable": "companies:import_read",
}


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many rows have an outcome. told: what that means."""

    key: str
    label: str
    told: str
    count: int


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """One thing wrong in many rows. said: empty where no cell says it, or each its own. rows: the first numbers.

    query: of the table that shows them. can_fix: another wording can be written for all of them.
    is_company: it can be registered as new.
    """

    place: int
    field: str
    label: str
    code: str
    said: str
    told: str
    count: int
    rows: tuple[int, ...]
    near: tuple[Suggestion, ...]
    query: str
    has_one_wording: bool

    @property
    def can_fix(self) -> bool:
        return bool(self.field) and self.has_one_wording

    @property
    def is_company(self) -> bool:
        return self.code == "unknown_company"

    @property
    def are_twins(self) -> bool:
        return self.code == TWINS

    @property
    def answered_at(self) -> str:
        """The page where it can be answered for the whole column or file; empty where there is none."""
        return _ANSWERED_AT.get(self.code, "")

    @property
    def more(self) -> int:
        """How many rows there are beyond those named."""
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class FixLine:
    """Something that was put right. becomes: empty where it is read as nothing, or rows are left out.

    row: of a single row; None for all that say so.
    """

    kind: str
    field: str
    label: str
    said: str
    becomes: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """How many rows are warned of something, in one sentence."""

    told: str
    count: int


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What the check found. is_ready: the newest check is of what was decided last.

    group_count: how many kinds of faults there are; suggested: how many of those shown have a suggestion, unknown: how
    many companies nobody knows. offers: words that a field takes, by field, for those who type.
    """

    head: ImportHead
    is_ready: bool
    rows: int
    outcomes: tuple[OutcomeCount, ...]
    groups: tuple[FaultGroup, ...]
    group_count: int
    warnings: tuple[Warned, ...]
    fixes: tuple[FixLine, ...]
    fix_count: int
    keep_twins: bool
    policy: Policy
    offers: tuple[tuple[str, tuple[str, ...]], ...]
    sums: tuple[tuple[str, Decimal], ...]
    companies: int

    @property
    def errors(self) -> int:
        """How many rows are wrong."""
        return next((each.count for each in self.outcomes if each.key == Outcome.ERROR), 0)

    @property
    def suggested(self) -> int:
        """How many of the groups shown have a suggestion."""
        return sum(bool(group.near) for group in self.groups)

    @property
    def unknown(self) -> int:
        """How many of the groups shown are names of companies nobody knows."""
        return sum(group.is_company for group in self.groups)

    @property
    def can_go_on(self) -> bool:
        """Whether what was found can be looked at and imported."""
        writes = any(
            each.count for each in self.outcomes if each.key in (Outcome.NEW, Outcome.UPDATE, Outcome.CONFLICT)
        )
        return self.is_ready and writes and (not self.errors or self.policy.errors == "others")


def check_page(actor: Actor, imported: Import) -> CheckPage:
    """The page of an import that the actor sees, at any step from where its columns are named."""
    head = import_head(imported, "check")
    is_ready = imported.step == Import.Step.CHECKED and imported.checked_version == imported.version
    counts = imported.counts if is_ready else {}
    groups = tuple(_groups(imported.groups[:GROUPS_SHOWN])) if is_ready else ()
    fixes = Fixes.unpacked(imported.fixes)
    lines = list(_fixes(actor, imported, fixes))
    return CheckPage(
        head=head,
        is_ready=is_ready,
        rows=counts.get("rows", 0),
        outcomes=tuple(_outcomes(counts)),
        groups=groups,
        group_count=counts.get("groups", 0),
        warnings=tuple(_warnings(counts.get("warnings", {}))),
        fixes=tuple(lines[:FIXES_SHOWN]),
        fix_count=len(lines),
        keep_twins=fixes.keep_twins,
        policy=Policy.unpacked(imported.policy),
        offers=tuple(offers(actor, imported, {group.field for group in groups})),
        sums=tuple((currency, Decimal(total)) for currency, total in counts.get("sums", {}).items()),
        companies=counts.get("companies", 0),
    )


def first_suggestions(imported: Import, count: int = GROUPS_SHOWN) -> dict[str, dict[str, str]]:
    """What is probably meant in each of the groups shown, by field and wording."""
    found: dict[str, dict[str, str]] = {}
    for fault in (Fault.unpacked(each) for each in imported.groups[:count]):
        if fault.near and fault.field:
            found.setdefault(fault.field, {})[fault.said] = fault.near[0].becomes
    return found


def unknown_companies(imported: Import, count: int = GROUPS_SHOWN) -> dict[str, dict[str, str]]:
    """Every name of a company among the groups shown that nobody knows, to be registered."""
    faults = (Fault.unpacked(each) for each in imported.groups[:count])
    return {"company": {fault.said: REGISTER for fault in faults if fault.code == "unknown_company"}}


def offers(actor: Actor, imported: Import, fields: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Words that each of these fields takes, for those who type; nothing for one that takes any."""
    wanted = set(fields)
    reference = standing.reference()
    if "destination" in wanted:
        yield "destination", tuple(sorted(area.name for area in reference.areas.values()))
    if "category" in wanted:
        yield "category", tuple(category.name for category in reference.categories)
    for name in ("currency", "settlement_currency"):
        if name in wanted:
            yield name, tuple(Currency.objects.order_by("code").values_list("code", flat=True))
    if "incoterm" in wanted:
        yield "incoterm", tuple(INCOTERMS)
    if "corridor" in wanted:
        yield "corridor", tuple(_(words) for _key, words in ExportRecord.Corridor.choices)
    if "hs_revision" in wanted:
        yield "hs_revision", HS_REVISIONS
    if "company" in wanted:
        rows = seen(actor, Company).filter(organisation_id=imported.organisation_id, archived_at__isnull=True)
        yield "company", tuple(rows.order_by("name").values_list("name", flat=True)[:_MOST_OFFERED])


def group_query(fault: Fault, *, has_one_wording: bool = True) -> str:
    """The query of the table that shows the rows with this fault; an endless wording is not asked for, nor several."""
    asked = {"outcome": Outcome.ERROR.value, "fault": fault.code, "field": fault.field}
    is_asked = has_one_wording and len(fault.said) <= _LONGEST_ASKED
    return urlencode(asked | ({"said": fault.said} if is_asked else {}))


def _outcomes(counts: Mapping[str, Any]) -> Iterator[OutcomeCount]:
    for outcome, words in OUTCOME_WORDS.items():
        count = counts.get(outcome, 0)
        if count or outcome in (Outcome.NEW, Outcome.ERROR):
            yield OutcomeCount(outcome, str(words), str(OUTCOME_TOLD[outcome]), count)


def _groups(kept: Sequence[Mapping[str, Any]]) -> Iterator[FaultGroup]:
    for place, packed in enumerate(kept):
        fault = Fault.unpacked(packed)
        has_one_wording = packed.get("wordings", 1) == 1
        yield FaultGroup(
            place=place,
            field=fault.field,
            label=called(fault.field) if fault.field else _("Rows that contradict each other"),
            code=fault.code,
            said=fault.said,
            told=_told(fault, has_one_wording=has_one_wording),
            count=packed["count"],
            rows=tuple(packed["rows"]),
            near=fault.near,
            query=group_query(fault, has_one_wording=has_one_wording),
            has_one_wording=has_one_wording,
        )


def _told(fault: Fault, *, has_one_wording: bool) -> str:
    """What is wrong, in words that hold for every row of a group."""
    if not has_one_wording:
        return _("Each of these cells is a formula, not a value. Write the values in the file, or row by row.")
    if fault.code == TWINS:
        return _(
            "Each of these rows names the same company, market, goods and time as another, and differs in the rest."
        )
    return fault.sentence()


def _warnings(counts: Mapping[str, int]) -> Iterator[Warned]:
    for code, count in counts.items():
        yield Warned(str(WARNING_WORDS[code]) if code in WARNING_WORDS else code.replace("_", " "), count)


def _fixes(actor: Actor, imported: Import, fixes: Fixes) -> Iterator[FixLine]:
    names = _company_names(actor, imported, fixes)
    areas = standing.reference().areas
    categories = {each.slug: each.name for each in standing.reference().categories}
    called_so = {
        "destination": {code: area.name for code, area in areas.items()},
        "category": categories,
        "company": names,
    }

    def line(kind: str, field: str, said: str, becomes: str, row: int | None = None) -> FixLine:
        return FixLine(kind, field, called(field), said, str(called_so.get(field, {}).get(becomes, becomes)), row)

    for field in (name for name in FIELDS if name in fixes.values):
        yield from (line("value", field, said, becomes) for said, becomes in fixes.values[field].items())
    for field, wordings in fixes.left_out_values.items():
        yield from (line("left_out_value", field, said, "") for said in sorted(wordings))
    for number, cells in sorted(((int(row), cells) for row, cells in fixes.cells.items()), key=lambda pair: pair[0]):
        yield from (line("cell", field, "", becomes, number) for field, becomes in cells.items())
    for number in sorted(fixes.left_out):
        yield FixLine("left_out", "", "", "", "", number)


def _company_names(actor: Actor, imported: Import, fixes: Fixes) -> dict[str, str]:
    """What companies are called that something was put right to."""
    cells = (each["company"] for each in fixes.cells.values() if "company" in each)
    wanted = {*fixes.values.get("company", {}).values(), *cells}
    rows = seen(actor, Company).filter(organisation_id=imported.organisation_id)
    keys = [each for each in wanted if len(each) == _UUID]
    names = {str(key): name for key, name in rows.values_list("pk", "name") if str(key) in keys} if keys else {}
    return names | {REGISTER: _("a new company")}
