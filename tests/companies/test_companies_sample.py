"""The sample organisation is made once, tells its sources, and goes without a trace."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from companies.access import actor_of_person
from companies.models import Change, Company, ExportRecord, Membership, Organisation, Role
from companies.queries.companies import CompanyQuestion, matching
from companies.records.sample import make_sample, wipe_sample
from markets.models import Document
from tests.companies.office import CompanyFactory, PersonFactory, RecordFactory, office

pytestmark = pytest.mark.django_db


def demo(*words: str) -> str:
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


def test_the_sample_is_made_for_the_first_superuser_and_changes_nothing_the_second_time() -> None:
    person = PersonFactory(is_superuser=True, is_staff=True)
    assert "made" in demo()
    organisation = Organisation.objects.get()
    assert organisation.is_sample
    assert "demonstration" in organisation.name
    assert Membership.objects.get().role == Role.ADMIN
    counts = [model.objects.count() for model in (Company, ExportRecord, Change)]
    assert counts == [3, 3, 7]
    assert "there already" in demo("--for", person.email.upper())
    assert [model.objects.count() for model in (Company, ExportRecord, Change)] == counts


def test_its_figures_are_those_of_the_documents_and_of_no_single_market() -> None:
    person = PersonFactory()
    demo("--for", person.email)
    told = {record.company.name.split(" ")[0]: record for record in ExportRecord.objects.select_related("company")}
    assert (told["Xuchuan"].value, told["Xuchuan"].stated_growth_pct) == (Decimal(18_000_000), Decimal(10))
    assert (told["Ningbo"].value, told["Ningbo"].stated_growth_pct) == (Decimal(20_700_000), Decimal(69))
    assert told["Zhejiang"].value is None
    assert told["Zhejiang"].value_note
    assert (told["Zhejiang"].settlement_currency_id, told["Zhejiang"].corridor) == ("CNY", "rail")
    codes = set(Document.objects.values_list("code", flat=True))
    for record in told.values():
        assert record.destination_id == "CA5"
        assert record.document_reference.split(":")[0] in codes
        assert record.document_reference in record.note
        assert record.status == "draft"
    found = matching(actor_of_person(person), CompanyQuestion(words="韩电"))
    assert [company.name for company in found] == ["Ningbo Handian Electric Appliance Co"]


def test_it_is_wiped_with_all_it_holds_and_nothing_else() -> None:
    home = office()
    RecordFactory(company=CompanyFactory(organisation=home.organisation, created_by=home.officer))
    person = PersonFactory()
    make_sample(person)
    make_sample(home.officer)
    assert Membership.objects.filter(organisation__is_sample=True).count() == 2
    assert demo("--wipe").strip() == "Wiped."
    assert list(Organisation.objects.all()) == [home.organisation]
    assert (Company.objects.count(), ExportRecord.objects.count(), Change.objects.count()) == (1, 1, 0)
    assert wipe_sample() == 0
    assert "none" in demo("--wipe")


def test_nobody_is_made_for_it() -> None:
    with pytest.raises(CommandError, match="no account"):
        demo()
    with pytest.raises(CommandError, match="account of nobody"):
        demo("--for", "nobody@example.com")
