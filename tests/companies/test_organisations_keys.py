"""API keys: shown once, kept as a hash, and working only where, when and for what they were made."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.access import Action, actor_of_key, require
from companies.accounts.keys import MOST_KEYS, key_of, make_key, revoke_key
from companies.accounts.members import change_role
from companies.errors import FieldsRejected, HiddenObject, NotAllowed, ScopeMissing, TooMany
from companies.models import ApiKey, Change, Membership, Role
from tests.companies.office import office

pytestmark = pytest.mark.django_db
HERE = "192.0.2.7"


def test_a_key_is_shown_once_and_kept_as_a_hash(caplog: pytest.LogCaptureFixture) -> None:
    home = office()
    client = Client()
    client.force_login(home.officer)
    address = reverse("companies:keys")
    with caplog.at_level(logging.DEBUG):
        sent = {"name": "Nightly", "scopes": ["read:records"], "lasts": "90", "networks": ""}
        made = client.post(address, sent)
    assert made.headers["Cache-Control"] == "private, no-store"
    (text,) = set(re.findall(r"sgd_[0-9a-f]{10}\.[A-Za-z0-9_-]{43}", made.content.decode()))
    key = ApiKey.objects.get()
    secret = text.partition(".")[2]
    assert key.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in client.get(address).content.decode()
    assert secret not in caplog.text
    assert secret not in str(Change.objects.values_list("before", "after"))
    assert key_of(text, HERE) == key
    assert key.expires_at is not None
    assert abs(key.expires_at - timezone.now() - dt.timedelta(days=90)) < dt.timedelta(minutes=1)


def test_only_the_whole_text_opens() -> None:
    home = office()
    _key, text = make_key(home.actor("officer"), "job", ["read:records"])
    prefix, _dot, secret = text.partition(".")
    last = "A" if secret[-1] != "A" else "B"
    wrong = ["", "sgd_", prefix, f"{prefix}.", f"{prefix}.{secret[:-1]}{last}", f"{text} ", f" {text}", text.upper(),
             f"sgd_0000000000.{secret}", text.replace(".", "\n"), f"sgd_éééééééééé.{secret}", "\x00" * 58]  # fmt: skip
    assert [each for each in wrong if key_of(each, HERE)] == []
    assert key_of(text, HERE) is not None


def test_a_key_ends_with_its_time_its_revocation_its_owner_and_their_membership() -> None:
    home = office()
    actor = home.actor("officer")
    key, text = make_key(actor, "job", ["read:records"], timezone.now() + dt.timedelta(days=1))
    for model, fields in (
        (ApiKey.objects.filter(pk=key.pk), {"expires_at": timezone.now() - dt.timedelta(seconds=1)}),
        (ApiKey.objects.filter(pk=key.pk), {"revoked_at": timezone.now()}),
        (Membership.objects.filter(user=home.officer), {"ended_at": timezone.now()}),
        (type(home.officer).objects.filter(pk=home.officer.pk), {"is_active": False}),
    ):
        before = model.values(*fields).get()
        assert key_of(text, HERE) is not None
        model.update(**fields)
        assert key_of(text, HERE) is None
        model.update(**before)
    revoke_key(actor, key.pk)
    revoke_key(actor, key.pk)
    assert key_of(text, HERE) is None
    assert [row.action for row in Change.objects.order_by("id")] == ["made", "revoked"]


def test_a_key_works_from_its_networks_alone() -> None:
    _key, text = make_key(office().actor("officer"), "job", ["read:records"], None, ["192.0.2.0/24", "2001:db8::1"])
    for address in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1"):
        assert key_of(text, address) is not None
    for address in ("198.51.100.1", "2001:db8::2", "", "nonsense"):
        assert key_of(text, address) is None


def test_what_a_key_may_do_is_within_its_scopes_and_the_role_of_its_owner() -> None:
    home = office()
    _key, text = make_key(home.actor("reviewer"), "job", ["read:records", "review:records"])
    found = key_of(text, HERE)
    assert found is not None
    actor = actor_of_key(found)
    require(actor, Action.REVIEW)
    with pytest.raises(ScopeMissing):
        require(actor, Action.WRITE)
    with pytest.raises(ScopeMissing):
        make_key(actor, "offspring", ["read:records"])
    change_role(home.actor("admin"), Membership.objects.get(user=home.reviewer).pk, 1, Role.VIEWER)
    found = key_of(text, HERE)
    assert found is not None
    with pytest.raises(NotAllowed):
        require(actor_of_key(found), Action.REVIEW)


OF_ALL = ("read:market", "read:records", "read:targets", "write:targets")


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Role.VIEWER, {*OF_ALL}),
        (Role.OFFICER, {*OF_ALL, "write:records", "import"}),
        (Role.REVIEWER, {*OF_ALL, "write:records", "import", "review:records"}),
        (Role.ADMIN, {*OF_ALL, "write:records", "import", "review:records", "admin"}),
    ],
)
def test_a_key_is_made_for_what_the_role_allows(role: str, scopes: set[str]) -> None:
    actor = office().actor(role)
    for scope in ApiKey.Scope.values:
        if scope in scopes:
            make_key(actor, scope, [scope])
        else:
            with pytest.raises(FieldsRejected):
                make_key(actor, scope, [scope])


def test_what_is_wrong_with_a_key_is_said_all_at_once() -> None:
    yesterday = timezone.now() - dt.timedelta(days=1)
    with pytest.raises(FieldsRejected) as refused:
        make_key(office().actor("officer"), "\u200b", [], yesterday, ["192.0.2.0/33"])
    pointers = {fault.context["pointer"] for fault in refused.value.context["faults"]}
    assert pointers == {"/name", "/scopes", "/expires_at", "/networks"}


def test_a_person_has_twenty_keys_at_most_and_revoked_ones_do_not_count() -> None:
    actor = office().actor("officer")
    made = [make_key(actor, f"key {n}", ["read:market"])[0] for n in range(MOST_KEYS)]
    with pytest.raises(TooMany):
        make_key(actor, "one more", ["read:market"])
    revoke_key(actor, made[0].pk)
    make_key(actor, "one more", ["read:market"])


def test_use_is_noted_once_a_minute() -> None:
    key, text = make_key(office().actor("officer"), "job", ["read:records"])
    key_of(text, HERE)
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    assert first is not None
    key_of(text, HERE)
    assert ApiKey.objects.get(pk=key.pk).last_used_at == first
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=first - dt.timedelta(minutes=2))
    key_of(text, HERE)
    assert ApiKey.objects.get(pk=key.pk).last_used_at >= first


def test_an_admin_sees_and_revokes_everybodys_keys_and_others_their_own() -> None:
    home, other = office(), office()
    key, _text = make_key(home.actor("officer"), "of the officer", ["read:records"])
    for actor in (home.actor("reviewer"), other.actor("admin")):
        with pytest.raises(HiddenObject):
            revoke_key(actor, key.pk)
    for role, sees in (("admin", True), ("officer", True), ("reviewer", False)):
        client = Client()
        client.force_login(getattr(home, role))
        assert ("of the officer" in client.get(reverse("companies:keys")).content.decode()) is sees
    assert revoke_key(home.actor("admin"), key.pk).revoked_at is not None


def test_the_form_of_a_key_takes_no_field_that_is_not_its_own() -> None:
    home, other = office(), office()
    client = Client()
    client.force_login(home.viewer)
    sent = {"name": "job", "scopes": ["read:records"], "lasts": "30", "networks": "", "prefix": "0000000000",
            "secret_hash": "0" * 64, "membership": Membership.objects.get(user=home.admin).pk,
            "organisation": str(other.organisation.pk)}  # fmt: skip
    client.post(reverse("companies:keys"), sent)
    key = ApiKey.objects.get()
    assert (key.organisation, key.membership.user) == (home.organisation, home.viewer)
    assert key.prefix != "0000000000"
    assert client.post(reverse("companies:keys"), {**sent, "scopes": ["admin"]}).status_code == 422
