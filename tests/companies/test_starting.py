"""The beginning: four questions that fill the workspace, each skippable, and nothing brought back unasked."""

from __future__ import annotations

import pytest
from django.utils import timezone

from companies.access import NOBODY, Actor, actor_of_person
from companies.errors import FieldsRejected, SignInNeeded
from companies.models import AlertRule, Change, Interest, Role, TargetMarket, User
from companies.profiles.starting import start_page
from companies.records.sample import make_sample
from companies.targets.removing import remove_target
from companies.targets.starting import MOST_TARGETS, begin
from companies.targets.tracking import track
from markets.search import rebuild_index
from tests.companies.office import office
from tests.companies.visitor import Visitor, person

pytestmark = pytest.mark.django_db

START = "/en/my/start/"


@pytest.fixture
def somebody() -> Actor:
    return actor_of_person(person())


@pytest.fixture
def visitor(somebody: Actor) -> Visitor:
    visitor = Visitor()
    visitor.force_login(somebody.person)
    return visitor


def standing(actor: Actor) -> list[str]:
    return sorted(str(each) for each in TargetMarket.objects.filter(person=actor.user, removed_at=None))


def again(actor: Actor) -> User:
    return User.objects.get(pk=actor.person.pk)


def test_the_four_answers_fill_the_workspace(visitor: Visitor, somebody: Actor) -> None:
    assert visitor.post(f"{START}?q=1", {"language": "en"})["Location"] == "/en/my/start/?q=2"
    assert visitor.post(f"{START}?q=2", {"work": "exporter"})["Location"] == "/en/my/start/?q=3"
    goods = {"categories": ["appliances"], "products": ["8418"]}
    assert visitor.post(f"{START}?q=3", goods)["Location"] == "/en/my/start/?q=4"
    done = visitor.post(f"{START}?q=4", {"home": "CHN", "markets": ["KAZ", "UZB"]}, follow=True)
    assert done.redirect_chain == [("/en/my/", 302)]
    someone = again(somebody)
    assert (someone.language, someone.work, someone.home_id) == ("en", "exporter", "CHN")
    assert someone.began_at is not None
    assert standing(somebody) == ["KAZ 8418", "KAZ appliances", "UZB 8418", "UZB appliances"]
    rules = AlertRule.objects.filter(person=someone, removed_at=None).values_list("kind", "market_id")
    assert sorted(rules) == [("revised", "KAZ"), ("revised", "UZB")]


def test_the_next_question_comes_in_the_language_that_was_chosen(visitor: Visitor) -> None:
    answer = visitor.post(f"{START}?q=1", {"language": "zh-hans"})
    assert answer["Location"] == "/zh-hans/my/start/?q=2"


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_each_question_can_be_skipped(visitor: Visitor, somebody: Actor, number: int) -> None:
    sent = {"skip": "this", "language": "ru", "work": "research", "categories": ["appliances"], "markets": ["KAZ"]}
    answer = visitor.post(f"{START}?q={number}", sent)
    assert answer["Location"] == (f"/en/my/start/?q={number + 1}" if number < 4 else "/en/my/")
    someone = again(somebody)
    assert (someone.language, someone.work, standing(somebody)) == ("", "", [])
    assert not Interest.objects.exists()


def test_all_can_be_skipped_at_once_and_are_asked_no_more(visitor: Visitor, somebody: Actor) -> None:
    assert visitor.post(f"{START}?q=1", {"skip": "all"})["Location"] == "/en/my/"
    assert again(somebody).began_at is not None
    assert Change.objects.filter(action="began", actor=somebody.user).count() == 1


def test_without_goods_a_market_is_tracked_as_a_whole(somebody: Actor) -> None:
    begin(somebody, {"markets": ["KAZ"]})
    assert standing(somebody) == ["KAZ"]


def test_answering_twice_makes_nothing_twice(somebody: Actor) -> None:
    answers = {"categories": ["appliances"], "products": [], "markets": ["KAZ", "KAZ", "UZB"]}
    assert len(begin(somebody, answers).targets) == 2
    assert begin(somebody, answers).targets == ()
    assert TargetMarket.objects.count() == 2
    assert Change.objects.filter(action="began").count() == 1


def test_so_many_come_at_once_and_the_rest_is_told(visitor: Visitor, somebody: Actor) -> None:
    begin(somebody, {"categories": ["appliances", "cosmetics", "steel"], "products": []})
    markets = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
    done = visitor.post(f"{START}?q=4", {"markets": markets})
    assert len(standing(somebody)) == MOST_TARGETS
    told = [str(each) for each in done.wsgi_request._messages]  # noqa: SLF001 what the next page says
    assert told == [
        "You track 12 more markets now.",
        "12 come at once, so 3 were left out. Add those that matter yourself.",
    ]


def test_other_goods_take_the_place_of_those_named_before(somebody: Actor) -> None:
    begin(somebody, {"categories": ["appliances", "steel"], "products": ["8418"]})
    begin(somebody, {"categories": ["steel"], "products": ["8450"]})
    rows = Interest.objects.filter(person=somebody.user).values_list("category_id", "product")
    assert set(rows) == {("steel", ""), (None, "8450")}
    newest = Change.objects.filter(action="began").latest("id")
    assert (newest.before["goods"], newest.after["goods"]) == ("appliances, steel, 8418", "steel, 8450")
    assert newest.organisation_id is None


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"language": "tlh"}, "/language"),
        ({"work": "king"}, "/work"),
        ({"home": "WLD"}, "/home"),
        ({"home": "XXX"}, "/home"),
        ({"categories": ["nothing"]}, "/categories"),
        ({"products": ["9998"]}, "/products"),
        ({"markets": ["KAZ", "CA5"]}, "/markets"),
        (
            {"products": [f"{each:04}" for each in (*range(101, 107), *range(201, 211), *range(301, 310))]},
            "/categories",
        ),
    ],
    ids=["language", "work", "group-home", "home", "category", "product", "group", "too-many"],
)
def test_what_is_not_on_the_list_is_refused_and_nothing_is_kept(
    somebody: Actor, answers: dict[str, object], pointer: str
) -> None:
    with pytest.raises(FieldsRejected) as refused:
        begin(somebody, {**answers, "markets": answers.get("markets", ["UZB"])})
    assert [fault.context["pointer"] for fault in refused.value.context["faults"]] == [pointer]
    assert standing(somebody) == []
    assert again(somebody).began_at is None


def test_a_refusal_is_told_beside_the_question(visitor: Visitor) -> None:
    answer = visitor.post(f"{START}?q=3", {"categories": ["appliances", "nothing"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#categories"' in page
    assert page.count(" checked") == 1


def test_every_fault_is_told_at_once(somebody: Actor) -> None:
    with pytest.raises(FieldsRejected) as refused:
        begin(somebody, {"language": "tlh", "home": "XXX", "markets": ["YYY"]})
    assert refused.value.context["count"] == 3


def test_a_market_that_was_removed_is_offered_but_never_ticked_and_stays_removed(
    visitor: Visitor, somebody: Actor
) -> None:
    gone = track(somebody, {"market": "KAZ"})
    remove_target(somebody, gone.pk, gone.version)
    page = start_page(somebody, 4)
    choice = next(each for each in page.choices if each.value == "KAZ")
    assert (choice.standing, choice.is_chosen) == ("removed", False)
    assert not any(each.is_chosen for each in page.choices)
    visitor.post(f"{START}?q=4", {"home": "CHN", "markets": []})
    begin(somebody, {"markets": ["UZB"]})
    assert standing(somebody) == ["UZB"]
    begin(somebody, {"markets": ["KAZ"]})
    assert standing(somebody) == ["KAZ", "UZB"]


def test_more_goods_of_a_tracked_market_bring_back_none_that_were_taken_out(somebody: Actor) -> None:
    begin(somebody, {"categories": ["appliances", "steel"], "products": [], "markets": ["KAZ"]})
    gone = TargetMarket.objects.get(category="steel")
    remove_target(somebody, gone.pk, gone.version)
    begun = begin(somebody, {"categories": ["appliances", "steel", "medical"], "products": [], "markets": ["KAZ"]})
    assert (len(begun.targets), begun.not_again) == (1, 1)
    assert standing(somebody) == ["KAZ appliances", "KAZ medical"]


def test_nobody_begins_without_signing_in() -> None:
    with pytest.raises(SignInNeeded):
        begin(NOBODY, {})
    assert Visitor().get(START)["Location"].startswith("/en/accounts/login/?next=")


@pytest.mark.parametrize("number", ["0", "5", "x", "1" * 300], ids=["nought", "five", "letter", "endless"])
def test_there_are_four_questions(visitor: Visitor, number: str) -> None:
    assert visitor.get(f"{START}?q={number}").status_code == 400


@pytest.fixture
def findable() -> None:
    rebuild_index()


@pytest.mark.usefixtures("findable")
def test_a_product_is_looked_for_and_what_was_ticked_stays(visitor: Visitor) -> None:
    sent = {"find": "1", "search": "холодильник", "categories": ["steel"], "products": ["8450"]}
    page = visitor.post(f"{START}?q=3", sent).content.decode()
    assert 'value="8418"' in page
    assert page.count(" checked") == 2
    assert not Interest.objects.exists()


@pytest.mark.usefixtures("findable")
def test_any_other_market_is_looked_for_by_name(visitor: Visitor, somebody: Actor) -> None:
    page = visitor.post(f"{START}?q=4", {"find": "1", "search": "Germany", "markets": ["UZB"]}).content.decode()
    assert 'value="DEU"' in page
    visitor.post(f"{START}?q=4", {"search": "Germany", "markets": ["UZB", "DEU"]})
    assert standing(somebody) == ["DEU", "UZB"]


# ---------------------------------------------------------------- where people land
def landing(someone: User) -> str:
    return str(Visitor().signs_in(someone.email)["Location"])


def test_who_never_began_is_asked_first() -> None:
    assert landing(person()) == START


def test_who_began_comes_to_the_workspace() -> None:
    assert landing(person(began_at=timezone.now())) == "/en/my/"


@pytest.mark.parametrize(
    ("kind", "role", "place"),
    [
        ("trade_office", Role.OFFICER, "/en/records/"),
        ("trade_office", Role.ADMIN, "/en/records/"),
        ("trade_office", Role.VIEWER, "/en/my/"),
        ("exporter", Role.ADMIN, "/en/my/"),
    ],
    ids=["officer", "admin", "viewer", "exporter"],
)
def test_who_works_on_records_of_a_trade_office_comes_to_their_list(kind: str, role: str, place: str) -> None:
    someone = person(began_at=timezone.now())
    here = office(kind=kind)
    here.organisation.memberships.create(user=someone, role=role)
    assert landing(someone) == place


def test_the_sample_office_counts_as_begun() -> None:
    someone = person()
    make_sample(someone)
    assert User.objects.get(pk=someone.pk).began_at is not None


def test_home_and_work_stand_among_the_settings(visitor: Visitor, somebody: Actor) -> None:
    begin(somebody, {"work": "exporter", "home": "CHN"})
    page = visitor.get("/en/my/settings/").content.decode()
    assert '<option value="CHN" selected>' in page
    sent = {"name": "Ann", "work": "research", "home": "KAZ"}
    assert visitor.post("/en/my/settings/", sent).status_code == 302
    someone = again(somebody)
    assert (someone.work, someone.home_id) == ("research", "KAZ")
    visitor.post("/en/my/settings/", {"name": "Ann", "work": "", "home": ""})
    assert (again(somebody).work, again(somebody).home_id) == ("", None)
    change = Change.objects.filter(action="choose_settings").latest("id")
    assert change.before == {"work": "research", "home": "KAZ"}
