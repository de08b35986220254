"""What is held for a person to look at: the impossible, the empty, the lost, what moved too far; and what is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import pytest

from markets import sources
from markets.errors import ReleaseHeld
from markets.ingest import PublishOutcome, publish
from markets.models import Observation, Release
from markets.sources.base import ObservationRow
from markets.vocabulary import Transport
from tests.factories import GDP, GDP_GROWTH, POPULATION, URBAN_SHARE, delivery, row

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
YEARS = range(2001, 2021)
FOREIGN_INVESTMENT = "BX.KLT.DINV.CD.WD"
LONG_AGO = dt.date(2024, 1, 31)
Values = dict[int, str | int | None]


def series(values: Values, area: str = "KAZ", indicator: str = GDP) -> list[ObservationRow]:
    return [row(value, area=area, period=year, indicator=indicator) for year, value in values.items()]


def published(rows: Iterable[ObservationRow], *, covers_all: bool = True) -> PublishOutcome:
    return publish(delivery(*rows, covers_all=covers_all, transport=Transport.HTTP), CARD)


def in_force(indicator: str = GDP) -> dict[tuple[str, str], Decimal | None]:
    rows = Observation.objects.filter(indicator_id=indicator, known_to=None)
    return {(r.area_id, r.period): r.value for r in rows}


def reason(outcome: PublishOutcome) -> str:
    (why,) = outcome.held.values()
    assert isinstance(why, ReleaseHeld)
    return str(why)


BEFORE: Values = {year: 1000 + year for year in YEARS}


@pytest.fixture
def stated() -> dict[tuple[str, str], Decimal | None]:
    """Twenty values of one country in force."""
    assert not published(series(BEFORE)).held
    return in_force()


def without(*years: int) -> Values:
    return {year: value for year, value in BEFORE.items() if year not in years}


# ---------------------------------------------------------------- disappearance
@pytest.mark.parametrize("explicit", [True, False], ids=["declared missing", "no longer named"])
@pytest.mark.parametrize(("gone", "is_held"), [(1, False), (4, False), (5, True), (19, True)])
def test_a_fifth_of_the_values_may_go_and_no_more(
    gone: int, stated: dict[tuple[str, str], Decimal | None], *, is_held: bool, explicit: bool
) -> None:
    lost = list(YEARS)[:gone]
    values: Values = without(*lost) | (dict.fromkeys(lost) if explicit else {})
    outcome = published(series(values))
    if is_held:
        assert f"{gone} of 20 values are gone" in reason(outcome)
        assert outcome.release is None
        assert in_force() == stated
    else:
        assert not outcome.held
        assert outcome.slices[0].withdrawn == gone
        assert sum(value is None for value in in_force().values()) == gone


def test_an_empty_vintage_is_held_however_small_the_series() -> None:
    published(series({2001: 5, 2002: 6}))
    assert "states no value at all" in reason(published(series({2001: None, 2002: None})))
    assert set(in_force().values()) == {5, 6}


def test_a_first_vintage_without_any_value_is_held_when_it_speaks_of_all() -> None:
    assert "states no value at all" in reason(published(series({2001: None})))


def test_a_country_without_a_value_delivered_alone_takes_nothing_away() -> None:
    published(series(BEFORE))
    outcome = published(series(dict.fromkeys(YEARS), area="TKM"), covers_all=False)
    assert not outcome.held
    assert outcome.release is None


def test_a_country_whose_values_are_all_declared_missing_is_held() -> None:
    published([*series(BEFORE), *series({2001: 5}, area="TKM")])
    assert "states no value" in reason(published(series({2001: None}, area="TKM"), covers_all=False))


# ---------------------------------------------------------------- movement
@pytest.mark.parametrize(("moved", "is_held"), [(1, False), (6, False), (7, True), (20, True)])
def test_three_in_ten_values_may_move_by_more_than_half(
    moved: int, stated: dict[tuple[str, str], Decimal | None], *, is_held: bool
) -> None:
    values: Values = BEFORE | dict.fromkeys(list(YEARS)[:moved], 9000)
    outcome = published(series(values))
    assert bool(outcome.held) is is_held
    if is_held:
        assert f"{moved} of 20 values moved by more than half" in reason(outcome)
        assert in_force() == stated
    else:
        assert outcome.slices[0].revised == moved


@pytest.mark.parametrize("factor", ["1000", "0.001", "-1"])
def test_another_unit_is_noticed(factor: str) -> None:
    published(series({year: 10 ** (n % 6 + 1) for n, year in enumerate(YEARS)}, indicator=FOREIGN_INVESTMENT))
    scaled: Values = {year: str(10 ** (n % 6 + 1) * Decimal(factor)) for n, year in enumerate(YEARS)}
    told = reason(published(series(scaled, indicator=FOREIGN_INVESTMENT)))
    assert "the unit may have changed. The last published numbers stay in force." in told


def test_every_value_may_move_a_little() -> None:
    published(series(BEFORE))
    outcome = published(series({year: str(value * Decimal("1.4")) for year, value in BEFORE.items()}))  # type: ignore[operator]
    assert not outcome.held
    assert outcome.slices[0].revised == 20


def test_rates_about_zero_are_weighed_by_the_size_of_the_series() -> None:
    published(series({year: str(Decimal("0.1") if year % 2 else 8) for year in YEARS}, indicator=GDP_GROWTH))
    outcome = published(series({year: str(Decimal("-0.1") if year % 2 else 8) for year in YEARS}, indicator=GDP_GROWTH))
    assert not outcome.held, "0.1 to -0.1 is twice its size and nothing to a series of eights"


def test_a_series_of_zeros_may_not_move_unseen() -> None:
    published(series(dict.fromkeys(YEARS, 0)))
    assert "moved" in reason(published(series(dict.fromkeys(YEARS, 5))))


def test_a_handful_of_values_is_not_judged_by_shares() -> None:
    published(series(dict.fromkeys(range(2001, 2010), 100)))
    assert not published(series({2001: 999, 2002: 11})).held


@pytest.mark.parametrize("value", ["1001", "100000", "9.9", "0.1"])
def test_one_value_of_a_handful_that_moves_by_more_than_ten_times_is_held(value: str) -> None:
    published(series({2022: 100, 2023: 100}))
    assert f"KAZ 2023: 100 -> {value} is more than ten times off" in reason(published(series({2023: value})))
    assert set(in_force().values()) == {100}


@pytest.mark.parametrize("value", [0, -100])
def test_to_zero_or_across_it_is_no_multiple(value: int) -> None:
    published(series({2023: 1}, indicator=GDP_GROWTH))
    assert not published(series({2023: value}, indicator=GDP_GROWTH)).held


# ---------------------------------------------------------------- the impossible
@pytest.mark.parametrize("transport", list(Transport))
def test_fewer_people_than_none_are_held_whatever_the_way_they_came(transport: Transport) -> None:
    given = delivery(*series({2022: 7, 2023: -5}, indicator=POPULATION), transport=transport, known_by=LONG_AGO)
    assert "KAZ 2023: -5, and a figure of this kind is never below zero" in reason(publish(given, CARD))
    assert in_force(POPULATION) == {}


@pytest.mark.parametrize("indicator", [GDP, "NY.GNP.PCAP.PP.CD", "PA.NUS.FCRF", URBAN_SHARE, "SP.DYN.LE00.IN"])
def test_what_counts_or_measures_cannot_be_below_zero(indicator: str) -> None:
    assert "never below zero" in reason(published(series({2023: "-0.1"}, indicator=indicator)))
    assert not published(series({2023: 0}, indicator=indicator)).held


@pytest.mark.parametrize("indicator", [GDP_GROWTH, FOREIGN_INVESTMENT, "BN.CAB.XOKA.GD.ZS", "DT.ODA.ALLD.CD"])
def test_growth_balances_and_net_flows_may_be_below_zero(indicator: str) -> None:
    assert not published(series({2023: "-0.1"}, indicator=indicator)).held


# ---------------------------------------------------------------- what is not weighed
def test_a_partial_delivery_is_weighed_by_what_it_names_alone() -> None:
    published([*series(BEFORE), *series(BEFORE, area="UZB"), *series(BEFORE, area="KGZ")])
    outcome = published(series(BEFORE | {2020: 5000}), covers_all=False)
    assert not outcome.held
    assert (outcome.slices[0].revised, outcome.slices[0].withdrawn) == (1, 0)
    assert len([value for value in in_force().values() if value is not None]) == 60


def test_late_values_weigh_nothing() -> None:
    """An older vintage is weighed by what it would change, not by what stays in force anyway."""
    old, older = dt.date(2020, 1, 1), dt.date(2018, 1, 1)
    uzbek = series(dict.fromkeys(range(2001, 2011), 10), area="UZB")
    publish(delivery(*uzbek, transport=Transport.BUNDLED, released_on=older), CARD)
    published(series(BEFORE))
    moved = series({year: 99 if year < 2005 else 10 for year in range(2001, 2011)}, area="UZB")
    outcome = publish(delivery(*moved, *series(BEFORE), transport=Transport.BUNDLED, released_on=old), CARD)
    assert "4 of 10 values moved" in reason(outcome)


def test_new_values_weigh_nothing() -> None:
    published(series(BEFORE))
    assert not published([*series(BEFORE), *series(BEFORE, area="UZB")]).held


def test_a_held_series_keeps_no_other_from_being_published() -> None:
    published([*series(BEFORE), *series(BEFORE, indicator=POPULATION)])
    outcome = published([*series(without(*range(2001, 2011))), *series(BEFORE | {2020: 1}, indicator=POPULATION)])
    assert list(outcome.held) == [GDP]
    assert outcome.release is not None
    assert outcome.release.added + outcome.release.revised == 1
    assert in_force(POPULATION)["KAZ", "2020"] == 1
    assert len([value for value in in_force().values() if value is not None]) == 20
    assert {release.state for release in Release.objects.filter(pk__gt=outcome.release.pk - 1)} == {"published", "held"}
    assert outcome.held_release is not None
    assert not outcome.held_release.observations.exists()


def test_what_was_held_may_come_again_whole_and_is_published() -> None:
    published(series(BEFORE))
    published(series(without(*range(2001, 2011))))
    assert not published(series(BEFORE | {2021: 7})).held
    assert in_force()["KAZ", "2021"] == 7
