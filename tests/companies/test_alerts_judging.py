"""Whether a rule comes true by one step: worked cases, and what holds for all numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.alerts.facts import Facts, Revised, Side
from companies.alerts.judging import MOST_TOLD, Step, Verdicts, change_pct, judged
from companies.models import AlertRule
from tests.factories import GDP, POPULATION

Kind = AlertRule.Kind
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40)
WAYS = st.sampled_from(AlertRule.Direction.values)


def words(kind: str, **said: object) -> AlertRule:
    numbers = {name: Decimal(str(value)) for name, value in said.items() if name in ("threshold", "change_pct")}
    return AlertRule(kind=kind, **said | numbers)


def step(old: object, new: object, *, periods: tuple[str, str] = ("2022", "2023"), is_same: bool = False) -> Step:
    sides = [
        None if value is None else Side(Decimal(str(value)), period, release=number)
        for number, (value, period) in enumerate(zip((old, new), periods, strict=True), start=1)
    ]
    return Step(old=sides[0], new=sides[1], is_same_figure=is_same)


CROSSINGS = [
    pytest.param("", 9, 11, True, id="upwards-any-way"),
    pytest.param("up", 9, 11, True, id="upwards"),
    pytest.param("down", 9, 11, False, id="upwards-asked-down"),
    pytest.param("down", 11, 9, True, id="downwards"),
    pytest.param("up", 11, 9, False, id="downwards-asked-up"),
    pytest.param("", 9, 10, True, id="reached-from-below"),
    pytest.param("", 11, 10, True, id="reached-from-above"),
    pytest.param("", 10, 11, False, id="leaves-it-upwards"),
    pytest.param("", 10, 9, False, id="leaves-it-downwards"),
    pytest.param("", 11, 12, False, id="stays-above"),
    pytest.param("", None, 12, False, id="nothing-before"),
    pytest.param("", 9, None, False, id="nothing-after"),
]


@pytest.mark.parametrize(("direction", "old", "new", "is_told"), CROSSINGS)
def test_a_threshold_is_reached_or_passed(direction: str, old: object, new: object, *, is_told: bool) -> None:
    rule = words(Kind.CROSSES, direction=direction, threshold=10)
    assert (judged(rule, step(old, new)) is not None) is is_told


CHANGES = [
    pytest.param("", 100, "105", False, id="exactly-so-much"),
    pytest.param("", 100, "105.0001", True, id="a-little-more"),
    pytest.param("up", 100, 90, False, id="down-asked-up"),
    pytest.param("down", 100, 90, True, id="down"),
    pytest.param("", -100, -90, True, id="below-zero"),
    pytest.param("", -1, 1, True, id="through-zero"),
    pytest.param("", 0, 1, False, id="of-zero-no-per-cent"),
    pytest.param("", 100, None, False, id="missing-is-not-zero"),
]


@pytest.mark.parametrize(("direction", "old", "new", "is_told"), CHANGES)
def test_a_change_is_more_than_the_per_cent(direction: str, old: object, new: object, *, is_told: bool) -> None:
    rule = words(Kind.CHANGES, direction=direction, change_pct=5)
    assert (judged(rule, step(old, new)) is not None) is is_told


def test_both_values_are_told_with_period_and_vintage() -> None:
    facts = judged(words(Kind.CHANGES, change_pct=5), step(100, 90))
    assert facts == Facts(
        old=Side(Decimal(100), "2022", release=1), new=Side(Decimal(90), "2023", release=2), change_pct=Decimal(-10)
    )


@pytest.mark.parametrize("kind", [Kind.CROSSES, Kind.CHANGES])
def test_an_older_period_that_is_newest_again_is_no_movement(kind: str) -> None:
    assert judged(words(kind, threshold=10, change_pct=5), step(11, 9, periods=("2023", "2022"))) is None


@pytest.mark.parametrize("kind", [Kind.CROSSES, Kind.CHANGES])
def test_the_same_figure_in_more_digits_is_no_movement(kind: str) -> None:
    found = step(10, "9.6", periods=("2023", "2023"), is_same=True)
    assert judged(words(kind, threshold="9.8", change_pct="0.1"), found) is None


# ---------------------------------------------------------------- revisions
def revised(old: object, new: object, indicator: str = GDP, period: str = "2023") -> Revised:
    sides = [Side(None if value is None else Decimal(str(value)), period, "" if value else "x") for value in (old, new)]
    return Revised(indicator, *sides)


REVISIONS = [
    pytest.param(100, 104, False, id="less"),
    pytest.param(100, 106, True, id="more"),
    pytest.param(100, None, True, id="taken-back"),
    pytest.param(None, 100, True, id="stated-again"),
    pytest.param(0, 1, True, id="of-zero"),
]


@pytest.mark.parametrize(("old", "new", "is_told"), REVISIONS)
def test_a_revision_is_told_by_its_size_where_one_is_asked_for(old: object, new: object, *, is_told: bool) -> None:
    found = Step(revised=[revised(old, new)])
    assert (judged(words(Kind.REVISED, change_pct=5), found) is not None) is is_told
    assert judged(words(Kind.REVISED), found) is not None


def test_only_the_indicator_that_is_named() -> None:
    found = Step(revised=[revised(1, 2, POPULATION), revised(3, 4)])
    facts = judged(words(Kind.REVISED, indicator_id=GDP), found)
    assert facts is not None
    assert (facts.count, facts.old, facts.new) == (1, Side(Decimal(3), "2023"), Side(Decimal(4), "2023"))
    assert judged(words(Kind.REVISED, indicator_id="SP.URB.TOTL"), found) is None


def test_ten_are_told_and_all_are_counted() -> None:
    facts = judged(words(Kind.REVISED), Step(revised=[revised(n + 1, n + 2) for n in range(25)]))
    assert facts is not None
    assert (len(facts.revised), facts.count) == (MOST_TOLD, 25)


# ---------------------------------------------------------------- for all numbers
@given(st.lists(NUMBERS, min_size=2, max_size=12), NUMBERS, WAYS)
def test_ups_and_downs_of_a_threshold_alternate(course: list[Decimal], threshold: Decimal, direction: str) -> None:
    steps = [step(old, new) for old, new in pairwise(course)]
    ways = []
    for each in steps:
        facts = judged(words(Kind.CROSSES, direction=direction, threshold=threshold), each)
        if facts is not None:
            ways.append(_said(facts.new) > _said(facts.old))
    if direction:
        assert set(ways) <= {direction == "up"}
    strictly = [value for value in course if value != threshold]
    sides = [value > threshold for value in strictly]
    if len(strictly) == len(course) and not direction:
        assert len(ways) == sum(one is not other for one, other in pairwise(sides)), "each change of side is told once"
        assert all(one is not other for one, other in pairwise(ways))


def _said(side: Side | None) -> Decimal:
    assert side is not None
    assert side.value is not None
    return side.value


@given(NUMBERS, NUMBERS, st.decimals(min_value=0, max_value=10**6, allow_nan=False), WAYS)
def test_a_change_is_told_exactly_when_it_is_larger(old: Decimal, new: Decimal, pct: Decimal, direction: str) -> None:
    facts = judged(words(Kind.CHANGES, change_pct=pct, direction=direction), step(old, new))
    share = None if old == 0 else abs(Fraction(new) - Fraction(old)) * 100 / abs(Fraction(old))
    is_that_way = new != old and (not direction or (direction == "up") == (new > old))
    assert (facts is not None) is (share is not None and is_that_way and share > Fraction(pct))


@given(NUMBERS, NUMBERS)
def test_facts_say_the_same_after_they_were_kept(old: Decimal, new: Decimal) -> None:
    facts = Facts(old=Side(old, "2022", "r", 1), new=Side(new, "2023", "", 2), change_pct=change_pct(old, new))
    assert Facts.unpacked(facts.packed()) == facts


@given(st.sampled_from([Kind.CROSSES, Kind.CHANGES]), NUMBERS, WAYS)
def test_a_value_that_did_not_move_tells_nothing(kind: str, value: Decimal, direction: str) -> None:
    assert judged(words(kind, threshold=value, change_pct=0, direction=direction), step(value, value)) is None


def test_the_same_words_are_judged_once() -> None:
    verdicts = Verdicts(step(9, 11))
    first = verdicts.of(words(Kind.CROSSES, threshold=10))
    assert first is not None
    assert verdicts.of(words(Kind.CROSSES, threshold=10)) is first
    assert verdicts.of(words(Kind.CROSSES, threshold=12)) is None
