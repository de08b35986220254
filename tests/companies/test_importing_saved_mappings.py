"""Mappings kept for the next file of the same layout: found by themselves, renamed, forgotten, remembered."""

from __future__ import annotations

import pytest

from companies.errors import FieldsRejected, HiddenObject, ImportElsewhere, VersionConflict
from companies.importing.doing.mapping import choose_mapping
from companies.importing.mapping.saved import fingerprint, forget_mapping, of_columns, rename_mapping, save_mapping
from companies.importing.plan import Mapping
from companies.models import Change, SavedMapping
from companies.profiles.change_words import ACTIONS, KINDS
from tests.companies.mapping_world import HEADERS, read_import
from tests.companies.office import Office, office
from tests.companies.test_records_entering import faults_of

pytestmark = pytest.mark.django_db

FIXES = {
    "values": {"destination": {"哈国": "KAZ"}},
    "cells": {"2": {"value": "1"}},
    "left_out": [3],
    "left_out_values": {"company": ["合计"]},
    "keep_twins": True,
}


def kept(home: Office, name: str = "Haier's list", **fields: object) -> SavedMapping:
    return save_mapping(home.actor("officer"), read_import(home, **fields).pk, name)  # type: ignore[arg-type]


def test_the_same_columns_have_one_fingerprint_whatever_their_case_width_and_blanks() -> None:
    assert fingerprint(["HS Code", "Value"]) == fingerprint(["hs  code ", "Ｖａｌｕｅ"])
    assert fingerprint(["HS Code", "Value"]) != fingerprint(["Value", "HS Code"])
    assert fingerprint(["a", "b"]) != fingerprint(["a b"])


def test_a_mapping_is_found_for_the_next_file_of_the_same_columns_and_of_this_office_alone() -> None:
    home, other = office(), office()
    saved = kept(home)
    assert of_columns(home.organisation.pk, HEADERS) == saved
    assert of_columns(home.organisation.pk, [*HEADERS, "more"]) is None
    assert of_columns(other.organisation.pk, HEADERS) is None


def test_what_was_put_right_by_value_is_kept_and_what_is_of_rows_is_not() -> None:
    saved = kept(office(), fixes=FIXES)
    assert saved.fixes == {
        "values": FIXES["values"],
        "left_out_values": FIXES["left_out_values"],
        "cells": {},
        "left_out": [],
        "left_out_faults": {},
        "keep_twins": False,
        "register": False,
        "scale": "",
    }


def test_choosing_a_mapping_keeps_it_under_the_name_given_with_it() -> None:
    home = office()
    imported = read_import(home)
    mapping = Mapping.unpacked(imported.mapping)
    chosen = choose_mapping(home.actor("officer"), imported.pk, imported.version, mapping, save_as=" Haier  ")
    saved = SavedMapping.objects.get(organisation=home.organisation)
    assert (saved.name, saved.mapping, saved.created_by) == ("Haier", chosen.mapping, home.officer)


def test_a_mapping_takes_the_place_of_the_one_before_for_the_same_columns() -> None:
    home = office()
    first, second = kept(home), kept(home, "a better name")
    assert first.pk == second.pk
    assert (second.name, second.version) == ("a better name", first.version + 1)
    assert [change.action for change in changes(second)] == ["saved", "saved"]


def test_a_name_is_given_once_and_is_not_empty_or_endless() -> None:
    home = office()
    kept(home)
    for name, headers in (("Haier's list", [*HEADERS[:-1], "x"]), ("  ", HEADERS), ("n" * 101, HEADERS)):
        with pytest.raises(FieldsRejected) as refused:
            kept(home, name, headers=headers)
        assert faults_of(refused) == ["/save_as"]
    assert SavedMapping.objects.get(organisation=home.organisation).name == "Haier's list"


def test_an_import_that_was_not_mapped_keeps_nothing() -> None:
    with pytest.raises(ImportElsewhere):
        kept(office(), mapping={})


def test_a_mapping_is_renamed_and_forgotten_and_both_are_remembered() -> None:
    home = office()
    saved = kept(home)
    renamed = rename_mapping(home.actor("officer"), saved.pk, saved.version, "Haier, monthly")
    assert (renamed.name, renamed.version) == ("Haier, monthly", saved.version + 1)
    forget_mapping(home.actor("officer"), saved.pk, renamed.version)
    assert not SavedMapping.objects.filter(pk=saved.pk).exists()
    told = changes(saved)
    assert [change.action for change in told] == ["saved", "edited", "deleted"]
    assert (told[1].before, told[1].after) == ({"name": "Haier's list"}, {"name": "Haier, monthly"})
    assert all(change.action in ACTIONS and change.object_kind in KINDS for change in told)


def test_a_mapping_is_renamed_against_the_version_that_was_read() -> None:
    home = office()
    saved = kept(home)
    rename_mapping(home.actor("officer"), saved.pk, saved.version, "first")
    with pytest.raises(VersionConflict):
        rename_mapping(home.actor("admin"), saved.pk, saved.version, "second")


def test_mappings_of_another_office_are_not_there_nor_are_there_any_for_a_reader() -> None:
    home, other = office(), office()
    saved = kept(home)
    with pytest.raises(HiddenObject):
        rename_mapping(other.actor("admin"), saved.pk, saved.version, "mine")
    with pytest.raises(HiddenObject):
        forget_mapping(other.actor("admin"), saved.pk, saved.version)
    with pytest.raises(HiddenObject):
        save_mapping(other.actor("admin"), read_import(home).pk, "mine")
    with pytest.raises(HiddenObject):
        forget_mapping(home.actor("viewer"), saved.pk, saved.version)


def changes(saved: SavedMapping) -> list[Change]:
    return list(Change.objects.filter(object_kind="savedmapping", object_id=str(saved.pk)).order_by("pk"))
