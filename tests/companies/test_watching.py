"""Watching a market: in one click, by the way through sign-up, once, and never in a page that others are given."""

from __future__ import annotations

import re
import time

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from companies.access import actor_of_person
from companies.accounts.wishes import WISH_LASTS_SECONDS
from companies.models import AlertRule, Change, Role, TargetMarket
from companies.targets.tracking import track
from tests.companies.office import office
from tests.companies.visitor import PASSWORD, Visitor, code_to, person, unused_address

pytestmark = pytest.mark.django_db

WATCH = "/en/my/watch/"
KEPT = "/en/my/watch/kept/"


def signed_in(**of_person: object) -> tuple[Visitor, object]:
    someone, visitor = person(**of_person), Visitor()
    visitor.force_login(someone)
    return visitor, someone


def test_one_click_on_the_page_watches_the_market_and_leads_back_to_it() -> None:
    visitor, someone = signed_in()
    page = visitor.get(f"{WATCH}?market=KAZ").content.decode()
    assert "Watch Kazakhstan" in page
    answer = visitor.post(WATCH, {"market": "KAZ"}, follow=True)
    assert answer.redirect_chain == [("/en/markets/KAZ/", 302)]
    assert "You watch Kazakhstan." in answer.content.decode()
    target = TargetMarket.objects.get()
    assert (target.person, target.market_id, target.category_id, target.product) == (someone, "KAZ", None, "")
    assert Change.objects.filter(action="tracked", object_id=str(target.pk)).count() == 1


def test_a_second_click_is_no_fault_and_makes_no_second_one() -> None:
    visitor, _someone = signed_in()
    for _click in range(2):
        answer = visitor.post(WATCH, {"market": "KAZ"})
        assert (answer.status_code, answer["Location"]) == (302, "/en/markets/KAZ/")
    assert TargetMarket.objects.count() == 1
    assert AlertRule.objects.count() == 1


@pytest.mark.parametrize(
    ("goods", "name"),
    [({"category": "appliances"}, "Kazakhstan: Home appliances"), ({"product": "8418"}, "Kazakhstan: 8418 ")],
    ids=["category", "product"],
)
def test_a_market_is_watched_for_a_category_or_a_product(goods: dict[str, str], name: str) -> None:
    visitor, _someone = signed_in()
    assert f"Watch {name}" in visitor.get(WATCH, {"market": "KAZ", **goods}).content.decode()
    answer = visitor.post(WATCH, {"market": "KAZ", **goods}, follow=True)
    assert f"You watch {name}" in answer.content.decode()
    target = TargetMarket.objects.get()
    assert {"category": target.category_id or "", "product": target.product} == {"category": "", "product": "", **goods}
    assert f"You watch {name}" in visitor.get(WATCH, {"market": "KAZ", **goods}).content.decode()
    assert "Watch Kazakhstan" in visitor.get(WATCH, {"market": "KAZ"}).content.decode()


def test_goods_without_a_market_ask_for_the_market() -> None:
    visitor, _someone = signed_in()
    page = visitor.get(WATCH, {"category": "appliances"}).content.decode()
    assert '<select class="form-select"' in page
    answer = visitor.post(WATCH, {"category": "appliances", "market": ""})
    assert answer.status_code == 422
    assert "Choose a market." in answer.content.decode()
    visitor.post(WATCH, {"category": "appliances", "market": "UZB"})
    assert str(TargetMarket.objects.get()) == "UZB appliances"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("market=XXX", 404),
        ("market=WLD", 404),
        ("market=KAZ&category=nothing", 404),
        ("market=KAZ&product=99999", 404),
        ("market=KAZ&product=8418&category=appliances", 400),
        ("", 400),
        (f"market={'K' * 300}", 400),
        ("market=KAZ%00", 400),
    ],
    ids=["unknown", "group", "category", "product", "both", "nothing", "endless", "unprintable"],
)
def test_what_does_not_exist_is_not_watched(asked: str, status: int) -> None:
    visitor, _someone = signed_in()
    assert visitor.get(f"{WATCH}?{asked}").status_code == status
    assert visitor.post(f"{WATCH}?{asked}").status_code == status
    assert not TargetMarket.objects.exists()


def test_the_piece_of_a_page_says_whether_the_market_is_watched_and_watches_it_in_place() -> None:
    visitor, _someone = signed_in()
    htmx = {"HX-Request": "true"}
    piece = visitor.get(f"{WATCH}?market=KAZ", headers=htmx)
    assert "<html" not in piece.content.decode()
    assert "hx-post" in piece.content.decode()
    done = visitor.post(f"{WATCH}?market=KAZ", headers=htmx)
    target = TargetMarket.objects.get()
    assert "You watch this now" in done.content.decode()
    assert reverse("companies:target", args=[target.pk]) in done.content.decode()
    assert "You watch this" in visitor.get(f"{WATCH}?market=KAZ", headers=htmx).content.decode()
    assert "no-store" in piece["Cache-Control"]


def test_a_session_that_ended_meanwhile_leads_from_the_piece_to_the_door() -> None:
    answer = Visitor().post(f"{WATCH}?market=KAZ", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/en/accounts/signup/?next=")


@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_a_visitor_signs_up_and_comes_back_with_the_market_watched(language: str) -> None:
    visitor, email = Visitor(), unused_address()
    page = visitor.get(f"/{language}/my/watch/?market=KAZ")
    assert page.status_code == 200
    door = visitor.post(f"/{language}/my/watch/", {"market": "KAZ", "way": "sign_up"})
    assert door["Location"] == f"/{language}/accounts/signup/?next=%2F{language}%2Fmy%2Fwatch%2Fkept%2F"
    form = visitor.get(door["Location"]).content.decode()
    onward = re.search(r'name="next" value="([^"]+)"', form)
    assert onward
    given = {"name": "Ann", "email": email, "password1": PASSWORD, "next": onward.group(1)}
    sent = visitor.post(f"/{language}/accounts/signup/", given)
    assert not TargetMarket.objects.exists()
    came = visitor.post(sent["Location"], {"code": code_to(email)}, follow=True)
    assert [address for address, _status in came.redirect_chain] == [
        f"/{language}/my/watch/kept/",
        f"/{language}/markets/KAZ/",
    ]
    target = TargetMarket.objects.get()
    assert (target.person.email, target.market_id) == (email, "KAZ")
    assert 'role="status"' in came.content.decode()
    assert visitor.get(f"/{language}/my/watch/kept/")["Location"] == f"/{language}/my/"


def test_who_has_an_account_already_signs_in_instead() -> None:
    someone, visitor = person(), Visitor()
    door = visitor.post(WATCH, {"market": "UZB", "way": "sign_in"})
    assert door["Location"].startswith("/en/accounts/login/?next=")
    came = visitor.signs_in(someone.email, next=KEPT)
    assert came["Location"] == KEPT
    assert visitor.get(KEPT)["Location"] == "/en/markets/UZB/"
    assert TargetMarket.objects.get().person == someone


def test_the_wish_is_not_lost_where_the_way_back_was() -> None:
    someone, visitor = person(began_at=timezone.now()), Visitor()
    visitor.post(WATCH, {"market": "UZB"})
    assert visitor.signs_in(someone.email)["Location"] == KEPT


def test_a_wish_made_long_ago_is_nobodys() -> None:
    someone, visitor = person(began_at=timezone.now()), Visitor()
    visitor.post(WATCH, {"market": "UZB"})
    with time_machine.travel(time.time() + WISH_LASTS_SECONDS + 5, tick=True):
        assert visitor.signs_in(someone.email)["Location"] == "/en/my/"
        assert visitor.get(KEPT)["Location"] == "/en/my/"
    assert not TargetMarket.objects.exists()


def test_nothing_is_wished_for_by_a_page_that_was_only_opened() -> None:
    visitor = Visitor()
    visitor.get(f"{WATCH}?market=KAZ")
    assert "wish" not in visitor.session


def test_a_form_of_another_site_watches_nothing() -> None:
    someone = person()
    visitor = Visitor(enforce_csrf_checks=True)
    visitor.force_login(someone)
    assert visitor.post(WATCH, {"market": "KAZ"}).status_code == 403
    assert not TargetMarket.objects.exists()


def test_pages_that_everybody_is_given_hold_a_plain_link_and_set_no_cookie() -> None:
    visitor = Visitor()
    answer = visitor.get("/en/markets/KAZ/")
    page = answer.content.decode()
    assert 'href="/en/my/watch/?market=KAZ"' in page
    assert "hx-get" not in page.split('class="watch"')[1].split("</span>")[0]
    assert not answer.cookies
    piece = visitor.get(f"{WATCH}?market=KAZ", headers={"HX-Request": "true"})
    assert "csrfmiddlewaretoken" not in piece.content.decode()
    assert not piece.cookies


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("/en/products/8418/", "/en/my/watch/?product=8418"),
        ("/en/categories/appliances/", "/en/my/watch/?category=appliances"),
        ("/en/categories/appliances/", "/en/my/watch/?market=KAZ&amp;category=appliances"),
        ("/en/markets/KAZ/", "/en/my/watch/?market=KAZ&amp;category=appliances"),
    ],
    ids=["product", "category", "card", "market-card"],
)
def test_pages_lead_to_watching(address: str, link: str) -> None:
    assert f'href="{link}"' in Visitor().get(address).content.decode()


def test_the_watch_of_a_colleague_is_not_told() -> None:
    here = office()
    track(here.actor(Role.ADMIN), {"market": "KAZ"})
    visitor = Visitor()
    visitor.force_login(here.officer)
    assert "Watch Kazakhstan" in visitor.get(f"{WATCH}?market=KAZ").content.decode()


def test_a_market_that_was_removed_can_be_watched_again_by_the_persons_own_click() -> None:
    visitor, someone = signed_in()
    gone = track(actor_of_person(someone), {"market": "KAZ"})  # type: ignore[arg-type]
    TargetMarket.objects.filter(pk=gone.pk).update(removed_at=timezone.now())
    visitor.get(f"{WATCH}?market=KAZ")
    assert not TargetMarket.objects.filter(removed_at=None).exists()
    visitor.post(WATCH, {"market": "KAZ"})
    assert TargetMarket.objects.get(removed_at=None).pk != gone.pk


def test_the_sign_up_says_what_comes_after() -> None:
    visitor = Visitor()
    assert "After that" not in visitor.get("/en/accounts/signup/").content.decode()
    visitor.post(WATCH, {"market": "KAZ"})
    assert "After that you watch Kazakhstan." in visitor.get("/en/accounts/signup/").content.decode()
