"""The workspace: what stands in it for whom, own sales beside the market, tasks, filters, files, and few questions."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.access import Actor, actor_of_person
from companies.alerts.rules import make_rule
from companies.models import Alert, Company, TargetMarket, User, Visit
from companies.profiles.workspace import WorkspacePage, workspace
from companies.queries.workspace import WorkspaceQuestion
from companies.targets.sharing import share_target
from companies.targets.tracking import track
from markets.queries import standing
from tests.companies.office import CompanyFactory, Office, PersonFactory, RecordFactory, office
from tests.factories import GDP, POPULATION, ObservationFactory, ReleaseFactory, TradeTotalFactory

pytestmark = pytest.mark.django_db
BASELINE: Final[dict[str, int]] = json.loads(
    (Path(__file__).parent / "query_counts_workspace.json").read_text(encoding="utf-8")
)
TODAY: Final = dt.date(2026, 3, 4)
NOW: Final = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
PLACES: Final = ("KAZ", "UZB", "KGZ", "TJK", "TKM", "DEU", "FRA", "POL", "MNG", "TUR")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def company_of(here: Office) -> Company:
    return CompanyFactory(organisation=here.organisation, created_by=here.officer)


def page_of(actor: Actor, **asked: str) -> WorkspacePage:
    return workspace(actor, WorkspaceQuestion(**asked), None, NOW)


def shown(actor: Actor, **asked: str) -> list[tuple[str, str]]:
    return [(line.target.market, line.target.kept_by) for line in page_of(actor, **asked).lines]


# ---------------------------------------------------------------- whose markets
def test_own_ones_those_of_companies_and_shared_ones_stand_in_it_and_no_others() -> None:
    here, there = office(), office()
    mine, colleague, stranger = here.actor("officer"), here.actor("reviewer"), there.actor("officer")
    track(mine, {"market": "KAZ"})
    track(mine, {"market": "UZB", "company": str(company_of(here).pk)})
    share_target(colleague, track(colleague, {"market": "KGZ"}).pk, 1)
    track(colleague, {"market": "TJK"})
    track(stranger, {"market": "DEU"})
    track(stranger, {"market": "FRA", "company": str(company_of(there).pk)})
    assert shown(mine) == [("KAZ", "own"), ("KGZ", "shared"), ("UZB", "company")]
    assert shown(here.actor("admin")) == [("KGZ", "shared"), ("UZB", "company")]
    assert page_of(mine).counts == {"own": 1, "shared": 1, "company": 1}
    assert {line.target.market: line.target.may_change for line in page_of(here.actor("viewer")).lines} == {
        "KGZ": False,
        "UZB": False,
    }
    text = signed_in(here.admin).get("/en/my/").content.decode()
    assert "Tajikistan" not in text
    assert "shared by" in text


def test_a_removed_market_is_gone_and_the_empty_workspace_leads_on() -> None:
    person = PersonFactory()
    target = track(actor_of_person(person), {"market": "KAZ"})
    TargetMarket.objects.filter(pk=target.pk).update(removed_at=timezone.now())
    text = signed_in(person).get("/en/my/").content.decode()
    assert "Kazakhstan" not in text
    for way in ("/en/my/start/", "/en/markets/", "/en/my/targets/new/"):
        assert f'href="{way}"' in text


def test_nobody_sees_it_without_signing_in_and_no_cache_keeps_it() -> None:
    answer = Client().get("/en/my/?view=board")
    assert (answer.status_code, answer["Location"]) == (302, "/en/accounts/login/?next=/en/my/%3Fview%3Dboard")
    assert signed_in(PersonFactory()).get("/en/my/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "query",
    ["view=list", "kept_by=all", "status=lost", "due=soon", "owner=me", "since=yesterday", "colour=red"],
    ids=lambda query: query.partition("=")[0],
)
def test_a_word_that_means_nothing_is_refused(query: str) -> None:
    assert signed_in(PersonFactory()).get(f"/en/my/?{query}").status_code == 400


# ---------------------------------------------------------------- numbers
def test_each_number_has_its_period_status_and_way_back() -> None:
    person = PersonFactory()
    track(actor_of_person(person), {"market": "KAZ"})
    release = ReleaseFactory()
    ObservationFactory(release=release, value=Decimal(20_600_000), indicator_id=POPULATION, obs_status="p")
    for period, value in (("2022", 10), ("2023", 12)):
        TradeTotalFactory(release=release, period=period, value=Decimal(value) * 10**9)
    text = signed_in(person).get("/en/my/").content.decode()
    assert f'href="/en/markets/KAZ/indicators/{POPULATION}/"' in text
    assert 'title="provisional">p</abbr>' in text
    assert 'href="/en/markets/KAZ/trade/CHN/"' in text
    assert "US$12.0\u00a0bn" in text
    assert "+20.0% since 2022" in text
    assert f'href="/en/releases/{release.pk}/"' in text
    assert "export potential" in text


def test_where_a_market_reports_nothing_home_speaks_and_says_so() -> None:
    person = PersonFactory()
    track(actor_of_person(person), {"market": "TKM"})
    TradeTotalFactory(reporter_id="CHN", flow="X", partner_id="TKM", value=Decimal(10**9))
    assert "as China reports" in signed_in(person).get("/en/my/").content.decode()


def test_home_is_where_the_person_sells_from() -> None:
    here = office(home_id="UZB")
    person = PersonFactory(home_id="DEU")
    assert page_of(actor_of_person(person)).home.iso3 == "DEU"
    assert page_of(here.actor("viewer")).home.iso3 == "UZB"
    assert page_of(actor_of_person(PersonFactory())).home.iso3 == "CHN"
    track(here.actor("viewer"), {"market": "UZB"})
    (line,) = page_of(here.actor("viewer")).lines
    assert line.numbers.bought is None


# ---------------------------------------------------------------- own sales beside the market
def sell(company: Company, period: str, value: int, **beside: Any) -> None:
    first, last = (f"{period}-01-01", f"{period}-12-31") if len(period) == 4 else beside.pop("days")
    RecordFactory(
        company=company,
        period=period,
        period_from_on=first,
        period_to_on=last,
        value=Decimal(value),
        value_printed=str(value),
        multiplier=1,
        **beside,
    )


def test_own_sales_stand_beside_the_market_in_the_same_months() -> None:
    here = office()
    actor, company = here.actor("officer"), company_of(here)
    for year, value, market in (("2022", 100, 1000), ("2023", 130, 1100)):
        sell(company, year, value)
        TradeTotalFactory(period=year, value=Decimal(market))
    track(actor, {"market": "KAZ", "category": "appliances"})
    (line,) = page_of(actor).lines
    (own,) = line.sales.own
    assert (own.line.currency, own.line.value, own.line.period, own.line.paired) == ("CNY", 130, "2023", 1)
    assert own.growth is not None
    assert own.growth.low < 30 < own.growth.high
    assert line.sales.reported is not None
    assert (line.sales.is_same_time, line.sales.reported.growth_pct) == (True, 10)
    text = signed_in(here.officer).get("/en/my/").content.decode()
    assert "Market: +10.0%, all goods from China, same time (Kazakhstan, USD)" in text
    query = "destination=KAZ&category=appliances&period_from=2023&period_to=2023"
    assert query.replace("&", "&amp;") in text
    assert "130" in signed_in(here.officer).get(f"/en/records/?view=all&{query}").content.decode()
    assert signed_in(here.officer).get(f"/en/records/?view=all&company={company.pk}&{query}").status_code == 200


def test_months_that_nobody_reports_stand_beside_the_year_or_beside_nothing() -> None:
    here = office()
    actor, company = here.actor("officer"), company_of(here)
    sell(company, "2023-01/2023-04", 50, days=("2023-01-01", "2023-04-30"))
    track(actor, {"market": "KAZ"})
    (line,) = page_of(actor).lines
    assert (line.sales.reported, line.sales.why_not) == (None, "no_report")
    for year in ("2022", "2023"):
        TradeTotalFactory(period=year)
    (line,) = page_of(actor).lines
    assert line.sales.reported is not None
    assert (line.sales.is_same_time, line.sales.reported.now.period) == (False, "2023")
    text = signed_in(here.officer).get("/en/my/").content.decode()
    assert "whole year 2023" in text
    assert "No growth: no record of Jan\u2009–\u2009Apr 2022 matches these." in text


def test_only_sales_of_the_goods_and_of_the_company_of_a_target_count() -> None:
    here = office()
    actor, one, two = here.actor("officer"), company_of(here), company_of(here)
    sell(one, "2023", 100)
    sell(two, "2023", 7)
    sell(two, "2023", 1000, hs_code="330499", category_id="cosmetics")
    sell(two, "2023", 9, destination_id="UZB")
    track(actor, {"market": "KAZ", "product": "8418"})
    track(actor, {"market": "KAZ", "company": str(one.pk)})
    track(actor, {"market": "KAZ"})
    values = {line.target.goods + line.target.kept_by: line.sales.own[0].line.value for line in page_of(actor).lines}
    assert sorted(values.values()) == [100, 107, 1107]


def test_who_reads_no_records_is_told_of_none() -> None:
    here = office()
    sell(company_of(here), "2023", 100)
    person = actor_of_person(PersonFactory())
    track(person, {"market": "KAZ"})
    (line,) = page_of(person).lines
    assert (line.sales.own, line.sales.why_not) == ((), "no_records")
    assert "Your own sales stand beside" in signed_in(person.person).get("/en/my/").content.decode()


# ---------------------------------------------------------------- tasks, board, filters
def test_what_is_late_is_told_first_and_filters_narrow_to_it() -> None:
    here = office()
    actor = here.actor("officer")
    company = str(company_of(here).pk)
    for market, day in (("KAZ", -1), ("UZB", 0), ("KGZ", 6), ("TJK", 7)):
        on = (TODAY + dt.timedelta(days=day)).isoformat()
        track(actor, {"market": market, "next_action": f"Go to {market}", "next_action_on": on})
    track(actor, {"market": "DEU", "next_action": "Think"})
    track(actor, {"market": "FRA", "company": company, "owner": here.admin.pk, "next_action": "Ask"})
    track(actor, {"market": "POL", "status": "exporting"})
    page = page_of(actor)
    assert [(group.due, [line.target.market for line in group.lines]) for group in page.tasks] == [
        ("overdue", ["KAZ"]),
        ("week", ["UZB", "KGZ"]),
        ("later", ["TJK"]),
        ("undated", ["FRA", "DEU"]),
    ]
    assert [market for market, _kept in shown(actor, due="week")] == ["KGZ", "UZB"]
    assert [market for market, _kept in shown(actor, owner=str(here.admin.pk))] == ["FRA"]
    assert [market for market, _kept in shown(actor, status="exporting")] == ["POL"]
    assert [market for market, _kept in shown(actor, kept_by="company")] == ["FRA"]
    assert [(column.status, len(column.lines)) for column in page.columns] == [
        ("exporting", 1),
        ("future", 6),
        ("not_interested", 0),
    ]
    assert page_of(actor, due="week").compared == ("KGZ", "UZB")
    assert page_of(actor, status="exporting").compared == ()


def test_the_board_moves_only_what_the_reader_may_change() -> None:
    here = office()
    officer, viewer = here.actor("officer"), here.actor("viewer")
    target = track(officer, {"market": "UZB", "company": str(company_of(here).pk)})
    own = track(viewer, {"market": "KAZ"})
    text = signed_in(viewer.person).get("/en/my/?view=board").content.decode()
    assert f'action="/en/my/targets/{own.pk}/status/"' in text
    assert f'action="/en/my/targets/{target.pk}/status/"' not in text
    assert "?market=KAZ,UZB" in text


# ---------------------------------------------------------------- what changed
def test_the_first_visit_tells_what_changed_since_one_began_and_the_next_what_changed_between() -> None:
    person = PersonFactory()
    track(actor_of_person(person), {"market": "KAZ"})
    client = signed_in(person)
    assert "Nothing new in these markets." in client.get("/en/my/").content.decode()
    release = ReleaseFactory(known_from=timezone.now())
    ObservationFactory(release=release, indicator_id=GDP)
    text = client.get("/en/my/").content.decode()
    assert "Since you began on" in text
    assert "1 new vintage" in text
    Visit.objects.update(seen_at=timezone.now() + dt.timedelta(seconds=1) - dt.timedelta(minutes=31))
    ahead = release.known_from + dt.timedelta(days=1)
    assert "Since your last visit on" in client.get("/en/my/").content.decode()
    assert "Nothing new" in client.get(f"/en/my/?since={ahead.date().isoformat()}").content.decode()


def test_the_newest_unread_alerts_are_told_and_counted() -> None:
    person = PersonFactory()
    actor = actor_of_person(person)
    track(actor, {"market": "KAZ"})
    rule = make_rule(actor, {"kind": "source_late", "dataset": "worldbank"})
    for number in range(5):
        facts = {"since": "2026-01-01T00:00:00+00:00", "state": "late"}
        Alert.objects.create(rule=rule, person=person, event=f"late:worldbank:{number}", facts=facts)
    page = page_of(actor)
    assert (page.unread, len(page.alerts)) == (5, 3)
    assert "All 5 alerts to read" in signed_in(person).get("/en/my/").content.decode()


# ---------------------------------------------------------------- files
def test_the_files_hold_what_the_page_shows() -> None:
    person = PersonFactory()
    track(actor_of_person(person), {"market": "KAZ", "category": "appliances", "next_action": "=Call"})
    track(actor_of_person(person), {"market": "UZB"})
    TradeTotalFactory(value=Decimal(10**9))
    client = signed_in(person)
    body = client.get("/en/my/?download=json&kept_by=own").json()
    first = body["data"][0]
    assert (first["market"], first["category"], first["bought"], first["bought_currency"]) == (
        "KAZ",
        "appliances",
        "1000000000",
        "USD",
    )
    assert set(body["tables"]) == {"figures", "sales"}
    assert "'=Call" in client.get("/en/my/?download=csv").content.decode()
    assert client.get("/en/my/?download=xlsx").content[:2] == b"PK"
    assert not Visit.objects.filter(person=person).exists()


# ---------------------------------------------------------------- few questions
@pytest.fixture
def kept(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reference tables are kept, as in production, from an empty start and for as long as the test runs."""
    monkeypatch.setattr(settings, "REFERENCE_IS_KEPT", True)
    monkeypatch.setattr(standing, "_kept", standing._Kept())  # noqa: SLF001 the memory of this process
    monkeypatch.setattr(standing, "ASK_AFTER_S", 3600)


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.usefixtures("kept")
def test_fifty_markets_ask_no_more_than_five() -> None:
    here = office()
    actor, company = here.actor("officer"), company_of(here)
    other = track(here.actor("admin"), {"market": "KAZ"})
    share_target(here.actor("admin"), other.pk, other.version)
    release = ReleaseFactory(known_from=timezone.now() - dt.timedelta(days=2))
    for place, market in enumerate(PLACES):
        ObservationFactory(area_id=market, release=release, value=Decimal(100 + place))
        TradeTotalFactory(reporter_id=market, release=release)
        RecordFactory(company=company, destination_id=market, period="2023")

    def fill(markets: tuple[str, ...], goods: tuple[dict[str, str], ...]) -> None:
        for market in markets:
            for values in goods:
                track(actor, {"market": market, "next_action": "Call", **values})

    fill(PLACES[:4], ({"product": "8418"},))
    fill(PLACES[:1], ({"company": str(company.pk)},))
    client = signed_in(here.officer)
    for address in BASELINE:
        client.get(address)
    few = {address: asked(client, address) for address in BASELINE}
    fill(PLACES[4:], ({"product": "8418"},))
    fill(PLACES, ({"product": "8450"}, {"category": "appliances"}, {}, {"product": "85"}))
    assert {address: asked(client, address) for address in BASELINE} == few
    assert few == BASELINE, few
