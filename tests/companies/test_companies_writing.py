"""Companies are registered, edited, archived and restored, each with one row in the change log."""

from __future__ import annotations

from typing import Any

import pytest

from companies.access import NOBODY
from companies.errors import (
    Archived,
    CompaniesError,
    FieldsRejected,
    HiddenObject,
    NotAllowed,
    SignInNeeded,
    VersionConflict,
    VersionMissing,
)
from companies.models import Change, Company
from companies.records.companies import archive_company, edit_company, register_company, restore_company
from tests.companies.office import CompanyFactory, office

pytestmark = pytest.mark.django_db

HANDIAN: dict[str, Any] = {
    "name": "  Ningbo  Handian Electric Appliance Co. ",
    "registration_number": "91330200",
    "home": "chn",
    "place": "Ningbo",
    "sector": "Household appliances",
    "note": "First line.\r\nSecond line.",
    "names": [{"name": "宁波汉电电器有限公司", "language": "zh"}, {"name": "Handian", "kind": "trade"}],
    "lines": [{"category": "appliances", "hs_code": "8418.21", "hs_revision": "HS2022"}, {"category": "hi-tech"}],
    "contacts": [{"name": "Wang", "position": "Exports", "email": "wang@example.com", "phone": "+86 574 1"}],
}


def faults(refused: pytest.ExceptionInfo[FieldsRejected]) -> dict[str, str]:
    return {fault.context["pointer"]: fault.context["expected"] for fault in refused.value.context["faults"]}


def test_a_company_is_registered_with_all_its_rows_and_one_change() -> None:
    home = office()
    company = register_company(home.actor("officer"), HANDIAN)
    assert (company.name, company.home_id, company.version) == ("Ningbo Handian Electric Appliance Co.", "CHN", 1)
    assert company.note == "First line.\nSecond line."
    assert company.organisation_id == home.organisation.pk
    assert list(company.names.values_list("name", "language", "kind")) == [
        (company.name, "", "official"),
        ("宁波汉电电器有限公司", "zh", "official"),
        ("Handian", "", "trade"),
    ]
    assert list(company.lines.values_list("category", "hs_code", "hs_revision")) == [
        ("appliances", "841821", "HS2022"),
        ("hi-tech", "", ""),
    ]
    change = Change.objects.get()
    assert (change.action, change.object_kind, change.object_id) == ("registered", "company", str(company.pk))
    assert change.before == {}
    assert change.after["names"][1]["name"] == "宁波汉电电器有限公司"
    assert change.after["contacts"] == [{"name": "Wang", "position": "Exports", "email": "•••", "phone": "•••"}]


def test_no_address_of_a_contact_stands_in_the_change_log() -> None:
    home = office()
    company = register_company(home.actor("officer"), HANDIAN)
    contacts = [{"name": "Wang", "position": "Exports", "email": "new@example.com", "phone": "+86 574 1"}]
    edit_company(home.actor("officer"), company.pk, 1, {"contacts": contacts})
    change = Change.objects.first()
    assert change is not None
    assert change.before["contacts"][0]["email"] == "•••"
    assert change.after["contacts"][0] == {"name": "Wang", "position": "Exports", "email": "••• (new)", "phone": "•••"}
    kept = str(list(Change.objects.values_list("before", "after")))
    assert "example.com" not in kept
    assert "574" not in kept


def test_every_fault_is_told_at_once_and_nothing_is_written() -> None:
    home = office()
    values = {
        "name": "!!!",
        "registration_number": "1" * 51,
        "home": "CA5",
        "place": "Ning\x00bo",
        "sector": 7,
        "note": "x" * 10_001,
        "organisation": "another",
        "id": "1",
        "names": [{"name": "", "kind": "nickname", "language": "xx"}, {"name": "A"}, {"name": "A"}],
        "lines": [
            {"category": "nothing"},
            {"hs_code": "84181", "hs_revision": "HS2022"},
            {"hs_code": "0099", "hs_revision": "HS2022"},
            {"hs_code": "8418"},
            {},
        ],
        "contacts": [{"name": "", "email": "nowhere", "is_staff": True}],
    }
    with pytest.raises(FieldsRejected) as refused:
        register_company(home.actor("officer"), values)
    assert set(faults(refused)) == {
        "/name",
        "/registration_number",
        "/home",
        "/place",
        "/sector",
        "/note",
        "/organisation",
        "/id",
        "/names/0/name",
        "/names/0/kind",
        "/names/0/language",
        "/names/1/name",
        "/names/2/name",
        "/lines/0/category",
        "/lines/1/hs_code",
        "/lines/2/hs_code",
        "/lines/3/hs_revision",
        "/lines/4/category",
        "/contacts/0/name",
        "/contacts/0/email",
        "/contacts/0/is_staff",
    }
    assert refused.value.context["count"] == 21
    assert not Company.objects.exists()
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"name": None},
        {"name": ["a"]},
        {"name": "A", "names": "B"},
        {"name": "A", "names": ["B"]},
        {"name": "A", "lines": {"category": "appliances"}},
        {"name": "A", "names": [{"name": f"B{n}"} for n in range(51)]},
        {"name": "A", "home": "ZZZ"},
        {"name": "A\ud800"},
        {},
    ],
)
def test_what_is_no_company_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(FieldsRejected):
        register_company(office().actor("officer"), values)


def test_national_digits_and_revisions_that_are_not_loaded_are_kept() -> None:
    lines = [
        {"hs_code": "8418211000", "hs_revision": "HS2022"},
        {"hs_code": "84182110", "hs_revision": "HS2022"},
        {"hs_code": "９９９９", "hs_revision": "HS1992"},
    ]
    company = register_company(office().actor("officer"), {"name": "A", "lines": lines})
    assert [line.hs_code for line in company.lines.all()] == ["8418211000", "84182110", "9999"]


def test_the_same_registration_number_names_the_other_company() -> None:
    home = office()
    register_company(home.actor("officer"), HANDIAN)
    with pytest.raises(FieldsRejected) as refused:
        register_company(home.actor("officer"), {"name": "B", "registration_number": "91330200", "home": "CHN"})
    assert "Ningbo Handian" in faults(refused)["/registration_number"]
    # Elsewhere the number is another register's, and another organisation knows nothing of it.
    register_company(home.actor("officer"), {"name": "B", "registration_number": "91330200", "home": "KAZ"})
    register_company(office().actor("officer"), HANDIAN)


def test_an_edit_changes_what_is_given_and_remembers_both_sides() -> None:
    home = office()
    company = register_company(home.actor("officer"), HANDIAN)
    edited = edit_company(home.actor("admin"), company.pk, 1, {"name": "Handian Group", "place": "Hangzhou"})
    assert (edited.version, edited.place, edited.sector) == (2, "Hangzhou", "Household appliances")
    assert ("Ningbo Handian Electric Appliance Co.", "alias") in edited.names.values_list("name", "kind")
    assert edited.lines.count() == 2
    assert edited.updated_at > company.created_at
    change = Change.objects.first()
    assert change is not None
    assert (change.action, change.before["place"], change.after["place"]) == ("edited", "Ningbo", "Hangzhou")
    assert "sector" not in change.after
    cleared = edit_company(home.actor("officer"), company.pk, 2, {"names": [], "lines": [], "contacts": []})
    assert list(cleared.names.values_list("name", flat=True)) == ["Handian Group"]
    assert not cleared.lines.exists()
    assert "宁波" not in cleared.search_text


def test_an_edit_that_changes_nothing_writes_nothing() -> None:
    home = office()
    company = register_company(home.actor("officer"), HANDIAN)
    assert edit_company(home.actor("officer"), company.pk, 1, HANDIAN).version == 1
    assert Change.objects.count() == 1


def test_a_writer_names_the_version_they_read() -> None:
    home = office()
    company = register_company(home.actor("officer"), HANDIAN)
    edit_company(home.actor("admin"), company.pk, 1, {"place": "Hangzhou"})
    with pytest.raises(VersionConflict, match=home.admin.name):
        edit_company(home.actor("officer"), company.pk, 1, {"place": "Suzhou"})
    with pytest.raises(VersionMissing):
        edit_company(home.actor("officer"), company.pk, None, {"place": "Suzhou"})
    with pytest.raises(VersionConflict):
        archive_company(home.actor("officer"), company.pk, 1, "Closed")
    assert Company.objects.get().place == "Hangzhou"


def test_an_archived_company_is_kept_and_takes_no_change_until_it_is_restored() -> None:
    home = office()
    officer = home.actor("officer")
    company = register_company(officer, HANDIAN)
    with pytest.raises(FieldsRejected):
        archive_company(officer, company.pk, 1, "  ")
    archived = archive_company(officer, company.pk, 1, "Closed in May")
    assert (archived.archived_by, archived.archived_reason, archived.version) == (home.officer, "Closed in May", 2)
    assert archived.archived_at is not None
    for refused in (
        lambda: edit_company(officer, company.pk, 2, {"place": "X"}),
        lambda: archive_company(officer, company.pk, 2, "Again"),
    ):
        with pytest.raises(Archived):
            refused()
    twin = register_company(officer, HANDIAN)
    with pytest.raises(FieldsRejected):
        restore_company(officer, company.pk, 2)
    archive_company(officer, twin.pk, 1, "Entered twice")
    restored = restore_company(officer, company.pk, 2)
    assert (restored.archived_at, restored.archived_by, restored.archived_reason) == (None, None, "")
    with pytest.raises(CompaniesError):
        restore_company(officer, company.pk, 3)
    said = Change.objects.filter(object_id=str(company.pk)).order_by("id").values_list("action", flat=True)
    assert list(said) == ["registered", "archived", "restored"]


def test_who_may_not_write_is_refused_and_a_stranger_finds_nothing() -> None:
    home, other = office(), office()
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    with pytest.raises(NotAllowed):
        register_company(home.actor("viewer"), HANDIAN)
    with pytest.raises(SignInNeeded):
        register_company(NOBODY, HANDIAN)
    for write in (
        lambda actor: edit_company(actor, company.pk, 1, {"place": "X"}),
        lambda actor: archive_company(actor, company.pk, 1, "X"),
        lambda actor: restore_company(actor, company.pk, 1),
    ):
        with pytest.raises(NotAllowed):
            write(home.actor("viewer"))
        with pytest.raises(HiddenObject):
            write(other.actor("admin"))
    assert not Change.objects.exists()
