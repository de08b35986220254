"""The page on which the columns of a file are named, and the page of the mappings that are kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from companies.importing.mapping.saved import save_mapping
from companies.models import Import, SavedMapping, User
from companies.records.companies import register_company
from companies.records.fields import LABELS
from tests.companies.mapping_world import HEADERS, read_import
from tests.companies.office import Office, office
from tests.companies.record_world import company_of

pytestmark = pytest.mark.django_db

MAPPINGS = "/en/records/imports/mappings/"
OPEN_HEADERS = ("Date", "Amount", "Customer", "HS code")
OPEN_ROWS = (("05/03/2024", "1.234", "x", "841821"), ("07/04/2024", "5.678", "y", "841821"))


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(imported: Import) -> str:
    return f"/en/records/imports/{imported.pk}/map/"


def sent(imported: Import, **other: str) -> dict[str, Any]:
    """What the form sends where nothing is changed."""
    columns = imported.mapping["columns"]
    form = {"version": str(imported.version), "save_as": ""}
    for number, each in enumerate(columns):
        field = each.get("field", "")
        form |= {f"field-{number}": field, f"was-{number}": field}
        if field == "value":
            form |= {
                f"multiplier-{number}": str(each.get("multiplier", "")),
                f"currency-{number}": each.get("currency", ""),
            }
        if field in ("quantity", "net_weight_kg"):
            form[f"unit-{number}"] = each.get("unit", "")
    return form | other


def chosen(answer: HttpResponse, number: int) -> str:
    """The field that the page shows for a column."""
    select = re.search(rf'<select[^>]*id="field-{number}".*?</select>', answer.content.decode(), re.DOTALL)
    assert select
    found = re.search(r'value="(\w*)"\s+selected', select[0])
    return found[1] if found else ""


def amounts(imported: Import) -> tuple[str, int, str]:
    """What the column of amounts is kept as."""
    column = imported.mapping["columns"][4]
    return column["field"], column["multiplier"], column["currency"]


def test_each_column_is_shown_with_what_stands_in_it_and_what_it_most_likely_is() -> None:
    home = office()
    imported = read_import(home)
    answer = signed_in(home.officer).get(page(imported))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert [chosen(answer, number) for number in range(6)] == [
        "company", "destination", "hs_code", "period", "value", "note",
    ]  # fmt: skip
    assert all(said in text for said in (*HEADERS, "哈萨克斯坦", "12.5"))
    assert "To be answered first" not in text
    assert 'name="constant-hs_revision"' in text
    assert 'name="constant-company"' not in text


def test_a_whole_mapping_goes_on_to_be_checked_and_is_kept_under_its_name() -> None:
    home = office()
    imported = read_import(home)
    answer = signed_in(home.officer).post(page(imported), sent(imported, register="1", save_as="Haier"))
    imported.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, f"/en/records/imports/{imported.pk}/")
    assert imported.step == Import.Step.MAPPED
    assert imported.mapping["register"] is True
    assert amounts(imported) == ("value", 10_000, "USD")
    assert SavedMapping.objects.get(organisation=home.organisation).mapping == imported.mapping


def test_what_is_open_is_told_with_links_and_both_readings_and_nothing_is_kept() -> None:
    home = office()
    imported = read_import(home, OPEN_HEADERS, OPEN_ROWS)
    client = signed_in(home.officer)
    first = client.get(page(imported)).content.decode()
    assert "To be answered first" in first
    answer = client.post(page(imported), sent(imported))
    text = answer.content.decode()
    assert answer.status_code == 422
    for answered_by in ("style-0-1", "style-1-1", "id_constant-company", "currency-1"):
        assert f'href="#{answered_by}"' in text
        assert f'id="{answered_by}"' in text
    assert "<bdi>1.234</bdi> → <bdi>1234</bdi>" in text
    imported.refresh_from_db()
    assert imported.step == Import.Step.READ


def test_answers_are_taken_and_stay_where_something_else_is_still_open() -> None:
    home = office()
    haier = company_of(home, name="Haier")
    imported = read_import(home, OPEN_HEADERS, OPEN_ROWS)
    client = signed_in(home.officer)
    answers = sent(imported, **{"style-0": "dmy", "style-1": "comma", "constant-company": "Haier"})
    text = client.post(page(imported), answers).content.decode()
    assert re.search(r'value="comma"\s+checked', text)
    assert re.search(r'name="constant-company"[^>]*value="Haier"', text)
    answers |= {"constant-destination": "KAZ", "currency-1": "USD", "constant-hs_revision": "HS2022"}
    assert client.post(page(imported), answers).status_code == 302
    imported.refresh_from_db()
    assert imported.mapping["constants"] == {
        "company": str(haier.pk), "destination": "KAZ", "hs_revision": "HS2022",
    }  # fmt: skip
    assert [each.get("date_order", each.get("number_style")) for each in imported.mapping["columns"][:2]] == [
        "dmy",
        "comma",
    ]


def test_a_company_for_all_rows_that_is_none_is_told() -> None:
    home = office()
    imported = read_import(home, OPEN_HEADERS, OPEN_ROWS)
    answer = signed_in(home.officer).post(page(imported), sent(imported, **{"constant-company": "Nobody"}))
    assert answer.status_code == 422
    assert "No company here is called “Nobody”" in answer.content.decode()


def test_the_first_row_is_shown_as_it_would_be_read_and_nothing_is_kept() -> None:
    home = office()
    register_company(home.actor("officer"), {"name": "Haier", "home": "CHN"})
    imported = read_import(home)
    text = signed_in(home.officer).post(page(imported), sent(imported, then="look")).content.decode()
    assert "Row 2 would be read so" in text
    assert all(said in text for said in ("<bdi>Haier</bdi>", "<bdi>Kazakhstan</bdi>", "<bdi>2025-03-05</bdi>"))
    imported.refresh_from_db()
    assert imported.step == Import.Step.READ


def test_what_is_wrong_with_the_first_row_is_told() -> None:
    home = office()
    imported = read_import(home)
    text = signed_in(home.officer).post(page(imported), sent(imported, then="look")).content.decode()
    assert "No company is called “Haier”" in text


def test_a_column_that_becomes_an_amount_takes_what_its_header_says() -> None:
    home = office()
    imported = read_import(home)
    mapping = {"columns": [*imported.mapping["columns"][:4], {}, {}], "constants": {"hs_revision": "HS2022"}}
    Import.objects.filter(pk=imported.pk).update(mapping=mapping)
    imported.refresh_from_db()
    signed_in(home.officer).post(page(imported), sent(imported, **{"field-4": "value"}))
    imported.refresh_from_db()
    assert amounts(imported) == ("value", 10_000, "USD")


def test_what_is_said_beside_an_amount_goes_before_its_header() -> None:
    home = office()
    imported = read_import(home)
    signed_in(home.officer).post(page(imported), sent(imported, **{"multiplier-4": "1000", "currency-4": "CNY"}))
    imported.refresh_from_db()
    assert amounts(imported) == ("value", 1000, "CNY")


def test_nonsense_in_the_form_is_no_failure() -> None:
    home = office()
    imported = read_import(home)
    wrong = {"field-0": "no_field", "multiplier-4": "1" * 99, "style-4": "x", "currency-4": "€" * 99, "version": "x"}
    assert signed_in(home.officer).post(page(imported), sent(imported, **wrong)).status_code < 500


def test_a_file_of_the_same_columns_says_by_whose_mapping_it_is_read() -> None:
    home = office()
    save_mapping(home.actor("officer"), read_import(home).pk, "Haier's list")
    text = signed_in(home.admin).get(page(read_import(home))).content.decode()
    assert "These columns are read as in “Haier&#x27;s list”" in text


def test_an_import_that_was_not_read_yet_has_no_columns_to_name() -> None:
    home = office()
    imported = read_import(home, step=Import.Step.UPLOADED)
    assert signed_in(home.officer).get(page(imported)).status_code == 302


def test_an_import_of_another_office_is_not_there() -> None:
    imported = read_import(office())
    client = signed_in(office().admin)
    assert [client.get(page(imported)).status_code, client.post(page(imported)).status_code] == [404, 404]


def test_columns_named_by_a_stranger_show_no_markup() -> None:
    home = office()
    imported = read_import(home, ("<script>x</script>", "b"), (("<img src=x>", "\u202eevil"),))
    text = signed_in(home.officer).get(page(imported)).content.decode()
    assert "<script>x" not in text
    assert "<img src=x>" not in text


def kept(home: Office) -> SavedMapping:
    return save_mapping(home.actor("officer"), read_import(home).pk, "Haier")


def test_mappings_are_listed_renamed_and_forgotten() -> None:
    home = office()
    saved = kept(home)
    client = signed_in(home.officer)
    assert "Haier" in client.get(MAPPINGS).content.decode()
    client.post(f"{MAPPINGS}{saved.pk}/", {"version": "1", "name": "Monthly"})
    saved.refresh_from_db()
    assert saved.name == "Monthly"
    client.post(f"{MAPPINGS}{saved.pk}/", {"version": "2", "do": "forget"})
    assert "None yet" in client.get(MAPPINGS).content.decode()


def test_a_name_that_cannot_be_given_is_told_beside_its_field() -> None:
    home = office()
    saved = kept(home)
    answer = signed_in(home.officer).post(f"{MAPPINGS}{saved.pk}/", {"version": "1", "name": " "})
    assert answer.status_code == 422
    assert f'href="#name-{saved.pk}"' in answer.content.decode()


def test_after_a_check_the_mapping_is_kept_with_what_was_put_right() -> None:
    home = office()
    imported = read_import(home, fixes={"values": {"destination": {"哈国": "KAZ"}}}, step=Import.Step.CHECKED)
    signed_in(home.officer).post(f"{page(imported)}save/", {"save_as": "Haier"})
    saved = SavedMapping.objects.get(organisation=home.organisation)
    assert saved.fixes["values"] == {"destination": {"哈国": "KAZ"}}


def test_the_labels_of_all_fields_are_offered() -> None:
    home = office()
    text = signed_in(home.officer).get(page(read_import(home))).content.decode()
    assert all(f'<option value="{name}"' in text for name in LABELS)
