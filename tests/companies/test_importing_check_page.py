"""The page of the check: counts, what is wrong in how many rows, putting it right, the rows behind."""

from __future__ import annotations

import pytest
from django.test import Client

from companies.models import Import
from tests.companies.checking_world import again, checked, firm, row
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Office:
    here = office()
    firm(here)
    return here


@pytest.fixture
def client(home: Office) -> Client:
    made = Client()
    made.force_login(home.officer)
    return made


def address(imported: Import, page: str) -> str:
    return f"/en/records/imports/{imported.pk}/{page}"


def sent(imported: Import, **fields: str) -> dict[str, str]:
    return {"version": str(imported.version), **fields}


def faulty(home: Office) -> Import:
    rows = [
        row(),
        row(destination="Kazakstan", period="2024-04"),
        row(destination="Kazakstan", period="2024-05"),
        row(value="много", period="2024-06"),
        row(company="Алматы <b>Трейд</b>", period="2024-07"),
    ]
    return checked(home, rows)


def test_the_page_counts_and_groups_and_shows_the_way_to_each(home: Office, client: Client) -> None:
    imported = faulty(home)
    answer = client.get(address(imported, "check/"))
    page, text = answer.context["page"], answer.content.decode()
    assert [(each.key, each.count) for each in page.outcomes] == [("new", 1), ("error", 4)]
    assert [(group.label, group.said, group.count) for group in page.groups] == [
        ("Destination", "Kazakstan", 2), ("Value", "много", 1), ("Company", "Алматы <b>Трейд</b>", 1),
    ]  # fmt: skip
    assert "KAZ" in [near.becomes for near in page.groups[0].near]
    assert "&lt;b&gt;Трейд" in text
    assert "<b>Трейд" not in text
    assert not page.can_go_on


def test_a_group_is_put_right_with_one_press_and_the_rest_one_by_one(home: Office, client: Client) -> None:
    imported = faulty(home)
    fix = address(imported, "fix/")
    value = sent(imported, do="value", field="destination", said="Kazakstan", becomes="KAZ")
    assert client.post(fix, value)["Location"] == address(imported, "check/")
    imported = again(imported)
    assert imported.counts["error"] == 2
    client.post(fix, sent(imported, do="register", field="company", said="Алматы <b>Трейд</b>"))
    imported = again(imported)
    cell = sent(imported, do="cell", field="value", row="5", becomes="8", rows="outcome=error&page=1")
    assert client.post(fix, cell)["Location"] == address(imported, "rows/?outcome=error")
    imported = again(imported)
    page = client.get(address(imported, "check/")).context["page"]
    assert (page.errors, page.fix_count, page.companies, page.can_go_on) == (0, 3, 1, True)
    client.post(fix, sent(imported, do="take_back", field="destination", said="Kazakstan"))
    assert again(imported).counts["error"] == 2


def test_all_first_suggestions_are_taken_and_all_companies_registered_at_once(home: Office, client: Client) -> None:
    firm(home, "Silk Road")
    rows = [row(destination="Kazakstan"), row(destination="Uzbekstan", period="2024-04")]
    rows += [row(company=f"Новая {name}", period="2024-05") for name in ("Звезда", "Луна")]
    imported = checked(home, rows)
    text = client.get(address(imported, "check/")).content.decode()
    assert "Register all 2 unknown companies" in text
    client.post(address(imported, "fix/"), sent(imported, do="all"))
    imported = again(imported)
    client.post(address(imported, "fix/"), sent(imported, do="register_all"))
    imported = again(imported)
    assert (imported.counts["error"], imported.counts["companies"]) == (0, 2)


def test_rows_that_say_nothing_are_left_out_exactly(home: Office, client: Client) -> None:
    imported = checked(home, [row(destination=""), row(), row(destination="", period="2024-05")])
    client.post(
        address(imported, "fix/"), sent(imported, do="leave_out", field="destination", said="", fault="refused")
    )
    imported = again(imported)
    assert sorted(imported.fixes["left_out"]) == [2, 4]
    assert (imported.counts["left_out"], imported.counts["new"]) == (2, 1)


def test_the_rows_are_shown_as_the_file_has_them_by_outcome_and_fault(home: Office, client: Client) -> None:
    imported = faulty(home)
    page = client.get(address(imported, "check/")).context["page"]
    answer = client.get(f"{address(imported, 'rows/')}?{page.groups[0].query}")
    rows = answer.context["page"]
    assert [line.number for line in rows.lines] == [3, 4]
    assert [cell.text for cell in rows.lines[0].cells if cell.is_wrong] == ["Kazakstan"]
    assert client.get(address(imported, "rows/?outcome=new")).context["page"].count == 1
    assert client.get(address(imported, "rows/?outcome=nonsense")).status_code == 400
    assert client.get(address(imported, "rows/?page=x")).status_code == 400


def test_while_the_check_runs_nothing_old_is_shown(home: Office, client: Client) -> None:
    imported = faulty(home)
    client.post(address(imported, "fix/"), sent(imported, do="policy", errors="others"))
    imported.refresh_from_db()
    assert client.get(address(imported, "check/")).context["page"].can_go_on
    client.post(address(imported, "fix/"), sent(imported, do="leave_out_row", row="3"))
    answer = client.get(address(imported, "check/"))
    assert not answer.context["page"].is_ready
    assert not answer.context["page"].groups
    assert answer.context["page"].head.is_busy


def test_an_older_page_fixes_nothing_and_says_so(home: Office, client: Client) -> None:
    imported = faulty(home)
    client.post(address(imported, "fix/"), sent(imported, do="leave_out_row", row="3"))
    answer = client.post(address(imported, "fix/"), sent(imported, do="leave_out_row", row="4"), follow=True)
    assert "since you read it" in answer.content.decode()
    imported.refresh_from_db()
    assert imported.fixes["left_out"] == [3]


def test_the_files_are_given_out_under_the_name_of_the_file(home: Office, client: Client) -> None:
    imported = faulty(home)
    wrong = client.get(address(imported, "errors.csv"))
    assert "orders-errors.csv" in wrong["Content-Disposition"]
    assert len(b"".join(wrong).splitlines()) >= 5
    marked = client.get(address(imported, "annotated.xlsx"))
    assert b"".join(marked).startswith(b"PK")


@pytest.mark.parametrize("page", ["check/", "rows/", "errors.csv", "annotated.xlsx"])
def test_of_another_organisation_there_is_nothing(home: Office, page: str) -> None:
    imported = faulty(home)
    stranger = Client()
    stranger.force_login(office().admin)
    assert stranger.get(address(imported, page)).status_code == 404
    assert stranger.post(address(imported, "fix/"), sent(imported, do="all")).status_code == 404


def test_an_import_at_another_step_leads_there(home: Office, client: Client) -> None:
    imported = faulty(home)
    Import.objects.filter(pk=imported.pk).update(step=Import.Step.READ)
    assert client.get(address(imported, "check/")).status_code == 302
    assert client.get(address(imported, "errors.csv")).status_code == 409
