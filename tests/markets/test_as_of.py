"""Any moment can be shown again: what a page says as of then is what it said then."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets import sources
from markets.ingest import publish
from markets.profiles import country_profile, indicator_list, indicator_page, market_list, series_page
from markets.profiles.figures import Figure
from markets.sources.base import ObservationRow
from markets.vocabulary import AsOf, ObsStatus, Transport
from tests.factories import GDP, GDP_PER_HEAD, POPULATION, database_now, delivery, row, undone

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")


def published(*rows: ObservationRow, covers_all: bool = False, **options: Any) -> None:
    assert not publish(delivery(*rows, covers_all=covers_all, **options), CARD).held


def shown(as_of: AsOf | None = None) -> dict[str, Any]:
    """Every kind of page that shows figures, without the moment it was asked for."""
    pages = {
        "profile": country_profile("KAZ", as_of),
        "series": series_page("KAZ", GDP, as_of),
        "indicator": indicator_page(GDP, as_of=as_of),
        "markets": market_list(as_of=as_of),
        "indicators": indicator_list(as_of=as_of),
    }
    return {name: timeless(page) for name, page in pages.items()}


def timeless(thing: Any) -> Any:
    """The same thing without the words that differ between `not known then` and `not loaded`."""
    if isinstance(thing, Figure) and thing.value is None:
        thing = replace(thing, missing="")
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: timeless(getattr(thing, f.name)) for f in fields(thing) if f.name != "as_of"}
    return [timeless(each) for each in thing] if isinstance(thing, tuple | list) else thing


FIRST = [
    row("2.62642E+11"), row(225_000, period=2022), row(101_591, area="UZB"), row(12_000, indicator=GDP_PER_HEAD),
    row(50, area="WLD"),
]  # fmt: skip
SECOND = [row("262641955166.886"), row(226_000, period=2022), row(288_000, period=2024, status=ObsStatus.PROVISIONAL)]
THIRD = [row(287_000, period=2024), row(None, period=2022), row(20_330_104, indicator=POPULATION)]


def test_every_page_as_of_a_moment_is_the_page_of_that_moment() -> None:
    before = database_now()
    nothing = shown()
    seen = [(before, nothing)]
    for rows in (FIRST, SECOND, THIRD):
        published(*rows)
        page = shown()
        assert page != seen[-1][1]
        seen.append((database_now(), page))
    for moment, page in seen:
        again = shown(moment)
        for name in page:
            assert again[name] == page[name], name


def test_a_later_revision_is_not_told_of_a_moment_before_it() -> None:
    published(*FIRST)
    moment = database_now()
    published(*SECOND)
    assert indicator_page(GDP).revision_count == 1
    assert indicator_page(GDP, as_of=moment).revision_count == 0
    then = next(v for v in series_page("KAZ", GDP, moment).vintages if v.period == "2022")
    assert (then.value, then.known_to, then.is_in_force, then.superseded_by) == (225_000, None, True, None)


def test_a_day_includes_what_became_public_on_it() -> None:
    published(row(100), transport=Transport.BUNDLED, released_on=dt.date(2022, 4, 8))
    figure = country_profile("KAZ", AsOf.parse("2022-04-08")).headline[0]
    assert (figure.indicator.code, figure.value) == (GDP, 100)
    before = country_profile("KAZ", AsOf.parse("2022-04-07")).headline[0]
    assert (before.value, before.missing) == (None, "not_known_then")


def test_bundled_vintages_are_public_from_the_providers_date_not_from_their_arrival() -> None:
    published(row(100), transport=Transport.BUNDLED, released_on=dt.date(2020, 1, 1))
    published(row(110), transport=Transport.BUNDLED, released_on=dt.date(2022, 1, 1))
    values = [country_profile("KAZ", AsOf.parse(day)).headline[0].value for day in ("2019-06-01", "2021-06-01")]
    assert [*values, country_profile("KAZ").headline[0].value] == [None, 100, 110]


def test_ranks_are_those_of_the_moment() -> None:
    published(row(100), row(90, area="UZB"), row(5, area="KGZ"))
    moment = database_now()
    published(row(110, area="UZB"))
    rank_then, rank_now = (country_profile("KAZ", asked).headline[0].rank for asked in (moment, None))
    assert rank_then is not None
    assert rank_now is not None
    assert (rank_then.position, rank_now.position, rank_now.of) == (1, 2, 3)


def test_a_moment_ahead_is_database_now() -> None:
    published(*FIRST)
    assert shown(AsOf.parse("2998-01-01")) == shown()


@settings(max_examples=settings().max_examples // 10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.tuples(st.sampled_from(["KAZ", "UZB", "WLD"]), st.sampled_from(["2021", "2022", "2023"])),
            st.none() | st.integers(1, 40),
            min_size=1,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_history_can_be_shown_again_at_any_of_its_moments(
    vintages: list[dict[tuple[str, str], int | None]],
) -> None:
    def told(as_of: AsOf | None = None) -> list[Any]:
        return [timeless(series_page("KAZ", GDP, as_of)), timeless(indicator_page(GDP, as_of=as_of))]

    with undone():
        seen = []
        for values in vintages:
            publish(delivery(*(row(v, area=a, period=p) for (a, p), v in values.items())), CARD)
            seen.append((database_now(), told()))
        for moment, page in seen:
            assert told(moment) == page


@pytest.mark.parametrize("day", ["1850-06-30", "0001-01-01"])
@pytest.mark.parametrize(
    "path", ["/en/markets/KAZ/", f"/en/indicators/{GDP}/", "/api/v1/observations/", "/api/v1/markets/KAZ/profile/"]
)
def test_long_before_anything_was_known_is_a_fair_question(path: str, day: str, client: Client) -> None:
    publish(delivery(row(100)), CARD)
    answer = client.get(path, {"as_of": day})
    assert answer.status_code == 200
    assert b"US$100" not in answer.content
