"""Putting rows right without touching the file: for all cells alike, one by one, and back."""

from __future__ import annotations

from typing import Any

import pytest

from companies.errors import FieldsRejected, HiddenObject, ImportElsewhere, NotAllowed, VersionConflict
from companies.importing.doing import fixing
from companies.importing.plan import REGISTER, Policy
from companies.importing.plan import Mapping as Meaning
from companies.models import Change, Import
from tests.companies.checking_world import (
    COLUMNS,
    CONSTANTS,
    again,
    checked,
    codes_of,
    entry_of,
    faults_of,
    firm,
    outcome_of,
    row,
)
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Office:
    here = office()
    firm(here)
    return here


def month(at: int) -> str:
    return f"{1990 + at // 12}-{at % 12 + 1:02d}"


def fixed(home: Office, imported: Import, values: dict[str, dict[str, str]]) -> Import:
    return again(fixing.fix_values(home.actor("officer"), imported.pk, imported.version, values))


def counts(imported: Import) -> dict[str, Any]:
    return {key: imported.counts[key] for key in ("new", "error", "left_out")}


def test_four_hundred_rows_are_put_right_at_once_and_taken_back(home: Office) -> None:
    rows = [row(period=month(at), destination="南韩国" if at < 400 else "KAZ") for at in range(410)]
    imported = checked(home, rows)
    assert counts(imported) == {"new": 10, "error": 400, "left_out": 0}
    after = fixed(home, imported, {"destination": {"南韩国": "KOR"}})
    assert counts(after) == {"new": 410, "error": 0, "left_out": 0}
    assert entry_of(after)["destination"] == "KOR"
    change = Change.objects.filter(object_kind="import", object_id=str(imported.pk)).latest("pk")
    assert change.action == "fixed"
    assert change.after == {"wordings": 1, "values": {"destination": {"南韩国": "KOR"}}}
    back = fixing.take_back_value(home.actor("officer"), after.pk, after.version, "destination", "南韩国")
    assert counts(again(back))["error"] == 400


def test_a_fix_that_is_wrong_too_can_be_put_right_again(home: Office) -> None:
    imported = checked(home, [row(destination="南韩国")])
    imported = fixed(home, imported, {"destination": {"南韩国": "Koria!"}})
    (fault,) = faults_of(imported)
    assert fault.said == "Koria!"
    imported = fixed(home, imported, {"destination": {"Koria!": "Korea, Rep."}})
    imported = (
        imported if outcome_of(imported) == "new" else fixed(home, imported, {"destination": {"Korea, Rep.": "KOR"}})
    )
    assert entry_of(imported)["destination"] == "KOR"


def test_fixes_that_lead_in_a_circle_come_to_an_end(home: Office) -> None:
    imported = checked(home, [row(destination="a1")])
    imported = fixed(home, imported, {"destination": {"a1": "b1", "b1": "a1"}})
    assert codes_of(imported) == {("destination", "unknown")}


def test_what_no_cell_says_is_said_for_all_rows_without_touching_the_others(home: Office) -> None:
    rows = [row(destination=""), row(destination="UZB")]
    imported = checked(home, rows)
    assert codes_of(imported) == {("destination", "refused")}
    imported = fixed(home, imported, {"destination": {"": "Kazakhstan"}})
    assert [entry_of(imported, number)["destination"] for number in (2, 3)] == ["KAZ", "UZB"]
    without_revision = checked(home, [row()], meaning=Meaning(COLUMNS, {"category": "appliances"}))
    assert codes_of(without_revision) == {("hs_revision", "refused")}
    assert entry_of(fixed(home, without_revision, {"hs_revision": {"": "2022"}}))["hs_revision"] == "HS2022"


def test_one_cell_is_put_right_and_its_wording_elsewhere_is_not(home: Office) -> None:
    imported = checked(home, [row(value="много"), row(value="много", period="2024-04")])
    actor = home.actor("officer")
    imported = again(fixing.fix_cell(actor, imported.pk, imported.version, fixing.CellFix(2, "value", " 7,5 ")))
    assert [outcome_of(imported, number) for number in (2, 3)] == ["new", "error"]
    assert entry_of(imported)["value"] == "7.5"
    imported = again(fixing.take_back_row(actor, imported.pk, imported.version, 2))
    assert counts(imported)["error"] == 2


def test_rows_are_left_out_by_what_they_say_and_by_number(home: Office) -> None:
    rows = [row(destination="Test"), row(destination="Test"), row(value="?!"), row()]
    imported, actor = checked(home, rows), home.actor("officer")
    imported = again(fixing.leave_out_values(actor, imported.pk, imported.version, "destination", "Test"))
    imported = again(fixing.leave_out_rows(actor, imported.pk, imported.version, [4]))
    assert counts(imported) == {"new": 1, "error": 0, "left_out": 3}
    imported = again(fixing.take_back_value(actor, imported.pk, imported.version, "destination", "Test"))
    imported = again(fixing.take_back_row(actor, imported.pk, imported.version, 4))
    assert counts(imported) == {"new": 1, "error": 3, "left_out": 0}


def test_a_company_is_chosen_or_registered_as_new(home: Office) -> None:
    known = firm(home, "Almaty Trade")
    imported = checked(home, [row(company="Алматы Трейд ИП"), row(company="Кто-то", period="2024-04")])
    values = {"company": {"Алматы Трейд ИП": str(known.pk), "Кто-то": REGISTER}}
    imported = fixed(home, imported, values)
    assert [entry_of(imported, number)["company"] for number in (2, 3)] == [str(known.pk), "+Кто-то"]
    cell = fixing.CellFix(3, "company", "+Somebody Ltd")
    imported = again(fixing.fix_cell(home.actor("officer"), imported.pk, imported.version, cell))
    assert entry_of(imported, 3)["company"] == "+Somebody Ltd"


def test_twins_are_kept_and_not(home: Office) -> None:
    imported, actor = checked(home, [row(), row(note="other")]), home.actor("officer")
    imported = again(fixing.keep_twins(actor, imported.pk, imported.version))
    assert counts(imported)["new"] == 2
    imported = again(fixing.keep_twins(actor, imported.pk, imported.version, keep=False))
    assert counts(imported)["error"] == 2


def test_what_is_so_already_changes_nothing(home: Office) -> None:
    imported, actor = checked(home, [row()]), home.actor("officer")
    assert fixing.keep_twins(actor, imported.pk, imported.version, keep=False).version == imported.version
    assert not Change.objects.filter(object_kind="import", action="fixed").exists()


def test_free_text_does_not_enter_the_change_log(home: Office) -> None:
    imported = checked(home, [row(note="ask anna@example.com")])
    fixed(home, imported, {"note": {"ask anna@example.com": "ask Anna at anna@example.com"}})
    kept = Change.objects.filter(object_kind="import").latest("pk")
    assert "example.com" not in str((kept.before, kept.after))


def test_who_sees_an_older_check_fixes_nothing(home: Office) -> None:
    imported, actor = checked(home, [row(destination="x1")]), home.actor("officer")
    fixing.fix_values(actor, imported.pk, imported.version, {"destination": {"x1": "KAZ"}})
    with pytest.raises(VersionConflict):
        fixing.fix_values(actor, imported.pk, imported.version, {"destination": {"x1": "UZB"}})


def test_strangers_and_viewers_fix_nothing(home: Office) -> None:
    imported = checked(home, [row(destination="x1")])
    for person, refusal in (
        (office().actor("admin"), HiddenObject),
        (home.actor("viewer"), (NotAllowed, HiddenObject)),
    ):
        with pytest.raises(refusal):
            fixing.fix_values(person, imported.pk, imported.version, {"destination": {"x1": "KAZ"}})


def test_what_cannot_be_fixed_is_refused(home: Office) -> None:
    imported, actor = checked(home, [row()]), home.actor("officer")
    given = imported.pk, imported.version
    with pytest.raises(FieldsRejected):
        fixing.fix_values(actor, *given, {"password": {"a": "b"}})
    with pytest.raises(FieldsRejected):
        fixing.fix_values(actor, *given, {"note": {"a": "b" * 5_000}})
    with pytest.raises(FieldsRejected):
        fixing.fix_cell(actor, *given, fixing.CellFix(99, "note", "b"))
    with pytest.raises(FieldsRejected):
        fixing.choose_policy(actor, *given, Policy(errors="perhaps"))
    Import.objects.filter(pk=imported.pk).update(step=Import.Step.READ)
    with pytest.raises(ImportElsewhere):
        fixing.keep_twins(actor, *given)


def test_the_policy_is_chosen_without_a_new_check(home: Office) -> None:
    imported = checked(home, [row(), row(destination="x1")], meaning=Meaning(COLUMNS, CONSTANTS))
    chosen = fixing.choose_policy(home.actor("officer"), imported.pk, imported.version, Policy(errors="others"))
    assert chosen.checked_version == chosen.version == imported.version + 1
    assert chosen.policy["errors"] == "others"
    change = Change.objects.filter(object_kind="import").latest("pk")
    assert (change.action, change.before, change.after) == ("chose_policy", {"errors": "none"}, {"errors": "others"})


def formulas(count: int) -> list[list[Any]]:
    return [row(period=month(at), value=f"={at + 1}*2") for at in range(count)]


def test_rows_with_one_kind_of_fault_are_left_out_at_once_stay_so_and_come_back(home: Office) -> None:
    imported, actor = checked(home, [*formulas(30), row(), row(destination="x1", period="1980")]), home.actor("officer")
    imported = again(fixing.leave_out_faults(actor, imported.pk, imported.version, "value", "formula"))
    assert counts(imported) == {"new": 1, "error": 1, "left_out": 30}
    change = Change.objects.filter(object_kind="import", object_id=str(imported.pk)).latest("pk")
    assert change.after == {"left_out": {"faults": {"value": "formula"}}}
    imported = fixed(home, imported, {"destination": {"x1": "KAZ"}})
    assert counts(imported) == {"new": 2, "error": 0, "left_out": 30}
    with pytest.raises(FieldsRejected):
        fixing.leave_out_faults(actor, imported.pk, imported.version, "value", "formula")
    imported = again(fixing.take_back_faults(actor, imported.pk, imported.version, "value", "formula"))
    assert counts(imported) == {"new": 2, "error": 30, "left_out": 0}


def test_twins_are_left_out_as_a_kind(home: Office) -> None:
    imported, actor = (
        checked(home, [row(), row(note="other"), row(note="other"), row(period="1980")]),
        home.actor("officer"),
    )
    imported = again(fixing.leave_out_faults(actor, imported.pk, imported.version, "", "twins"))
    assert (imported.counts["new"], imported.counts["error"]) == (1, 0)
    assert not entry_of(imported, 2)


def test_all_unknown_companies_are_registered_by_one_word_and_not(home: Office) -> None:
    rows = [row(company=f"Фирма {at}", period=month(at)) for at in range(120)]
    imported, actor = checked(home, rows), home.actor("officer")
    imported = again(fixing.register_unknown(actor, imported.pk, imported.version))
    assert (imported.counts["new"], imported.counts["companies"]) == (120, 120)
    imported = again(fixing.register_unknown(actor, imported.pk, imported.version, register=False))
    assert imported.counts["error"] == 120
    actions = Change.objects.filter(object_kind="import", object_id=str(imported.pk)).order_by("pk")
    assert [each.after for each in actions] == [{"register": True}, {"register": False}]


@pytest.mark.parametrize(("scale", "amount"), [("column", "12050000000"), ("cell", "1205000")])
def test_what_holds_where_a_cell_names_a_currency_alone_is_said_for_all(home: Office, scale: str, amount: str) -> None:
    rows = [row(value="1,205,000元"), row(value="120.5", period="2024-04")]
    imported, actor = checked(home, rows), home.actor("officer")
    assert counts(imported)["error"] == 1
    imported = again(fixing.choose_scale(actor, imported.pk, imported.version, scale))
    assert imported.counts["sums"] == {"CNY": format(int(amount) + 1_205_000, "d")}
    imported = again(fixing.choose_scale(actor, imported.pk, imported.version, ""))
    assert counts(imported)["error"] == 1
    with pytest.raises(FieldsRejected):
        fixing.choose_scale(actor, imported.pk, imported.version, "guess")
