"""What the workspace tells as new: vintages, revisions, places among the markets and records, since a moment."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from companies.access import Actor, actor_of_person
from companies.models import ExportRecord, Visit
from companies.profiles.workspace.news import MarketNews, market_news
from companies.targets.visiting import look_in
from markets.models import Observation, Release
from tests.companies.office import CompanyFactory, PersonFactory, RecordFactory, office
from tests.factories import GDP, POPULATION, ExchangeRateFactory, ObservationFactory, ReleaseFactory, TradeTotalFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BEFORE, SINCE = NOW - dt.timedelta(days=30), NOW - dt.timedelta(days=7)
LATER = NOW - dt.timedelta(days=1)


@pytest.fixture
def actor() -> Actor:
    return actor_of_person(PersonFactory())


def vintage(at: dt.datetime = LATER) -> Release:
    return ReleaseFactory(known_from=at)


def stated(
    value: int, release: Release, *, area: str = "KAZ", period: str = "2023", indicator: str = GDP
) -> Observation:
    return ObservationFactory(
        value=Decimal(value), release=release, area_id=area, period=period, indicator_id=indicator
    )


def revised(old: Observation, value: int, release: Release) -> Observation:
    old.known_to, old.superseded_by = release.known_from, release
    old.save()
    return stated(value, release, area=old.area_id, period=old.period, indicator=old.indicator_id)


def told(actor: Actor, *markets: str, home: str = "CHN") -> dict[str, MarketNews]:
    return {news.market: news for news in market_news(actor, markets or ("KAZ", "UZB"), home, SINCE)}


def test_a_vintage_is_news_of_the_markets_it_speaks_of_alone(actor: Actor) -> None:
    old, new = vintage(BEFORE), vintage()
    stated(1, old, area="UZB")
    stated(1, new)
    stated(2, new, period="2022")
    (news,) = told(actor).values()
    assert (news.market, news.name, news.vintage_count) == ("KAZ", "Kazakhstan", 1)
    assert [(each.source.release, each.values) for each in news.vintages] == [(new.pk, 2)]
    assert news.revisions == news.moves == ()


def test_held_vintages_and_rates_are_no_news_of_a_market(actor: Actor) -> None:
    stated(1, ReleaseFactory(known_from=LATER, state=Release.State.HELD))
    ExchangeRateFactory(release=ReleaseFactory(known_from=LATER, dataset_id="ecb-rates"), currency_id="KZT")
    assert told(actor) == {}


def test_what_home_reports_of_its_sales_is_news_of_the_market(actor: Actor) -> None:
    release = vintage()
    TradeTotalFactory(release=release, reporter_id="CHN", flow="X", partner_id="UZB")
    TradeTotalFactory(release=release, reporter_id="DEU", flow="X", partner_id="KAZ")
    assert list(told(actor)) == ["UZB"]
    assert list(told(actor, home="DEU")) == ["KAZ"]


def test_a_revision_tells_old_and_new_headline_figures_first_and_counts_the_others(actor: Actor) -> None:
    old, new = vintage(BEFORE), vintage()
    for year in range(2015, 2024):
        revised(stated(100, old, period=str(year), indicator="NE.TRD.GNFS.ZS"), 200, new)
    revised(stated(300, old, period="2010"), 330, new)
    news = told(actor)["KAZ"]
    assert (news.revision_count, len(news.revisions)) == (10, 3)
    first = news.revisions[0]
    assert first.old is not None
    assert (first.indicator.code, first.period, first.old.value, first.new.value) == (GDP, "2010", 300, 330)
    assert [each.period for each in news.revisions[1:]] == ["2023", "2022"]


def test_a_revision_before_the_moment_is_not_told_again(actor: Actor) -> None:
    revised(stated(100, vintage(BEFORE - dt.timedelta(days=9))), 200, vintage(BEFORE))
    assert told(actor) == {}


def test_a_place_among_the_markets_is_told_then_and_now_with_how_many(actor: Actor) -> None:
    old, new = vintage(BEFORE), vintage()
    kazakhstan = stated(100, old)
    stated(200, old, area="UZB")
    stated(300, old, area="KGZ")
    revised(kazakhstan, 250, new)
    stated(50, new, area="TJK")
    news = told(actor)
    (move,) = news["KAZ"].moves
    assert (move.indicator.code, move.then.position, move.then.of, move.then.period) == (GDP, 3, 3, "2023")
    assert (move.now.position, move.now.of, move.now.lowest_first) == (2, 4, False)
    # Uzbekistan is passed: its place moved too, though no vintage speaks of it.
    (passed,) = news["UZB"].moves
    assert (passed.then.position, passed.now.position, news["UZB"].vintage_count) == (2, 3, 0)


def test_a_place_among_a_few_markets_is_not_compared_with_one_among_many(actor: Actor) -> None:
    old, new = vintage(BEFORE), vintage()
    for place, area in enumerate(("KAZ", "UZB")):
        stated(100 * (place + 1), old, area=area)
    for place, area in enumerate(("KGZ", "TJK", "TKM", "CHN")):
        stated(1000 * (place + 1), new, area=area)
    assert told(actor) == {}


def test_a_newer_year_that_few_markets_have_is_not_ranked_yet(actor: Actor) -> None:
    old, new = vintage(BEFORE), vintage()
    for place, area in enumerate(("KAZ", "UZB", "KGZ", "TJK")):
        stated(100 * (place + 1), old, area=area, indicator=POPULATION)
    stated(9000, new, period="2024", indicator=POPULATION)
    assert told(actor)["KAZ"].moves == ()


def test_records_are_news_for_those_who_read_them_alone(actor: Actor) -> None:
    here = office()
    company = CompanyFactory(organisation=here.organisation, created_by=here.officer)
    for beside in (
        {},
        {"period": "2023", "status": "approved", "submitted_by": here.officer, "decided_by": here.reviewer,
         "decided_at": LATER, "created_at": BEFORE},
        {"period": "2022", "removed_at": LATER, "created_at": BEFORE},
        {"period": "2021", "created_at": BEFORE, "updated_at": BEFORE},
        {"period": "2020", "destination_id": "DEU"},
    ):  # fmt: skip
        RecordFactory(company=company, **beside)
    assert ExportRecord.objects.count() == 5
    records = told(here.actor("viewer"))["KAZ"].records
    assert records is not None
    assert tuple(records) == (1, 1, 1)
    assert told(actor) == told(office().actor("admin")) == {}


# ---------------------------------------------------------------- visits
def test_a_visit_ends_after_half_an_hour_of_quiet(actor: Actor) -> None:
    minute = dt.timedelta(minutes=1)
    assert look_in(actor, NOW) is None
    assert look_in(actor, NOW + 29 * minute) is None
    assert look_in(actor, NOW + 58 * minute) is None
    assert look_in(actor, NOW + 120 * minute) == NOW + 58 * minute
    assert look_in(actor, NOW + 130 * minute) == NOW + 58 * minute
    visit = Visit.objects.get(person=actor.person)
    assert (visit.seen_at, visit.since) == (NOW + 130 * minute, NOW + 58 * minute)
