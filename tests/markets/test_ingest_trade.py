"""Trade totals and exchange rates come in by the same door as observations, with gates of their own."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest

from markets import errors
from markets.ingest import PublishOutcome, publish
from markets.models import Dataset, ExchangeRate, Slice, TradeTotal, UnmappedCode
from markets.sources import china
from markets.sources.base import (
    Delivery,
    ExchangeRateRow,
    RawPayload,
    SliceDelivery,
    SourceCard,
    TradeTotalRow,
    Vintage,
)
from markets.vocabulary import FactKind, Flow, Frequency, ObsStatus, RateKind, Transport

pytestmark = pytest.mark.django_db

CARD = dataclasses.replace(china.CARD, required=(), row_caps=(), total_tolerance_share=0.10)
Values = Mapping[tuple[str, str], int | None]
WHOLE: Values = {("WLD", "2022"): 1000, ("CHN", "2022"): 400, ("RUS", "2022"): 350, ("DEU", "2022"): 240}


def rows(values: Values, reporter: str = "KAZ") -> list[TradeTotalRow]:
    return [
        TradeTotalRow(
            reporter,
            Flow.IMPORT,
            partner,
            period,
            None if value is None else Decimal(value) * 1000,
            3,
            ObsStatus.NOT_AVAILABLE if value is None else ObsStatus.NORMAL,
        )
        for (partner, period), value in values.items()
    ]


def delivered(values: Values, card: SourceCard = CARD, *, periods: tuple[str, ...] = ("2022",)) -> PublishOutcome:
    its_rows = rows(values)
    body = repr(sorted(values.items(), key=str)).encode()
    delivery = Delivery(
        dataset=card.id,
        transport=Transport.FILE,
        vintage=Vintage("A file of the office"),
        slices=[SliceDelivery(its_rows[0].slice_key, its_rows, covers_periods=periods)],
        payloads=[RawPayload("trade.xls", body, "application/vnd.ms-excel", dt.datetime.now(dt.UTC))],
    )
    return publish(delivery, card)


def in_force() -> dict[tuple[str, str], Decimal | None]:
    return {(t.partner_id, t.period): t.value for t in TradeTotal.objects.filter(known_to=None)}


def why(outcome: PublishOutcome) -> errors.IngestError:
    (reason,) = outcome.held.values()
    return reason


def test_a_total_stands_with_reporter_flow_partner_currency_and_release() -> None:
    outcome = delivered(WHOLE)
    assert outcome.release is not None
    total = TradeTotal.objects.get(partner="CHN")
    assert (total.dataset_id, total.reporter_id, total.flow, total.currency_id) == (CARD.id, "KAZ", "M", "USD")
    assert (total.value, total.last_digit_exponent, total.release) == (Decimal(400_000), 3, outcome.release)
    assert outcome.release.added == 4


def test_an_older_file_that_comes_later_fills_gaps_and_restates_nothing() -> None:
    newer = delivered(WHOLE | {("WLD", "2023"): 1100, ("CHN", "2023"): 500}, periods=("2022", "2023"))
    older = {("WLD", "2021"): 900, ("CHN", "2021"): 300, ("WLD", "2022"): 990, ("CHN", "2022"): 390}
    filled = delivered(older, periods=("2021", "2022"))
    assert filled.release is not None
    assert (filled.release.added, filled.release.revised, filled.release.withdrawn) == (2, 0, 0)
    assert in_force()["CHN", "2022"] == 400_000
    assert in_force()["RUS", "2022"] == 350_000, "that the older one lacks it says nothing"
    assert in_force()["CHN", "2021"] == 300_000
    assert Slice.objects.get(dataset=CARD.id).current == newer.release
    restated = delivered({("WLD", "2023"): 1110, ("CHN", "2023"): 510, ("WLD", "2022"): 995}, periods=())
    assert restated.release is not None
    assert restated.release.revised == 3, "of the same year it may be the newer one"


def test_the_same_file_again_writes_nothing() -> None:
    delivered(WHOLE)
    again = delivered(WHOLE)
    assert (again.release, again.slices[0].unchanged) == (None, 4)
    assert TradeTotal.objects.count() == 4


def test_a_restated_value_keeps_the_old_one() -> None:
    delivered(WHOLE)
    assert delivered(WHOLE | {("CHN", "2022"): 405}).release is not None
    old, new = TradeTotal.objects.filter(partner="CHN").order_by("pk")
    assert (old.value, old.known_to, old.superseded_by) == (400_000, new.known_from, new.release)
    assert (new.value, new.obs_status) == (405_000, "r")


def test_a_partner_that_a_whole_year_no_longer_names_is_withdrawn_and_other_years_stay() -> None:
    delivered(WHOLE | {("WLD", "2021"): 900, ("CHN", "2021"): 300}, periods=("2021", "2022"))
    outcome = delivered({key: value for key, value in WHOLE.items() if key[0] != "DEU"})
    assert outcome.slices[0].withdrawn == 1
    assert in_force()["DEU", "2022"] is None
    assert in_force()["CHN", "2021"] == 300_000


def test_a_file_that_covers_no_year_whole_withdraws_nothing() -> None:
    delivered(WHOLE)
    assert not delivered({("CHN", "2022"): 400}, periods=()).held
    assert in_force()["DEU", "2022"] == 240_000


def test_a_group_among_the_countries_is_noticed_by_the_sum() -> None:
    outcome = delivered(WHOLE | {("FRA", "2022"): 150})
    assert isinstance(why(outcome), errors.HeldAggregates)
    assert "2022: 1140000 > 1000000" in str(why(outcome))
    assert in_force() == {}


def test_what_is_a_little_over_the_total_is_rounding() -> None:
    assert not delivered(WHOLE | {("FRA", "2022"): 15}).held


def test_a_total_that_moved_too_far_is_held_and_the_last_good_one_stays() -> None:
    delivered(WHOLE)
    outcome = delivered(WHOLE | {("WLD", "2022"): 1150})
    assert isinstance(why(outcome), errors.HeldTotalMoved)
    assert "15%" in str(why(outcome))
    assert in_force()["WLD", "2022"] == 1_000_000
    assert not delivered(WHOLE | {("WLD", "2022"): 1090}).held


def test_a_year_without_a_partner_that_the_card_requires_is_held() -> None:
    strict = dataclasses.replace(CARD, required=("WLD", "CHN"))
    assert not delivered(WHOLE, strict).held
    outcome = delivered({key: value for key, value in WHOLE.items() if key[0] != "CHN"}, strict)
    assert isinstance(why(outcome), errors.HeldIncomplete)
    assert "CHN 2022" in str(why(outcome))


def test_an_answer_of_exactly_as_many_rows_as_the_provider_cuts_at_is_held() -> None:
    outcome = delivered(WHOLE, dataclasses.replace(CARD, row_caps=(4, 500)))
    assert isinstance(why(outcome), errors.HeldTruncated)


def test_trade_below_zero_is_impossible() -> None:
    assert isinstance(why(delivered(WHOLE | {("DEU", "2022"): -1})), errors.HeldImpossible)


def test_what_is_held_is_kept_row_by_row_beside_what_is_in_force() -> None:
    delivered(WHOLE)
    held = delivered(WHOLE | {("WLD", "2022"): 1150}).held_release
    assert held is not None
    row = held.held_rows.get(subject="WLD")
    assert (row.slice, row.old_value, row.value, row.verdict) == ("KAZ/M/USD/", 1_000_000, 1_150_000, "revised")


def test_an_unknown_partner_is_counted_not_dropped() -> None:
    outcome = delivered(WHOLE | {("XQQ", "2022"): 1})
    assert outcome.unmapped_rows == 1
    assert UnmappedCode.objects.get(code="XQQ").rows == 1


# ---------------------------------------------------------------- exchange rates
@pytest.fixture
def rates() -> SourceCard:
    card = dataclasses.replace(CARD, id="rates-of-a-test", kind=FactKind.EXCHANGE_RATES)
    Dataset.objects.create(
        id=card.id,
        kind=card.kind.value,
        name="Rates",
        publisher="A bank",
        url="https://example.org/",
        citation="A bank",
    )
    return card


def rate(value: str, day: str = "2024-03-05") -> ExchangeRateRow:
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return ExchangeRateRow("CNY", "EUR", RateKind.REFERENCE, day, number, exponent, frequency=Frequency.AS_OF)


def published(card: SourceCard, *its_rows: ExchangeRateRow) -> PublishOutcome:
    body = repr(its_rows).encode()
    payload = RawPayload("rates.csv", body, "text/csv", dt.datetime.now(dt.UTC))
    slices = [SliceDelivery(its_rows[0].slice_key, its_rows)]
    return publish(Delivery(card.id, Transport.FILE, Vintage("Rates"), slices, [payload]), card)


def test_a_rate_stands_with_currency_base_kind_and_day(rates: SourceCard) -> None:
    published(rates, rate("7.8187"), rate("7.8190", "2024-03-06"))
    kept = ExchangeRate.objects.get(period="2024-03-05")
    assert (kept.currency_id, kept.base_id, kept.kind, kept.frequency) == ("CNY", "EUR", "reference", "D")
    assert (kept.value, kept.last_digit_exponent) == (Decimal("7.8187"), -4)
    assert published(rates, rate("7.8187")).release is None


def test_two_rates_of_one_day_are_held(rates: SourceCard) -> None:
    outcome = published(rates, rate("7.8187"), rate("7.9"))
    assert isinstance(why(outcome), errors.DuplicateRow)
    assert "2024-03-05" in str(why(outcome))


def test_a_rate_that_is_another_unit_is_held(rates: SourceCard) -> None:
    published(rates, rate("7.8187"))
    assert isinstance(why(published(rates, rate("781.87"))), errors.HeldLeap)
