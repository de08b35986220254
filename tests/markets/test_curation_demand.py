"""Demand profiles come in versions: bundled facts make the first, editors the next, and neither is overwritten."""

from __future__ import annotations

import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone, translation

from markets.curation import (
    CategoryFactEntry,
    CharacterEntry,
    StatementEntry,
    current_profile,
    load_demand_profiles,
    publish_profile,
)
from markets.errors import EditConflict, FactsInvalid, InvalidValue, NotFound
from markets.models import DemandProfile, Document, LoadedFacts, Theme, ThemeProduct

pytestmark = pytest.mark.django_db

CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


@pytest.fixture
def editor() -> AbstractBaseUser:
    return get_user_model().objects.create_user("dana", password="a long word")


def profile_of(area: str) -> DemandProfile:
    profile = current_profile(area)
    assert profile is not None
    return profile


def edited(area: str = "KAZ", **changes: Any) -> DemandProfile:
    """An editor's version with one entry of each kind, built on the version in force."""
    current = current_profile(area)
    version: dict[str, Any] = {
        "note": "After the fair",
        "statements": [StatementEntry(theme="digital", text_en="Parcels by post.", document="S0", locator="S0:L7")],
        "characters": [CharacterEntry(text_en="A market of its own.", is_stated=True)],
        "category_facts": [
            CategoryFactEntry(
                category="appliances",
                field="vat",
                text_en="Standard rate",
                value=Decimal(16),
                unit="%",
                period="2026",
                source_kind="law",
                source="Tax Code",
                source_on="2025-07-18",
            )
        ],
        "based_on_version": current.version if current else None,
    }
    return publish_profile(area, **(version | changes))


def change(facts: Path, table: str, old: str, new: str) -> None:
    path = facts / table
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {table}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(facts: Path, table: str, row: str) -> int:
    path = facts / table
    text = path.read_text(encoding="utf-8")
    path.write_text(text + row + "\n", encoding="utf-8")
    return text.count("\n") + 1


def versions() -> dict[str, int]:
    return dict(DemandProfile.objects.order_by("area", "version").values_list("area", "version"))


# ---------------------------------------------------------------- bundled versions
def test_the_six_come_with_a_first_version_without_an_author() -> None:
    profiles = DemandProfile.objects.order_by("area")
    assert [profile.area_id for profile in profiles] == ["CHN", *CENTRAL_ASIA]
    assert {(profile.version, profile.author) for profile in profiles} == {(1, None)}
    assert all(profile.statements.exists() for profile in profiles)
    assert all(profile.category_facts.exists() for profile in profiles)


def test_of_tajikistan_and_turkmenistan_nothing_is_stated() -> None:
    stated = {area: profile_of(area).characters.get().is_stated for area in CENTRAL_ASIA}
    assert stated == {"KAZ": True, "KGZ": True, "UZB": True, "TJK": False, "TKM": False}


def test_what_is_said_of_the_region_stands_in_each_member_as_such() -> None:
    regional = {
        area: set(profile_of(area).statements.filter(scope="region").values_list("text_en", flat=True))
        for area in CENTRAL_ASIA
    }
    assert regional["KAZ"]
    assert len({frozenset(texts) for texts in regional.values()}) == 1
    assert not profile_of("CHN").statements.filter(scope="region").exists()
    assert profile_of("KAZ").statements.filter(scope="market").exists()


def test_a_category_fact_of_the_region_names_the_region() -> None:
    facts = profile_of("TJK").category_facts.filter(category="appliances", field="price_quality")
    fact = facts.select_related("document").get()
    assert fact.text_en.startswith("Central Asia (five countries): ")
    assert fact.text_zh.startswith("中亚五国：")
    assert fact.text_ru.startswith("Центральная Азия (пять стран): ")
    assert fact.document is not None
    assert (fact.document.code, fact.locator) == ("S0", "S0:L39")


def test_every_bundled_entry_says_where_it_stands() -> None:
    for profile in DemandProfile.objects.all():
        assert not profile.statements.filter(document=None).exists()
        assert not profile.statements.filter(locator="").exists()
        assert not profile.category_facts.filter(document=None, source="").exists()
        assert not profile.category_facts.filter(licence="").exists()


def test_memberships_stay_in_their_own_table() -> None:
    for profile in DemandProfile.objects.all():
        assert not profile.category_facts.filter(field="membership").exists()


def test_documents_and_themes_are_loaded() -> None:
    assert set(Document.objects.values_list("code", flat=True)) == {"S0", "S1", "S2", "S3", "S4"}
    assert Theme.objects.count() == 9
    energy = Theme.objects.get(slug="energy")
    assert energy.indicator is not None
    assert energy.threshold is not None
    with translation.override("zh-hans"):
        assert "电" in energy.name
    assert ThemeProduct.objects.filter(theme="green", product__code="854143").exists()


def test_loading_again_publishes_nothing() -> None:
    before = versions()
    assert load_demand_profiles().is_changed is False
    LoadedFacts.objects.all().delete()
    outcome = load_demand_profiles()
    assert outcome.is_changed
    assert outcome.counts["profile versions"] == 0
    assert versions() == before


def test_a_changed_fact_publishes_the_next_version_of_its_market_alone(facts: Path) -> None:
    change(facts, "market_characters.csv", "Rich in natural resources.", "Rich in resources.")
    assert load_demand_profiles(facts).counts["profile versions"] == 1
    assert versions() == dict.fromkeys(["CHN", *CENTRAL_ASIA], 1) | {"KAZ": 2}
    first, second = DemandProfile.objects.filter(area="KAZ").order_by("version")
    assert first.characters.get().text_en == "Rich in natural resources."
    assert second.characters.get().text_en == "Rich in resources."
    assert first.known_from < second.known_from
    assert second.statements.count() == first.statements.count()


def test_a_changed_fact_of_the_region_publishes_a_version_of_each_member(facts: Path) -> None:
    change(facts, "theme_statements.csv", "Smart farming is expected", "Smart farms are expected")
    assert load_demand_profiles(facts).counts["profile versions"] == 5
    assert versions() == dict.fromkeys(CENTRAL_ASIA, 2) | {"CHN": 1}


def test_facts_that_were_taken_back_leave_an_empty_version(facts: Path) -> None:
    for table in ("theme_statements.csv", "market_characters.csv", "category_facts.csv"):
        lines = (facts / table).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if ",CHN," not in line and not line.startswith("CHN,")]
        (facts / table).write_text("".join(kept), encoding="utf-8")
    load_demand_profiles(facts)
    assert profile_of("CHN").version == 2
    assert not profile_of("CHN").statements.exists()
    assert DemandProfile.objects.get(area="CHN", version=1).statements.exists()


def test_a_document_goes_with_its_row_unless_a_version_cites_it(facts: Path) -> None:
    append(facts, "documents.csv", "S9,Nobody,Uncited,,Undated,,,note,en,")
    load_demand_profiles(facts)
    assert Document.objects.filter(code="S9").exists()
    for table in ("documents.csv", "theme_statements.csv", "market_characters.csv", "category_facts.csv"):
        lines = (facts / table).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(("S4,", "S9,")) and ",S4," not in line]
        (facts / table).write_text("".join(kept), encoding="utf-8")
    load_demand_profiles(facts)
    assert not Document.objects.filter(code="S9").exists()
    assert Document.objects.filter(code="S4").exists()


# ---------------------------------------------------------------- an editor's versions
def test_an_editor_publishes_the_next_version(editor: AbstractBaseUser) -> None:
    before = timezone.now()
    profile = edited(author=editor)
    assert (profile.version, profile.author, profile.note) == (2, editor, "After the fair")
    assert profile.facts_sha256 == ""
    assert before <= profile.known_from == profile.published_at <= timezone.now()
    statement = profile.statements.get()
    assert (statement.theme_id, statement.document_id, statement.scope) == ("digital", "S0", "market")
    assert profile.characters.get().document is None
    fact = profile.category_facts.get()
    assert (fact.value, fact.unit, fact.category_id) == (Decimal(16), "%", "appliances")
    assert DemandProfile.objects.get(area="KAZ", version=1).statements.count() > 1


def test_entries_keep_their_order(editor: AbstractBaseUser) -> None:
    texts = [f"Statement {number}" for number in range(5)]
    statements = [StatementEntry(theme="digital", text_en=text) for text in texts]
    profile = edited(author=editor, statements=statements)
    assert list(profile.statements.values_list("text_en", flat=True)) == texts


def test_a_market_without_a_profile_gets_its_first_from_an_editor(editor: AbstractBaseUser) -> None:
    assert current_profile("MNG") is None
    profile = edited("MNG", author=editor)
    assert (profile.version, profile.area_id) == (1, "MNG")
    assert not load_demand_profiles().is_changed


def test_an_editor_who_began_from_an_older_version_is_told(editor: AbstractBaseUser) -> None:
    edited(author=editor)
    with pytest.raises(EditConflict, match="Kazakhstan was changed by dana") as raised:
        edited(author=editor, based_on_version=1)
    assert raised.value.context["current"].version == 2
    assert profile_of("KAZ").version == 2


def test_the_bundled_facts_may_be_the_other_editor(editor: AbstractBaseUser) -> None:
    with pytest.raises(EditConflict, match="the facts the product came with"):
        edited(author=editor, based_on_version=None)
    with pytest.raises(EditConflict, match="it has no version yet"):
        edited("MNG", author=editor, based_on_version=3)


def test_an_edit_survives_a_change_of_the_bundled_facts(
    facts: Path, editor: AbstractBaseUser, caplog: pytest.LogCaptureFixture
) -> None:
    edited(author=editor)
    change(facts, "market_characters.csv", "Rich in natural resources.", "Rich in resources.")
    with caplog.at_level(logging.WARNING):
        assert load_demand_profiles(facts).counts["profile versions"] == 0
    assert profile_of("KAZ").author == editor
    assert "Bundled facts of KAZ changed; version 2 by an editor stays in force." in caplog.messages


def test_an_edit_survives_its_editor(facts: Path, editor: AbstractBaseUser) -> None:
    edited(author=editor)
    editor.delete()
    change(facts, "market_characters.csv", "Rich in natural resources.", "Rich in resources.")
    load_demand_profiles(facts)
    assert (profile_of("KAZ").version, profile_of("KAZ").author) == (2, None)
    assert profile_of("KAZ").characters.get().text_en == "A market of its own."


@pytest.mark.parametrize("area", ["QQQ", "CA5", "WLD"])
def test_only_a_market_has_a_profile(area: str, editor: AbstractBaseUser) -> None:
    with pytest.raises(NotFound):
        edited(area, author=editor, based_on_version=None)


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"statements": [StatementEntry(theme="weather", text_en="Rain.")]}, "statements[0].theme"),
        ({"statements": [StatementEntry(theme="", text_en="Rain.")]}, "statements[0].theme"),
        ({"statements": [StatementEntry(theme="digital", text_en="  ")]}, "statements[0].text_en"),
        (
            {"statements": [StatementEntry(theme="digital", text_en="Rain.", document="S9")]},
            "statements[0].document",
        ),
        (
            {"statements": [StatementEntry(theme="digital", text_en="Rain.", scope="planet")]},
            "statements[0].scope",
        ),
        ({"characters": [CharacterEntry(text_en="A" * 9, locator="L" * 41)]}, "characters[0].locator"),
        (
            {
                "category_facts": [
                    CategoryFactEntry(field="vat", text_en="A"),
                    CategoryFactEntry(field="x", text_en="A"),
                ]
            },
            "category_facts[1].field",
        ),
        (
            {"category_facts": [CategoryFactEntry(field="vat", text_en="A", category="toys")]},
            "category_facts[0].category",
        ),
        ({"note": "n" * 301}, "note"),
    ],
)
def test_content_that_cannot_stand_is_named_and_nothing_is_written(
    changes: dict[str, Any], parameter: str, editor: AbstractBaseUser
) -> None:
    with pytest.raises(InvalidValue) as raised:
        edited(author=editor, **changes)
    assert raised.value.context["parameter"] == parameter
    assert profile_of("KAZ").version == 1


# ---------------------------------------------------------------- bad rows
@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        ("documents.csv", "S0,Nobody,Again,,,,,,en,", "stands already"),
        ("documents.csv", "S9,Nobody,Undated,June,,,,,en,", "write a day"),
        ("documents.csv", "S9,,No publisher,,,,,,en,", "publisher"),
        ("themes.csv", "tea,Tea,,,,,,NY.GDP.MKTP.CD,>,,,,,99", "together or not at all"),
        ("themes.csv", "tea,Tea,,,,,,Q,>,1,,,,99", "indicator 'Q' is not known"),
        ("themes.csv", "tea,Tea,,,,,,NY.GDP.MKTP.CD,~,1,,,,99", "comparator"),
        ("themes.csv", "tea,Tea,,,,,,NY.GDP.MKTP.CD,>,much,,,,99", "threshold"),
        ("theme_products.csv", "energy,HS2022,0000,,,", "no code '0000'"),
        ("theme_products.csv", "tea,HS2022,0902,,,", "theme 'tea' is not known"),
        ("theme_statements.csv", "tea,KAZ,S0,S0:L1,Tea.,,,market", "theme cannot be 'tea'"),
        ("theme_statements.csv", "energy,KAZ,S9,S0:L1,Tea.,,,market", "document cannot be 'S9'"),
        ("theme_statements.csv", "energy,QQQ,S0,S0:L1,Tea.,,,market", "area 'QQQ' is not known"),
        ("theme_statements.csv", "energy,KAZ,S0,S0:L1,,,,market", "text_en"),
        ("theme_statements.csv", "energy,CA5,S0,S0:L1,Tea.,,,market", "does not fit CA5"),
        ("theme_statements.csv", "energy,KAZ,S0,S0:L1,Tea.,,,region", "does not fit KAZ"),
        ("market_characters.csv", "KAZ,S0,S0:L1,Tea.,,,often", "write 1 or 0"),
        ("category_facts.csv", "toys,KAZ,vat,Tea.,,,,,,law,Code,,,free", "category cannot be 'toys'"),
        ("category_facts.csv", ",KAZ,smell,Tea.,,,,,,law,Code,,,free", "field cannot be 'smell'"),
        ("category_facts.csv", ",KAZ,vat,Tea.,,,much,%,,law,Code,,,free", "value"),
        ("category_facts.csv", ",KAZ,vat,Tea.,,,,,,document,S9,,,free", "document cannot be 'S9'"),
        ("category_facts.csv", ",KAZ,vat,Tea.,,,,,,,Code,,,free", "source_kind is empty"),
    ],
)
def test_a_bad_row_is_named_by_table_and_line(facts: Path, table: str, row: str, reason: str) -> None:
    line = append(facts, table, row)
    before = versions()
    with pytest.raises(FactsInvalid, match=reason) as raised:
        load_demand_profiles(facts)
    assert (raised.value.context["table"], raised.value.context["line"]) == (table, line)
    assert versions() == before
