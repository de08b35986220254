"""A trade office with somebody in each role, and another one, for the tests of companies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from companies import models
from companies.access import Actor, actor_of_person
from companies.models import Organisation, Role, User


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()

    email = factory.Sequence(lambda n: f"person-{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organisation

    name = factory.Sequence(lambda n: f"Office {n}")
    home_id = "CHN"


class CompanyFactory(DjangoModelFactory):
    """A company as it stands; the search text is its name in small letters."""

    class Meta:
        model = models.Company

    name = factory.Sequence(lambda n: f"Company {n}")
    search_text = factory.LazyAttribute(lambda company: company.name.lower())
    home_id = "CHN"


class RecordFactory(DjangoModelFactory):
    """A draft of a year's exports of refrigerators to Kazakhstan."""

    class Meta:
        model = models.ExportRecord

    organisation = factory.SelfAttribute("company.organisation")
    created_by = factory.SelfAttribute("company.created_by")
    edited_by = factory.SelfAttribute("created_by")
    destination_id = "KAZ"
    category_id = "appliances"
    hs_code = "8418"
    hs_revision = "HS2022"
    period = "2024"
    frequency = "A"
    period_from_on = "2024-01-01"
    period_to_on = "2024-12-31"
    value = Decimal(1_000_000)
    value_printed = "1"
    multiplier = 1_000_000
    currency_id = "CNY"


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation and one person for each role."""

    organisation: Organisation
    viewer: User
    officer: User
    reviewer: User
    admin: User

    def actor(self, role: str, **beside: Any) -> Actor:
        """The person with this role, working here."""
        return actor_of_person(getattr(self, role), wanted=self.organisation.pk, **beside)


def office(**of_organisation: Any) -> Office:
    """A new organisation with a person in each role."""
    organisation = OrganisationFactory(**of_organisation)
    people = {}
    for role in Role.values:
        people[role] = PersonFactory()
        models.Membership.objects.create(organisation=organisation, user=people[role], role=role)
    return Office(organisation, **people)
