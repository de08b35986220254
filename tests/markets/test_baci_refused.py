"""What is not BACI as documented is refused whole, with the file, what is wrong and what to do."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.errors import NoPayload, SourceChanged, SourceRefused
from markets.sources import archives
from tests.markets.baci_files import (
    COUNTRIES,
    COUNTRY_LIST,
    HEADER,
    PRODUCT_LIST,
    YEAR_2021,
    archive,
    refused,
    table,
    text,
    years,
)

NAME_2020 = "BACI_HS92_Y2020_V202201.csv"


# ---------------------------------------------------------------- archives
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda body: body[: len(body) // 2], id="cut off"),
        pytest.param(lambda body: body[:60] + bytes(40) + body[100:], id="bytes lost"),
        pytest.param(lambda _body: b"<html>Not found</html>", id="a page instead"),
        pytest.param(lambda _body: b"", id="empty"),
    ],
)
def test_a_damaged_archive_is_refused(tmp_path: Path, spoil: object) -> None:
    path = archive(tmp_path / "a.zip")
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    assert "the archive is damaged or cut off" in refused(path, SourceChanged)


def test_nothing_of_an_archive_is_handed_over_when_its_last_year_is_damaged(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {NAME_2020: table(), YEAR_2021: table()})
    with zipfile.ZipFile(path) as packed:
        start = packed.getinfo(YEAR_2021).header_offset + 30 + len(YEAR_2021)
    body = bytearray(path.read_bytes())
    body[start + 20] ^= 0xFF
    path.write_bytes(body)
    assert f"a.zip/{YEAR_2021}" in refused(path, SourceChanged)


def _entry(name: str, **fields: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param(_entry("../../BACI_HS92_Y2021_V202201.csv"), "leads out of the archive", id="parent"),
        pytest.param(_entry("/etc/BACI_HS92_Y2021_V202201.csv"), "leads out of the archive", id="absolute"),
        pytest.param(_entry("C:BACI_HS92_Y2021_V202201.csv"), "leads out of the archive", id="drive"),
        pytest.param(_entry("a" * 300 + ".csv"), "cannot be shown", id="long name"),
        pytest.param(_entry(YEAR_2021, external_attr=0o120777 << 16), "is a link", id="link"),
        pytest.param(_entry("BACI_HS92_V202201.zip"), "is an archive itself; unpack it", id="nested"),
        pytest.param(_entry("BACI_HS92_Y2021_V202201.csv.gz"), "is an archive itself", id="packed twice"),
    ],
)
def test_an_entry_that_is_no_plain_file_is_refused(tmp_path: Path, entry: zipfile.ZipInfo, reason: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(entry, table())
    assert reason in refused(tmp_path / "a.zip", SourceChanged)


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        pytest.param(8, b"\x01\x00", "is encrypted; pack it without a password", id="encrypted"),
        pytest.param(10, b"\x09\x00", "packed in a way that is not read here (method 9)", id="deflate64"),
        pytest.param(24, b"\xff\xff\xff\xfe", "would hold 4,278,190,079 bytes", id="huge"),
    ],
)
def test_what_the_directory_says_of_an_entry_is_looked_at(
    tmp_path: Path, place: int, value: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRY_BYTES", 1024**3)
    path = archive(tmp_path / "a.zip", {YEAR_2021: table()})
    body = bytearray(path.read_bytes())
    directory = body.rindex(b"PK\x01\x02")
    body[directory + place : directory + place + len(value)] = value
    path.write_bytes(body)
    assert reason in refused(path, SourceChanged)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {YEAR_2021: HEADER.encode() + bytes(8 * 1024 * 1024)})
    assert "times larger unpacked than packed" in refused(path, SourceChanged)


def test_an_archive_of_too_many_files_or_too_much_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path / "a.zip", {f"note{number}.txt": "" for number in range(501)})
    assert "lists 501 files" in refused(path, SourceChanged)
    monkeypatch.setattr(archives, "MOST_BYTES", 100)
    assert "at most 100 are read" in refused(archive(tmp_path / "b.zip"), SourceChanged)


def test_an_archive_that_names_a_file_twice_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {f"a/{YEAR_2021}": table(), f"b/{YEAR_2021}": table()})
    assert "twice; pack it anew with one of them" in refused(path, SourceChanged)


# ---------------------------------------------------------------- places
def test_what_holds_no_year_is_told_what_to_name(tmp_path: Path) -> None:
    assert "*.zip, *.csv" in refused(tmp_path, NoPayload)
    assert "*.zip" in refused(tmp_path / "absent.zip", NoPayload)
    (tmp_path / "Readme.txt").write_text("BACI", encoding="utf-8")
    assert "*.zip, *.csv" in refused(tmp_path, NoPayload)
    assert "*.zip, *.csv" in refused(tmp_path / "Readme.txt", NoPayload)
    lists = archive(tmp_path / "a.zip", {COUNTRIES: COUNTRY_LIST})
    assert "BACI_HS92_Y2021_V202201.csv" in refused(lists, NoPayload)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for opened in (archives.entries, archives.loose):
        with pytest.raises(SourceRefused, match=r"gone\.zip cannot be read \(No such file"):
            opened("baci", tmp_path / "gone.zip")
    (tmp_path / YEAR_2021).write_bytes(table())
    (year,) = years(tmp_path)
    (tmp_path / YEAR_2021).unlink()
    with pytest.raises(SourceRefused, match="cannot be read"):
        text(year)


def test_a_year_that_stands_in_two_files_is_refused(tmp_path: Path) -> None:
    archive(tmp_path / "a.zip")
    (tmp_path / "BACI_HS92_Y2021_V202301.csv").write_bytes(table())
    assert "2021 stands in" in refused(tmp_path, SourceChanged)


# ---------------------------------------------------------------- names
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("BACI_HS27_Y2021_V202201.csv", "revision HS27 is not known", id="unknown revision"),
        pytest.param("BACI_HS22_Y2021_V202301.csv", "HS22 was not in use in 2021", id="before the revision"),
        pytest.param("BACI_HS92_Y1066_V202201.csv", "not in use in 1066", id="before any"),
        pytest.param("BACI_HS92_Y2021_V202213.csv", "V202213 is not a version", id="month 13"),
        pytest.param("BACI_HS92_Y2021_V202201.csv.txt", "no file of BACI has such a name", id="another ending"),
        pytest.param("trade.csv", "no file of BACI has such a name", id="another name"),
        pytest.param("BACI_HS92_Y2021_V202201 (1).csv", "no file of BACI has such a name", id="a copy"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / name).write_bytes(table())
    (tmp_path / NAME_2020).write_bytes(table())
    shown = refused(tmp_path, SourceChanged)
    assert reason in shown
    assert name in shown


def test_a_file_under_the_name_of_another_revision_is_noticed_by_its_neighbours(tmp_path: Path) -> None:
    files = {"BACI_HS17_Y2021_V202201.csv": table(), "product_codes_HS92_V202201.csv": PRODUCT_LIST}
    shown = refused(archive(tmp_path / "a.zip", files), SourceChanged)
    assert "the list of products beside it is of HS92; one of the names is wrong" in shown


def test_files_of_two_versions_are_not_read_together(tmp_path: Path) -> None:
    files = {YEAR_2021: table(), "country_codes_V202301.csv": COUNTRY_LIST}
    shown = refused(archive(tmp_path / "a.zip", files), SourceChanged)
    assert "country_codes_V202301.csv beside it is of another version" in shown
    files = {YEAR_2021: table(), COUNTRIES: COUNTRY_LIST, "baci_country_codes_V202201.csv": COUNTRY_LIST}
    assert "lists the countries too" in refused(archive(tmp_path / "b.zip", files), SourceChanged)


# ---------------------------------------------------------------- text
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(HEADER.encode() + b"\n\n", "it holds no row; empty is not a deletion", id="header alone"),
        pytest.param(table(header="t,i,j,k,v"), "q is missing of t, i, j, k, v, q", id="a column lacks"),
        pytest.param(table(header="year,exporter,importer,product,value"), "t, i, j, k, v, q is missing", id="wrong"),
        pytest.param(table(header="t,i,j,k,v,q,v"), "its column v stands there twice", id="a column twice"),
        pytest.param(b"t,i,j,k,v,q\r2021,4,24,1,1,1\r", "its first line has no end", id="old line ends"),
        pytest.param(b"x" * 70_000, "its first line has no end", id="no line"),
        pytest.param(table().replace(b"52.051", b"\xe9"), "about byte 45 it is no text in UTF-8", id="latin"),
        pytest.param(table("2021,4,24,1,\0,1"), "it holds a NUL character", id="nul"),
        pytest.param(table()[:-2] + "é".encode()[:1], "it is no text in UTF-8", id="cut in a letter"),
        pytest.param(b"PK\3\4" + bytes(200), "its first line has no end", id="a zip named csv"),
    ],
)
def test_a_file_that_is_no_table_of_baci_is_refused(tmp_path: Path, body: bytes, reason: str) -> None:
    (tmp_path / YEAR_2021).write_bytes(body)
    shown = refused(tmp_path, SourceChanged)
    assert reason in shown
    assert YEAR_2021 in shown


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        pytest.param("code,name\n4,AFG\n", "needs country_code and country_iso3", id="columns"),
        pytest.param("country_code,country_iso3\nAF,AFG\n", "line 2: 'AF' is not a country's number", id="letters"),
        pytest.param("country_code,country_iso3\n4,AFG\n4,ALB\n", "line 3: 4 is AFG and ALB at once", id="twice"),
        pytest.param("country_code,country_iso3\n", "holds no country", id="empty"),
        pytest.param('country_code,country_iso3\n4,"AF\0G"\n', "holds NUL characters", id="nul"),
        pytest.param("country_code,country_iso3\n" + "4,AFG\n" * 200_000, "it is another file", id="large"),
    ],
)
def test_a_list_of_countries_that_cannot_be_read_is_refused(tmp_path: Path, listed: str, reason: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(YEAR_2021, table())
        packed.writestr(COUNTRIES, listed)
    shown = refused(tmp_path / "a.zip", SourceChanged)
    assert reason in shown
    assert COUNTRIES in shown


# ---------------------------------------------------------------- any damage
@given(st.lists(st.tuples(st.integers(min_value=0), st.binary(max_size=6), st.integers(0, 20)), min_size=1, max_size=3))
def test_whatever_becomes_of_an_archive_it_is_read_whole_or_refused(damage: list[tuple[int, bytes, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = archive(Path(folder) / "a.zip", {NAME_2020: table(), YEAR_2021: table() * 9, COUNTRIES: COUNTRY_LIST})
        body = path.read_bytes()
        for place, put, gone in damage:
            at = place % (len(body) + 1)
            body = body[:at] + put + body[at + gone :]
        path.write_bytes(body)
        try:
            found = {year.year: text(year) for year in years(path)}
        except (SourceChanged, NoPayload):
            return
        assert found == {2020: table(), 2021: table() * 9}
