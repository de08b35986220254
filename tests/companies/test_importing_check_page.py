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


def test_sure_suggestions_are_taken_and_the_other_companies_registered_at_once(home: Office, client: Client) -> None:
    known = firm(home, "Silk Road Trading")
    names = ("Silk Road Tradin", "Silk Roed Trading", "Новая Звезда", "Новая Луна")
    imported = checked(home, [row(company=name, period=f"2024-0{at}") for at, name in enumerate(names, start=1)])
    answer = client.get(address(imported, "check/"))
    (group,) = answer.context["page"].groups
    assert (group.count, group.wordings, group.suggested) == (4, 4, 2)
    assert [each.said for each in group.alike] == list(names)
    text = answer.content.decode()
    assert "Take all 2 suggestions listed below" in text
    assert "Register all 4 as new companies" in text
    fix = address(imported, "fix/")
    client.post(fix, sent(imported, do="suggestions", field="company", fault="unknown_company"))
    imported = again(imported)
    assert imported.fixes["values"]["company"] == dict.fromkeys(names[:2], str(known.pk))
    client.post(fix, sent(imported, do="register_all"))
    imported = again(imported)
    assert (imported.counts["error"], imported.counts["companies"]) == (0, 2)
    assert "Companies nobody knows are registered as new." in client.get(address(imported, "check/")).content.decode()


def test_thirty_formulas_are_one_card_and_left_out_and_taken_back_together(home: Office, client: Client) -> None:
    rows = [row(value=f"=8.7*{at}", period=f"2001-{1 + at % 12:02d}") for at in range(30)]
    imported = checked(home, [*rows, row()])
    answer = client.get(address(imported, "check/"))
    (group,) = answer.context["page"].groups
    assert (group.count, group.wordings, group.title) == (30, 30, "a formula, not a value")
    shown = client.get(f"{address(imported, 'rows/')}?{group.query}").context["page"]
    assert (shown.count, shown.lines[0].faults[0].can_fix) == (30, True)
    fix = address(imported, "fix/")
    client.post(fix, sent(imported, do="leave_out_faults", field="value", fault=group.kind))
    imported = again(imported)
    assert (imported.counts["left_out"], imported.counts["new"]) == (30, 1)
    text = client.get(address(imported, "check/")).content.decode()
    assert "a formula, not a value" in text
    client.post(fix, sent(imported, do="take_back_faults", field="value", fault=group.kind))
    assert again(imported).counts["error"] == 30


def test_both_readings_of_an_amount_are_buttons_for_all_such_cells(home: Office, client: Client) -> None:
    imported = checked(home, [row(value="1,205,000元"), row(value="1,300,000元", period="2024-04")])
    text = client.get(address(imported, "check/")).content.decode()
    assert "12,050,000,000 CNY" in text
    client.post(address(imported, "fix/"), sent(imported, do="scale", scale="cell"))
    imported = again(imported)
    assert imported.counts["sums"] == {"CNY": "2505000"}


def test_how_it_is_read_is_kept_from_the_check(home: Office, client: Client) -> None:
    imported = checked(home, [row()])
    page = address(imported, "check/")
    assert client.get(page).context["page"].keeping.name == ""
    assert client.post(address(imported, "map/save/"), {"save_as": " "}, follow=True).status_code == 200
    client.post(address(imported, "map/save/"), {"save_as": "Orders"})
    assert client.get(page).context["page"].keeping is None
    client.post(address(imported, "fix/"), sent(imported, do="value", field="destination", said="x1", becomes="KAZ"))
    again(imported)
    assert client.get(page).context["page"].keeping.name == "Orders"


def test_rows_that_say_nothing_are_left_out_exactly(home: Office, client: Client) -> None:
    imported = checked(home, [row(destination=""), row(), row(destination="", period="2024-05")])
    kind = client.get(address(imported, "check/")).context["page"].groups[0].kind
    client.post(address(imported, "fix/"), sent(imported, do="leave_out_faults", field="destination", fault=kind))
    imported = again(imported)
    assert (imported.counts["left_out"], imported.counts["new"]) == (2, 1)


def test_the_rows_are_shown_as_the_file_has_them_by_outcome_and_fault(home: Office, client: Client) -> None:
    imported = faulty(home)
    page = client.get(address(imported, "check/")).context["page"]
    answer = client.get(f"{address(imported, 'rows/')}?{page.groups[0].query}")
    rows = answer.context["page"]
    assert [line.number for line in rows.lines] == [3, 4]
    assert [cell.text for cell in rows.lines[0].cells if cell.is_wrong] == ["Kazakstan"]
    by_list = client.get(address(imported, "rows/?outcome=&of=destination+unknown")).context["page"]
    assert ([line.number for line in by_list.lines], by_list.question.of) == ([3, 4], "destination unknown")
    assert by_list.question.of in [kind.key for kind in by_list.kinds]
    assert client.get(address(imported, "rows/?outcome=new&of=")).context["page"].count == 1
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
