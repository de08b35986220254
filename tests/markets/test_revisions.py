"""What counts as a revision, in which order, and what was read differently at two moments."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets import queries, sources
from markets.ingest import publish
from markets.models import Observation, Release
from markets.queries import Place, RevisionScope
from markets.vocabulary import AsOf, ObsStatus, PrintedNumber, Transport
from tests.factories import GDP, POPULATION, ReleaseFactory, delivery, row, undone
from tests.markets.api_world import NEW_AT, OLD_AT, publish_world, state

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
FEW = settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])
ALL = RevisionScope()
DAYS = [dt.date(2020, 1, day) for day in range(1, 5)]


def told(scope: RevisionScope = ALL, as_of: AsOf | None = None) -> list[tuple[str, str, str, object, object]]:
    """Kind, market, period, old and new value, as the feed orders them."""
    rows = queries.newest_revisions(queries.revisions(scope, as_of=as_of), 100)
    return [(row.kind, row.area_id, row.period, row.old_value, row.new_value) for row in rows]


def bundled(day: dt.date, *rows: object, covers_all: bool = False) -> None:
    publish(delivery(*rows, transport=Transport.BUNDLED, released_on=day, covers_all=covers_all), CARD)  # type: ignore[arg-type]


def between(start: dt.date, end: dt.date, scope: RevisionScope = ALL) -> dict[tuple[str, str, str], str]:
    """What became of each value between the ends of two days."""
    rows = queries.differences(scope, at(start), at(end), limit=10_000)
    return {(row.indicator_id, row.area_id, row.period): row.kind for row in rows}


def at(day: dt.date) -> AsOf:
    return AsOf.parse(day.isoformat())


# ---------------------------------------------------------------- what is a revision
def test_another_figure_is_a_revision_and_no_value_any_more_a_withdrawal() -> None:
    others = [row(7, period=year) for year in range(2010, 2020)]
    publish(delivery(row(100), row(200, area="UZB"), row(300, area="KGZ"), *others), CARD)
    publish(delivery(row(105), row(None, area="UZB"), row(300, area="KGZ"), *others), CARD)
    assert told() == [("revised", "KAZ", "2023", 100, 105), ("withdrawn", "UZB", "2023", 200, None)]


def test_more_digits_or_another_letter_are_no_revision() -> None:
    publish(delivery(row("1.2E+3"), row(7, area="UZB")), CARD)
    publish(delivery(row("1234"), row(7, area="UZB", status=ObsStatus.ESTIMATED)), CARD)
    assert Release.objects.order_by("-id")[0].refined == 2
    assert told() == []


def test_a_value_stated_again_after_it_was_taken_back_is_a_revision() -> None:
    others = [row(7, period=year) for year in range(2010, 2020)]
    for value in (100, None, 101):
        publish(delivery(row(value), *others), CARD)
    assert told() == [("revised", "KAZ", "2023", None, 101), ("withdrawn", "KAZ", "2023", 100, None)]


def test_what_is_in_quarantine_never_leaves() -> None:
    old, new = ReleaseFactory(known_from=OLD_AT), ReleaseFactory(known_from=NEW_AT)
    state("KAZ", "2021", Decimal(1), old, superseded_by=new)
    state("KAZ", "2021", Decimal(2), new, obs_status=ObsStatus.QUARANTINED)
    assert told() == []
    assert between(OLD_AT.date(), NEW_AT.date()) == {}


def test_a_release_that_is_held_has_revised_nothing() -> None:
    _old, new = publish_world()
    Release.objects.filter(pk=new.pk).update(state=Release.State.HELD)
    assert told() == []


def test_the_scope_narrows_by_indicator_market_and_dataset() -> None:
    publish_world()
    assert len(told(RevisionScope(indicators=[GDP], areas=["KAZ"], dataset="worldbank"))) == 1
    assert told(RevisionScope(indicators=[POPULATION])) == []
    assert told(RevisionScope(areas=["UZB"])) == []
    assert told(RevisionScope(dataset="unctad")) == []
    assert told(RevisionScope(withheld=["worldbank"])) == []
    assert told(as_of=AsOf(OLD_AT)) == []


# ---------------------------------------------------------------- the order of the feed
def test_the_newest_record_comes_first_whatever_its_vintage_says() -> None:
    """A vintage known for years may be recorded after one of yesterday: the feed goes by when we recorded it."""
    long_known = ReleaseFactory(known_from=OLD_AT, published_at=NEW_AT)
    recent = ReleaseFactory(known_from=NEW_AT, published_at=NEW_AT - dt.timedelta(days=1))
    first = ReleaseFactory(known_from=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    for area, release in (("KAZ", recent), ("UZB", long_known)):
        state(area, "2021", Decimal(1), first, superseded_by=release)
        state(area, "2021", Decimal(2), release)
    assert [area for _kind, area, *_rest in told()] == ["UZB", "KAZ"]


def test_pages_of_the_feed_meet_every_revision_once_while_new_ones_are_recorded() -> None:
    old, new = ReleaseFactory(known_from=OLD_AT), ReleaseFactory(known_from=NEW_AT)
    for area in ("KAZ", "KGZ", "TJK", "TKM", "UZB"):
        for period in ("2020", "2021"):
            state(area, period, Decimal(1), old, superseded_by=new)
            state(area, period, Decimal(2), new)
    whole = [row.id for row in queries.newest_revisions(queries.revisions(), 100)]
    met: list[int] = []
    after = None
    while True:
        rows = queries.newest_revisions(queries.revisions(), 3, after)
        if not rows:
            break
        met += [row.id for row in rows]
        last = rows[-1]
        assert last.published_at is not None
        after = Place(last.published_at, last.new_release, last.indicator_id, last.area_id, last.period)
        publish(delivery(row(len(met), area="CHN")), CARD)
    assert met == whole
    assert len(met) == 10


def test_every_row_of_the_feed_costs_the_same_questions() -> None:
    publish_world()
    with CaptureQueriesContext(connection) as asked:
        told()
    assert len(asked) == 1
    assert 'superseded_by_id" IS NOT NULL' in asked[0]["sql"]


# ---------------------------------------------------------------- until when it is complete
def test_nothing_older_can_appear_beside_the_moment_it_is_complete_until() -> None:
    assert queries.complete_until() is None
    publish(delivery(row(1)), CARD)
    assert queries.complete_until() == Release.objects.get().published_at


@pytest.mark.usefixtures("reference_facts")
@pytest.mark.django_db(transaction=True)
def test_a_publication_under_way_holds_the_moment_back() -> None:
    """It is dated before it is committed, and so may yet appear before one that is seen already."""
    publish(delivery(row(1)), CARD)
    first = queries.complete_until()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1")
            publish(delivery(row(2)), CARD)
            assert queries.complete_until() == first
            cursor.execute("COMMIT")
        assert queries.complete_until() == Release.objects.order_by("id")[1].published_at
    finally:
        other.close()


# ---------------------------------------------------------------- two moments
def test_between_two_days_values_are_added_revised_withdrawn_and_refined() -> None:
    first, second = DAYS[0], DAYS[2]
    bundled(first, row(100), row(200, area="UZB"), row("1.2E+3", area="TJK"), row(5, area="TKM"))
    bundled(second, row(105), row(None, area="UZB"), row("1234", area="TJK"), row(5, area="TKM"), row(9, area="KGZ"))
    expected = {(GDP, "KAZ", "2023"): "revised", (GDP, "UZB", "2023"): "withdrawn", (GDP, "KGZ", "2023"): "added"}
    assert between(DAYS[1], DAYS[3]) == expected
    counts = queries.difference_counts(ALL, at(DAYS[1]), at(DAYS[3]))
    assert sorted(counts) == [(GDP, kind, 1) for kind in ("added", "refined", "revised", "withdrawn")]
    assert between(DAYS[0], DAYS[1]) == {}
    assert between(DAYS[2], DAYS[3]) == {}


def test_two_revisions_between_two_days_are_told_as_one_step() -> None:
    for day, value in zip(DAYS[1:], (100, 105, 110), strict=True):
        bundled(day, row(value))
    (changed,) = queries.differences(ALL, at(DAYS[1]), at(DAYS[3]), limit=10)
    assert (changed.old_value, changed.new_value, changed.kind) == (100, 110, "revised")
    (added,) = queries.differences(ALL, at(DAYS[0]), at(DAYS[3]), limit=10)
    assert (added.old_release, added.new_value, added.kind) == (None, 110, "added")


def test_a_value_that_came_back_as_it_was_reads_the_same() -> None:
    for day, value in zip(DAYS[1:], (100, 105, 100), strict=True):
        bundled(day, row(value))
    assert between(DAYS[1], DAYS[3]) == {}


def test_the_lines_come_by_kind_and_page_by_place() -> None:
    areas = ("KAZ", "KGZ", "TJK", "UZB")
    bundled(DAYS[0], *(row(100, area=area) for area in areas[:3]))
    bundled(DAYS[1], row(101), row(102, area="KGZ"), row(None, area="TJK"), row(7, area="UZB"))
    start, end = at(DAYS[0]), at(DAYS[2])
    whole = queries.differences(ALL, start, end, limit=10)
    assert [(line.kind, line.area_id) for line in whole] == [
        ("revised", "KAZ"),
        ("revised", "KGZ"),
        ("withdrawn", "TJK"),
        ("added", "UZB"),
    ]
    met = []
    after = None
    while lines := queries.differences(ALL, start, end, limit=1, after=after):
        met += lines
        after = (lines[0].kind, lines[0].indicator_id, lines[0].area_id, lines[0].period)
    assert met == whole
    assert [line.area_id for line in queries.differences(ALL, start, end, limit=9, kind="added")] == ["UZB"]


VALUES = st.none() | st.sampled_from(["10", "11", "1.1E+1", "10.5", "12", "1E+1"])
VINTAGES = st.lists(st.dictionaries(st.sampled_from(["KAZ", "KGZ", "UZB"]), VALUES, min_size=1), min_size=1, max_size=4)


@FEW
@given(vintages=VINTAGES, start=st.integers(0, 3), steps=st.integers(0, 3))
def test_the_difference_is_that_of_the_two_tables_in_force(
    vintages: list[dict[str, str | None]], start: int, steps: int
) -> None:
    # Beside enough others, or a value that is taken back would have its vintage held for review.
    others = [row(7, period=year) for year in range(1990, 2010)]
    with undone():
        for day, values in zip(DAYS, vintages, strict=False):
            bundled(day, *(row(value, area=area) for area, value in values.items()), *others)
        first, last = DAYS[start], DAYS[min(start + steps, 3)]
        assert between(first, last) == expected_between(in_force(first), in_force(last))
        counted = Counter({kind: number for _code, kind, number in queries.difference_counts(ALL, at(first), at(last))})
        del counted["refined"]
        assert counted == Counter(between(first, last).values())


def in_force(day: dt.date) -> dict[tuple[str, str, str], Observation]:
    return {(o.indicator_id, o.area_id, o.period): o for o in queries.in_force(at(day))}


def expected_between(
    old: dict[tuple[str, str, str], Observation], new: dict[tuple[str, str, str], Observation]
) -> dict[tuple[str, str, str], str]:
    """The same from the two tables, by the rule of `PrintedNumber`."""
    kinds = {}
    for key, later in new.items():
        before = old.get(key)
        if before is None:
            kinds[key] = "added" if later.value is not None else ""
        elif before.value is None:
            kinds[key] = "revised" if later.value is not None else ""
        elif later.value is None:
            kinds[key] = "withdrawn"
        else:
            kinds[key] = "" if printed(before).agrees_with(printed(later)) else "revised"
    return {key: kind for key, kind in kinds.items() if kind}


def printed(observation: Observation) -> PrintedNumber:
    assert observation.value is not None
    assert observation.last_digit_exponent is not None
    return PrintedNumber(observation.value, observation.last_digit_exponent)
