"""Texts are read in the encoding they were written in: told by their letters, shown, and chosen otherwise at will."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from companies.importing.reading import texts as encodings
from tests.companies.table_files import csv_text, notices, read, texts

CHINESE = [["企业", "目的地", "金额"], ["青岛海尔", "俄罗斯", "12.5"], ["格力电器", "哈萨克斯坦", "7"]]
RUSSIAN = [["Предприятие", "Страна", "Сумма"], ["ООО Ромашка", "Китай", "12,5"], ["ЗАО Заря", "РОССИЯ", "7"]]
FRENCH = [["Société", "Pays", "Valeur"], ["Müller & Søn", "Côte d'Ivoire", "£12"], ["Café Ltd", "España", "7"]]
MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
LANGUAGES = (("en",), ("zh-hans", "en"), ("ru", "en"), ("en", "zh-hans", "ru"))
CASES = [
    (rows, encoding)
    for rows, own in ((CHINESE, ("gb18030",)), (RUSSIAN, ("cp1251", "koi8-r")), (FRENCH, ("cp1252",)))
    for encoding in (*own, "utf-8", "utf-16-le", "utf-16-be")
]


def written(rows: list[list[str]], encoding: str, **form: Any) -> bytes:
    return csv_text(rows, **form).encode(encoding)


@pytest.mark.parametrize(("rows", "encoding"), CASES)
def test_an_encoding_is_told_by_the_letters_whoever_reads(rows: list[list[str]], encoding: str) -> None:
    for languages in LANGUAGES:
        found, read_rows = read(written(rows, encoding), languages=languages)
        assert found.encoding == encoding
        assert list(found.headers) == rows[0]
        assert [[cell.text for cell in cells] for _number, cells in read_rows] == rows[1:]


@pytest.mark.parametrize(("encoding", "mark"), MARKS.items())
def test_a_byte_order_mark_is_believed_and_is_no_letter(encoding: str, mark: bytes) -> None:
    for rows in (CHINESE, RUSSIAN, FRENCH):
        found, _rows = read(mark + written(rows, encoding))
        assert (found.encoding, list(found.headers)) == (encoding, rows[0])


@pytest.mark.parametrize("words", ["中国", "南韩", "一", "牛肉", "T恤", "乌兹别克斯坦", "张三（公司）"])
@pytest.mark.parametrize("languages", [("zh-hans",), ("zh-hans", "en")])
def test_a_few_chinese_words_among_latin_ones_stay_chinese(words: str, languages: tuple[str, ...]) -> None:
    rows = [["Company", "Country", "Value"], *([f"Acme {n}", "USA", str(n)] for n in range(200)), ["Beta", words, "5"]]
    for encoding in ("gb18030", "utf-8"):
        found, read_rows = read(written(rows, encoding), languages=languages)
        assert found.encoding == encoding
        assert read_rows[-1][1][1].text == words
        assert words in found.encodings[0].sample


@pytest.mark.parametrize("word", ["Россия", "РОССИЯ", "россия", "Холодильники", "УЗБЕКИСТАН", "г. Минск", "Ташкент"])
def test_the_alphabets_of_russian_are_told_apart_by_a_single_word(word: str) -> None:
    for encoding in ("cp1251", "koi8-r"):
        assert texts(written([["a", "b"], [word, "1"]], encoding), languages=("ru",)) == [[word, "1"]]


@pytest.mark.parametrize("word", ["Müller", "Café", "São Paulo", "25 °C", "Ltd’s", "Düsseldorf", "€7", "1\u00a0234"])
def test_an_accent_among_latin_letters_is_no_chinese(word: str) -> None:
    for languages in LANGUAGES:
        assert texts(written([["a", "b"], [word, "x"]], "cp1252"), languages=languages) == [[word, "x"]]


def test_other_encodings_are_offered_each_with_what_it_would_say() -> None:
    found, _rows = read(written(RUSSIAN, "cp1251"), languages=("ru",))
    offered = {each.name: each for each in found.encodings}
    assert next(iter(offered)) == "cp1251"
    assert {"koi8-r", "cp1252"} <= set(offered)
    assert offered["cp1251"].sample == ",".join(RUSSIAN[0])
    assert offered["cp1251"].is_likely
    assert not offered["cp1252"].is_likely
    assert all(len(each.sample) <= 80 for each in found.encodings)


def test_a_chosen_encoding_is_used_and_what_it_does_not_have_is_counted() -> None:
    content = written(RUSSIAN, "cp1251")
    found, _rows = read(content, encoding="koi8-r")
    assert found.encoding == "koi8-r"
    assert found.headers[0] == "оПЕДОПХЪРХЕ"
    found, rows = read(content, encoding="utf-8")
    told = notices(found)["undecodable"]
    shown = csv_text([found.headers, *([cell.text for cell in cells] for _number, cells in rows)])
    assert told["count"] == shown.count("\ufffd") > 0


def test_plain_letters_need_no_question() -> None:
    found, _rows = read(b"a,b\nx,1\n")
    assert [each.name for each in found.encodings] == ["utf-8"]


def test_a_torn_letter_does_not_make_a_file_of_another_alphabet() -> None:
    content = written([*CHINESE, *[["格力电器", "哈萨克斯坦", "7"]] * 40], "utf-8")
    found, _rows = read(content + "国".encode()[:2])
    assert found.encoding == "utf-8"
    assert notices(found)["undecodable"]["count"] == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_long_texts_in_two_bytes_a_letter_are_told_by_few_zeros(encoding: str) -> None:
    rows = [["企业", "说明"], *([f"海尔{'冰箱洗衣机' * 30}", "出口家用电器" * 30] for _ in range(20))]
    assert read(written(rows, encoding))[0].encoding == encoding


def test_signs_that_cannot_be_seen_are_left_out_and_counted() -> None:
    found, rows = read(b"name,value\nAc\0me,1\nBe\x01ta\x02,2\n" + b"x,3\n" * 300)
    assert [cells[0].text for _number, cells in rows[:2]] == ["Acme", "Beta"]
    assert notices(found)["nul_signs"] == {"count": 1}
    assert notices(found)["control_signs"] == {"count": 2}


def test_emoji_and_marks_of_direction_stay_in_their_cells() -> None:
    assert texts("name,value\n\u200fשלום\u200e 🙂,1\n".encode()) == [["\u200fשלום\u200e 🙂", "1"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_end_as_each_system_ends_them(line_end: str) -> None:
    assert texts(written(RUSSIAN, "utf-8", line_end=line_end)) == RUSSIAN[1:]


def signs(encoding: str) -> st.SearchStrategy[str]:
    """Texts that an encoding can hold, without signs that are never read."""
    if encoding.startswith("utf") or encoding == "gb18030":
        letters = st.characters(
            codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffd\ufffe\uffff"
        )
    else:
        letters = st.characters(codec=encoding, exclude_categories=("Cc", "Cs"))
    return st.text(st.one_of(letters, st.sampled_from(' ,;|"\n\t')), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("encoding", encodings.ENCODINGS)
@given(drawn=st.data())
def test_any_table_reads_back_cell_by_cell(encoding: str, drawn: st.DataObject) -> None:
    width = drawn.draw(st.integers(1, 5))
    rows = drawn.draw(st.lists(st.lists(signs(encoding), min_size=width, max_size=width), min_size=1, max_size=6))
    delimiter = drawn.draw(st.sampled_from((",", ";", "\t", "|")))
    line_end = drawn.draw(st.sampled_from(("\n", "\r\n")))
    header = ["row", *(f"column {number}" for number in range(width))]
    numbered = [[f"r{number}", *row] for number, row in enumerate(rows)]
    content = csv_text([header, *numbered], delimiter=delimiter, line_end=line_end)
    assume(encoding == "gb18030" or content.encode(encoding).decode(encoding) == content)
    found, read_rows = read(
        content.encode(encoding),
        encoding=encoding,
        delimiter=delimiter,
        header_first=1,
        header_last=1,
        with_totals=True,
    )
    assert list(found.headers) == header
    assert [[cell.text for cell in cells] for _number, cells in read_rows] == numbered
