"""Companies that may be there twice: by registration number, by name in any script, by spelling; of one office only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Count, Q, QuerySet

from companies.access import Action, Actor, seen, working_on
from companies.models import Company, CompanyName

# Shared trigrams of two Latin spellings, 0..1, from which two names are taken for spellings of one.
ALIKE: Final = 0.6
MOST_SHOWN: Final = 10
_MOST_LOOKED_AT: Final = 30


class Likeness(StrEnum):
    """Why two companies may be one, the strongest first."""

    REGISTRATION = "registration"
    NAME = "name"
    LATIN = "latin"
    SOUND = "sound"
    SPELLING = "spelling"


def possible_duplicates(actor: Actor, company: Company) -> list[tuple[Company, Likeness]]:
    """Other companies of the same organisation that may be this one, the likeliest first.

    Archived ones are left out. Registration numbers count for whoever may read them alone.
    """
    others = seen(actor, Company).filter(organisation_id=company.organisation_id, archived_at=None)
    others = others.exclude(pk=company.pk)
    names = list(company.names.all())
    number = company.registration_number if actor.may(Action.READ_CONTACTS, company.organisation_id) else ""
    told: dict[Company, Likeness] = {}
    for likeness, rows in (
        (Likeness.REGISTRATION, others.filter(registration_number__iexact=number) if number else others.none()),
        (Likeness.NAME, _named(others, Q(folded__in=[name.folded for name in names]))),
        (Likeness.LATIN, _named(others, Q(latin__in=[name.latin for name in names if name.latin]))),
        (Likeness.SOUND, _named(others, Q(sound__in=[name.sound for name in names if name.sound]))),
        (Likeness.SPELLING, _spelt_like(others, [name.latin for name in names if name.latin])),
    ):
        for other in rows:
            told.setdefault(other, likeness)
    return list(told.items())[:MOST_SHOWN]


def with_twin(rows: QuerySet[Company], *, by_number: bool) -> QuerySet[Company]:
    """Of companies of one organisation, those that share a name in Latin letters, its sound, or a number.

    by_number: whether the reader may know of registration numbers.
    Names that are merely spelt alike are told on each company's page: to compare all with all takes too long.
    """
    in_use = rows.filter(archived_at=None).order_by()
    names = CompanyName.objects.filter(company__in=in_use)
    shared = Q(pk__in=_holders(names, "latin")) | Q(pk__in=_holders(names, "sound"))
    if not by_number:
        return rows.filter(shared, archived_at=None)
    numbers = in_use.exclude(registration_number="").values("registration_number")
    twice = numbers.annotate(number=Count("pk")).filter(number__gt=1).values("registration_number")
    return rows.filter(shared | Q(registration_number__in=twice), archived_at=None)


def firms_of(actor: Actor) -> dict[str, str]:
    """Of the organisation the actor works in, the companies that may be one firm: id -> the id that stands for all.

    They share a registration number or a name in Latin letters, archived ones too; who is alone is left out.
    Raises SignInNeeded, NoOrganisation.
    """
    companies = working_on(actor, Company).order_by()
    numbered = companies.exclude(registration_number="").values_list("pk", "registration_number")
    named = CompanyName.objects.filter(company__in=companies).exclude(latin="").order_by()
    marks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, number in numbered:
        marks["number", number.casefold()].append(str(key))
    for key, latin in named.values_list("company", "latin"):
        marks["name", latin].append(str(key))
    firms: dict[str, set[str]] = {}
    for keys in marks.values():
        if len(set(keys)) > 1:
            joined = set().union(keys, *(firms.get(key, ()) for key in keys))
            firms |= dict.fromkeys(joined, joined)
    return {key: min(joined) for key, joined in firms.items()}


def _holders(names: QuerySet[CompanyName], key: str) -> QuerySet[CompanyName, Any]:
    """Companies with a key that another company has too."""
    counted = names.exclude(**{key: ""}).order_by().values(key).annotate(number=Count("company_id", distinct=True))
    return names.filter(**{f"{key}__in": counted.filter(number__gt=1).values(key)}).order_by().values("company_id")


def _named(rows: QuerySet[Company], condition: Q) -> QuerySet[Company]:
    found = CompanyName.objects.filter(condition)
    return rows.filter(pk__in=found.values("company_id")).order_by("name", "id")[:_MOST_LOOKED_AT]


def _spelt_like(rows: QuerySet[Company], spellings: Sequence[str]) -> list[Company]:
    """Companies with a name whose Latin spelling shares most of its trigrams with one of these."""
    found: dict[Company, float] = {}
    for spelling in spellings:
        near = rows.filter(search_text__trigram_word_similar=spelling)
        near = near.annotate(likeness=TrigramWordSimilarity(spelling, "search_text")).order_by("-likeness", "id")
        for other in near.prefetch_related("names")[:_MOST_LOOKED_AT]:
            shared = max(_shared(spelling, name.latin) for name in other.names.all())
            if shared >= ALIKE:
                found[other] = max(shared, found.get(other, 0.0))
    return sorted(found, key=lambda other: (-found[other], other.name))


def _shared(one: str, other: str) -> float:
    """Trigrams two words share, of all they have, 0..1."""
    mine, theirs = _trigrams(one), _trigrams(other)
    return len(mine & theirs) / len(mine | theirs)


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
