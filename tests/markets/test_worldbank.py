"""The World Bank's answers in our words: from files and by download, whole, halved, mixed and malformed."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.errors import (
    MarketsError,
    NoPayload,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    UnknownCode,
)
from markets.sources.base import Delivery, ObservationRow, RawPayload, SliceProblem
from markets.sources.files import payload_files, payloads_of
from markets.sources.http import SourceClient
from markets.sources.worldbank import CARD, MAX_PAGES, WorldBank
from markets.sources.worldbank.answers import STATUS_BY_PROVIDER, joined, page_of
from markets.vocabulary import Frequency, ObsStatus, Transport
from tests.factories import (
    GDP,
    GDP_GROWTH,
    GDP_PER_HEAD,
    POPULATION,
    SPECIMENS,
    URBAN_SHARE,
    entry,
    page,
    pages,
    saved,
)

FORM = SPECIMENS / "worldbank"
WANTED = (GDP, POPULATION, GDP_GROWTH, GDP_PER_HEAD, URBAN_SHARE)
JULY, OCTOBER = dt.date(2025, 7, 1), dt.date(2025, 10, 7)


def read(path: Path, *wanted: str) -> list[Delivery]:
    """As a refresh reads files, those that could not be opened last."""
    unreadable: list[SliceProblem] = []
    files = payload_files("worldbank", path, WorldBank().endings)
    payloads = payloads_of("worldbank", path if path.is_dir() else path.parent, files, unreadable)
    *before, last = WorldBank().read(payloads, wanted or WANTED)
    return [*before, replace(last, problems=(*last.problems, *unreadable))]


def values(delivery: Delivery) -> dict[tuple[str, str, str], Decimal | None]:
    return {(r.indicator, r.area, r.period): r.value for s in delivery.slices for r in s.rows}


def reasons(delivery: Delivery) -> dict[str, str]:
    return {problem.key: str(problem.error) for problem in delivery.problems}


def payload(document: Any) -> RawPayload:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return RawPayload("the request", body, "application/json", dt.datetime.now(dt.UTC))


def row_of(one: dict[str, Any]) -> ObservationRow:
    (answer,) = joined([page_of(payload(page([one])))])
    (row,) = answer.rows
    return row


# ---------------------------------------------------------------- rows
def test_a_vintage_in_files_is_read_whole() -> None:
    (delivery,) = read(FORM / "first")
    assert delivery.dataset == "worldbank"
    assert delivery.transport is Transport.FILE
    assert delivery.vintage.released_on == JULY
    assert [s.key for s in delivery.slices] == [GDP, POPULATION]
    assert not any(s.covers_all for s in delivery.slices), "files are never the whole series"
    assert values(delivery)[GDP, "KAZ", "2023"] == Decimal("262641955166.886")
    assert values(delivery)[POPULATION, "UZB", "2022"] == 34915100
    assert len(values(delivery)) == 13
    assert [p.request for p in delivery.payloads] == [
        "gdp-kaz.json", "gdp-uzb.json", "population-1.json", "population-2.json",
    ]  # fmt: skip
    assert not delivery.problems


def test_a_missing_value_is_missing_and_never_zero() -> None:
    (delivery,) = read(FORM / "first")
    assert values(delivery)[GDP, "KAZ", "2024"] is None
    assert row_of(entry(None)).obs_status is ObsStatus.NOT_AVAILABLE
    assert row_of(entry(None, status="C")).obs_status is ObsStatus.CONFIDENTIAL
    assert row_of(entry(0)).value == 0
    assert row_of(entry(0)).obs_status is ObsStatus.NORMAL


@pytest.mark.parametrize(("letter", "status"), [*STATUS_BY_PROVIDER.items(), ("e", ObsStatus.ESTIMATED)])
def test_the_providers_letters_become_ours(letter: str, status: ObsStatus) -> None:
    assert row_of(entry(5, status=letter)).obs_status is status


def test_an_unknown_letter_is_a_change_not_a_normal_value() -> None:
    with pytest.raises(SourceChanged, match="uses the status 'Q9'"):
        row_of(entry(5, status="Q9"))


@pytest.mark.parametrize(
    ("date", "period", "frequency"),
    [
        ("2023", "2023", Frequency.ANNUAL),
        ("2023Q4", "2023-Q4", Frequency.QUARTERLY),
        ("2023M01", "2023-01", Frequency.MONTHLY),
    ],
)
def test_years_quarters_and_months_are_periods(date: str, period: str, frequency: Frequency) -> None:
    row = row_of(entry(5, date=date))
    assert (row.period, row.frequency) == (period, frequency)


@pytest.mark.parametrize("date", ["2023Q5", "2023M13", "23", "", "YTD2023", "2023-2024", "None"])
def test_an_unreadable_period_is_a_change(date: str) -> None:
    with pytest.raises(SourceChanged):
        row_of(entry(5, date=date))


@pytest.mark.parametrize(
    ("raw", "value", "exponent"),
    [
        (13987627909, Decimal(13987627909), -4),
        (262641955166.886, Decimal("262641955166.886"), -3),
        (100, Decimal(100), -12),
        (100.0, Decimal(100), -12),
        (99.6, Decimal("99.6"), -13),
        (-0.00294409357314862, Decimal("-0.00294409357314862"), -17),
        (1.5e16, Decimal("1.5e16"), 2),
        (0, Decimal(0), -14),
        ("12.50", Decimal("12.50"), -2),
        ("2.62642E+11", Decimal("2.62642E+11"), 6),
    ],
)
def test_a_double_is_exact_to_its_last_digit_and_a_text_as_printed(raw: Any, value: Decimal, exponent: int) -> None:
    row = row_of(entry(raw))
    assert (row.value, row.last_digit_exponent) == (value, exponent)


@pytest.mark.parametrize("raw", [True, False, "", "NaN", "n/a", "1_000", "12,5", [], {}, [5], 1e300, "1e400", "\x00"])
def test_what_is_no_number_is_a_change(raw: Any) -> None:
    with pytest.raises(SourceChanged):
        row_of(entry(raw))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_that_json_does_not_know_is_a_change(text: str) -> None:
    body = json.dumps(page([entry(12345)])).replace("12345", text).encode()
    with pytest.raises(SourceChanged):
        page_of(payload(body))


@pytest.mark.parametrize("lost", ["indicator", "country", "date", "value"])
def test_a_lost_field_is_a_change(lost: str) -> None:
    one = entry(5)
    del one[lost]
    with pytest.raises(SourceChanged):
        row_of(one)


@pytest.mark.parametrize("new", ["footnote", "scale"])
def test_a_new_field_is_no_fault(new: str) -> None:
    assert row_of(entry(5) | {new: {"deep": [1]}}).value == 5


@pytest.mark.parametrize("code", ["", None, 5, "A\x00B", "a b", "../../etc", "Я", "X" * 81, {"id": "x"}])
def test_a_row_without_a_proper_indicator_is_a_change(code: Any) -> None:
    with pytest.raises(SourceChanged, match="names no indicator"):
        row_of(entry(5) | {"indicator": {"id": code}})


# ---------------------------------------------------------------- groups of countries
def test_only_our_own_groups_are_read_and_strangers_are_kept_by_their_code() -> None:
    (delivery,) = read(FORM / "aggregates.json")
    assert {area for _indicator, area, _period in values(delivery)} == {"KAZ", "WLD", "HIC", "XYZ"}
    assert values(delivery)[GDP, "HIC", "2023"] == Decimal("65420000000000.5"), "its code is empty in the answer"
    (unmapped,) = delivery.slices[0].unmapped
    assert (unmapped.scheme, unmapped.code, unmapped.label) == ("country", "XX", "Not classified")


# ---------------------------------------------------------------- heads and bodies
@pytest.mark.parametrize("name", ["error-120.json", "error-175.json"])
def test_an_unknown_indicator_is_told_apart_from_a_change_of_form(name: str) -> None:
    with pytest.raises(UnknownCode):
        page_of(payload((FORM / name).read_bytes()))


@pytest.mark.parametrize(
    "document",
    [
        [{"message": [{"id": "199", "key": "Busy", "value": "Try later"}]}], [{"message": []}], [{"message": "no"}],
        [{"message": None}], [{"message": [None]}], [], {}, [{}], [1, 2], [{}, []], [{}, None], [[], []], [None, [1]],
        page([]), page([entry(1)], page=None), page([entry(1)], pages="many"), page([entry(1)], total=None),
        page([entry(1)], updated="yesterday"), page([entry(1)], updated="2025-02-30"), page([1]), page([None]),
        page([[entry(1)]]), [page([])[0], {"0": entry(1)}], [page([])[0], "rows"], [*page([entry(1)]), []],
    ],
    ids=lambda document: json.dumps(document)[:40],
)  # fmt: skip
def test_another_form_is_a_change(document: Any) -> None:
    with pytest.raises(SourceChanged):
        page_of(payload(document))


def test_the_head_may_write_its_numbers_as_text() -> None:
    read_page = page_of(payload(page([entry(1)], page="1", pages="1", per_page="50", total="1")))
    assert (read_page.page, read_page.pages, read_page.total) == (1, 1, 1)


def test_an_answer_without_a_date_says_so() -> None:
    (delivery,) = WorldBank(client=scripted({GDP: page([entry(1)], updated=None)})).download([GDP])
    assert delivery.vintage.released_on is None
    assert delivery.vintage.released_note == "the answer carries no date"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ENTRY_FIELDS = ("indicator", "country", "countryiso3code", "date", "value", "obs_status")


@given(
    changed=st.dictionaries(st.sampled_from(ENTRY_FIELDS), JSON_VALUES, max_size=3),
    head=st.none() | st.tuples(st.sampled_from(["page", "pages", "total", "lastupdated"]), JSON_VALUES),
)
def test_any_json_is_read_or_refused_never_a_crash(changed: dict[str, Any], head: tuple[str, Any] | None) -> None:
    document = page([entry(5) | changed], **dict([head] if head else []))
    try:
        answers = joined([page_of(payload(document))])
    except (SourceError, UnknownCode):
        return
    assert len([row for answer in answers for row in (*answer.rows, *answer.unmapped)]) <= 1


# ---------------------------------------------------------------- payload files
def test_one_answer_may_hold_several_indicators() -> None:
    (delivery,) = read(FORM / "mixed.json")
    assert {s.key: len(s.rows) for s in delivery.slices} == {GDP_GROWTH: 2, GDP_PER_HEAD: 1}
    assert len(delivery.payloads) == 2, "each series names the payload it stands in"
    assert len({p.sha256 for p in delivery.payloads}) == 1


def test_one_answer_of_several_indicators_may_have_several_pages(tmp_path: Path) -> None:
    entries = [entry(1, indicator=i, area=a) for i in (GDP, POPULATION) for a in ("KAZ", "KGZ", "UZB")]
    documents = [(f"page{n}.json", p) for n, p in enumerate(pages(entries, 2))]
    (delivery,) = read(saved(tmp_path, documents))
    assert len(values(delivery)) == 6
    assert not delivery.problems


def test_two_countries_with_two_pages_each_are_two_answers(tmp_path: Path) -> None:
    documents = []
    for area in ("KAZ", "UZB"):
        rows = [entry(year, area=area, date=year) for year in range(2023, 1958, -1)]
        documents += [(f"{area}-{n}.json", p) for n, p in enumerate(pages(rows, 50))]
    (delivery,) = read(saved(tmp_path, documents))
    assert len(values(delivery)) == 130
    assert not delivery.problems


def test_page_one_of_one_country_and_page_two_of_another_are_two_halves(tmp_path: Path) -> None:
    first = pages([entry(year, date=year) for year in range(2023, 1958, -1)], 50)[0]
    second = pages([entry(year, area="UZB", date=year) for year in range(2023, 1958, -1)], 50)[1]
    (delivery,) = read(saved(tmp_path, [("kaz-1.json", first), ("uzb-2.json", second)]))
    assert not delivery.slices
    assert "several answers" in reasons(delivery)["kaz-1.json"]


def test_an_answer_for_countries_with_a_page_each_is_one_answer(tmp_path: Path) -> None:
    entries = [entry(1, area=area, date=year) for area in ("KAZ", "UZB", "KGZ") for year in (2023, 2022)]
    (delivery,) = read(saved(tmp_path, [(f"{n}.json", p) for n, p in enumerate(pages(entries, 2))]))
    assert len(values(delivery)) == 6


def test_files_of_one_name_in_several_folders_are_several_answers(tmp_path: Path) -> None:
    documents = [(f"{area}/gdp.json", page([entry(1, area=area)])) for area in ("KAZ", "UZB")]
    (delivery,) = read(saved(tmp_path, documents))
    assert set(values(delivery)) == {(GDP, "KAZ", "2023"), (GDP, "UZB", "2023")}
    assert [p.request for p in delivery.payloads] == ["KAZ/gdp.json", "UZB/gdp.json"]


def test_a_page_saved_twice_is_one_page(tmp_path: Path) -> None:
    first, second = pages([entry(1), entry(2, area="UZB")], 1)
    documents = [("1.json", first), ("1 (copy).json", first), ("2.json", second)]
    (delivery,) = read(saved(tmp_path, documents))
    assert len(values(delivery)) == 2
    assert not delivery.problems


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_an_answer_with_a_page_missing_brings_nothing(lost: int, tmp_path: Path) -> None:
    documents = list(enumerate(pages([entry(1, area=a) for a in ("KAZ", "KGZ", "TJK", "TKM", "UZB")], 2)))
    del documents[lost]
    (delivery,) = read(saved(tmp_path, [(f"{n}.json", p) for n, p in documents]))
    assert not delivery.slices
    assert "all are needed" in next(iter(reasons(delivery).values()))


@pytest.mark.parametrize("total", [0, 1, 3, 17_290])
def test_an_answer_with_other_rows_than_announced_brings_nothing(total: int, tmp_path: Path) -> None:
    (delivery,) = read(saved(tmp_path, [("gdp.json", page([entry(1), entry(2, area="UZB")], total=total))]))
    assert not delivery.slices
    assert "were announced" in reasons(delivery)["gdp.json"]


def test_one_malformed_file_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    documents = [
        ("good.json", page([entry(1)])),
        ("html.json", "<html>Busy</html>"),
        ("empty.json", ""),
        ("cut.json", json.dumps(page([entry(1)]))[:-10]),
        ("archived.json", [{"message": [{"id": "175"}]}]),
        ("letter.json", page([entry(1, status="?", area="UZB")])),
    ]
    (delivery,) = read(saved(tmp_path, documents))
    assert set(values(delivery)) == {(GDP, "KAZ", "2023")}
    assert set(reasons(delivery)) == {"html.json", "empty.json", "cut.json", "archived.json", "letter.json"}
    assert all(len(problem.payloads) == 1 for problem in delivery.problems), "what came is kept to be looked at"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    saved(tmp_path, [("good.json", page([entry(1)]))])
    (tmp_path / "broken.json").symlink_to("/proc/self/mem")
    (delivery,) = read(tmp_path)
    assert set(values(delivery)) == {(GDP, "KAZ", "2023")}
    assert "cannot be read" in reasons(delivery)["broken.json"]


def test_a_file_name_of_any_bytes_can_be_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.json")
    (delivery,) = read(saved(tmp_path, [(name, page([entry(1)]))]))
    assert delivery.payloads[0].request.encode("utf-8")


def test_vintages_come_oldest_first_with_the_problems_last(tmp_path: Path) -> None:
    documents = [
        ("a.json", page([entry(2)], updated="2025-10-07")),
        ("b.json", page([entry(1)], updated="2025-07-01")),
        ("c.json", page([entry(0)], updated=None)),
        ("d.json", "<html>"),
    ]
    deliveries = read(saved(tmp_path, documents))
    assert [d.vintage.released_on for d in deliveries] == [None, JULY, OCTOBER]
    assert [values(d)[GDP, "KAZ", "2023"] for d in deliveries] == [0, 1, 2]
    assert [len(d.problems) for d in deliveries] == [0, 0, 1]


def test_an_indicator_nobody_asked_for_is_named_not_dropped(tmp_path: Path) -> None:
    (delivery,) = read(saved(tmp_path, [("x.json", page([entry(1, indicator="NEW.SERIES")]))]))
    assert not delivery.slices
    assert isinstance(delivery.problems[0].error, UnknownCode)
    assert delivery.problems[0].key == "NEW.SERIES"


@pytest.mark.parametrize("kind", ["nothing", "empty folder", "other files"])
def test_a_path_without_payloads_is_refused(kind: str, tmp_path: Path) -> None:
    if kind == "other files":
        (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(NoPayload, match="no payload file"):
        read(tmp_path / "absent" if kind == "nothing" else tmp_path)


# ---------------------------------------------------------------- downloads
Script = dict[str, Any]


def scripted(script: Script, log: list[httpx2.Request] | None = None) -> SourceClient:
    """A client whose provider answers each indicator as the script says.

    A document is page 1, a list of documents are the pages, a function is asked with the page number.
    """

    def answer(request: httpx2.Request) -> httpx2.Response:
        if log is not None:
            log.append(request)
        told = script[request.url.path.rpartition("/")[2]]
        number = int(request.url.params["page"])
        if isinstance(told, Callable):  # type: ignore[arg-type]
            told = told(number)
        elif isinstance(told, list) and told and isinstance(told[0], list):
            told = told[number - 1]
        if isinstance(told, Exception):
            raise told
        return told if isinstance(told, httpx2.Response) else httpx2.Response(200, json=told)

    return SourceClient(CARD.id, "https://provider.example", httpx2.MockTransport(answer))


def downloaded(script: Script, *wanted: str) -> list[Delivery]:
    return list(WorldBank(client=scripted(script)).download(wanted or list(script)))


def test_a_download_asks_for_the_whole_series_in_the_documented_way() -> None:
    log: list[httpx2.Request] = []
    script = {GDP: pages([entry(1), entry(2, area="UZB"), entry(3, area="KGZ")], 2)}
    (delivery,) = WorldBank(client=scripted(script, log)).download([GDP])
    assert [str(request.url) for request in log] == [
        f"https://provider.example/v2/country/all/indicator/{GDP}?format=json&source=2&per_page=20000&page={n}"
        for n in (1, 2)
    ]
    assert delivery.transport is Transport.HTTP
    assert delivery.slices[0].covers_all
    assert [p.request for p in delivery.payloads] == [str(request.url) for request in log]


def test_what_fails_for_one_indicator_keeps_no_other_from_coming() -> None:
    script: Script = {
        GDP: page([entry(1)]),
        POPULATION: [{"message": [{"id": "175"}]}],
        GDP_GROWTH: httpx2.Response(200, content=b"<html>Busy</html>", headers={"content-type": "text/html"}),
        GDP_PER_HEAD: httpx2.Response(404),
        URBAN_SHARE: page([entry(99.6, indicator=URBAN_SHARE)]),
    }
    (delivery,) = downloaded(script)
    assert {s.key for s in delivery.slices} == {GDP, URBAN_SHARE}
    assert {p.key: type(p.error) for p in delivery.problems} == {
        POPULATION: UnknownCode,
        GDP_GROWTH: SourceChanged,
        GDP_PER_HEAD: SourceChanged,
    }
    kept = {p.key: [payload.body for payload in p.payloads] for p in delivery.problems}
    assert kept[GDP_GROWTH] == [b"<html>Busy</html>"]


@pytest.mark.usefixtures("quick_retries")
class TestSilence:
    def test_of_one_series_keeps_no_other_from_coming(self) -> None:
        script: Script = {GDP: httpx2.Response(500), POPULATION: page([entry(1, indicator=POPULATION)])}
        (delivery,) = downloaded(script)
        assert [s.key for s in delivery.slices] == [POPULATION]
        assert isinstance(delivery.problems[0].error, SourceUnavailable)

    def test_of_two_series_in_a_row_is_the_providers(self) -> None:
        log: list[httpx2.Request] = []
        script: Script = dict.fromkeys(WANTED, httpx2.ConnectTimeout("slow"))
        with pytest.raises(SourceUnavailable):
            list(WorldBank(client=scripted(script, log)).download(WANTED))
        assert len({request.url.path for request in log}) == 2, "nobody knocks sixty times at a closed door"

    def test_of_all_that_was_asked_is_the_providers(self) -> None:
        with pytest.raises(SourceUnavailable):
            downloaded({GDP: httpx2.Response(503)})

    def test_of_a_page_in_the_middle_brings_nothing_of_the_series(self) -> None:
        whole = pages([entry(1, area=a) for a in ("KAZ", "KGZ", "UZB")], 1)
        whole[1] = httpx2.Response(502)  # type: ignore[call-overload]
        script: Script = {GDP: whole, POPULATION: page([entry(1, indicator=POPULATION)])}
        (delivery,) = downloaded(script)
        assert [s.key for s in delivery.slices] == [POPULATION]


def test_a_refusal_ends_the_download() -> None:
    with pytest.raises(SourceRefused):
        downloaded({GDP: page([entry(1)]), POPULATION: httpx2.Response(403)})


def changing(*states: list[list[Any]]) -> Callable[[int], Any]:
    """A provider whose database moves to the next state after each answer, and stays in the last."""
    left: Iterator[list[list[Any]]] = iter(states)
    last = states[-1]

    def answer(number: int) -> Any:
        state = next(left, last)
        return state[number - 1] if number <= len(state) else page([], page=number, pages=len(state))

    return answer


OLD = pages([entry(1), entry(2, area="UZB")], 1, updated="2025-07-01")
NEW = pages([entry(3), entry(4, area="UZB")], 1, updated="2025-10-07")
LONGER = pages([entry(3), entry(4, area="UZB"), entry(5, area="KGZ")], 1, updated="2025-07-01")


@pytest.mark.parametrize("new", [NEW, LONGER], ids=["lastupdated moves", "page count changes"])
def test_a_database_that_changes_while_it_is_read_is_read_again(new: list[list[Any]]) -> None:
    (delivery,) = downloaded({GDP: changing(OLD, new)})
    assert values(delivery)[GDP, "KAZ", "2023"] == 3
    assert len(values(delivery)) == len(new)
    assert len(delivery.payloads) == len(new), "of the first reading nothing is left"


def test_a_database_that_keeps_changing_brings_nothing() -> None:
    (delivery,) = downloaded({GDP: changing(OLD, NEW, OLD, NEW)})
    assert not delivery.slices
    assert "changed twice" in reasons(delivery)[GDP]


def test_a_series_that_shrinks_while_it_is_read_brings_nothing_of_the_first_reading() -> None:
    short = pages([entry(1)], 1)
    (delivery,) = downloaded({GDP: changing(LONGER, short)})
    assert "holds no rows" in reasons(delivery)[GDP]
    assert not delivery.slices


def test_the_last_page_repeated_is_not_the_next_page() -> None:
    first, _second = OLD
    (delivery,) = downloaded({GDP: [first, first]})
    assert not delivery.slices
    assert "all are needed" in reasons(delivery)[GDP]


def test_more_pages_than_any_series_has_are_not_fetched() -> None:
    log: list[httpx2.Request] = []
    script = {GDP: page([entry(1)], pages=MAX_PAGES + 1, total=10**9)}
    (delivery,) = WorldBank(client=scripted(script, log)).download([GDP])
    assert f"has {MAX_PAGES + 1} pages" in reasons(delivery)[GDP]
    assert len(log) == 1


def test_another_series_than_asked_for_is_a_change() -> None:
    (delivery,) = downloaded({GDP: page([entry(1, indicator=POPULATION)])})
    assert not delivery.slices
    assert f"{POPULATION} came" in reasons(delivery)[GDP]


def test_series_of_two_vintages_are_two_deliveries() -> None:
    script: Script = {
        GDP: page([entry(1)], updated="2025-10-07"),
        POPULATION: page([entry(1, indicator=POPULATION)], updated="2025-07-01"),
    }
    deliveries = downloaded(script)
    assert [(d.vintage.released_on, [s.key for s in d.slices]) for d in deliveries] == [
        (JULY, [POPULATION]),
        (OCTOBER, [GDP]),
    ]


FAULTS = st.sampled_from(
    [
        httpx2.Response(404), httpx2.Response(200, content=b""), httpx2.Response(200, content=b"<html>"),
        [{"message": [{"id": "120"}]}], page([]), OLD[0], OLD[1], NEW[0], NEW[1], LONGER[1], LONGER[2],
    ]
)  # fmt: skip


@given(st.lists(FAULTS, max_size=8))
def test_whatever_the_provider_answers_a_series_comes_whole_or_not_at_all(faults: list[Any]) -> None:
    left = iter(faults)

    def answer(number: int) -> Any:
        return next(left, NEW[number - 1] if number <= len(NEW) else page([]))

    try:
        (delivery,) = downloaded({GDP: answer})
    except MarketsError:
        return
    complete = [[1, 2], [3, 4], [3, 4, 5]]
    assert sorted(values(delivery).values()) in [*complete, []]  # type: ignore[type-var]
    assert bool(delivery.slices) != bool(delivery.problems)
