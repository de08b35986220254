"""What columns are suggested to be: by names in three languages, by values, and against a key labelled by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.column_mapping import expected, labels, measured
from companies.importing.mapping.naming import is_importers, named, words_of
from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning.columns import profiles
from companies.importing.plan import DateOrder, NumberStyle
from companies.models import Company

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
LAYOUTS = SHARED / "records" / "vendor_layouts_headers_only.json"
LEAST_RIGHT_PCT = 85
MOST_CLAIMED_PCT = 2

# What one office each writes above its columns, and what they are; empty: nothing a record holds.
OFFICES = {
    "customs, English": {
        "RECORD_ID": "", "DECLARATION_NUMBER": "document_reference", "EXP_DATE": "period", "EXPORTERNAME": "company",
        "EXPORTER_TAX_ID": "company_number", "BUYER_NAME": "", "HSCODE": "hs_code", "HS_CODE_2": "", "HS_CODE_4": "",
        "HS_CODE_DESCRIPTION": "", "ORIGIN_COUNTRY": "", "DESTINATION_COUNTRY": "destination", "GROSS_WEIGHT": "",
        "NET_WEIGHT_KG": "net_weight_kg", "NUMBER_OF_PACKAGES": "", "QUANTITY": "quantity", "UNIT": "quantity_unit",
        "UNIT_PRICE_USD": "", "CIF_USD": "", "FOB_USD": "value", "%GTTOTALVALUE": "", "FREIGHT_USD": "",
        "CURRENCY": "settlement_currency", "INCOTERMS": "incoterm", "MODE_OF_TRANSPORT": "corridor",
        "CUSTOMS_OFFICE": "customs_office", "REGISTRATION_DATE": "",
    },
    "an ERP, English": {
        "invoiceNo": "document_reference", "invoiceDate": "period", "sellerName": "company", "customerName": "",
        "customerCountry": "destination", "productCategory": "category", "hsCode": "hs_code",
        "netWeight": "net_weight_kg",
        "invoiceAmount": "value", "currencyCode": "currency", "remarks": "note",
    },
    "customs, Chinese": {
        "报关单号": "document_reference", "出口日期": "period", "申报日期": "", "境内发货人": "company",
        "统一社会信用代码": "company_number", "境外收货人": "", "运抵国": "destination", "原产国": "", "指运港": "",
        "商品编码": "hs_code", "商品名称": "", "规格型号": "", "成交数量": "quantity", "成交计量单位": "quantity_unit",
        "单价": "", "总价": "value", "币制": "currency", "毛重(千克)": "", "净重(千克)": "net_weight_kg", "件数": "",
        "成交方式": "incoterm", "运输方式": "corridor", "出境关别": "customs_office", "备注": "note",
    },
    "a trade office, Chinese": {
        "序号": "", "企业名称": "company", "国别": "destination", "商品类别": "category", "年份": "year",
        "月份": "month",
        "出口额（万美元）": "value", "同比增长（%）": "stated_growth_pct", "占比": "",
    },
    "customs, Russian": {
        "Номер ДТ": "document_reference", "Дата ДТ": "period", "Отправитель": "company",
        "ИНН отправителя": "company_number",
        "Получатель": "", "Страна назначения": "destination", "Страна происхождения": "", "Код ТН ВЭД": "hs_code",
        "Описание товара": "", "Вес брутто, кг": "", "Вес нетто, кг": "net_weight_kg", "Количество": "quantity",
        "Ед. изм.": "quantity_unit", "Цена за единицу": "", "Статистическая стоимость, долл. США": "value",
        "Фактурная стоимость": "", "Валюта": "settlement_currency", "Условия поставки": "incoterm",
        "Вид транспорта": "corridor", "Таможенный орган": "customs_office", "Примечание": "note",
    },
    "a trade office, Russian": {
        "№ п/п": "", "Наименование предприятия": "company", "Товарная группа": "category", "Страна": "destination",
        "Период": "period", "Экспорт, тыс. долл. США": "value", "Темп роста, %": "stated_growth_pct", "Доля, %": "",
    },
}  # fmt: skip


@pytest.mark.parametrize("office", OFFICES)
def test_columns_of_three_languages_are_suggested_by_their_names(office: str) -> None:
    headers = list(OFFICES[office])
    found = [each.field for each in suggest(headers, (), home="CHN", language="ru").columns]
    assert dict(zip(headers, found, strict=True)) == OFFICES[office]


def test_names_written_together_are_parted_and_units_left_away() -> None:
    assert words_of("IMPORTERNAME") == ["importer", "name"]
    assert words_of("exporterName") == ["exporter", "name"]
    assert words_of("出口额(万美元)") == ["出口额"]
    assert words_of("SUMOFUSD_FOB") == ["sum", "of", "fob"]
    assert words_of("Стоимость, тыс. долл. США") == words_of("стоимости")


def test_a_name_that_says_something_else_is_none_of_ours() -> None:
    for name in ("GROSS_WEIGHT", "UNIT_PRICE", "EXPORTER_ADDRESS", "原产国", "Вес брутто", "%GTTOTALVALUE", "", "毛重"):
        assert named(name) == (), name


def test_a_taxpayers_number_is_the_exporters_only_in_a_file_of_exports() -> None:
    exports = ["TAX ID", "EXPORTER NAME", "BUYER NAME"]
    imports = ["TAX ID", "IMPORTER NAME", "SUPPLIER NAME"]
    assert (is_importers(exports), is_importers(imports)) == (False, True)
    assert suggest(exports, (), home="", language="en").columns[0].field == "company_number"
    assert suggest(imports, (), home="", language="en").columns[0].field == ""


def test_an_amount_in_dollars_before_fob_goes_before_cif() -> None:
    mapping = suggest(["CIF_VALUE_IN_USD", "FOB_VALUE", "FOB_IN_USD", "CURRENCY"], (), home="", language="zh-hans")
    assert [each.field for each in mapping.columns] == ["", "", "value", "settlement_currency"]
    assert mapping.columns[2].currency == "USD"


def test_the_header_says_scale_currency_and_unit() -> None:
    value, weight = suggest(["出口额(万美元)", "净重(吨)"], (), home="CHN", language="en").columns
    assert (value.field, value.multiplier, value.currency) == ("value", 10_000, "USD")
    assert (weight.field, weight.unit) == ("net_weight_kg", "t")


def test_year_and_month_are_taken_only_where_no_column_says_the_period() -> None:
    apart = suggest(["Year", "Month", "Company"], (), home="", language="en")
    whole = suggest(["Date", "Year", "Month"], (), home="", language="en")
    assert [each.field for each in apart.columns] == ["year", "month", "company"]
    assert [each.field for each in whole.columns] == ["period", "", ""]


@pytest.mark.django_db
def test_values_tell_what_a_name_does_not() -> None:
    headers = ["Col 1", "Col 2", "Country of origin", "Transport"]
    rows = [(2, ["Kazakhstan", "8418.21", "China", "10"]), (3, ["俄罗斯", "8450.11", "China", "40"])]
    found = suggest(headers, profiles(headers, rows), home="CHN", language="en")
    assert [each.field for each in found.columns] == ["destination", "hs_code", "", ""]


@pytest.mark.django_db
def test_a_column_of_nothing_but_home_is_no_destination() -> None:
    headers = ["Country", "Company"]
    found = suggest(headers, profiles(headers, [(2, ["China", "A"]), (3, ["China", "B"])]), home="CHN", language="en")
    assert [each.field for each in found.columns] == ["", "company"]


@pytest.mark.django_db
def test_the_style_that_a_whole_column_shows_is_set_and_another_is_left_open() -> None:
    headers = ["Value", "Quantity", "Date"]
    rows = [(2, ["1.234,5", "1.234", "05/03/2024"]), (3, ["12,5", "5.678", "17/03/2024"])]
    value, quantity, period = suggest(headers, profiles(headers, rows), home="", language="en").columns
    assert value.number_style is NumberStyle.COMMA
    assert quantity.number_style is None
    assert period.date_order is DateOrder.DMY


@pytest.mark.django_db
def test_a_file_that_names_companies_by_unknown_numbers_alone_names_them_so() -> None:
    assert not Company.objects.exists()
    headers = ["Seller ID", "HS6 Code"]
    found = suggest(headers, profiles(headers, [(2, ["0VKY2BR", "440890"])]), home="", language="en")
    assert [each.field for each in found.columns] == ["company", "hs_code"]


def test_a_name_of_two_header_rows_is_read_as_one() -> None:
    headers = ["出口 企业", "出口 国家", "商品 类别", "商品 HS编码", "出口 金额(万元)", "出口 币种", "出口 时间"]
    found = suggest(headers, (), home="", language="zh-hans")
    fields = ["company", "destination", "category", "hs_code", "value", "currency", "period"]
    assert [each.field for each in found.columns] == fields


@pytest.mark.parametrize(
    ("amount", "values", "field"),
    [
        ("金额(万元)", ["USD", "CNY"], "currency"),
        ("金额(万元人民币)", ["USD", "CNY"], "settlement_currency"),
        ("金额(万美元)", ["USD", "CNY"], "settlement_currency"),
        ("金额(万美元)", ["USD", "USD"], "currency"),
    ],
)
@pytest.mark.django_db
def test_a_column_of_currencies_is_of_the_amount_unless_the_amounts_name_says_another(
    amount: str, values: list[str], field: str
) -> None:
    headers = [amount, "币种"]
    rows = [(number, ["12.5", value]) for number, value in enumerate(values, start=2)]
    found = suggest(headers, profiles(headers, rows), home="", language="en")
    assert [each.field for each in found.columns] == ["value", field]


def test_the_newest_revision_holds_until_somebody_says_another() -> None:
    assert suggest(["HS code"], (), home="", language="en").constants == {"hs_revision": "HS2022"}
    assert suggest(["Category"], (), home="", language="en").constants == {}


def test_the_key_gives_each_field_of_a_layout_to_one_column() -> None:
    key = labels()
    fields = expected(["EXPORTER_NAME", "EXPORTER_NAME_EN", "CIF_USD", "FOB_USD", "CURRENCY", "TIN"], "import", key)
    assert fields == ["company", "", "", "value", "settlement_currency", ""]


@pytest.mark.skipif(not LAYOUTS.exists(), reason="the layouts are not part of the product")
def test_layouts_of_seventy_countries_are_suggested_rightly() -> None:
    layouts = json.loads(LAYOUTS.read_text(encoding="utf-8"))
    tallies = measured({name: layout["columns"] for name, layout in layouts.items()})
    for name, tally in tallies.items():
        assert 100 * tally.right >= LEAST_RIGHT_PCT * tally.columns, (name, tally)
        assert 100 * tally.claimed <= MOST_CLAIMED_PCT * tally.others, (name, tally)
