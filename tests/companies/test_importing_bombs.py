"""Files made to harm: each is refused with its reason, in time, in a process of its own whose memory is bounded."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil
import pytest
import xlwt
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.live_server_helper import LiveServer

from companies.errors import FileRefused
from companies.importing import tables
from companies.importing.reading import packages, workbook
from companies.importing.reading.form import Choices, Refusal, Refused
from companies.importing.refusals import sentence, told
from tests.companies.made_workbooks import (
    BOOK_TYPE,
    ODS_TYPE,
    RELATIONS,
    far_apart,
    ods,
    ods_cell,
    ods_row,
    ods_table,
    overlapping,
    relations,
    sheet,
    xlsx,
    xlsx_parts,
    zipped,
)

MOST_SECONDS = 10
# By the clock, where the processors are busy with other tests.
MOST_WAIT_SECONDS = 40
# What the child may have is a limit of the system's; this process only passes lines on.
MOST_GROWTH_BYTES = 8 * 1024 * 1024
DOCTYPE = "<!DOCTYPE x ["
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ONE_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


@dataclass(frozen=True)
class Bomb:
    """A harmful file. made: its bytes. code: why it is refused."""

    name: str
    made: Callable[[], bytes]
    code: Refusal


def _cell(place: str, said: str = "1") -> str:
    return f'<c r="{place}"><v>{said}</v></c>'


def _shared_text(cells: int) -> bytes:
    row = '<c t="s"><v>0</v></c>' * 100
    return zipped(xlsx_parts(sheet(f"<row>{row}</row>" * (cells // 100)), strings=f"<si><t>{'x' * 32_000}</t></si>"))


def _many_cells() -> bytes:
    rows = ("".join(f"<c><v>{row}{column}</v></c>" for column in range(200)) for row in range(10_100))
    return xlsx(sheet("".join(f"<row>{row}</row>" for row in rows)))


def _merged(areas: int) -> bytes:
    listed = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, areas + 1))
    return xlsx(sheet(ONE_CELL, after=f"<mergeCells>{listed}</mergeCells>"))


def _many_sheets(count: int) -> bytes:
    return xlsx(*[sheet(ONE_CELL)] * count)


def _many_listed(count: int) -> bytes:
    """Ten thousand names for one sheet."""
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r1"/>' for n in range(count))
    parts = xlsx_parts()
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace("<sheets>", f"<sheets>{listed}")
    return zipped(parts)


def _with_attributes(name: str, mode: int) -> bytes:
    made = io.BytesIO(xlsx())
    with zipfile.ZipFile(made, "a") as package:
        entry = zipfile.ZipInfo(name)
        entry.create_system = 3
        entry.external_attr = mode << 16
        package.writestr(entry, "/etc/passwd")
    return made.getvalue()


def _twice_named() -> bytes:
    made = io.BytesIO(xlsx())
    with zipfile.ZipFile(made, "a") as package:
        package.writestr("XL/workbook.xml", "<other/>")
    return made.getvalue()


def _locked_zip() -> bytes:
    made = bytearray(xlsx())
    place = 0
    while (place := made.find(b"PK\1\2", place)) >= 0:
        made[place + 8] |= 1
        place += 4
    return bytes(made)


def _compound(stream: str) -> bytes:
    """The beginning of an OLE container with one named stream, as Office keeps locked workbooks."""
    entry = (stream.encode("utf-16-le") + b"\0\0").ljust(64, b"\0") + (2 * len(stream) + 2).to_bytes(2, "little")
    return (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entry).ljust(4096, b"\0")


def _old_excel() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("Data").write(0, 0, "Company")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _lying_size() -> bytes:
    """The directory says a few bytes where millions are packed."""
    made = bytearray(zipped(xlsx_parts(sheet(ONE_CELL + " " * 4_000_000))))
    name = b"xl/worksheets/sheet1.xml"
    for signature, size_at, name_at in ((b"PK\3\4", 22, 30), (b"PK\1\2", 24, 46)):
        place = 0
        while (place := made.find(signature, place)) >= 0:
            if made[place + name_at : place + name_at + len(name)] == name:
                made[place + size_at : place + size_at + 4] = (400).to_bytes(4, "little")
            place += 4
    return bytes(made)


def _damaged() -> bytes:
    made = bytearray(zipped(xlsx_parts(), level=0))
    place = made.find(b"Alatau")
    made[place : place + 3] = b"ZZZ"
    return bytes(made)


def _retyped(kind: str) -> bytes:
    return zipped(xlsx_parts(book_type=kind))


def _linked(kind: str, **part: str) -> bytes:
    link = f'<Relationship Id="x" Type="{RELATIONS}/{kind}" Target="file:///etc/passwd" TargetMode="External"/>'
    return xlsx(**{"xl/worksheets/_rels/sheet1.xml.rels": relations(link)}, **part)


def _declaring(name: str) -> bytes:
    parts = xlsx_parts(strings="<si><t>x</t></si>", styles="<cellXfs/>")
    parts[name] = f'{DOCTYPE}<!ENTITY a "b">]>{parts[name]}'
    return zipped(parts)


def _large_directory() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for number in range(60_000):
            package.writestr(f"{number:040}", b"")
    return made.getvalue()


def _nested(levels: int) -> bytes:
    inner = b"0" * 10_000_000
    for _level in range(levels):
        inner = zipped({f"{n}.zip": inner for n in range(10)})
    return inner


BOMBS = [
    Bomb("blanks.xlsx", lambda: xlsx(**{"xl/media/a.bin": " " * 200_000_000}), Refusal.BOMB),
    Bomb("sheet-of-blanks.xlsx", lambda: xlsx(sheet(" " * 200_000_000)), Refusal.BOMB),
    Bomb("huge-part.xlsx", lambda: far_apart("xl/media/x", 450_000_000), Refusal.BOMB),
    Bomb("nested.zip", lambda: _nested(3), Refusal.ARCHIVE),
    Bomb("overlap.xlsx", lambda: overlapping(900), Refusal.BOMB),
    Bomb("lying.xlsx", _lying_size, Refusal.DAMAGED),
    Bomb("directory.zip", _large_directory, Refusal.BOMB),
    Bomb("entries.xlsx", lambda: xlsx(**{f"xl/media/{n}": "" for n in range(6_000)}), Refusal.BOMB),
    Bomb("far.xlsx", lambda: xlsx(sheet(ONE_CELL + f'<row r="1048576">{_cell("XFD1048576")}</row>')), Refusal.FAR_CELL),
    Bomb("far-column.xlsx", lambda: xlsx(sheet(f'<row r="1">{_cell("A1")}{_cell("XFD1")}</row>')), Refusal.FAR_CELL),
    Bomb("no-such-cell.xlsx", lambda: xlsx(sheet(f'<row r="1">{_cell("ZZZZ1")}</row>')), Refusal.DAMAGED),
    Bomb("no-such-row.xlsx", lambda: xlsx(sheet('<row r="99999999999999999999"/>')), Refusal.DAMAGED),
    Bomb("rows.xlsx", lambda: xlsx(sheet("<row><c><v>1</v></c></row>" * 60_000)), Refusal.TOO_MANY_ROWS),
    Bomb("columns.xlsx", lambda: xlsx(sheet(f"<row>{'<c><v>1</v></c>' * 20_000}</row>")), Refusal.TOO_MANY_COLUMNS),
    Bomb("cells.xlsx", _many_cells, Refusal.TOO_MANY_CELLS),
    Bomb("merged.xlsx", lambda: _merged(1_000_000), Refusal.TOO_MANY_MERGED),
    Bomb(
        "merged-over.xlsx",
        lambda: xlsx(
            sheet(
                f"<row>{'<c><v>1</v></c>' * 100}</row>" * 1_000,
                after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 1_000 + "</mergeCells>",
            )
        ),
        Refusal.TOO_MANY_MERGED,
    ),
    Bomb("sheets.xlsx", lambda: _many_sheets(10_000), Refusal.TOO_MANY_SHEETS),
    Bomb("listed.xlsx", lambda: _many_listed(10_000), Refusal.TOO_MANY_SHEETS),
    Bomb("shared.xlsx", lambda: _shared_text(100_000), Refusal.BOMB),
    Bomb("long.xlsx", lambda: xlsx(sheet(f'<row><c t="str"><v>{"x" * 1_000_000}</v></c></row>')), Refusal.LONG_CELL),
    Bomb(
        "styles.xlsx",
        lambda: zipped(xlsx_parts(styles="<cellXfs>" + '<xf numFmtId="14"/>' * 300_000 + "</cellXfs>")),
        Refusal.BOMB,
    ),
    Bomb("deep.xlsx", lambda: xlsx(sheet("<a>" * 2_000_000)), Refusal.BOMB),
    Bomb("long-tag.xlsx", lambda: xlsx(sheet(f'<row a="{os.urandom(8_000_000).hex()}"/>')), Refusal.BOMB),
    Bomb(
        "xxe.xlsx",
        lambda: xlsx(
            sheet('<row><c t="str"><v>&x;</v></c></row>', prolog=f'{DOCTYPE}<!ENTITY x SYSTEM "file:///etc/passwd">]>')
        ),
        Refusal.ENTITIES,
    ),
    Bomb(
        "laughs.xlsx",
        lambda: xlsx(sheet("<row><c><v>&l9;</v></c></row>", prolog=f'{DOCTYPE}<!ENTITY l0 "lol">{LAUGHS}]>')),
        Refusal.ENTITIES,
    ),
    Bomb(
        "quadratic.xlsx",
        lambda: xlsx(
            sheet(f"<row><c><v>{'&a;' * 50_000}</v></c></row>", prolog=f'{DOCTYPE}<!ENTITY a "{"a" * 50_000}">]>')
        ),
        Refusal.ENTITIES,
    ),
    Bomb("declared-types.xlsx", lambda: _declaring("[Content_Types].xml"), Refusal.ENTITIES),
    Bomb("declared-book.xlsx", lambda: _declaring("xl/workbook.xml"), Refusal.ENTITIES),
    Bomb("declared-relations.xlsx", lambda: _declaring("xl/_rels/workbook.xml.rels"), Refusal.ENTITIES),
    Bomb("declared-strings.xlsx", lambda: _declaring("xl/sharedStrings.xml"), Refusal.ENTITIES),
    Bomb("declared-styles.xlsx", lambda: _declaring("xl/styles.xml"), Refusal.ENTITIES),
    Bomb("link.xlsx", lambda: _with_attributes("xl/media/l", 0o120777), Refusal.BAD_NAMES),
    Bomb("device.xlsx", lambda: _with_attributes("xl/media/l", 0o020666), Refusal.BAD_NAMES),
    Bomb("up.xlsx", lambda: xlsx(**{"../../etc/cron.d/x": "x"}), Refusal.BAD_NAMES),
    Bomb("root.xlsx", lambda: xlsx(**{"/etc/cron.d/x": "x"}), Refusal.BAD_NAMES),
    Bomb("drive.xlsx", lambda: xlsx(**{"C:\\x": "x"}), Refusal.BAD_NAMES),
    Bomb("twice.xlsx", _twice_named, Refusal.BAD_NAMES),
    Bomb("locked.xlsx", lambda: _compound("EncryptedPackage"), Refusal.ENCRYPTED),
    Bomb("locked-zip.xlsx", _locked_zip, Refusal.ENCRYPTED),
    Bomb(
        "locked.ods",
        lambda: ods(
            "",
            manifest='<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
            "<manifest:encryption-data/></manifest:file-entry>",
        ),
        Refusal.ENCRYPTED,
    ),
    Bomb("locked-whole.ods", lambda: zipped({"mimetype": ODS_TYPE, "encrypted-package": "x"}), Refusal.ENCRYPTED),
    Bomb("old.xls", _old_excel, Refusal.OLD_EXCEL),
    Bomb("old.xlsx", _old_excel, Refusal.OLD_EXCEL),
    Bomb("macros.xlsm", lambda: _retyped("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), Refusal.MACROS),
    Bomb("macros.xlsx", lambda: xlsx(**{"xl/vbaProject.bin": "x"}), Refusal.MACROS),
    Bomb(
        "binary.xlsb",
        lambda: _retyped("application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        Refusal.BINARY_EXCEL,
    ),
    Bomb("external.xlsx", lambda: xlsx(**{"xl/externalLinks/externalLink1.xml": "<x/>"}), Refusal.EXTERNAL_LINKS),
    Bomb("connections.xlsx", lambda: xlsx(**{"xl/connections.xml": "<x/>"}), Refusal.EXTERNAL_LINKS),
    Bomb("embedded.xlsx", lambda: xlsx(**{"xl/embeddings/oleObject1.bin": "x"}), Refusal.EXTERNAL_LINKS),
    Bomb("picture.xlsx", lambda: _linked("image"), Refusal.EXTERNAL_LINKS),
    Bomb(
        "text.xlsx",
        lambda: _retyped(BOOK_TYPE.replace("spreadsheetml.sheet", "wordprocessingml.document")),
        Refusal.DOCUMENT,
    ),
    Bomb("text.odt", lambda: ods("", kind="application/vnd.oasis.opendocument.text"), Refusal.DOCUMENT),
    Bomb("zip.xlsx", lambda: zipped({"table.csv": "a,b\n1,2\n"}), Refusal.ARCHIVE),
    Bomb("program.xlsx", lambda: b"MZ\x90\0\3\0\0\0" + b"\0" * 500, Refusal.PROGRAM),
    Bomb("program.csv", lambda: b"\x7fELF\2\1\1" + b"\0" * 500, Refusal.PROGRAM),
    Bomb("page.xlsx", lambda: b"<html><body><table><tr><td>1</td></tr></table></body></html>", Refusal.WEB_PAGE),
    Bomb("page.xls", lambda: b"<!DOCTYPE html>\n<html><table><tr><td>1</td></tr></table></html>", Refusal.WEB_PAGE),
    Bomb("paper.xlsx", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"x" * 200, Refusal.PDF),
    Bomb("cut.xlsx", lambda: xlsx()[:-200], Refusal.DAMAGED),
    Bomb("crc.xlsx", _damaged, Refusal.DAMAGED),
    Bomb("empty.xlsx", lambda: xlsx(sheet("")), Refusal.NO_ROWS),
    Bomb(
        "columns.ods",
        lambda: ods(ods_table(ods_row(ods_cell("1", 'table:number-columns-repeated="1000000000"')))),
        Refusal.TOO_MANY_COLUMNS,
    ),
    Bomb(
        "rows.ods",
        lambda: ods(ods_table(ods_row(ods_cell("1"), attributes='table:number-rows-repeated="99999999999999999999"'))),
        Refusal.TOO_MANY_ROWS,
    ),
    Bomb(
        "text.ods",
        lambda: ods(
            ods_table(
                ods_row(
                    ods_cell("x" * 32_000, 'table:number-columns-repeated="200"'),
                    attributes='table:number-rows-repeated="1000"',
                )
            )
        ),
        Refusal.BOMB,
    ),
    Bomb(
        "far.ods",
        lambda: ods(
            ods_table(
                ods_row("<table:table-cell/>", attributes='table:number-rows-repeated="1048575"')
                + ods_row('<table:table-cell table:number-columns-repeated="16383"/>', ods_cell("1"))
            )
        ),
        Refusal.FAR_CELL,
    ),
    Bomb("blanks.ods", lambda: ods(ods_table(ods_row(ods_cell('<text:s text:c="999999999"/>')))), Refusal.LONG_CELL),
    Bomb("tables.ods", lambda: ods(ods_table("") * 10_000), Refusal.TOO_MANY_SHEETS),
    Bomb(
        "merged.ods",
        lambda: ods(ods_table(ods_row(ods_cell("1", 'table:number-rows-spanned="2"') * 100) * 600)),
        Refusal.TOO_MANY_MERGED,
    ),
    Bomb("laughs.ods", lambda: ods(ods_table(""), prolog=f'{DOCTYPE}<!ENTITY a "b">]>'), Refusal.ENTITIES),
    Bomb(
        "sources.ods",
        lambda: ods(ods_table('<table:table-source xlink:href="file:///etc/passwd"/>')),
        Refusal.EXTERNAL_LINKS,
    ),
    Bomb(
        "picture.ods",
        lambda: ods(
            ods_table(
                ods_row(ods_cell("", "") + '<table:table-cell><draw:image xlink:href="http://x/"/></table:table-cell>')
            )
        ),
        Refusal.EXTERNAL_LINKS,
    ),
    Bomb("listener.ods", lambda: ods("<script:event-listener/>"), Refusal.MACROS),
]


def refusal_of(bomb: Bomb, content: bytes) -> FileRefused:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        with pytest.raises(FileRefused) as refused:
            list(tables.read_file(file, bomb.name, Choices(), ("en",)).rows)
    return refused.value


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_harmful_file_is_refused_in_time_and_this_process_stays_small(bomb: Bomb) -> None:
    content = bomb.made()
    before = psutil.Process().memory_info().rss
    begun, worked = time.monotonic(), _seconds_of_children()
    refused = refusal_of(bomb, content)
    assert refused.context["why"] == bomb.code.value
    assert _seconds_of_children() - worked < MOST_SECONDS
    assert time.monotonic() - begun < MOST_WAIT_SECONDS
    assert psutil.Process().memory_info().rss - before < MOST_GROWTH_BYTES


def test_the_site_answers_while_files_are_read(live_server: LiveServer) -> None:
    content = xlsx(sheet("".join(f"<row>{_cell(f'A{row}', str(row)) * 9}</row>" for row in range(1, 60_000))))
    bomb = Bomb("rows.xlsx", bytes, Refusal.TOO_MANY_ROWS)
    # The first answer also loads the site.
    _seconds_of_an_answer(live_server)
    with ThreadPoolExecutor() as pool:
        readings = [pool.submit(refusal_of, bomb, content) for _ in range(2)]
        answered = []
        while not all(reading.done() for reading in readings):
            answered.append(_seconds_of_an_answer(live_server))
            time.sleep(0.05)
    assert {reading.result().context["why"] for reading in readings} == {Refusal.TOO_MANY_ROWS.value}
    assert len(answered) > 10
    assert max(answered) < 5


def _seconds_of_an_answer(live_server: LiveServer) -> float:
    begun = time.monotonic()
    with urllib.request.urlopen(f"{live_server.url}/livez", timeout=20) as answer:  # noqa: S310
        assert answer.status == 200
    return time.monotonic() - begun


# ---------------------------------------------------------------- what people are told
@pytest.mark.parametrize("code", list(Refusal))
def test_every_refusal_says_what_the_file_is_and_what_to_do(code: Refusal) -> None:
    facts = {"row": 1_048_576, "column": "XFD", "count": 10_000, "most": 50_000, "what": "PDF"}
    said = sentence(code.value, facts)
    assert said.count(". ") >= 1
    assert said.endswith(".")
    assert "–" not in said
    assert "{" not in said
    assert told({"code": code.value, **facts}) == said


def test_a_refusal_is_told_in_the_language_of_whoever_reads_it() -> None:
    bomb = Bomb("far.xlsx", lambda: xlsx(sheet(f'<row r="9000">{_cell("B9000")}</row>')), Refusal.FAR_CELL)
    refused = refusal_of(bomb, bomb.made())
    assert refused.context["facts"] == {"row": 9000, "column": "B"}
    assert "Its cell B9000 stands far" in refused.message()
    turned = refused.message(lambda msgid: msgid.replace("Its cell", "Ihre Zelle"))
    assert turned.startswith("The file far.xlsx was not read. Ihre Zelle B9000 ")
    assert turned.endswith("send it again. Nothing was changed.")


def test_what_broke_off_is_told_too_and_what_was_read_is_not() -> None:
    assert "damaged" in told({"code": "reading_broken", "limit": "memory"})
    assert told({}) == ""
    with translation.override("en"):
        assert "50,000" in sentence(Refusal.TOO_MANY_ROWS.value, {"most": 50_000})


# ---------------------------------------------------------------- whatever else is wrong with a file
HONEST = (
    xlsx(sheet(after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')),
    ods(ods_table(ods_row(ods_cell("x"), ods_cell("1", 'office:value-type="float" office:value="1"')) * 3)),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(HONEST), st.data())
def test_a_file_with_other_bytes_in_it_is_read_or_refused(honest: bytes, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(honest)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = _changed(parts[name], data)
    _read_or_refused(zipped(parts))
    _read_or_refused(_changed(honest, data))


def _changed(content: bytes, data: st.DataObject) -> bytes:
    at = data.draw(st.integers(0, len(content)))
    junk = data.draw(st.sampled_from([b"", b"0", b"-1", b"9" * 30, b"A1", b"<", b"&", b'"', b"\0", b"\xff", b"1e999"]))
    return content[:at] + junk + content[at + data.draw(st.integers(0, 9)) :]


def _read_or_refused(content: bytes) -> None:
    file = io.BytesIO(content)
    with contextlib.suppress(Refused):
        workbook.opened(file, packages.check(file), Choices())


def test_the_process_that_reads_may_take_so_much_and_no_more() -> None:
    assert tables.LIMITS.memory_bytes <= 600 * 1024 * 1024
    assert tables.LIMITS.cpu_seconds <= 30
    assert tables.LIMITS.wall_seconds <= 120
