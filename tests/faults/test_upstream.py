"""A provider that fails in every way known: the last good figures stay, the job says why, the page says since when.

What the client does with each answer is told in tests/markets/test_http.py, what the source reads in test_worldbank.py.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from werkzeug import Response

from markets import refresh, sources
from markets.errors import told_again
from markets.models import Job, Observation, Release, UnmappedCode
from markets.sources.worldbank import WorldBank
from markets.tasks import run_refresh
from tests.factories import GDP, POPULATION, entry, page, pages
from tests.faults.site import Upstream
from tests.markets.page_text import main
from tests.markets.page_text import page as page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_retries", "hasty_client")]

Answering = Callable[[int], Response]
YEARS = range(2000, 2020)
MEGABYTE = b" " * 1024 * 1024
sent_megabytes = 0


def rows(value: Callable[[int], Any] = lambda year: 1000 + year, indicator: str = POPULATION) -> list[Any]:
    """Twenty years of one series of one country."""
    return [entry(value(year), date=year, indicator=indicator) for year in YEARS]


GOOD = rows()


def as_json(document: Any) -> Response:
    return Response(json.dumps(document), content_type="application/json")


def body(content: bytes | str, content_type: str = "application/json", status: int = 200, **headers: str) -> Answering:
    """The same response to whatever page is asked for."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _number: Response(content, status=status, content_type=content_type, headers=named)


def in_half_an_hour(_number: int) -> Response:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)
    return Response(status=503, headers={"Retry-After": email.utils.format_datetime(moment, usegmt=True)})


def dripping(_number: int) -> Response:
    """A byte now and then, for ever."""

    def bytes_of_it() -> Iterator[bytes]:
        import time

        while True:
            time.sleep(0.05)
            yield b" "

    return Response(bytes_of_it(), content_type="application/json")


def two_gigabytes(_number: int) -> Response:
    def megabytes() -> Iterator[bytes]:
        global sent_megabytes  # noqa: PLW0603 what was sent by the server's own thread
        for number in range(2048):
            sent_megabytes = number
            yield MEGABYTE

    return Response(megabytes(), content_type="application/json")


def paged(*documents: Any) -> Answering:
    """The n-th of these for the n-th page, the last one for all after it."""
    return lambda number: as_json(documents[min(number, len(documents)) - 1])


def moving(number: int) -> Response:
    """Page 2 is always of another vintage than page 1."""
    return as_json(page(GOOD[:10], page=number, pages=2, total=20, updated=f"2025-08-{number:02}"))


def without(field: str, **instead: Any) -> list[Any]:
    """The good rows with one field under another name."""
    return [{key: value for key, value in row.items() if key != field} | instead for row in GOOD]


HALVES = pages(GOOD, 10)


@dataclass(frozen=True)
class Fault:
    """What the provider answers, and what the job then says. pause_s: for how long it waits; 0: it has ended."""

    answer: Any
    code: str
    state: Job.State = Job.State.FAILED
    pause_s: int = 0


def silent(answer: Any, pause_s: int = 60) -> Fault:
    return Fault(answer, "source_unavailable", Job.State.QUEUED, pause_s)


def held(answer: Any, code: str) -> Fault:
    return Fault(answer, code, Job.State.HELD)


FAULTS = {
    "busy, in seconds": silent(body(b"", status=429, Retry_After="3000"), 3000),
    "busy, for longer than we wait": silent(body(b"", status=429, Retry_After="86400"), 3600),
    "busy, until a moment": silent(in_half_an_hour, 1800),
    "broken": silent(body(b"", status=500)),
    "behind a broken gateway": silent(body("<html>Bad gateway</html>", "text/html", 502)),
    "dripping": silent(dripping),
    "quota used up": Fault(body('{"message": "Out of call volume quota"}', status=403), "source_refused"),
    "no such page": Fault(body("not found", "text/plain", 404), "source_changed"),
    "moved to another host": Fault(body(b"", status=302, Location="http://localhost:1/v2"), "source_changed"),
    "XML": Fault(body("<?xml version='1.0'?><wb:error/>", "text/xml"), "source_changed"),
    "XML called JSON": Fault(body("<?xml version='1.0'?><wb:error/>"), "source_changed"),
    "HTML": Fault(body("<html>Maintenance</html>", "text/html"), "source_changed"),
    "nothing": Fault(body(b""), "source_changed"),
    "a message": Fault([{"message": [{"id": "199", "value": "Busy"}]}], "source_changed"),
    "unknown series": Fault([{"message": [{"id": "120", "key": "Invalid value"}]}], "unknown_code"),
    "no rows": Fault(page([]), "source_changed"),
    "no rows but null": Fault([page([])[0], None], "source_changed"),
    "fewer rows than announced": Fault(page(GOOD[:15], total=20), "source_changed"),
    "the second page empty": Fault(paged(HALVES[0], [HALVES[1][0], []]), "source_changed"),
    "the first page twice": Fault(paged(HALVES[0], HALVES[0]), "source_changed"),
    "two vintages": Fault(moving, "source_changed"),
    "another number of pages on each": Fault(paged(HALVES[0], page(GOOD[10:], page=2, pages=3)), "source_changed"),
    "a field renamed": Fault(page(without("value", amount=1)), "source_changed"),
    "a field of another type": Fault(page(without("country", country="Kazakhstan")), "source_changed"),
    "a value that is a list": Fault(page(rows(lambda _year: [1])), "source_changed"),
    "not a number": Fault(body(json.dumps(page(rows(lambda _year: float("nan"))))), "source_changed"),
    "a number beyond any": Fault(body(json.dumps(page(GOOD)).replace("3000", "1e400", 1)), "source_changed"),
    "deeply nested": Fault(body(b"[" * 100_000), "source_changed"),
    "cut short": Fault(body(json.dumps(page(GOOD))[:-9]), "source_changed"),
    "two gigabytes": Fault(two_gigabytes, "source_changed"),
    "a bomb": Fault(body(gzip.compress(MEGABYTE * 200), Content_Encoding="gzip"), "source_changed"),
    "no compression though it says so": Fault(body(b"[1]", Content_Encoding="gzip"), "source_changed"),
    "two values for one year": held(page([*GOOD, entry(9, date=2000, indicator=POPULATION)]), "duplicate_row"),
    "fewer people than none": held(page(rows(lambda year: -year)), "held_impossible"),
    "most values gone": held(page(GOOD[:5]), "held_shrunk"),
    "all values missing": held(page(rows(lambda _year: None)), "held_empty"),
    "another unit": held(page(rows(lambda year: (1000 + year) * 1000)), "held_moved"),
    "countries nobody knows": held(
        page([row | {"countryiso3code": "QQQ"} for row in GOOD]),
        "held_unknown",
    ),
}


@pytest.fixture
def hasty_client(upstream: Upstream, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source asks this machine, and waits a little while only for a body that drips."""
    settings.SOURCE_URLS = {"worldbank": upstream.address}
    hasty = replace(WorldBank().client, deadline_s=2.0)
    monkeypatch.setitem(sources._SOURCES, "worldbank", WorldBank(client=hasty))  # noqa: SLF001 no other way to hurry it


def refreshed(upstream: Upstream, answer: Any, indicator: str = POPULATION) -> Job:
    """What became of a refresh that the clock asked for and a worker began."""
    upstream.begin({indicator: answer})
    job = refresh.request("worldbank", wanted=[indicator])
    run_refresh.apply(args=[str(job.pk)])
    job.refresh_from_db()
    return job


def values() -> dict[str, tuple[Decimal | None, str]]:
    found = Observation.objects.filter(indicator_id=POPULATION, known_to=None, area_id="KAZ")
    return {one.period: (one.value, one.obs_status) for one in found}


def pause(job: Job) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM run_after - clock_timestamp()) FROM markets_job WHERE id = %s", [job.pk]
        )
        return float(cursor.fetchone()[0])


@pytest.mark.parametrize("name", FAULTS)
def test_the_last_good_figures_stay_and_job_and_page_say_what_happened(
    name: str, upstream: Upstream, client: Client
) -> None:
    fault = FAULTS[name]
    assert refreshed(upstream, page(GOOD)).state == Job.State.DONE
    good = values()
    job = refreshed(upstream, fault.answer)
    assert (values(), Release.objects.filter(state="published").count()) == (good, 1)
    assert job.state == fault.state
    shown = main(page_text(client, "/en/data/worldbank/"))
    if fault.state == Job.State.QUEUED:
        (silence,) = job.events.filter(code="silent")
        assert silence.context["error"]["code"] == fault.code
        assert fault.pause_s - 10 < pause(job) <= fault.pause_s
        assert "failing since" not in shown, "a source that is silent for once is no news to readers"
        Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED)
    elif fault.state == Job.State.HELD:
        (problem,) = job.problems
        assert (problem["slice"], problem["code"]) == (POPULATION, fault.code)
        waiting = Release.objects.get(state="held")
        why = told_again(waiting.problems[0]).partition(POPULATION)[2]
        assert why in html.unescape(main(page_text(client, f"/en/releases/{waiting.pk}/")))
    else:
        assert [problem["code"] for problem in job.problems] == [fault.code]
        assert "failing since" in shown
        assert told_again(job.problems[0]) in html.unescape(page_text(client, "/en/data/worldbank/"))
    later = refreshed(upstream, page(rows(lambda year: 1001 + year), updated="2025-10-01"))
    assert later.state == Job.State.DONE, "once it answers well again, all is well"
    assert values() == {period: (value + 1, "r") for period, (value, _letter) in good.items() if value is not None}


def test_a_body_without_end_is_left_at_the_cap(upstream: Upstream) -> None:
    refreshed(upstream, two_gigabytes)
    assert sent_megabytes < 100


@pytest.mark.parametrize(
    "answer",
    [
        page(GOOD, per_page="20000"),
        page([*GOOD, *GOOD[:3]]),
        page([row | {"footnote": "new"} for row in GOOD], caveat="new"),
        paged(*pages(GOOD, 7)),
        body(b"\xef\xbb\xbf" + json.dumps(page(GOOD)).encode(), "text/plain"),
    ],
    ids=["a size that is text", "the same rows twice", "new fields", "three pages", "a byte order mark"],
)
def test_what_is_odd_and_no_fault_is_published(answer: Any, upstream: Upstream) -> None:
    job = refreshed(upstream, answer)
    assert (job.state, job.problems, job.counts["added"]) == (Job.State.DONE, [], 20)


def test_a_provider_that_is_busy_for_once_is_asked_again_and_nobody_notices(upstream: Upstream) -> None:
    answers = [Response(status=429, headers={"Retry-After": "0"}), Response(status=500), as_json(page(GOOD))]
    job = refreshed(upstream, lambda _number: answers.pop(0))
    assert (job.state, job.attempts, job.problems) == (Job.State.DONE, 1, [])
    assert len(upstream.asked) == 3


def test_a_value_that_moved_is_revised_and_one_that_went_is_withdrawn(upstream: Upstream) -> None:
    refreshed(upstream, page(GOOD))
    news = rows(lambda year: {2000: 3001, 2001: None}.get(year, 1000 + year))
    job = refreshed(upstream, page(news[:-1], updated="2025-10-01"))
    assert (job.counts["revised"], job.counts["withdrawn"], job.counts["unchanged"]) == (1, 2, 17)
    now = values()
    assert (now["2000"], now["2001"], now["2019"]) == ((Decimal(3001), "r"), (None, "x"), (None, "x"))


def test_rows_of_countries_nobody_knows_are_counted_beside_the_others(upstream: Upstream, client: Client) -> None:
    stranger = entry(1, area="QQQ", indicator=POPULATION)
    job = refreshed(upstream, page([*GOOD, stranger]))
    assert (job.state, job.counts["added"], job.counts["unmapped_rows"]) == (Job.State.DONE, 20, 1)
    assert UnmappedCode.objects.get().code == "QQQ"
    assert "QQQ" in main(page_text(client, "/en/data/worldbank/"))


def test_one_series_that_fails_keeps_no_other_from_being_published(upstream: Upstream) -> None:
    upstream.begin({POPULATION: page(GOOD), GDP: body("<html>Busy</html>", "text/html")})
    job = refresh.request("worldbank", wanted=[POPULATION, GDP])
    run_refresh.apply(args=[str(job.pk)])
    job.refresh_from_db()
    assert (job.state, [(p["slice"], p["code"]) for p in job.problems]) == (Job.State.DONE, [(GDP, "source_changed")])
    assert len(values()) == 20
