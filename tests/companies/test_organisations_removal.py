"""A removed member keeps nothing: whatever they held is replayed, and dead on the next request."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.access import actor_of_person, seen
from companies.accounts.invitations import invite
from companies.accounts.keys import key_of, make_key
from companies.accounts.members import end_membership
from companies.models import (
    Change,
    Company,
    Invitation,
    ListExport,
    Membership,
    Role,
    Selection,
    ShareLink,
)
from markets import jobs
from markets.models import Job
from tests.companies.office import CompanyFactory, Office, PersonFactory, office

pytestmark = pytest.mark.django_db


def made_by(home: Office, role: str) -> tuple[str, Job]:
    """One of everything that hangs on a membership: the text of a key, and the job of a file."""
    person = getattr(home, role)
    member = Membership.objects.get(user=person, organisation=home.organisation)
    later = timezone.now() + dt.timedelta(days=1)
    _key, text = make_key(home.actor(role), "job", ["read:records"])
    dated = {"organisation": home.organisation, "membership": member, "expires_at": later}
    ShareLink.objects.create(**dated, name="link", secret_hash=f"hash of {person.pk}")
    job = jobs.ask("list_export", task="companies.tasks.export", parameters={"of": str(person.pk)})
    ListExport.objects.create(**dated, language="en", form="csv", job=job, content=b"a,b")
    Selection.objects.create(organisation=home.organisation, owner=person, versions={}, count=0)
    return text, job


def test_session_key_link_file_and_selection_die_with_the_membership() -> None:
    home = office()
    CompanyFactory(organisation=home.organisation, created_by=home.officer)
    text, job = made_by(home, "officer")
    kept_text, kept_job = made_by(home, "reviewer")
    elsewhere = office()
    Membership.objects.create(organisation=elsewhere.organisation, user=home.officer, role=Role.OFFICER)
    _key, other_text = make_key(actor_of_person(home.officer, wanted=elsewhere.organisation.pk), "x", ["read:records"])
    browsers = [Client(), Client(), Client()]
    for browser, person in zip(browsers, (home.officer, home.officer, home.reviewer), strict=True):
        browser.force_login(person)
        assert browser.get(reverse("companies:organisation")).status_code == 200
    assert key_of(text, "192.0.2.1") is not None

    end_membership(home.actor("admin"), Membership.objects.get(user=home.officer, organisation=home.organisation).pk)

    for browser in browsers[:2]:
        assert "_auth_user_id" not in browser.session
        replayed = browser.get(reverse("companies:organisation"))
        assert replayed.status_code == 302
        assert "login" in replayed.headers["Location"]
    assert key_of(text, "192.0.2.1") is None
    assert key_of(other_text, "192.0.2.1") is not None
    assert not seen(actor_of_person(home.officer), Company).exists()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not ListExport.objects.filter(membership__user=home.officer).exists()
    assert not Selection.objects.filter(owner=home.officer).exists()
    assert not ShareLink.objects.filter(membership__user=home.officer, revoked_at=None).exists()

    assert browsers[2].get(reverse("companies:organisation")).status_code == 200
    assert key_of(kept_text, "192.0.2.1") is not None
    kept_job.refresh_from_db()
    assert kept_job.state == Job.State.QUEUED
    told = Change.objects.get(action="removed")
    assert told.after == {"sessions": 2, "keys": 1, "share_links": 1, "exports": 1, "selections": 1}
    assert home.officer.email not in str(told.after | told.before)


def test_letters_a_removed_admin_sent_open_nothing() -> None:
    home = office()
    second = PersonFactory()
    Membership.objects.create(organisation=home.organisation, user=second, role=Role.ADMIN)
    invite(actor_of_person(second), "backdoor@example.com", Role.ADMIN)
    end_membership(home.actor("admin"), Membership.objects.get(user=second).pk)
    assert Invitation.objects.get().withdrawn_at is not None


def test_a_file_that_is_ready_goes_too_and_a_running_job_is_asked_to_stop() -> None:
    home = office()
    _text, job = made_by(home, "officer")
    assert jobs.claim(job.pk) is not None
    end_membership(home.actor("admin"), Membership.objects.get(user=home.officer).pk)
    job.refresh_from_db()
    assert job.stop_wanted == Job.Stop.CANCEL
    assert not ListExport.objects.exists()


def test_removal_asks_first_and_a_member_removed_twice_is_not_found() -> None:
    home = office()
    admin = Client()
    admin.force_login(home.admin)
    member = Membership.objects.get(user=home.viewer)
    address = reverse("companies:member_remove", args=[member.pk])
    assert home.viewer.name in admin.get(address).content.decode()
    assert Membership.objects.get(pk=member.pk).ended_at is None
    assert admin.post(address).status_code == 302
    assert Membership.objects.get(pk=member.pk).ended_at is not None
    assert admin.post(address).status_code == 404
    alone = reverse("companies:member_remove", args=[Membership.objects.get(user=home.admin).pk])
    assert admin.post(alone).status_code == 409
