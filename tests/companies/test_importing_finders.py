"""What names of places, goods, currencies and terms are found to mean, and what is only suggested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from companies.importing.meaning import goods, places, terms
from companies.importing.meaning.finding import Finder
from companies.importing.meaning.garbled import repaired
from companies.importing.meaning.unread import Unread, sentence
from markets.models import Product
from markets.search import rebuild_index

# All of them, for those with real transactions empty the tables that the others read.
pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class World:
    """The finders as they are with all words loaded."""

    places: Finder
    categories: Finder
    currencies: Finder
    codes: goods.HsCodes


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> World:  # noqa: ARG001 the tables first
    """Made once: the index of words takes seconds, and what finders know of it never changes. Nothing of it is kept."""
    with django_db_blocker.unblock(), transaction.atomic():
        rebuild_index()
        finders = World(places.places(), goods.categories(), terms.currencies(), goods.hs_codes())
        transaction.set_rollback(True)
    return finders


def nearest(finder: Finder, text: str) -> list[str]:
    """What is suggested where nothing is found; a suggestion is never a match."""
    assert finder.found(text) is None
    return [near.code for near in finder.near(text)]


# ---------------------------------------------------------------- places
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Russia", "RUS"), ("РФ", "RUS"), ("俄罗斯联邦", "RUS"), ("Russian Federation", "RUS"), ("俄罗斯", "RUS"),
        ("  russia ", "RUS"), ("RU", "RUS"), ("RUS", "RUS"), ("643", "RUS"),
        ("Russia (RF)", "RUS"), ("俄罗斯*", "RUS"), ("Russia¹", "RUS"), ("Russia 2)", "RUS"), ("俄罗斯/Russia", "RUS"),
        ("KZ - Kazakhstan", "KAZ"), ("Казахстан (KAZ)", "KAZ"), ("398 Kazakhstan", None),
        ("NA", "NAM"), ("na", "NAM"), ("Namibia", "NAM"), ("Намибия", "NAM"), ("纳米比亚", "NAM"),
        ("n/a", None), ("N/A", None), ("n.a.", None), ("#N/A", None), ("—", None), ("", None), ("-", None),
        ("4", "AFG"), ("004", "AFG"), ("AFG", "AFG"),
        ("南韩", "KOR"), ("韩国", "KOR"), ("大韩民国", "KOR"), ("South Korea", "KOR"), ("Korea, Rep.", "KOR"),
        ("Республика Корея", "KOR"), ("КНДР", "PRK"), ("Korea (North)", "PRK"), ("朝鲜", "PRK"),
        ("哈萨克", "KAZ"), ("哈薩克斯坦", "KAZ"), ("Қазақстан", "KAZ"), ("Казахстан", "KAZ"),
        ("Côte d'Ivoire", "CIV"), ("Cote d’Ivoire", "CIV"), ("COTE D'IVOIRE", "CIV"), ("科特迪瓦", "CIV"),
        ("Türkiye", "TUR"), ("TURKEY", "TUR"), ("USA", "USA"), ("U.S.A.", "USA"), ("ＵＳＡ", "USA"), ("США", "USA"),
        ("刚果（金）", "COD"), ("Congo (Kinshasa)", "COD"), ("台湾", "TWN"),
        ("Congo (COG)", "COG"), ("Korea (KOR)", "KOR"), ("中国香港", "HKG"),
        ("EU", "EU27"), ("ЕС", "EU27"), ("欧盟", "EU27"), ("European Union", "EU27"), ("EAEU", "EAEU"),
        ("ЕАЭС", "EAEU"),
        ("Central Asia", "CA5"), ("中亚", "CA5"), ("Средняя Азия", "CA5"), ("World", "WLD"),
    ],
)  # fmt: skip
def test_a_place_is_found_by_its_names_letters_and_numbers(world: World, text: str, code: str | None) -> None:
    assert world.places.found(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kazahstan", "KAZ"), ("Kasachstan", "KAZ"), ("Узбекистон", "UZB"), ("Uzbekstan", "UZB"), ("Kirgistan", "KGZ"),
        ("大韩", "KOR"), ("南韩国", "KOR"), ("土尔其", "TUR"), ("哈撒克斯坦", "KAZ"), ("阿联", "ARE"),
        ("Tashkent, Uzbekistan", "UZB"), ("吉尔吉斯斯坦共和国", "KGZ"), ("C\ufffdte d'Ivoire", "CIV"),
        ("C?te d'Ivoire", "CIV"),
        ("Kazakhstan Rep", "KAZ"), ("Korea Nth", "PRK"),
    ],
)  # fmt: skip
def test_what_is_only_like_a_place_is_suggested_and_not_taken(world: World, text: str, code: str) -> None:
    assert nearest(world.places, text)[0] == code


@pytest.mark.parametrize(
    ("name", "was", "read_as"),
    [
        ("Côte d'Ivoire", "utf-8", "cp1252"),
        ("Côte d'Ivoire", "utf-8", "latin-1"),
        ("Россия", "utf-8", "cp1251"),
        ("Россия", "utf-8", "latin-1"),
        ("Казахстан", "cp1251", "cp1252"),
        ("Казахстан", "cp1251", "koi8-r"),
        ("Казахстан", "koi8-r", "cp1251"),
        ("哈萨克斯坦", "gb18030", "cp1252"),
        ("哈萨克斯坦", "utf-8", "latin-1"),
        ("乌兹别克斯坦", "utf-8", "gb18030"),
    ],
)
def test_a_place_garbled_by_a_wrong_encoding_is_suggested(world: World, name: str, was: str, read_as: str) -> None:
    garbled = name.encode(was).decode(read_as)
    assert name in repaired(garbled)
    assert nearest(world.places, garbled)[0] == world.places.found(name)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Korea", {"KOR", "PRK"}),
        ("Корея", {"KOR", "PRK"}),
        ("Congo", {"COG", "COD"}),
        ("刚果", {"COG", "COD"}),
        ("Guinea", {"GIN", "GNB", "GNQ"}),
        ("Virgin Islands", {"VGB", "VIR"}),
        ("China (Hong Kong)", {"HKG"}),
        ("Kazakhstan/Uzbekistan", {"KAZ", "UZB"}),
    ],
)
def test_a_name_of_several_places_is_asked_about(world: World, text: str, codes: set[str]) -> None:
    assert set(nearest(world.places, text)) == codes


@pytest.mark.parametrize(
    "town",
    "Shanghai 上海 广州 深圳 Busan Almaty Алматы Москва Tashkent Ташкент Hamburg Rotterdam Mersin Odessa Tianjin"
    " Qingdao Beijing 北京 Khorgos Хоргос Владивосток Novorossiysk Istanbul Karachi Urumqi 乌鲁木齐 义乌"
    " CIS СНГ 独联体".split(),
)
def test_towns_and_what_is_no_market_suggest_nothing(world: World, town: str) -> None:
    assert nearest(world.places, town) == []


def test_suggestions_speak_the_language_of_the_reader(world: World) -> None:
    shown = {}
    for language in ("en", "zh-hans", "ru"):
        with translation.override(language):
            shown[language] = world.places.near("大韩")[0].label
    assert shown == {"en": "South Korea", "zh-hans": "韩国", "ru": "Южная Корея"}


def test_places_need_few_questions_to_the_database(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        finder = places.places()
        for number in range(20):
            finder.found(f"Kazakhstan {number}")
            finder.near(f"Kazahstan {number}")


# ---------------------------------------------------------------- goods
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("appliances", "appliances"), ("Home appliances", "appliances"), ("家电", "appliances"),
        ("家用电器", "appliances"),
        ("Бытовая техника", "appliances"), ("white goods", "appliances"), ("服装", "garments"), ("Одежда", "garments"),
        ("nothing of ours", None),
    ],
)  # fmt: skip
def test_a_category_is_found_by_its_names(world: World, text: str, slug: str | None) -> None:
    assert world.categories.found(text) == slug


def test_a_word_of_two_categories_is_asked_about(world: World) -> None:
    assert {"machinery", "vehicles"} <= set(nearest(world.categories, "машины"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("841821", "841821"), ("8418.21", "841821"), ("8418 21", "841821"), ("84.18.21", "841821"),
        ("8418-21", "841821"),
        ("８４１８．２１", "841821"), ("01.01.21", "010121"), ("0101.21", "010121"), ("6109.10", "610910"),
        ("84182100", "84182100"), ("8418210000", "8418210000"), ("8418 21 000 0", "8418210000"),
        ("ТН ВЭД 8418 21 000 0", "8418210000"), ("HS 8418.21", "841821"), ("HS code: 841821", "841821"),
        ("税号8418.21", "841821"), ("84", "84"), ("8418", "8418"), ("8418.0", "8418"), ("841821.0", "841821"),
        (" 0409 ", "0409"),
    ],
)  # fmt: skip
def test_a_code_is_read_with_all_its_digits(world: World, text: str, code: str) -> None:
    read = world.codes.read(text, "HS2022")
    assert (read.code, read.warnings) == (code, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1012100", "01012100"), ("10121", "010121"), ("409", "0409"), ("9", "09"), ("101210000", "0101210000"),
        ("6109.1", "610910"), ("101.21", "010121"), ("1.01.21", "010121"), ("409.0", "0409"), ("10121.0", "010121"),
        ("8418.2100", None), ("409.00", "040900"),
    ],
)  # fmt: skip
def test_a_lost_zero_is_put_back_and_told(world: World, text: str, code: str | None) -> None:
    read = world.codes.read(text, "HS2022")
    if code is None:
        assert read.warnings == ()
        return
    assert read.code == code
    assert [(each.code, each.context["after"]) for each in read.warnings] == [("zero_restored", code)]
    assert code in sentence(read.warnings[0].code, read.warnings[0].context)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "hs_not_digits"),
        ("", "hs_not_digits"),
        ("841821; 841829", "hs_not_digits"),
        ("8418x21", "hs_not_digits"),
        ("841821000012", "hs_length"),
        ("989898", "hs_unknown"),
        ("84182", "hs_unknown"),  # 08 41 82 is no code: no zero is put where it makes none
        ("8418.2", "hs_unknown"),  # nor is 8418.20
        ("8541400000", "hs_unknown"),  # solar cells have other codes since 2022
    ],
)
def test_what_is_no_code_is_told(world: World, text: str, code: str) -> None:
    with pytest.raises(Unread) as told:
        world.codes.read(text, "HS2022")
    assert told.value.code == code
    assert sentence(told.value.code, told.value.context)


def test_the_heading_of_an_unknown_subheading_is_suggested(world: World) -> None:
    codes = world.codes
    assert [near.code for near in codes.near("854140", "HS2022")] == ["8541"]
    assert codes.near("abc", "HS2022") == []


def test_a_code_of_another_revision_is_told_with_the_revisions_that_have_it() -> None:
    Product.objects.create(classification="HS2017", code="854140", label_en="Photosensitive semiconductor devices")
    codes = goods.hs_codes()
    assert codes.read("8541.40", "HS2017").code == "854140"
    assert codes.read("8541.40", "").code == "854140"
    with pytest.raises(Unread) as told:
        codes.read("8541.40", "HS2022")
    assert (told.value.code, told.value.context["revisions"]) == ("hs_other_revision", ["HS2017"])
    assert "HS2017" in sentence(told.value.code, told.value.context)


def test_a_code_of_a_revision_that_is_not_loaded_is_kept_and_no_zero_is_guessed(world: World) -> None:
    codes = world.codes
    assert codes.read("854140", "HS2012").code == "854140"
    with pytest.raises(Unread):
        codes.read("10121", "HS2012")


def test_thousands_of_codes_are_one_question(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        codes = goods.hs_codes()
        for number in range(2_000):
            codes.near(str(841800 + number % 100), "HS2022")


# ---------------------------------------------------------------- terms
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("USD", "USD"), ("usd", "USD"), ("US$", "USD"), ("$", "USD"), ("долл. США", "USD"), ("доллары США", "USD"),
        ("美元", "USD"), ("CNY", "CNY"), ("人民币", "CNY"), ("元", "CNY"), ("RMB", "CNY"), ("юань", "CNY"),
        ("€", "EUR"),
        ("евро", "EUR"), ("欧元", "EUR"), ("руб.", "RUB"), ("₽", "RUB"), ("тенге", "KZT"), ("₸", "KZT"), ("сум", "UZS"),
        ("USD (доллар США)", "USD"), ("XXL", None), ("n/a", None),
    ],
)  # fmt: skip
def test_a_currency_is_found_by_code_sign_and_word(world: World, text: str, code: str | None) -> None:
    assert world.currencies.found(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [("у.е.", {"USD", "EUR"}), ("¥", {"CNY", "JPY"}), ("￥", {"CNY", "JPY"}), ("манат", {"TMT", "AZN"})],
)
def test_a_sign_of_several_currencies_is_asked_about(world: World, text: str, codes: set[str]) -> None:
    assert set(nearest(world.currencies, text)) == codes


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("FOB", "FOB", ""), ("fob", "FOB", ""), ("F.O.B.", "FOB", ""), ("FOB Shanghai", "FOB", "Shanghai"),
        ("FOB 上海", "FOB", "上海"), ("CIP Алматы, Казахстан", "CIP", "Алматы, Казахстан"),
        ("DAP - Tashkent", "DAP", "Tashkent"),
        ("FCA (Incoterms 2020)", "FCA", ""), ("FCA Khorgos Incoterms® 2020", "FCA", "Khorgos"), ("离岸价", "FOB", ""),
        ("到岸价", "CIF", ""), ("C&F", "CFR", ""), ("CNF", "CFR", ""), ("Free on board", "FOB", ""),
        ("франко-перевозчик", "FCA", ""), ("CIF/FOB", None, ""), ("FOB CIF", None, ""), ("DAT", None, ""),
        ("", None, ""),
    ],
)  # fmt: skip
def test_a_term_of_delivery_is_found_before_its_place(text: str, code: str | None, place: str) -> None:
    finder = terms.incoterms()
    assert (finder.found(text), finder.place(text)) == (code, place)


@pytest.mark.parametrize(("text", "code"), [("DAT Almaty", "DPU"), ("DDU", "DAP"), ("DAF Khorgos", "DAP")])
def test_a_term_of_an_older_edition_is_only_suggested_its_successor(text: str, code: str) -> None:
    assert nearest(terms.incoterms(), text) == [code]


def test_two_terms_in_one_cell_are_both_suggested() -> None:
    assert set(nearest(terms.incoterms(), "CIF/FOB")) == {"CIF", "FOB"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rail", "rail"), ("铁路", "rail"), ("中欧班列", "rail"), ("ж/д", "rail"), ("ЖД", "rail"), ("Ж.Д.", "rail"),
        ("Железная дорога", "rail"), ("Rail", "rail"), ("truck", "road"), ("авто", "road"), ("公路", "road"),
        ("汽运", "road"),
        ("авиа", "air"), ("空运", "air"), ("AIR", "air"), ("море", "sea"), ("海运", "sea"), ("by sea", "sea"),
        ("трубопровод", "pipeline"), ("管道", "pipeline"), ("multimodal", "mixed"), ("多式联运", "mixed"),
        ("Several ways", "mixed"), ("", None), ("10", None), ("40", None),
    ],
)  # fmt: skip
def test_a_way_of_transport_is_found_in_three_languages(text: str, code: str | None) -> None:
    assert terms.corridors().found(text) == code


@pytest.mark.parametrize(
    ("number", "code"), [("10", "sea"), ("20", "rail"), ("30", "road"), ("40", "air"), ("71", "pipeline")]
)
def test_a_customs_number_of_a_way_is_only_suggested(number: str, code: str) -> None:
    assert code in nearest(terms.corridors(), number)


@pytest.mark.parametrize(
    ("text", "code"),
    [("HS2017", "HS2017"), ("HS 2017", "HS2017"), ("H5", "HS2017"), ("2017", "HS2017"), ("hs-2022", "HS2022"),
     ("HS 1988/92", "HS1992"), ("ТН ВЭД", None), ("2018", None)],
)  # fmt: skip
def test_a_revision_is_found_however_it_is_written(text: str, code: str | None) -> None:
    assert terms.hs_revisions().found(text) == code


@pytest.mark.parametrize(
    ("text", "unit"),
    [("kg", "kg"), ("KGS", "kg"), ("кг", "kg"), ("公斤", "kg"), ("т", "t"), ("тонн", "t"), ("吨", "t"), ("MT", "t"),
    ("lb", "lb"),
     ("г", "g"), ("pcs", None)],
)  # fmt: skip
def test_a_unit_of_weight_is_found(text: str, unit: str | None) -> None:
    assert terms.kg_units().found(text) == unit
