"""The trade section of a profile, the page of all partners, the page of a pair: what stands there and in the files."""

from __future__ import annotations

import csv
import html
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.queries import FOCUS_MARKETS, standing
from tests.markets.trade_world import OTHERS, publish_small_world, state

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def page(address: str, status: int = 200) -> str:
    response = Client().get(address)
    assert response.status_code == status, response.content[:1000]
    return html.unescape(response.content.decode())


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def section(code: str, query: str = "") -> str:
    """The trade section of a market's page, in words."""
    text = page(f"/en/markets/{code}/{query}")
    return words(text[text.index('<section class="section" id="trade"') : text.index('id="demand"')])


def rows(address: str, **asked: str) -> list[dict[str, str]]:
    answer = Client().get(address, {"download": "csv"} | asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode().split("\r\n\r\n")[0])))


# ---------------------------------------------------------------- the section of the profile
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("market", FOCUS_MARKETS)
def test_every_focus_market_has_its_pages_in_every_language(market: str, language: str) -> None:
    publish_small_world()
    for path in ("", "trade/", "trade/?flow=X", "trade/UZB/" if market != "UZB" else "trade/CHN/"):
        assert f'lang="{language}"' in page(f"/{language}/markets/{market}/{path}")


def test_the_section_names_suppliers_with_share_and_the_home_market_by_year() -> None:
    publish_small_world()
    text = section("KAZ")
    assert text.startswith("From whom it buys Imports by partner, 2023 Total, as reported US$25.0 bn")
    assert "China US$10.0 bn , 40.0%, place 2 of 24" in text
    assert "1 Russia US$12.0 bn 48.0%" in text
    assert "+25.0% since 2022" in text
    assert "+14.9% a year since 2018" in text
    assert "China: share of the imports" in text
    assert "Exports by partner Not loaded" in text


def test_both_sides_are_side_by_side_with_what_may_set_them_apart() -> None:
    publish_small_world()
    text = section("KAZ")
    assert "2023 China Imports US$10.0 bn US$20.0 bn 2.00 times 0.33" in text
    assert "at least one and a half times" in text
    assert "They explain; they prove nothing about these figures." in text
    assert "15.0 bn" not in text, "no average of the two"


def test_a_market_without_reports_says_whose_word_it_is() -> None:
    publish_small_world()
    text = section("TKM")
    assert "Imports, as its partners report them No report of Turkmenistan itself is loaded." in text
    assert "China Exports 2023 US$900.0 million" in text
    assert "China Imports Mar 2024 (not a whole year) CN¥5.30 bn e" in text
    assert "%" not in text.split("How the measures")[0]


def test_the_home_market_is_shown_by_what_it_sells_to_those_loaded() -> None:
    publish_small_world()
    text = section("CHN")
    assert text.startswith("To whom it sells Exports by partner, 2023 Total, as reported not loaded")
    assert "2 partners are loaded, so nobody is ranked among all partners." in text
    assert "No share is shown: no total that these partners are a part of is loaded." in text
    assert ">To whom it sells</a>" in page("/en/markets/CHN/")


def test_totals_and_both_sides_lead_to_the_vintages_that_stated_them() -> None:
    _old, new, china = publish_small_world()
    text = page("/en/markets/KAZ/").split('id="trade"', 1)[1]
    total = text.split("Total, as reported", 1)[1].split("</dd>", 1)[0]
    assert f'href="/en/releases/{new.pk}/"' in total
    mirror = text.split("Both sides of the trade", 1)[1].split("</table>", 1)[0]
    assert f'href="/en/releases/{new.pk}/"' in mirror
    assert f'href="/en/releases/{china.pk}/"' in mirror
    pair = page("/en/markets/KAZ/trade/CHN/").split("Flows as seen from", 1)[1].split("</table>", 1)[0]
    assert f'href="/en/releases/{china.pk}/"' in pair


def test_a_market_of_which_nothing_is_loaded_says_so_and_shows_no_zero() -> None:
    text = section("FJI")
    assert text.count("Not loaded: neither a report of Fiji nor one of its partners is read here.") == 2
    assert "US$0" not in text


def test_as_of_reaches_every_part_of_the_section() -> None:
    publish_small_world()
    text = section("KAZ", "?as_of=2023-06-30")
    assert "Imports by partner, 2022" in text
    assert "US$7.90 bn" in text
    assert "Both sides of the trade" not in text
    assert "as_of=2023-06-30&flow=M" in page("/en/markets/KAZ/?as_of=2023-06-30")


def test_trade_asks_two_questions_however_much_is_loaded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REFERENCE_IS_KEPT", True)
    monkeypatch.setattr(standing, "_kept", standing._Kept())  # noqa: SLF001 the memory of this process
    monkeypatch.setattr(standing, "ASK_AFTER_S", 3600)

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(address)
        return len(queries)

    page("/en/markets/KAZ/")
    before = asked("/en/markets/KAZ/")
    _old, new, _china = publish_small_world()
    few = asked("/en/markets/KAZ/")
    pages = [asked(f"/en/markets/KAZ/trade/{path}") for path in ("", "CHN/")]
    for year in range(2010, 2018):
        for partner in OTHERS:
            state(f"KAZ M {partner} {year}", 100, new)
    assert asked("/en/markets/KAZ/") == few <= before + 2 <= 12
    assert [asked(f"/en/markets/KAZ/trade/{path}") for path in ("", "CHN/")] == pages
    assert max(pages) <= 4


# ---------------------------------------------------------------- all partners
def test_all_partners_of_a_period_in_an_order() -> None:
    publish_small_world()
    text = page("/en/markets/KAZ/trade/?sort=name")
    names = re.findall(r'class="partner-name"><a[^>]*>([^<]+)<', text)
    assert len(names) == len(OTHERS) + 2
    assert names == sorted(names)
    assert 'aria-sort="ascending"' in text
    assert "sort=-name" in text
    assert "2018: 1 partner" in words(text)
    assert "US$0" in words(page("/en/markets/KAZ/trade/")), "a printed zero is shown"
    assert "k low, rounds to zero" in words(page("/en/markets/KAZ/trade/"))


def test_partner_names_lead_to_their_markets_and_values_to_the_pair() -> None:
    publish_small_world()
    text = page("/en/markets/KAZ/trade/?as_of=2025-01-01")
    assert 'href="/en/markets/RUS/?as_of=2025-01-01"' in text
    assert 'href="/en/markets/KAZ/trade/RUS/?as_of=2025-01-01"' in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("KAZ/trade/?flow=Z", 400),
        ("KAZ/trade/?sort=size", 400),
        ("KAZ/trade/?period=1999", 400),
        ("KAZ/trade/?download=pdf", 400),
        ("XYZ/trade/", 404),
        ("WLD/trade/", 404),
        ("KAZ/trade/KAZ/", 404),
        ("KAZ/trade/WLD/", 404),
        ("KAZ/trade/XYZ/", 404),
        ("KAZ/trade/CHN/?table=nothing&download=csv", 400),
    ],
)
def test_nonsense_is_told_as_a_page(path: str, status: int) -> None:
    publish_small_world()
    assert f'<p class="error-status">{status}</p>' in page(f"/en/markets/{path}", status)


def test_codes_in_small_letters_lead_to_the_address_in_capitals() -> None:
    for path in ("kaz/trade/?flow=X", "kaz/trade/chn/"):
        answer = Client().get(f"/en/markets/{path}", follow=True)
        assert answer.status_code == 200
        code, _slash, query = path.partition("?")
        assert answer.redirect_chain[-1][0] == f"/en/markets/{code.upper().replace('TRADE', 'trade')}" + (
            f"?{query}" if query else ""
        )


# ---------------------------------------------------------------- the pair
def test_a_pair_shows_both_sides_the_months_in_their_currency_and_every_vintage() -> None:
    publish_small_world()
    text = words(page("/en/markets/KAZ/trade/CHN/"))
    assert "2023 Imports US$10.0 bn US$20.0 bn 2.00 times 0.33" in text
    assert "Mar 2024 Imports — not reported, or not loaded CN¥3.10 bn e — —" in text
    assert "Sep 2024 Imports — not reported, or not loaded US$450.0 million — —" in text
    assert "2022 Kazakhstan Imports US$7.90 bn Jan 1, 2022 to Jan 1, 2024 superseded by New" in text
    assert "as China reports it" in page("/en/markets/KAZ/trade/CHN/")


def test_a_pair_of_which_nothing_is_known_says_so() -> None:
    assert "Not loaded: no source read here has a value" in words(page("/en/markets/FJI/trade/CHN/"))
    publish_small_world()
    assert "Not known then" in words(page("/en/markets/KAZ/trade/CHN/?as_of=1999-01-01"))


# ---------------------------------------------------------------- one number in all forms
def test_a_number_is_the_same_on_the_page_in_the_files_and_in_the_api() -> None:
    publish_small_world()
    address = "/en/markets/KAZ/trade/"
    api = Client().get("/api/v1/markets/KAZ/trade/").json()
    lines = {line["partner"]["iso3"]: line for line in api["side"]["partners"]}
    text = page(address)
    for row in rows(address):
        if row["partner"] == "WLD":
            assert Decimal(row["value"]) == Decimal(api["side"]["total"]["value"])
            continue
        line = lines[row["partner"]]
        assert Decimal(row["value"]) == Decimal(line["stated"]["value"])
        assert row["share_pct"] == (line["share_pct"] or "")
        assert row["obs_status"] == line["stated"]["status"]
        assert f'title="{int(Decimal(row["value"])):,} USD"' in text
    assert [row["partner"] for row in rows(address)][1:] == list(lines), "in the order of the screen"
    data = Client().get(address, {"download": "json"}).json()["data"]
    assert [Decimal(row["value"]) for row in data] == [Decimal(row["value"]) for row in rows(address)]
    totals = Client().get("/api/v1/trade-totals/?reporter=KAZ&flow=M&period=2023&limit=100").json()["data"]
    assert {r["partner"]["iso3"]: Decimal(r["value"]) for r in totals} == {
        row["partner"]: Decimal(row["value"]) for row in rows(address)
    }
    profile = Client().get("/api/v1/markets/KAZ/profile/").json()["trade"]
    assert profile["imports"]["partners"] == api["side"]["partners"][:10]
    assert profile["imports"]["concentration"] == api["side"]["concentration"]


def test_the_files_of_a_profile_and_of_a_pair_hold_its_trade() -> None:
    publish_small_world()
    held = rows("/en/markets/KAZ/", table="imports")
    assert [row["partner"] for row in held[:3]] == ["WLD", "RUS", "CHN"]
    (mirror,) = rows("/en/markets/KAZ/", table="mirror")
    assert (mirror["own"], mirror["partner_reports"], mirror["ratio"]) == ("10000000000", "20000000000", "2.000000")
    assert [row["share_pct"] for row in rows("/en/markets/KAZ/", table="trend")] == [
        "40.000000",
        "32.000000",
        "25.000000",
    ]
    pair = rows("/en/markets/KAZ/trade/CHN/")
    assert {(r["period"], r["own"], r["partner_reports"], r["partner_currency"]) for r in pair} >= {
        ("2023", "10000000000", "20000000000", "USD"),
        ("2024-03", "", "3100000000", "CNY"),
    }
    vintages = rows("/en/markets/KAZ/trade/CHN/", table="vintages")
    assert [(r["value"], r["known_to"]) for r in vintages if r["period"] == "2022"] == [
        ("8000000000", ""),
        ("7900000000", "2024-01-01"),
    ]
    assert Client().get("/en/markets/KAZ/", {"download": "xlsx"}).status_code == 200
