"""Companies are found by any of their names in any script, and those that may be there twice are pointed out."""

from __future__ import annotations

from typing import Any

import pytest
from anyascii import anyascii
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company
from companies.queries import naming
from companies.queries.companies import CompanyQuestion, matching
from companies.queries.duplicates import Likeness, possible_duplicates, with_twin
from companies.records.companies import archive_company, register_company
from tests.companies.office import Office, office

NAMES = ("宁波汉电电器有限公司", "ООО «Нинбо Хандянь»", "Ningbo Handian Electric Appliance Co., Ltd", "寧波漢電")
_LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Nd", "Zs", "Po", "So"), exclude_characters="\x00")


def found(office_: Office, words: str, role: str = "officer", **asked: Any) -> list[str]:
    return [each.name for each in matching(office_.actor(role), CompanyQuestion(words=words, **asked))]


def registered(office_: Office, name: str, **values: Any) -> Company:
    return register_company(office_.actor("officer"), {"name": name, **values})


@given(name=st.text(_LETTERS, min_size=1, max_size=60))
def test_any_name_holds_its_own_latin_spelling(name: str) -> None:
    text = naming.search_text([name])
    for spelt in (name, anyascii(name), anyascii(name).upper(), naming.latin(name)):
        for word in naming.question(spelt):
            assert word.latin in text
    assert naming.latin_core(name) or not naming.latin(name)


@given(name=st.text(max_size=400))
def test_whatever_is_typed_can_be_folded(name: str) -> None:
    naming.question(name)
    naming.same_sound(name)
    assert "\x00" not in naming.latin(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.django_db
def test_names_in_three_scripts_find_each_other(name: str) -> None:
    home = office()
    registered(home, name)
    for asked in ("宁波汉电", "寧波漢電", "ningbo handian", "NINGBO HANDIAN CO LTD", "Нинбо Хандянь", "ningbohandian"):
        assert found(home, asked) == [name], asked


@pytest.mark.parametrize("asked", ["Xuchaun Chemical", "xuchuan chemicl", "旭川", "Сюйчуань", "xuchuan"])
@pytest.mark.django_db
def test_a_misspelt_or_transcribed_name_is_found(asked: str) -> None:
    home = office()
    registered(home, "Xuchuan Chemical (Suzhou) Co")
    registered(home, "Zhejiang Shimei Yi Cosmetics")
    assert found(home, asked) == ["Xuchuan Chemical (Suzhou) Co"]


@pytest.mark.django_db
def test_the_name_as_typed_comes_first() -> None:
    home = office()
    for name in ("Handian Trading House", "Ningbo Handian", "Handian"):
        registered(home, name)
    assert found(home, "handian") == ["Handian", "Handian Trading House", "Ningbo Handian"]


@pytest.mark.django_db
def test_a_registration_number_finds_for_who_may_read_it_alone() -> None:
    home = office()
    registered(home, "Alpha", registration_number="91330200ABC")
    assert found(home, "91330200a") == ["Alpha"]
    assert found(home, "91330200", role="viewer") == []


@pytest.mark.django_db
def test_signs_alone_find_nothing_and_pattern_signs_are_letters() -> None:
    home = office()
    registered(home, "Alpha 100")
    for asked in ("!!!", "%", "_", "%%__", "'; DROP TABLE companies_company; --"):
        assert found(home, asked) == [], asked


@pytest.mark.django_db
def test_filters_narrow_the_list() -> None:
    home = office()
    officer = home.actor("officer")
    alpha = registered(home, "Alpha", home="CHN", sector="Chemistry", lines=[{"category": "chemicals"}])
    registered(home, "Beta", home="KAZ", sector="Food")
    gone = registered(home, "Gamma")
    archive_company(officer, gone.pk, 1, "Closed")
    registered(office(), "Elsewhere", sector="Chemistry")
    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["Alpha", "Beta"]),
        ({"state": "archived"}, ["Gamma"]),
        ({"state": "all"}, ["Alpha", "Beta", "Gamma"]),
        ({"category": "chemicals"}, ["Alpha"]),
        ({"home": "KAZ"}, ["Beta"]),
        ({"sector": "Chemistry"}, ["Alpha"]),
        ({"sort": "-updated"}, ["Beta", "Alpha"]),
    ]
    for question, names in asked:
        assert found(home, "", **question) == names, question
    assert alpha.name in found(home, "alp", category="chemicals")


@pytest.mark.parametrize(
    ("other", "values", "why"),
    [
        ("Another", {"registration_number": "123", "home": "KAZ"}, Likeness.REGISTRATION),
        ("NINGBO HANDIAN ELECTRIC co., ltd.", {}, Likeness.NAME),
        ("Ningbo Handian Electric LLC", {}, Likeness.LATIN),
        ("Нинбо Хандянь Электрик ООО", {}, Likeness.SOUND),
        ("Ningbo Handian Eletric", {}, Likeness.SPELLING),
    ],
)
@pytest.mark.django_db
def test_what_may_be_there_twice_is_pointed_out(other: str, values: dict[str, str], why: Likeness) -> None:
    home, away = office(), office()
    first = registered(home, "Ningbo Handian Electric Co Ltd", registration_number="123", home="CHN")
    second = registered(home, other, **values)
    registered(away, "Ningbo Handian Electric Co Ltd", registration_number="123")
    registered(home, "Zhejiang Shimei Yi Cosmetics Co Ltd")
    assert possible_duplicates(home.actor("officer"), second) == [(first, why)]
    assert possible_duplicates(home.actor("officer"), first) == [(second, why)]
    if why is not Likeness.SPELLING:
        assert set(with_twin(Company.objects.filter(organisation=home.organisation), by_number=True)) == {first, second}
    if why is Likeness.REGISTRATION:
        assert possible_duplicates(home.actor("viewer"), second) == []
    archive_company(home.actor("officer"), first.pk, 1, "Entered twice")
    assert possible_duplicates(home.actor("officer"), second) == []


@pytest.mark.django_db
def test_legal_forms_alone_make_no_duplicates() -> None:
    home = office()
    registered(home, "Alpha Co., Ltd")
    beta = registered(home, "Beta Co., Ltd")
    assert possible_duplicates(home.actor("officer"), beta) == []
    assert not with_twin(Company.objects.all(), by_number=True).exists()


@pytest.mark.django_db
def test_a_search_among_many_reads_the_index() -> None:
    home = office()
    words = (f"company {number:x} {number * 7919 % 99991:x} trading" for number in range(5000))
    mine = {"organisation": home.organisation, "created_by": home.officer}
    rows = [Company(**mine, name=name, search_text=name) for name in words]
    Company.objects.bulk_create(rows)
    registered(home, "Ningbo Handian")
    with connection.cursor() as cursor:
        # What the database does by itself after a while.
        cursor.execute("SELECT gin_clean_pending_list('company_search')")
        cursor.execute("ANALYZE companies_company")
    plan = matching(home.actor("officer"), CompanyQuestion(words="宁波汉电")).explain()
    assert "company_search" in plan
