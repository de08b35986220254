"""Figures: value, change, rank, revision and caveat of one number; missing is told and never zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets import sources
from markets.errors import NotFound
from markets.ingest import publish
from markets.models import Area, AreaCaveat, Indicator
from markets.profiles import country_profile, indicator_page, market_list
from markets.profiles.figures import Change, ChangeKind, Figure, Point, Rank, change_between, rank_of
from markets.queries import Standing
from markets.sources.base import ObservationRow
from markets.templatetags.figures import place_told, revised_words
from markets.vocabulary import ObsStatus, Transport
from tests.factories import (
    GDP,
    GDP_GROWTH,
    POPULATION,
    AreaCaveatFactory,
    delivery,
    row,
    undone,
)

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
UNEMPLOYMENT = "SL.UEM.TOTL.ZS"


def published(*rows: ObservationRow) -> None:
    assert not publish(delivery(*rows), CARD).held


def figure(indicator: str = GDP, area: str = "KAZ") -> Figure:
    profile = country_profile(area)
    figures = {f.indicator.code: f for group in profile.groups for f in group.figures}
    return figures.get(indicator) or next(f for f in profile.headline if f.indicator.code == indicator)


def place(position: int, of: int, *, lowest_first: bool = False, period: str = "2023", loaded: int = 3) -> Rank:
    return Rank(position, of, lowest_first, period, loaded)


@contextmanager
def no_caveats() -> Iterator[None]:
    with undone():
        AreaCaveat.objects.all().delete()
        yield


# ---------------------------------------------------------------- value and period
def test_the_newest_stated_value_is_shown_with_its_year_and_source() -> None:
    published(row(90, period=2022), row("100.5", period=2023, status=ObsStatus.PROVISIONAL))
    shown = figure()
    assert (shown.value, shown.period, shown.obs_status) == (Decimal("100.5"), "2023", "p")
    assert shown.provenance is not None
    assert shown.provenance.source.publisher == "World Bank"
    assert shown.provenance.source.licence == "CC BY 4.0"
    assert shown.previous == Point("2022", Decimal(90), "")


def test_a_forecast_is_no_newest_value() -> None:
    published(row(100, period=2023), row(120, period=2030, status=ObsStatus.FORECAST))
    assert figure().period == "2023"
    assert market_list().rows[0].figures[0].period == "2023"


def test_a_withdrawn_value_gives_way_to_the_one_before_it() -> None:
    published(row(90, period=2022), row(100, period=2023))
    published(row(90, period=2022), row(None, period=2023))
    assert (figure().value, figure().period) == (90, "2022")


def test_what_nobody_stated_is_a_gap_with_its_reason_and_never_zero() -> None:
    published(row(100))
    profile = country_profile("KAZ")
    gaps = {gap.code for gap in profile.gaps}
    assert gaps == set(Indicator.objects.values_list("code", flat=True)) - {GDP}
    for shown in profile.headline:
        assert (shown.value is None) == (shown.indicator.code in gaps)
        assert bool(shown.missing) == (shown.value is None)
    assert [f.value for group in profile.groups for f in group.figures] == [100]


def test_zero_is_a_value_like_another() -> None:
    published(row(0, indicator=GDP_GROWTH), row(5, indicator=GDP_GROWTH, period=2022))
    shown = figure(GDP_GROWTH)
    assert (shown.value, shown.missing) == (0, "")
    assert shown.change is not None
    assert shown.change.value == -5


def test_the_world_has_no_profile() -> None:
    with pytest.raises(NotFound):
        country_profile("WLD")
    with pytest.raises(NotFound):
        country_profile("XYZ")


# ---------------------------------------------------------------- change
@pytest.mark.parametrize(
    ("unit", "before", "now", "change"),
    [
        ("usd", "200", "250", Change("2022", Decimal(25), ChangeKind.PER_CENT)),
        ("usd", "200", "100", Change("2022", Decimal(-50), ChangeKind.PER_CENT)),
        ("usd", "3", "4", Change("2022", Decimal("33.333333"), ChangeKind.PER_CENT)),
        ("usd", "0", "5", None),
        ("usd", "-5", "5", None),
        ("usd", "5", "-5", Change("2022", Decimal(-200), ChangeKind.PER_CENT)),
        ("pct", "5.5", "4", Change("2022", Decimal("-1.5"), ChangeKind.POINTS)),
        ("pct", "-1", "1", Change("2022", Decimal(2), ChangeKind.POINTS)),
        ("pct_of_gdp", "0", "3", Change("2022", Decimal(3), ChangeKind.POINTS)),
        ("index", "100", "104", Change("2022", Decimal(4), ChangeKind.DIFFERENCE)),
        ("score_1_5", "2.5", "2.7", Change("2022", Decimal("0.2"), ChangeKind.DIFFERENCE)),
    ],
)
def test_a_change_is_told_in_the_way_of_its_unit(unit: str, before: str, now: str, change: Change | None) -> None:
    assert change_between(unit, Point("2022", Decimal(before)), Point("2023", Decimal(now))) == change


@pytest.mark.parametrize("unit", ["usd", "pct", "index"])
@pytest.mark.parametrize(("before", "now"), [(None, Decimal(1)), (Decimal(1), None), (None, None)])
def test_there_is_no_change_from_or_to_a_missing_value(unit: str, before: Decimal | None, now: Decimal | None) -> None:
    assert change_between(unit, Point("2022", before), Point("2023", now)) is None


AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=10**15, places=2)


@given(AMOUNTS, AMOUNTS, st.decimals(min_value=Decimal("0.1"), max_value=1000, places=1))
def test_a_change_in_per_cent_knows_no_scale(before: Decimal, now: Decimal, factor: Decimal) -> None:
    change = change_between("usd", Point("2022", before), Point("2023", now))
    scaled = change_between("usd", Point("2022", before * factor), Point("2023", now * factor))
    assert change is not None
    assert scaled is not None
    assert abs(change.value - scaled.value) <= Decimal("0.000001")
    assert (change.value > 0, change.value < 0) == (
        now > before and change.value != 0,
        now < before and change.value != 0,
    )


def test_every_unit_is_told_in_some_way() -> None:
    for unit in Indicator.objects.values_list("unit", flat=True).distinct():
        assert change_between(unit, Point("2022", Decimal(2)), Point("2023", Decimal(3))) is not None, unit


def test_a_change_across_vintages_says_so() -> None:
    published(row(90, period=2022))
    published(row(100, period=2023))
    change = figure().change
    assert change is not None
    assert change.is_across_vintages
    assert change.since == "2022"


# ---------------------------------------------------------------- rank
@pytest.mark.parametrize(
    ("direction", "rank"), [("up", place(3, 10)), ("none", place(3, 10)), ("down", place(8, 10, lowest_first=True))]
)
def test_a_rank_counts_those_ahead_by_the_indicators_direction(direction: str, rank: Rank) -> None:
    assert rank_of(Standing(of=10, above=2, below=7), direction, "2023", 3) == rank


def test_equal_values_share_a_place_and_the_world_has_none() -> None:
    published(
        row(100), row(100, area="UZB"), row(50, area="KGZ"), row(10**6, area="WLD"), row(7, area="CHN", period=2022)
    )
    with no_caveats():
        ranks = [figure(area=area).rank for area in ("KAZ", "UZB", "KGZ")]
    assert ranks == [place(1, 3, loaded=4), place(1, 3, loaded=4), place(3, 3, loaded=4)]


def test_the_lowest_is_first_where_low_is_wanted() -> None:
    published(*(row(v, area=a, indicator=UNEMPLOYMENT) for a, v in (("KAZ", 5), ("UZB", 4), ("KGZ", 6))))
    with no_caveats():
        assert figure(UNEMPLOYMENT).rank == place(2, 3, lowest_first=True)


def test_a_period_that_few_have_yet_is_ranked_in_the_newest_that_enough_have() -> None:
    before = {"KAZ": 100, "UZB": 90, "KGZ": 10, "TJK": 110, "CHN": 999, "DEU": 500, "CHE": 1}
    published(*(row(value, area=area) for area, value in before.items()))
    published(row(120, period=2024), row(130, area="UZB", period=2024), row(5, area="TKM", period=2024))
    with no_caveats():
        shown = figure()
        assert (shown.period, shown.value) == ("2024", 120), "the figure itself stays the newest"
        assert shown.rank == place(4, 7, loaded=8)
        assert indicator_page(GDP).period == "2023"
        only_here = figure(area="TKM")
        assert only_here.rank == place(3, 3, period="2024", loaded=8), "it has no earlier value to be ranked by"
        published(*(row(value, area=area, period=2024) for area, value in before.items() if area in ("CHN", "KGZ")))
        assert figure().rank == place(3, 5, period="2024", loaded=8), "five of seven are enough"


def test_a_place_among_many_markets_needs_no_word_about_how_many_are_loaded() -> None:
    codes = list(Area.objects.filter(is_aggregate=False).exclude(code="KAZ").values_list("code", flat=True)[:20])
    published(row(0), *(row(place, area=area) for place, area in enumerate(codes[:18], start=1)))
    with no_caveats():
        assert figure().rank == place(19, 19, loaded=19)
        published(row(77, area=codes[18]))
        assert figure().rank == Rank(20, 20, lowest_first=False, period="2023", loaded=None)


def test_what_may_not_be_ranked_says_why_and_moves_nobody() -> None:
    published(row(100), row(300, area="TKM"), row(50, area="KGZ"))
    with undone():
        AreaCaveat.objects.all().delete()
        AreaCaveatFactory(indicators=["NY.GDP.*"], is_rankable=False)
        barred, ranked = figure(area="TKM"), figure()
        page = indicator_page(GDP)
    assert barred.rank is None
    assert barred.unranked_reason == "Converted at the official rate."
    assert barred.unranked_reason in barred.caveats
    assert ranked.rank == place(1, 2)
    assert [(r.market.iso3, r.rank.position if r.rank else None) for r in page.ranking] == [
        ("KAZ", 1), ("KGZ", 2), ("TKM", None),
    ]  # fmt: skip


@settings(max_examples=settings().max_examples // 8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.dictionaries(
        st.sampled_from(["KAZ", "KGZ", "TJK", "TKM", "UZB", "CHN", "DEU", "WLD"]), st.integers(-3, 3), min_size=1
    ),
    barred=st.sets(st.sampled_from(["KAZ", "DEU", "CHN"])),
    indicator=st.sampled_from([GDP_GROWTH, UNEMPLOYMENT, "FR.INR.RINR"]),
)
def test_a_market_has_one_rank_wherever_it_is_shown(values: dict[str, int], barred: set[str], indicator: str) -> None:
    with no_caveats():
        for area in barred:
            AreaCaveatFactory(area_id=area, indicators=[indicator], is_rankable=False)
        published(*(row(value, area=area, indicator=indicator) for area, value in values.items()))
        page = indicator_page(indicator, period="2023") if set(values) - {"WLD"} else None
        shown = {ranked.market.iso3: ranked.rank for ranked in page.ranking} if page else {}
        assert shown.keys() == values.keys() - {"WLD"}
        for area, rank in shown.items():
            assert figure(indicator, area).rank == rank
            assert (rank is None) == (area in barred)
            if rank:
                assert 1 <= rank.position <= rank.of == len(shown.keys() - barred)


# ---------------------------------------------------------------- revision
def test_a_revised_figure_shows_what_it_took_the_place_of() -> None:
    published(row(100))
    published(row(105))
    revised = figure().revised_from
    assert revised is not None
    assert (revised.value, figure().obs_status) == (100, "r")
    assert revised.release != figure().provenance.release  # type: ignore[union-attr]


def test_a_figure_with_more_digits_is_not_shown_as_revised() -> None:
    published(row("2.62642E+11"))
    published(row("262641955166.886"))
    assert figure().revised_from is None
    assert figure().obs_status == ""
    assert indicator_page(GDP).revision_count == 0


def test_a_revision_is_remembered_when_more_digits_come_after_it() -> None:
    published(row("12.695"))
    published(row("11.3"))
    published(row("11.30196511"))
    shown = figure()
    assert shown.obs_status == "r"
    assert shown.revised_from is not None
    assert shown.revised_from.value == Decimal("12.695")
    page = indicator_page(GDP)
    assert page.revision_count == len(page.revisions) == 1


def test_another_letter_is_no_revision() -> None:
    published(row(100, status=ObsStatus.ESTIMATED))
    published(row(100, status=ObsStatus.PROVISIONAL))
    assert figure().revised_from is None
    page = indicator_page(GDP)
    assert (page.revision_count, page.revisions) == (0, ())


# ---------------------------------------------------------------- words
def test_names_are_those_of_the_active_language() -> None:
    published(row(100))
    names = {}
    for language in ("en", "zh-hans", "ru"):
        with translation.override(language):
            names[language] = (country_profile("KAZ").market.name, figure().indicator.name)
    assert names["en"] == ("Kazakhstan", "GDP")
    assert names["zh-hans"][0] == "哈萨克斯坦"
    assert names["ru"][0] == "Казахстан"
    assert len(set(names.values())) == 3


def test_the_table_of_a_page_holds_what_the_page_shows() -> None:
    published(row("262641955166.886"), row(225, period=2022), row(20_330_104, indicator=POPULATION))
    profile = country_profile("KAZ")
    table = profile.table()
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, cells, strict=True)) for cells in table.rows]
    shown = [f for group in profile.groups for f in group.figures]
    assert [(r["indicator"], r["value"], r["period"]) for r in rows] == [
        (f.indicator.code, f.value, f.period) for f in shown
    ]
    assert next(r["value"] for r in rows if r["indicator"] == GDP) == Decimal("262641955166.886")
    assert all(r["source"] and r["vintage"] and r["licence"] for r in rows)
    assert table.sources


# ---------------------------------------------------------------- vintages
def test_the_newest_vintage_is_so_by_the_providers_date_and_not_by_the_day_it_was_read() -> None:
    publish(delivery(row(1), transport=Transport.BUNDLED, known_by=dt.date(2025, 6, 30)), CARD)
    publish(delivery(row(2, indicator=POPULATION), released_on=dt.date(2026, 3, 25)), CARD)
    publish(delivery(row(3, indicator=GDP_GROWTH)), CARD)
    dated = [(source.released_on, source.transport) for source in country_profile("KAZ").sources]
    assert dated == [(dt.date(2026, 3, 25), "file"), (None, "bundled"), (None, "file")]


def test_a_revision_of_a_vintage_without_a_date_says_by_when_it_was_known() -> None:
    publish(delivery(row(10), transport=Transport.BUNDLED, known_by=dt.date(2025, 6, 30)), CARD)
    published(row(12))
    assert revised_words(figure()) == "Revised: was US$10 in a vintage known by Jun 30, 2025"


def test_a_place_tells_its_period_where_it_is_another_and_among_how_few() -> None:
    assert place_told(place(50, 192), "2024").startswith("Place 50 of 192, highest first, in 2023, among the 3 markets")
    assert place_told(Rank(50, 192, lowest_first=True, period="2023"), "2023") == "Place 50 of 192, lowest first"
