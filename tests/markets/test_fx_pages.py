"""The page of exchange rates and the published rates in the API."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal

import pytest
from django.test import Client

from markets.models import Dataset, ExchangeRate
from markets.vocabulary import AsOf
from tests.factories import ExchangeRateFactory, ObservationFactory, ReleaseFactory
from tests.markets.api_world import asked
from tests.markets.fx_world import KNOWN_FROM, ecb, load_two_years, nbk, rate_datasets, vintage
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

PAGE = "/en/exchange-rates/"
API = "exchange-rates/"


@pytest.fixture(autouse=True)
def datasets() -> None:
    rate_datasets()


def shown(client: Client, query: str = "", status: int = 200) -> str:
    return main(page(client, f"{PAGE}{query}", status))


# ---------------------------------------------------------------- the page
def test_with_nothing_loaded_the_page_says_so_and_converts_nothing(client: Client) -> None:
    text = shown(client, "?amount=100&from=USD&to=CNY")
    assert "none is loaded for this pair" in text
    assert "≈ " not in text.replace("The sign ≈ stands", "")


def test_the_newest_rates_stand_with_day_kind_and_legs(client: Client) -> None:
    ecb("2024-03-08", vintage(), CNY="7.8594", USD="1.0932")
    nbk("2024-03-07", vintage("nbk-rates"), USD="450.10", CNY="62.5")
    text = shown(client)
    assert "≈ 7.18935" in text
    assert "Mar 8, 2024, reference rate" in text
    assert "CNY/EUR 7.8594 and USD/EUR 1.0932 of the same day" in text
    assert "450.10" in text
    assert "Mar 7, 2024, official rate" in text
    assert "no rate: none is loaded for this pair" in text


def test_an_amount_is_converted_with_rate_day_kind_and_source(client: Client) -> None:
    ecb("2024-03-08", vintage(citation="European Central Bank, rates to March"), CNY="7.8594", USD="1.0932")
    text = shown(client, "?amount=1 000.50&from=usd&to=CNY&day=2024-03-10")
    assert "1,000.5 USD" in text.replace("1,000.50", "1,000.5")
    assert "≈ 7,192.95 CNY" in text
    assert "1 USD ≈ 7.18935 CNY, Mar 8, 2024, reference rate" in text
    assert "For Mar 10, 2024 no rate was published" in text
    assert "European Central Bank, rates to March" in text


def test_a_day_too_far_from_any_rate_converts_nothing_and_says_what_is_known(client: Client) -> None:
    ecb("2022-03-01", vintage(), RUB="117.201", USD="1.1162")
    text = shown(client, "?amount=100&from=USD&to=RUB&day=2022-04-01")
    assert "nothing was published on that day or in the ten days before" in text.lower()
    assert "Mar 1, 2022 to Mar 1, 2022" in text


def test_a_published_rate_converts_and_the_result_is_still_marked(client: Client) -> None:
    nbk("2024-03-07", vintage("nbk-rates"), USD="450")
    text = shown(client, "?amount=2&from=USD&to=KZT")
    assert "≈ 900.00 KZT" in text
    assert "1 USD = 450 KZT" in text
    assert "≈ 0.004444 USD" in shown(client, "?amount=2&from=KZT&to=USD")


@pytest.mark.parametrize(
    "query",
    [
        "?amount=ten&from=USD&to=KZT",
        "?amount=-1&from=USD&to=KZT",
        "?amount=1,5&from=USD&to=KZT",
        "?amount=NaN&from=USD&to=KZT",
        "?amount=1e999&from=USD&to=KZT",
        "?amount=1&from=USD&to=USD",
        "?amount=1&from=USD&to=XXX",
        "?amount=1&from=&to=CNY",
        "?amount=1&from=USD&to=CNY&day=yesterday",
        "?amount=1&from=USD&to=CNY&day=2024-02-30",
        "?amount=1&from=USD&to=CNY&day=0001-01-01",
        "?as_of=soon",
    ],
)
def test_a_question_that_cannot_be_understood_is_answered_400(client: Client, query: str) -> None:
    shown(client, query, 400)


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("?amount=1,5&from=USD&to=KZT", "amount", "Write an amount of money such as 1500.50"),
        ("?amount=7&from=USD&to=USD", "to", "Choose two different currencies"),
        ("?amount=7&from=USD&to=CNY&day=2024-02-30", "day", "Write a day such as 2025-06-30"),
    ],
)
def test_a_form_filled_in_wrongly_comes_back_with_what_is_wrong(
    client: Client, query: str, field: str, told: str
) -> None:
    text = page(client, f"{PAGE}{query}", 400)
    assert f'<a href="#{field}">{told}</a>' in text
    assert 'value="7"' in text or field == "amount"
    assert "Newest rates" in main(text)
    assert client.get(f"{PAGE}{query}&download=csv").status_code == 400
    assert "Newest rates" not in main(page(client, f"{PAGE}{query}&download=csv", 400)), "a file is not made of it"


def test_averages_say_whose_they_are(client: Client) -> None:
    load_two_years()
    worldbank = ReleaseFactory(known_from=KNOWN_FROM)
    ObservationFactory(
        indicator_id="PA.NUS.FCRF", area_id="KGZ", period="2018", value=Decimal("68.8403"), release=worldbank
    )
    text = shown(client)
    for expected in ("7.1217 official", "6.1932 official", "469.44 official", "326.00", "68.8403 World Bank"):
        assert expected in text
    assert "≈ 65.9168 official" in text  # tenge for a yuan, from two averages of one year


def test_a_year_without_a_published_average_has_the_mean_of_its_days(client: Client) -> None:
    load_two_years()
    ExchangeRate.objects.filter(currency_id="CNY", kind="average", period="2024").delete()
    assert re.search(r"≈ 7\.195\d+ ECB, 256 days", shown(client))


def test_what_was_known_then(client: Client) -> None:
    ecb("2024-03-08", vintage(known_from=dt.datetime(2024, 3, 9, tzinfo=dt.UTC)), CNY="7.8594", USD="1.0932")
    assert "≈ 7.18935" in shown(client, "?as_of=2024-03-10")
    earlier = shown(client, "?as_of=2024-03-08")
    assert "7.18935" not in earlier
    assert "As known on Mar 8, 2024" in earlier


def test_the_tables_are_files_with_raw_values(client: Client) -> None:
    load_two_years()
    newest = client.get(f"{PAGE}?download=csv").content.decode()
    assert "period,currency,base,value,kind,derivation,legs,days,missing,source" in newest
    assert "cross,CNY/EUR USD/EUR" in newest
    averages = client.get(f"{PAGE}?download=csv&table=averages").content.decode()
    assert "2013,CNY,USD,6.1932,average,published,,,,official-rates" in averages
    both = json.loads(client.get(f"{PAGE}?download=json").content)
    assert both["tables"]["averages"]["data"]


def test_the_page_asks_as_few_questions_with_many_rates_as_with_few(
    client: Client, django_assert_max_num_queries: object
) -> None:
    load_two_years()
    nbk("2024-03-07", vintage("nbk-rates"), USD="450", CNY="62.5", KGS="5", TJS="40", UZS="0.036", EUR="490")
    with django_assert_max_num_queries(20):  # type: ignore[operator] pytest-django's own form
        shown(client, "?amount=1&from=USD&to=CNY&day=2024-03-10")


@pytest.mark.parametrize("language", ["zh-hans", "ru"])
def test_the_page_stands_in_every_language(client: Client, language: str) -> None:
    load_two_years()
    response = client.get(f"/{language}/exchange-rates/?amount=5&from=EUR&to=CNY&day=2024-03-10")
    assert response.status_code == 200


def test_the_data_page_leads_there(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/en/data/").content.decode()


# ---------------------------------------------------------------- the API
def test_a_published_rate_carries_its_certificate() -> None:
    release = vintage(title="Rates", released_on=dt.date(2024, 3, 8))
    ecb("2024-03-08", release, CNY="7.8594")
    (record,) = asked(f"{API}?currency=CNY")["data"]
    assert record["value"] == "7.8594"
    assert (record["currency"], record["base"], record["kind"]) == ("CNY", "EUR", "reference")
    assert (record["period"], record["frequency"], record["method"]) == ("2024-03-08", "D", "as_published")
    assert record["source"]["id"] == "ecb-rates"
    assert record["vintage"]["release"] == release.pk


def test_filters_narrow_the_list() -> None:
    ecb("2024-03-07", vintage(), CNY="7.84", USD="1.0895")
    ecb("2024-03-08", vintage(), CNY="7.86", USD="1.0932")
    nbk("2024-03-08", vintage("nbk-rates"), USD="450")
    counts = {
        "": 5,
        "?currency=CNY,USD": 4,
        "?base=USD": 1,
        "?kind=official": 1,
        "?period=2024-03-07": 2,
        "?period_from=2024-03-08": 3,
        "?period_to=2024-03": 5,
        "?period_to=2024-03-07": 2,
        "?currency=CNY&base=EUR&kind=reference&period_from=2024-03-08&period_to=2024": 1,
    }
    assert {query: len(asked(API + query)["data"]) for query in counts} == counts


def test_what_was_known_then_and_what_was_withdrawn() -> None:
    new = vintage(known_from=dt.datetime(2024, 6, 1, tzinfo=dt.UTC))
    old = ExchangeRateFactory(period="2024-03-08", value=Decimal("7.8"), release=vintage())
    type(old).objects.filter(pk=old.pk).update(known_to=new.known_from, superseded_by=new)
    ExchangeRateFactory(period="2024-03-08", value=None, obs_status="x", release=new)
    (then,) = asked(f"{API}?as_of=2024-05-01")["data"]
    (now,) = asked(API)["data"]
    assert (then["value"], now["value"], now["status"], now["obs_status_sdmx"]) == ("7.8", None, "x", "M")
    empty = asked(f"{API}?as_of=2019-01-01")
    assert (empty["data"], empty["meta"]["note"]) == ([], "not known then")


def test_pages_follow_one_another_without_loss() -> None:
    for day in range(1, 8):
        ecb(f"2024-03-{day:02}", vintage(), CNY="7.8", USD="1.09")
    for order in ("currency", "-currency", "period", "-period"):
        seen, answer = [], asked(f"{API}?limit=3&sort={order}")
        while True:
            seen += [(record["currency"], record["period"]) for record in answer["data"]]
            if answer["page"]["next"] is None:
                break
            answer = asked(API + "?" + answer["page"]["next"].partition("?")[2])
        assert len(seen) == len(set(seen)) == 14


@pytest.mark.parametrize(
    "query",
    ["?currency=cny", "?currency=XXQ", "?base=QQQ", "?kind=guess", "?period=March", "?period_from=2025&period_to=2024"],
)
def test_a_filter_that_names_nothing_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/{API}{query}").status_code == 400


def test_a_dataset_that_may_not_be_passed_on_stays_in() -> None:
    ecb("2024-03-08", vintage(), CNY="7.86")
    Dataset.objects.filter(id="ecb-rates").update(redistribution="none")
    answer = asked(API)
    assert (answer["data"], answer["meta"]["withheld_datasets"]) == ([], ["ecb-rates"])


def test_page_and_api_state_the_same_rate(client: Client) -> None:
    nbk("2024-03-07", vintage("nbk-rates"), USD="450.15")
    (record,) = asked(f"{API}?currency=KZT")["data"]
    assert record["value"] in shown(client)
    assert AsOf.parse(record["vintage"]["known_from"]).at == KNOWN_FROM
