"""The index of words follows what is loaded."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from markets.errors import FactsInvalid
from markets.models import Area, Category, Indicator, LoadedFacts, Product, SearchTerm
from markets.search import find, rebuild_index
from markets.sources.bundled import FACTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

ALIAS_TABLES = {"area_aliases.csv": Area, "category_aliases.csv": Category, "indicator_aliases.csv": Indicator}


def test_rebuilding_twice_gives_the_same_terms_and_writes_nothing() -> None:
    number = rebuild_index()
    before = set(SearchTerm.objects.values_list("pk", "kind", "key", "language", "folded"))
    assert number == len(before) > 12_000
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert rebuild_index() == number
    assert set(SearchTerm.objects.values_list("pk", "kind", "key", "language", "folded")) == before
    written = [
        query["sql"] for query in queries if "markets_searchterm" in query["sql"] and "SELECT" not in query["sql"]
    ]
    assert written == []


def test_terms_that_were_lost_come_back() -> None:
    number = rebuild_index()
    SearchTerm.objects.filter(key="8418").delete()
    assert rebuild_index() == number == SearchTerm.objects.count()


def test_a_renamed_thing_is_found_by_its_new_name_alone() -> None:
    rebuild_index()
    Category.objects.filter(slug="appliances").update(name_en="Zanzibarian gadgetry")
    rebuild_index()
    assert [hit.key for hit in find("zanzibarian").of("category")] == ["appliances"]
    assert not SearchTerm.objects.filter(kind="category", key="appliances", text="Home appliances").exists()


def test_groups_of_countries_are_no_markets() -> None:
    rebuild_index()
    keys = set(SearchTerm.objects.filter(kind="market").values_list("key", flat=True))
    assert keys == set(Area.objects.filter(is_aggregate=False).values_list("code", flat=True))


def test_each_product_of_the_revision_in_use_is_found_by_its_code_and_no_other_revision_is() -> None:
    Product.objects.create(classification="HS2017", code="8418", label_en="Zzyzx")
    rebuild_index()
    codes = SearchTerm.objects.filter(kind="product", language="").values_list("key", "folded")
    assert dict(codes) == {
        code: code for code in Product.objects.filter(classification="HS2022").values_list("code", flat=True)
    }
    assert not SearchTerm.objects.filter(text="Zzyzx").exists()


def test_a_word_is_kept_once_for_a_thing_and_language() -> None:
    rebuild_index()
    identities = list(SearchTerm.objects.values_list("kind", "key", "language", "folded"))
    assert len(identities) == len(set(identities))


def test_a_name_is_also_found_without_its_brackets() -> None:
    rebuild_index()
    assert find("国内生产总值").of("indicator")[0].key == "NY.GDP.MKTP.CD"


def test_synonyms_of_codes_that_are_not_loaded_are_passed_over() -> None:
    Area.objects.filter(code="UMI").delete()
    rebuild_index()
    assert not SearchTerm.objects.filter(key="UMI").exists()


def test_a_changed_synonym_table_changes_the_index(facts: Path) -> None:
    rebuild_index(facts)
    assert find("qwertyland").is_empty
    table = facts / "area_aliases.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("\nKAZ,", "\nKAZ,Qwertyland | "), encoding="utf-8")
    rebuild_index(facts)
    assert [hit.key for hit in find("qwertyland").of("market")] == ["KAZ"]


@pytest.mark.parametrize("table", ["hs_terms_64_97.csv", "area_aliases.csv"])
def test_a_missing_table_or_column_stops_the_rebuild_and_leaves_the_index(facts: Path, table: str) -> None:
    rebuild_index(facts)
    standing = SearchTerm.objects.count()
    path = facts / table
    body = path.read_text(encoding="utf-8")
    path.write_text(body.replace("code,", "cipher,", 1), encoding="utf-8")
    with pytest.raises(FactsInvalid, match="no column code"):
        rebuild_index(facts)
    path.unlink()
    with pytest.raises(FactsInvalid, match="missing"):
        rebuild_index(facts)
    assert SearchTerm.objects.count() == standing


def test_the_index_remembers_what_it_was_built_from() -> None:
    rebuild_index()
    first = LoadedFacts.objects.get(name="search_terms")
    rebuild_index()
    again = LoadedFacts.objects.get(name="search_terms")
    assert (again.sha256, again.loaded_at) == (first.sha256, first.loaded_at)


@pytest.mark.parametrize("table", ALIAS_TABLES)
def test_alias_tables_name_things_that_exist_each_once_with_words_that_differ(table: str) -> None:
    with (FACTS / table).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    codes = [row["code"] for row in rows]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(ALIAS_TABLES[table].objects.values_list("pk", flat=True))
    for row in rows:
        for column in ("alias_en", "alias_zh", "alias_ru"):
            words = row[column].split(" | ")
            assert all(word == word.strip() and "|" not in word for word in words), row
            assert len({word.casefold() for word in words}) == len(words), row
