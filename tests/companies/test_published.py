"""Publishing sums: what counts, what is withheld, what a publication says to whom, and that it can be taken back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from companies.errors import AlreadyWithdrawn, HiddenObject, NotAllowed, NothingToPublish, PreviewChanged
from companies.models import Change, Company, ExportRecord, Publication, PublishedSum
from companies.queries.published import in_force
from companies.records.publishing import Cell, Preview, preview_publication, publish_sums, withdraw_publication
from markets.errors import NotComparable
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db
CARS = Cell("KAZ", "vehicles", "CNY")


def exporters(home: Office, count: int) -> list[Company]:
    return [CompanyFactory(organisation=home.organisation, created_by=home.officer) for _ in range(count)]


def approved(home: Office, company: Company, value: int | None = 100, **beside: Any) -> ExportRecord:
    """An approved record of the company: appliances to Kazakhstan in 2024 unless said otherwise."""
    by = {"status": "approved", "decided_by": home.reviewer, "submitted_by": home.officer}
    without = {} if value is not None else {"value_note": "not told"}
    return RecordFactory(company=company, value=value, **by, **without, **beside)


def monthly(month: int) -> dict[str, Any]:
    days = {"period_from_on": f"2024-{month:02}-01", "period_to_on": f"2024-{month:02}-28"}
    return {"period": f"2024-{month:02}", "frequency": "M", **days}


def told(preview: Preview) -> dict[Cell, Decimal]:
    return {each.cell: each.value for each in preview.sums if not each.withheld}


def market(code: str = "KAZ", category: str = "", currency: str = "CNY") -> Cell:
    return Cell(code, category, currency)


# ---------------------------------------------------------------- which records count
def test_three_companies_make_a_sum_and_two_do_not() -> None:
    home = office()
    companies = exporters(home, 3)
    for company in companies[:2]:
        approved(home, company)
    actor = home.actor("reviewer")
    assert {each.withheld for each in preview_publication(actor, 2024).sums} == {"few"}
    with pytest.raises(NothingToPublish):
        publish_sums(actor, 2024)
    approved(home, companies[2])
    assert told(preview_publication(actor, 2024)) == {
        market(): 300,
        market(category="appliances"): 300,
        market("WLD"): 300,
    }


def test_only_approved_records_that_stand_are_counted_and_currencies_are_never_mixed() -> None:
    home, other = office(), office()
    for company in exporters(home, 3):
        approved(home, company)
        approved(home, company, currency_id="USD", value=7, hs_code="8415")
        RecordFactory(company=company, value=9999, hs_code="8516")
        approved(home, company, value=5555, hs_code="8450", removed_at="2025-01-01T00:00:00Z")
        approved(home, company, value=3333, period="2023", period_from_on="2023-01-01", period_to_on="2023-12-31")
    for company in exporters(other, 3):
        approved(other, company, value=8888)
    sums = told(preview_publication(home.actor("reviewer"), 2024))
    assert (sums[market()], sums[market(currency="USD")]) == (300, 21)


def test_months_within_a_year_are_not_added_to_it_and_a_year_to_date_is_never_taken_for_a_year() -> None:
    home = office()
    to_april = {"period": "2024-01/2024-04", "frequency": "Y", "period_to_on": "2024-04-30"}
    for company in exporters(home, 3):
        approved(home, company, value=1200)
        approved(home, company, **monthly(3))
        approved(home, company, value=400, **to_april)
        approved(home, company, value=None, hs_code="8450")
    preview = preview_publication(home.actor("reviewer"), 2024)
    assert told(preview)[market()] == 3600
    left = preview.left_out
    assert (left.overlapping, left.year_to_date, left.without_value, left.count) == (3, 3, 3, 9)


def test_months_without_a_year_are_added() -> None:
    home = office()
    for company, month in itertools.product(exporters(home, 3), (1, 2)):
        approved(home, company, **monthly(month))
    assert told(preview_publication(home.actor("reviewer"), 2024))[market()] == 600


def test_a_group_of_markets_stands_for_itself_and_is_in_no_total() -> None:
    home = office()
    for company, another in zip(exporters(home, 3), exporters(home, 3), strict=True):
        approved(home, company)
        approved(home, another, destination_id="CA5", value=900)
        approved(home, company, destination_id="WLD", value=5000)
    preview = preview_publication(home.actor("reviewer"), 2024)
    sums = told(preview)
    assert (sums[market("CA5")], sums[market("WLD")], preview.left_out.whole_world) == (2700, 300, 3)


# ---------------------------------------------------------------- what is withheld
def test_a_withheld_market_is_not_the_total_less_the_others() -> None:
    home = office()
    companies = exporters(home, 4)
    for company in companies:
        approved(home, company)
        approved(home, company, destination_id="UZB", value=80)
    approved(home, companies[0], destination_id="KGZ", value=10)
    withheld = {each.cell: each.withheld for each in preview_publication(home.actor("reviewer"), 2024).sums}
    assert withheld[market("KGZ")] == "few"
    assert withheld[market("UZB")] == "secondary"
    assert withheld[market("WLD")] == withheld[market("KAZ")] == ""


def test_a_company_that_joins_later_is_not_read_off_two_publications() -> None:
    home = office()
    for company in exporters(home, 3):
        approved(home, company)
    actor = home.actor("reviewer")
    publish_sums(actor, 2024)
    (late,) = exporters(home, 1)
    approved(home, late, value=40)
    assert {each.withheld for each in preview_publication(actor, 2024).sums} == {"edition"}
    withdraw_publication(actor, Publication.objects.get().pk)
    assert {each.withheld for each in preview_publication(actor, 2024).sums} == {"edition"}, "it was read"
    for company in exporters(home, 2):
        approved(home, company, value=40)
    assert publish_sums(actor, 2024).number == 2


def test_a_rule_for_fewer_than_three_refuses_every_publication() -> None:
    home = office()
    with override_settings(PUBLISH_FEWEST_COMPANIES=2), pytest.raises(NotComparable):
        preview_publication(home.actor("reviewer"), 2024)
    for company in exporters(home, 3):
        approved(home, company)
    with override_settings(PUBLISH_FEWEST_COMPANIES=4):
        assert told(preview_publication(home.actor("reviewer"), 2024)) == {}


# ---------------------------------------------------------------- the publication
def published(home: Office, companies: Iterable[Company] = (), **beside: Any) -> Publication:
    for company in companies or exporters(home, 3):
        approved(home, company, **beside)
    return publish_sums(home.actor("reviewer"), 2024)


def test_a_publication_keeps_its_rule_and_its_change_and_names_no_company_in_it() -> None:
    home = office()
    made = published(home)
    assert made.rule == {"fewest_companies": 3, "estimate_pct": "10"}
    change = Change.objects.get(action="published")
    assert (change.object_id, change.actor, change.organisation) == (str(made.pk), home.reviewer, home.organisation)
    assert change.after == {"year": 2024, "number": 1, "rule": made.rule, "told": 3, "withheld": 0}
    cell = PublishedSum.objects.get(destination="KAZ", category=None)
    assert (cell.value, cell.companies, cell.records, len(cell.contributors)) == (300, 3, 3, 3)


def test_what_is_withheld_is_kept_without_value_and_without_counts() -> None:
    home = office()
    companies = exporters(home, 3)
    approved(home, exporters(home, 1)[0], destination_id="CA5", value=77)
    published(home, companies)
    cell = PublishedSum.objects.get(destination="CA5", category=None)
    assert (cell.value, cell.companies, cell.records, cell.withheld) == (None, None, None, "few")


def test_the_newest_of_a_year_is_in_force_until_it_is_withdrawn() -> None:
    home = office()
    first = published(home)
    second = publish_sums(home.actor("admin"), 2024)
    assert list(in_force()) == [second]
    withdraw_publication(home.actor("reviewer"), second.pk)
    assert list(in_force()) == []
    with pytest.raises(AlreadyWithdrawn):
        withdraw_publication(home.actor("reviewer"), second.pk)
    assert Change.objects.filter(action="withdrawn", object_id=second.pk).count() == 1
    assert Publication.objects.filter(pk=first.pk, withdrawn_at=None).exists()


def test_nobody_publishes_what_nobody_looked_at() -> None:
    home = office()
    companies = exporters(home, 3)
    for company in companies:
        approved(home, company)
    actor = home.actor("reviewer")
    seen = preview_publication(actor, 2024).fingerprint
    assert preview_publication(actor, 2024).fingerprint == seen
    approved(home, companies[0], hs_code="8450", value=3)
    with pytest.raises(PreviewChanged, match="2024"):
        publish_sums(actor, 2024, seen)
    assert not Publication.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_publishing_is_for_reviewers(role: str) -> None:
    home = office()
    made = published(home)
    for call in (preview_publication, publish_sums):
        with pytest.raises(NotAllowed):
            call(home.actor(role), 2024)
    with pytest.raises(NotAllowed):
        withdraw_publication(home.actor(role), made.pk)


def test_another_organisations_publication_is_not_there_to_be_withdrawn() -> None:
    home, other = office(), office()
    made = published(home)
    with pytest.raises(HiddenObject):
        withdraw_publication(other.actor("admin"), made.pk)
    assert preview_publication(other.actor("admin"), 2024).sums == ()
