"""Trade by partner as the profile makes it: places, shares, growth, both sides, and what is not told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from markets.errors import InvalidValue, NotFound
from markets.profiles import pair_page, trade_page
from markets.profiles.markets import market
from markets.profiles.trade import MarketTrade, market_trade
from markets.queries import FOCUS_MARKETS
from markets.vocabulary import AsOf
from tests.markets.trade_world import OFFICES, OTHERS, publish_bundled, publish_small_world, state

pytestmark = pytest.mark.django_db


def trade_of(code: str, as_of: str = "") -> MarketTrade:
    return market_trade(market(code), AsOf.parse(as_of) if as_of else None)


# ---------------------------------------------------------------- a market that reports
def test_partners_stand_by_value_with_place_share_change_and_growth() -> None:
    publish_small_world()
    side = trade_of("KAZ").imports
    assert (side.basis, side.period, side.currency) == ("own", "2023", "USD")
    assert side.total is not None
    assert side.total.value == 25_000_000_000
    assert [(line.rank, line.partner.iso3) for line in side.partners[:3]] == [(1, "RUS"), (2, "CHN"), (3, "DEU")]
    china = side.partners[1]
    assert china == side.home
    assert china.share_pct == Decimal(40)
    assert china.change is not None
    assert (china.change.since, china.change.value) == ("2022", Decimal(25))
    assert not china.change.is_across_vintages
    assert china.growth_since == "2018"
    assert china.growth_pct == Decimal("14.869835"), "doubled in five years"
    assert side.partners[2].growth_pct is None
    assert len(side.partners) == 10
    assert side.partner_count == len(OTHERS) + 1, "what rounds to zero is no supplier"


def test_a_zero_that_was_printed_is_zero_with_its_letter_and_has_no_place() -> None:
    publish_small_world()
    lines = {line.partner.iso3: line for line in trade_page("KAZ").side.partners}
    assert lines["AFG"].stated.value == 0
    assert lines["AFG"].stated.obs_status == "k"
    assert lines["AFG"].rank is None
    assert "CAN" not in lines, "what was not stated is absent, and not zero"


def test_concentration_stands_only_where_the_partners_make_up_the_total() -> None:
    _old, new, _china = publish_small_world()
    side = trade_of("KAZ").imports
    millions = [10_000, 12_000, *(200 - OTHERS.index(code) for code in OTHERS if code != "RUS")]
    assert side.covered_pct == (Decimal(sum(millions)) / 25_000 * 100).quantize(Decimal("0.000001"))
    assert side.covered_pct > 95
    assert side.no_concentration == ""
    wanted = Decimal(sum(value * value for value in millions)) / sum(millions) ** 2
    assert side.concentration == wanted.quantize(Decimal("0.000001"))
    state("KAZ X WLD 2023", 78_000, new)
    for partner in OTHERS:
        state(f"KAZ X {partner} 2023", 1_000, new)
    exports = trade_of("KAZ").exports
    assert (exports.concentration, exports.no_concentration) == (None, "not_covered")


def test_the_home_market_is_followed_by_year() -> None:
    publish_small_world()
    trade = trade_of("KAZ")
    assert trade.home is not None
    assert trade.home.iso3 == "CHN"
    assert [(p.stated.period, p.share_pct) for p in trade.imports.trend] == [("2018", 25), ("2022", 32), ("2023", 40)]


def test_both_sides_stand_beside_each_other_with_ratio_gap_and_reasons() -> None:
    publish_small_world()
    (pair,) = trade_of("KAZ").mirror
    assert (pair.ours.reporter.iso3, pair.ours.value) == ("KAZ", 10_000_000_000)
    assert (pair.theirs.reporter.iso3, pair.theirs.flow, pair.theirs.value) == ("CHN", "X", 20_000_000_000)
    assert (pair.ratio, pair.discrepancy) == (2, Decimal("0.333333"))
    assert pair.reasons == ("transit", "valuation", "attribution", "timing")


def test_yuan_are_not_set_against_dollars() -> None:
    _old, new, _china = publish_small_world()
    state("KAZ M CHN 2024-01", 400, new)
    page = pair_page("KAZ", "CHN")
    line = next(line for line in page.months if line.period == "2024-01")
    assert line.ours is not None
    assert line.theirs is not None
    assert (line.ours.currency, line.theirs.currency) == ("USD", "CNY")
    assert line.mirror is None


def test_a_year_is_never_made_of_months() -> None:
    publish_small_world()
    assert trade_of("KAZ").imports.period == "2023"
    assert {line.period for line in pair_page("KAZ", "CHN").years} == {"2018", "2022", "2023"}


# ---------------------------------------------------------------- vintages
def test_as_of_shows_what_was_known_then() -> None:
    publish_small_world()
    then = trade_of("KAZ", "2023-06-30")
    assert then.imports.period == "2022"
    assert then.imports.home is not None
    assert then.imports.home.stated.value == 7_900_000_000
    assert then.mirror == ()
    before = trade_of("KAZ", "2001-01-01")
    assert (before.imports.basis, before.imports.no_share, before.sources) == ("none", "no_report", ())


def test_every_vintage_of_a_pair_stays_readable() -> None:
    old, new, _china = publish_small_world()
    told = [v for v in pair_page("KAZ", "CHN").vintages if v.stated.period == "2022"]
    assert [(v.stated.value, v.is_in_force) for v in told] == [(8_000_000_000, True), (7_900_000_000, False)]
    assert told[1].superseded_by is not None
    assert told[1].superseded_by.release == new.pk
    (then,) = [v for v in pair_page("KAZ", "CHN", AsOf.parse("2023-06-30")).vintages if v.stated.period == "2022"]
    assert (then.stated.value, then.is_in_force, then.source.release) == (7_900_000_000, True, old.pk)


def test_a_value_that_was_taken_back_is_missing_and_not_zero() -> None:
    _old, new, china = publish_small_world()
    state("CHN X KGZ 2023", None, china, obs_status="x")
    state("KGZ M CHN 2023", 5_350, new)
    page = pair_page("KGZ", "CHN")
    (line,) = page.years
    assert line.theirs is not None
    assert line.theirs.value is None
    assert line.mirror is None
    assert trade_of("KGZ").mirror == ()


# ---------------------------------------------------------------- a market that reports nothing
def test_a_market_without_reports_is_told_by_its_partners_without_shares() -> None:
    publish_small_world()
    trade = trade_of("TKM")
    assert (trade.imports.basis, trade.imports.total, trade.imports.no_share) == ("partners", None, "no_report")
    (line,) = trade.imports.partners
    assert (line.stated.reporter.iso3, line.stated.flow, line.stated.period) == ("CHN", "X", "2023")
    assert (line.share_pct, line.rank) == (None, None)
    (bought,) = trade.exports.partners
    assert (bought.stated.flow, bought.stated.currency, bought.stated.obs_status) == ("M", "CNY", "e")


def test_the_home_market_is_shown_with_those_loaded_and_ranks_nobody() -> None:
    publish_small_world()
    trade = trade_of("CHN")
    assert trade.home is None
    assert trade.exports.is_partial
    assert [(line.partner.iso3, line.rank) for line in trade.exports.partners] == [("KAZ", None), ("TKM", None)]
    assert trade.exports.no_concentration == "few_partners"
    assert [(pair.ours.partner.iso3, pair.ratio) for pair in trade.mirror] == [("KAZ", 2)]


def test_a_market_nobody_speaks_of_has_nothing() -> None:
    publish_small_world()
    trade = trade_of("FJI")
    assert {side.basis for side in trade.sides} == {"none"}
    assert trade.sources == ()


# ---------------------------------------------------------------- all partners of a period
def test_all_partners_of_another_period_and_order() -> None:
    publish_small_world()
    page = trade_page("KAZ", period="2018")
    assert [line.partner.iso3 for line in page.side.partners] == ["CHN"]
    assert dict(page.periods) == {"2023": len(OTHERS) + 2, "2022": 1, "2018": 1}
    names = [line.partner.name for line in trade_page("KAZ", sort="name").side.partners]
    assert names == sorted(names, key=str.casefold)
    values = [line.stated.value for line in trade_page("KAZ", sort="value").side.partners]
    assert values[0] == 0
    assert values == sorted(values, key=lambda value: value or 0)
    by_change = trade_page("KAZ", sort="-change").side.partners
    assert by_change[0].partner.iso3 == "CHN"
    assert by_change[1].change is None


@pytest.mark.parametrize("asked", [{"flow": "Z"}, {"sort": "size"}, {"period": "1999"}, {"period": "nonsense"}])
def test_nonsense_is_refused(asked: dict[str, str]) -> None:
    publish_small_world()
    with pytest.raises(InvalidValue):
        trade_page("KAZ", **asked)


def test_a_pair_needs_two_markets() -> None:
    for code, partner in (("KAZ", "KAZ"), ("KAZ", "WLD"), ("XYZ", "KAZ")):
        with pytest.raises(NotFound):
            pair_page(code, partner)


def test_both_orders_of_a_pair_tell_the_same() -> None:
    publish_small_world()
    here, there = pair_page("KAZ", "CHN"), pair_page("CHN", "KAZ")
    assert {v.stated for v in here.vintages} == {v.stated for v in there.vintages}
    gaps = [{(line.period, line.mirror.discrepancy) for line in page.years if line.mirror} for page in (here, there)]
    assert gaps[0] == gaps[1] == {("2023", Decimal("0.333333"))}


# ---------------------------------------------------------------- what comes with the product
def test_the_bundled_facts_tell_what_is_known_of_each_market() -> None:
    publish_bundled(*OFFICES, "china-trade")
    told = {code: trade_of(code) for code in FOCUS_MARKETS}

    kgz = next(pair for pair in told["KGZ"].mirror if pair.ours.period == "2023")
    assert round(kgz.ratio or 0, 1) == Decimal("3.7")
    assert round(kgz.discrepancy or 0, 2) == Decimal("0.57")
    assert "transit" in kgz.reasons

    kaz = told["KAZ"].imports
    assert (kaz.period, kaz.basis, kaz.no_share) == ("2023", "own", "")
    assert kaz.covered_pct is not None
    assert 95 <= kaz.covered_pct <= 105
    assert kaz.concentration is not None
    assert [point.stated.period for point in kaz.trend] == [str(year) for year in range(2018, 2024)]

    uzb = told["UZB"].imports
    assert (uzb.basis, uzb.total, uzb.no_share, uzb.no_concentration) == ("own", None, "no_total", "no_total")
    assert all(line.share_pct is None for line in uzb.partners)
    assert uzb.notes
    assert uzb.home is not None
    assert uzb.home.rank is not None
    assert "services" in told["UZB"].mirror[0].reasons

    for code in ("TJK", "TKM"):
        assert told[code].imports.basis == "partners"
        assert told[code].imports.home is not None
    assert told["CHN"].exports.is_partial
    assert {pair.ours.partner.iso3 for pair in told["CHN"].mirror} == {"KAZ", "KGZ", "UZB"}


def test_a_restated_year_of_kazakhstan_is_one_figure_in_more_digits() -> None:
    publish_bundled("kaz-trade")
    vintages = [v for v in pair_page("KAZ", "RUS").vintages if (v.stated.period, v.stated.flow) == ("2020", "M")]
    assert [v.is_in_force for v in vintages] == [True, False]
    assert vintages[0].stated.value != vintages[1].stated.value
    assert vintages[0].stated.obs_status == vintages[1].stated.obs_status == "", "refined, not revised"
