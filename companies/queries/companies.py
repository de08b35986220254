"""Companies as they are read: found by name in any script, narrowed, counted; always through access."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Count, F, IntegerField, Max, Prefetch, Q, QuerySet, Value, When

from companies.access import Action, Actor, one, seen, working_on
from companies.models import Company, CompanyName, Contact, ExportRecord, ProductLine
from companies.queries import naming
from companies.queries.duplicates import with_twin

IN_USE: Final = "in_use"
ARCHIVED: Final = "archived"
ALL: Final = "all"
STATES: Final = (IN_USE, ARCHIVED, ALL)
BY_NAME: Final = "name"
BY_CHANGE: Final = "-updated"
SORTS: Final = (BY_NAME, BY_CHANGE)


@dataclass(frozen=True, slots=True)
class CompanyQuestion:
    """Which companies are asked for, in which order; what is empty asks for all.

    words: of a name, an alias or a registration number, in any script. has_twin: those that may be there twice.
    """

    words: str = ""
    state: str = IN_USE
    category: str = ""
    home: str = ""
    sector: str = ""
    has_twin: bool = False
    sort: str = BY_NAME


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many export records of a company there are, and the last day any of them speaks of."""

    number: int
    until_on: dt.date | None


def matching(actor: Actor, question: CompanyQuestion) -> QuerySet[Company]:
    """The companies that match, of the organisation the actor works in, in the order asked for.

    With words the best match comes first; where no name has them, names spelt like them do.
    Raises SignInNeeded, NoOrganisation.
    """
    rows = _narrowed(actor, working_on(actor, Company), question)
    if not question.words:
        return rows.order_by(*(("name", "id") if question.sort == BY_NAME else ("-updated_at", "-id")))
    words = naming.question(question.words)
    if not words:
        return rows.none()
    found = _found(actor, rows, question.words, words)
    return found if found.exists() else _spelt_like(rows, words)


def company(actor: Actor, key: object) -> Company:
    """The company with this id. Raises SignInNeeded, HiddenObject."""
    return one(actor, Company, key)


def with_parts(rows: QuerySet[Company]) -> QuerySet[Company]:
    """The companies with all that is told of them: four more queries, however many they are."""
    return rows.select_related("created_by", "archived_by").prefetch_related(
        Prefetch("names", CompanyName.objects.order_by("id")),
        Prefetch("lines", ProductLine.objects.order_by("id")),
        Prefetch("contacts", Contact.objects.order_by("id")),
    )


def record_counts(actor: Actor, companies: Iterable[uuid.UUID]) -> dict[uuid.UUID, RecordCount]:
    """Records by company; those without any are left out."""
    rows = seen(actor, ExportRecord).filter(company_id__in=list(companies), removed_at=None)
    counted = rows.order_by().values("company_id").annotate(number=Count("id"), until_on=Max("period_to_on"))
    return {row["company_id"]: RecordCount(row["number"], row["until_on"]) for row in counted}


def newest_records(actor: Actor, key: uuid.UUID, limit: int) -> QuerySet[ExportRecord]:
    """A company's records of the latest periods."""
    rows = seen(actor, ExportRecord).filter(company_id=key, removed_at=None)
    return rows.order_by("-period_to_on", "-id")[:limit]


def sectors(actor: Actor) -> list[str]:
    """The sectors written for companies, by name."""
    return _values(actor, "sector")


def homes(actor: Actor) -> list[str]:
    """Codes of the countries and regions companies are at home in."""
    return _values(actor, "home_id")


def categories(actor: Actor) -> list[str]:
    """Categories of the companies' product lines."""
    return _values(actor, "lines__category_id")


def _values(actor: Actor, name: str) -> list[str]:
    rows = working_on(actor, Company).order_by(name).values_list(name, flat=True).distinct()
    return [value for value in rows if value]


def _narrowed(actor: Actor, rows: QuerySet[Company], question: CompanyQuestion) -> QuerySet[Company]:
    if question.state != ALL:
        rows = rows.filter(archived_at__isnull=question.state == IN_USE)
    if question.category:
        rows = rows.filter(pk__in=ProductLine.objects.filter(category_id=question.category).values("company_id"))
    if question.home:
        rows = rows.filter(home_id=question.home)
    if question.sector:
        rows = rows.filter(sector=question.sector)
    by_number = actor.may(Action.READ_CONTACTS)
    return with_twin(rows, by_number=by_number) if question.has_twin else rows


def _found(actor: Actor, rows: QuerySet[Company], text: str, words: Iterable[naming.Word]) -> QuerySet[Company]:
    """Companies whose names have every word, as written or by its sound; or whose number begins like the text."""
    asked = Q()
    for word in words:
        spelt = Q(search_text__contains=word.latin)
        asked &= spelt | Q(search_text__contains=word.sound) if word.sound else spelt
    named = rows.filter(asked)
    number = " ".join(text.split())
    if actor.may(Action.READ_CONTACTS) and any(sign.isdigit() for sign in number):
        # One branch for each index: an OR over them makes the planner read every row.
        numbered = rows.filter(registration_number__istartswith=number)
        named = rows.filter(pk__in=named.order_by().values("pk").union(numbered.order_by().values("pk")))
    return named.annotate(place_=_place(text, words)).order_by("place_", "name", "id")


def _place(text: str, words: Iterable[naming.Word]) -> Case:
    """Best first: the name as typed, all the words as typed in one, in Latin letters, by their sound."""
    folded, spelt = naming.fold(text), "".join(word.latin for word in words)
    return Case(
        When(names_are(folded), then=Value(0)),
        When(search_text__startswith=folded, then=Value(1)),
        When(search_text__contains=folded, then=Value(2)),
        When(search_text__contains=spelt, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )


def names_are(folded: str) -> Q:
    """Companies one of whose names, as compared, is this."""
    return Q(pk__in=CompanyName.objects.filter(folded=folded).values("company_id"))


def _spelt_like(rows: QuerySet[Company], words: Iterable[naming.Word]) -> QuerySet[Company]:
    asked = " ".join(word.latin for word in words)
    near = rows.filter(search_text__trigram_word_similar=asked)
    return near.annotate(likeness=TrigramWordSimilarity(asked, "search_text")).order_by(
        F("likeness").desc(), "name", "id"
    )
