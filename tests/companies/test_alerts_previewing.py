"""What a rule would have told over the last months, by the same judgement by which it tells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.access import NOBODY, actor_of_person
from companies.alerts.facts import Facts
from companies.alerts.looking import look_at_approvals, look_at_releases
from companies.alerts.previewing import Preview, would_have_fired
from companies.errors import FieldsRejected, SignInNeeded
from companies.models import Alert, AlertCursor, AlertRule
from companies.records.deciding import approve, submit
from markets.ingest import publish
from markets.models import Dataset, Job
from markets.vocabulary import Transport
from tests.companies.alert_world import CARD, published, rule
from tests.companies.office import PersonFactory, office
from tests.companies.record_world import entered
from tests.factories import GDP, JobFactory, ReleaseFactory, delivery, row, undone
from tests.markets.fx_world import ecb, rate_datasets

pytestmark = pytest.mark.django_db
Kind = AlertRule.Kind
FEW = settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])


def months_ago(months: int) -> dt.date:
    return timezone.now().date() - dt.timedelta(days=30 * months)


def bundled(months: int, *rows: Any) -> None:
    """A vintage that was public so many months ago."""
    published(*rows, transport=Transport.BUNDLED, released_on=months_ago(months))


def preview(of: AlertRule | dict[str, Any], **more: Any) -> Preview:
    person = of.person if isinstance(of, AlertRule) else PersonFactory()
    return would_have_fired(actor_of_person(person), of, **more)


def course(of: Preview) -> list[tuple[Any, Any]]:
    return [
        (each.facts.old.value if each.facts.old else None, each.facts.new.value if each.facts.new else None)
        for each in of.firings
    ]


def test_vintages_of_the_last_two_years_by_when_they_were_public() -> None:
    bundled(40, row(50, period=2020))
    bundled(30, row(120, period=2021))
    bundled(20, row(90, period=2022))
    bundled(10, row(110, period=2023))
    words = {"kind": "crosses", "market": "KAZ", "indicator": GDP, "threshold": "100"}
    found = preview(words)
    assert course(found) == [(120, 90), (90, 110)]
    assert found.vintages == 2
    assert found.can_tell
    assert [each.at[:10] for each in found.firings] == [months_ago(20).isoformat(), months_ago(10).isoformat()]
    assert course(preview(words | {"direction": "up"})) == [(90, 110)]
    assert course(preview(words, months=48)) == [(50, 120), (120, 90), (90, 110)]
    assert not AlertRule.objects.exists()


def test_where_nothing_is_known_nobody_can_tell() -> None:
    found = preview({"kind": "revised", "market": "KAZ"})
    assert (found.can_tell, found.vintages, found.firings) == (False, 0, ())


def test_since_says_how_far_back_is_known() -> None:
    bundled(5, row(50))
    found = preview({"kind": "revised", "market": "KAZ"})
    assert found.since
    assert found.since.date() == months_ago(5)


def test_entries_are_read_as_a_new_rule_would_be() -> None:
    with pytest.raises(FieldsRejected):
        preview({"kind": "crosses", "market": "KAZ"})
    with pytest.raises(SignInNeeded):
        would_have_fired(NOBODY, {"kind": "revised", "market": "KAZ"})


def test_revisions_vintage_by_vintage() -> None:
    bundled(20, row(100), row(7, area="UZB"))
    bundled(10, row(101), row(8, area="UZB"))
    bundled(5, row(120))
    assert course(preview(rule(Kind.REVISED))) == [(100, 101), (101, 120)]
    assert course(preview(rule(Kind.REVISED, change_pct=5))) == [(101, 120)]
    assert preview(rule(Kind.REVISED, indicator_id="SP.POP.TOTL")).vintages == 0


def test_rates_day_by_day() -> None:
    rate_datasets()
    release = ReleaseFactory(dataset_id="ecb-rates", known_from=timezone.now())
    today = timezone.now().date()
    for number, value in enumerate(("1.00", "1.03", "1.06", "1.08", "1.00")):
        ecb((today - dt.timedelta(days=10 - number)).isoformat(), release, USD=value, CNY="8")
    of = {"currency_id": "USD", "base_id": "EUR"}
    found = preview(rule(Kind.RATE_CHANGES, change_pct=5, **of))
    assert course(found) == [(Decimal("1.00"), Decimal("1.06")), (Decimal("1.06"), Decimal("1.00"))]
    assert found.vintages == 5
    assert found.since
    assert found.since.date() == today - dt.timedelta(days=10)
    assert course(preview(rule(Kind.RATE_CROSSES, threshold="1.05", **of))) == [
        (Decimal("1.03"), Decimal("1.06")),
        (Decimal("1.08"), Decimal("1.00")),
    ]
    assert not preview(rule(Kind.RATE_CROSSES, threshold=1, currency_id="UZS", base_id="EUR")).can_tell


def test_approvals_of_the_log_that_its_person_would_have_been_told() -> None:
    here = office()
    of = {"organisation": here.organisation}
    mine, reviewers = rule(Kind.RECORD_APPROVED, here.viewer, **of), rule(Kind.RECORD_APPROVED, here.reviewer, **of)
    look_at_approvals()
    record = entered(here)
    submitted = submit(here.actor("officer"), record.pk, record.version)
    approve(here.actor("reviewer"), record.pk, submitted.version)
    look_at_approvals()
    (firing,) = preview(mine).firings
    alert = Alert.objects.get(rule=mine)
    assert (firing.event, firing.facts) == (alert.event, Facts.unpacked(alert.facts))
    assert preview(reviewers).firings == ()
    assert not preview(rule(Kind.RECORD_APPROVED, **of)).can_tell, "a stranger cannot read the log"


def test_failures_and_gaps_of_a_source() -> None:
    Dataset.objects.filter(pk="worldbank").update(refresh_every=dt.timedelta(days=7))
    watching = rule(Kind.SOURCE_LATE, dataset_id="worldbank")
    assert not preview(watching).can_tell
    now = timezone.now()
    for days, state in ((100, "done"), (93, "failed"), (92, "failed"), (91, "done"), (60, "done"), (3, "done")):
        JobFactory(started_at=now - dt.timedelta(days=days), state=Job.State(state))
    found = preview(watching)
    assert found.since == now - dt.timedelta(days=100)
    assert [(each.facts.state, each.facts.since) for each in found.firings] == [
        ("failing", (now - dt.timedelta(days=93)).isoformat()),
        ("late", (now - dt.timedelta(days=84)).isoformat()),
        ("late", (now - dt.timedelta(days=53)).isoformat()),
    ]


# ---------------------------------------------------------------- both by one judgement
WORDS = st.one_of(
    st.builds(
        lambda n, way: {"kind": Kind.CROSSES, "threshold": n, "direction": way},
        st.integers(1, 9),
        st.sampled_from(["", "up", "down"]),
    ),
    st.builds(lambda n: {"kind": Kind.CHANGES, "change_pct": n}, st.integers(1, 300)),
    st.builds(lambda n: {"kind": Kind.REVISED, "change_pct": n}, st.integers(1, 300)),
    st.just({"kind": Kind.REVISED}),
)
VINTAGES = st.lists(
    st.dictionaries(st.integers(2020, 2023), st.one_of(st.none(), st.integers(1, 9)), min_size=1, max_size=3),
    min_size=1,
    max_size=5,
)


@FEW
@given(VINTAGES, st.lists(WORDS, min_size=1, max_size=4), st.integers(1, 4))
def test_what_was_told_is_what_would_have_been(
    vintages: list[dict[int, int | None]], words: list[dict[str, Any]], every: int
) -> None:
    """However often somebody looked: after each release, after some of them, twice, or once at the end."""
    with undone():
        rules = [rule(**each) for each in words]
        for number, values in enumerate(vintages):
            publish(delivery(*(row(value, period=period) for period, value in values.items())), CARD)
            if number % every == 0:
                look_at_releases()
                look_at_releases()
        look_at_releases()
        AlertCursor.objects.update(at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
        look_at_releases()
        for each in rules:
            alerts = Alert.objects.filter(rule=each).order_by("release__published_at")
            told = [(alert.event, Facts.unpacked(alert.facts)) for alert in alerts]
            assert told == [(firing.event, firing.facts) for firing in preview(each).firings]
