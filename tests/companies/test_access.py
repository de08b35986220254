"""Who may see and do what, decided in one place."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid

import pytest

from companies import access
from companies.access import ALLOWED, NOBODY, SCOPED, Action, actor_of_key, one, require, seen, working_on
from companies.errors import HiddenObject, NoOrganisation, NotAllowed, ScopeMissing, SignInNeeded
from companies.models import ApiKey, Company, ExportRecord, Membership, Role, SavedView
from tests.companies.office import CompanyFactory, PersonFactory, RecordFactory, office

pytestmark = pytest.mark.django_db


def test_each_role_may_all_that_the_one_below_may() -> None:
    ladder = [ALLOWED[role] for role in (Role.VIEWER, Role.OFFICER, Role.REVIEWER, Role.ADMIN)]
    assert all(lower < higher for lower, higher in itertools.pairwise(ladder))
    assert set().union(*ladder) == set(Action)
    assert set(SCOPED) == set(ApiKey.Scope.values)


def test_another_organisations_object_does_not_exist() -> None:
    home, other = office(), office()
    company = CompanyFactory(organisation=other.organisation, created_by=other.officer)
    record = RecordFactory(company=company)
    for role in Role.values:
        actor = home.actor(role)
        assert not seen(actor, Company).exists()
        assert not working_on(actor, ExportRecord).exists()
        for model, thing in ((Company, company), (ExportRecord, record)):
            with pytest.raises(HiddenObject) as hidden:
                one(actor, model, thing.pk)
            with pytest.raises(HiddenObject) as missing:
                one(actor, model, uuid.uuid4())
            assert type(hidden.value) is type(missing.value)
        with pytest.raises(HiddenObject):
            require(actor, Action.READ, other.organisation.pk)


def test_a_stranger_signs_in_first_and_a_person_without_an_organisation_is_told_so() -> None:
    with pytest.raises(SignInNeeded):
        require(NOBODY, Action.READ)
    with pytest.raises(SignInNeeded):
        one(NOBODY, Company, uuid.uuid4())
    with pytest.raises(NoOrganisation):
        working_on(access.actor_of_person(PersonFactory()), Company)


def test_a_role_that_is_too_low_is_named_with_the_one_that_is_needed() -> None:
    home = office()
    with pytest.raises(NotAllowed, match="Reviewer"):
        require(home.actor("officer"), Action.REVIEW)


def test_an_ended_membership_is_none() -> None:
    home = office()
    CompanyFactory(organisation=home.organisation, created_by=home.officer)
    Membership.objects.filter(user=home.viewer).update(ended_at=dt.datetime.now(dt.UTC))
    assert not seen(home.actor("viewer"), Company).exists()


def test_a_key_can_do_what_scope_and_role_both_allow() -> None:
    home = office()
    membership = Membership.objects.get(user=home.officer)
    key = ApiKey(
        organisation=home.organisation, membership=membership, name="import", scopes=["read:records", "review:records"]
    )
    actor = actor_of_key(key)
    assert actor.may(Action.READ)
    with pytest.raises(ScopeMissing, match="write:records"):
        require(actor, Action.WRITE)
    with pytest.raises(NotAllowed, match="Reviewer"):
        require(actor, Action.REVIEW)


def test_views_of_others_are_seen_when_they_are_shared() -> None:
    home = office()
    SavedView.objects.create(organisation=home.organisation, owner=home.admin, name="mine")
    SavedView.objects.create(organisation=home.organisation, owner=home.admin, name="ours", is_shared=True)
    assert [view.name for view in seen(home.actor("officer"), SavedView)] == ["ours"]
