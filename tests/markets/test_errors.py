"""The tree of foreseen failures: what people are told, what a door answers, and what may be tried again."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from markets.errors import (
    DuplicateRow,
    InvalidValue,
    MarketsError,
    NotFound,
    ReleaseHeld,
    SourceUnavailable,
    YearBusy,
    error_tree,
    message_template,
)

# The market's own: people's failures join the tree as soon as anything has loaded them, and have tests of their own.
TREE = [failure for failure in error_tree() if failure.__module__ == MarketsError.__module__]
CONTEXT_WORDS = re.compile(r"{(\w*)[^}]*}")


@pytest.mark.parametrize("error_class", TREE, ids=lambda error_class: error_class.__name__)
def test_every_failure_has_a_name_a_status_and_a_message(error_class: type[MarketsError]) -> None:
    template = message_template(error_class)
    assert template
    assert template.endswith(".")
    assert "\n" not in template
    assert all(CONTEXT_WORDS.findall(template)), "each place in a message is named"
    assert re.fullmatch(r"[a-z_]+", error_class.code)
    assert error_class.http_status in {400, 404, 409, 412, 422, 500, 502, 503, 507}


def test_codes_are_unique_and_no_failure_is_private() -> None:
    codes = [error_class.code for error_class in TREE]
    assert len(set(codes)) == len(codes)
    assert not [error_class for error_class in TREE if error_class.__name__.startswith("_")]


def test_only_a_silent_source_and_a_busy_year_are_tried_again() -> None:
    assert [error_class for error_class in TREE if error_class.retry] == [SourceUnavailable, YearBusy]


def test_the_context_fills_the_message() -> None:
    error = NotFound(kind="market", key="XYZ")
    assert str(error) == "There is no market with the code XYZ. Check the code, or search by name."
    assert error.message() == str(error)


def test_a_translation_is_filled_with_the_same_context_and_our_words_in_it_are_translated() -> None:
    russian = {NotFound().template: "Нет: {kind} «{key}».", "market": "рынок", "day": "день"}
    assert NotFound(kind="market", key="market").message(lambda text: russian.get(text, text)) == "Нет: рынок «market»."
    wrong = InvalidValue(parameter="day", value="day", expected="day")
    assert wrong.message(lambda text: russian.get(text, text)) == "day cannot be day: день."


def test_only_the_first_paragraph_is_the_message() -> None:
    assert "publisher can say" not in str(DuplicateRow(dataset="worldbank/X", key="KAZ 2023"))


def test_what_was_not_given_shows_as_a_dash() -> None:
    assert str(ReleaseHeld(dataset="worldbank")).startswith("The new vintage of worldbank is held for review: –.")


@pytest.mark.parametrize("value", ["{key}", "{0}", "{kind.__class__}", "%s", "{"])
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert value in str(NotFound(kind="market", key=value))


def test_long_values_are_cut_and_nul_is_shown() -> None:
    shown = str(InvalidValue(parameter="period", value="x" * 5000 + "\x00", expected="shorter"))
    assert len(shown) < 400
    assert "…" in shown
    assert "\x00" not in str(InvalidValue(parameter="period", value="a\x00b", expected="text"))


@pytest.mark.parametrize("error_class", TREE, ids=lambda error_class: error_class.__name__)
def test_a_failure_survives_the_way_from_a_worker_to_its_parent(error_class: type[MarketsError]) -> None:
    error = error_class(source="worldbank", reason="HTTP 503", retry_after_s=30.0)
    for returned in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 our own bytes
        assert type(returned) is error_class
        assert str(returned) == str(error)
        assert returned.context == error.context


def test_a_source_may_say_how_long_to_wait() -> None:
    assert SourceUnavailable(source="worldbank", reason="HTTP 429", retry_after_s=30.0).retry_after_s == 30
    assert SourceUnavailable(source="worldbank", reason="HTTP 503").retry_after_s is None
