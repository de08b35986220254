"""The National Bank of Kazakhstan's rates: one XML answer a day, and what may come instead."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from markets.errors import SourceChanged, SourceRefused, SourceUnavailable
from markets.sources.base import Delivery, ExchangeRateRow, RawPayload
from markets.sources.fx import Nbk
from markets.sources.fx.nbk import ALL_SLICES, DAYS_MOST
from markets.sources.http import SourceClient
from markets.vocabulary import RateKind, Transport
from tests.factories import SPECIMENS

TODAY = dt.date(2024, 4, 28)  # a Sunday
SPECIMEN = (SPECIMENS / "fx" / "nbk_2024-04-24.xml").read_text(encoding="utf-8")
BOMB = """<?xml version="1.0"?><!DOCTYPE rates [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><rates><date>24.04.2024</date><item><title>USD</title>
<description>&c;</description></item></rates>"""


def read(*bodies: str | bytes, content_type: str = "text/xml") -> Delivery:
    payloads = [
        RawPayload(
            f"file {n}", body if isinstance(body, bytes) else body.encode(), content_type, dt.datetime.now(dt.UTC)
        )
        for n, body in enumerate(bodies)
    ]
    (delivery,) = Nbk(today=lambda: TODAY).read(payloads)
    return delivery


def rows_of(delivery: Delivery, base: str = "USD") -> dict[str, ExchangeRateRow]:
    rows = [row for part in delivery.slices if part.key == f"KZT/{base}/official" for row in part.rows]
    return {row.period: row for row in rows if isinstance(row, ExchangeRateRow)}


def test_tenge_for_one_unit_of_each_currency() -> None:
    delivery = read(SPECIMEN)
    assert not delivery.problems
    bases = ("CNY", "EUR", "KGS", "RUB", "TJS", "USD", "UZS")
    assert [part.key for part in delivery.slices] == [f"KZT/{base}/official" for base in bases]
    row = rows_of(delivery)["2024-04-24"]
    assert (row.value, row.kind, row.last_digit_exponent) == (Decimal("444.32"), RateKind.OFFICIAL, -2)
    assert delivery.vintage.released_on == dt.date(2024, 4, 24)
    assert delivery.transport is Transport.FILE


def test_a_rate_for_a_hundred_units_is_divided_and_keeps_its_digits() -> None:
    sum_ = rows_of(read(SPECIMEN), "UZS")["2024-04-24"]
    assert (sum_.value, sum_.last_digit_exponent) == (Decimal("0.0350"), -4)
    thousand = read(SPECIMEN.replace("<quant>100<", "<quant>1000<"))
    assert rows_of(thousand, "UZS")["2024-04-24"].value == Decimal("0.00350")


def test_a_decimal_comma_is_a_point() -> None:
    assert rows_of(read(SPECIMEN), "CNY")["2024-04-24"].value == Decimal("61.31")


def test_the_period_is_the_day_in_the_answer_and_a_day_answered_twice_counts_once() -> None:
    delivery = read(SPECIMEN, SPECIMEN, SPECIMEN.replace("24.04.2024", "25.04.2024"))
    assert list(rows_of(delivery)) == ["2024-04-24", "2024-04-25"]
    assert not delivery.problems


def test_one_day_with_two_rates_is_believed_in_neither() -> None:
    delivery = read(SPECIMEN, SPECIMEN.replace("444.32", "445.00"))
    assert [problem.key for problem in delivery.problems] == ["KZT/USD/official"]
    assert rows_of(delivery, "EUR")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (BOMB, "declares"),
        (SPECIMEN.replace("<rates>", "<!DOCTYPE rates><rates>"), "declares"),
        ("<html><body>Технические работы</body></html>", "<html>"),
        ("<!DOCTYPE html><html><br></html>", "declares"),
        (SPECIMEN[:400], "no XML"),
        ("", "no XML"),
        (SPECIMEN.replace("24.04.2024", "2024-04-24"), "DD.MM.YYYY"),
        (SPECIMEN.replace("24.04.2024", "31.02.2024"), "not a day"),
        (SPECIMEN.replace("24.04.2024", "24.04.2042"), "ahead"),
        (SPECIMEN.replace("<title>USD", "<title>Доллар"), "USD"),
    ],
)
def test_a_day_not_in_its_form_is_told_and_the_others_go_on(body: str, reason: str) -> None:
    good = SPECIMEN.replace("24.04.2024", "26.04.2024")
    delivery = read(body, good)
    (problem,) = delivery.problems
    assert isinstance(problem.error, SourceChanged)
    assert reason in str(problem.error)
    assert problem.payloads
    assert list(rows_of(delivery)) == ["2024-04-26"]


def test_a_page_of_html_is_refused_by_what_it_says_it_is() -> None:
    delivery = read(SPECIMEN, content_type="text/html; charset=utf-8")
    assert not delivery.slices
    assert "HTML" in str(delivery.problems[0].error)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("444.32", "0"),
        ("444.32", ""),
        ("444.32", "1,444.32"),
        ("444.32", "NaN"),
        ("<quant>100</quant>", "<quant>0</quant>"),
        ("<quant>100</quant>", "<quant>-1</quant>"),
        ("<quant>100</quant>", "<quant>many</quant>"),
    ],
)
def test_an_impossible_rate_spoils_its_own_currency_only(old: str, new: str) -> None:
    delivery = read(SPECIMEN.replace(old, new))
    (problem,) = delivery.problems
    assert problem.key in {"KZT/USD/official", "KZT/UZS/official"}
    assert rows_of(delivery, "CNY")


def test_a_day_without_rates_is_no_fault_but_only_such_days_are() -> None:
    empty = "<rates><date>28.04.2024</date></rates>"
    assert not read(empty, SPECIMEN).problems
    delivery = read(empty, empty)
    assert not delivery.slices
    assert [problem.key for problem in delivery.problems] == [ALL_SLICES]


# ---------------------------------------------------------------- the download
def client(httpserver: HTTPServer) -> SourceClient:
    return SourceClient("nbk-rates", httpserver.url_for("/"), wait_initial_s=0.0, accept="application/xml")


def served(httpserver: HTTPServer, statuses: dict[str, int] | None = None) -> list[str]:
    """A provider that answers a weekend with the Friday before it; the days asked for."""
    asked: list[str] = []

    def answer(request: Request) -> Response:
        text = request.args["fdate"]
        asked.append(text)
        if status := (statuses or {}).get(text):
            return Response("", status=status)
        day = dt.datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 a day has no zone
        while day.weekday() > 4:
            day -= dt.timedelta(days=1)
        return Response(SPECIMEN.replace("24.04.2024", day.strftime("%d.%m.%Y")), content_type="text/xml")

    httpserver.expect_request("/rss/get_rates.cfm").respond_with_handler(answer)
    return asked


def download(httpserver: HTTPServer, *wanted: str) -> Delivery:
    (delivery,) = Nbk(today=lambda: TODAY).download(wanted, client(httpserver))
    return delivery


def test_a_refresh_takes_the_last_thirty_days_and_no_more(httpserver: HTTPServer) -> None:
    asked = served(httpserver)
    delivery = download(httpserver, "2020-01-01")
    assert len(asked) == DAYS_MOST
    assert (asked[0], asked[-1]) == ("28.04.2024", "30.03.2024")
    assert not delivery.problems
    assert min(rows_of(delivery)) == "2024-03-29"
    assert max(rows_of(delivery)) == "2024-04-26"
    assert delivery.transport is Transport.HTTP


def test_told_a_newest_day_it_asks_from_a_little_before(httpserver: HTTPServer) -> None:
    asked = served(httpserver)
    download(httpserver, "2024-04-26")
    assert len(asked) == 12


@pytest.mark.usefixtures("quick_retries")
def test_a_silent_day_is_told_and_the_others_go_on(httpserver: HTTPServer) -> None:
    served(httpserver, {"20.04.2024": 503})
    delivery = download(httpserver)
    (problem,) = delivery.problems
    assert isinstance(problem.error, SourceUnavailable)
    assert "2024-04-26" in rows_of(delivery)


def test_an_address_that_moved_is_told_and_not_asked_thirty_times(httpserver: HTTPServer) -> None:
    asked = served(httpserver, {"26.04.2024": 404})
    delivery = download(httpserver)
    assert [problem.key for problem in delivery.problems] == [ALL_SLICES]
    assert "404" in str(delivery.problems[0].error)
    assert len(asked) == 3


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize(("status", "error"), [(503, SourceUnavailable), (403, SourceRefused)])
def test_a_provider_that_does_not_serve_us_raises(httpserver: HTTPServer, status: int, error: type[Exception]) -> None:
    httpserver.expect_request("/rss/get_rates.cfm").respond_with_data("", status=status)
    with pytest.raises(error):
        download(httpserver)
