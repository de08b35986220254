"""Exchange rates all the way: from a source through a refresh to the page, the file and the API, the same number."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_httpserver import HTTPServer

from markets.models import ExchangeRate, Release
from markets.refresh import refresh
from markets.sources.fx.ecb import ASKED
from markets.sources.fx.rows import MARGIN_DAYS
from tests.factories import SPECIMENS, ExchangeRateFactory, ReleaseFactory
from tests.markets.api_world import asked
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def facts_loaded(reference_facts: None) -> None:
    """The currencies are among the reference facts."""


def specimen(name: str, tmp_path: Path) -> Path:
    return Path(shutil.copy(SPECIMENS / "fx" / name, tmp_path))


def in_force(currency: str, base: str) -> dict[str, Decimal | None]:
    rates = ExchangeRate.objects.filter(currency_id=currency, base_id=base, known_to=None)
    return dict(rates.values_list("period", "value"))


def test_a_file_of_the_national_bank_reaches_page_file_and_api(client: Client, tmp_path: Path) -> None:
    outcome = refresh("nbk-rates", path=specimen("nbk_2024-04-24.xml", tmp_path))
    assert outcome.is_clean, outcome.summary
    assert in_force("KZT", "UZS") == {"2024-04-24": Decimal("0.0350")}
    (record,) = asked("exchange-rates/?currency=KZT&base=USD")["data"]
    assert record["value"] == "444.32"
    assert "444.32 Apr 24, 2024, official rate" in main(page(client, "/en/exchange-rates/"))
    table = json.loads(client.get("/en/exchange-rates/?download=json").content)["data"]
    assert [row["value"] for row in table if (row["currency"], row["base"]) == ("KZT", "USD")] == ["444.32"]
    again = refresh("nbk-rates", path=tmp_path)
    assert again.is_clean
    assert ExchangeRate.objects.filter(currency_id="KZT").count() == 7


def test_a_corrected_rate_is_a_new_vintage_and_the_old_one_stays_readable(tmp_path: Path) -> None:
    kept = specimen("nbk_2024-04-24.xml", tmp_path)
    refresh("nbk-rates", path=kept)
    kept.write_text(kept.read_text(encoding="utf-8").replace("444.32", "444.50"), encoding="utf-8")
    refresh("nbk-rates", path=kept)
    assert in_force("KZT", "USD") == {"2024-04-24": Decimal("444.50")}
    first = Release.objects.filter(dataset_id="nbk-rates").earliest("id")
    old = ExchangeRate.objects.get(release=first, base_id="USD")
    assert (old.value, old.known_to is not None) == (Decimal("444.32"), True)


def test_what_comes_with_the_product_and_a_download_make_one_series(httpserver: HTTPServer, settings: Any) -> None:
    assert refresh("ecb-rates", bundled=True).is_clean
    assert refresh("official-rates", bundled=True).is_clean
    assert in_force("CNY", "EUR")["2024-03-08"] == Decimal("7.8594")
    assert in_force("CNY", "USD")["2024"] == Decimal("7.1217")
    newest = max(in_force("USD", "EUR"))
    following = (dt.date.fromisoformat(newest) + dt.timedelta(days=1)).isoformat()
    rates = {day: {code: float(in_force(code, "EUR")[newest] or 0) for code in ASKED} for day in (newest, following)}
    httpserver.expect_request(re.compile("/v1/.*")).respond_with_json({"amount": 1.0, "base": "EUR", "rates": rates})
    settings.SOURCE_URLS = {"ecb-rates": httpserver.url_for("/").rstrip("/")}
    outcome = refresh("ecb-rates")
    assert not outcome.problems, outcome.summary
    assert in_force("CNY", "EUR")[following] == in_force("CNY", "EUR")[newest]
    assert in_force("CNY", "EUR")["2024-03-08"] == Decimal("7.8594")


@pytest.mark.parametrize("body", ['{"message": "not found"}', "<html>maintenance</html>", "", '{"base":"USD"}'])
def test_the_last_good_rates_stay_when_the_answer_is_none(
    httpserver: HTTPServer, settings: Any, tmp_path: Path, body: str
) -> None:
    refresh("ecb-rates", path=specimen("frankfurter_2024-01.json", tmp_path))
    before = in_force("USD", "EUR")
    httpserver.expect_request(re.compile("/v1/.*")).respond_with_data(body)
    settings.SOURCE_URLS = {"ecb-rates": httpserver.url_for("/").rstrip("/")}
    outcome = refresh("ecb-rates")
    assert outcome.problems
    assert before == in_force("USD", "EUR") != {}


def test_a_download_asks_only_for_the_days_since_the_newest_one_known(httpserver: HTTPServer, settings: Any) -> None:
    settings.SOURCE_URLS = {"ecb-rates": httpserver.url_for("").rstrip("/")}
    newest = dt.date.today() - dt.timedelta(days=10)  # noqa: DTZ011 as the source sees it
    ExchangeRateFactory(currency_id="USD", period=newest.isoformat(), release=ReleaseFactory(dataset_id="ecb-rates"))
    httpserver.expect_request(re.compile("/v1/.*")).respond_with_data("<gone/>", content_type="text/xml")
    refresh("ecb-rates")
    ((request, _response),) = httpserver.log
    first = dt.date.fromisoformat(request.path.rpartition("/")[2].partition("..")[0])
    assert dt.timedelta(0) <= newest - first <= dt.timedelta(days=MARGIN_DAYS)
