"""Finding things in three languages, on the reference facts that come with the product."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from markets.errors import InvalidValue
from markets.search import MAX_LIMIT, Findings, Hit, Reason, find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

GDP = "NY.GDP.MKTP.CD"
AT_MOST_QUERIES = 3


def keys(findings: Findings, kind: str) -> list[str]:
    return [hit.key for hit in findings.of(kind)]


def first(findings: Findings, kind: str) -> Hit:
    return findings.of(kind)[0]


# ---------------------------------------------------------------- the sentences of the task
@pytest.mark.parametrize(
    "words",
    [
        "冰箱",
        "電冰箱",
        "холодильник",
        "холодильники",
        "холодильников",
        "ХОЛОДИЛЬНИК",
        "fridge",
        "fridges",
        "Fridge ",
        "refrigerater",
        "frigde",
        "frige",
    ],
)
def test_a_refrigerator_is_8418_in_every_language_number_case_and_spelling(words: str) -> None:
    assert keys(find(words), "product")[0] == "8418"


@pytest.mark.parametrize(
    "words",
    [
        "哈萨克斯坦",
        "哈萨克",
        "Казахстан",
        "казахстане",
        "РК",
        "kazahstan",
        "Kazakstan",
        "KAZ",
        "kz",
        "398",
        "Kazakhstan",
    ],
)
def test_kazakhstan_is_found_by_names_codes_and_misspellings(words: str) -> None:
    assert keys(find(words), "market")[0] == "KAZ"


@pytest.mark.parametrize("words", ["ВВП", "GDP", "国内生产总值", "gross domestic product", "NY.GDP.MKTP.CD", "ny.gdp"])
def test_gdp_is_found_by_its_words_and_its_code(words: str) -> None:
    assert keys(find(words), "indicator")[0] == GDP


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("南韩", "KOR"),
        ("韩国", "KOR"),
        ("South Korea", "KOR"),
        ("UK", "GBR"),
        ("UAE", "ARE"),
        ("ОАЭ", "ARE"),
        ("Cote dIvoire", "CIV"),
        ("côte d’ivoire", "CIV"),
        ("ivory coast", "CIV"),
        ("Киргизия", "KGZ"),
        ("Turkey", "TUR"),
        ("Turkiye", "TUR"),
        ("Vietnam", "VNM"),
        ("臺灣", "TWN"),
    ],
)
def test_markets_are_found_by_their_other_names(words: str, key: str) -> None:
    assert keys(find(words), "market")[0] == key


@pytest.mark.parametrize(
    ("words", "key"),
    [("家电", "appliances"), ("бытовая техника", "appliances"), ("cosmetics", "cosmetics"), ("新三样", "new-three")],
)
def test_categories_are_found_as_sellers_call_them(words: str, key: str) -> None:
    assert keys(find(words), "category")[0] == key


@pytest.mark.parametrize("words", ["мёд натуральный", "натуральный мед", "蜂蜜", "natural honey", "honny"])
def test_honey_is_found_in_any_order_of_its_words(words: str) -> None:
    assert keys(find(words), "product")[0] == "0409"


# ---------------------------------------------------------------- codes
@pytest.mark.parametrize("words", ["8418", "84.18", "８４１８", "HS 8418", "тн вэд 8418", "税号8418"])
def test_a_heading_stands_before_what_is_under_it(words: str) -> None:
    found = keys(find(words, limit=4), "product")
    assert found[0] == "8418"
    assert all(code.startswith("8418") for code in found)


def test_a_code_is_completed_while_it_is_typed() -> None:
    assert keys(find("841"), "product")[:2] == ["8410", "8411"]
    assert keys(find("0"), "product")[0] == "01"


def test_national_digits_lead_to_the_six_that_all_customs_share() -> None:
    findings = find("8418.10.8001")
    assert keys(findings, "product") == ["841810"]
    assert first(findings, "product").reason is Reason.CODE


def test_a_lost_leading_zero_is_found_again() -> None:
    assert keys(find("101"), "product")[0] == "0101"


def test_an_unknown_code_suggests_the_broader_one() -> None:
    findings = find("841877")
    assert findings.is_empty
    assert [(hit.key, hit.reason) for hit in findings.suggestions] == [("8418", Reason.BROADER)]
    assert find("779999").suggestions == ()  # chapter 77 does not exist


def test_a_code_beside_words_finds_both() -> None:
    assert keys(find("8703 холодильник"), "product")[:2] == ["8703", "8418"]


# ---------------------------------------------------------------- order and shape
def test_each_thing_is_listed_once() -> None:
    for words in ("冰箱", "refrigerator", "china", "8418", "пшеница"):
        findings = find(words, limit=MAX_LIMIT)
        for group in findings.groups:
            assert len({hit.key for hit in group.hits}) == len(group.hits)


def test_groups_stand_in_one_order_and_only_where_there_are_hits() -> None:
    kinds = [group.kind for group in find("energy").groups]
    assert kinds == [kind for kind in ("product", "category", "market", "indicator") if kind in kinds]
    assert "market" not in kinds


def test_a_more_exact_question_puts_the_subheading_first() -> None:
    found = keys(find("heat pumps"), "product")
    assert found.index("841861") < found.index("8418")


def test_a_heading_stands_before_its_children_where_both_answer_alike() -> None:
    found = keys(find("холодил", limit=MAX_LIMIT), "product")
    assert found[0] == "8418"
    for child in [code for code in found if len(code) == 6 and code[:4] in found]:
        assert found.index(child[:4]) < found.index(child)


def test_exact_beats_beginning_beats_word_beats_legal_wording() -> None:
    hits = find("tea", limit=MAX_LIMIT).of("product")
    reasons = [hit.reason for hit in hits]
    assert hits[0].key == "0902"
    assert Reason.OFFICIAL in reasons
    assert reasons.index(Reason.OFFICIAL) > max(at for at, reason in enumerate(reasons) if reason is Reason.NAME)
    assert [hit.points for hit in hits] == sorted((hit.points for hit in hits), reverse=True)


def test_words_that_are_only_begun_are_found() -> None:
    assert keys(find("refrig"), "product")[0] == "8418"
    assert keys(find("узбек"), "market") == ["UZB"]
    assert keys(find("马"), "product")[0] == "0101"


def test_the_limit_holds_in_each_group_and_says_that_there_is_more() -> None:
    findings = find("machine", limit=3)
    group = next(group for group in findings.groups if group.kind == "product")
    assert len(group.hits) == 3
    assert group.has_more
    assert not any(group.has_more for group in find("Kazakhstan").groups)


def test_only_the_kinds_asked_for_are_found() -> None:
    assert [group.kind for group in find("turkey").groups] == ["product", "market"]
    assert [group.kind for group in find("turkey", kinds=["market"]).groups] == ["market"]


def test_some_of_the_words_are_better_than_nothing() -> None:
    findings = find("I want to sell refrigerators wholesale")
    assert first(findings, "product").key == "8418"
    assert first(findings, "product").reason is Reason.SOME_WORDS
    both = find("GDP of Kazakhstan")
    assert keys(both, "market") == ["KAZ"]
    assert keys(both, "indicator")[0] == GDP
    assert keys(find("家用电冰箱批发"), "product")[0] in {"8418", "841821"}


def test_words_of_legal_wording_do_not_hide_what_was_meant() -> None:
    hits = find("used cars", limit=MAX_LIMIT).of("product")
    assert hits[0].reason is Reason.OFFICIAL
    assert "8703" in [hit.key for hit in hits if hit.reason is Reason.SOME_WORDS]


def test_a_misspelt_word_beside_a_right_one_is_put_right() -> None:
    for words, key in (("solar pannels", "854143"), ("coffie machine", "851671")):
        hit = first(find(words), "product")
        assert (hit.key, hit.reason) == (key, Reason.SPELLING)


def test_half_a_country_code_says_nothing() -> None:
    assert keys(find("kaz"), "market") == ["KAZ"]
    assert [hit.key for hit in find("uk").of("market") if hit.reason is Reason.CODE] == []
    assert find("8", kinds=["market"]).is_empty


def test_a_country_code_inside_a_question_is_an_ordinary_word() -> None:
    for words, code in (("electric car", "CAF"), ("used cars", "CAF"), ("can opener", "CAN")):
        assert code not in keys(find(words), "market")
        assert code not in keys(find(words, kinds=["market"]), "market")
    assert keys(find("CAR"), "market")[0] == "CAF"
    assert keys(find("car", kinds=["market"]), "market")[0] == "CAF"
    assert keys(find("can"), "market")[0] == "CAN"
    assert keys(find("GDP of UK"), "market") == ["GBR"]
    assert keys(find("gdp of usa"), "market")[0] == "USA"


def test_what_is_spelt_somewhat_alike_is_suggested_only_when_nothing_is_found() -> None:
    assert find("xyzzyqq").suggestions == ()
    assert find("fridge").suggestions == ()
    findings = find("tajkstn")
    assert findings.is_empty or first(findings, "market").key == "TJK"


def test_the_best_hit_of_all_groups_is_known() -> None:
    best = find("Казахстан").best
    assert best is not None
    assert (best.kind, best.key) == ("market", "KAZ")
    assert find("!").best is None


# ---------------------------------------------------------------- what a hit says
def test_a_hit_is_named_in_the_readers_language_and_tells_why_it_is_there() -> None:
    for language, name, path in (
        (
            "en",
            "Refrigerators and freezers",
            "84 Machinery and mechanical appliances › 8418 Refrigerators and freezers",
        ),
        ("zh-hans", "冰箱和冷冻设备", "84 "),
        ("ru", "Холодильники и морозильники", "84 "),
    ):
        with override(language):
            hit = first(find("冰箱"), "product")
        assert hit.name == name
        assert hit.path.startswith(path)
        assert [step.code for step in hit.steps] == ["84", "8418"]
        assert (hit.level, hit.reason, hit.matched, hit.matched_language) == (4, Reason.SYNONYM, "冰箱", "zh-hans")
        assert "冰箱" in hit.why


def test_a_product_without_everyday_name_is_shown_with_its_legal_wording() -> None:
    with override("ru"):
        hit = first(find("010130"), "product")
    assert hit.name == "Asses; live"
    assert hit.level == 6
    assert hit.reason is Reason.CODE


# ---------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "%",
        "_%_",
        "\\",
        "'; DROP TABLE",
        "😀",
        "\0",
        "\ud800",
        "!!!",
        "a" * 100_000,
        "冰" * 100_000,
        "1" * 100_000,
        "() & | !",
        "[a-z]*",
        "&lt;",
    ],
)
def test_any_text_gives_an_answer(words: str) -> None:
    findings = find(words)
    assert len(findings.words) <= 100
    assert findings.is_cut == (len(words) > 100)


@pytest.mark.parametrize("words", ["%", "_", "😀", "…", "\0\0"])
def test_signs_only_find_nothing_and_ask_nothing(words: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        findings = find(words)
    assert findings.is_empty
    assert findings.suggestions == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120))
def test_no_text_is_an_error(text: str) -> None:
    find(text, limit=5)


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1, 999_999_999])
def test_an_impossible_limit_is_refused(limit: int) -> None:
    with pytest.raises(InvalidValue, match="limit"):
        find("tea", limit=limit)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidValue, match="spaceship"):
        find("tea", kinds=["spaceship"])


# ---------------------------------------------------------------- cost
@pytest.mark.parametrize(
    "words",
    ["8418", "冰箱", "fridge", "refrigerater", "coffie machine", "家用电冰箱", "used cars", "other", "马", "xyzzyqq"],
)
def test_a_search_asks_the_database_at_most_three_times(words: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        find(words)
    assert len(queries) <= AT_MOST_QUERIES
