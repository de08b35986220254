"""Rules and alerts in words: what they watch, what happened, old and new with their vintages, and why it is told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from companies.access import Actor, actor_of_person
from companies.alerts.facts import Facts, Revised, Side
from companies.alerts.rules import change_rule, make_rule
from companies.models import Alert, AlertRule
from companies.profiles.alert_rules import rule_records
from companies.profiles.alert_words import change_words, rate_words, sentence, series_words
from companies.profiles.alerts import AlertRecord, alert_records
from companies.queries.alerts import alerts, rules
from markets.profiles.figures import Change, ChangeKind
from tests.companies.office import CompanyFactory, PersonFactory, RecordFactory, office
from tests.factories import ReleaseFactory

pytestmark = pytest.mark.django_db
GDP, PEOPLE, GROWTH = "NY.GDP.MKTP.CD", "SP.POP.TOTL", "NY.GDP.MKTP.KD.ZG"
CROSSES = {"kind": "crosses", "market": "KAZ", "indicator": GDP, "threshold": "300000000000"}


@pytest.fixture
def actor() -> Actor:
    return actor_of_person(PersonFactory())


def fired(actor: Actor, rule: AlertRule, facts: Facts, event: str = "release:1") -> AlertRecord:
    Alert.objects.create(rule=rule, person=actor.person, event=event, facts=facts.packed())
    return alert_records(actor, alerts(actor))[0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (CROSSES, "Kazakhstan, GDP: tell me when the newest value passes US$300.0\u00a0bn, either way"),
        (CROSSES | {"direction": "up"}, "Kazakhstan, GDP: tell me when the newest value rises above US$300.0\u00a0bn"),
        (
            CROSSES | {"direction": "down", "threshold": "300123456789.5"},
            "Kazakhstan, GDP: tell me when the newest value falls below 300,123,456,789.5, current US dollars",
        ),
        (
            CROSSES | {"indicator": PEOPLE, "threshold": "20.5"},
            "Kazakhstan, Population: tell me when the newest value passes 20.5, people, either way",
        ),
        (
            {"kind": "changes", "market": "KAZ", "indicator": GDP, "change_pct": "2.5", "direction": "down"},
            "Kazakhstan, GDP: tell me when the newest value is more than 2.5% below the one before",
        ),
        ({"kind": "revised", "market": "KAZ"}, "Kazakhstan: tell me when any figure is revised"),
        (
            {"kind": "revised", "market": "KAZ", "indicator": GDP},
            "Kazakhstan, GDP: tell me when a figure is revised",
        ),
        (
            {"kind": "revised", "market": "KAZ", "change_pct": "1"},
            "Kazakhstan: tell me when a figure is revised by more than 1%",
        ),
        (
            {"kind": "rate_crosses", "currency": "KZT", "base": "CNY", "threshold": "70.25", "direction": "up"},
            "KZT for one CNY: tell me when the newest daily rate rises above 70.25",
        ),
        (
            {"kind": "rate_changes", "currency": "KZT", "base": "CNY", "change_pct": "2"},
            "KZT for one CNY: tell me when it has moved by more than 2% since I was last told",
        ),
    ],
    ids=[
        "passes",
        "rises",
        "falls-in-full",
        "unit-in-words",
        "changes",
        "any-figure",
        "one-figure",
        "by-more-than",
        "rate-passes",
        "rate-moves",
    ],
)
def test_a_rule_is_a_sentence(values: dict[str, Any], said: str, actor: Actor) -> None:
    assert sentence(make_rule(actor, values)) == said


def test_a_rule_has_a_sentence_in_every_kind_and_direction(actor: Actor) -> None:
    here = office()
    of_kind: dict[str, dict[str, Any]] = {
        "crosses": CROSSES,
        "changes": {"kind": "changes", "market": "KAZ", "indicator": GDP, "change_pct": "5"},
        "rate_crosses": {"kind": "rate_crosses", "currency": "CNY", "base": "USD", "threshold": "7"},
        "rate_changes": {"kind": "rate_changes", "currency": "CNY", "base": "USD", "change_pct": "5"},
    }
    made = [
        sentence(make_rule(actor, values | {"direction": direction}))
        for values in of_kind.values()
        for direction in ("", "up", "down")
    ]
    made.append(sentence(make_rule(actor, {"kind": "source_late", "dataset": "worldbank"})))
    made.append(sentence(make_rule(here.actor("viewer"), {"kind": "record_approved", "market": "KAZ"})))
    assert len(set(made)) == len(made)
    assert made[-1] == f"{here.organisation.name} → Kazakhstan: tell me when an export record is approved"
    assert all(": tell me when" in each for each in made)


@pytest.mark.parametrize("language", ["zh-hans", "ru"])
def test_names_and_numbers_are_in_the_language_of_the_reader(language: str, actor: Actor) -> None:
    rule = make_rule(actor, CROSSES)
    with translation.override(language):
        said = sentence(rule)
    assert ("哈萨克斯坦" in said and "3,000亿" in said) if language == "zh-hans" else "Казахстан" in said


def test_values_are_told_with_their_unit() -> None:
    assert series_words(Decimal("4.5"), "pct", 1) == "4.5%"
    assert series_words(None, "pct", 1) == "—"
    assert series_words(Decimal(20_000_000), "persons", 0) == "20.0\u00a0million, people"
    assert series_words(Decimal(5), "usd_million", 0) == "US$5.00\u00a0million"
    assert rate_words(Decimal("7.1217")) == "7.1217"
    assert rate_words(Decimal("0.14041591192777567719")) == "0.140416"
    assert rate_words(Decimal(0)) == "0"
    assert rate_words(None) == "—"


def test_an_alert_tells_old_and_new_with_their_vintages_and_why(actor: Actor) -> None:
    rule = make_rule(actor, CROSSES)
    release = ReleaseFactory()
    facts = Facts(
        old=Side(Decimal(288_000_000_000), "2023", "", release.pk),
        new=Side(Decimal(301_000_000_000), "2024", "p", release.pk),
        change_pct=Decimal("4.5139"),
    )
    record = fired(actor, rule, facts)
    assert record.headline == "Kazakhstan, GDP: now above US$300.0\u00a0bn"
    assert record.rule.sentence == sentence(rule)
    assert record.old is not None
    assert record.new is not None
    assert (record.old.words, record.new.words, record.new.obs_status) == ("US$288.0\u00a0bn", "US$301.0\u00a0bn", "p")
    assert record.new.provenance is not None
    assert record.new.provenance.vintage == release.title
    assert record.is_unread


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (ChangeKind.PER_CENT, "9.6931", "+9.7%"),
        (ChangeKind.PER_CENT, "-0.0000012", "less than 0.1%"),
        (ChangeKind.POINTS, "0.000000007", "less than 0.1 percentage points"),
        (ChangeKind.DIFFERENCE, "-0.07", "−0.1"),
        (ChangeKind.POINTS, "0", "0.0 percentage points"),
    ],
    ids=["per-cent", "tiny", "tiny-points", "difference", "none"],
)
def test_what_was_revised_is_never_said_to_be_the_same(kind: ChangeKind, value: str, said: str) -> None:
    assert change_words(Change("2023", Decimal(value), kind), 1) == said


@pytest.mark.parametrize(
    ("indicator", "values", "pct", "told"),
    [
        (GDP, ("262600000000", "300000000000"), "14.242193", ("GDP: the newest value is 14.2% above", "+14.2%")),
        (
            GROWTH,
            ("7.1", "5.1"),
            "-28.169014",
            ("GDP growth: the newest value is 28.2% below", "−2.0 percentage points"),
        ),
    ],
    ids=["per-cent", "points"],
)
def test_a_change_is_told_as_a_distance_never_as_growth(
    indicator: str, values: tuple[str, str], pct: str, told: tuple[str, str], actor: Actor
) -> None:
    rule = make_rule(actor, {"kind": "changes", "market": "KAZ", "indicator": indicator, "change_pct": "5"})
    old, new = (Decimal(value) for value in values)
    record = fired(actor, rule, Facts(old=Side(old, "2023"), new=Side(new, "2024"), change_pct=Decimal(pct)))
    assert (record.headline, record.moved) == (f"Kazakhstan, {told[0]} the one before", told[1])


def test_an_alert_keeps_the_words_its_rule_had_then(actor: Actor) -> None:
    rule = make_rule(actor, CROSSES | {"direction": "up"})
    first = fired(actor, rule, Facts(new=Side(Decimal(1), "2024")))
    then = sentence(rule)
    change_rule(actor, rule.pk, 1, {"threshold": "400000000000"})
    change_rule(actor, rule.pk, 2, {"threshold": "500000000000", "direction": "down"})
    again = alert_records(actor, alerts(actor))[0]
    assert (again.rule.sentence, again.rule.is_altered) == (then, True)
    assert again.headline == first.headline
    assert "500" in rule_records(actor, rules(actor))[0].sentence


@pytest.mark.parametrize(
    ("count", "new", "said"),
    [
        (1, Decimal(2), "Kazakhstan, GDP: the figure of 2023 was revised"),
        (1, None, "Kazakhstan, GDP: the figure of 2023 was withdrawn"),
        (7, Decimal(2), "Kazakhstan: 7 figures were revised"),
    ],
    ids=["revised", "withdrawn", "many"],
)
def test_a_revision_says_what_was_revised(count: int, new: Decimal | None, said: str, actor: Actor) -> None:
    rule = make_rule(actor, {"kind": "revised", "market": "KAZ"})
    old, now = Side(Decimal(1), "2023"), Side(new, "2023", "" if new else "x")
    facts = Facts(old=old, new=now, revised=(Revised(GDP, old, now),), count=count)
    record = fired(actor, rule, facts)
    assert record.headline == said
    (revised,) = record.revised
    assert (revised.indicator.code, revised.old.words) == (GDP, "US$1")
    assert (revised.difference is None) == (new is None)
    assert record.more_revised == count - 1


@pytest.mark.parametrize("state", ["late", "failing"])
def test_a_late_source_is_told_with_its_day(state: str, actor: Actor) -> None:
    rule = make_rule(actor, {"kind": "source_late", "dataset": "worldbank"})
    record = fired(actor, rule, Facts(since="2026-11-02T00:00:00+00:00", state=state))
    assert record.headline.endswith("since Nov 2, 2026")
    assert ("fail" in record.headline) == (state == "failing")
    assert record.dataset is not None


@pytest.mark.parametrize(("change", "said"), [(Decimal("2.34"), "+2.3%"), (None, "changed")], ids=["known", "unknown"])
def test_a_move_is_told_in_per_cent(change: Decimal | None, said: str, actor: Actor) -> None:
    rule = make_rule(actor, {"kind": "rate_changes", "currency": "KZT", "base": "CNY", "change_pct": "2"})
    facts = Facts(old=Side(Decimal(70), "2026-11-02"), new=Side(Decimal("71.6"), "2026-11-03"), change_pct=change)
    record = fired(actor, rule, facts)
    assert record.headline == f"KZT for one CNY: {said}"
    assert record.new is not None
    assert record.new.words == "71.6"


def test_an_approved_record_is_named_while_its_reader_may_see_it() -> None:
    here = office()
    company = CompanyFactory(organisation=here.organisation, created_by=here.officer, name="Cold Works")
    record = RecordFactory(
        company=company, status="approved", decided_by=here.reviewer, decided_at="2026-01-01T00:00:00Z"
    )
    actor = here.actor("viewer")
    rule = make_rule(actor, {"kind": "record_approved", "company": str(company.pk)})
    told = fired(actor, rule, Facts(record=str(record.pk), company=str(company.pk)))
    assert told.headline == "Cold Works, 2024: the export record was approved"
    assert told.record is not None
    type(record).objects.filter(pk=record.pk).update(removed_at=dt.datetime.now(dt.UTC), removed_by=here.admin)
    later = alert_records(actor, alerts(actor))[0]
    assert (later.record, later.headline) == (None, "Cold Works: an export record was approved")


def test_a_list_costs_as_many_questions_for_many_as_for_one(actor: Actor, django_assert_num_queries: Any) -> None:
    made = [make_rule(actor, CROSSES | {"threshold": str(number)}) for number in range(12)]
    for rule in made:
        side = Side(Decimal(1), "2023", "", 1)
        Alert.objects.create(rule=rule, person=actor.person, event="release:1", facts=Facts(new=side).packed())
    for limit in (1, 12):
        with django_assert_num_queries(2):
            assert len(rule_records(actor, rules(actor)[:limit])) == limit
    counts = []
    for limit in (1, 12):
        alert_records(actor, alerts(actor)[:1])
        with django_assert_num_queries(3):
            counts.append(len(alert_records(actor, alerts(actor)[:limit])))
    assert counts == [1, 12]
