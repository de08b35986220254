"""The check of an import as its page shows it: how many rows become what, what is wrong, and what was put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Actor, seen
from companies.importing.checking.faults import Fault
from companies.importing.mapping.labels import called
from companies.importing.plan import FIELDS, REGISTER, Fixes, Policy
from companies.models import Company, ExportRecord, Import, ImportVerdict
from companies.profiles.import_faults import FaultGroup, fault_groups
from companies.profiles.import_keeping import Keeping, keeping
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


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many rows have an outcome. told: what that means."""

    key: str
    label: str
    told: str
    count: int


@dataclass(frozen=True, slots=True)
class FixLine:
    """Something that was put right. becomes: empty where it is read as nothing, or rows are left out.

    Of a kind of fault whose rows are left out, said is the kind and becomes what is wrong in words. row: of a single
    row; None for all that say so.
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

    group_count: how many kinds of faults there are. keep_twins, register, scale: as `plan.Fixes`. offers: words that a
    field takes, by field, for those who type. may_be_merged: rows lack what a merged cell of the file may say for them.
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
    register: bool
    scale: str
    policy: Policy
    offers: tuple[tuple[str, tuple[str, ...]], ...]
    sums: tuple[tuple[str, Decimal], ...]
    companies: int
    keeping: Keeping | None
    may_be_merged: bool

    @property
    def errors(self) -> int:
        """How many rows are wrong."""
        return next((each.count for each in self.outcomes if each.key == Outcome.ERROR), 0)

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
    groups = tuple(fault_groups(imported.groups[:GROUPS_SHOWN])) if is_ready else ()
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
        fix_count=len(lines) + sum((fixes.keep_twins, fixes.register, bool(fixes.scale))),
        keep_twins=fixes.keep_twins,
        register=fixes.register,
        scale=fixes.scale,
        policy=Policy.unpacked(imported.policy),
        offers=tuple(offers(actor, imported, {group.field for group in groups})),
        sums=tuple((currency, Decimal(total)) for currency, total in counts.get("sums", {}).items()),
        companies=counts.get("companies", 0),
        keeping=keeping(imported) if is_ready else None,
        may_be_merged=bool(imported.found.get("merged"))
        and not imported.choices.get("fill_merged")
        and any(group.field and not group.said for group in groups),
    )


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


def _outcomes(counts: Mapping[str, Any]) -> Iterator[OutcomeCount]:
    for outcome, words in OUTCOME_WORDS.items():
        count = counts.get(outcome, 0)
        if count or outcome in (Outcome.NEW, Outcome.ERROR):
            yield OutcomeCount(outcome, str(words), str(OUTCOME_TOLD[outcome]), count)


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
    for field, kinds in fixes.left_out_faults.items():
        yield from (_left_out(field, kind, told) for kind, told in kinds.items())
    for number, cells in sorted(((int(row), cells) for row, cells in fixes.cells.items()), key=lambda pair: pair[0]):
        yield from (line("cell", field, "", becomes, number) for field, becomes in cells.items())
    for number in sorted(fixes.left_out):
        yield FixLine("left_out", "", "", "", "", number)


def _left_out(field: str, kind: str, told: str) -> FixLine:
    title = Fault(field, kind.partition("-")[0]).title()
    return FixLine("left_out_faults", field, called(field) if field else "", kind, told or title)


def _company_names(actor: Actor, imported: Import, fixes: Fixes) -> dict[str, str]:
    """What companies are called that something was put right to."""
    cells = (each["company"] for each in fixes.cells.values() if "company" in each)
    wanted = {*fixes.values.get("company", {}).values(), *cells}
    rows = seen(actor, Company).filter(organisation_id=imported.organisation_id)
    keys = [each for each in wanted if len(each) == _UUID]
    names = {str(key): name for key, name in rows.values_list("pk", "name") if str(key) in keys} if keys else {}
    return names | {REGISTER: _("a new company")}
