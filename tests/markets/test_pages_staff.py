"""Editing of demand profiles: who may, what a save publishes, what is refused, and two editors at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.forms import ChoiceField
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.curation import Part, content_of, current_profile, difference, entries_of
from markets.forms import entry_forms
from markets.models import Category, DemandProfile, Document, Theme
from markets.queries import FOCUS_MARKETS
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
EDIT = "/en/markets/KAZ/edit/"
CHARACTER = f"{EDIT}?part=character"


@pytest.fixture
def editor(client: Client) -> Client:
    """A member of staff, signed in."""
    client.force_login(get_user_model().objects.create_user("aigul", is_staff=True))
    return client


def typed(market: str, part: str, **changes: Any) -> dict[str, Any]:
    """What a browser sends of the form of a part when nothing but these fields is changed."""
    current = current_profile(market)
    forms = entry_forms(Part.parse(part), entries_of(content_of(current), Part.parse(part)))
    sent: dict[str, Any] = {"based_on": current.version if current else 0, "note": "A better source"}
    sent |= {f"entries-{name}": forms.management_form[name].value() for name in forms.management_form.fields}
    for form in forms:
        for name, field in form.fields.items():
            value = form[name].value()
            if isinstance(field, ChoiceField) and not value:
                value = field.choices[0][0]  # where a browser's list stands by itself
            if value not in (None, False):
                sent[form.add_prefix(name)] = value
    return sent | changes


def said(market: str = "KAZ") -> Any:
    """What the version in force says."""
    return content_of(current_profile(market))


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("address", [EDIT, CHARACTER, f"{EDIT}?part=document"])
def test_a_stranger_is_asked_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/en/staff/login/?next=/en/markets/KAZ/edit/")
    assert client.post(address, {}).status_code == 302


def test_a_person_who_is_not_staff_is_refused(client: Client) -> None:
    client.force_login(get_user_model().objects.create_user("reader"))
    for address in (EDIT, CHARACTER):
        assert '<p class="error-status">403</p>' in page(client, address, 403)
        assert client.post(address, typed("KAZ", "character")).status_code == 403
    assert DemandProfile.objects.filter(area_id="KAZ").count() == 1


def test_a_member_of_staff_who_has_left_is_refused(client: Client) -> None:
    gone = get_user_model().objects.create_user("gone", is_staff=True)
    client.force_login(gone)
    gone.is_active = False
    gone.save()
    assert client.get(EDIT).status_code in (302, 403)


def test_only_staff_sees_the_way_to_the_editor(editor: Client) -> None:
    assert f'href="{EDIT}"' in page(editor, "/en/markets/KAZ/")
    assert f'href="{EDIT}"' not in page(Client(), "/en/markets/KAZ/")


def test_a_save_without_the_token_of_the_form_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.create_user("aigul", is_staff=True))
    assert strict.post(CHARACTER, typed("KAZ", "character")).status_code == 403


def test_editing_pages_are_never_kept(editor: Client) -> None:
    assert "no-store" in editor.get(EDIT).headers["Cache-Control"]


# ---------------------------------------------------------------- what is there
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_stand_with_their_number_of_entries(editor: Client, language: str) -> None:
    text = page(editor, f"/{language}/markets/KAZ/edit/")
    for theme in Theme.objects.all():
        assert f'href="?part=theme%3A{theme.slug}"' in text
    for category in Category.objects.all():
        assert f'href="?part=category%3A{category.slug}"' in text
    assert 'href="?part=category%3A%2A"' in text


@pytest.mark.parametrize("market", FOCUS_MARKETS)
def test_every_bundled_entry_fits_its_form(market: str) -> None:
    content = said(market)
    for text in [
        "character",
        "category:*",
        *(f"theme:{theme.slug}" for theme in Theme.objects.all()),
        *(f"category:{category.slug}" for category in Category.objects.all()),
    ]:
        part = Part.parse(text)
        held = entries_of(content, part)
        forms = entry_forms(part, held, typed(market, text))
        assert forms.is_valid(), (text, list(forms.problems()))
        assert forms.entries(part) == held, text


def test_a_form_shows_what_is_in_force(editor: Client) -> None:
    character = said().characters[0]
    text = page(editor, CHARACTER)
    for written in (character.text_en, character.text_zh, character.text_ru, character.locator):
        assert written in text
    assert 'name="based_on" value="1"' in text


def test_a_number_is_shown_with_its_digits_and_not_as_a_power(editor: Client) -> None:
    text = page(editor, f"{EDIT}?part=category:appliances")
    assert 'value="20700000"' in text


# ---------------------------------------------------------------- a save
def test_a_save_publishes_the_next_version_with_author_and_reason(editor: Client) -> None:
    before = said()
    sent = typed("KAZ", "character", **{"entries-0-text_ru": "Богат сырьём."})
    response = editor.post(CHARACTER, sent)
    assert response.headers["Location"] == EDIT
    now = current_profile("KAZ")
    assert now is not None
    assert (now.version, now.author.get_full_name(), now.note) == (2, "aigul", "A better source")
    changed = difference(before, said())
    assert [entry.text_ru for entry in changed.new] == ["Богат сырьём."]
    assert changed.count == 2
    told = main(page(editor, EDIT))
    assert "Version 2 is published." in told
    assert "aigul A better source" in told
    assert "came with the product" in told


def test_a_new_entry_is_added_and_another_removed(editor: Client) -> None:
    sent = typed("KAZ", "theme:energy")
    count = sent["entries-INITIAL_FORMS"]
    sent |= {
        "entries-0-DELETE": "on",
        f"entries-{count}-text_en": "Two new power lines are being built.",
        f"entries-{count}-scope": "market",
        f"entries-{count}-document": "S1",
        f"entries-{count}-locator": "S1:L9",
    }
    gone = said().statements[0] if said().statements[0].theme == "energy" else None
    assert editor.post(f"{EDIT}?part=theme:energy", sent).status_code == 302
    held = entries_of(said(), Part.parse("theme:energy"))
    assert len(held) == count
    assert held[-1].text_en == "Two new power lines are being built."
    assert gone not in held


def test_a_fact_keeps_every_digit_of_its_number(editor: Client) -> None:
    sent = typed("KAZ", "category:metals")
    sent |= {
        "entries-0-field": "imports",
        "entries-0-text_en": "Imports of metals.",
        "entries-0-value": "1234567.8900",
        "entries-0-unit": "USD",
        "entries-0-period": "2024",
        "entries-0-source_kind": "statistics",
        "entries-0-source": "Bureau of National Statistics",
        "entries-0-licence": "open data",
    }
    assert editor.post(f"{EDIT}?part=category:metals", sent).status_code == 302
    (fact,) = entries_of(said(), Part.parse("category:metals"))
    assert format(fact.value, "f") == "1234567.8900"
    assert "Imports of metals." in main(page(editor, "/en/markets/KAZ/"))


def test_the_first_version_of_a_market_is_made_here(editor: Client) -> None:
    sent = typed("FRA", "character") | {
        "entries-0-text_en": "A large market.",
        "entries-0-document": "S1",
        "entries-0-locator": "S1:L1",
        "entries-0-is_stated": "on",
    }
    assert editor.post("/en/markets/FRA/edit/?part=character", sent).status_code == 302
    now = current_profile("FRA")
    assert now is not None
    assert now.version == 1


def test_nothing_changed_is_no_version(editor: Client) -> None:
    response = editor.post(CHARACTER, typed("KAZ", "character"), follow=True)
    assert "Nothing was changed, so there is no new version." in main(response.content.decode())
    assert DemandProfile.objects.filter(area_id="KAZ").count() == 1


def test_each_version_can_be_seen_as_it_was(editor: Client) -> None:
    editor.post(CHARACTER, typed("KAZ", "character", **{"entries-0-text_en": "Rich in copper."}))
    newest, first = re.findall(r'href="(/en/markets/KAZ/\?as_of=[^"]+)"', page(editor, EDIT))
    assert "Rich in copper." in main(page(editor, newest))
    assert "Rich in copper." not in main(page(editor, first))


# ---------------------------------------------------------------- what is refused
def refused(editor: Client, part: str, **changes: Any) -> str:
    """The page after a save that must fail, with nothing written."""
    response = editor.post(f"{EDIT}?part={part}", typed("KAZ", part, **changes))
    assert response.status_code == 422
    assert DemandProfile.objects.filter(area_id="KAZ").count() == 1
    return response.content.decode()


def test_an_error_stands_in_a_summary_and_beside_its_field_and_nothing_typed_is_lost(editor: Client) -> None:
    text = refused(editor, "character", **{"entries-0-text_en": "", "entries-0-text_zh": "我写的"})
    assert "Error: Kazakhstan, Character of the market" in text
    assert "There is a problem" in text
    assert 'href="#id_entries-0-text_en">Write the fact in English.</a>' in text
    assert 'id="id_entries-0-text_en_error"' in text
    assert 'aria-invalid="true"' in text
    assert "autofocus" in text
    assert "我写的" in text


@pytest.mark.parametrize(
    ("part", "changes", "told"),
    [
        ("character", {"note": ""}, "Say what you changed, and why."),
        ("character", {"entries-0-document": ""}, "Choose the document that says so."),
        ("character", {"entries-0-locator": ""}, "Say where in the document it stands."),
        ("character", {"entries-0-document": "Z9"}, "Z9"),
        ("character", {"entries-0-text_en": "x" * 2001}, "2000"),
        ("character", {"entries-0-text_en": "a\x00b"}, "Null characters are not allowed."),
        ("character", {"entries-TOTAL_FORMS": "5000"}, "100"),
        ("character", {"entries-TOTAL_FORMS": "many"}, "ManagementForm"),
        ("theme:energy", {"entries-0-scope": "planet"}, "planet"),
        ("category:appliances", {"entries-0-source": ""}, "Say who states it and where it can be read."),
        ("category:appliances", {"entries-0-value": "many"}, "Enter a number."),
        ("category:appliances", {"entries-0-value": "NaN"}, "Enter a number."),
        ("category:appliances", {"entries-0-value": "5"}, "Say what the number counts."),
        ("category:appliances", {"entries-0-unit": "USD"}, "Write the number, or take the unit away."),
        ("category:appliances", {"entries-0-period": "last year"}, "Write it as 2024"),
        ("category:appliances", {"entries-0-licence": ""}, "This field is required."),
        ("category:appliances", {"entries-0-document": "S1", "entries-0-locator": "1"}, "under its own kind of source"),
        (
            "category:appliances",
            {"entries-0-source_on": "", "entries-0-period": ""},
            "Give the date of the source, or the period it speaks of.",
        ),
    ],
)
def test_what_cannot_stand_is_refused_with_its_reason(
    editor: Client, part: str, changes: dict[str, str], told: str
) -> None:
    assert told in refused(editor, part, **changes)


@pytest.mark.parametrize("part", ["nothing", "theme:nothing", "category:nothing", "theme:", "character:x", "a" * 150])
def test_an_unknown_part_has_no_page(editor: Client, part: str) -> None:
    page(editor, f"{EDIT}?part={part}", 404)


def test_an_unknown_market_has_no_editor(editor: Client) -> None:
    for market in ("XXX", "WLD"):
        page(editor, f"/en/markets/{market}/edit/", 404)
        page(editor, f"/en/markets/{market}/edit/?part=character", 404)
        assert editor.post(f"/en/markets/{market}/edit/?part=character", {}).status_code == 404


def test_other_methods_are_refused(editor: Client) -> None:
    assert editor.put(CHARACTER).status_code == 405
    assert editor.delete(CHARACTER).status_code == 405


# ---------------------------------------------------------------- two editors at once
def test_the_second_of_two_editors_sees_what_changed_and_keeps_the_own_text(editor: Client) -> None:
    mine = typed("KAZ", "character", **{"entries-0-text_en": "Mine."})
    other = Client()
    other.force_login(get_user_model().objects.create_user("bolat", is_staff=True))
    other.post(CHARACTER, typed("KAZ", "character", **{"entries-0-text_en": "Theirs.", "note": "Checked again"}))
    response = editor.post(CHARACTER, mine)
    assert response.status_code == 412
    text = response.content.decode()
    told = main(text)
    assert "was changed by bolat since you opened it" in told
    assert "Checked again" in told
    assert "No longer there Rich in natural resources." in told
    assert "New there Theirs." in told
    assert ">\nMine.</textarea>" in text
    assert 'name="based_on" value="2"' in text
    assert DemandProfile.objects.filter(area_id="KAZ").count() == 2

    again = editor.post(CHARACTER, mine | {"based_on": "2"})
    assert again.status_code == 302
    assert said().characters[0].text_en == "Mine."


def test_a_change_elsewhere_is_kept_by_the_second_save(editor: Client) -> None:
    mine = typed("KAZ", "character", **{"entries-0-text_en": "Mine."})
    editor.post(f"{EDIT}?part=theme:energy", typed("KAZ", "theme:energy", **{"entries-0-text_en": "Energy anew."}))
    told = main(editor.post(CHARACTER, mine).content.decode())
    assert "This part was left as it was." in told
    assert "2 entries of other parts differ too; your save keeps them." in told
    editor.post(CHARACTER, mine | {"based_on": "2"})
    assert said().characters[0].text_en == "Mine."
    assert "Energy anew." in [statement.text_en for statement in said().statements]


@pytest.mark.parametrize("based_on", ["", "0", "7", "99999999999999999999", "-1", "first"])
def test_a_save_that_does_not_say_where_it_began_publishes_nothing(editor: Client, based_on: str) -> None:
    sent = typed("KAZ", "character", **{"entries-0-text_en": "Mine.", "based_on": based_on})
    assert editor.post(CHARACTER, sent).status_code in (412, 422)
    assert DemandProfile.objects.filter(area_id="KAZ").count() == 1


# ---------------------------------------------------------------- documents
def test_a_new_document_can_be_cited(editor: Client) -> None:
    address = f"{EDIT}?part=document"
    sent = {"publisher": "Ministry of Trade", "title": "Programme", "published_on": "2026-01-15", "language": "ru"}
    told = main(editor.post(address, sent, follow=True).content.decode())
    assert "The document E1 can be cited now." in told
    assert Document.objects.get(code="E1").publisher == "Ministry of Trade"
    assert "E1: Ministry of Trade, Programme" in page(editor, CHARACTER)
    editor.post(address, sent | {"title": "Another"})
    assert Document.objects.get(code="E2").title == "Another"


def test_a_document_needs_a_publisher_a_title_and_a_day_or_a_word_on_it(editor: Client) -> None:
    before = Document.objects.count()
    response = editor.post(f"{EDIT}?part=document", {"published_on": "soon"})
    assert response.status_code == 422
    text = response.content.decode()
    assert 'href="#id_publisher"' in text
    assert 'href="#id_published_on"' in text
    response = editor.post(f"{EDIT}?part=document", {"publisher": "A", "title": "B", "language": "en"})
    assert "Give the day, or say below what is known of it." in response.content.decode()
    assert Document.objects.count() == before


# ---------------------------------------------------------------- cost
def test_a_long_part_asks_no_more_than_a_short_one(editor: Client) -> None:
    page(editor, CHARACTER)
    with CaptureQueriesContext(connection) as short:
        page(editor, CHARACTER)
    with CaptureQueriesContext(connection) as long:
        page(editor, f"{EDIT}?part=category:appliances")
    assert len(long) <= len(short) + 1
    assert len(long) <= 14
