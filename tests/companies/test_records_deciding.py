"""Deciding on records: by another person, once, with a reason where it goes back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from companies.errors import FieldsRejected, HiddenObject, NotAllowed, OwnWork, VersionConflict, WrongState
from companies.models import Change, ExportRecord, RecordComment
from companies.records.deciding import approve, comment, reopen, send_back, submit
from companies.records.entering import edit_record, enter_record, remove_record
from tests.companies.office import office
from tests.companies.record_world import company_of, entered, entries

pytestmark = pytest.mark.django_db


def test_a_record_is_submitted_by_one_and_approved_by_another() -> None:
    home = office()
    record = entered(home)
    waiting = submit(home.actor("officer"), record.pk, 1)
    assert (waiting.status, waiting.submitted_by, waiting.version) == ("submitted", home.officer, 2)
    approved = approve(home.actor("reviewer"), record.pk, 2, "seen in the declaration")
    assert (approved.status, approved.decided_by) == ("approved", home.reviewer)
    assert approved.decided_at
    assert approved.decided_at >= approved.submitted_at  # type: ignore[operator]
    assert list(Change.objects.order_by("id").values_list("action", flat=True)) == ["entered", "submitted", "approved"]


def test_a_record_goes_back_with_a_reason_and_comes_again() -> None:
    home = office()
    record = entered(home)
    submit(home.actor("officer"), record.pk, 1)
    with pytest.raises(FieldsRejected):
        send_back(home.actor("reviewer"), record.pk, 2, "  ")
    back = send_back(home.actor("reviewer"), record.pk, 2, "which declaration?")
    assert (back.status, back.decision_note) == ("returned", "which declaration?")
    edited = edit_record(home.actor("officer"), record.pk, 3, {"document_reference": "declaration 17"})
    assert (edited.status, edited.decision_note) == ("returned", "which declaration?")
    again = submit(home.actor("officer"), record.pk, 4)
    assert (again.status, again.decided_by, again.decision_note) == ("submitted", None, "")


def test_nobody_decides_on_what_they_entered_submitted_or_altered() -> None:
    home = office()
    own = entered(home)
    for role in ("reviewer", "admin"):
        mine = enter_record(home.actor(role), entries(own.company))
        submit(home.actor("officer"), mine.pk, 1)
        for decide in (approve, send_back):
            with pytest.raises(OwnWork):
                decide(home.actor(role), mine.pk, 2, "mine")
    submit(home.actor("reviewer"), own.pk, 1)
    with pytest.raises(OwnWork):
        approve(home.actor("reviewer"), own.pk, 2)
    approve(home.actor("admin"), own.pk, 2)


def test_who_altered_it_before_somebody_else_did_has_altered_it_too() -> None:
    home = office()
    record = entered(home)
    edit_record(home.actor("reviewer"), record.pk, 1, {"value": "21"})
    edit_record(home.actor("officer"), record.pk, 2, {"note": "asked again"})
    submit(home.actor("officer"), record.pk, 3)
    with pytest.raises(OwnWork):
        approve(home.actor("reviewer"), record.pk, 4)
    approve(home.actor("admin"), record.pk, 4)


def test_the_database_too_refuses_ones_own_approval() -> None:
    home = office()
    record = entered(home)
    for column in ("created_by", "edited_by", "submitted_by"):
        people = {"created_by": home.officer, "edited_by": home.officer, "submitted_by": home.officer}
        people[column] = home.reviewer
        with pytest.raises(IntegrityError, match="record_approved_by_another"), transaction.atomic():
            ExportRecord.objects.filter(pk=record.pk).update(status="approved", decided_by=home.reviewer, **people)
    with pytest.raises(IntegrityError, match="record_approved_by_somebody"), transaction.atomic():
        ExportRecord.objects.filter(pk=record.pk).update(status="approved")


def test_an_officer_does_not_approve_and_a_draft_is_not_approved() -> None:
    home = office()
    record = entered(home)
    with pytest.raises(WrongState):
        approve(home.actor("reviewer"), record.pk, 1)
    submit(home.actor("officer"), record.pk, 1)
    with pytest.raises(NotAllowed):
        approve(home.actor("officer"), record.pk, 2)
    with pytest.raises(WrongState):
        submit(home.actor("officer"), record.pk, 2)


def test_an_approved_record_is_reopened() -> None:
    home = office()
    record = entered(home)
    submit(home.actor("officer"), record.pk, 1)
    approve(home.actor("reviewer"), record.pk, 2)
    opened = reopen(home.actor("officer"), record.pk, 3)
    assert (opened.status, opened.decided_by, opened.submitted_by) == ("draft", None, None)
    with pytest.raises(WrongState):
        reopen(home.actor("officer"), record.pk, 4)


def test_comments_alter_nothing_and_stay_in_the_log() -> None:
    home, other = office(), office()
    record = entered(home)
    comment(home.actor("reviewer"), record.pk, " <b>which</b> customs office? ")
    assert RecordComment.objects.get().text == "<b>which</b> customs office?"
    record.refresh_from_db()
    assert record.version == 1
    assert Change.objects.filter(action="commented", object_id=str(record.pk)).exists()
    with pytest.raises(FieldsRejected):
        comment(home.actor("officer"), record.pk, " ")
    with pytest.raises(FieldsRejected):
        comment(home.actor("officer"), record.pk, "x" * 2001)
    with pytest.raises(NotAllowed):
        comment(home.actor("viewer"), record.pk, "hello")
    with pytest.raises(HiddenObject):
        comment(other.actor("admin"), record.pk, "hello")
    remove_record(home.actor("officer"), record.pk, 1, "entered twice")
    with pytest.raises(HiddenObject):
        comment(home.actor("officer"), record.pk, "gone?")


def test_a_comment_is_no_edit_and_bars_nobody_from_deciding() -> None:
    home = office()
    record = entered(home)
    comment(home.actor("reviewer"), record.pk, "looks right")
    submit(home.actor("officer"), record.pk, 1)
    approve(home.actor("reviewer"), record.pk, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference_facts")
@pytest.mark.parametrize("second", [approve, lambda actor, key, version: send_back(actor, key, version, "no")])
def test_of_two_decisions_at_once_one_holds(second: Callable[..., object]) -> None:
    home = office()
    record = entered(home, company_of(home))
    submit(home.actor("officer"), record.pk, 1)
    barrier, ends = threading.Barrier(2), []

    def decide(write: Callable[..., object], role: str) -> None:
        actor = home.actor(role)
        barrier.wait()
        try:
            write(actor, record.pk, 2)
            ends.append("done")
        except (WrongState, VersionConflict) as late:
            ends.append(type(late).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=each) for each in ((approve, "reviewer"), (second, "admin"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["VersionConflict", "done"]
    assert Change.objects.filter(action__in=("approved", "returned")).count() == 1
