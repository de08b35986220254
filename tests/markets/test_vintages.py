"""The newest value of a series before and after each release, in both orders of vintages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets import queries, sources
from markets.ingest import publish
from markets.models import Release
from markets.queries import vintages
from markets.vocabulary import AsOf, ObsStatus, Transport
from tests.factories import GDP, POPULATION, delivery, row, undone

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
SERIES = (GDP, "KAZ")
LONG_AGO = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
FEW = settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])


def published(*rows: Any, **more: Any) -> Release:
    release = publish(delivery(*rows, **more), CARD).release
    assert release is not None
    return release


def step(release: Release, series: tuple[str, str] = SERIES) -> tuple[Any, Any] | None:
    """Period and value before and after; None where the release does not speak of the series."""
    found = list(vintages.steps_of_release(release.pk, [series]))
    return _told(found[0]) if found else None


def _told(found: vintages.Step) -> tuple[Any, Any]:
    before, after = ((side.period, side.value) if side else None for side in (found.before, found.after))
    return before, after


def test_a_new_year_and_a_revision_of_it() -> None:
    first = published(row(100, period=2022))
    second = published(row(110, period=2023))
    third = published(row(120, period=2023))
    assert step(first) == (None, ("2022", 100))
    assert step(second) == (("2022", 100), ("2023", 110))
    assert step(third) == (("2023", 110), ("2023", 120))
    assert step(second) == (("2022", 100), ("2023", 110)), "as known then"


def test_a_forecast_is_no_newest_value() -> None:
    published(row(100, period=2022))
    release = published(row(110, period=2030, status=ObsStatus.FORECAST))
    assert step(release) == (("2022", 100), ("2022", 100))


def test_a_newest_value_withdrawn_leaves_the_one_before() -> None:
    others = [row(7, period=year) for year in range(2000, 2022)]
    published(*others, row(100, period=2022), row(110, period=2023))
    release = published(row(7, period=2021), row(None, period=2023))
    assert step(release) == (("2023", 110), ("2022", 100))


def test_a_release_that_does_not_speak_of_the_series() -> None:
    published(row(100))
    assert step(published(row(5, area="UZB"))) is None
    assert step(published(row(5, indicator=POPULATION))) is None


def test_an_old_vintage_that_comes_late_is_no_news_but_history() -> None:
    now = published(row(100, period=2022), row(200, period=2023))
    day = dt.date(2015, 5, 1)
    late = published(row(90, period=2014), row(95, period=2022), transport=Transport.BUNDLED, released_on=day)
    assert step(late) == (("2023", 200), ("2023", 200))
    course = vintages.steps_of_series(SERIES, LONG_AGO)
    assert [(each.release_id, _told(each)) for each in course] == [
        (late.pk, (None, ("2014", 90))),
        (now.pk, (("2014", 90), ("2023", 200))),
    ]


def test_a_thousand_series_are_one_question() -> None:
    release = published(*[row(100 + n, period=2000 + n) for n in range(20)])
    asked = [SERIES, *((f"X{n}", "KAZ") for n in range(900))]
    with CaptureQueriesContext(connection) as captured:
        assert len(list(vintages.steps_of_release(release.pk, asked))) == 1
    assert len(captured) == 1


def test_how_much_is_known() -> None:
    assert vintages.first_vintage("KAZ") is None
    first = published(row(1), transport=Transport.BUNDLED, released_on=dt.date(2020, 1, 1))
    published(row(2))
    published(row(2, indicator=POPULATION))
    assert vintages.first_vintage("KAZ", GDP) == first.known_from
    assert vintages.vintage_count("KAZ", "", LONG_AGO) == 3
    assert vintages.vintage_count("KAZ", GDP, LONG_AGO) == 2
    assert vintages.vintage_count("KAZ", GDP, first.known_from) == 1


def test_no_market_asks_for_no_revision() -> None:
    published(row(1))
    release = published(row(2))
    assert list(vintages.revisions_by_market(release.pk, [])) == []
    assert [each.new_value for each in vintages.revisions_by_market(release.pk, ["KAZ"])] == [2]


VINTAGES = st.lists(
    st.dictionaries(st.integers(2018, 2023), st.one_of(st.none(), st.integers(1, 9)), min_size=1, max_size=4),
    min_size=1,
    max_size=5,
)


@FEW
@given(VINTAGES)
def test_each_step_is_what_was_in_force_before_and_after(told: list[dict[int, int | None]]) -> None:
    """Against the reads of pages as of a moment, which know nothing of steps; both orders agree on what came live."""
    with undone():
        releases = []
        for values in told:
            rows = [row(value, period=period) for period, value in values.items()]
            outcome = publish(delivery(*rows), CARD)
            releases += [outcome.release] if outcome.release else []
        live = [each for release in releases for each in vintages.steps_of_release(release.pk, [SERIES])]
        assert live == vintages.steps_of_series(SERIES, LONG_AGO)
        for each in live:
            before = AsOf(each.at - dt.timedelta(microseconds=1))
            expected = [queries.newest_observations([GDP], ["KAZ"], as_of) for as_of in (before, AsOf(each.at))]
            sides = [[side] if side else [] for side in (each.before, each.after)]
            assert [[side.pk for side in part] for part in sides] == [[side.pk for side in part] for part in expected]
            assert all(isinstance(side.value, Decimal) for part in sides for side in part)
