"""Two at one moment, each with a connection of their own: one wins, and nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.db import connection

from companies.access import actor_of_person
from companies.accounts.first_admin import become_first_admin, new_first_admin_link
from companies.accounts.invitations import accept, invite
from companies.accounts.keys import MOST_KEYS, make_key
from companies.accounts.members import end_membership, leave
from companies.errors import FirstAdminLinkGone, HiddenObject, InvitationGone, LastAdmin, TooMany
from companies.models import ApiKey, FirstAdminLink, Membership, Role, User
from markets.errors import MarketsError
from tests.companies.office import PersonFactory, office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference_facts")]


def at_once(deeds: Sequence[Callable[[], object]]) -> list[object]:
    """What each did or why not, begun at the same moment."""
    gate = threading.Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> object:
        try:
            gate.wait(10)
            return deed()
        except MarketsError as failure:
            return type(failure)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def test_an_invitation_is_accepted_once() -> None:
    home = office()
    invite(home.actor("admin"), "new@example.com", Role.OFFICER)
    body = str(mail.outbox[-1].body)
    secret = parse_qs(urlsplit(next(word for word in body.split() if word.startswith("http"))).query)["secret"][0]
    person = PersonFactory(email="new@example.com")
    outcomes = at_once([lambda: accept(actor_of_person(person), secret)] * 4)
    assert outcomes.count(InvitationGone) == 3
    assert Membership.objects.filter(user=person, ended_at=None).count() == 1


@pytest.mark.parametrize("way", ["each other", "themselves"])
def test_of_the_last_two_admins_one_stays(way: str) -> None:
    home = office()
    second = PersonFactory()
    members = [
        Membership.objects.get(user=home.admin),
        Membership.objects.create(organisation=home.organisation, user=second, role=Role.ADMIN),
    ]
    actors = [home.actor("admin"), actor_of_person(second)]
    if way == "each other":
        deeds = [lambda: end_membership(actors[0], members[1].pk), lambda: end_membership(actors[1], members[0].pk)]
    else:
        deeds = [lambda: leave(actors[0], home.organisation.pk), lambda: leave(actors[1], home.organisation.pk)]
    outcomes = at_once(deeds)
    assert len({LastAdmin, HiddenObject} & set(map(_hashable, outcomes))) == 1
    assert Membership.objects.filter(role=Role.ADMIN, ended_at=None).count() == 1


def test_of_two_who_use_the_first_admins_link_one_wins() -> None:
    secret = parse_qs(urlsplit(new_first_admin_link()).query)["secret"][0]
    deeds = [
        lambda n=n: become_first_admin(secret, email=f"{n}@example.com", name="", password="four words of mine")
        for n in range(3)
    ]
    outcomes = at_once(deeds)
    assert outcomes.count(FirstAdminLinkGone) == 2
    assert User.objects.filter(is_superuser=True).count() == 1
    assert FirstAdminLink.objects.get().used_at is not None


def test_the_limit_of_keys_holds_for_two_at_once() -> None:
    actor = office().actor("officer")
    for number in range(MOST_KEYS - 1):
        make_key(actor, f"key {number}", ["read:market"])
    outcomes = at_once([lambda: make_key(actor, "last", ["read:market"])] * 3)
    assert outcomes.count(TooMany) == 2
    assert ApiKey.objects.count() == MOST_KEYS


def _hashable(outcome: object) -> object:
    return outcome if isinstance(outcome, type) else None
