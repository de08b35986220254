"""Folding and questions: text in, text out, no database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.search.folding import fold, grams, is_same_word, misspelt, probe, stem
from markets.search.question import MAX_CHARACTERS, MAX_WORDS, Question


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Côte d'Ivoire", "cote divoire"),
        ("Türkiye, İstanbul, Łódź, Øresund", "turkiye istanbul lodz oresund"),
        ("ＬＥＤ灯　８４１８", "led 灯 8418"),
        ("Мёд, йогурт", "мед йогурт"),
        ("WOMEN’S shoes", "womens shoes"),
        ("電冰箱", "电冰箱"),
        ("CO₂ (kg)", "co2 kg"),
        ("100 %_\\*", "100"),
        ("😀 — …", ""),
    ],
)
def test_one_spelling_for_what_is_written_in_many_ways(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_chinese_text_has_its_characters_and_their_pairs() -> None:
    assert grams("led 电冰箱") == sorted({"电", "冰", "箱", "电冰", "冰箱"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fridge", "fridges"),
        ("battery", "batteries"),
        ("dish", "dishes"),
        ("холодильник", "холодильников"),
        ("казахстан", "казахстане"),
        ("яблоко", "яблоками"),
    ],
)
def test_numbers_and_cases_are_one_word(one: str, other: str) -> None:
    assert is_same_word(one, other)
    assert is_same_word(other, one)
    assert other.startswith(probe(one))
    assert one.startswith(probe(other))


def test_refrigerator_and_refrigerant_are_a_family_and_not_one_word() -> None:
    assert stem("refrigerator") == stem("refrigerant")
    assert not is_same_word("refrigerator", "refrigerant")


@given(st.text(alphabet="abcdefghij", min_size=4, max_size=12), st.data())
def test_a_letter_wrong_missing_too_many_or_swapped_is_put_right(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    wrong = {
        word[:at] + "z" + word[at + 1 :],
        word[:at] + "z" + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
    }
    for variant in wrong - {word}:
        assert word in misspelt(variant) or len(variant) not in range(4, 13)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("8418", "8418"),
        ("84.18", "8418"),
        ("8418 21", "841821"),
        ("８４１８", "8418"),
        ("٨٤١٨", "8418"),
        ("HS 8418.21.00", "84182100"),
        ("hs8418", "8418"),
        ("ТН ВЭД ЕАЭС 8418", "8418"),
        ("税号8418", "8418"),
        ("8", "8"),
    ],
)
def test_a_code_is_read_in_every_way_it_is_written(typed: str, digits: str) -> None:
    question = Question.read(typed)
    assert question.digits == digits
    assert question.is_code_alone


@pytest.mark.parametrize("typed", ["3d printer", "1234567890123", "3 phase motor", "hs"])
def test_what_cannot_be_a_code_stays_words(typed: str) -> None:
    question = Question.read(typed)
    assert question.digits == ""
    assert question.words


def test_a_code_may_stand_beside_words() -> None:
    question = Question.read("8418 fridge")
    assert (question.digits, question.words) == ("8418", ("fridge",))


def test_fillers_and_single_letters_are_left_out_unless_they_are_all_there_is() -> None:
    assert Question.read("shoes for the women").words == ("shoes", "women")
    assert Question.read("the").words == ("the",)
    assert Question.read("a").words == ("a",)


def test_a_long_question_is_cut_and_says_so() -> None:
    question = Question.read("я" * 100_000)
    assert len(question.text) == MAX_CHARACTERS
    assert question.is_cut
    assert not Question.read("я" * MAX_CHARACTERS + "   ").is_cut
    assert len(Question.read("word " * 1000 + "end").words) <= MAX_WORDS


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "!?…", "😀🇰🇿", "\0", "\ud800", "\u202e\u200b"])
def test_signs_only_ask_for_nothing(typed: str) -> None:
    assert Question.read(typed).is_empty


def test_nul_is_taken_out_and_other_controls_part_words() -> None:
    assert Question.read("fri\0dge").text == "fridge"
    assert Question.read("tea\x07cup").words == ("tea", "cup")


@given(st.text(max_size=300))
def test_any_text_is_a_question(text: str) -> None:
    question = Question.read(text)
    assert len(question.text) <= MAX_CHARACTERS
    assert "\0" not in question.text
    question.text.encode()
