"""The page of revisions, its Atom feed, and the difference of two days on every page that shows it."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets import sources
from markets.ingest import publish
from markets.models import Release
from tests.factories import GDP, POPULATION, ReleaseFactory, delivery, row
from tests.markets.api_world import NEW_AT, OLD_AT, publish_world, state
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
LANGUAGES = [code for code, _name in settings.LANGUAGES]
ATOM = "{http://www.w3.org/2005/Atom}"
DAYS = "from=2022-12-31&to=2025-12-31"
MARKETS = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


def revise(periods: range) -> Release:
    old, new = ReleaseFactory(known_from=OLD_AT), ReleaseFactory(known_from=NEW_AT, revised=len(periods))
    for market in MARKETS:
        for period in periods:
            state(market, str(period), Decimal(100), old, superseded_by=new)
            state(market, str(period), Decimal(101), new, obs_status="r")
    return new


def downloaded(client: Client, address: str) -> list[dict[str, str]]:
    text = client.get(address).content.decode()
    return list(csv.DictReader(io.StringIO(text.split("\r\n\r\n")[0])))


# ---------------------------------------------------------------- the feed as a page
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_in_every_language_and_leads_to_its_feed(client: Client, language: str) -> None:
    publish_world()
    text = page(client, f"/{language}/revisions/")
    assert f'href="/{language}/revisions/feed.xml"' in text
    assert f'href="/{language}/markets/KAZ/indicators/{GDP}/"' in text
    assert text.count("<h1") == 1


def test_a_revision_is_told_with_both_values_and_both_vintages(client: Client) -> None:
    old, new = publish_world()
    text = page(client, "/en/revisions/")
    told = main(text)
    assert "Kazakhstan GDP current US dollars 2021 197,112,000,000 Apr 8, 2022 197,112,255,360.5 r" in told
    assert "+0.0001%" in told
    assert "World Bank, recorded here on Jun 30, 2025." in told
    for release in (old, new):
        assert f'href="/en/releases/{release.pk}/"' in text


def test_a_vintage_that_came_with_the_product_says_that_it_was_public_before(client: Client) -> None:
    _old, new = publish_world()
    Release.objects.filter(pk=new.pk).update(transport="bundled")
    assert "It came with the product and was public before: vintage by Jun 30, 2025." in main(
        page(client, "/en/revisions/")
    )


def test_a_withdrawal_is_a_dash_with_its_letter_and_never_zero(client: Client) -> None:
    others = [row(7, period=year) for year in range(2010, 2020)]
    publish(delivery(row(100), *others), CARD)
    publish(delivery(row(None), *others), CARD)
    told = main(page(client, "/en/revisions/?kind=withdrawn"))
    assert "— not available" in told
    assert "withdrawn" in told
    assert "No vintage loaded here has changed" in main(page(client, "/en/revisions/?kind=revised"))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 11),
        ("market=KAZ", 3),
        ("market=kaz", 3),
        (f"indicator={GDP}", 11),
        (f"indicator={POPULATION}", 0),
        ("dataset=worldbank", 11),
        ("dataset=unctad", 0),
        ("updated_since=2025-06-30", 11),
        ("updated_since=2025-07-01", 0),
        ("updated_since=2025-06-30T00:00:00Z", 11),
    ],
)
def test_filters_narrow_the_page_and_its_file_alike(client: Client, query: str, count: int) -> None:
    publish_world()
    revise(range(2018, 2020))
    # One table a vintage, each with a row of headings.
    headings = 2
    assert len(re.findall("<tr>", page(client, f"/en/revisions/?{query}"))) == (count and count + headings)
    assert len(downloaded(client, f"/en/revisions/?{query}&download=csv")) == count


def test_the_file_holds_what_the_page_shows(client: Client) -> None:
    publish_world()
    (line,) = downloaded(client, "/en/revisions/?download=csv")
    assert (line["indicator"], line["market"], line["period"], line["kind"]) == (GDP, "KAZ", "2021", "revised")
    assert (line["old_value"], line["value"], line["obs_status"]) == ("197112000000", "197112255360.5", "r")
    assert (line["old_vintage"], line["vintage"], line["unit"]) == ("Old", "New", "usd")
    assert "# Source: World Bank. Old." in client.get("/en/revisions/?download=csv").content.decode()


def test_older_revisions_lie_behind_a_link_until_there_are_none(client: Client) -> None:
    revise(range(2010, 2020))
    address, met = "/en/revisions/?limit=15", []
    while address:
        met += [(line["market"], line["period"]) for line in downloaded(client, f"{address}&download=csv")]
        found = re.search(r'href="([^"]+)">\s*Older revisions', page(client, address))
        address = found.group(1) if found else ""
        publish(delivery(row(len(met), area="CHN")), CARD)
    assert len(met) == len(set(met)) == 50
    assert met == sorted(met)


def test_where_nothing_was_revised_the_page_says_why(client: Client) -> None:
    assert "The first vintage of a series adds values and revises none" in main(page(client, "/en/revisions/"))
    publish_world()
    assert "No vintage recorded here since Jan 1, 2030" in main(page(client, "/en/revisions/?updated_since=2030-01-01"))
    after = f"2020-01-01T00:00:00Z,1,{GDP},KAZ,2021"
    assert "There are no older revisions." in main(page(client, f"/en/revisions/?after={after}"))


@pytest.mark.parametrize(
    "query",
    [
        "market=XXX",
        "indicator=NO.SUCH",
        "dataset=nobody",
        "kind=other",
        "limit=0",
        "limit=1001",
        "limit=ten",
        "updated_since=soon",
        "after=nowhere",
        "after=a,b,c,d",
        f"after=2020-01-01T00:00:00Z,{GDP}",
        f"after=2020-01-01T00:00:00Z,x,{GDP},KAZ,2021",
        "to=2020-01-01",
        "from=soon",
        "from=2021-01-01&to=2020-01-01",
        "from=2020-01-01&after=x",
        "from=2020-01-01&after=x,y,z,1",
        "from=2020-01-01&market=XXX",
    ],
)
def test_what_makes_no_sense_is_refused_with_its_name(client: Client, query: str) -> None:
    told = main(page(client, f"/en/revisions/?{query}", 400))
    assert any(f"{pair.split('=')[0]} cannot be" in told for pair in [*query.split("&"), "from=x"])


def test_one_revision_and_a_hundred_cost_the_same_number_of_questions(client: Client) -> None:
    revise(range(2000, 2020))
    counts = []
    for limit in (1, 100):
        with CaptureQueriesContext(connection) as asked:
            page(client, f"/en/revisions/?limit={limit}")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 9


def test_other_pages_lead_here(client: Client) -> None:
    publish_world()
    assert 'href="/en/revisions/"' in page(client, "/en/")


# ---------------------------------------------------------------- the feed as Atom
def atom(client: Client, address: str) -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    return fromstring(response.content)


def test_an_entry_tells_what_one_vintage_changed_in_one_indicator(client: Client) -> None:
    revise(range(2010, 2015))
    feed = atom(client, "/en/revisions/feed.xml")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "GDP: 25 values changed"
    assert entry.findtext(f"{ATOM}updated") == "2025-06-30T00:00:00+00:00"
    summary = entry.findtext(f"{ATOM}summary") or ""
    assert "Kazakhstan, 2010: US$100, now US$101 (+1.0%)" in summary
    assert "and 5 more" in summary
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == entry.findtext(f"{ATOM}id")
    assert len(downloaded(client, f"{link.get('href')}&download=csv")) == 25


def test_every_entry_has_an_id_of_its_own_and_the_language_of_its_address(client: Client) -> None:
    for value in (1, 2, 3):
        publish(delivery(row(value), row(value, indicator=POPULATION)), CARD)
    feed = atom(client, "/ru/revisions/feed.xml")
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == 4
    assert all("/ru/revisions/?" in (key or "") for key in ids)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "ru"


def test_the_atom_feed_is_narrowed_like_the_page_and_may_be_empty(client: Client) -> None:
    publish_world()
    assert atom(client, f"/en/revisions/feed.xml?indicator={POPULATION}").findall(f"{ATOM}entry") == []
    assert len(atom(client, "/en/revisions/feed.xml?market=KAZ").findall(f"{ATOM}entry")) == 1
    assert client.get("/en/revisions/feed.xml?market=XXX").status_code == 400


# ---------------------------------------------------------------- the difference of two days
ADDRESSES = (
    f"/revisions/?{DAYS}&indicator={GDP}",
    f"/revisions/?{DAYS}&market=KAZ",
    f"/indicators/{GDP}/?view=revisions&{DAYS}",
    f"/markets/KAZ/indicators/{GDP}/?{DAYS}",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_two_days_are_told_apart_with_both_vintages(client: Client, address: str) -> None:
    old, new = publish_world()
    text = page(client, f"/en{address}")
    told = main(text)
    assert "What was read differently on Dec 31, 2022 and on Dec 31, 2025" in told
    assert "Values revised: 1; withdrawn: 0; added:" in told
    assert "197,112,000,000 Apr 8, 2022 197,112,255,360.5" in told
    assert "— not stated" in told
    for release in (old, new):
        assert f'href="/en/releases/{release.pk}/"' in text
    lines = downloaded(client, f"/en{address}&download=csv")
    assert (lines[0]["kind"], lines[0]["old_value"], lines[0]["value"]) == (
        "revised",
        "197112000000",
        "197112255360.5",
    )
    assert all(line["old_value"] == "" for line in lines if line["kind"] == "added")


def test_over_all_indicators_the_numbers_lead_to_the_values(client: Client) -> None:
    publish_world()
    text = page(client, f"/en/revisions/?{DAYS}")
    assert f"?from=2022-12-31&to=2025-12-31&indicator={GDP}" in text
    (gdp, population) = downloaded(client, f"/en/revisions/?{DAYS}&download=csv")
    assert (gdp["indicator"], gdp["revised"], gdp["withdrawn"], gdp["added"]) == (GDP, "1", "0", "4")
    assert (population["indicator"], population["revised"], population["added"]) == (POPULATION, "0", "2")


def test_one_kind_is_shown_alone_and_long_lists_go_on(client: Client) -> None:
    revise(range(2010, 2020))
    address, met = f"/en/revisions/?{DAYS}&indicator={GDP}&limit=20", []
    while address:
        met += [(line["market"], line["period"]) for line in downloaded(client, f"{address}&download=csv")]
        found = re.search(r'href="([^"]+)">\s*The next values', page(client, address))
        address = found.group(1).replace("#", "&limit=20#") if found else ""
    assert len(met) == len(set(met)) == 50
    assert "No value of this kind." in main(page(client, f"/en/revisions/?{DAYS}&market=KAZ&kind=withdrawn"))


def test_two_days_on_which_the_same_was_read_say_so(client: Client) -> None:
    publish_world()
    for address in (f"/en/indicators/{GDP}/?view=revisions&", f"/en/markets/KAZ/indicators/{GDP}/?", "/en/revisions/?"):
        assert "Nothing: every value known on the earlier day reads the same" in main(
            page(client, f"{address}from=2025-07-01&to=2025-12-31")
        )


def test_the_later_day_is_today_where_none_is_given(client: Client) -> None:
    publish_world()
    assert "Values revised: 1;" in main(page(client, f"/en/indicators/{GDP}/?view=revisions&from=2022-12-31&to="))
    assert "Back to all revisions" in main(page(client, f"/en/indicators/{GDP}/?view=revisions&{DAYS}"))


def test_only_the_tab_of_revisions_asks_for_a_difference(client: Client) -> None:
    publish_world()
    assert "What was read differently" not in main(page(client, f"/en/indicators/{GDP}/?view=table&{DAYS}"))
