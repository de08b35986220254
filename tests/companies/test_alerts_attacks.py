"""Alerts and their rules under attack: what a key reads, and what goes on though its person wished it to end."""

from __future__ import annotations

import pytest

from companies.alerts.rules import make_rule
from companies.models import AlertRule, ApiKey
from companies.targets.removing import remove_target
from companies.targets.sharing import share_target
from companies.targets.tracking import track
from tests.companies.alert_world import alert_of
from tests.companies.office import CompanyFactory, office
from tests.companies.programs import program

pytestmark = pytest.mark.django_db


def test_a_key_that_reads_no_records_reads_nothing_that_tells_of_them() -> None:
    place = office()
    company = CompanyFactory(organisation=place.organisation, created_by=place.officer, name="Quintilla Ltd")
    rule = make_rule(place.actor("officer"), {"kind": "record_approved", "company": str(company.pk)})
    alert = alert_of(rule)
    with_records = program(place, "officer", ApiKey.Scope.READ_TARGETS, ApiKey.Scope.READ_RECORDS)
    without = program(place, "officer", ApiKey.Scope.WRITE_TARGETS)
    for many, one in (("alert-rules/", f"alert-rules/{rule.pk}/"), ("alerts/", f"alerts/{alert.pk}/")):
        assert "Quintilla" in with_records("GET", many).content.decode()
        assert with_records("GET", one).status_code == 200
        assert without.json(many)["data"] == []
        assert without("GET", one).status_code == 404


def test_a_rule_ends_with_its_target_though_a_colleague_shares_theirs() -> None:
    place = office()
    officer, reviewer = place.actor("officer"), place.actor("reviewer")
    share_target(reviewer, track(reviewer, {"market": "KAZ"}).pk, 1)
    remove_target(officer, track(officer, {"market": "KAZ"}).pk, 1)
    assert AlertRule.objects.get(person=place.officer).removed_at is not None
    assert AlertRule.objects.get(person=place.reviewer).removed_at is None
