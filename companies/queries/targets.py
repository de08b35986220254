"""Target markets as they are read: those of a person, of companies, shared by colleagues; their notes and history."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from companies.access import Actor, one, seen, working_on
from companies.models import Change, Company, ExportRecord, Membership, Organisation, TargetEntry, TargetMarket, User
from markets.models import Product

# A page tells so many notes and changes of one target market; the API has all notes.
MOST_TOLD: Final = 100
# So many companies are offered in a list of a form.
MOST_OFFERED: Final = 500
OWN, COMPANY, SHARED = "own", "company", "shared"
KEPT_BY: Final = (OWN, COMPANY, SHARED)


def targets(
    actor: Actor,
    *,
    kept_by: str = "",
    markets: Sequence[str] = (),
    statuses: Sequence[str] = (),
    company: uuid.UUID | None = None,
    due_until: dt.date | None = None,
    with_removed: bool = False,
) -> QuerySet[TargetMarket]:
    """The live target markets the actor sees: their own, those of companies where they work, those shared there.

    kept_by: `own`, `company` or `shared` alone. due_until: with a next action on that day or before. with_removed:
    tombstones too, for readers that follow changes. Newest change first. Raises SignInNeeded.
    """
    mine, place = Q(person=actor.person), actor.working_in
    parts = {OWN: mine, COMPANY: Q(organisation=place), SHARED: Q(shared_with=place) & ~mine}
    shown = parts[OWN] if place is None else parts[OWN] | parts[COMPANY] | parts[SHARED]
    rows = seen(actor, TargetMarket).filter(shown)
    rows = rows if with_removed else rows.filter(removed_at=None)
    if kept_by:
        rows = rows.filter(parts[kept_by]) if place is not None or kept_by == OWN else rows.none()
    if markets:
        rows = rows.filter(market__in=markets)
    if statuses:
        rows = rows.filter(status__in=statuses)
    if company is not None:
        rows = rows.filter(company=company)
    if due_until is not None:
        rows = rows.filter(next_action_on__lte=due_until)
    return rows.order_by("-updated_at", "-id")


def one_target(actor: Actor, key: object) -> TargetMarket:
    """The target market with this id, a removed one too. Raises SignInNeeded, HiddenObject."""
    return one(actor, TargetMarket, key)


def tracked(actor: Actor, market: str, *, category: str = "", product: str = "") -> TargetMarket | None:
    """The actor's own live target of this market and these goods, where there is one. Raises SignInNeeded."""
    mine = TargetMarket.objects.filter(person=actor.person, removed_at=None, market=market)
    return mine.filter(category=category or None, product=product).first()


def entries(actor: Actor, target: TargetMarket) -> QuerySet[TargetEntry]:
    """What was noted of a target market the actor sees, newest first, with authors and the numbers' vintages."""
    rows = TargetEntry.objects.filter(target__in=seen(actor, TargetMarket).filter(pk=target.pk), removed_at=None)
    return rows.select_related("author", "observation__indicator", "observation__release").order_by(
        "-written_at", "-id"
    )


def entries_by_key(actor: Actor, keys: Iterable[uuid.UUID]) -> list[TargetEntry]:
    """Some of them, of whichever target markets the actor sees."""
    rows = TargetEntry.objects.filter(target__in=seen(actor, TargetMarket), pk__in=list(keys))
    return list(rows.select_related("author", "observation__indicator", "observation__release"))


def entry_counts(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many notes each of these target markets has; those without any are not named."""
    rows = TargetEntry.objects.filter(target__in=list(keys), removed_at=None).order_by()
    return dict(rows.values_list("target").annotate(count=Count("id")))


def history_of_target(actor: Actor, target: TargetMarket) -> list[Change]:
    """What was done to a target market lately, newest first: for everyone who sees it."""
    if not seen(actor, TargetMarket).filter(pk=target.pk).exists():
        return []
    return list(_log(target).select_related("actor", "api_key").order_by("-id")[:MOST_TOLD])


@dataclass(frozen=True, slots=True)
class StatusStep:
    """A status a target market was given, with the reason said then; person None: an account that is gone."""

    at: dt.datetime
    status: str
    reason: str
    person: User | None


def statuses(target: TargetMarket) -> tuple[StatusStep, ...]:
    """The statuses a target market has had, the first one first, as the change log remembers them."""
    steps: list[StatusStep] = []
    status = reason = ""
    rows = _log(target).filter(action__in=("tracked", "decided"))
    for row in rows.select_related("actor").order_by("id"):
        # Only what differed is kept: a new status without a word has lost the reason before it.
        status, reason = row.after.get("status", status), row.after.get("reason", reason)
        steps.append(StatusStep(row.at, status, reason, row.actor))
    return tuple(steps)


def _log(target: TargetMarket) -> QuerySet[Change]:
    return Change.objects.filter(object_kind="targetmarket", object_id=str(target.pk))


# ---------------------------------------------------------------- what stands beside them
def people_who_may_own(organisation_id: uuid.UUID) -> QuerySet[User]:
    """The members of an organisation, by name: who can see to a target market there."""
    here = Membership.objects.filter(organisation=organisation_id, ended_at__isnull=True)
    return User.objects.filter(pk__in=here.values("user")).order_by("name", "pk")


def people(numbers: Iterable[int | None]) -> dict[int, User]:
    """The people with these numbers."""
    wanted = {number for number in numbers if number is not None}
    return User.objects.in_bulk(wanted) if wanted else {}


def company_names(actor: Actor, keys: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of these companies, of those the actor sees."""
    wanted = {key for key in keys if key is not None}
    return dict(seen(actor, Company).filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def organisation_names(actor: Actor, keys: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of these organisations, of those the actor belongs to."""
    wanted = {key for key in keys if key is not None} & set(actor.roles)
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def products_named(codes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Product]:
    """The products of (classification, code), of those there are."""
    asked = {pair for pair in codes if pair[1]}
    if not asked:
        return {}
    rows = Product.objects.filter(
        classification__in={revision for revision, _code in asked}, code__in={code for _revision, code in asked}
    )
    return {(each.classification, each.code): each for each in rows}


def companies_in_use(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """(id, name) of the companies where the actor works, by name; not those put away. At most `MOST_OFFERED`."""
    rows = working_on(actor, Company).filter(archived_at=None).order_by("name", "pk")
    return list(rows.values_list("pk", "name")[:MOST_OFFERED])


def records_to(actor: Actor, target: TargetMarket) -> list[ExportRecord]:
    """Export records the actor sees to the market of a target, of its company where it has one, the newest first."""
    rows = seen(actor, ExportRecord).filter(destination=target.market_id, removed_at=None)
    if target.company_id is not None:
        rows = rows.filter(company=target.company_id)
    return list(rows.select_related("company").order_by("-period_to_on", "-pk")[:MOST_TOLD])
