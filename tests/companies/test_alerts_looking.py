"""Looking for news: who is told of what, and that nobody is told twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.alerts import looking
from companies.alerts.looking import look_at_approvals, look_at_releases, look_at_sources
from companies.models import Alert, AlertCursor, AlertRule, Membership, TargetMarket
from companies.records.deciding import approve, submit
from companies.tasks import look_for_alerts
from markets.models import Dataset, Job, Release
from markets.vocabulary import Transport
from tests.companies.alert_world import published, rule, told, values
from tests.companies.office import Office, PersonFactory, office
from tests.companies.record_world import company_of, entered
from tests.factories import POPULATION, JobFactory, ReleaseFactory, database_now, row
from tests.markets.fx_world import ecb, rate_datasets

pytestmark = pytest.mark.django_db
Kind = AlertRule.Kind
YEAR = dt.timedelta(days=365)


# ---------------------------------------------------------------- figures
def test_a_threshold_that_a_new_year_passes_is_told_once() -> None:
    published(row(90, period=2022))
    watching = rule(Kind.CROSSES, threshold=100)
    release = published(row(110, period=2023))
    assert look_at_releases() == 1
    assert look_at_releases() == 0
    alert = Alert.objects.get()
    assert (alert.rule, alert.person, alert.release, alert.event) == (
        watching, watching.person, release, f"release:{release.pk}",
    )  # fmt: skip
    (facts,) = told(watching)
    assert facts.old
    assert facts.new
    assert [(side.value, side.period) for side in (facts.old, facts.new)] == [(90, "2022"), (110, "2023")]
    assert facts.new.release == release.pk
    assert facts.change_pct == Decimal("22.222222")


def test_what_was_published_before_a_rule_began_is_no_news() -> None:
    published(row(90, period=2022))
    published(row(110, period=2023))
    AlertRule.objects.filter(pk=rule(Kind.CROSSES, threshold=100).pk).update(begins_at=database_now().at)
    assert look_at_releases() == 0
    published(row(90, period=2023))
    assert look_at_releases() == 1


def test_a_rule_that_is_paused_removed_or_of_somebody_gone_tells_nothing() -> None:
    published(row(90))
    rule(Kind.CROSSES, threshold=100, paused_at=Now())
    rule(Kind.CROSSES, threshold=100, removed_at=Now())
    rule(Kind.CROSSES, threshold=100, person=PersonFactory(is_active=False))
    gone = TargetMarket.objects.create(person=PersonFactory(), market_id="KAZ", removed_at=timezone.now())
    rule(Kind.CROSSES, threshold=100, person=gone.person, target=gone)
    published(row(110))
    assert look_at_releases() == 0


def test_the_same_published_twice_is_one_alert() -> None:
    published(row(90))
    watching = rule(Kind.REVISED)
    published(row(110))
    with pytest.raises(AssertionError):
        published(row(110))  # nothing in it is new
    look_at_releases()
    AlertCursor.objects.update(at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    look_at_releases()
    assert values(watching) == [(90, 110)]


def test_an_old_vintage_that_comes_late_tells_nobody() -> None:
    published(row(90, period=2022), row(110, period=2023))
    rules = [rule(Kind.CROSSES, threshold=100), rule(Kind.CHANGES, change_pct=1), rule(Kind.REVISED)]
    late = published(
        row(50, period=2015), row(80, period=2022), transport=Transport.BUNDLED, released_on=dt.date(2018, 1, 1)
    )
    assert late.added == 1
    assert look_at_releases() == 0
    assert [told(each) for each in rules] == [[], [], []]


def test_a_change_is_told_from_one_newest_value_to_the_next() -> None:
    published(row(100, period=2022))
    more, less = rule(Kind.CHANGES, change_pct=5), rule(Kind.CHANGES, change_pct=5, direction="down")
    for value in (104, 110, 100):
        published(row(value, period=2023))
    assert look_at_releases() == 3
    assert values(more) == [(104, 110), (110, 100)]
    assert values(less) == [(110, 100)]


def test_a_revision_of_any_figure_of_a_market() -> None:
    published(row(100, period=2020), row(100, period=2021), row(7, indicator=POPULATION), row(5, area="UZB"))
    anything, one = rule(Kind.REVISED), rule(Kind.REVISED, indicator_id=POPULATION)
    large = rule(Kind.REVISED, change_pct=50)
    release = published(row(101, period=2020), row(102, period=2021), row(8, indicator=POPULATION), row(6, area="UZB"))
    assert look_at_releases() == 2
    assert values(large) == []
    assert values(one) == [(7, 8)]
    (facts,) = told(anything)
    assert facts.count == 3
    assert {(each.indicator, each.new.period) for each in facts.revised} == {
        ("NY.GDP.MKTP.CD", "2020"), ("NY.GDP.MKTP.CD", "2021"), (POPULATION, "2023"),
    }  # fmt: skip
    periods = [each.new.period for each in facts.revised]
    assert periods == sorted(periods, reverse=True)
    assert {each.new.release for each in facts.revised} == {release.pk}


def test_a_value_taken_back_is_told_without_a_number_in_its_place() -> None:
    others = [row(7, period=year) for year in range(2000, 2022)]
    published(*others, row(100, period=2022))
    watching = rule(Kind.REVISED, change_pct=5)
    published(row(7, period=2021), row(None, period=2022))
    look_at_releases()
    (facts,) = told(watching)
    assert facts.new
    assert (facts.new.value, facts.new.obs_status) == (None, "x")
    assert facts.change_pct is None


def test_rules_of_one_series_are_read_together() -> None:
    published(row(90))
    people = [PersonFactory() for _each in range(30)]
    look_at_releases()

    def queries_for(count: int) -> int:
        for person in people[:count]:
            rule(Kind.CROSSES, person=person, threshold=100)
        published(row(110 if count == 5 else 90))
        with CaptureQueriesContext(connection) as captured:
            look_at_releases()
        return len(captured)

    few = queries_for(5)
    assert queries_for(25) == few
    assert Alert.objects.count() == 5 + 30


# ---------------------------------------------------------------- how far the looking has come
def test_the_first_look_tells_what_came_after_the_first_rule() -> None:
    published(row(90))
    watching = rule(Kind.REVISED)
    published(row(91))
    assert not AlertCursor.objects.exists()
    assert look_at_releases() == 1
    assert len(told(watching)) == 1


def test_the_first_look_without_rules_begins_now() -> None:
    published(row(90))
    before = database_now().at
    look_at_releases()
    cursor = AlertCursor.objects.get(news="releases")
    assert cursor.at
    assert cursor.at >= before


def test_a_look_that_fails_half_way_leaves_nothing_and_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    published(row(90))
    rules = [rule(Kind.REVISED) for _each in range(3)]
    published(row(91))
    written = Alert.objects.bulk_create
    monkeypatch.setattr(looking, "_AT_ONCE", 1)

    def failing(*given: Any, **more: Any) -> Any:
        if Alert.objects.count() == 2:
            raise ConnectionError
        return written(*given, **more)

    with monkeypatch.context() as broken:
        broken.setattr(Alert.objects, "bulk_create", failing)
        with pytest.raises(ConnectionError):
            look_for_alerts()
    assert Alert.objects.count() == 0
    assert look_for_alerts() == 3
    assert [len(told(each)) for each in rules] == [1, 1, 1]


def test_several_releases_of_one_moment_are_all_looked_at() -> None:
    rule(Kind.REVISED)
    moment = database_now().at
    for _each in range(2):
        ReleaseFactory(known_from=moment)
    look_at_releases()
    assert AlertCursor.objects.get(news="releases").at == moment


# ---------------------------------------------------------------- exchange rates
@pytest.fixture
def rates() -> None:
    rate_datasets()


def fixing(day: str, **of_currencies: str) -> Release:
    """The reference rates of a day, published now."""
    release: Release = ReleaseFactory(dataset_id="ecb-rates", known_from=database_now().at)
    ecb(day, release, **of_currencies)
    return release


@pytest.mark.usefixtures("rates")
def test_a_cross_rate_that_passes_a_value() -> None:
    fixing("2026-03-02", CNY="7.8", USD="1.0")
    watching = rule(Kind.RATE_CROSSES, currency_id="CNY", base_id="USD", threshold=8)
    still = rule(Kind.RATE_CROSSES, currency_id="USD", base_id="EUR", threshold=2)
    release = fixing("2026-03-03", CNY="8.2", USD="1.0")
    assert look_at_releases() == 1
    assert values(watching) == [(Decimal("7.8"), Decimal("8.2"))]
    assert values(still) == []
    (facts,) = told(watching)
    assert facts.new
    assert (facts.new.period, facts.new.release) == ("2026-03-03", release.pk)


@pytest.mark.usefixtures("rates")
def test_a_change_of_a_rate_counts_from_the_first_day_and_then_from_what_was_told() -> None:
    today = timezone.now().date()
    days = [(today + dt.timedelta(days=number)).isoformat() for number in range(6)]
    fixing(days[0], USD="1.00")
    watching = rule(Kind.RATE_CHANGES, currency_id="USD", base_id="EUR", change_pct=5)
    for day, value in zip(days[1:], ("1.03", "1.06", "1.08", "1.00", "1.02"), strict=True):
        fixing(day, USD=value)
        look_at_releases()
        # As if each look were a transaction of its own.
        Alert.objects.update(fired_at=timezone.now())
    assert values(watching) == [(Decimal("1.00"), Decimal("1.06")), (Decimal("1.06"), Decimal("1.00"))]


@pytest.mark.usefixtures("rates")
def test_rates_of_an_older_day_that_come_late_tell_nothing() -> None:
    fixing("2026-03-05", USD="1.00")
    watching = rule(Kind.RATE_CROSSES, currency_id="USD", base_id="EUR", threshold="1.5")
    fixing("2026-03-02", USD="2.00")
    assert look_at_releases() == 0
    assert told(watching) == []


# ---------------------------------------------------------------- approved records
@pytest.fixture
def here() -> Office:
    return office()


def approved(here: Office, **entries: Any) -> Any:
    record = entered(here, **entries)
    submitted = submit(here.actor("officer"), record.pk, record.version)
    return approve(here.actor("reviewer"), record.pk, submitted.version)


def test_an_approved_record_is_told_to_readers_but_not_to_who_approved_it(here: Office) -> None:
    of = {"organisation": here.organisation}
    viewer, officer = rule(Kind.RECORD_APPROVED, here.viewer, **of), rule(Kind.RECORD_APPROVED, here.officer, **of)
    reviewer = rule(Kind.RECORD_APPROVED, here.reviewer, **of)
    stranger = rule(Kind.RECORD_APPROVED, **of)
    look_at_approvals()
    record = approved(here)
    assert look_at_approvals() == 2
    assert look_at_approvals() == 0
    assert [len(told(each)) for each in (viewer, officer, reviewer, stranger)] == [1, 1, 0, 0]
    (facts,) = told(viewer)
    assert (facts.record, facts.company) == (str(record.pk), str(record.company_id))
    assert Alert.objects.filter(rule=viewer, organisation=here.organisation).exists()


def test_who_left_is_told_nothing_more(here: Office) -> None:
    watching = rule(Kind.RECORD_APPROVED, here.viewer, organisation=here.organisation)
    look_at_approvals()
    approved(here)
    Membership.objects.filter(user=here.viewer).update(ended_at=timezone.now())
    assert look_at_approvals() == 0
    assert told(watching) == []


def test_only_the_company_and_market_that_are_named(here: Office) -> None:
    other = company_of(here)
    of = {"person": here.viewer, "organisation": here.organisation}
    rules = {
        "company": rule(Kind.RECORD_APPROVED, company=other, **of),
        "market": rule(Kind.RECORD_APPROVED, market_id="KAZ", **of),
        "group": rule(Kind.RECORD_APPROVED, market_id="CA5", **of),
        "elsewhere": rule(Kind.RECORD_APPROVED, market_id="KOR", **of),
    }
    look_at_approvals()
    approved(here, destination="KAZ")
    look_at_approvals()
    assert {name: len(told(each)) for name, each in rules.items()} == {
        "company": 0, "market": 1, "group": 1, "elsewhere": 0,
    }  # fmt: skip


# ---------------------------------------------------------------- late sources
@pytest.fixture
def dataset() -> Dataset:
    kept = Dataset.objects.get(pk="worldbank")
    kept.refresh_every = dt.timedelta(days=7)
    kept.save()
    ReleaseFactory(known_from=timezone.now() - YEAR)
    return kept


def download(days_ago: float, state: str = Job.State.DONE) -> None:
    JobFactory(started_at=timezone.now() - dt.timedelta(days=days_ago), state=state)


def since(days_ago: float) -> dict[str, Any]:
    return {"dataset_id": "worldbank", "begins_at": timezone.now() - dt.timedelta(days=days_ago)}


@pytest.mark.usefixtures("dataset")
def test_a_late_source_is_told_once_for_each_lateness() -> None:
    watching = rule(Kind.SOURCE_LATE, **since(30))
    download(15)
    assert look_at_sources() == 1
    assert look_at_sources() == 0
    (facts,) = told(watching)
    assert facts.state == "late"
    download(1, Job.State.FAILED)
    assert look_at_sources() == 0, "the same lateness, now with a failure"
    Alert.objects.update(fired_at=timezone.now() - dt.timedelta(hours=12))
    download(0.4)
    assert look_at_sources() == 0
    download(0.1, Job.State.FAILED)
    assert look_at_sources() == 1
    assert [each.state for each in told(watching)] == ["late", "failing"]


@pytest.mark.usefixtures("dataset")
def test_a_lateness_that_was_there_before_the_rule_is_no_news() -> None:
    download(15)
    watching = rule(Kind.SOURCE_LATE, **since(0.5))
    assert look_at_sources() == 0
    assert told(watching) == []


@pytest.mark.usefixtures("dataset")
def test_a_source_that_is_read_in_time_tells_nothing() -> None:
    rule(Kind.SOURCE_LATE, **since(30))
    download(3)
    assert look_at_sources() == 0
