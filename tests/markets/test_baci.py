"""BACI's files are found in a ZIP, a folder or alone, and handed over as they are with what their names say."""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import pytest

from markets import sources
from markets.sources.baci import CARD, SYNTHETIC_CARD
from markets.sources.cubes import CubeColumn
from markets.vocabulary import Basis, FactKind, Flow, Frequency
from tests.markets.baci_files import (
    COUNTRIES,
    COUNTRY_LIST,
    HEADER,
    PRODUCT_LIST,
    PRODUCTS,
    ROWS,
    YEAR_2021,
    archive,
    table,
    text,
    years,
)


def test_the_dataset_is_a_cube_that_is_read_from_files() -> None:
    source = sources.cube_source("baci")
    assert source is not None
    assert source.card is sources.card("baci") is CARD
    assert CARD.kind is FactKind.FLOWS
    assert CARD.refresh_every is None, "nothing is fetched by itself"
    assert sources.readable("baci") is None
    assert sources.cube_source("worldbank") is None


def test_a_year_of_a_zip_is_handed_over_as_it_stands_there(tmp_path: Path) -> None:
    (year,) = years(archive(tmp_path / "BACI_HS92_V202201.zip"))
    assert (year.dataset, year.key, year.year, year.name) == ("baci", "2021", 2021, YEAR_2021)
    assert text(year) == table() == text(year), "and again from the beginning"
    assert (year.sha256, year.size_bytes) == (hashlib.sha256(table()).hexdigest(), len(table()))
    assert (year.classification, year.basis, year.flow) == ("HS1992", Basis.RECONCILED, Flow.EXPORT)
    assert (year.frequency, year.delimiter, year.missing) == (Frequency.ANNUAL, ",", ("", "NA"))
    assert year.pads_product
    assert list(year.columns) == [
        CubeColumn("t", "year"),
        CubeColumn("i", "exporter"),
        CubeColumn("j", "importer"),
        CubeColumn("k", "product"),
        CubeColumn("v", "value_usd", 1000),
        CubeColumn("q", "net_weight_kg", 1000),
    ]


def test_the_version_says_the_month_and_no_day(tmp_path: Path) -> None:
    (year,) = years(archive(tmp_path / "a.zip"))
    assert year.vintage.title == "BACI, international trade at the product level: 2021, HS92, version 202201"
    assert (year.vintage.released_on, year.vintage.known_by) == (None, dt.date(2022, 1, 31))
    assert year.vintage.released_note == "in January 2022; the day is unknown"
    assert year.vintage.licence == "Etalab Open Licence 2.0"
    assert year.vintage.citation.endswith("HS92, version 202201")


def test_a_corrected_version_is_later_than_its_month_says(tmp_path: Path) -> None:
    (year,) = years(archive(tmp_path / "a.zip", {"BACI_HS17_Y2021_V202401b.csv": table()}))
    assert year.vintage.known_by is None
    assert "correction of the version of January 2024" in year.vintage.released_note
    assert "202401b" in year.vintage.title


@pytest.mark.parametrize(
    ("revision", "classification"),
    [
        ("92", "HS1992"),
        ("96", "HS1996"),
        ("02", "HS2002"),
        ("07", "HS2007"),
        ("12", "HS2012"),
        ("17", "HS2017"),
        ("22", "HS2022"),
    ],
)
def test_the_revision_stands_in_the_name(tmp_path: Path, revision: str, classification: str) -> None:
    (tmp_path / f"BACI_HS{revision}_Y2022.csv").write_bytes(table())
    (year,) = years(tmp_path)
    assert year.classification == classification
    assert year.vintage.released_note == "the name of the file states no version"


def test_years_come_oldest_first(tmp_path: Path) -> None:
    names = [f"BACI_HS92_Y{year}_V202201.csv" for year in (2021, 1996, 2008)]
    found = years(archive(tmp_path / "a.zip", dict.fromkeys(names, table())))
    assert [year.year for year in found] == [1996, 2008, 2021]


def test_a_zip_may_hold_its_files_in_a_folder_beside_what_computers_leave_there(tmp_path: Path) -> None:
    files = {f"BACI_HS92_V202201/{YEAR_2021}": table(), f"BACI_HS92_V202201/{COUNTRIES}": COUNTRY_LIST}
    litter = {f"__MACOSX/._{YEAR_2021}": b"\0\1", "BACI_HS92_V202201/.DS_Store": b"\0"}
    (year,) = years(archive(tmp_path / "a.zip", files | litter))
    assert (year.name, text(year)) == (YEAR_2021, table())


def test_a_folder_of_zips_and_of_files_laid_there_is_read_as_one(tmp_path: Path) -> None:
    archive(tmp_path / "BACI_HS92_V202201.zip")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "BACI_HS92_Y2020_V202201.csv").write_bytes(table())
    (tmp_path / "more" / "Readme.txt").write_text("BACI", encoding="utf-8")
    (tmp_path / "more" / f"._{YEAR_2021}").write_bytes(b"\0")
    assert [year.year for year in years(tmp_path)] == [2020, 2021]


# ---------------------------------------------------------------- countries
def test_countries_are_those_of_the_list_that_comes_with_the_files(tmp_path: Path) -> None:
    (year,) = years(archive(tmp_path / "a.zip"))
    assert {code: year.areas[code] for code in ("4", "004", "156", "251", "56", "056")} == {
        "4": "AFG",
        "004": "AFG",
        "156": "CHN",
        "251": "FRA",
        "56": "BEL",
        "056": "BEL",
    }
    assert year.areas["490"] == "TWN"
    assert year.areas["891"] == "SCG", "whether it is known here is for the check of the rows to say"
    assert "697" not in year.areas
    assert (year.areas["842"], year.areas["380"]) == ("USA", "ITA"), "what the list lacks is known otherwise"


@pytest.mark.parametrize(("year", "is_believed"), [(1998, True), (1999, False)])
def test_the_code_of_a_union_that_is_no_more_is_not_its_successors_later(
    tmp_path: Path, year: int, *, is_believed: bool
) -> None:
    files = {f"BACI_HS92_Y{year}_V202201.csv": table(), COUNTRIES: COUNTRY_LIST}
    (found,) = years(archive(tmp_path / "a.zip", files))
    assert found.areas["56"] == "BEL"
    assert found.areas.get("58") == ("BEL" if is_believed else None)


def test_without_a_list_the_codes_are_those_of_comtrade(tmp_path: Path) -> None:
    (tmp_path / YEAR_2021).write_bytes(table())
    (year,) = years(tmp_path / YEAR_2021)
    wanted = {"156": "CHN", "398": "KAZ", "4": "AFG", "842": "USA", "251": "FRA", "757": "CHE", "699": "IND"}
    assert {code: year.areas[code] for code in wanted} == wanted


def test_an_older_list_names_its_columns_otherwise_and_is_written_in_latin_1(tmp_path: Path) -> None:
    older = (
        '"country_code","country_name_abbreviation","country_name_full","iso_2digit_alpha","iso_3digit_alpha"\n'
        '384,"Côte d\'Ivoire","Côte d\'Ivoire","CI","CIV"\n490,"Other Asia, nes","Other Asia","N/A","N/A"\n'
    )
    (year,) = years(archive(tmp_path / "a.zip", {YEAR_2021: table(), COUNTRIES: older.encode("latin-1")}))
    assert (year.areas["384"], year.areas["490"]) == ("CIV", "TWN")


# ---------------------------------------------------------------- forms of the text
def test_columns_are_taken_by_name_in_any_order_and_others_are_left(tmp_path: Path) -> None:
    body = table("841810,0.5,1.5,156,398,2021,x", header="K, q ,v,i,j,t,note")
    (tmp_path / YEAR_2021).write_bytes(body)
    (year,) = years(tmp_path)
    assert [(column.header, column.name) for column in year.columns] == [
        *(("K", "product"), ("q", "net_weight_kg"), ("v", "value_usd"), ("i", "exporter")),
        *(("j", "importer"), ("t", "year"), ("note", "")),
    ]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        pytest.param(codecs.BOM_UTF8 + table(), table(), id="byte order mark"),
        pytest.param(table().decode().encode("utf-16"), table(), id="utf-16"),
        pytest.param(codecs.BOM_UTF16_BE + table().decode().encode("utf-16-be"), table(), id="utf-16 be"),
        pytest.param(table(end="\r\n"), table(end="\r\n"), id="windows line ends"),
        pytest.param(table(ROWS[0] + "é"), table(ROWS[0] + "é"), id="a letter that is not ascii"),
    ],
)
def test_text_is_handed_over_in_utf8(tmp_path: Path, body: bytes, shown: bytes) -> None:
    (tmp_path / YEAR_2021).write_bytes(body)
    (year,) = years(tmp_path)
    assert text(year) == shown
    assert (year.sha256, year.size_bytes) == (hashlib.sha256(body).hexdigest(), len(body)), "of what was delivered"


@pytest.mark.parametrize("delimiter", [";", "\t"], ids=["semicolon", "tab"])
def test_another_separator_is_noticed(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / YEAR_2021).write_bytes(table().replace(b",", delimiter.encode()))
    (year,) = years(tmp_path)
    assert year.delimiter == delimiter
    assert [column.header for column in year.columns] == ["t", "i", "j", "k", "v", "q"]


def test_a_letter_may_lie_across_the_pieces_a_file_is_read_in(tmp_path: Path) -> None:
    filler = ROWS[0] + "\n"
    body = (HEADER + "\n").encode() + filler.encode() * (1024 * 1024 // len(filler) + 1)
    body = body[: 1024 * 1024 - 1] + "é".encode() + b"\n" + filler.encode()
    (tmp_path / YEAR_2021).write_bytes(body)
    (year,) = years(tmp_path)
    assert text(year) == body


# ---------------------------------------------------------------- invented figures
@pytest.mark.parametrize(
    "files",
    [
        pytest.param({YEAR_2021: table(), "SYNTHETIC.txt": "invented"}, id="marker file"),
        pytest.param({"BACI_HS92_Y2021_V202201_SYNTHETIC.csv": table()}, id="name"),
        pytest.param({f"a/{YEAR_2021}": table(), "a/synthetic.TXT": ""}, id="marker file in a folder"),
    ],
)
def test_figures_that_are_marked_as_invented_are_another_dataset(tmp_path: Path, files: dict[str, bytes]) -> None:
    (year,) = years(archive(tmp_path / "a.zip", files))
    assert year.dataset == "synthetic"
    assert SYNTHETIC_CARD.name in year.vintage.title
    assert "no figure is true" in year.vintage.citation
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(tmp_path / "laid")
    assert [each.dataset for each in years(tmp_path / "laid")] == ["synthetic"]


def test_invented_figures_are_listed_nowhere_and_given_to_nobody() -> None:
    assert SYNTHETIC_CARD.redistribution == "none"
    assert SYNTHETIC_CARD not in sources.cards()
    assert sources.card("synthetic") is SYNTHETIC_CARD
    assert sources.cube_source("synthetic") is None


def test_a_list_of_products_of_the_same_revision_lies_beside(tmp_path: Path) -> None:
    files = {YEAR_2021: table(), PRODUCTS: PRODUCT_LIST, "BACI_HS17_Y2020_V202201.csv": table()}
    files["product_codes_HS17_V202201.csv"] = PRODUCT_LIST
    assert len(years(archive(tmp_path / "a.zip", files))) == 2
