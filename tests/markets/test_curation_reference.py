"""Areas, currencies, groups, caveats, datasets and indicators come into the database as the tables state them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.utils import translation

from markets import sources
from markets.curation import load_reference
from markets.errors import FactsInvalid
from markets.models import (
    Area,
    AreaCaveat,
    Category,
    CategoryProduct,
    Currency,
    Dataset,
    Indicator,
    LoadedFacts,
    Membership,
    Product,
)

pytestmark = pytest.mark.django_db

CENTRAL_ASIA = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
TABLES: tuple[type[models.Model], ...] = (
    Area,
    Currency,
    Membership,
    Dataset,
    Indicator,
    Product,
    Category,
    CategoryProduct,
)


def snapshot() -> dict[str, list[dict[str, Any]]]:
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


def change(facts: Path, table: str, old: str, new: str) -> int:
    """Replace a piece of a table; the line where it stood."""
    path = facts / table
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {table}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def append(facts: Path, table: str, row: str) -> int:
    """Add a row; its line."""
    path = facts / table
    text = path.read_text(encoding="utf-8")
    path.write_text(text + row + "\n", encoding="utf-8")
    return text.count("\n") + 1


# ---------------------------------------------------------------- loading
def test_the_same_content_is_not_loaded_twice(facts: Path, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        outcome = load_reference(facts)
    assert not outcome.is_changed
    assert not outcome.counts


def test_loading_again_leaves_every_row_as_it_was() -> None:
    before = snapshot()
    caveats = list(AreaCaveat.objects.order_by("pk").values_list("area", "text_en"))
    LoadedFacts.objects.all().delete()
    assert load_reference().is_changed
    assert snapshot() == before
    assert list(AreaCaveat.objects.order_by("pk").values_list("area", "text_en")) == caveats


def test_a_table_with_a_bad_row_changes_nothing(facts: Path) -> None:
    before = snapshot()
    change(facts, "area_names.csv", '"Hong Kong, China"', "Hongkong")
    append(facts, "category_products.csv", "cosmetics,HS2022,999,,,")
    with pytest.raises(FactsInvalid):
        load_reference(facts)
    assert snapshot() == before
    assert load_reference().is_changed is False


def test_rows_that_left_the_tables_go(facts: Path) -> None:
    change(facts, "memberships.csv", "EAEU,KGZ,2015-08-12", "EAEU,KGZ,2015-08-13")
    change(facts, "category_products.csv", "cosmetics,HS2022,960330,", "cosmetics,HS2022,960340,")
    path = facts / "area_caveats.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    assert load_reference(facts).is_changed
    assert Membership.objects.get(group="EAEU", member="KGZ").from_on == dt.date(2015, 8, 13)
    codes = CategoryProduct.objects.filter(category="cosmetics").values_list("product__code", flat=True)
    assert "960340" in codes
    assert "960330" not in codes
    assert not AreaCaveat.objects.exists()


def test_an_indicator_that_left_the_table_stays_while_a_theme_needs_it(facts: Path) -> None:
    path = facts / "indicators.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    left = ("SP.URB.TOTL.IN.ZS,", "LP.LPI.INFR.XQ,")
    assert sum(line.startswith(left) for line in lines) == 2
    path.write_text("".join(line for line in lines if not line.startswith(left)), encoding="utf-8")
    load_reference(facts)
    assert not Indicator.objects.filter(code="SP.URB.TOTL.IN.ZS").exists()
    assert Indicator.objects.filter(code="LP.LPI.INFR.XQ").exists()


# ---------------------------------------------------------------- areas and currencies
@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("TWN", ("Taiwan, China", "中国台湾", "Тайвань (Китай)")),
        ("HKG", ("Hong Kong, China", "中国香港", "Гонконг (Китай)")),
        ("KGZ", ("Kyrgyzstan", "吉尔吉斯斯坦", "Кыргызстан")),
        ("KAZ", ("Kazakhstan", "哈萨克斯坦", "Казахстан")),
    ],
)
def test_reviewed_names_stand_before_those_of_cldr(code: str, names: tuple[str, ...]) -> None:
    area = Area.objects.get(code=code)
    assert (area.name_en, area.name_zh, area.name_ru) == names
    with translation.override("zh-hans"):
        assert area.name == names[1]


def test_every_area_and_currency_has_a_name_in_three_languages() -> None:
    for table in (Area, Currency):
        nameless = table.objects.filter(name_en="") | table.objects.filter(name_zh="")
        assert not (nameless | table.objects.filter(name_ru="")).exists()


def test_kazakhstan_has_its_codes_currency_and_clock() -> None:
    area = Area.objects.select_related("currency").get(code="KAZ")
    assert (area.iso2, area.m49, area.subregion) == ("KZ", "398", "central-asia")
    assert area.timezone == "Asia/Almaty"
    assert area.currency is not None
    assert (area.currency.code, area.currency.minor_digits) == ("KZT", 2)
    assert Area.objects.get(code="AFG").m49 == "004"
    assert Currency.objects.get(code="JPY").minor_digits == 0


def test_groups_are_marked_as_aggregates_and_countries_are_not() -> None:
    aggregates = set(Area.objects.filter(is_aggregate=True).values_list("code", flat=True))
    assert {"WLD", "CA5", "EAEU", "WTO", "HIC", "UMC", "LMC", "LIC"} <= aggregates
    assert not aggregates & {"KAZ", "CHN", "TWN", "HKG", "XKX"}
    assert not Area.objects.filter(is_aggregate=True).exclude(iso2="").exists()
    assert Area.objects.filter(is_aggregate=False, kind="country").count() == 250


# ---------------------------------------------------------------- groups
def test_the_five_are_central_asia() -> None:
    members = Membership.objects.filter(group="CA5").values_list("member", flat=True)
    assert set(members) == CENTRAL_ASIA


@pytest.mark.parametrize(
    ("group", "days"),
    [
        ("EAEU", {"KAZ": dt.date(2015, 1, 1), "KGZ": dt.date(2015, 8, 12)}),
        (
            "WTO",
            {
                "KAZ": dt.date(2015, 11, 30),
                "KGZ": dt.date(1998, 12, 20),
                "TJK": dt.date(2013, 3, 2),
                "CHN": dt.date(2001, 12, 11),
            },
        ),
    ],
)
def test_the_six_joined_the_unions_on_their_days(group: str, days: dict[str, dt.date]) -> None:
    six = Membership.objects.filter(group=group, member__in=[*CENTRAL_ASIA, "CHN"], to_on=None)
    assert dict(six.values_list("member", "from_on")) == days
    assert not six.filter(citation="").exists()


# ---------------------------------------------------------------- caveats, datasets, indicators
def test_dollar_values_of_turkmenistan_may_not_be_ranked() -> None:
    caveats = AreaCaveat.objects.filter(area="TKM", is_rankable=False)
    assert any(caveat.covers("NY.GDP.MKTP.CD", "2023") for caveat in caveats)
    assert not any(caveat.covers("SP.POP.TOTL", "2023") for caveat in caveats)


def test_the_caveat_on_uzbek_dollars_ends_with_the_official_rate() -> None:
    caveats = [c for c in AreaCaveat.objects.filter(area="UZB") if c.covers("NY.GDP.PCAP.CD", "2016")]
    assert caveats
    assert not any(caveat.covers("NY.GDP.PCAP.CD", "2018") for caveat in caveats)


def test_datasets_say_what_their_cards_say() -> None:
    assert set(Dataset.objects.values_list("id", flat=True)) == {c.id for c in sources.cards()}
    card = sources.card("worldbank")
    dataset = Dataset.objects.get(id="worldbank")
    assert (dataset.licence, dataset.citation) == (card.licence, card.citation)
    assert dataset.refresh_every == card.refresh_every


def test_at_least_forty_world_bank_series_are_registered() -> None:
    assert Indicator.objects.filter(dataset="worldbank").count() >= 40
    assert Indicator.objects.filter(is_headline=True).count() == 8
    gdp = Indicator.objects.get(code="NY.GDP.MKTP.CD")
    assert (gdp.unit, gdp.direction) == ("usd", "up")
    with translation.override("ru"):
        assert gdp.name == "ВВП"


# ---------------------------------------------------------------- bad rows
@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        ("areas.csv", "kaz,KZ,398,KZT,central-asia,Asia/Almaty,", "capital letters"),
        ("areas.csv", "KAZ,KZ,398,KZT,central-asia,Asia/Almaty,", "stands already"),
        ("areas.csv", "QQQ,QQ,39,KZT,,,", "three digits"),
        ("areas.csv", "QQQ,QQ,,KZT,,,", "no English name"),
        ("areas.csv", "QQQ,KZ,,QQQ,,,", "no English name"),
        ("areas.csv", "QQQ,KZ", "fields"),
        ("area_names.csv", "QQQ,Nowhere,,,", "in no table of areas"),
        ("groups.csv", "KAZ,Kazakhstan,,,region,,,,", "country or area already"),
        ("groups.csv", "QQQ,,,,region,,,,", "name_en"),
        ("memberships.csv", "KAZ,UZB,,,nobody,,,,", "group 'KAZ' is not known"),
        ("memberships.csv", "EAEU,QQQ,,,nobody,,,,", "member 'QQQ' is not known"),
        ("memberships.csv", "EAEU,EAEU,,,nobody,,,,", "member of itself"),
        ("memberships.csv", "EAEU,UZB,2020-13-01,,nobody,,,,", "write a day"),
        ("memberships.csv", "EAEU,UZB,2020-02-01,2019-01-01,nobody,,,,", "before from_on"),
        ("memberships.csv", "EAEU,UZB,2020-02-01,,,,,,", "citation is empty"),
        ("memberships.csv", "EAEU,KAZ,2015-01-01,,nobody,,,,", "stands already"),
        ("area_caveats.csv", "KAZ,a*b,,,1,Text,,,", "neither a code nor a prefix"),
        ("area_caveats.csv", "KAZ,,20-01,,1,Text,,,", "period_from"),
        ("area_caveats.csv", "KAZ,,,,maybe,Text,,,", "write 1 or 0"),
        ("area_caveats.csv", "KAZ,,,,1,,,,", "text_en"),
        ("indicators.csv", "Q,nowhere,size,Name,,,usd,0,up,,,,,,,0,1", "dataset 'nowhere'"),
        ("indicators.csv", "Q,worldbank,size,Name,,,usd,-1,up,,,,,,,0,1", "whole number"),
        ("indicators.csv", "Q,worldbank,size,Name,,,usd,0,sideways,,,,,,,0,1", "direction"),
        ("indicators.csv", "Q,worldbank,size,,,,usd,0,up,,,,,,,0,1", "name_en"),
    ],
)
def test_a_bad_row_is_named_by_table_and_line(facts: Path, table: str, row: str, reason: str) -> None:
    line = append(facts, table, row)
    with pytest.raises(FactsInvalid, match=reason) as raised:
        load_reference(facts)
    assert (raised.value.context["table"], raised.value.context["line"]) == (table, line)


def test_a_missing_table_is_named(facts: Path) -> None:
    (facts / "groups.csv").unlink()
    with pytest.raises(FactsInvalid, match=r"groups\.csv.*the file is missing"):
        load_reference(facts)


def test_a_missing_column_is_named(facts: Path) -> None:
    change(facts, "groups.csv", "name_zh,", "name_cn,")
    with pytest.raises(FactsInvalid, match="no column name_zh") as raised:
        load_reference(facts)
    assert raised.value.context["line"] == 1


def test_a_table_that_is_not_utf_8_is_named(facts: Path) -> None:
    path = facts / "groups.csv"
    path.write_bytes(path.read_bytes() + "Q,Имя,,,region,,,,\n".encode("cp1251"))
    with pytest.raises(FactsInvalid, match=r"groups\.csv.*utf-8"):
        load_reference(facts)
