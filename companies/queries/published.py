"""What is published, for everybody; and what a publication is made of, for those who make it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum

from companies.access import Action, Actor, working_on
from companies.models import ExportRecord, Organisation, Publication, PublishedSum


class PublishedState(NamedTuple):
    """What tells whether anything that is published, or what it is called, has changed."""

    publications: int
    published_at: object
    withdrawn_at: object
    names: object


def approved_of_year(actor: Actor, year: int) -> QuerySet[ExportRecord]:
    """The approved records that lie wholly within a year, of the organisation the actor works in.

    Raises SignInNeeded, NoOrganisation, NotAllowed.
    """
    rows = working_on(actor, ExportRecord, Action.REVIEW).filter(
        status=ExportRecord.Status.APPROVED, removed_at__isnull=True
    )
    return rows.filter(period_from_on__year=year, period_to_on__year=year)


def years_of_records(actor: Actor) -> list[int]:
    """The years that approved records speak of, newest first."""
    rows = working_on(actor, ExportRecord, Action.REVIEW).filter(
        status=ExportRecord.Status.APPROVED, removed_at__isnull=True
    )
    return [day.year for day in rows.dates("period_from_on", "year", order="DESC")]


def editions(organisation_id: uuid.UUID, year: int) -> list[Publication]:
    """Every publication of a year that was ever made, withdrawn ones too, newest first, with their sums."""
    rows = Publication.objects.filter(organisation_id=organisation_id, year=year).select_related("published_by")
    return list(rows.prefetch_related("sums").order_by("-number"))


def publications_of(actor: Actor) -> list[Publication]:
    """Every publication of the organisation the actor works in, newest first."""
    rows = working_on(actor, Publication).select_related("published_by")
    return list(rows.order_by("-year", "-number"))


def in_force() -> QuerySet[Publication]:
    """The publications everybody may read: of each organisation and year the newest, unless it was withdrawn.

    A newer one replaces an older one for good: with the newer withdrawn, the year has none.
    """
    newer = Publication.objects.filter(
        organisation=OuterRef("organisation"), year=OuterRef("year"), number__gt=OuterRef("number")
    )
    return Publication.objects.filter(~Exists(newer), withdrawn_at__isnull=True)


def publishing_organisations() -> QuerySet[Organisation]:
    """Organisations with something in force, samples last."""
    rows = Organisation.objects.filter(publications__in=in_force()).select_related("home")
    return rows.annotate(published_at=Max("publications__published_at")).order_by("is_sample", "name", "id")


def years_in_force(organisations: Sequence[Organisation]) -> dict[uuid.UUID, list[int]]:
    """The years each of them has in force, newest first."""
    years: dict[uuid.UUID, list[int]] = {each.pk: [] for each in organisations}
    rows = in_force().filter(organisation__in=organisations).order_by("-year")
    for organisation, year in rows.values_list("organisation_id", "year"):
        years[organisation].append(year)
    return years


def published_sums() -> QuerySet[PublishedSum]:
    """Every cell in force, unordered."""
    return PublishedSum.objects.filter(publication__in=in_force()).defer("contributors")


def published_state() -> PublishedState:
    """The state of all that is published, in one query."""
    found = Publication.objects.aggregate(
        count=Count("pk"), last=Max("published_at"), withdrawn=Max("withdrawn_at"), names=Sum("organisation__version")
    )
    return PublishedState(found["count"], found["last"], found["withdrawn"], found["names"])
