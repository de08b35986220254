"""One number on its way: payload, refresh, profile, page, CSV, XLSX, JSON, API. It is the same number in all."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command
from django.test import Client

from markets.models import Observation, Payload
from markets.profiles import country_profile, indicator_page, release_page, series_page
from markets.profiles.figures import Figure
from markets.vocabulary import AsOf
from tests.factories import GDP, POPULATION, SPECIMENS, database_now

pytestmark = pytest.mark.django_db

FORM = SPECIMENS / "worldbank"
LANGUAGES = ("en", "zh-hans", "ru")
SHEET = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
Numbers = dict[str, Decimal]


def refresh(*arguments: str) -> str:
    said = io.StringIO()
    call_command("refresh", "worldbank", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def moments() -> dict[str, AsOf]:
    """The product as it comes, then two vintages from files; the moment after each."""
    known = {}
    refresh("--bundled", "--series", GDP, POPULATION)
    known["bundled"] = database_now()
    for vintage in ("first", "revised"):
        refresh("--from", str(FORM / vintage))
        known[vintage] = database_now()
    return known


def asked(path: str, as_of: AsOf | None = None, **words: str) -> Any:
    query = urlencode(words | ({"as_of": as_of.at.isoformat()} if as_of else {}))
    answer = Client().get(f"{path}?{query}" if query else path)
    assert answer.status_code == 200, (path, answer.content[:300])
    return answer


# ---------------------------------------------------------------- the same numbers, read from each form
def on_the_page(language: str, area: str, as_of: AsOf | None) -> set[Decimal]:
    """Every exact amount that the page gives beside its shortened one, with the signs of its language removed."""
    text = asked(f"/{language}/markets/{area}/", as_of).content.decode()
    titles = re.findall(r'title="([^"]+)"', html.unescape(text))
    return {number for title in titles for number in amounts(title, language)}


def amounts(text: str, language: str) -> Iterator[Decimal]:
    for found in re.findall(r"-?\d[\d\s.,\u00a0\u202f]*\d|\d", text):
        plain = re.sub(r"[\s\u00a0\u202f]", "", found)
        plain = plain.replace(",", ".") if language == "ru" else plain.replace(",", "")
        try:
            yield Decimal(plain)
        except ArithmeticError:
            continue


def in_csv(area: str, as_of: AsOf | None) -> Numbers:
    text = asked(f"/en/markets/{area}/", as_of, download="csv").content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text.split("\r\n\r\n")[0]))
    return {row["indicator"]: Decimal(row["value"]) for row in rows}


def in_json(area: str, as_of: AsOf | None) -> Numbers:
    rows = asked(f"/en/markets/{area}/", as_of, download="json").json()["data"]
    return {row["indicator"]: Decimal(row["value"]) for row in rows}


def in_xlsx(area: str, as_of: AsOf | None) -> Numbers:
    book = zipfile.ZipFile(io.BytesIO(asked(f"/en/markets/{area}/", as_of, download="xlsx").content))
    texts = ["".join(t.itertext()) for t in ET.fromstring(book.read("xl/sharedStrings.xml"))]  # noqa: S314 our own file
    sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 our own file
    rows = [[cell_text(cell, texts) for cell in row.findall("m:c", SHEET)] for row in sheet.findall(".//m:row", SHEET)]
    at = next(n for n, row in enumerate(rows) if "indicator" in row or "Code" in row)
    code, value = (
        next(rows[at].index(name) for name in names if name in rows[at])
        for names in (("indicator", "Code"), ("value", "Value"))
    )
    return {
        row[code]: Decimal(row[value])
        for row in rows[at + 1 :]
        if len(row) > value and re.fullmatch(r"[A-Z.]+", row[code])
    }


def cell_text(cell: ET.Element, texts: list[str]) -> str:
    value = cell.findtext("m:v", "", SHEET)
    return texts[int(value)] if cell.get("t") == "s" else value


def in_api(area: str, as_of: AsOf | None) -> Numbers:
    profile = asked(f"/api/v1/markets/{area}/profile/", as_of).json()
    profile = profile.get("data", profile)
    return {f["indicator"]["code"]: Decimal(f["value"]) for group in profile["groups"] for f in group["figures"]}


def in_observations(area: str, as_of: AsOf | None, figures: dict[str, Figure]) -> Numbers:
    answer = asked("/api/v1/observations/", as_of, market=area, indicator=",".join(figures), limit="1000").json()
    return {
        row["indicator"]["code"]: Decimal(row["value"])
        for row in answer["data"]
        if row["period"] == figures[row["indicator"]["code"]].period
    }


def test_every_figure_of_a_market_is_the_same_number_in_every_form_at_every_moment(moments: dict[str, AsOf]) -> None:
    for area, as_of in (("KAZ", moments["bundled"]), ("UZB", moments["first"]), ("KAZ", None), ("UZB", None)):
        figures = {f.indicator.code: f for group in country_profile(area, as_of).groups for f in group.figures}
        assert figures.keys() == {GDP, POPULATION}
        expected = {code: figure.value for code, figure in figures.items()}
        assert in_csv(area, as_of) == expected
        assert in_json(area, as_of) == expected
        assert in_xlsx(area, as_of) == expected
        assert in_api(area, as_of) == expected
        assert in_observations(area, as_of, figures) == expected
        for language in LANGUAGES:
            assert set(expected.values()) <= on_the_page(language, area, as_of), (area, language)


# ---------------------------------------------------------------- files publish a release, and the old page stays
@pytest.mark.usefixtures("moments")
def test_files_publish_a_release_and_its_changes_show_as_revised_old_and_new() -> None:
    figure = country_profile("UZB").headline[0]
    assert (figure.indicator.code, figure.period, figure.value) == (GDP, "2024", Decimal("118400000000.5"))
    assert figure.obs_status == "r"
    assert figure.revised_from is not None
    assert figure.revised_from.value == Decimal("114965302748.27")
    assert figure.provenance is not None
    assert (figure.provenance.transport, figure.provenance.released_on) == ("file", dt.date(2025, 10, 7))

    series = series_page("KAZ", GDP)
    told = [(v.value, v.obs_status, v.source.transport) for v in series.vintages if v.period == "2023"]
    assert told[:2] == [(Decimal("266500000000.5"), "r", "file"), (Decimal("262641955166.886"), "", "file")]
    assert told[2][2] == "bundled"
    assert told[2][0] == Decimal("2.62642E+11"), "the same figure, printed shorter: refined by the first file"

    page = indicator_page(GDP)
    changed = {(r.area, r.period): (r.old_value, r.new_value) for r in page.revisions if r.new.transport == "file"}
    assert changed[("UZB", "2024")] == (Decimal("114965302748.27"), Decimal("118400000000.5"))
    assert changed[("KAZ", "2023")] == (Decimal("262641955166.886"), Decimal("266500000000.5"))
    assert changed[("KAZ", "2021")][1] is None, "withdrawn, and not zero"
    assert (Decimal("2.62642E+11"), Decimal("262641955166.886")) not in changed.values()

    for old, new in (("114,965,302,748.27", "118,400,000,000.5"),):
        text = html.unescape(asked("/en/markets/UZB/indicators/NY.GDP.MKTP.CD/").content.decode())
        assert old in text
        assert new in text


def test_the_old_page_is_still_given_as_of_then(moments: dict[str, AsOf]) -> None:
    old, new = Decimal("114965302748.27"), Decimal("118400000000.5")
    for language in LANGUAGES:
        then, today = on_the_page(language, "UZB", moments["first"]), on_the_page(language, "UZB", None)
        assert old in then
        assert new not in then
        assert new in today
        assert not {old, new} & on_the_page(language, "UZB", moments["bundled"])


def test_before_every_vintage_the_page_says_that_nothing_was_known() -> None:
    refresh("--from", str(FORM / "first"))
    profile = country_profile("KAZ", AsOf.parse("1999-12-31"))
    assert {figure.missing for figure in profile.headline} == {"not_known_then"}
    assert asked("/en/markets/KAZ/", AsOf.parse("1999-12-31")).status_code == 200


def test_what_a_file_did_not_speak_of_is_untouched(moments: dict[str, AsOf]) -> None:
    for area in ("KGZ", "CHN", "DEU"):
        now, then = series_page(area, POPULATION), series_page(area, POPULATION, moments["bundled"])
        assert len(now.line.points) > 10
        assert (now.line, now.vintages) == (then.line, then.vintages)
    assert set(Observation.objects.filter(value=None).values_list("area_id", "period")) == {("KAZ", "2021")}


@pytest.mark.usefixtures("moments")
def test_a_doubted_number_can_be_walked_back_to_the_bytes_it_came_in() -> None:
    figure = country_profile("UZB").headline[0]
    assert figure.provenance is not None
    release = release_page(figure.provenance.release)
    assert "gdp-uzb.json" in release.request
    assert [s.indicator for s in release.slices] == [GDP]
    bodies = [Payload.objects.get(pk=line.sha256).body for line in release.payloads]
    assert (FORM / "revised" / "gdp-uzb.json").read_bytes() in bodies
    for line in release.payloads:
        answer = asked(f"/en/releases/{release.release.id}/payloads/{line.sha256}/")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert body in bodies
