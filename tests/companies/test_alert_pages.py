"""The pages of alerts and of their rules: what they show, how a rule is built, and that nobody sees another's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from companies.access import Actor, actor_of_person
from companies.alerts.facts import Facts, Revised, Side
from companies.alerts.rules import make_rule, pause_rule
from companies.models import Alert, AlertRule, TargetMarket, User
from tests.companies.office import CompanyFactory, PersonFactory, RecordFactory, office
from tests.factories import ObservationFactory, ReleaseFactory

pytestmark = pytest.mark.django_db
GDP, PEOPLE = "NY.GDP.MKTP.CD", "SP.POP.TOTL"
LIST, RULES, NEW = "/en/my/alerts/", "/en/my/alerts/rules/", "/en/my/alerts/rules/new/"
CROSSES = {"kind": "crosses", "market": "KAZ", "indicator": GDP, "threshold": "300000000000"}


@pytest.fixture
def person() -> User:
    made: User = PersonFactory()
    return made


@pytest.fixture
def actor(person: User) -> Actor:
    return actor_of_person(person)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def alert(rule: AlertRule, event: str = "release:1", **facts: Any) -> Alert:
    return Alert.objects.create(rule=rule, person=rule.person, event=event, facts=Facts(**facts).packed())


def crossed(rule: AlertRule, event: str = "release:1") -> Alert:
    release = ReleaseFactory()
    old, new = (
        Side(Decimal(value), year, "", release.pk) for value, year in ((288_000_000_000, "2023"), (301 * 10**9, "2024"))
    )
    return alert(rule, event, old=old, new=new)


def shown(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


# ---------------------------------------------------------------- the list
def test_the_list_shows_old_and_new_the_source_and_why(person: User, actor: Actor) -> None:
    rule = make_rule(actor, CROSSES | {"direction": "up"})
    told = crossed(rule)
    text = shown(signed_in(person), LIST)
    for words in (
        "now above US$300.0 bn",
        "US$288.0 bn",
        "US$301.0 bn",
        "Why you are told:",
        f"alert-{told.pk}",
    ):
        assert words in text
    assert f"/en/my/alerts/rules/{rule.pk}/" in text
    assert f"/en/releases/{Facts.unpacked(told.facts).new.release}/" in text  # type: ignore[union-attr]


def test_a_revision_of_many_figures_is_a_table(person: User, actor: Actor) -> None:
    rule = make_rule(actor, {"kind": "revised", "market": "KAZ"})
    old, new = Side(Decimal(100), "2023"), Side(Decimal(101), "2023")
    alert(rule, old=old, new=new, revised=(Revised(GDP, old, new), Revised(PEOPLE, old, new)), count=14)
    text = shown(signed_in(person), LIST)
    assert "14 figures were revised" in text
    assert "and 12 more figures" in text
    assert "/en/revisions/?market=KAZ" in text


def test_unread_ones_stand_first_and_are_counted_in_the_header(person: User, actor: Actor) -> None:
    rule = make_rule(actor, CROSSES)
    first, second = crossed(rule, "release:1"), crossed(rule, "release:2")
    client = signed_in(person)
    text = shown(client, LIST)
    assert "(2 unread)" in text
    assert text.index(str(second.pk)) < text.index(str(first.pk))
    response = client.post(f"{LIST}read/", {"alert": second.pk, "next": f"{LIST}?unread=1"})
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?unread=1")
    text = shown(client, LIST)
    assert "(1 unread)" in text
    assert text.index(f"alert-{first.pk}") < text.index(f"alert-{second.pk}")
    assert f"alert-{second.pk}" not in shown(client, f"{LIST}?unread=1")


def test_all_that_were_shown_are_read_at_once(person: User, actor: Actor) -> None:
    rule = make_rule(actor, CROSSES)
    older, newer = crossed(rule, "release:1"), crossed(rule, "release:2")
    client = signed_in(person)
    assert client.post(f"{LIST}read/", {"up_to": older.pk, "next": "//elsewhere.example/"})["Location"] == LIST
    assert list(Alert.objects.filter(read_at=None)) == [newer]
    client.post(f"{LIST}read/")
    text = shown(client, LIST)
    assert "unread)" not in text
    assert "Mark all as read" not in text


def test_the_list_is_narrowed_by_market_and_rule_and_paged(
    person: User, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kaz, kgz = make_rule(actor, CROSSES), make_rule(actor, CROSSES | {"market": "KGZ"})
    of_kaz, of_kgz = crossed(kaz), crossed(kgz)
    client = signed_in(person)
    for query, there, gone in (("market=KGZ", of_kgz, of_kaz), (f"rule={kaz.pk}", of_kaz, of_kgz)):
        text = shown(client, f"{LIST}?{query}")
        assert f"alert-{there.pk}" in text
        assert f"alert-{gone.pk}" not in text
    monkeypatch.setattr("companies.profiles.alert_pages.SHOWN", 1)
    text = shown(client, f"{LIST}?page=2&market=")
    assert f"alert-{of_kaz.pk}" in text
    assert "Page 2 of 2" in text
    assert shown(client, f"{LIST}?page=99")
    assert "No alert matches" in shown(client, f"{LIST}?market=UZB")
    for wrong in ("rule=x", "page=x", "market=" + "x" * 9):
        shown(client, f"{LIST}?{wrong}", 400)


def test_an_empty_list_says_what_to_do(person: User, actor: Actor) -> None:
    client = signed_in(person)
    assert "You have no rule yet" in shown(client, LIST)
    assert "You have no rule yet" in shown(client, RULES)
    make_rule(actor, CROSSES)
    assert "Nothing has come true yet" in shown(client, LIST)


def test_an_approved_record_and_a_late_source_are_told_too() -> None:
    here = office()
    company = CompanyFactory(organisation=here.organisation, created_by=here.officer, name="Cold Works")
    record = RecordFactory(
        company=company, status="approved", decided_by=here.reviewer, decided_at="2026-01-01T00:00:00Z"
    )
    alert(make_rule(here.actor("viewer"), {"kind": "record_approved"}), record=str(record.pk))
    late = make_rule(here.actor("viewer"), {"kind": "source_late", "dataset": "worldbank"})
    alert(late, since="2026-11-02T00:00:00+00:00", state="late")
    text = shown(signed_in(here.viewer), LIST)
    assert f"/en/records/{record.pk}/" in text
    assert "its data are late since Nov 2, 2026" in text
    assert "/en/data/worldbank/" in text


# ---------------------------------------------------------------- the builder
def test_the_builder_asks_what_to_watch_and_keeps_what_is_known(person: User) -> None:
    text = shown(signed_in(person), f"{NEW}?market=KAZ")
    assert "?market=KAZ&amp;kind=crosses" in text
    assert "kind=record_approved" not in text  # nobody's records can be seen
    text = shown(signed_in(person), f"{NEW}?kind=crosses&market=kaz&indicator={GDP}")
    assert '<option value="KAZ" selected>' in text
    assert f'<option value="{GDP}" selected>' in text
    assert "GDP (current US dollars)" in text
    shown(signed_in(office().viewer), f"{NEW}?kind=record_approved")
    for kind in ("changes", "revised", "rate_crosses", "rate_changes", "source_late"):
        shown(signed_in(person), f"{NEW}?kind={kind}")


def test_a_rule_is_made_with_a_number_as_people_write_it(person: User) -> None:
    client = signed_in(person)
    blanks = {"market": "KAZ", "indicator": GDP, "direction": "up", "threshold": "300", "multiplier": "1000000000"}
    response = client.post(f"{NEW}?kind=crosses", blanks)
    rule = AlertRule.objects.get()
    assert response["Location"] == f"{RULES}{rule.pk}/"
    assert (rule.threshold, rule.direction, rule.person) == (300 * 10**9, "up", person)
    text = shown(client, f"{RULES}{rule.pk}/")
    assert 'value="300"' in text
    assert '<option value="1000000000" selected>' in text


def test_a_number_in_dollars_is_kept_in_the_unit_of_its_indicator(person: User) -> None:
    client = signed_in(person)
    blanks = {"market": "KAZ", "indicator": "unctad.merch_imports_usd_m", "threshold": "60", "multiplier": "1000000000"}
    client.post(f"{NEW}?kind=crosses", blanks)
    rule = AlertRule.objects.get()
    assert rule.threshold == 60_000
    text = shown(client, f"{RULES}{rule.pk}/")
    assert "US$60.0 bn" in text
    assert 'value="60"' in text


def test_every_blank_that_is_wrong_is_told_beside_it_and_nothing_is_made(person: User) -> None:
    client = signed_in(person)
    response = client.post(f"{NEW}?kind=crosses", {"market": "KAZ", "threshold": "1,5"})
    text = " ".join(response.content.decode().split())
    assert response.status_code == 422
    assert '<a href="#id_indicator">Indicator: It is empty; fill it in.</a>' in text
    assert 'href="#id_threshold"' in text
    assert "<title> Error: new alert rule" in text
    assert not AlertRule.objects.exists()


def test_the_preview_tells_what_would_have_come_true_and_makes_nothing(person: User) -> None:
    first = ReleaseFactory(known_from="2026-01-10T00:00:00Z")
    second = ReleaseFactory(known_from="2026-02-10T00:00:00Z")
    ObservationFactory(release=first, period="2023", value=Decimal(290 * 10**9))
    ObservationFactory(release=second, period="2024", value=Decimal(310 * 10**9))
    client = signed_in(person)
    blanks = {"market": "KAZ", "indicator": GDP, "threshold": "300", "multiplier": "1000000000", "preview": "1"}
    response = client.post(f"{NEW}?kind=crosses", blanks)
    text = " ".join(response.content.decode().split())
    assert response.status_code == 200
    assert "It would have told you" in text
    assert "1 time" in text
    assert "US$290.0 bn" in text
    assert "US$310.0 bn" in text
    none = client.post(f"{NEW}?kind=crosses", blanks | {"threshold": "900"}).content.decode()
    assert "Not once" in none
    unknown = client.post(f"{NEW}?kind=crosses", blanks | {"market": "UZB"}).content.decode()
    assert "Nobody can tell" in unknown
    assert not AlertRule.objects.exists()


def test_a_rule_can_be_begun_from_a_target_market(person: User) -> None:
    target = TargetMarket.objects.create(person=person, market_id="KAZ", category_id="appliances")
    foreign = TargetMarket.objects.create(person=PersonFactory(), market_id="KAZ")
    client = signed_in(person)
    text = shown(client, f"{NEW}?kind=revised&target={target.pk}")
    assert "For your target market" in text
    assert '<option value="KAZ" selected>' in text
    client.post(f"{NEW}?kind=revised", {"market": "KAZ", "target": target.pk})
    assert AlertRule.objects.get().target == target
    assert "For your target market" not in shown(client, f"{NEW}?kind=revised&target={foreign.pk}")
    shown(client, f"{RULES}{AlertRule.objects.get().pk}/")


# ---------------------------------------------------------------- one rule
def test_a_rule_is_altered_paused_taken_up_and_removed(person: User, actor: Actor) -> None:
    rule = make_rule(actor, CROSSES)
    crossed(rule)
    client = signed_in(person)
    one = f"{RULES}{rule.pk}/"
    assert (
        client.post(one, {"version": "1", "threshold": "5", "multiplier": "1", "direction": "down"}).status_code == 302
    )
    rule.refresh_from_db()
    assert (rule.threshold, rule.direction, rule.version) == (5, "down", 2)
    assert "rule changed since" in shown(client, LIST)
    assert client.post(one, {"version": "1", "threshold": "6", "multiplier": "1"}).status_code == 422
    assert client.post(one, {"version": "2", "threshold": "much", "multiplier": "1"}).status_code == 422
    for way, version in (("pause", 2), ("resume", 3), ("pause", 4)):
        assert client.post(f"{one}{way}/", {"version": version})["Location"] == RULES
    assert "paused" in shown(client, RULES)
    client.post(f"{one}resume/", {"version": 2})  # an old page
    assert AlertRule.objects.get().paused_at is not None
    client.post(f"{one}remove/", {"version": 5})
    assert client.get(one).status_code == 404
    assert "rule removed since" in shown(client, LIST)


def test_a_rule_without_numbers_has_no_form(person: User, actor: Actor) -> None:
    rule = make_rule(actor, {"kind": "source_late", "dataset": "worldbank"})
    client = signed_in(person)
    assert "Change the numbers" not in shown(client, f"{RULES}{rule.pk}/")
    assert client.post(f"{RULES}{rule.pk}/", {"version": "1"}).status_code == 422


def test_pages_of_somebody_else_are_not_there(actor: Actor) -> None:
    rule = make_rule(actor, CROSSES)
    told = crossed(rule)
    pause_rule(actor, rule.pk, 1)
    here = office()
    for user in (PersonFactory(), here.admin):
        client = signed_in(user)
        assert client.get(f"{RULES}{rule.pk}/").status_code == 404
        assert str(told.pk) not in shown(client, LIST)
        assert str(rule.pk) not in shown(client, RULES)
        assert str(rule.pk) not in shown(client, f"{LIST}?rule={rule.pk}").replace(f"rule={rule.pk}", "")
        for address, sent in (
            (f"{RULES}{rule.pk}/", {"version": 2}),
            (f"{RULES}{rule.pk}/pause/", {"version": 2}),
            (f"{RULES}{rule.pk}/resume/", {"version": 2}),
            (f"{RULES}{rule.pk}/remove/", {"version": 2}),
            (f"{LIST}read/", {"alert": told.pk}),
        ):
            assert client.post(address, sent).status_code == 404
    assert Client().get(LIST).status_code == 302
    assert Client().get("/en/").content.decode().count("alerts-waiting") == 0


# ---------------------------------------------------------------- the ways to it
@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (f"/en/markets/KAZ/indicators/{GDP}/", f"kind=changes&amp;market=KAZ&amp;indicator={GDP}"),
        ("/en/exchange-rates/", "kind=rate_changes&amp;base=CNY"),
        ("/en/data/worldbank/", "kind=source_late&amp;dataset=worldbank"),
    ],
    ids=["series", "rates", "source"],
)
def test_pages_of_the_markets_lead_to_a_rule_that_is_begun(address: str, asked: str, person: User) -> None:
    assert f"/en/my/alerts/rules/new/?{asked}" in shown(Client(), address)
    assert shown(signed_in(person), f"{NEW}?{asked.replace('&amp;', '&')}")
