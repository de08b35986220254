"""What headers say of scale, currency and unit in three languages; a word that may mean something else says nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.importing.meaning.units import KG_PER, NOTHING, Said, beside, said

HEADERS = {
    "出口额（万美元）": Said(10_000, "USD"),
    "出口额(单位：万美元)": Said(10_000, "USD"),
    "出口额万美元": Said(10_000, "USD"),
    "金额(亿元)": Said(100_000_000, "CNY"),
    "金额/万元": Said(10_000, "CNY"),
    "金额（人民币，万元）": Said(10_000, "CNY"),
    "价值(百万美元)": Said(1_000_000, "USD"),
    "价值(千美元)": Said(1_000, "USD"),
    "金额（元）": Said(None, "CNY"),
    "金额（日元）": Said(None, "JPY"),
    "金额（港元）": Said(None, "HKD"),
    "金额（欧元）": Said(None, "EUR"),
    "金额（韩元）": Said(None, "KRW"),
    "金额（卢布）": Said(None, "RUB"),
    "金额（万坚戈）": Said(10_000, "KZT"),
    "金额（苏姆）": Said(None, "UZS"),
    "金额（索姆）": Said(None, "KGS"),
    "金额（索莫尼）": Said(None, "TJS"),
    "金额（土库曼斯坦马纳特）": Said(None, "TMT"),
    "金额（美元，万元）": Said(10_000, "USD"),
    "FOB金额USD": Said(None, "USD"),
    "Сумма, тыс. долл. США": Said(1_000, "USD"),
    "Стоимость, тыс.долл.США": Said(1_000, "USD"),
    "Стоимость (млн руб.)": Said(1_000_000, "RUB"),
    "Стоимость, т.руб.": Said(1_000, "RUB"),
    "Стоимость за 2024 г., тыс. руб.": Said(1_000, "RUB"),
    "Сумма в млрд тенге": Said(1_000_000_000, "KZT"),
    "Экспорт, млн сум": Said(1_000_000, "UZS"),
    "Экспорт (сом)": Said(None, "KGS"),
    "Сумма, $": Said(None, "USD"),
    "Сумма (€)": Said(None, "EUR"),
    "Value, USD mln": Said(1_000_000, "USD"),
    "FOB value US$ '000": Said(1_000, "USD"),
    "Value in thousands of US dollars": Said(1_000, "USD"),
    "Value (1000 USD)": Said(1_000, "USD"),
    "USD 1,000": Said(1_000, "USD"),
    "Value (1 000 000 EUR)": Said(1_000_000, "EUR"),
    "Value (10^6 USD)": Said(1_000_000, "USD"),
    "TOTAL_USD_FOB": Said(None, "USD"),
    "totalValueUSD": Said(None, "USD"),
    "VALUE_IN_USD": Said(None, "USD"),
    "Value\n(EUR)": Said(None, "EUR"),
    "净重（千克）": Said(unit="kg"),
    "毛重KG": Said(unit="kg"),
    "重量(公斤)": Said(unit="kg"),
    "重量（吨）": Said(unit="t"),
    "出口量(万吨)": Said(10_000, unit="t"),
    "数量/千克": Said(unit="kg"),
    "数量（台）": Said(unit="台"),
    "数量（万台）": Said(10_000, unit="台"),
    "нетто, кг": Said(unit="kg"),
    "Вес (т)": Said(unit="t"),
    "Вес, тыс. тонн": Said(1_000, unit="t"),
    "Масса, ц": Said(unit="q"),
    "Кол-во, шт.": Said(unit="шт"),
    "Кол-во, тыс. шт.": Said(1_000, unit="шт"),
    "Net weight (t)": Said(unit="t"),
    "GROSS_WEIGHT_T": Said(unit="t"),
    "WEIGHT_KG": Said(unit="kg"),
    "METRIC_TONS": Said(unit="t"),
    "Net weight, lbs": Said(unit="lb"),
    "Quantity (pcs)": Said(unit="pcs"),
    "Unit price USD/kg": Said(None, "USD"),
    "Цена, руб./кг": Said(None, "RUB"),
    "单价（美元/吨）": Said(None, "USD"),
    "COST_USD_KG": Said(None, "USD"),
    "NET_WEIGHT_KGS": Said(unit="kg"),
    "CUSTOMS_VALUE_KGS": Said(None, "KGS"),
    "Value (pounds)": Said(None, "GBP"),
    "Net weight, pounds": Said(unit="lb"),
    "KGS": Said(None, "KGS", "kg"),
    "STATISTICAL_VALUE_IN_1000_USD": Said(1_000, "USD"),
    "Growth, %": Said(is_pct=True),
}


@pytest.mark.parametrize(("header", "meant"), HEADERS.items())
def test_a_header_says_scale_currency_and_unit(header: str, meant: Said) -> None:
    assert said(header) == meant


SAYING_NOTHING = (
    "Total value|Unit|Unit price|COMMERCIAL_UNIT|Country|Top 1000 firms|Value M|Период|Дата г.|Сумма|Сум."
    "|в т.ч. экспорт|Год|Сорт|零件|单元|台湾|哈萨克斯坦|捷克|乌克兰|包装|个人|品牌|文件|出口国家/地区"
    "|金额（马纳特）|Сумма (манат)|金额（¥）|USD/EUR|All|Try|Gel|Mad|Price list|Metal|Kind of transport|2024"
    "|MM|Set|Pack|т|件"
)


@pytest.mark.parametrize("header", SAYING_NOTHING.split("|"))
def test_a_header_that_may_mean_something_else_says_nothing(header: str) -> None:
    assert said(header) == NOTHING


def test_a_letter_that_can_mean_two_scales_says_none() -> None:
    assert said("Value USD M") == Said(None, "USD")
    assert said("Value, thousand or million USD").multiplier is None


def test_words_beside_a_number_are_known_altogether_or_not_at_all() -> None:
    assert beside("万美元") == Said(10_000, "USD")
    assert beside("млн руб.") == Said(1_000_000, "RUB")
    assert beside("(USD)") == Said(None, "USD")
    assert beside("") == NOTHING
    assert beside("KGS") == Said(None, "KGS", "kg")
    for unknown in ("foo", "USD foo", "USD EUR", "USD/kg", "tons kg", "тыс. млн"):
        assert beside(unknown) is None, unknown


def test_each_unit_of_weight_has_its_kilograms() -> None:
    assert KG_PER["t"] == 1000
    assert KG_PER["lb"] == Decimal("0.45359237")
    for header in ("(t)", "(kg)", "(g)", "(lb)", "(斤)", "(ц)", "(oz)", "(克拉)", "(mg)"):
        assert said(header).unit in KG_PER


@given(st.text(max_size=60))
def test_any_header_is_read(header: str) -> None:
    assert isinstance(said(header), Said)
