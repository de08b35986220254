"""What a delivery does to the table: each verdict, the letters, the provenance, and what is never lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from markets import sources
from markets.errors import DuplicateRow, IngestError
from markets.ingest import PublishOutcome, SliceOutcome, publish
from markets.models import Observation, Payload, Release, ReleaseSlice, Slice, UnmappedCode
from markets.sources.base import Delivery, ObservationRow, UnmappedRow
from markets.vocabulary import ObsStatus, Transport
from tests.factories import GDP, POPULATION, URBAN_SHARE, delivery, row

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
Stated = tuple[Decimal | None, str]


def published(*rows: ObservationRow, **options: object) -> PublishOutcome:
    return publish(delivery(*rows, **options), CARD)  # type: ignore[arg-type]


def in_force(indicator: str = GDP) -> dict[tuple[str, str], Stated]:
    rows = Observation.objects.filter(indicator_id=indicator, known_to=None)
    return {(r.area_id, r.period): (r.value, r.obs_status) for r in rows}


def history(area: str = "KAZ", period: str = "2023", indicator: str = GDP) -> list[Stated]:
    rows = Observation.objects.filter(indicator_id=indicator, area_id=area, period=period).order_by("id")
    return [(r.value, r.obs_status) for r in rows]


def counts(outcome: PublishOutcome) -> SliceOutcome:
    (told,) = outcome.slices
    return told


def bundled(day: str, *rows: ObservationRow) -> PublishOutcome:
    return published(*rows, transport=Transport.BUNDLED, released_on=dt.date.fromisoformat(day))


# ---------------------------------------------------------------- verdicts
def test_a_new_value_is_added_with_its_birth_certificate() -> None:
    outcome = published(row("262641955166.886"), released_on=dt.date(2025, 7, 1))
    assert counts(outcome) == SliceOutcome(GDP, added=1)
    (observation,) = Observation.objects.filter(indicator_id=GDP)
    release = observation.release
    assert release == outcome.release
    assert (release.state, release.transport, release.released_on) == ("published", "file", dt.date(2025, 7, 1))
    assert release.licence == "CC BY 4.0"
    assert observation.known_from == release.known_from == release.published_at
    assert observation.known_to is None
    assert release.payloads.get().body == repr(((row("262641955166.886"),), dt.date(2025, 7, 1))).encode()
    current = Slice.objects.get(dataset="worldbank", key=GDP)
    assert current.current == release
    assert current.checked_at is not None


def test_a_changed_value_is_revised_and_the_old_one_kept() -> None:
    first = published(row(100))
    second = published(row(105))
    assert counts(second) == SliceOutcome(GDP, revised=1)
    assert history() == [(100, ""), (105, "r")]
    old, new = Observation.objects.filter(indicator_id=GDP).order_by("id")
    assert old.release == first.release
    assert old.superseded_by == second.release
    assert old.known_to == new.known_from


def test_the_providers_own_letter_stays_on_a_revised_value() -> None:
    published(row(100))
    published(row(105, status=ObsStatus.PROVISIONAL))
    assert history()[-1] == (105, "p")


def test_the_same_delivery_twice_writes_nothing() -> None:
    rows = [row(100), row(None, period=2024), row("2.5", area="UZB"), row(7, area="KGZ", status=ObsStatus.ESTIMATED)]
    published(*rows)
    before = list(Observation.objects.order_by("pk").values())
    outcome = published(*rows)
    assert outcome.release is None
    assert counts(outcome) == SliceOutcome(GDP, unchanged=4)
    assert list(Observation.objects.order_by("pk").values()) == before
    assert Release.objects.count() == 1


def test_a_figure_printed_longer_is_refined_not_revised() -> None:
    published(row("2.62642E+11"))
    outcome = published(row("262641955166.886"))
    assert counts(outcome) == SliceOutcome(GDP, refined=1)
    assert history()[-1] == (Decimal("262641955166.886"), "")


def test_a_figure_printed_shorter_leaves_the_longer_one_in_force() -> None:
    published(row("262641955166.886"))
    outcome = published(row("2.62642E+11"))
    assert counts(outcome) == SliceOutcome(GDP, unchanged=1)
    assert in_force() == {("KAZ", "2023"): (Decimal("262641955166.886"), "")}


def test_a_revised_value_stays_marked_when_it_is_refined() -> None:
    published(row("12.6953747017566"))
    published(row("11.3"))
    outcome = published(row("11.30196511"))
    assert counts(outcome) == SliceOutcome(GDP, refined=1)
    assert history()[-1] == (Decimal("11.30196511"), "r")


def test_arithmetic_noise_is_no_revision() -> None:
    published(row("262641955166.886"))
    assert counts(published(row("262641955166.885"))).unchanged == 1


def test_a_value_that_is_only_stated_again_to_more_places_is_compared_by_them() -> None:
    """100 may have been a rounded 99.6; once it was stated to twelve places it was not."""
    exact = ObservationRow(URBAN_SHARE, "KAZ", "2023", Decimal(100), -12)
    published(row(100, indicator=URBAN_SHARE))
    assert published(exact).release is None
    outcome = published(ObservationRow(URBAN_SHARE, "KAZ", "2023", Decimal("99.6"), -13))
    assert counts(outcome).revised == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ObsStatus.FORECAST, ObsStatus.NORMAL),
        (ObsStatus.ESTIMATED, ObsStatus.NORMAL),
        (ObsStatus.NORMAL, ObsStatus.PROVISIONAL),
    ],
)
def test_another_letter_on_the_same_figure_is_told(before: ObsStatus, after: ObsStatus) -> None:
    published(row(100, status=before))
    outcome = published(row(100, status=after))
    assert counts(outcome) == SliceOutcome(GDP, refined=1)
    assert history() == [(100, before.value), (100, after.value)]


def test_another_letter_costs_no_digits() -> None:
    published(row("262641955166.886", status=ObsStatus.FORECAST))
    published(row("2.62642E+11"))
    assert history()[-1] == (Decimal("262641955166.886"), "")
    assert published(row("262641955166.886")).release is None, "its last digit is known as well"


def test_our_own_mark_is_no_contradiction() -> None:
    published(row(100))
    published(row(105))
    assert published(row(105)).release is None


# ---------------------------------------------------------------- missing is missing
def test_a_period_never_known_and_still_not_known_needs_no_row() -> None:
    outcome = published(row(None), row(100, period=2022))
    assert counts(outcome) == SliceOutcome(GDP, added=1, unchanged=1)
    assert history() == []


def test_a_confidential_value_is_a_row_without_a_value() -> None:
    published(row(None, status=ObsStatus.CONFIDENTIAL), row(100, period=2022))
    assert in_force()["KAZ", "2023"] == (None, "c")


def test_a_value_declared_missing_is_withdrawn_not_deleted_and_not_zero() -> None:
    published(row(100), row(90, period=2022))
    outcome = published(row(None), row(90, period=2022))
    assert counts(outcome) == SliceOutcome(GDP, withdrawn=1, unchanged=1)
    assert history() == [(100, ""), (None, "x")]


def test_a_value_that_comes_back_is_in_force_again() -> None:
    published(row(100), row(1, period=2022))
    published(row(None), row(1, period=2022))
    published(row(100), row(1, period=2022))
    assert history()[-1] == (100, "r")


def test_a_partial_delivery_speaks_only_of_what_it_names() -> None:
    published(row(100), row(90, area="UZB"), row(1, indicator=POPULATION))
    outcome = published(row(101))
    assert counts(outcome) == SliceOutcome(GDP, revised=1)
    assert in_force()["UZB", "2023"] == (90, "")
    assert in_force(POPULATION) == {("KAZ", "2023"): (1, "")}


def test_what_a_complete_delivery_no_longer_names_is_withdrawn() -> None:
    published(row(100), row(90, area="UZB"), row(5, indicator=POPULATION))
    outcome = published(row(100), covers_all=True)
    assert counts(outcome) == SliceOutcome(GDP, withdrawn=1, unchanged=1)
    assert in_force()["UZB", "2023"] == (None, "x")
    assert in_force(POPULATION) == {("KAZ", "2023"): (5, "")}, "it spoke of one series only"


def test_zero_is_a_value() -> None:
    published(row(0), row(5, period=2022))
    assert in_force()["KAZ", "2023"] == (0, "")
    assert published(row(0), row(5, period=2022)).release is None


# ---------------------------------------------------------------- one slice, one judgement
def test_two_values_for_one_key_hold_that_slice_alone() -> None:
    published(row(100), row(1, indicator=POPULATION))
    outcome = published(row(105), row(106), row(2, indicator=POPULATION), row(90, area="UZB"))
    assert list(outcome.held) == [GDP]
    assert isinstance(outcome.held[GDP], DuplicateRow)
    assert "KAZ 2023" in str(outcome.held[GDP])
    assert in_force() == {("KAZ", "2023"): (100, "")}, "nothing of the slice, not even its good rows"
    assert in_force(POPULATION) == {("KAZ", "2023"): (2, "r")}
    assert outcome.held_release is not None
    assert outcome.held_release.state == Release.State.HELD
    assert outcome.held_release.published_at is None
    assert [s.slice.key for s in outcome.held_release.slices.all()] == [GDP]


@pytest.mark.parametrize("again", ["100", "100.0", "1E+2"])
def test_the_same_row_twice_is_one_row(again: str) -> None:
    outcome = published(row("100"), row(again))
    assert not outcome.held
    assert counts(outcome).added == 1


@pytest.mark.parametrize(
    "again",
    [row(None), row(100, status=ObsStatus.ESTIMATED), row("100.001")],
    ids=["missing", "another letter", "another value"],
)
def test_two_words_on_one_key_are_a_conflict(again: ObservationRow) -> None:
    assert list(published(row(100), again).held) == [GDP]


def test_a_held_delivery_that_comes_again_is_held_once() -> None:
    conflicting = (row(105), row(106))
    first, second = published(*conflicting), published(*conflicting)
    assert second.held
    assert second.held_release == first.held_release
    assert Release.objects.count() == 1
    other = published(row(107), row(108))
    assert other.held_release != first.held_release


# ---------------------------------------------------------------- codes we do not know
def test_rows_with_unknown_codes_are_kept_by_their_code_and_counted() -> None:
    unmapped = [UnmappedRow("country", "XX", "Not classified"), UnmappedRow("country", "XX", "Not classified")]
    outcome = published(row(100), row(5, area="XYZ"), row(6, area="XYZ", period=2022), unmapped=unmapped)
    assert outcome.unmapped_rows == 4
    kept = {(u.scheme, u.code): (u.label, u.rows) for u in UnmappedCode.objects.all()}
    assert kept == {("country", "XX"): ("Not classified", 2), ("area", "XYZ"): ("", 2)}
    assert in_force() == {("KAZ", "2023"): (100, "")}
    published(row(100), row(5, area="XYZ"))
    assert UnmappedCode.objects.get(code="XYZ").rows == 1, "as often as it was last seen"


def test_one_unknown_code_under_two_labels_is_one_code() -> None:
    published(row(100), unmapped=[UnmappedRow("country", "XX", "New"), UnmappedRow("country", "XX", "Newer")])
    assert UnmappedCode.objects.get().rows == 2


def test_unknown_codes_of_any_length_and_character_can_be_kept() -> None:
    published(row(100), unmapped=[UnmappedRow("country", "A\x00" + "x" * 500, "\x00" * 900)])
    kept = UnmappedCode.objects.get()
    assert len(kept.code) == 80
    assert "\x00" not in kept.code + kept.label


def test_an_unregistered_series_is_held_and_kept_by_its_code() -> None:
    outcome = published(row(1, indicator="NEW.SERIES"), row(100))
    assert "no" in str(outcome.held["NEW.SERIES"])
    assert UnmappedCode.objects.get().code == "NEW.SERIES"
    assert in_force() == {("KAZ", "2023"): (100, "")}


def test_a_complete_delivery_of_unknown_codes_withdraws_nothing() -> None:
    published(row(100))
    outcome = published(row(5, area="XYZ"), covers_all=True)
    assert "none of its rows" in str(outcome.held[GDP])
    assert in_force() == {("KAZ", "2023"): (100, "")}


# ---------------------------------------------------------------- vintages in any order
def test_bundled_vintages_are_known_from_the_providers_date() -> None:
    bundled("2022-04-08", row(100))
    (observation,) = Observation.objects.filter(indicator_id=GDP)
    assert observation.known_from == dt.datetime(2022, 4, 8, tzinfo=dt.UTC)


def test_an_older_vintage_that_comes_later_fills_gaps_and_moves_nothing() -> None:
    newer = bundled("2025-06-30", row(105))
    outcome = bundled("2022-04-08", row(100), row(90, period=2019))
    assert counts(outcome) == SliceOutcome(GDP, added=1, unchanged=1)
    assert in_force() == {("KAZ", "2023"): (105, ""), ("KAZ", "2019"): (90, "")}
    assert Slice.objects.get(key=GDP).current == newer.release, "the newest vintage is the current one"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_newest_bundled_vintage_is_in_force_whatever_the_order(order: tuple[int, ...]) -> None:
    vintages = [("2020-01-01", 100), ("2022-01-01", 110), ("2024-01-01", 120)]
    for place in order:
        day, value = vintages[place]
        bundled(day, row(value))
    assert in_force()["KAZ", "2023"][0] == 120


def test_a_download_revises_what_came_with_the_product_and_an_update_of_the_product_does_not_undo_it() -> None:
    bundled("2022-04-08", row(100))
    published(row(110), transport=Transport.HTTP, covers_all=True)
    outcome = bundled("2025-06-30", row(105))
    assert outcome.release is None
    assert in_force() == {("KAZ", "2023"): (110, "r")}


def test_a_file_out_of_the_drawer_does_not_set_the_clock_back() -> None:
    published(row(110), released_on=dt.date(2025, 10, 7))
    outcome = published(row(100), row(90, period=2019), released_on=dt.date(2025, 7, 1))
    assert counts(outcome) == SliceOutcome(GDP, added=1, unchanged=1)
    assert in_force()["KAZ", "2023"] == (110, "")
    current = Slice.objects.get(key=GDP).current
    assert current is not None
    assert current.released_on == dt.date(2025, 10, 7)


@pytest.mark.parametrize(
    ("known_by", "released_on", "is_published"),
    [
        ("2025-06-30", "2022-12-22", False),
        ("2025-06-30", "2023-12-29", False),
        ("2025-06-30", "2024-06-28", True),
        ("2025-06-30", "2025-06-05", True),
        ("2025-06-30", "2025-07-01", True),
        ("2025-06-30", "2026-03-25", True),
        ("2025-06-30", None, True),
        ("2026-10-31", "2025-07-01", True),
        ("2026-10-31", "2025-12-16", True),
        ("2026-10-31", "2024-06-28", False),
    ],
)
def test_a_file_gives_way_to_a_bound_only_where_it_is_older_beyond_doubt(
    known_by: str, released_on: str | None, *, is_published: bool
) -> None:
    """A bundled extract may have but a latest day; that a good file be passed over would be the worse fault."""
    first = published(row(105), transport=Transport.BUNDLED, known_by=dt.date.fromisoformat(known_by))
    day = dt.date.fromisoformat(released_on) if released_on else None
    outcome = published(row(100), row(90, period=2019), released_on=day)
    assert in_force()["KAZ", "2023"] == ((100, "r") if is_published else (105, ""))
    assert in_force()["KAZ", "2019"] == (90, "")
    current = outcome.release if is_published else first.release
    assert Slice.objects.get(key=GDP).current == current, "who only fills a gap is not the current one"


def test_the_provider_may_take_its_own_vintage_back() -> None:
    published(row(110), released_on=dt.date(2025, 10, 7), transport=Transport.HTTP)
    published(row(100), released_on=dt.date(2025, 7, 1), transport=Transport.HTTP)
    assert in_force()["KAZ", "2023"] == (100, "r")


def test_a_vintage_of_the_same_day_is_the_newer_word() -> None:
    published(row(110), released_on=dt.date(2025, 10, 7))
    published(row(111), released_on=dt.date(2025, 10, 7))
    assert in_force()["KAZ", "2023"] == (111, "r")


def test_a_bound_that_lies_ahead_is_known_now() -> None:
    ahead = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    published(row(100), transport=Transport.BUNDLED, known_by=ahead)
    (observation,) = Observation.objects.filter(indicator_id=GDP)
    assert observation.known_from <= dt.datetime.now(dt.UTC)
    published(row(101))
    assert in_force()["KAZ", "2023"] == (101, "r"), "a file of today is not late"


def test_a_bundled_vintage_without_any_date_is_refused() -> None:
    with pytest.raises(IngestError, match="has no date"):
        published(row(100), transport=Transport.BUNDLED)
    assert not Observation.objects.filter(indicator_id=GDP).exists()


# ---------------------------------------------------------------- what a release tells
def test_a_release_counts_what_it_did_in_each_series() -> None:
    published(row(100), row(90, area="UZB"), row(1, indicator=POPULATION), row(1, indicator=URBAN_SHARE))
    outcome = published(
        row(105),
        row(90, area="UZB"),
        row(80, area="KGZ"),
        row(1, indicator=POPULATION),
        row(None, indicator=URBAN_SHARE),
        row(50, indicator=URBAN_SHARE, period=2022),
    )
    release = outcome.release
    assert release is not None
    told = {s.slice.key: (s.added, s.revised, s.withdrawn, s.unchanged) for s in release.slices.select_related("slice")}
    assert told == {GDP: (1, 1, 0, 1), URBAN_SHARE: (1, 0, 1, 0)}
    assert (release.added, release.revised, release.withdrawn, release.unchanged) == (2, 1, 1, 2)
    assert ReleaseSlice.objects.filter(release=release).count() == 2, "the unchanged series is not spoken of"


def test_the_same_payload_of_two_releases_is_stored_once() -> None:
    published(row(100), body=b"same")
    published(row(105), body=b"same")
    assert Release.objects.count() == 2
    assert Payload.objects.get().releases.count() == 2


def test_a_delivery_of_nothing_does_nothing() -> None:
    outcome = publish(Delivery("worldbank", Transport.FILE, delivery().vintage, (), ()), CARD)
    assert outcome == PublishOutcome(None)
    assert not Release.objects.exists()
