"""Refreshing: what is due, what is asked, what a run reports; by download, from files, from the product."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from markets import sources
from markets.errors import IngestError, NoPayload, NotFound, SourceRefused, SourceUnavailable
from markets.jobs.holding import PAUSE_LONGEST_S, pause_s
from markets.models import Job, JobAnswer, Observation, Payload, Release, Slice
from markets.refresh import RefreshOutcome, due, plan, refresh
from markets.tasks import refresh_dataset, run_refresh
from markets.vocabulary import Transport
from tests.factories import GDP, GDP_GROWTH, POPULATION, SPECIMENS, JobFactory, entry, page, pages, saved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_retries")]

FORM = SPECIMENS / "worldbank"
FOUR = [GDP, POPULATION, GDP_GROWTH, "FP.CPI.TOTL.ZG"]


class Provider:
    """The World Bank on this machine: a document or a response for each series, asked over a real connection."""

    def __init__(self, server: HTTPServer) -> None:
        self.answers: dict[str, Any] = {}
        self.other: Any = [{"message": [{"id": "175"}]}]
        self.asked: list[str] = []
        server.expect_request(re.compile(r"/v2/country/all/indicator/.+")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        indicator, number = request.path.rpartition("/")[2], int(request.args["page"])
        self.asked.append(f"{indicator} {number}")
        told = self.answers.get(indicator, self.other)
        told = told.pop(0) if isinstance(told, list) and told and isinstance(told[0], Response) else told
        if isinstance(told, Response):
            return told
        if isinstance(told[0], list):
            told = told[number - 1]
        return Response(json.dumps(told), content_type="application/json;charset=utf-8")


@pytest.fixture
def provider(httpserver: HTTPServer, settings: Any) -> Provider:
    settings.SOURCE_URLS = {"worldbank": httpserver.url_for("").rstrip("/")}
    return Provider(httpserver)


def last_job() -> Job:
    job = Job.objects.order_by("-started_at").first()
    assert job is not None
    return job


def values(indicator: str = GDP) -> dict[tuple[str, str], Any]:
    rows = Observation.objects.filter(indicator_id=indicator, known_to=None)
    return {(r.area_id, r.period): r.value for r in rows}


def from_files(path: Path, *wanted: str) -> RefreshOutcome:
    return refresh("worldbank", path=path, wanted=list(wanted) or None)


# ---------------------------------------------------------------- by download
def test_a_download_asks_for_every_registered_series_and_publishes_what_came(provider: Provider) -> None:
    provider.answers = {
        GDP: pages([entry(100), entry(90, area="UZB"), entry(5, area="WLD")], 2),
        POPULATION: page([entry(20_330_104, indicator=POPULATION)]),
    }
    outcome = refresh("worldbank")
    registered = [indicator for planned in plan(["worldbank"]) for indicator in planned.slices]
    assert [asked.split()[0] for asked in provider.asked if asked.endswith(" 1")] == registered
    assert outcome.added == 4
    assert values() == {("KAZ", "2023"): 100, ("UZB", "2023"): 90, ("WLD", "2023"): 5}
    (release,) = outcome.releases
    assert release.transport == "http"
    assert release.payloads.count() == 3
    assert release.request.splitlines()[0].endswith(
        f"/v2/country/all/indicator/{GDP}?format=json&source=2&per_page=20000&page=1"
    )
    assert not outcome.is_clean, "the other series are unknown to this provider"
    assert {type(p.error).__name__ for p in outcome.problems} == {"UnknownCode"}
    assert last_job().state == Job.State.DONE
    assert last_job().counts["added"] == 4
    assert len(last_job().problems) == len(registered) - 2


def test_only_the_wanted_series_are_asked_each_once(provider: Provider) -> None:
    provider.answers = {GDP: page([entry(100)])}
    outcome = refresh("worldbank", wanted=[GDP, GDP])
    assert provider.asked == [f"{GDP} 1"]
    assert outcome.is_clean
    assert outcome.summary == (
        "worldbank: 1 series read, 1 added, 0 revised, 0 withdrawn, 0 refined, 0 unchanged,"
        " 1 published, 0 held, 0 failed"
    )


def test_downloading_the_same_again_changes_nothing(provider: Provider) -> None:
    provider.answers = {GDP: page([entry(100)])}
    refresh("worldbank", wanted=[GDP])
    before = list(Observation.objects.values())
    outcome = refresh("worldbank", wanted=[GDP])
    assert (outcome.releases, outcome.unchanged) == ([], 1)
    assert list(Observation.objects.values()) == before
    assert last_job().state == Job.State.UNCHANGED


def test_progress_is_told_before_each_series(provider: Provider) -> None:
    provider.answers = {GDP: page([entry(100)])}
    told: list[tuple[int, int, str]] = []
    refresh("worldbank", wanted=FOUR, progress=lambda *step: told.append(step))
    assert told == [(place, 4, series) for place, series in enumerate([*FOUR, ""])]


def test_a_fault_that_passes_is_not_noticed(provider: Provider) -> None:
    whole = Response(json.dumps(page([entry(100)])), content_type="application/json")
    provider.answers = {GDP: [Response(status=500), Response(status=429), whole]}
    assert refresh("worldbank", wanted=[GDP]).is_clean
    assert values() == {("KAZ", "2023"): 100}


def test_what_came_instead_of_figures_is_kept_under_its_hash(provider: Provider) -> None:
    provider.answers = {GDP: Response("<html>Busy</html>", content_type="text/html"), POPULATION: page([])}
    refresh("worldbank", wanted=[GDP, POPULATION])
    job = last_job()
    assert job.state == Job.State.FAILED
    kept = {p["slice"]: [bytes(Payload.objects.get(pk=pk).body) for pk in p["payloads"]] for p in job.problems}
    assert kept[GDP] == [b"<html>Busy</html>"]
    assert json.loads(kept[POPULATION][0])[1] == []


def test_a_provider_that_is_away_leaves_a_failed_job_and_the_last_good_values(provider: Provider) -> None:
    provider.answers = {GDP: page([entry(100)])}
    refresh("worldbank", wanted=[GDP])
    provider.answers = dict.fromkeys(FOUR, Response(status=503))
    with pytest.raises(SourceUnavailable):
        refresh("worldbank", wanted=FOUR)
    job = last_job()
    assert (job.state, job.problems[0]["code"]) == (Job.State.FAILED, "source_unavailable")
    assert job.finished_at is not None
    assert values() == {("KAZ", "2023"): 100}


def test_a_held_series_is_reported_with_its_reason(provider: Provider) -> None:
    rows = [entry(100 + year, date=year) for year in range(2000, 2020)]
    provider.answers = {GDP: page(rows)}
    refresh("worldbank", wanted=[GDP])
    provider.answers = {GDP: page(rows[:5])}
    outcome = refresh("worldbank", wanted=[GDP])
    assert list(outcome.held) == [GDP]
    assert "15 of 20 values are gone" in str(outcome.held[GDP])
    assert ", 0 published, 1 held, " in outcome.summary
    job = last_job()
    assert (job.state, job.problems[0]["slice"], job.problems[0]["code"]) == (Job.State.HELD, GDP, "held_shrunk")
    assert len(values()) == 20


# ---------------------------------------------------------------- from files
def test_files_are_published_as_a_release_of_their_own() -> None:
    outcome = from_files(FORM / "first")
    assert outcome.is_clean
    (release,) = outcome.releases
    assert (release.transport, release.state, release.released_on) == ("file", "published", dt.date(2025, 7, 1))
    assert release.request.splitlines() == ["gdp-kaz.json", "gdp-uzb.json", "population-1.json", "population-2.json"]
    assert outcome.added == 12
    assert "KAZ 2024" not in {" ".join(key) for key in values()}, "declared missing and never known"


def test_changed_values_are_revised_withdrawn_and_added_and_the_rest_is_left_alone() -> None:
    from_files(FORM / "first")
    outcome = from_files(FORM / "revised")
    assert (outcome.added, outcome.revised, outcome.withdrawn, outcome.unchanged) == (1, 2, 1, 2)
    assert values() == {
        ("KAZ", "2024"): 288_100_000_000,
        ("KAZ", "2023"): Decimal("266500000000.5"),
        ("KAZ", "2022"): Decimal("225496270921.514"),
        ("KAZ", "2021"): None,
        ("UZB", "2024"): Decimal("118400000000.5"),
        ("UZB", "2023"): Decimal("101591808486.17"),
        ("UZB", "2022"): Decimal("89538214127.4"),
    }
    assert len(values(POPULATION)) == 6


def test_both_vintages_in_one_directory_are_two_releases(tmp_path: Path) -> None:
    for name in ("first", "revised"):
        for file in (FORM / name).glob("*.json"):
            saved(tmp_path, [(f"{name}/{file.name}", json.loads(file.read_text()))])
    outcome = from_files(tmp_path)
    assert [release.released_on for release in outcome.releases] == [dt.date(2025, 7, 1), dt.date(2025, 10, 7)]
    assert outcome.revised == 2
    assert values()["KAZ", "2023"] == Decimal("266500000000.5")


WHOLE = {("KAZ", "2000"): 1, ("KAZ", "2023"): 100, ("UZB", "2023"): 90}


@pytest.mark.parametrize(
    ("documents", "news"),
    [
        ([("one.json", page([entry(101)]))], {("KAZ", "2023"): 101}),
        (
            [("kaz.json", page([entry(101)])), ("uzb.json", page([entry(91, area="UZB")]))],
            {("KAZ", "2023"): 101, ("UZB", "2023"): 91},
        ),
        ([("half.json", pages([entry(101), entry(91, area="UZB")], 1)[0])], None),
        ([("half.json", page([entry(101), entry(91, area="UZB")], total=3))], None),
        ([("new.json", page([entry(7, area="TKM")]))], {("TKM", "2023"): 7}),
    ],
    ids=["one country", "two countries", "one page of two", "fewer rows than announced", "another country"],
)
def test_a_partial_directory_neither_trips_the_gates_nor_withdraws_other_series(
    documents: list[tuple[str, Any]], news: dict[tuple[str, str], int] | None, tmp_path: Path
) -> None:
    whole = [entry(1, date=2000), entry(100), entry(90, area="UZB")]
    population = [entry(1000 + year, date=year, indicator=POPULATION) for year in range(2000, 2024)]
    from_files(saved(tmp_path / "whole", [("gdp.json", page(whole)), ("population.json", page(population))]))
    assert values() == WHOLE
    others = values(POPULATION)
    outcome = from_files(saved(tmp_path / "part", documents))
    assert not outcome.held
    assert outcome.withdrawn == 0
    assert values() == WHOLE | (news or {})
    assert bool(outcome.problems) is (news is None), "half a payload publishes nothing and says so"
    assert values(POPULATION) == others
    assert Release.objects.filter(state=Release.State.HELD).count() == 0


def test_files_of_series_that_were_not_asked_for_are_passed_over() -> None:
    outcome = from_files(FORM / "first", POPULATION)
    assert outcome.is_clean
    assert values() == {}
    assert len(values(POPULATION)) == 6
    assert outcome.releases[0].payloads.count() == 2, "the others' payloads are not this release's"


def test_files_of_series_we_do_not_have_are_named(tmp_path: Path) -> None:
    path = saved(tmp_path, [("x.json", page([entry(1, indicator="NEW.SERIES")])), ("y.json", page([entry(1)]))])
    outcome = from_files(path)
    assert [problem.key for problem in outcome.problems] == ["NEW.SERIES"]
    assert values() == {("KAZ", "2023"): 1}


@pytest.mark.parametrize("name", ["NEW\x00SERIES", "новый", ""])
def test_a_series_with_an_impossible_name_leaves_the_job_readable(name: str, tmp_path: Path) -> None:
    outcome = from_files(saved(tmp_path, [("x.json", page([entry(1, indicator=name)]))]))
    assert len(outcome.problems) == 1
    assert last_job().state == Job.State.FAILED


def test_unknown_countries_are_counted_and_told() -> None:
    outcome = from_files(FORM / "aggregates.json")
    assert outcome.unmapped_rows == 2
    assert outcome.summary.endswith(", 2 rows with unknown codes")
    assert set(values()) == {("KAZ", "2023"), ("WLD", "2023"), ("HIC", "2023")}


def test_a_path_without_payloads_is_named_before_anything_is_begun(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "absent", tmp_path / "empty"):
        with pytest.raises(NoPayload, match=f"no payload file of worldbank at {path}"):
            from_files(path)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"date": "soon"}, "period cannot be soon: write 2023, 2023-Q1, 2023-01 or 2025-01/2025-05)"),
        ({"value": ...}, "it lacks value)"),
        ({"country": "Kazakhstan"}, "a field is of another form"),
    ],
)
def test_an_unreadable_row_is_told_in_words(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    broken = {key: value for key, value in (entry(100) | change).items() if value is not ...}
    (problem,) = from_files(saved(tmp_path, [("broken.json", page([broken]))])).problems
    assert said in str(problem.error)
    assert "Error" not in str(problem.error)
    assert ".. " not in str(problem.error)


# ---------------------------------------------------------------- what comes with the product
def test_the_bundled_figures_are_loaded_once_and_a_download_revises_them(provider: Provider) -> None:
    first = refresh("worldbank", bundled=True, wanted=[GDP])
    assert first.is_clean
    assert len(first.releases) >= 3
    assert first.unmapped_rows == 0
    again = refresh("worldbank", bundled=True, wanted=[GDP])
    assert (again.releases, again.added, again.revised, again.refined) == ([], 0, 0, 0)
    known = values()
    provider.answers = {GDP: page([entry(float(value) * 1.02, area=a, date=y) for (a, y), value in known.items()])}
    downloaded = refresh("worldbank", wanted=[GDP])
    assert downloaded.is_clean
    assert (downloaded.revised, downloaded.added, downloaded.withdrawn) == (len(known), 0, 0)
    third = refresh("worldbank", bundled=True, wanted=[GDP])
    assert third.releases == [], "an update of the product does not undo a download"


def test_bundled_figures_of_one_series_alone() -> None:
    outcome = refresh("worldbank", bundled=True, wanted=[POPULATION])
    assert outcome.is_clean
    assert set(Slice.objects.filter(dataset="worldbank").values_list("key", flat=True)) == {POPULATION}


def test_what_comes_with_the_product_alone_cannot_be_downloaded() -> None:
    with pytest.raises(SourceRefused, match="comes with the product only"):
        refresh("gapminder")
    assert not Job.objects.exists()


# ---------------------------------------------------------------- what is asked amiss
def test_an_unknown_dataset_and_an_unknown_series_are_named() -> None:
    with pytest.raises(NotFound, match="no dataset with the code nonsense"):
        refresh("nonsense")
    with pytest.raises(NotFound, match=r"series of worldbank with the code NO\.SUCH"):
        refresh("worldbank", wanted=[GDP, "NO.SUCH"])
    assert not Job.objects.exists()


def test_a_database_without_its_reference_tables_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    card = replace(sources.card("worldbank"), id="tomorrow")
    monkeypatch.setitem(sources._CARDS, "tomorrow", card)  # noqa: SLF001 a card whose dataset is not loaded yet
    with pytest.raises(IngestError, match="load_facts"):
        refresh("tomorrow")


# ---------------------------------------------------------------- when
def test_what_was_never_downloaded_is_due() -> None:
    planned = plan()
    assert [piece.dataset for piece in planned] == ["ecb-rates", "nbk-rates", "worldbank"]
    assert {(piece.transport, piece.is_due, piece.reason) for piece in planned} == {
        (Transport.HTTP, True, "never downloaded")
    }
    assert due() == ["ecb-rates", "nbk-rates", "worldbank"]


@pytest.mark.parametrize(
    ("state", "is_due"),
    [("done", False), ("unchanged", False), ("held", False), ("failed", True), ("dead", True), ("running", True)],
)
def test_a_download_that_came_through_is_good_for_its_time(state: str, *, is_due: bool) -> None:
    JobFactory(state=state)
    assert ("worldbank" in due()) is is_due


def test_files_and_bundled_figures_do_not_stand_for_a_download() -> None:
    JobFactory(transport="file")
    JobFactory(transport="bundled")
    assert "worldbank" in due()


@pytest.mark.parametrize(
    ("later", "is_due"),
    [
        (dt.timedelta(days=6, hours=22), False),
        (dt.timedelta(days=7) - dt.timedelta(seconds=30), True),
        (dt.timedelta(days=7), True),
        (dt.timedelta(days=20), True),
    ],
)
def test_the_next_stroke_of_the_clock_finds_it_due_though_the_job_began_a_little_later(
    later: dt.timedelta, *, is_due: bool
) -> None:
    job = JobFactory()
    with time_machine.travel(job.started_at + later, tick=False):
        assert ("worldbank" in due()) is is_due


def test_a_plan_asks_nothing(provider: Provider) -> None:
    planned = plan(["worldbank", "worldbank", "gapminder"], wanted=None)
    assert [(p.dataset, p.transport.value, p.is_due) for p in planned] == [
        ("worldbank", "http", True),
        ("gapminder", "bundled", False),
    ]
    assert [p.dataset for p in plan(bundled=True)] == [card.id for card in sources.cards()]
    (files,) = plan(["worldbank"], path=FORM)
    assert (files.transport, files.reason) == (Transport.FILE, f"files at {FORM}")
    assert provider.asked == []
    assert not Job.objects.exists()


# ---------------------------------------------------------------- on a schedule
def asked_for(dataset: str = "worldbank") -> Job:
    """What the clock leaves behind: a job, and a message that wakes a worker, sent once that is committed."""
    assert refresh_dataset.apply(args=[dataset]).successful()
    return Job.objects.order_by("-created_at")[0]


def woken(job: Job) -> Job:
    """A worker that was woken for this job."""
    assert run_refresh.apply(args=[str(job.pk)]).successful()
    job.refresh_from_db()
    return job


def test_the_clock_asks_for_what_is_due_and_a_worker_does_it(provider: Provider) -> None:
    provider.answers = {GDP: page([entry(100)])}
    assert woken(asked_for()).state == Job.State.DONE
    assert values() == {("KAZ", "2023"): 100}
    asked = len(provider.asked)
    asked_for()
    asked_for("nonsense")
    assert len(provider.asked) == asked
    assert Job.objects.count() == 1


def test_asking_twice_leaves_one_job(provider: Provider) -> None:
    assert asked_for() == asked_for()
    assert provider.asked == []


def test_a_message_for_a_job_that_was_done_has_no_effect(provider: Provider) -> None:
    provider.answers = {GDP: page([entry(100)])}
    job = woken(asked_for())
    asked = len(provider.asked)
    assert woken(job).attempts == 1
    assert len(provider.asked) == asked


def test_a_silent_source_is_asked_again_later_and_given_up_in_the_end(provider: Provider) -> None:
    provider.other = Response(status=503)
    job = woken(asked_for())
    assert (job.state, job.attempts) == (Job.State.QUEUED, 1)
    assert 50 < (job.run_after - timezone.now()).total_seconds() <= 60
    for _attempt in range(2):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - dt.timedelta(seconds=1))
        woken(job)
    assert (job.state, job.attempts) == (Job.State.FAILED, 3)
    assert job.problems[-1]["code"] == "source_unavailable"


def test_a_worker_that_goes_on_asks_only_for_the_rest(provider: Provider) -> None:
    provider.answers = {GDP: page([entry(100)]), POPULATION: page([entry(7, indicator=POPULATION)])}
    provider.other = Response(status=503)
    job = woken(asked_for())
    first = list(provider.asked)
    provider.other = [{"message": [{"id": "175"}]}]
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - dt.timedelta(seconds=1))
    assert woken(job).state == Job.State.DONE
    again = provider.asked[len(first) :]
    assert f"{GDP} 1" in first
    assert f"{GDP} 1" not in again
    assert values() == {("KAZ", "2023"): 100}
    assert not JobAnswer.objects.exists()


def test_a_refusal_is_not_tried_again(provider: Provider) -> None:
    provider.answers = {GDP: Response(status=403)}
    job = woken(asked_for())
    assert (job.state, job.problems[-1]["code"]) == (Job.State.FAILED, "source_refused")


def test_the_pauses_double_honour_the_source_and_end_at_an_hour() -> None:
    assert [pause_s(retries, None) for retries in range(5)] == [60, 120, 240, 480, 960]
    assert pause_s(0, 600) == 600
    assert pause_s(4, 5) == 960
    assert pause_s(0, float("inf")) == PAUSE_LONGEST_S
