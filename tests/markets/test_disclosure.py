"""Nobody can work out a company's value from sums that are called safe, however they add and subtract."""

from __future__ import annotations

import itertools
import random
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analytics.disclosure import Edition, Reason, Rule, sensitivity, why_withheld
from markets.errors import NotComparable

RULE = Rule()
COMPANIES = "abcdef"
MARKETS = ("KAZ", "UZB", "KGZ")
CATEGORIES = ("cars", "toys", None)
ALL = ("ALL", "*")
# What each company sold in each market of each category; None: of goods without a category.
Atoms = Mapping[tuple[str, str, str | None], Decimal]
PARENTS = {
    **{(market, category): (market, "*") for market in MARKETS for category in CATEGORIES if category},
    **{(market, "*"): ALL for market in MARKETS},
}


def values(*numbers: int) -> dict[str, Decimal]:
    return dict(zip(COMPANIES, map(Decimal, numbers), strict=False))


def cells_of(atoms: Atoms) -> dict[Hashable, dict[str, Decimal]]:
    """The tree of sums: all, markets, categories within a market."""
    cells: dict[Hashable, dict[str, Decimal]] = {}
    for (company, market, category), value in atoms.items():
        keys = [ALL, (market, "*"), *([(market, category)] if category else [])]
        for key in keys:
            cell = cells.setdefault(key, {})
            cell[company] = cell.get(company, Decimal(0)) + value
    return cells


def holds(key: Hashable, market: str, category: str | None) -> bool:
    return key == ALL or key in ((market, "*"), (market, category))


# ---------------------------------------------------------------- the rules by themselves
def test_a_sum_of_two_lets_each_read_the_other() -> None:
    assert sensitivity(values(5, 5), RULE) is Reason.FEW
    assert sensitivity(values(5, 5, 0), RULE) is Reason.FEW
    assert sensitivity(values(5, 5, 5), RULE) is None
    assert sensitivity(values(5, 5, 5), Rule(fewest=4)) is Reason.FEW


def test_the_second_largest_must_not_estimate_the_largest_within_ten_per_cent() -> None:
    # 100 + 50 + 10 = 160: the second knows 110 for the first, exactly ten per cent too much.
    assert sensitivity(values(100, 50, 10), RULE) is None
    assert sensitivity(values(100, 50, 9), RULE) is Reason.DOMINANT
    assert sensitivity(values(100, 50, 9), Rule(p_pct=Decimal(5))) is None


def test_a_rule_that_protects_nobody_is_refused() -> None:
    with pytest.raises(NotComparable):
        Rule(fewest=2)
    with pytest.raises(NotComparable):
        Rule(p_pct=Decimal(-1))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(NotComparable, match="below zero"):
        why_withheld({ALL: values(-1, 2, 3)}, {}, RULE)
    with pytest.raises(NotComparable, match="more than the whole"):
        why_withheld({ALL: values(1, 2, 3), ("KAZ", "*"): values(2, 2, 3)}, PARENTS, RULE)


# ---------------------------------------------------------------- subtraction
def test_one_withheld_part_of_a_published_total_takes_a_second_with_it() -> None:
    cells = {ALL: values(60, 60, 61, 50, 50, 50), ("KAZ", "*"): values(50, 50, 50), ("UZB", "*"): values(0, 0, 1)}
    cells["KGZ", "*"] = dict(zip("abcdef", map(Decimal, (10, 10, 10, 50, 50, 50)), strict=True))
    cells["UZB", "*"] = {"c": Decimal(1)}
    withheld = why_withheld(cells, PARENTS, RULE)
    assert withheld == {("UZB", "*"): Reason.FEW, ("KAZ", "*"): Reason.SECONDARY}


def test_goods_without_a_category_are_a_part_that_is_never_published_and_still_protected() -> None:
    cells = {("KAZ", "*"): values(60, 50, 50), ("KAZ", "cars"): values(50, 50, 50)}
    assert why_withheld(cells, PARENTS, RULE) == {("KAZ", "cars"): Reason.SECONDARY}


def test_all_parts_and_their_total_are_published_when_each_is_safe() -> None:
    cells = {("KAZ", "*"): values(90, 90, 90), ("KAZ", "cars"): values(50, 50, 50), ("KAZ", "toys"): values(40, 40, 40)}
    assert why_withheld(cells, PARENTS, RULE) == {}


# ---------------------------------------------------------------- editions
def test_one_company_that_joins_a_published_sum_is_not_read_off_the_difference() -> None:
    former = Edition({("KAZ", "*"): values(50, 50, 50)}, {("KAZ", "*")})
    joined = {("KAZ", "*"): values(50, 50, 50, 40)}
    assert why_withheld(joined, PARENTS, RULE, [former]) == {("KAZ", "*"): Reason.EDITION}
    three = {("KAZ", "*"): values(50, 50, 50, 40, 40, 40)}
    assert why_withheld(three, PARENTS, RULE, [former]) == {}
    assert why_withheld({("KAZ", "*"): values(50, 50, 50)}, PARENTS, RULE, [former]) == {}


def test_a_correction_of_one_companys_value_is_not_read_off_either() -> None:
    former = Edition({("KAZ", "*"): values(50, 50, 50)}, {("KAZ", "*")})
    assert why_withheld({("KAZ", "*"): values(50, 50, 80)}, PARENTS, RULE, [former]) == {("KAZ", "*"): Reason.EDITION}


def test_two_editions_do_not_give_away_together_what_neither_gives_away_alone() -> None:
    # Of one table either category can be published beside the total, but not one now and the other then.
    total = values(110, 110, 110, 5)
    cells = {("KAZ", "*"): total, ("KAZ", "cars"): values(50, 50, 50), ("KAZ", "toys"): values(60, 60, 60)}
    former = Edition(cells, {("KAZ", "*"), ("KAZ", "cars")})
    withheld = why_withheld(cells, PARENTS, RULE, [former])
    assert withheld == {("KAZ", "toys"): Reason.SECONDARY}


def test_the_value_of_a_former_edition_is_not_found_through_a_new_cell() -> None:
    # Cars had one company then; the rest did not change, so the new rest would tell the old cars.
    then = {("KAZ", "*"): values(90, 50, 50, 50), ("KAZ", "cars"): values(40)}
    now = {("KAZ", "*"): values(90, 80, 80, 80), ("KAZ", "cars"): dict(values(40, 30, 30, 30))}
    withheld = why_withheld(now, PARENTS, RULE, [Edition(then, {("KAZ", "*")})])
    assert withheld == {("KAZ", "cars"): Reason.EDITION}


# ---------------------------------------------------------------- attackers
def reduced(rows: Sequence[Sequence[Fraction]], width: int) -> list[list[Fraction]]:
    """Row echelon form by Gaussian elimination over the first `width` columns; the rows left have zeros there."""
    left, done = [list(row) for row in rows], []
    for column in range(width):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        done.append(pivot)
        for row in left:
            factor = row[column] / pivot[column]
            if factor:
                row[:] = [mine - factor * theirs for mine, theirs in zip(row, pivot, strict=True)]
    return left


def laid_bare(editions: Sequence[tuple[Atoms, set[Hashable]]], fewest: int) -> bool:
    """Whether somebody who solves the system of all published cells finds a sum over fewer companies than that.

    Each company's value in each atom is an unknown of its own, the same one in two editions where it did not change.
    Whoever attacks knows who sold what where, but not for how much: more than any reader does.
    """
    unknowns = sorted(
        {(c, m, str(k), v) for atoms, _published in editions for (c, m, k), v in atoms.items() if v}, key=repr
    )
    rows = [
        [
            Fraction(
                int(
                    holds(key, market, None if category == "None" else category)
                    and atoms.get((company, market, None if category == "None" else category)) == value
                )
            )
            for company, market, category, value in unknowns
        ]
        for atoms, published in editions
        for key in published
    ]
    companies = sorted({unknown[0] for unknown in unknowns})
    for few in itertools.combinations(companies, min(fewest - 1, len(companies))):
        others = [n for n, unknown in enumerate(unknowns) if unknown[0] not in few]
        own = [n for n, unknown in enumerate(unknowns) if unknown[0] in few]
        ordered = [[row[n] for n in (*others, *own)] for row in rows]
        if any(any(row) for row in reduced(ordered, len(others))):
            return True
    return False


def derivable(key: Hashable, published: set[Hashable], atoms: Atoms) -> bool:
    """Whether a cell is a linear combination of published ones."""
    places = sorted({(market, str(category)) for (_c, market, category), value in atoms.items() if value})

    def row(each: Hashable) -> list[Fraction]:
        return [Fraction(int(holds(each, market, None if c == "None" else c))) for market, c in places]

    before = len(rows := [row(each) for each in published]) - len(reduced(rows, len(places)))
    after = before + 1 - len(reduced([*rows, row(key)], len(places))) + len(reduced(rows, len(places)))
    return after == before


tables = st.dictionaries(
    st.tuples(st.sampled_from(COMPANIES), st.sampled_from(MARKETS), st.sampled_from(CATEGORIES)),
    st.integers(min_value=1, max_value=40).map(Decimal),
    max_size=24,
)


def published_of(atoms: Atoms, former: Sequence[Edition] = (), rule: Rule = RULE) -> set[Hashable]:
    cells = cells_of(atoms)
    return set(cells) - set(why_withheld(cells, PARENTS, rule, former))


@settings(max_examples=120, deadline=None)
@given(tables, st.sampled_from((3, 4)))
def test_no_attacker_finds_a_sum_over_fewer_companies_than_the_rule_asks_for(atoms: Atoms, fewest: int) -> None:
    rule = Rule(fewest=fewest)
    assert not laid_bare([(atoms, published_of(atoms, rule=rule))], fewest)


@settings(max_examples=120, deadline=None)
@given(tables)
def test_a_withheld_cell_is_never_the_difference_of_published_ones(atoms: Atoms) -> None:
    published = published_of(atoms)
    assert [key for key in cells_of(atoms) if key not in published and derivable(key, published, atoms)] == []


@settings(max_examples=120, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_changes_nothing(atoms: Atoms, shuffled: random.Random) -> None:
    items = list(atoms.items())
    shuffled.shuffle(items)
    assert why_withheld(cells_of(dict(items)), PARENTS, RULE) == why_withheld(cells_of(atoms), PARENTS, RULE)


@settings(max_examples=150, deadline=None)
@given(tables, tables, tables)
def test_three_editions_together_tell_no_more_than_one(first: Atoms, second: Atoms, third: Atoms) -> None:
    # What is stated again is kept or replaced by a value that was never stated before, so that no value comes back.
    tables_, editions, former = [], [], []
    for number, given_ in enumerate((first, second, third)):
        kept = dict(tables_[-1]) if tables_ else {}
        kept |= {key: value + 100 * number for key, value in given_.items()}
        tables_.append(kept)
        published = published_of(kept, former)
        former.append(Edition(cells_of(kept), frozenset(published)))
        editions.append((kept, published))
    assert not laid_bare(editions, 3)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_the_same_table_is_published_again_as_it_was(atoms: Atoms) -> None:
    published = published_of(atoms)
    again = published_of(atoms, [Edition(cells_of(atoms), frozenset(published))])
    assert again == published


@settings(max_examples=60, deadline=None)
@given(tables, st.lists(st.sampled_from([ALL, *PARENTS]), max_size=6))
def test_the_solver_of_these_tests_finds_what_rules_do_not_hold_back(atoms: Atoms, chosen: list[Hashable]) -> None:
    """A cell with fewer than three companies, published by nobody's rule, is found by the attacker."""
    cells = cells_of(atoms)
    bare = {key for key in chosen if key in cells and len(cells[key]) < 3}
    assert laid_bare([(atoms, bare)], 3) is bool(bare)
