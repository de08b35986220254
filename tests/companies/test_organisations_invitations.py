"""Invitations: a letter to one address, its secret in the letter alone, good once and for a week."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.access import NOBODY, actor_of_person
from companies.accounts.invitations import (
    MOST_LETTERS_A_DAY,
    MOST_LETTERS_TO_ONE_A_DAY,
    accept,
    invitation_of,
    invite,
    withdraw,
)
from companies.errors import (
    FieldsRejected,
    HiddenObject,
    InvitationGone,
    InvitedOther,
    LetterNotSent,
    NotAllowed,
    SignInNeeded,
    TooManyToday,
)
from companies.models import Change, Invitation, Membership, Role
from tests.companies.office import PersonFactory, office

pytestmark = pytest.mark.django_db
NEW = "new@example.com"


def secret_sent(letter: Any = None) -> str:
    """The secret of a letter, the last one sent when none is named."""
    (address,) = re.findall(r"http\S+", (letter or mail.outbox[-1]).body)
    assert urlsplit(address).path == "/en/invitations/"
    return parse_qs(urlsplit(address).query)["secret"][0]


def test_the_secret_is_in_the_letter_alone(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.LOG_REQUESTS = True
    home = office(name="\u05d0\u05d1 Office")
    admin = Client()
    admin.force_login(home.admin)
    with caplog.at_level(logging.DEBUG):
        sent = admin.post(reverse("companies:members"), {"email": " New@Example.com ", "role": "officer"}, follow=True)
        secret = secret_sent()
        Client().get(reverse("companies:invitation"), {"secret": secret})
        assert "/invitations/" in caplog.text
    (letter,) = mail.outbox
    assert letter.to == [NEW]
    assert "\u2068\u05d0\u05d1 Office\u2069" in letter.subject
    assert f"\u2068{home.admin.name}\u2069" in letter.body
    kept = Invitation.objects.get()
    assert kept.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert dt.timedelta(days=6, hours=23) < kept.expires_at - timezone.now() <= dt.timedelta(days=7)
    assert secret not in sent.content.decode()
    assert secret not in caplog.text
    change = Change.objects.get()
    assert (change.action, change.after) == ("invited", {"role": "officer"})


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "/zh-hans/invitations/"), ("ru", "/ru/invitations/")])
def test_the_letter_is_in_the_language_of_who_invites(language: str, words: str) -> None:
    home = office()
    home.admin.language = language
    home.admin.save()
    invite(home.actor("admin"), NEW, Role.VIEWER)
    assert words in mail.outbox[0].body


def test_inviting_tells_nobody_who_has_an_account() -> None:
    home = office()
    known = PersonFactory(email="known@example.com")
    admin = Client()
    admin.force_login(home.admin)
    answers = []
    for address in (known.email, "unheard@example.com"):
        answer = admin.post(reverse("companies:members"), {"email": address, "role": "viewer"}, follow=True)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|withdraw/|[0-9a-f-]{36}', "", answer.content.decode())
        answers.append((answer.status_code, len(re.findall(re.escape(address), text)), mail.outbox[-1].subject))
    assert answers[0][0] == answers[1][0]
    assert answers[0][2] == answers[1][2]
    bodies = [letter.body.replace(secret_sent(letter), "") for letter in mail.outbox]
    assert bodies[0] == bodies[1]


def test_only_who_was_invited_joins_once_and_the_address_is_forgotten() -> None:
    home = office()
    invite(home.actor("admin"), NEW, Role.REVIEWER)
    secret = secret_sent()
    other, invited = PersonFactory(), PersonFactory(email=NEW)
    with pytest.raises(SignInNeeded):
        accept(NOBODY, secret)
    with pytest.raises(InvitedOther):
        accept(actor_of_person(other), secret)
    joined = accept(actor_of_person(invited), secret)
    assert (joined.organisation, joined.role) == (home.organisation, Role.REVIEWER)
    assert Invitation.objects.get().email == ""
    with pytest.raises(InvitationGone):
        accept(actor_of_person(invited), secret)
    assert Change.objects.filter(action="accepted").count() == 1
    assert NEW not in str(list(Change.objects.values_list("before", "after")))


def test_who_belongs_already_keeps_their_role() -> None:
    home = office()
    invite(home.actor("admin"), NEW, Role.ADMIN)
    invited = PersonFactory(email=NEW)
    Membership.objects.create(organisation=home.organisation, user=invited, role=Role.VIEWER)
    assert accept(actor_of_person(invited), secret_sent()).role == Role.VIEWER


def test_a_letter_ends_with_its_time_by_a_newer_one_and_when_it_is_withdrawn() -> None:
    home = office()
    admin = home.actor("admin")
    first = invite(admin, NEW, Role.VIEWER)
    first_secret = secret_sent()
    second = invite(admin, NEW, Role.OFFICER)
    second_secret = secret_sent()
    with pytest.raises(InvitationGone):
        invitation_of(first_secret)
    assert invitation_of(second_secret).role == Role.OFFICER
    Invitation.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    with pytest.raises(InvitationGone):
        invitation_of(second_secret)
    invite(admin, NEW, Role.OFFICER)
    withdraw(admin, Invitation.objects.get(withdrawn_at=None, expires_at__gt=timezone.now()).pk)
    for secret in (secret_sent(), "", "nonsense"):
        with pytest.raises(InvitationGone):
            invitation_of(secret)
    with pytest.raises(InvitationGone):
        withdraw(admin, first.pk)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER, Role.REVIEWER])
def test_only_admins_invite_and_withdraw(role: str) -> None:
    home, other = office(), office()
    letter = invite(home.actor("admin"), NEW, Role.VIEWER)
    with pytest.raises(NotAllowed):
        invite(home.actor(role), "another@example.com", Role.VIEWER)
    for actor in (home.actor(role), other.actor("admin")):
        with pytest.raises(HiddenObject):
            withdraw(actor, letter.pk)


def test_what_is_no_address_no_role_or_a_member_is_refused() -> None:
    home = office()
    admin = home.actor("admin")
    for email, role, pointers in (
        ("nobody", "owner", {"/email", "/role"}),
        ("a@example.com\nBcc: b@example.com", "viewer", {"/email"}),
        (home.viewer.email.upper(), "viewer", {"/email"}),
    ):
        with pytest.raises(FieldsRejected) as refused:
            invite(admin, email, role)
        assert {fault.context["pointer"] for fault in refused.value.context["faults"]} == pointers
    assert mail.outbox == []


def test_letters_are_bounded_by_day_for_an_organisation_and_for_an_address() -> None:
    home, other = office(), office()
    for each in (home, other):
        for _number in range(2):
            invite(each.actor("admin"), NEW, Role.VIEWER)
    invite(home.actor("admin"), NEW, Role.VIEWER)
    assert MOST_LETTERS_TO_ONE_A_DAY == 5
    with pytest.raises(TooManyToday):
        invite(other.actor("admin"), NEW, Role.VIEWER)
    Invitation.objects.bulk_create(
        Invitation(organisation=home.organisation, email=f"{n}@example.com", role="viewer", secret_hash=str(n),
                   invited_by=home.admin, expires_at=timezone.now())
        for n in range(MOST_LETTERS_A_DAY - 3)
    )  # fmt: skip
    with pytest.raises(TooManyToday):
        invite(home.actor("admin"), "one-more@example.com", Role.VIEWER)


def test_addresses_that_never_answered_are_forgotten() -> None:
    home = office()
    old, void = (invite(home.actor("admin"), f"{n}@example.com", Role.VIEWER) for n in range(2))
    withdraw(home.actor("admin"), void.pk)
    now = timezone.now()
    Invitation.objects.filter(pk=old.pk).update(created_at=now - dt.timedelta(days=31))
    Invitation.objects.filter(pk=void.pk).update(created_at=now - dt.timedelta(days=2))
    invite(home.actor("admin"), NEW, Role.VIEWER)
    assert sorted(Invitation.objects.values_list("email", flat=True)) == ["", "", NEW]


def test_a_mail_server_that_is_away_invites_nobody(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    home = office()
    with pytest.raises(LetterNotSent):
        invite(home.actor("admin"), NEW, Role.VIEWER)
    assert Invitation.objects.get().withdrawn_at is not None
    admin = Client()
    admin.force_login(home.admin)
    told = admin.post(reverse("companies:members"), {"email": NEW, "role": "viewer"})
    assert told.status_code == 503
    assert "nobody was invited" in told.content.decode()


def test_opening_the_link_joins_nobody_and_leads_through_the_door_and_back() -> None:
    home = office()
    invite(home.actor("admin"), NEW, Role.OFFICER)
    secret, address = secret_sent(), reverse("companies:invitation")
    stranger = Client()
    opened = stranger.get(address, {"secret": secret})
    assert opened.headers["Referrer-Policy"] == "same-origin"
    assert opened.headers["Cache-Control"] == "private, no-store"
    assert home.organisation.name in opened.content.decode()
    assert NEW not in opened.content.decode()
    assert not opened.cookies.get("sessionid")
    for way, name in (("sign_in", "account_login"), ("sign_up", "account_signup")):
        onward = stranger.post(address, {"secret": secret, "way": way}).headers["Location"]
        assert urlsplit(onward).path == reverse(name)
        back = parse_qs(urlsplit(onward).query)["next"][0]
        assert stranger.get(back).status_code == 200
    assert Client().get(address, {"secret": "nonsense"}).status_code == 410
    assert Client().get(address).status_code == 410


def test_who_signs_up_by_the_link_is_asked_for_no_second_letter_and_joins() -> None:
    home = office()
    invite(home.actor("admin"), NEW, Role.OFFICER)
    secret = secret_sent()
    mail.outbox.clear()
    browser = Client()
    onward = browser.post(reverse("companies:invitation"), {"secret": secret, "way": "sign_up"}).headers["Location"]
    form = {
        "email": NEW,
        "name": "New",
        "password1": "four words of mine",
        "next": parse_qs(urlsplit(onward).query)["next"][0],
    }
    signed_up = browser.post(onward, form)
    assert signed_up.headers["Location"] == form["next"]
    joined = browser.post(reverse("companies:invitation"), {"secret": secret})
    assert joined.headers["Location"] == reverse("companies:organisation")
    assert Membership.objects.get(user__email=NEW).role == Role.OFFICER
    assert [letter.to for letter in mail.outbox if "code" in letter.body] == []


def test_somebody_else_who_is_signed_in_is_told_so() -> None:
    home = office()
    invite(home.actor("admin"), NEW, Role.OFFICER)
    secret = secret_sent()
    other = Client()
    person = PersonFactory()
    other.force_login(person)
    told = other.get(reverse("companies:invitation"), {"secret": secret}).content.decode()
    assert person.email in told
    assert NEW not in told
    assert other.post(reverse("companies:invitation"), {"secret": secret}).status_code == 403
    assert not Membership.objects.filter(user=person).exists()
    other.post(reverse("companies:invitation"), {"secret": secret, "way": "sign_in"})
    assert "_auth_user_id" not in other.session
