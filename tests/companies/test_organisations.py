"""Organisations and who belongs to them: made, edited, roles, leaving; and names that look like others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.access import NOBODY, Actor, actor_of_person
from companies.accounts.members import change_role, end_all_memberships, end_membership, leave
from companies.accounts.organisations import MOST_ORGANISATIONS_A_DAY, create_organisation, edit_organisation
from companies.errors import (
    FieldsRejected,
    HiddenObject,
    LastAdmin,
    NotAllowed,
    SignInNeeded,
    TooManyToday,
    VersionConflict,
    VersionMissing,
)
from companies.models import Change, Membership, Organisation, Role, User
from companies.models.names import mixes_scripts, plain_name
from tests.companies.office import Office, PersonFactory, office

pytestmark = pytest.mark.django_db
CYRILLIC_A = "\u0430"


def membership(home: Office, role: str) -> Membership:
    return Membership.objects.get(user=getattr(home, role), organisation=home.organisation)


def page(person: object, name: str, *args: object) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse(f"companies:{name}", args=args)).content.decode()


def test_whoever_makes_an_organisation_is_its_admin_and_works_in_it() -> None:
    person = PersonFactory()
    client = Client()
    client.force_login(person)
    nowhere = client.get(reverse("companies:members"))
    assert nowhere.status_code == 409
    assert person.email in nowhere.content.decode()
    made = client.post(reverse("companies:organisation_new"), {"name": " Xinjiang\u200b  Office ", "kind": "exporter"})
    assert made.status_code == 302
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.kind, organisation.home) == ("Xinjiang Office", "exporter", None)
    assert actor_of_person(person).roles == {organisation.pk: Role.ADMIN}
    change = Change.objects.get()
    assert (change.action, change.organisation, change.actor) == ("made", organisation, person)


def test_an_organisation_has_a_name_a_kind_and_a_country() -> None:
    actor = actor_of_person(PersonFactory())
    with pytest.raises(FieldsRejected) as refused:
        create_organisation(actor, "\u202e \u200b", "bank", "WLD")
    assert {fault.context["pointer"] for fault in refused.value.context["faults"]} == {"/name", "/kind", "/home"}
    with pytest.raises(SignInNeeded):
        create_organisation(NOBODY, "Office", "exporter")


def test_a_person_makes_ten_organisations_a_day_at_most() -> None:
    actor = actor_of_person(PersonFactory())
    for number in range(MOST_ORGANISATIONS_A_DAY):
        create_organisation(actor, f"Office {number}", "exporter")
    with pytest.raises(TooManyToday):
        create_organisation(actor, "One more", "exporter")


def test_an_edit_names_the_version_it_read() -> None:
    home = office()
    actor, key = home.actor("admin"), home.organisation.pk
    values = {"name": "New name", "kind": "exporter", "home": "KAZ"}
    with pytest.raises(VersionMissing):
        edit_organisation(actor, key, None, **values)
    assert edit_organisation(actor, key, 1, **values).version == 2
    with pytest.raises(VersionConflict, match=home.admin.name):
        edit_organisation(actor, key, 1, **values)
    change = Change.objects.get()
    assert (change.before["name"], change.after["name"]) == (home.organisation.name, "New name")


def test_the_page_of_an_edit_that_came_too_late_keeps_what_was_typed_and_shows_what_stands() -> None:
    home = office()
    client = Client()
    client.force_login(home.admin)
    edit_organisation(home.actor("admin"), home.organisation.pk, 1, name="Theirs", kind="exporter", home=None)
    sent = {"name": "Mine", "kind": "exporter", "home": "", "version": "1"}
    late = client.post(reverse("companies:organisation"), sent)
    assert late.status_code == 412
    told = late.content.decode()
    assert "Theirs" in told
    assert 'value="Mine"' in told
    assert 'name="version" value="2"' in told
    assert client.post(reverse("companies:organisation"), {**sent, "version": "2"}).status_code == 302


WRITES: dict[str, Callable[[Actor, Office], object]] = {
    "edit": lambda actor, home: edit_organisation(
        actor, home.organisation.pk, 1, name="New", kind="exporter", home=None
    ),
    "change a role": lambda actor, home: change_role(actor, membership(home, "viewer").pk, 1, Role.OFFICER),
    "remove": lambda actor, home: end_membership(actor, membership(home, "viewer").pk),
}


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("role", Role.values)
def test_only_admins_manage(role: str, what: str) -> None:
    home, other = office(), office()
    write = WRITES[what]
    with pytest.raises(HiddenObject):
        write(other.actor(role), home)
    if role == Role.ADMIN:
        write(home.actor(role), home)
        assert Change.objects.count() == 1
    else:
        with pytest.raises(NotAllowed, match="Admin"):
            write(home.actor(role), home)
        assert not Change.objects.exists()


def test_a_role_taken_meanwhile_counts_no_more() -> None:
    home = office()
    before = home.actor("admin")
    Membership.objects.filter(user=home.admin).update(role=Role.OFFICER)
    with pytest.raises(NotAllowed):
        end_membership(before, membership(home, "viewer").pk)
    Membership.objects.filter(user=home.admin).delete()
    with pytest.raises(HiddenObject):
        end_membership(before, membership(home, "viewer").pk)


def test_an_organisation_is_never_without_an_admin() -> None:
    home = office()
    admin = home.actor("admin")
    mine = membership(home, "admin").pk
    attempts: list[Callable[[], object]] = [
        lambda: end_membership(admin, mine),
        lambda: change_role(admin, mine, 1, Role.OFFICER),
        lambda: leave(admin, home.organisation.pk),
    ]
    for attempt in attempts:
        with pytest.raises(LastAdmin):
            attempt()
    change_role(admin, membership(home, "reviewer").pk, 1, Role.ADMIN)
    User.objects.filter(pk=home.reviewer.pk).update(deletion_wanted_at=timezone.now())
    with pytest.raises(LastAdmin):
        leave(admin, home.organisation.pk)
    User.objects.filter(pk=home.reviewer.pk).update(deletion_wanted_at=None)
    assert leave(admin, home.organisation.pk).ended_at is not None


def test_a_role_is_changed_from_the_version_that_was_read() -> None:
    home = office()
    admin, member = home.actor("admin"), membership(home, "viewer")
    assert change_role(admin, member.pk, 1, Role.OFFICER).version == 2
    with pytest.raises(VersionConflict):
        change_role(admin, member.pk, 1, Role.REVIEWER)
    with pytest.raises(VersionMissing):
        change_role(admin, member.pk, None, Role.REVIEWER)
    with pytest.raises(FieldsRejected):
        change_role(admin, member.pk, 2, "owner")
    change = Change.objects.get()
    assert (change.before, change.after) == ({"role": "viewer"}, {"role": "officer"})


def test_who_leaves_alone_leaves_nothing_reachable_and_others_with_an_admin() -> None:
    person = PersonFactory()
    alone = create_organisation(actor_of_person(person), "Alone", "exporter")
    home = office()
    Membership.objects.create(organisation=home.organisation, user=person, role=Role.VIEWER)
    assert end_all_memberships(actor_of_person(person), person) == 2
    assert actor_of_person(person).roles == {}
    assert not Membership.objects.filter(organisation=alone, ended_at=None).exists()


@pytest.mark.parametrize("role", Role.values)
def test_addresses_and_forms_of_the_members_page_are_for_admins(role: str) -> None:
    home = office()
    shown = page(getattr(home, role), "members")
    assert home.viewer.name in shown
    assert (home.viewer.email in shown) is (role == Role.ADMIN)
    assert ("/remove/" in shown) is (role == Role.ADMIN)


def test_forms_take_no_field_that_is_not_theirs() -> None:
    home, other = office(), office()
    client = Client()
    client.force_login(home.admin)
    client.post(
        reverse("companies:organisation"),
        {
            "name": "New", "kind": "exporter", "home": "", "version": "1",
            "id": str(other.organisation.pk), "is_sample": "on", "created_at": "1999-01-01",
        },
    )  # fmt: skip
    client.post(
        reverse("companies:member_role", args=[membership(home, "viewer").pk]),
        {"role": "officer", "version": "1", "organisation": str(other.organisation.pk), "user": str(home.admin.pk)},
    )
    home.organisation.refresh_from_db()
    other.organisation.refresh_from_db()
    assert (home.organisation.name, home.organisation.is_sample) == ("New", False)
    assert other.organisation.name != "New"
    changed = membership(home, "viewer")
    assert (changed.role, changed.organisation, changed.user) == ("officer", home.organisation, home.viewer)


def test_a_person_turns_to_another_organisation_of_theirs_and_to_no_others() -> None:
    home, second, foreign = office(), office(), office()
    Membership.objects.create(organisation=second.organisation, user=home.officer, role=Role.VIEWER)
    client = Client()
    client.force_login(home.officer)
    address = reverse("companies:organisation_switch")
    there = client.post(address, {"organisation": str(second.organisation.pk), "next": "/en/org/members/"})
    assert there.headers["Location"] == "/en/org/members/"
    assert second.organisation.name in client.get(reverse("companies:organisation")).content.decode()
    for onward in ("//evil.example/", "https:evil.example", "\\\\evil.example", "https://evil.example/"):
        away = client.post(address, {"organisation": str(home.organisation.pk), "next": onward})
        assert away.headers["Location"] == reverse("companies:organisation")
    for unknown in (str(foreign.organisation.pk), "nonsense", ""):
        assert client.post(address, {"organisation": unknown}).status_code == 404


def test_names_are_composed_and_hold_nothing_invisible() -> None:
    assert plain_name("e\u0301cole\u202e \u200b\t x\x00") == "\u00e9cole x"
    assert plain_name("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("name", "is_mixed"),
    [
        (f"B{CYRILLIC_A}nk of Urumqi", True),
        ("Банк Urumqi", False),
        ("乌鲁木齐 Trade", False),
        ("ООО Sogdia-Трейд", False),
        ("Αlpha", True),
    ],
)
def test_a_word_of_two_scripts_is_pointed_out(name: str, is_mixed: bool) -> None:  # noqa: FBT001 a row of the table
    assert mixes_scripts(name) is is_mixed


def test_names_stand_isolated_on_pages_with_a_warning_where_scripts_mix() -> None:
    home = office(name=f"B{CYRILLIC_A}nk \u05d0\u05d1 <b>")
    home.viewer.name = f"P{CYRILLIC_A}vel"
    home.viewer.save()
    shown = page(home.admin, "members")
    assert f"<bdi>B{CYRILLIC_A}nk \u05d0\u05d1 &lt;b&gt;</bdi>" in shown
    assert f"<bdi>P{CYRILLIC_A}vel</bdi>" in shown
    assert shown.count("Letters of several scripts") == 2
