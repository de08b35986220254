"""Areas, groups, documents, themes and category facts as bundled: complete, consistent and with a source each."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pycountry
import pytest

FACTS = Path(__file__).resolve().parents[2] / "markets" / "facts"
CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
SIX = (*CENTRAL_ASIA, "CHN")
INCOME = ("HIC", "UMC", "LMC", "LIC")
LANGUAGES = ("en", "zh", "ru")
DOCUMENTS = ("S0", "S1", "S2", "S3", "S4")
# Lines of each document, counted from 1: a locator past the end points nowhere.
DOCUMENT_LINES = {"S0": 40, "S1": 22, "S2": 25, "S3": 11, "S4": 21}
THEMES = (
    "energy",
    "green",
    "water-agriculture",
    "infrastructure",
    "digital",
    "consumers",
    "logistics",
    "industry",
    "china-buys",
)
CATEGORIES = (
    "appliances",
    "cosmetics",
    "chemicals",
    "machinery",
    "vehicles",
    "steel",
    "textiles",
    "garments",
    "electronics",
    "construction-materials",
    "medical",
    "consumer-goods",
    "hardware",
    "farm-products",
    "food",
    "energy",
    "minerals",
    "metals",
    "new-three",
    "electromechanical",
    "hi-tech",
)
FIELDS = (
    "demand",
    "price_quality",
    "settlement_currency",
    "route",
    "tariff",
    "tariff_average",
    "conformity_marking",
    "vat",
    "suppliers",
    "imports",
)
SOURCE_KINDS = ("document", "law", "organisation", "statistics")
HEADERS = {
    "category_products.csv": "category,classification,code,note_en,note_zh,note_ru",
    "area_names.csv": "code,name_en,name_zh,name_ru,note",
    "areas.csv": "code,iso2,m49,currency,subregion,timezone,note",
    "groups.csv": "code,name_en,name_zh,name_ru,kind,definition_en,definition_zh,definition_ru,citation",
    "memberships.csv": "group,member,from_on,to_on,citation,licence,note_en,note_zh,note_ru",
    "area_caveats.csv": "area,indicators,period_from,period_to,is_rankable,text_en,text_zh,text_ru,citation",
    "documents.csv": (
        "code,publisher,title,published_on,published_note_en,published_note_zh,published_note_ru,kind,language,note"
    ),
    "themes.csv": (
        "slug,name_en,name_zh,name_ru,description_en,description_zh,description_ru,"
        "indicator,comparator,threshold,rule_en,rule_zh,rule_ru,sort"
    ),
    "theme_products.csv": "theme,classification,code,note_en,note_zh,note_ru",
    "theme_statements.csv": "theme,area,document,locator,text_en,text_zh,text_ru,scope",
    "market_characters.csv": "area,document,locator,text_en,text_zh,text_ru,is_stated",
    "category_facts.csv": (
        "category,area,field,text_en,text_zh,text_ru,value,unit,period,source_kind,source,locator,source_on,licence"
    ),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
PERIOD = re.compile(r"\d{4}|\d{4}-01/\d{4}-(0[1-9]|1[0-2])|\d{4}-\d{2}-\d{2}")

Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (FACTS / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def area_codes() -> set[str]:
    return {row["code"] for row in table("areas.csv")}


def members(group: str, on: str) -> set[str]:
    """Members on a day; to_on is the first day on which a membership no longer holds."""
    return {
        row["member"]
        for row in table("memberships.csv")
        if row["group"] == group and row["from_on"] <= on and (not row["to_on"] or row["to_on"] > on)
    }


def assert_place_exists(document: str, locator: str) -> None:
    found = re.fullmatch(r"(S\d):L(\d+)", locator)
    assert found is not None, locator
    assert found[1] == document, locator
    assert 1 <= int(found[2]) <= DOCUMENT_LINES[document], locator


# ---------------------------------------------------------------- form
@pytest.mark.parametrize("name", HEADERS)
def test_tables_are_utf8_with_lf_and_the_agreed_header(name: str) -> None:
    body = (FACTS / name).read_bytes()
    assert b"\r" not in body
    assert not body.startswith(b"\xef\xbb\xbf")
    assert body.endswith(b"\n")
    assert body.decode("utf-8").split("\n", 1)[0] == HEADERS[name]
    assert all(None not in row and None not in row.values() for row in table(name))
    assert all(value == value.strip() for row in table(name) for value in row.values())


@pytest.mark.parametrize("name", HEADERS)
def test_no_row_stands_twice(name: str) -> None:
    rows = [tuple(row.values()) for row in table(name)]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", [name for name in HEADERS if name != "area_names.csv"])
def test_every_text_stands_in_three_languages(name: str) -> None:
    stems = {column.removesuffix("_en") for column in HEADERS[name].split(",") if column.endswith("_en")}
    for row in table(name):
        for stem in stems:
            texts = [row[f"{stem}_{language}"] for language in LANGUAGES]
            if stem in ("note", "published_note") and not any(texts):
                continue  # a remark is needed in every language or in none
            assert all(texts), row
            assert CHINESE.search(texts[1]), texts
            assert CYRILLIC.search(texts[2]), texts
            assert not CHINESE.search(texts[0] + texts[2]), texts
            assert not CYRILLIC.search(texts[0] + texts[1]), texts


# ---------------------------------------------------------------- areas
def test_areas_are_those_of_iso_3166_and_kosovo() -> None:
    areas = {row["code"]: row for row in table("areas.csv")}
    assert len(areas) == len(table("areas.csv"))
    assert set(areas) == {country.alpha_3 for country in pycountry.countries} | {"XKX"}
    for country in pycountry.countries:
        assert areas[country.alpha_3]["iso2"] == country.alpha_2
        assert areas[country.alpha_3]["m49"] == country.numeric
    assert areas["XKX"]["iso2"] == "XK"
    assert areas["XKX"]["m49"] == ""
    assert areas["XKX"]["note"]


def test_areas_have_a_currency_a_subregion_and_a_clock() -> None:
    for row in table("areas.csv"):
        assert re.fullmatch(r"([A-Z]{3})?", row["currency"]), row
        assert re.fullmatch(r"([a-z]+(-[a-z]+)*)?", row["subregion"]), row
        assert re.fullmatch(r"([A-Za-z]+(/[A-Za-z_-]+)+)?", row["timezone"]), row
    nowhere = {row["code"] for row in table("areas.csv") if not (row["currency"] and row["subregion"])}
    assert nowhere == {"ATA"}


def test_the_six_have_their_currency_and_clock() -> None:
    areas = {row["code"]: row for row in table("areas.csv")}
    assert {code: (areas[code]["currency"], areas[code]["timezone"]) for code in SIX} == {
        "KAZ": ("KZT", "Asia/Almaty"),
        "KGZ": ("KGS", "Asia/Bishkek"),
        "TJK": ("TJS", "Asia/Dushanbe"),
        "TKM": ("TMT", "Asia/Ashgabat"),
        "UZB": ("UZS", "Asia/Tashkent"),
        "CHN": ("CNY", "Asia/Shanghai"),
    }
    assert {code for code, row in areas.items() if row["subregion"] == "central-asia"} == set(CENTRAL_ASIA)


def test_reviewed_names_are_of_known_areas_and_say_why() -> None:
    names = {row["code"]: row for row in table("area_names.csv")}
    assert len(names) == len(table("area_names.csv"))
    assert set(names) <= area_codes()
    assert all(row["note"] and row["name_en"] and row["name_zh"] and row["name_ru"] for row in names.values())
    reviewed = ("name_en", "name_zh", "name_ru")
    assert [names["TWN"][column] for column in reviewed] == ["Taiwan, China", "中国台湾", "Тайвань (Китай)"]
    assert [names["HKG"][column] for column in reviewed] == ["Hong Kong, China", "中国香港", "Гонконг (Китай)"]
    assert names["KGZ"]["name_ru"] == "Кыргызстан"
    for language in LANGUAGES:
        shown = [row[f"name_{language}"] for row in names.values()]
        assert len(shown) == len(set(shown))


# ---------------------------------------------------------------- groups
def test_groups_are_no_areas_and_their_members_are() -> None:
    groups = {row["code"] for row in table("groups.csv")}
    assert groups == {"WLD", "CA5", "EAEU", "WTO", "SCO", "EU27", *INCOME}
    assert not groups & area_codes()
    kinds = {row["kind"] for row in table("groups.csv")}
    assert kinds <= {"region", "union", "organisation", "income", "world"}
    for row in table("memberships.csv"):
        assert row["group"] in groups, row
        assert row["member"] in area_codes(), row


def test_memberships_have_days_and_a_citation() -> None:
    for row in table("memberships.csv"):
        assert row["citation"], row
        assert row["licence"], row
        days = [dt.date.fromisoformat(row[column]) for column in ("from_on", "to_on") if row[column]]
        assert all(earlier < later for earlier, later in pairwise(days)), row
        assert row["from_on"] or row["note_en"], row


def test_members_of_the_unions_on_a_day() -> None:
    assert members("CA5", "2026-01-01") == set(CENTRAL_ASIA)
    assert members("EAEU", "2015-01-01") == {"BLR", "KAZ", "RUS"}
    assert members("EAEU", "2015-08-12") == {"ARM", "BLR", "KAZ", "KGZ", "RUS"}
    assert len(members("EU27", "2026-01-01")) == 27
    assert len(members("SCO", "2026-01-01")) == 10
    assert members("WLD", "2026-01-01") == set()


def test_the_world_trade_organization_has_166_members_with_the_european_union() -> None:
    joined = {row["member"]: row["from_on"] for row in table("memberships.csv") if row["group"] == "WTO"}
    assert len(joined) + 1 == 166
    assert {code: joined.get(code) for code in SIX} == {
        "KAZ": "2015-11-30",
        "KGZ": "1998-12-20",
        "TJK": "2013-03-02",
        "TKM": None,
        "UZB": None,
        "CHN": "2001-12-11",
    }
    assert members("WTO", "1995-01-01") >= {"HKG", "MAC", "DEU", "USA"}
    assert "RUS" not in members("WTO", "2012-08-21")
    assert "RUS" in members("WTO", "2012-08-22")


def test_income_groups_never_overlap() -> None:
    groups = [members(group, "2025-07-01") for group in INCOME]
    assert [len(group) for group in groups] == [86, 54, 50, 25]
    assert len(set.union(*groups)) == 86 + 54 + 50 + 25
    assert {code: group for group in INCOME for code in members(group, "2026-07-01") if code in SIX} == {
        "KAZ": "UMC",
        "KGZ": "LMC",
        "TJK": "LMC",
        "TKM": "UMC",
        "UZB": "LMC",
        "CHN": "UMC",
    }


def test_caveats_bar_the_rank_of_turkmen_dollars_and_warn_of_uzbek_ones() -> None:
    caveats = table("area_caveats.csv")
    for row in caveats:
        assert row["area"] in area_codes(), row
        assert row["is_rankable"] in ("0", "1"), row
        assert row["citation"], row
        assert all(re.fullmatch(r"[\w.]+\*?", code) for code in row["indicators"].split()), row
        assert all(re.fullmatch(r"(\d{4})?", row[column]) for column in ("period_from", "period_to")), row
    barred = {code for row in caveats if row["is_rankable"] == "0" for code in row["indicators"].split()}
    assert {row["area"] for row in caveats if row["is_rankable"] == "0"} == {"TKM"}
    assert {"NY.GDP.MKTP.CD", "NY.GDP.PCAP.CD"} <= barred
    assert not [code for code in barred if ".PP." in code]
    uzbek = [row for row in caveats if row["area"] == "UZB" and "NY.GDP.MKTP.CD" in row["indicators"].split()]
    assert [row["period_to"] for row in uzbek] == ["2017"]
    assert any("5.35" in row["text_en"] and "19.72" in row["text_en"] for row in caveats if row["area"] == "KGZ")


# ---------------------------------------------------------------- documents and themes
def test_documents_have_a_day_or_say_what_is_known_of_it() -> None:
    documents = {row["code"]: row for row in table("documents.csv")}
    assert tuple(documents) == DOCUMENTS
    for row in documents.values():
        assert bool(row["published_on"]) != bool(row["published_note_en"]), row
        assert row["publisher"], row
        assert row["title"], row
        assert row["note"], row
    assert documents["S0"]["published_on"] == "2025-06-17"
    assert documents["S2"]["published_on"] == "2025-06-16"


def test_themes_have_a_whole_rule_or_none() -> None:
    indicators = {row["code"] for row in table("indicators.csv")}
    themes = table("themes.csv")
    assert tuple(row["slug"] for row in themes) == THEMES
    assert [int(row["sort"]) for row in themes] == sorted({int(row["sort"]) for row in themes})
    for row in themes:
        parts = (row["indicator"], row["comparator"], row["threshold"])
        if not any(parts):
            assert row["slug"] == "china-buys"
            continue
        assert row["indicator"] in indicators, row
        assert row["comparator"] in (">", "<", ">=", "<="), row
        threshold = Decimal(row["threshold"])
        said = row["rule_en"].replace(",", "")
        assert f"{threshold.normalize():f}" in said, row


def test_theme_products_are_codes_of_two_four_or_six_digits() -> None:
    rows = table("theme_products.csv")
    assert {row["theme"] for row in rows} == set(THEMES)
    assert len({(row["theme"], row["code"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["classification"] == "HS2022", row
        assert re.fullmatch(r"\d{2}(\d{2}){0,2}", row["code"]), row


def test_statements_name_a_place_and_a_region_is_never_shown_as_a_market() -> None:
    rows = table("theme_statements.csv")
    assert {row["theme"] for row in rows} == set(THEMES)
    assert {row["area"] for row in rows} <= {*SIX, "CA5"}
    assert len({(row["theme"], row["area"], row["locator"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["scope"] == ("region" if row["area"] == "CA5" else "market"), row
        assert_place_exists(row["document"], row["locator"])


def test_what_the_documents_say_of_single_markets() -> None:
    said = {(row["theme"], row["area"], row["locator"]) for row in table("theme_statements.csv")}
    assert ("green", "KAZ", "S1:L20") in said
    assert ("green", "UZB", "S1:L20") in said
    assert ("logistics", "KGZ", "S1:L22") in said
    # Resources, people and a list of purchases are a market's character; they are no demand for a theme's goods.
    assert not {place for place in said if place[2] in ("S1:L22", "S3:L5") and place[0] in ("energy", "consumers")}
    # China's own want of energy is what it buys, not power equipment to sell it.
    assert ("china-buys", "CHN", "S4:L15") in said
    assert not {place for place in said if place[0] == "energy" and place[1] != "CA5"}
    assert ("energy", "CA5", "S0:L19") in said
    assert not [place for place in said if place[1] == "TKM"]


def test_characters_say_of_tajikistan_and_turkmenistan_that_nothing_is_stated() -> None:
    rows = table("market_characters.csv")
    for row in rows:
        assert_place_exists(row["document"], row["locator"])
        assert row["is_stated"] in ("0", "1"), row
    stated = {row["area"] for row in rows if row["is_stated"] == "1"}
    assert stated == {"KAZ", "KGZ", "UZB", "CHN"}
    assert {row["area"] for row in rows if row["is_stated"] == "0"} == {"TJK", "TKM"}


# ---------------------------------------------------------------- category cards
def test_category_facts_use_known_codes_and_carry_a_source() -> None:
    for row in table("category_facts.csv"):
        assert row["category"] in ("", *CATEGORIES), row
        assert row["area"] in {*SIX, "CA5"}, row
        assert row["field"] in FIELDS, row
        assert row["source_kind"] in SOURCE_KINDS, row
        assert row["source"], row
        assert row["locator"], row
        assert row["licence"], row
        assert re.fullmatch(r"(\d{4}-\d{2}-\d{2})?", row["source_on"]), row


def test_a_value_has_a_unit_and_a_period_in_our_form() -> None:
    for row in table("category_facts.csv"):
        assert bool(row["value"]) == bool(row["unit"]), row
        if row["value"]:
            assert Decimal(row["value"]).is_finite(), row
            assert row["period"], row
        if row["period"]:
            assert PERIOD.fullmatch(row["period"]), row


def test_facts_of_documents_carry_the_day_of_their_document() -> None:
    published = {row["code"]: row["published_on"] for row in table("documents.csv")}
    for row in table("category_facts.csv"):
        if row["source_kind"] == "document":
            assert_place_exists(row["source"], row["locator"])
            assert row["source_on"] == published[row["source"]], row
        else:
            assert row["source"] not in DOCUMENTS, row


def test_value_added_tax_of_the_six() -> None:
    rates = {
        (row["area"], row["period"]): row["value"]
        for row in table("category_facts.csv")
        if row["field"] == "vat" and not row["category"]
    }
    assert {area for area, _period in rates} == set(SIX)
    assert rates["KAZ", "2026-01-01"] == "16"
    assert rates["KAZ", "2009-01-01"] == "12"
    assert [rate for (area, _period), rate in rates.items() if area == "CHN"] == ["13"]


def test_the_conformity_mark_of_the_union_is_claimed_for_its_members_only() -> None:
    marked = {
        row["area"]
        for row in table("category_facts.csv")
        if row["field"] == "conformity_marking" and "EAC" in row["text_en"]
    }
    assert marked == {"KAZ", "KGZ"}
    assert marked == members("EAEU", "2026-01-01") & set(SIX)


def test_powder_puffs_and_brushes_are_not_taken_for_chapter_33() -> None:
    texts = [row["text_en"] for row in table("category_facts.csv") if row["category"] == "cosmetics"]
    assert any("961620" in text and "960330" in text and "chapter 33" in text for text in texts)


def test_facts_of_the_three_cards_the_market_asks_for() -> None:
    loaded = {(row["category"], row["field"]) for row in table("category_facts.csv")}
    assert {("appliances", field) for field in ("demand", "price_quality", "suppliers", "imports", "route")} <= loaded
    assert {("cosmetics", field) for field in ("demand", "price_quality", "settlement_currency", "route")} <= loaded
    assert {("chemicals", field) for field in ("suppliers", "route")} <= loaded
