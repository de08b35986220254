"""What a rule would have told, by the API: as the vintages became known, and honestly where nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from companies.models import Alert
from markets import sources
from markets.ingest import publish
from tests.companies.office import PersonFactory
from tests.companies.programs import Caller, signed_in
from tests.factories import GDP, delivery, row

pytestmark = pytest.mark.django_db


def rule(caller: Caller, **more: Any) -> str:
    """The address of a new rule on Kazakhstan's economy."""
    said = {"kind": "revised", "market": "KAZ", "indicator": GDP} | more
    answer = caller("POST", "alert-rules/", said)
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def published(*values: int) -> None:
    """One vintage after another, of the same year."""
    for value in values:
        publish(delivery(row(value)), sources.card("worldbank"))


def test_a_preview_tells_old_and_new_of_each_vintage() -> None:
    published(100, 110, 121)
    caller = signed_in(PersonFactory())
    place = rule(caller, change_pct="5")
    told = caller.json(f"{place}preview/")
    assert (told["since"] is not None, told["vintages"], told["count"]) == (True, 3, 2)
    steps = [(each["old"]["value"], each["new"]["value"], float(each["change_pct"])) for each in told["firings"]]
    assert steps == [("100", "110", 10), ("110", "121", 10)]
    assert all(each["headline"] and each["new"]["provenance"] for each in told["firings"])
    assert caller.json(f"{place}preview/?months=1&fields=count") == {"count": 2}
    assert not Alert.objects.exists()


def test_a_preview_says_where_nothing_would_have_been_told_and_where_nobody_can_tell() -> None:
    caller = signed_in(PersonFactory())
    place = rule(caller)
    unknown = caller.json(f"{place}preview/")
    assert unknown == {"since": None, "vintages": 0, "count": 0, "firings": []}
    published(100)
    quiet = caller.json(f"{place}preview/")
    assert (quiet["since"] is not None, quiet["vintages"], quiet["count"]) == (True, 1, 0)


def test_a_preview_is_its_persons_alone_and_asks_for_months_that_make_sense() -> None:
    caller = signed_in(PersonFactory())
    place = rule(caller)
    assert signed_in(PersonFactory())("GET", f"{place}preview/").status_code == 404
    for months in ("0", "121", "all"):
        assert caller("GET", f"{place}preview/?months={months}").status_code == 400
    assert caller("POST", f"{place}preview/").status_code == 405
