"""Exchange rates as they are read: of a day, of a year, by month, with the published rates they rest on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from markets.errors import InvalidValue
from markets.models import ExchangeRate
from markets.profiles.rates import Derivation, NoRate, average_rate, month_range, newest_rates, rate_on, rates_by_day
from markets.vocabulary import AsOf, RateKind
from tests.factories import ExchangeRateFactory, ObservationFactory, ReleaseFactory
from tests.markets.fx_world import KNOWN_FROM, ecb, load_two_years, nbk, rate_datasets, vintage

pytestmark = pytest.mark.django_db

FRIDAY = dt.date(2024, 3, 8)


@pytest.fixture(autouse=True)
def datasets() -> None:
    rate_datasets()


def test_a_published_rate_is_told_as_printed_with_its_vintage() -> None:
    release = vintage()
    ecb("2024-03-08", release, USD="1.0932")
    rate = rate_on("USD", "EUR", FRIDAY).rate
    assert rate is not None
    assert (rate.value, rate.period, rate.kind) == (Decimal("1.0932"), "2024-03-08", "reference")
    assert rate.derivation is Derivation.PUBLISHED
    assert not rate.is_derived
    assert [source.release for source in rate.sources] == [release.pk]


def test_rates_day_by_day_are_of_one_kind_and_of_legs_of_that_day() -> None:
    reference, official = vintage(), vintage("nbk-rates")
    ecb("2024-03-06", reference, USD="1.10", CNY="7.70")
    ecb("2024-03-07", reference, USD="1.20")
    ecb("2024-03-08", reference, USD="1.00", CNY="8.00")
    nbk("2024-03-07", official, USD="450", CNY="60")
    days = rates_by_day("CNY", "USD", dt.date(2024, 3, 1), FRIDAY, kind="reference")
    assert [(each.period, each.value, each.derivation) for each in days] == [
        ("2024-03-06", Decimal(7), Derivation.CROSS), ("2024-03-08", Decimal(8), Derivation.CROSS),
    ]  # fmt: skip
    assert [each.period for each in rates_by_day("CNY", "USD", dt.date(2024, 3, 7), FRIDAY)] == [
        "2024-03-07",
        "2024-03-08",
    ]
    assert rates_by_day("CNY", "USD", dt.date(2023, 1, 1), dt.date(2023, 2, 1)) == []
    with pytest.raises(InvalidValue):
        rates_by_day("USD", "USD", dt.date(2024, 3, 1), FRIDAY)


def test_a_missing_day_is_answered_by_the_last_published_rate_with_its_own_date() -> None:
    ecb("2024-03-08", vintage(), USD="1.0932")
    rate = rate_on("USD", "EUR", dt.date(2024, 3, 10)).rate
    assert rate is not None
    assert rate.period == "2024-03-08"


def test_no_rate_within_ten_days_is_no_rate_with_the_days_that_are_known() -> None:
    ecb("2022-03-01", vintage(), RUB="117.201")
    assert rate_on("RUB", "EUR", dt.date(2022, 3, 11)).rate is not None
    answer = rate_on("RUB", "EUR", dt.date(2022, 3, 12))
    assert answer.rate is None
    assert answer.missing == NoRate.NONE_NEAR
    assert answer.known == ("2022-03-01", "2022-03-01")


def test_a_pair_nobody_publishes_has_no_rate() -> None:
    answer = rate_on("TMT", "TJS", FRIDAY)
    assert (answer.rate, answer.missing, answer.known) == (None, NoRate.NO_SERIES, None)


def test_a_currency_against_itself_is_refused() -> None:
    for asked in (lambda: rate_on("USD", "USD", FRIDAY), lambda: average_rate("USD", "USD", 2024)):
        with pytest.raises(InvalidValue):
            asked()


def test_the_future_is_answered_with_the_last_rate_before_it_never_a_later_one() -> None:
    release = vintage()
    ecb("2024-03-07", release, USD="1.0895")
    ecb("2024-03-11", release, USD="1.0926")
    rate = rate_on("USD", "EUR", FRIDAY).rate
    assert rate is not None
    assert rate.period == "2024-03-07"


def test_a_cross_is_of_one_day_and_names_both_legs() -> None:
    old, new = vintage(), vintage()
    ecb("2024-03-07", old, CNY="7.8400", USD="1.0895")
    ecb("2024-03-08", new, USD="1.0932")
    rate = rate_on("CNY", "USD", FRIDAY).rate
    assert rate is not None
    assert rate.derivation is Derivation.CROSS
    assert rate.period == "2024-03-07"
    assert round(rate.value, 6) == round(Decimal("7.8400") / Decimal("1.0895"), 6)
    assert [(leg.currency, leg.base, leg.value) for leg in rate.legs] == [
        ("CNY", "EUR", Decimal("7.8400")),
        ("USD", "EUR", Decimal("1.0895")),
    ]
    assert [source.release for source in rate.sources] == [old.pk]


def test_legs_of_two_datasets_or_kinds_are_never_joined() -> None:
    ecb("2024-03-08", vintage(), CNY="7.86")
    nbk("2024-03-08", vintage("nbk-rates"), EUR="489.5")
    ExchangeRateFactory(currency_id="USD", kind="official", period="2024-03-08", release=vintage())
    assert rate_on("CNY", "USD", FRIDAY).rate is None
    assert rate_on("KZT", "CNY", FRIDAY).rate is None


def test_an_inverse_says_that_it_is_one() -> None:
    nbk("2024-03-08", vintage("nbk-rates"), USD="450")
    rate = rate_on("USD", "KZT", FRIDAY).rate
    assert rate is not None
    assert rate.derivation is Derivation.INVERSE
    assert round(rate.value, 8) == Decimal("0.00222222")
    assert (rate.legs[0].currency, rate.legs[0].base) == ("KZT", "USD")


def test_currencies_that_one_bank_prints_in_tenge_cross_through_the_tenge() -> None:
    nbk("2024-03-08", vintage("nbk-rates"), USD="450", KGS="5", UZS="0.036")
    som, sum_ = rate_on("KGS", "USD", FRIDAY).rate, rate_on("UZS", "KGS", FRIDAY).rate
    assert som is not None
    assert sum_ is not None
    assert (som.value, som.kind, som.derivation) == (Decimal(90), "official", Derivation.CROSS)
    assert round(sum_.value, 4) == Decimal("138.8889")


def test_the_rate_is_told_as_it_was_known_on_a_day() -> None:
    old = vintage()
    new = vintage(known_from=dt.datetime(2024, 6, 1, tzinfo=dt.UTC))
    ExchangeRateFactory(
        currency_id="USD",
        period="2024-03-08",
        value=Decimal("1.0"),
        release=old,
        known_to=new.known_from,
        superseded_by=new,
    )
    ecb("2024-03-08", new, USD="1.0932")
    then = rate_on("USD", "EUR", FRIDAY, AsOf.parse("2024-05-01")).rate
    now = rate_on("USD", "EUR", FRIDAY).rate
    assert then is not None
    assert now is not None
    assert (then.value, now.value) == (Decimal("1.0"), Decimal("1.0932"))
    assert rate_on("USD", "EUR", FRIDAY, AsOf.parse("2019-01-01")).rate is None


def test_a_rate_withdrawn_is_passed_over() -> None:
    release = vintage()
    ecb("2024-03-07", release, USD="1.0895")
    ExchangeRateFactory(currency_id="USD", period="2024-03-08", value=None, obs_status="x", release=release)
    rate = rate_on("USD", "EUR", FRIDAY).rate
    assert rate is not None
    assert rate.period == "2024-03-07"


def test_the_newest_rate_is_told_however_old() -> None:
    ecb("2023-01-05", vintage(), CNY="7.3", USD="1.06")
    nbk("2024-03-08", vintage("nbk-rates"), USD="450")
    yuan, tenge, manat = newest_rates([("CNY", "USD"), ("KZT", "USD"), ("TMT", "USD")])
    assert yuan.rate is not None
    assert tenge.rate is not None
    assert (yuan.rate.period, tenge.rate.period, manat.rate) == ("2023-01-05", "2024-03-08", None)


# ---------------------------------------------------------------- the real history
@pytest.fixture
def history(datasets: None) -> None:  # noqa: ARG001 the datasets first
    load_two_years()


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("year", "mean", "low", "high"), [(2013, "6.148", "6.07", "6.23"), (2024, "7.196", "7.08", "7.28")]
)
def test_the_yuan_of_2013_and_2024(year: int, mean: str, low: str, high: str) -> None:
    average = average_rate("CNY", "USD", year, RateKind.REFERENCE).rate
    months = month_range("CNY", "USD", year, RateKind.REFERENCE)
    assert average is not None
    assert months is not None
    assert round(average.value, 3) == Decimal(mean)
    assert (average.derivation, average.is_partial) == (Derivation.MEAN, False)
    assert average.days is not None
    assert 250 <= average.days <= 260
    assert [(leg.currency, leg.base) for leg in average.legs] == [("CNY", "EUR"), ("USD", "EUR")]
    assert months.months == 12
    assert abs(months.low - Decimal(low)) < Decimal("0.01")
    assert abs(months.high - Decimal(high)) < Decimal("0.01")


@pytest.mark.usefixtures("history")
def test_a_published_average_comes_before_a_mean_of_ours() -> None:
    rate = average_rate("CNY", "USD", 2024).rate
    assert rate is not None
    assert (rate.value, rate.kind, rate.derivation) == (Decimal("7.1217"), "average", Derivation.PUBLISHED)
    only = average_rate("CNY", "USD", 2024, RateKind.AVERAGE).rate
    assert only is not None
    assert only.value == rate.value
    assert average_rate("CNY", "USD", 2024, RateKind.OFFICIAL).rate is None


@pytest.mark.usefixtures("history")
def test_two_published_averages_of_a_year_make_a_cross() -> None:
    rate = average_rate("KZT", "CNY", 2024).rate
    assert rate is not None
    assert (rate.derivation, rate.kind) == (Derivation.CROSS, "average")
    assert round(rate.value, 2) == Decimal("65.92")
    assert {leg.base for leg in rate.legs} == {"USD"}


def test_other_currencies_have_the_world_bank_s_average() -> None:
    worldbank = ReleaseFactory(known_from=KNOWN_FROM)
    for area, value in (("KGZ", "68.84"), ("CHN", "6.6160")):
        ObservationFactory(
            indicator_id="PA.NUS.FCRF", area_id=area, period="2018", value=Decimal(value), release=worldbank
        )
    som, cross = average_rate("KGS", "USD", 2018).rate, average_rate("KGS", "CNY", 2018).rate
    assert som is not None
    assert cross is not None
    assert (som.value, som.derivation) == (Decimal("68.84"), Derivation.PUBLISHED)
    assert som.sources[0].source.id == "worldbank"
    assert cross.derivation is Derivation.CROSS
    assert average_rate("KGS", "USD", 2019).missing == NoRate.NOT_THAT_YEAR


def test_a_few_days_are_no_average_of_a_year_and_no_month() -> None:
    release = vintage()
    for day in range(1, 10):
        ecb(f"2024-03-{day:02}", release, USD="1.09")
    assert average_rate("USD", "EUR", 2024).rate is None
    assert month_range("USD", "EUR", 2024) is None


@pytest.mark.usefixtures("history")
def test_a_mean_of_a_year_that_is_not_over_says_so() -> None:
    ExchangeRate.objects.filter(period__gte="2024-11-15", period__lt="2025").delete()
    rate = average_rate("CNY", "USD", 2024, RateKind.REFERENCE).rate
    assert rate is not None
    assert rate.is_partial
