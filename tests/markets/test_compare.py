"""Compared markets: which value stands in a cell, what is made of it, which is highest, and what may be asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from markets import wording
from markets.analytics.relative import index_of, per_head
from markets.errors import InvalidValue
from markets.models import Indicator, Release
from markets.profiles.comparison import (
    READY_MADE,
    ComparedCell,
    ComparedRow,
    Comparison,
    Gap,
    Measure,
    compared_with,
    comparison,
)
from markets.vocabulary import AsOf, ObsStatus
from tests.factories import GDP, GDP_GROWTH, GDP_PER_HEAD, POPULATION, AreaCaveatFactory, ReleaseFactory
from tests.markets.api_world import NEW_AT, fill, publish_world, state

MOST_QUERIES = 12
DEFLATOR = "NY.GDP.DEFL.KD.ZG"
EXCHANGE_RATE = "PA.NUS.FCRF"
IMPORTS = "unctad.merch_imports_usd_m"
AREA = "AG.SRF.TOTL.K2"
AMOUNTS = st.decimals(min_value="0.01", max_value="1e15", places=2)


def row_of(page: Comparison, code: str = GDP) -> ComparedRow:
    return next(row for row in page.rows if row.indicator.code == code)


def cell_of(page: Comparison, market: str, code: str = GDP) -> ComparedCell:
    return next(cell for cell in row_of(page, code).cells if cell.market == market)


@pytest.fixture
def release(db: None) -> Release:  # noqa: ARG001 the tables
    return ReleaseFactory(known_from=NEW_AT)


# ---------------------------------------------------------------- which value
@pytest.mark.django_db
def test_the_newest_value_of_each_market_stands_with_its_own_year_and_source() -> None:
    publish_world()
    page = comparison(["KAZ", "UZB"], indicators=[GDP])
    kazakhstan, uzbekistan = cell_of(page, "KAZ"), cell_of(page, "UZB")
    assert (kazakhstan.value, kazakhstan.period) == (Decimal("2.62642E+11"), "2023")
    assert (uzbekistan.value, uzbekistan.period) == (Decimal("8.98E+10"), "2022")
    assert row_of(page).periods == ("2022", "2023")
    assert kazakhstan.stated is not None
    assert kazakhstan.stated.provenance.vintage == "New"
    assert [source.vintage for source in page.sources] == ["New"]


@pytest.mark.django_db
def test_the_same_year_is_the_newest_that_all_chosen_markets_state() -> None:
    publish_world()
    page = comparison(["KAZ", "UZB"], indicators=[GDP], basis="same_year")
    assert [(cell.market, cell.period) for cell in row_of(page).cells] == [("KAZ", "2022"), ("UZB", "2022")]
    assert row_of(page).years_apart == 0


@pytest.mark.django_db
def test_without_a_shared_year_every_market_says_what_it_has() -> None:
    publish_world()
    page = comparison(["KAZ", "UZB", "TJK"], indicators=[GDP], basis="same_year")
    told = [(cell.value, cell.missing, cell.newest) for cell in row_of(page).cells]
    assert told == [
        (None, Gap.NO_SHARED_PERIOD, "2023"),
        (None, Gap.NO_SHARED_PERIOD, "2022"),
        (None, Gap.NOT_LOADED, ""),
    ]


@pytest.mark.django_db
def test_a_forced_year_tells_not_reported_from_withheld_and_from_not_loaded() -> None:
    publish_world()
    page = comparison(["KAZ", "UZB", "TJK"], indicators=[GDP, POPULATION], period="2023")
    assert cell_of(page, "KAZ").period == "2023"
    withheld = cell_of(page, "UZB")
    assert (withheld.value, withheld.missing, withheld.obs_status) == (None, Gap.WITHHELD, ObsStatus.NOT_AVAILABLE)
    assert withheld.newest == "2022"
    assert cell_of(page, "TJK").missing == Gap.NOT_LOADED
    earlier = comparison(["KAZ", "UZB"], indicators=[GDP], period="2015")
    assert cell_of(earlier, "KAZ").missing == Gap.NOT_REPORTED
    assert cell_of(earlier, "KAZ").newest == "2023"


def test_a_forecast_is_neither_newest_nor_shared_but_stands_where_its_year_is_asked_for(release: Release) -> None:
    for market in ("KAZ", "UZB"):
        state(market, "2023", Decimal(5), release)
        state(market, "2030", Decimal(9), release, obs_status=ObsStatus.FORECAST)
    for basis in ("newest", "same_year"):
        assert cell_of(comparison(["KAZ", "UZB"], indicators=[GDP], basis=basis), "KAZ").period == "2023"
    asked = cell_of(comparison(["KAZ", "UZB"], indicators=[GDP], period="2030"), "KAZ")
    assert (asked.value, asked.obs_status) == (Decimal(9), "f")


@pytest.mark.django_db
def test_an_earlier_day_shows_what_was_known_then() -> None:
    publish_world()
    page = comparison(["KAZ", "UZB"], indicators=[GDP], as_of=AsOf.parse("2023-01-01"))
    assert cell_of(page, "KAZ").value == Decimal("1.97112E+11")
    assert cell_of(page, "UZB").missing == Gap.NOT_KNOWN_THEN


@pytest.mark.django_db
def test_every_reason_for_a_gap_has_words() -> None:
    assert {gap.value for gap in Gap} <= set(wording.MISSING_WORDS)


# ---------------------------------------------------------------- what is made of it
def test_per_head_divides_by_the_population_of_the_very_same_year_and_names_both(release: Release) -> None:
    state("KAZ", "2023", Decimal(59_790), release, indicator_id=IMPORTS)
    state("KAZ", "2023", Decimal(20_000_000), release, indicator_id=POPULATION)
    state("UZB", "2023", Decimal(38_500), release, indicator_id=IMPORTS)
    state("UZB", "2022", Decimal(35_000_000), release, indicator_id=POPULATION)
    page = comparison(["KAZ", "UZB"], indicators=[IMPORTS, GDP_GROWTH, POPULATION], measure="per_head")
    row, cell = row_of(page, IMPORTS), cell_of(page, "KAZ", IMPORTS)
    assert (row.unit, row.measure, row.is_unchanged) == ("usd_per_head", Measure.PER_HEAD, False)
    assert cell.value == Decimal("2989.5"), "millions of dollars are dollars before they are divided"
    assert cell.population is not None
    assert (cell.population.indicator, cell.population.value) == (POPULATION, Decimal(20_000_000))
    without = cell_of(page, "UZB", IMPORTS)
    assert (without.value, without.missing) == (None, Gap.NO_POPULATION)
    assert without.stated is not None, "what the source states is still told"
    for code in (GDP_GROWTH, POPULATION):
        assert row_of(page, code).is_unchanged
        assert row_of(page, code).measure is Measure.VALUE


def test_an_index_sets_the_base_market_to_a_hundred(release: Release) -> None:
    for market, value in (("KAZ", 200), ("UZB", 50), ("TJK", -3)):
        state(market, "2023", Decimal(value), release)
        state(market, "2023", Decimal(4), release, indicator_id=EXCHANGE_RATE)
    page = comparison(["KAZ", "UZB", "TJK", "KGZ"], indicators=[GDP, EXCHANGE_RATE], measure="index")
    assert [cell.value for cell in row_of(page).cells] == [Decimal(100), Decimal(25), None, None]
    assert [cell.missing for cell in row_of(page).cells] == ["", "", Gap.NO_INDEX, Gap.NOT_LOADED]
    assert row_of(page).unit == "index"
    assert row_of(page, EXCHANGE_RATE).is_unchanged, "sums in two currencies are no ratio"
    other = comparison(["KAZ", "UZB"], indicators=[GDP], measure="index", base="UZB")
    assert [cell.value for cell in row_of(other).cells] == [Decimal(400), Decimal(100)]
    none = comparison(["KGZ", "KAZ"], indicators=[GDP], measure="index")
    assert [cell.missing for cell in row_of(none).cells] == [Gap.NOT_LOADED, Gap.NO_INDEX]


@given(level=AMOUNTS, residents=AMOUNTS)
def test_per_head_times_the_residents_is_the_level_again(level: Decimal, residents: Decimal) -> None:
    shared = per_head(level, residents)
    assert shared is not None
    assert abs(shared * residents - level) <= residents * Decimal("0.000001")


@given(value=AMOUNTS, base=AMOUNTS, scale=st.integers(min_value=1, max_value=1000))
def test_an_index_is_a_hundred_at_its_base_and_does_not_know_the_unit(
    value: Decimal, base: Decimal, scale: int
) -> None:
    assert index_of(base, base) == 100
    assert index_of(value * scale, base * scale) == index_of(value, base)


def test_nothing_is_divided_by_nobody_and_no_index_stands_on_nothing() -> None:
    assert per_head(Decimal(5), Decimal(0)) is None
    assert index_of(Decimal(5), Decimal(0)) is None
    assert index_of(Decimal(-5), Decimal(5)) is None
    assert index_of(Decimal(0), Decimal(5)) == 0


# ---------------------------------------------------------------- highest and lowest
def test_highest_and_lowest_are_named_and_the_direction_says_which_is_first(release: Release) -> None:
    for market, value in (("KAZ", 9), ("UZB", 5), ("TJK", 5), ("KGZ", 7)):
        state(market, "2023", Decimal(value), release)
        state(market, "2023", Decimal(value), release, indicator_id=DEFLATOR)
    page = comparison(["KAZ", "UZB", "TJK", "KGZ"], indicators=[GDP, DEFLATOR])
    assert [(c.end, c.position) for c in row_of(page).cells] == [("highest", 1), ("lowest", 3), ("lowest", 3), ("", 2)]
    down = [(c.end, c.position) for c in row_of(page, DEFLATOR).cells]
    assert down == [("highest", 4), ("lowest", 1), ("lowest", 1), ("", 3)]


def test_no_end_is_named_without_a_direction_years_apart_or_alone(release: Release) -> None:
    assert Indicator.objects.get(code=AREA).direction == Indicator.Direction.NONE
    for market, period in (("KAZ", "2023"), ("UZB", "2021")):
        state(market, period, Decimal(len(market)), release)
        state(market, "2023", Decimal(5), release, indicator_id=AREA)
    state("KAZ", "2023", Decimal(5), release, indicator_id=POPULATION)
    page = comparison(["KAZ", "UZB"], indicators=[GDP, AREA, POPULATION])
    assert [row_of(page, code).unranked for code in (GDP, AREA, POPULATION)] == [
        "years_apart",
        "no_direction",
        "too_few",
    ]
    assert not any(cell.end or cell.position for row in page.rows for cell in row.cells)


def test_a_market_that_may_not_be_ranked_is_shown_and_takes_no_place(release: Release) -> None:
    AreaCaveatFactory(area_id="TJK", indicators=[GDP_PER_HEAD], is_rankable=False, text_en="Hard to check.")
    for market, value in (("KAZ", 9), ("UZB", 5), ("TJK", 99)):
        state(market, "2023", Decimal(value), release, indicator_id=GDP_PER_HEAD)
    page = comparison(["KAZ", "UZB", "TJK"], indicators=[GDP_PER_HEAD])
    barred = cell_of(page, "TJK", GDP_PER_HEAD)
    assert (barred.value, barred.position, barred.unranked_reason) == (Decimal(99), None, "Hard to check.")
    assert "Hard to check." in barred.caveats
    assert cell_of(page, "KAZ", GDP_PER_HEAD).end == "highest"


def test_where_all_are_equal_none_is_highest(release: Release) -> None:
    fill(["KAZ", "UZB"], range(2023, 2024), release)
    page = comparison(["KAZ", "UZB"], indicators=[GDP])
    assert [(cell.position, cell.end) for cell in row_of(page).cells] == [(1, ""), (1, "")]


def test_values_that_read_the_same_share_their_place(release: Release) -> None:
    for market, value in (("KAZ", "6.31"), ("UZB", "6.34"), ("TJK", "2")):
        state(market, "2023", Decimal(value), release, indicator_id=GDP_GROWTH)
    page = comparison(["KAZ", "UZB", "TJK"], indicators=[GDP_GROWTH])
    assert [(c.end, c.position) for c in row_of(page, GDP_GROWTH).cells] == [
        ("highest", 1),
        ("highest", 1),
        ("lowest", 3),
    ]


# ---------------------------------------------------------------- over time
def test_the_course_begins_at_a_hundred_in_the_first_year_that_all_have(release: Release) -> None:
    for market, periods in (("KAZ", range(2018, 2024)), ("UZB", range(2020, 2023))):
        fill([market], periods, release)
    page = comparison(["KAZ", "UZB", "TJK"], indicators=[GDP], chart_measure="index")
    course = page.course
    assert (course.base_period, course.unit, course.measure) == ("2020", "index", Measure.INDEX)
    values = {line.area: {point.period: point.value for point in line.points} for line in course.lines}
    assert values["KAZ"]["2020"] == values["UZB"]["2020"] == 100
    assert "2018" in values["KAZ"]
    assert [market.iso3 for market in course.silent] == ["TJK"]
    assert [source.release for source in course.sources] == [release.pk]


def test_the_course_follows_the_measure_where_it_means_something(release: Release) -> None:
    fill(["KAZ", "UZB"], range(2018, 2024), release)
    fill(["KAZ"], range(2020, 2022), release, POPULATION)
    fill(["KAZ", "UZB"], range(2018, 2024), release, GDP_GROWTH)
    shared = comparison(["KAZ", "UZB"], indicators=[GDP], measure="per_head").course
    assert [(line.area, [point.period for point in line.points]) for line in shared.lines] == [
        ("KAZ", ["2020", "2021"])
    ]
    growth = comparison(["KAZ", "UZB"], indicators=[GDP], measure="index", chart=GDP_GROWTH).course
    assert (growth.measure, growth.is_unchanged, growth.base_period) == (Measure.VALUE, True, "")


def test_a_course_without_a_shared_year_is_not_indexed(release: Release) -> None:
    fill(["KAZ"], range(2018, 2020), release)
    fill(["UZB"], range(2020, 2022), release)
    course = comparison(["KAZ", "UZB"], indicators=[GDP], chart_measure="index").course
    assert (course.measure, course.is_unchanged) == (Measure.VALUE, True)
    assert len(course.lines) == 2


# ---------------------------------------------------------------- access and themes
@pytest.mark.django_db
def test_memberships_and_themes_are_those_of_the_profiles() -> None:
    from markets.profiles import country_profile

    page = comparison(["KAZ", "TKM", "CHN"])
    for place, market in enumerate(("KAZ", "TKM", "CHN")):
        profile = country_profile(market)
        assert [(t.slug, t.strength, t.scope) for t in profile.themes] == [
            (row.slug, row.strengths[place].strength, row.strengths[place].scope) for row in page.themes
        ]
        own = {line.group: (line.is_member, line.from_on) for line in profile.memberships}
        for row in page.access:
            assert (row.lines[place].is_member, row.lines[place].from_on) == own[row.group]


# ---------------------------------------------------------------- what may be asked
@pytest.mark.django_db
def test_nothing_chosen_is_the_ready_made_five_with_the_main_figures() -> None:
    page = comparison()
    assert page.is_ready_made
    assert tuple(market.iso3 for market in page.markets) == READY_MADE
    assert {row.indicator.code for row in page.rows} == set(
        Indicator.objects.filter(is_headline=True).values_list("code", flat=True)
    )
    assert compared_with("CHN") == ("CHN", *READY_MADE)
    assert set(compared_with("TJK")) == set(READY_MADE)


@pytest.mark.django_db
def test_figures_are_chosen_by_name_by_subject_or_both_in_any_case() -> None:
    by_name = comparison(indicators=[GDP.lower()])
    assert [row.indicator.code for row in by_name.rows] == [GDP]
    both = comparison(indicators=[GDP], group="people")
    assert {row.indicator.group for row in both.rows} == {"size", "people"}
    assert len(both.rows) == 1 + Indicator.objects.filter(group="people").count()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"markets": ["KAZ"]}, "market"),
        ({"markets": ["KAZ", "UZB", "TJK", "TKM", "KGZ", "CHN", "RUS"]}, "market"),
        ({"markets": ["KAZ", "XYZ"]}, "market"),
        ({"markets": ["KAZ", "WLD"]}, "market"),
        ({"indicators": ["NOPE"]}, "indicator"),
        ({"group": "nope"}, "group"),
        ({"basis": "oldest"}, "basis"),
        ({"period": "lately"}, "period"),
        ({"measure": "guess"}, "measure"),
        ({"base": "CHN"}, "base"),
        ({"chart": "NOPE"}, "chart"),
        ({"chart_measure": "guess"}, "chart_measure"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_parameter(asked: dict[str, object], parameter: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        comparison(**asked)  # type: ignore[arg-type]
    assert refused.value.context["parameter"] == parameter


@pytest.mark.django_db
def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidValue) as refused:
        comparison(["KAZ", "XYZ", "QQQ"], measure="guess")
    faults = [fault.context["value"] for fault in refused.value.context["faults"]]
    assert faults == ["XYZ", "QQQ", "guess"]


def test_six_markets_ask_no_more_questions_than_two(release: Release) -> None:
    six = ["KAZ", "UZB", "TJK", "TKM", "KGZ", "CHN"]
    for indicator in Indicator.objects.all():
        fill(six, range(2015, 2024), release, indicator.code)
    counts = []
    for markets in (six[:2], six):
        with CaptureQueriesContext(connection) as asked:
            comparison(markets, measure="per_head", group="trade")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST_QUERIES
