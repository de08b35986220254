"""Publishing sums of approved records: what would be published and withheld, the publication, its withdrawal.

The sums of one currency are a tree: all markets, each market, the categories within a market. A record counts once, in
the category it is filed under; goods without one count in the market alone. What a source states for a group of
markets stands for itself and is in no total, and counts only where no market of it is told by the same company. Records
that may be of one firm are one contribution. `markets.analytics.disclosure` says what may be told.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from companies.access import Action, Actor, one, require
from companies.changes import changed
from companies.errors import AlreadyWithdrawn, NothingToPublish, PreviewChanged
from companies.models import ExportRecord, Organisation, Publication, PublishedSum
from companies.queries.duplicates import firms_of
from companies.queries.published import approved_of_year, editions
from companies.records.overlap import Scope, Stated, counting, once
from companies.records.scopes import scopes
from markets.analytics.disclosure import Edition, Rule, why_withheld
from markets.models import Area
from markets.vocabulary import Frequency

# The place of the total over all markets; what a source states for the whole world is not published beside it.
ALL_MARKETS: Final = "WLD"


class Cell(NamedTuple):
    """The place of a sum: a market, one category or all goods (empty), one currency."""

    destination: str
    category: str
    currency: str

    @property
    def whole(self) -> Cell:
        """The market's sum of all goods."""
        return Cell(self.destination, "", self.currency)

    @property
    def total(self) -> Cell:
        """The sum over all markets."""
        return Cell(ALL_MARKETS, "", self.currency)


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum with what each company (by its id) has in it. withheld: why it is not told; empty when it is."""

    cell: Cell
    value: Decimal
    contributions: Mapping[str, Decimal]
    records: int
    withheld: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Approved records of the year that no sum counts, and why.

    year_to_date: of a part of a year that other records may state again. without_value: the source gives no figure.
    overlapping: they stand within others, overlap with them in part, or tell a market's trade again for a group or in
    another currency. whole_world: they name no market at all.
    """

    year_to_date: int = 0
    without_value: int = 0
    overlapping: int = 0
    whole_world: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.year_to_date + self.without_value + self.overlapping + self.whole_world


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be published of a year now. former: how many publications of the year were made before.

    fingerprint: tells whether two previews are of the same sums under the same rule.
    """

    year: int
    rule: Rule
    sums: tuple[Sum, ...]
    left_out: LeftOut
    former: int
    fingerprint: str

    @property
    def told(self) -> int:
        """How many sums would be told."""
        return sum(not each.withheld for each in self.sums)


@dataclass(slots=True)
class _Tree:
    """The sums as records are added to them."""

    contributions: dict[Cell, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    records: dict[Cell, int] = field(default_factory=lambda: defaultdict(int))
    parents: dict[Cell, Cell] = field(default_factory=dict)

    def add(self, cells: Iterable[Cell], company: str, value: Decimal) -> None:
        """One record, in every sum it is part of."""
        for cell in cells:
            held = self.contributions[cell]
            held[company] = held.get(company, Decimal(0)) + value
            self.records[cell] += 1


def rule_in_force() -> Rule:
    """The rule as the installation sets it. Raises NotComparable for one that protects nobody."""
    return Rule(fewest=settings.PUBLISH_FEWEST_COMPANIES, p_pct=Decimal(settings.PUBLISH_ESTIMATE_PCT))


def preview_publication(actor: Actor, year: int) -> Preview:
    """What would be published of a year, withheld sums with their reasons.

    Raises SignInNeeded, NoOrganisation, NotAllowed.
    """
    organisation = require(actor, Action.REVIEW)
    rows = list(approved_of_year(actor, year).order_by("pk"))
    counted, left_out = _counted(rows)
    groups = set(Area.objects.filter(is_aggregate=True).values_list("code", flat=True))
    former = editions(organisation, year)
    firms = firms_of(actor)
    tree, rule = _tree(counted, groups, firms), rule_in_force()
    parents, before = _parents(former, tree, groups), [_edition(each, firms) for each in former]
    why = why_withheld(tree.contributions, parents, rule, before)
    sums = tuple(
        Sum(cell, sum(of.values(), Decimal(0)), dict(of), tree.records[cell], str(why.get(cell, "")))
        for cell, of in sorted(tree.contributions.items())
    )
    return Preview(year, rule, sums, left_out, len(former), _fingerprint(sums, rule))


def publish_sums(actor: Actor, year: int, fingerprint: str | None = None) -> Publication:
    """Publish the sums of a year for everybody.

    fingerprint: of the preview that was looked at; None where nobody looked. Raises SignInNeeded, NoOrganisation,
    NotAllowed; PreviewChanged where the sums are others by now; NothingToPublish.
    """
    organisation = require(actor, Action.REVIEW)
    with transaction.atomic():
        # One publication of an organisation at a time: each looks at all that were made before.
        Organisation.objects.select_for_update().get(pk=organisation)
        preview = preview_publication(actor, year)
        if fingerprint not in (None, preview.fingerprint):
            raise PreviewChanged(year=year)
        if not preview.told:
            raise NothingToPublish(year=year)
        made = Publication.objects.create(
            organisation_id=organisation,
            year=year,
            number=_next_number(organisation, year),
            rule={"fewest_companies": preview.rule.fewest, "estimate_pct": format(preview.rule.p_pct, "f")},
            published_by=actor.person,
        )
        PublishedSum.objects.bulk_create(_row(made, each) for each in preview.sums)
        after = {"year": year, "number": made.number, "rule": made.rule, "told": preview.told}
        changed(actor, "published", made, after={**after, "withheld": len(preview.sums) - preview.told})
    return made


def withdraw_publication(actor: Actor, key: object) -> Publication:
    """Take a publication back: nobody is shown it any more; what was read of it counts for ever.

    Raises SignInNeeded, HiddenObject, NotAllowed; AlreadyWithdrawn.
    """
    found = one(actor, Publication, key)
    require(actor, Action.REVIEW, found.organisation_id)
    with transaction.atomic():
        locked = Publication.objects.select_for_update().get(pk=found.pk)
        if locked.withdrawn_at is not None:
            raise AlreadyWithdrawn
        Publication.objects.filter(pk=locked.pk).update(withdrawn_at=Now())
        locked.refresh_from_db()
        changed(actor, "withdrawn", locked, after={"withdrawn_at": locked.withdrawn_at})
    return locked


# ---------------------------------------------------------------- which records count
def _counted(rows: Sequence[ExportRecord]) -> tuple[list[ExportRecord], LeftOut]:
    """The records that are added up, and how many are not."""
    to_date = [row for row in rows if row.frequency == Frequency.YEAR_TO_DATE]
    rest = [row for row in rows if row.frequency != Frequency.YEAR_TO_DATE]
    world = [row for row in rest if row.destination_id == ALL_MARKETS]
    rest = [row for row in rest if row.destination_id != ALL_MARKETS]
    valued = [row for row in rest if row.value is not None]
    added = [valued[place] for place in counting(_stated(valued, alone=True))]
    # The same trade told again for a group, or in another currency, would tell a company by the difference of two sums.
    # Markets come before groups, and smaller groups before those that hold more.
    told = sorted(zip(_stated(added, alone=False), added, strict=True), key=lambda pair: _width(pair[0]))
    counted = [told[place][1] for place in once([stated for stated, _row in told])]
    return counted, LeftOut(len(to_date), len(rest) - len(valued), len(valued) - len(counted), len(world))


def _width(stated: Stated) -> tuple[int, str]:
    return len(stated.scope.places), stated.currency


def _stated(rows: Iterable[ExportRecord], *, alone: bool) -> list[Stated]:
    """The rows as statements. alone: a group stands for itself, not for its members."""
    scope_of = scopes()
    stated = []
    for row in rows:
        members, goods = scope_of(row.destination_id, row.category_id or "", row.hs_code)
        is_day = row.period_from_on == row.period_to_on
        reference = row.document_reference if is_day else ""
        place = frozenset({row.destination_id}) if alone else members
        scope = Scope(place, goods, row.period_from_on, row.period_to_on, reference)
        stated.append(Stated(row.company_id, row.currency_id or "", scope, row.value or Decimal(0)))
    return stated


def _tree(rows: Iterable[ExportRecord], groups: set[str], firms: Mapping[str, str]) -> _Tree:
    tree = _Tree()
    for row in rows:
        cell = Cell(row.destination_id, row.category_id or "", row.currency_id or "")
        cells = {cell, cell.whole} if cell.destination in groups else {cell, cell.whole, cell.total}
        company = str(row.company_id)
        tree.add(cells, firms.get(company, company), row.value or Decimal(0))
    return tree


def _parents(former: Iterable[Publication], tree: _Tree, groups: set[str]) -> dict[Cell, Cell]:
    """What each sum is a part of, of now and of before."""
    cells = {*tree.contributions, *(_cell(each) for edition in former for each in edition.sums.all())}
    parents = {cell: cell.whole for cell in cells if cell.category}
    parents |= {cell: cell.total for cell in cells if not cell.category and cell.destination not in groups}
    return parents


# ---------------------------------------------------------------- rows and editions
def _edition(publication: Publication, firms: Mapping[str, str]) -> Edition:
    """A former publication as the rules look at it."""
    rows = list(publication.sums.all())
    cells: dict[Cell, dict[str, Decimal]] = {_cell(row): {} for row in rows}
    for row in rows:
        held = cells[_cell(row)]
        for company, value in row.contributors.items():
            firm = firms.get(company, company)
            held[firm] = held.get(firm, Decimal(0)) + Decimal(value)
    return Edition(cells, frozenset(_cell(row) for row in rows if not row.withheld))


def _cell(row: PublishedSum) -> Cell:
    return Cell(row.destination_id, row.category_id or "", row.currency_id)


def _row(publication: Publication, made: Sum) -> PublishedSum:
    is_told = not made.withheld
    return PublishedSum(
        publication=publication,
        destination_id=made.cell.destination,
        category_id=made.cell.category or None,
        currency_id=made.cell.currency,
        value=made.value if is_told else None,
        withheld=made.withheld,
        companies=len(made.contributions) if is_told else None,
        records=made.records if is_told else None,
        contributors={company: format(value, "f") for company, value in made.contributions.items()},
    )


def _next_number(organisation: uuid.UUID, year: int) -> int:
    last = Publication.objects.filter(organisation_id=organisation, year=year).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def _fingerprint(sums: Sequence[Sum], rule: Rule) -> str:
    told: list[Any] = [rule, *((each.cell, each.withheld, sorted(each.contributions.items())) for each in sums)]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
