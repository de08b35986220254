"""The page of one product between two markets: its series, what is not loaded, and the same in file and API."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets import sources
from markets.analytics.unit_values import unit_value
from markets.ingest.cubes import publish_year
from markets.models import Dataset, Release
from markets.profiles.flow_page import SUM_OF_CODES, FlowPoint, flow_page
from markets.sources.bundled_flows import years_of_flows
from markets.vocabulary import AsOf, Basis
from tests.markets.api_world import asked
from tests.markets.flow_world import CUBE, REPORTS, REPORTS_AT, publish_small_cube, state
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db
ADDRESS = "/en/flows/CHN/KAZ/8541/"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def points(basis: Basis, code: str = "8541") -> dict[str, FlowPoint]:
    """The points of the one series of a basis, by period."""
    (series,) = [each for each in flow_page("CHN", "KAZ", code).series if each.basis == basis.value]
    return {point.period: point for point in series.points}


# ---------------------------------------------------------------- what is told
def test_each_word_is_a_series_of_its_own() -> None:
    publish_small_cube()
    told = [(s.basis, s.dataset, s.reporter, s.valuation, s.level) for s in flow_page("CHN", "KAZ", "8541").series]
    assert told == [
        ("exporter_reported", REPORTS, "CHN", "FOB", 4),
        ("importer_reported", REPORTS, "KAZ", "CIF", 4),
        ("reconciled", CUBE, "", "", 6),
    ]


def test_what_is_stated_in_longer_codes_alone_is_added_up_and_said_to_be() -> None:
    publish_small_cube()
    newest = points(Basis.RECONCILED)["2021"]
    assert (newest.value_usd, newest.codes, newest.method) == (Decimal(2_500_000), 2, SUM_OF_CODES)
    stated = points(Basis.IMPORTER_REPORTED)["2021"]
    assert (stated.value_usd, stated.codes, stated.method) == (Decimal(2_400_000), 0, "as_published")


def test_chosen_codes_make_no_total_and_stand_by_themselves() -> None:
    for year in years_of_flows("ember-solar"):
        if year.year in (2021, 2022):
            publish_year(year, sources.card("ember-solar"))
    shown = flow_page("CHN", "KAZ", "8541").series
    assert {(s.classification, s.product) for s in shown} >= {("HS2017", "854140"), ("HS2022", "854143")}
    assert {point.method for series in shown for point in series.points} == {"as_published"}
    assert "so that they are not added up" in main(page(Client(), ADDRESS))


def test_a_code_and_those_below_it_are_never_added_together() -> None:
    _old, _new, reports = publish_small_cube()
    state("CHN 854141 KAZ 2021", 999, reports, basis="importer_reported", flow="M", valuation="CIF")
    assert points(Basis.IMPORTER_REPORTED)["2021"].value_usd == Decimal(2_400_000)


def test_a_value_per_kilogram_needs_nine_tenths_of_the_value_with_a_weight() -> None:
    publish_small_cube()
    assert points(Basis.RECONCILED)["2021"].usd_per_kg is None
    assert points(Basis.RECONCILED, "854140")["2021"].usd_per_kg == Decimal(10)
    assert points(Basis.IMPORTER_REPORTED)["2021"].usd_per_kg == Decimal("4.8")
    assert points(Basis.EXPORTER_REPORTED)["2021-03"].obs_status == "e"


@pytest.mark.parametrize(
    ("value", "weighed", "weight", "wanted"),
    [
        ("100", "100", "50", "2.000000"),
        ("100", "90", "45", "2.000000"),
        ("100", "89.99", "45", None),
        ("0", "0", "45", None),
        ("100", "100", "0", None),
        (None, "100", "50", None),
        ("100", None, "50", None),
        ("100", "100", None, None),
    ],
    ids=["all", "nine tenths", "less", "no value", "no weight", "null value", "null weighed", "null weight"],
)
def test_the_rule_of_a_value_per_kilogram(
    value: str | None, weighed: str | None, weight: str | None, wanted: str | None
) -> None:
    read = [None if text is None else Decimal(text) for text in (value, weighed, weight)]
    assert unit_value(*read) == (None if wanted is None else Decimal(wanted))


def test_what_has_no_dollars_is_told_in_its_own_currency_and_never_added_to_dollars() -> None:
    publish_small_cube()
    (series,) = flow_page("DEU", "KAZ", "8418").series
    assert (series.points[0].value_usd, series.points[0].value) == (None, Decimal(90_000))
    assert "90,000 EUR" in main(page(Client(), "/en/flows/DEU/KAZ/8418/"))


def test_a_sum_of_codes_leaves_out_no_weight_and_no_currency_in_silence() -> None:
    _old, new, _reports = publish_small_cube()
    assert points(Basis.RECONCILED)["2021"].net_weight_kg is None
    assert points(Basis.RECONCILED, "854140")["2021"].net_weight_kg == Decimal(200_000)
    state("CHN 854142 KAZ 2021", None, new, value=Decimal(9), currency_id="EUR")
    newest = points(Basis.RECONCILED)["2021"]
    assert (newest.value_usd, newest.value, newest.currency, newest.usd_per_kg) == (None, None, "", None)
    assert (newest.codes, newest.unstated) == (3, 0)
    assert "not all of them are stated in US dollars" in main(page(Client(), ADDRESS))


def test_a_revision_is_never_joined_to_another() -> None:
    _old, new, _reports = publish_small_cube()
    state("CHN 854140 KAZ 2021", 5, new, classification="HS1992")
    revisions = [s.classification for s in flow_page("CHN", "KAZ", "854140").series]
    assert revisions == ["HS1992", "HS2017"]


def test_the_page_says_what_is_not_loaded() -> None:
    publish_small_cube()
    text = main(page(Client(), "/en/flows/CHN/UZB/8541/"))
    assert "China reports what it sold: nothing is loaded of this product." in text
    assert "Uzbekistan reports what it bought: nothing is loaded of this product." in text
    assert f"{CUBE} : 2020–2021" in text or f"{CUBE}: 2020–2021" in text


def test_a_product_of_which_nothing_is_known_says_so() -> None:
    text = main(page(Client(), "/en/flows/CHN/KAZ/3304/"))
    assert "Not loaded: no source read here has a value" in text


def test_as_of_an_earlier_day_shows_what_was_public_then() -> None:
    publish_small_cube()
    assert {s.basis for s in flow_page("CHN", "KAZ", "8541", AsOf.parse("2024-06-30")).series} == {"reconciled"}
    text = main(page(Client(), f"{ADDRESS}?as_of=2001-01-01"))
    assert "Not known then: no vintage published by that day has a value" in text


def test_as_of_a_day_a_year_known_of_one_dataset_is_not_taken_for_known_of_another() -> None:
    _old, new, _reports = publish_small_cube()
    Release.objects.filter(pk=new.pk).update(known_from=REPORTS_AT + dt.timedelta(days=60))
    shown = flow_page("CHN", "KAZ", "8541", AsOf.parse("2025-03-31")).series
    assert {(s.dataset, point.period[:4]) for s in shown for point in s.points} == {(CUBE, "2020"), (REPORTS, "2021")}


def test_what_may_not_be_passed_on_is_not_shown_and_said_to_be_left_out() -> None:
    publish_small_cube()
    Dataset.objects.filter(pk=REPORTS).update(redistribution="signed_in")
    shown = flow_page("CHN", "KAZ", "8541")
    assert {s.dataset for s in shown.series} == {CUBE}
    assert REPORTS in shown.withheld
    assert "Left out, because their licence" in main(page(Client(), ADDRESS))


# ---------------------------------------------------------------- one truth
def test_page_file_and_api_say_the_same() -> None:
    publish_small_cube()
    shown = flow_page("CHN", "KAZ", "8541")
    answer = Client().get(ADDRESS, {"download": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode().split("\r\n\r\n")[0])))
    record = asked("flows/CHN/KAZ/8541/")
    told = [(series, point) for series in shown.series for point in series.points]
    said = [(series, point) for series in record["series"] for point in series["points"]]
    assert len(told) == len(rows) == len(said) == 5
    for (series, point), row, (its_series, its_point) in zip(told, rows, said, strict=True):
        assert (row["dataset"], row["basis"], row["period"]) == (series.dataset, series.basis, point.period)
        assert (its_series["dataset"], its_series["basis"], its_point["period"]) == (
            series.dataset,
            series.basis,
            point.period,
        )
        for name in ("value_usd", "net_weight_kg", "usd_per_kg"):
            value = getattr(point, name)
            assert row[name] == ("" if value is None else format(value, "f"))
            assert its_point[name] == (None if value is None else format(value, "f"))
    text = page(Client(), ADDRESS)
    for _series, point in told:
        assert f"{point.value_usd:,.0f} USD" in text


def test_the_rows_of_the_list_add_up_to_the_page() -> None:
    publish_small_cube()
    rows = asked("flows/?exporter=CHN&importer=KAZ&product=8541*&level=6&period=2021&basis=reconciled")["data"]
    assert sum(Decimal(row["value_usd"]) for row in rows) == points(Basis.RECONCILED)["2021"].value_usd


# ---------------------------------------------------------------- addresses
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_there_in_every_language(language: str) -> None:
    publish_small_cube()
    assert "8541" in page(Client(), f"/{language}/flows/CHN/KAZ/8541/")


@pytest.mark.parametrize("written", ["chn/KAZ/8541", "CHN/kaz/8541", "CHN/KAZ/85.41"])
def test_a_code_written_otherwise_leads_to_its_own_address(written: str) -> None:
    answer = Client().get(f"/en/flows/{written}/")
    assert (answer.status_code, answer["Location"]) == (301, ADDRESS)


@pytest.mark.parametrize("wrong", ["CHN/CHN/8541", "XYZ/KAZ/8541", "CHN/WLD/8541", "CHN/KAZ/854", "CHN/KAZ/770000"])
def test_what_names_nothing_is_not_found(wrong: str) -> None:
    assert Client().get(f"/en/flows/{wrong}/").status_code == 404
    assert Client().get(f"/api/v1/flows/{wrong}/").status_code == 404


def test_a_code_of_an_earlier_revision_has_its_page() -> None:
    publish_small_cube()
    assert "an earlier revision has" in main(page(Client(), "/en/flows/CHN/KAZ/854140/"))


@pytest.mark.parametrize("asked_for", ["KAZ/CHN/854140/", "DEU/UZB/854140/", "CHN/KAZ/854140/?as_of=2001-01-01"])
def test_a_code_that_another_pair_has_is_not_called_unknown(asked_for: str) -> None:
    publish_small_cube()
    assert "an earlier revision has" in main(page(Client(), f"/en/flows/{asked_for}"))
    assert Client().get("/api/v1/flows/KAZ/CHN/854199/").status_code == 404


def test_a_code_of_what_may_not_be_passed_on_alone_is_unknown() -> None:
    publish_small_cube()
    Dataset.objects.filter(pk=CUBE).update(redistribution="none")
    assert Client().get("/en/flows/KAZ/CHN/854140/").status_code == 404


def test_a_page_asks_as_many_questions_for_many_periods_as_for_few() -> None:
    _old, new, _reports = publish_small_cube()

    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(Client(), ADDRESS)
        return len(captured)

    few = questions()
    for code in range(854110, 854139):
        state(f"CHN {code} KAZ 2021", 7, new)
    assert questions() == few <= 12
