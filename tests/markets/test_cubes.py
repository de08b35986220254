"""Publishing a year of product-level trade: read, checked, summed and swapped in whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from markets.errors import (
    DuplicateRow,
    HeldIncomplete,
    HeldRejected,
    HeldShrunk,
    HeldTotalMoved,
    ReleaseHeld,
    SourceChanged,
)
from markets.ingest.cubes import Reason, publish_year, raw
from markets.models import FlowTotal, Product, RejectedRow, Release, Slice, TradeFlow, UnmappedCode
from markets.sources.cubes import CubeColumn
from tests.markets.cube_world import AREAS, CARD, ROWS, cube_year, flows, small_cube

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dataset() -> None:
    small_cube()


def test_a_year_is_published_in_our_words() -> None:
    outcome = publish_year(cube_year(), CARD)
    assert outcome.release
    assert (outcome.rows_read, outcome.published, outcome.rejected) == (5, 5, {})
    assert flows() == [
        ("CHN", "330410", "KAZ", Decimal(7000), None),
        ("CHN", "854143", "KAZ", Decimal(10500), Decimal(2000)),
        ("CHN", "854143", "UZB", Decimal(4250), Decimal(1500)),
        ("DEU", "010121", "KGZ", Decimal(1001), Decimal(3000)),
        ("DEU", "330410", "KAZ", Decimal(20000), Decimal(250)),
    ]
    assert Slice.objects.get(dataset=CARD.id).current == outcome.release


def test_sums_are_made_for_each_length_of_code_from_the_longest() -> None:
    publish_year(cube_year(), CARD)
    told = {
        (t.exporter_id, t.importer_id, t.product): (t.value_usd, t.net_weight_kg, t.weighed_usd, t.flows, t.partners)
        for t in FlowTotal.objects.filter(dataset=CARD.id, year=2021)
    }
    assert told["CHN", "", "854143"] == (Decimal(14750), Decimal(3500), Decimal(14750), 2, 2)
    assert told["CHN", "", "8541"] == told["CHN", "", "85"] == told["CHN", "", "854143"]
    assert told["", "KAZ", "33"] == (Decimal(27000), Decimal(250), Decimal(20000), 2, 2)
    assert told["CHN", "KAZ", ""] == (Decimal(17500), Decimal(2000), Decimal(10500), 2, 0)
    assert told["", "", "330410"] == (Decimal(27000), Decimal(250), Decimal(20000), 2, 2)
    assert ("", "", "") not in told


def test_the_same_text_again_writes_nothing_and_says_so() -> None:
    first = publish_year(cube_year(), CARD)
    again = publish_year(cube_year(), CARD)
    assert again.is_same
    assert again.release is None
    assert list(Release.objects.filter(dataset=CARD.id)) == [first.release]


def test_another_vintage_takes_the_place_of_the_year() -> None:
    publish_year(cube_year(), CARD)
    newer = publish_year(cube_year([*ROWS[:4], "2021,276,417,10121,1.5,3"]), CARD)
    assert len(flows()) == 5
    assert ("DEU", "010121", "KGZ", Decimal(1500), Decimal(3000)) in flows()
    assert set(FlowTotal.objects.filter(dataset=CARD.id).values_list("release", flat=True)) == {newer.release.pk}


# ---------------------------------------------------------------- what is refused
def many(*odd: str) -> list[str]:
    """So many good rows that a few odd ones are no reason to hold the year back, the odd ones last."""
    return [f"2021,156,398,{number:06d},1,1" for number in range(10100, 10100 + 500 * len(odd))] + list(odd)


def test_rows_that_cannot_be_published_are_kept_with_line_and_reason() -> None:
    odd = {
        "2020,156,398,330410,1,1": Reason.WRONG_YEAR,
        "2021,156,999,330410,1,1": Reason.UNKNOWN_AREA,
        "2021,156,156,330410,1,1": Reason.SAME_AREA,
        "2021,156,398,TOTAL,1,1": Reason.PRODUCT_FORM,
        '2021,156,398,330410,"1,5",1': Reason.NO_NUMBER,
        "2021,156,398,330411,NaN,1": Reason.NO_NUMBER,
        "2021,156,398,330412,1e22,1": Reason.NO_NUMBER,
        "2021,156,398,330413,-1,1": Reason.NEGATIVE,
    }
    rows = many(*odd)
    outcome = publish_year(cube_year(rows), CARD)
    assert outcome.release
    assert outcome.rows_read == len(rows) == outcome.published + len(odd)
    kept = RejectedRow.objects.filter(release=outcome.release)
    first = len(rows) - len(odd) + 2
    assert [(r.line, r.reason, r.text, r.file) for r in kept] == [
        (first + number, reason, text, "CUBE_HS17_Y2021.csv") for number, (text, reason) in enumerate(odd.items())
    ]
    assert outcome.rejected[Reason.NO_NUMBER] == 3
    unknown = UnmappedCode.objects.get(dataset=CARD.id)
    assert (unknown.scheme, unknown.code, unknown.rows) == ("area", "999", 1)


def test_a_blank_too_many_is_no_reason() -> None:
    outcome = publish_year(cube_year([*ROWS, " 2021 , 156,398 ,  330499 , 1 ,   "]), CARD)
    assert (outcome.published, outcome.rejected) == (6, {})
    assert ("CHN", "330499", "KAZ", Decimal(1000), None) in flows()


def test_too_many_refused_rows_hold_the_year_back() -> None:
    with pytest.raises(HeldRejected) as held:
        publish_year(cube_year([*ROWS, "2021,156,999,330410,1,1"]), CARD)
    assert "1 of 6 rows" in str(held.value)
    assert "unknown_area 1 (first in line 7)" in str(held.value)
    assert flows() == []
    assert not Release.objects.filter(dataset=CARD.id).exists()
    assert UnmappedCode.objects.filter(dataset=CARD.id, code="999").exists()


def test_a_year_that_lost_many_rows_is_held_and_the_one_in_force_stays() -> None:
    publish_year(cube_year(), CARD)
    with pytest.raises(HeldShrunk):
        publish_year(cube_year(ROWS[:3]), CARD)
    assert len(flows()) == 5


def test_a_total_that_moved_far_is_held() -> None:
    publish_year(cube_year(), CARD)
    with pytest.raises(HeldTotalMoved):
        publish_year(cube_year([row.replace(",20,", ",2000,") for row in ROWS]), CARD)
    assert len(flows()) == 5


def test_what_each_vintage_names_must_be_there() -> None:
    with pytest.raises(HeldIncomplete):
        publish_year(cube_year(), replace(CARD, required=("KAZ", "TJK")))


def test_identical_repetitions_are_dropped_and_counted() -> None:
    outcome = publish_year(cube_year([*ROWS, ROWS[0], ROWS[0]]), CARD)
    assert (outcome.rows_read, outcome.published, outcome.repeated) == (7, 5, 2)
    assert len(flows()) == 5


def test_a_key_with_two_values_refuses_the_year() -> None:
    with pytest.raises(DuplicateRow, match="CHN 854143 KAZ 2021"):
        publish_year(cube_year([*ROWS, "2021,156,398,854143,99,2"]), CARD)
    assert flows() == []


def test_products_are_looked_up_where_their_revision_is_loaded() -> None:
    codes = list(Product.objects.filter(classification="HS2022", code__regex=r"^\d{6}$").values_list("code", flat=True))
    rows = [f"2021,156,398,{code},1,1" for code in codes[:300]]
    outcome = publish_year(cube_year([*rows, "2021,156,398,999998,1,1"], classification="HS2022"), CARD)
    assert outcome.rejected == {Reason.UNKNOWN_PRODUCT: 1}
    assert UnmappedCode.objects.get(dataset=CARD.id).scheme == "HS2022"


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        pytest.param(["2021,156,398,330410,1,1,7"], "t,i,j,k,v,q", "line 2", id="a column too many"),
        pytest.param([*ROWS, "2021,156"], "t,i,j,k,v,q", "line 7", id="a row cut off"),
        pytest.param(ROWS, "t,i,j,k,q,v", "header", id="other columns"),
        pytest.param([], "", "header", id="empty"),
    ],
)
def test_text_that_is_no_such_table_is_refused(rows: list[str], header: str, said: str) -> None:
    with pytest.raises(SourceChanged, match=said):
        publish_year(cube_year(rows, header=header), CARD)


def test_the_same_text_read_in_another_way_is_published_anew() -> None:
    publish_year(cube_year(), CARD)
    assert publish_year(cube_year(), CARD).is_same
    assert publish_year(cube_year(areas=AREAS | {"417": "TJK"}), CARD).release
    assert ("DEU", "010121", "TJK", Decimal(1001), Decimal(3000)) in flows()


def test_a_quotation_mark_that_nothing_closes_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "COPY_BYTES", 100)
    year = cube_year(['2021,156,398,"330410,1,1', *ROWS * 100])
    taken: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        for chunk in year.chunks():
            taken.append(chunk)
            yield chunk

    with pytest.raises(SourceChanged, match="never closed"):
        publish_year(replace(year, chunks=chunks), CARD)
    assert sum(map(len, taken)) < 600


@pytest.mark.parametrize("end", [pytest.param("", id="unix"), pytest.param("\r", id="windows")])
def test_a_line_that_ends_the_text_early_is_refused(end: str) -> None:
    with pytest.raises(SourceChanged, match="line 4: it marks the end"):
        publish_year(cube_year([*ROWS[:2], "\\." + end, *ROWS[2:]]), CARD)
    assert flows() == []


def test_another_revision_does_not_take_the_place_of_a_year() -> None:
    publish_year(cube_year(), CARD)
    with pytest.raises(ReleaseHeld, match="is in HS2012, the year in force in HS2017"):
        publish_year(cube_year([*ROWS, "2021,276,860,330410,1,1"], classification="HS2012"), CARD)
    assert set(TradeFlow.objects.filter(dataset=CARD.id).values_list("classification", flat=True)) == {"HS2017"}


def test_nothing_is_left_over() -> None:
    publish_year(cube_year(), CARD)
    with pytest.raises(DuplicateRow):
        publish_year(cube_year([*ROWS, "2021,156,398,854143,99,2"]), CARD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'cube\\_%' AND relkind = 'r'")
        assert cursor.fetchall() == []


def test_an_older_vintage_does_not_take_the_place_of_a_newer_one() -> None:
    newer = replace(cube_year().vintage, released_on=dt.date(2024, 1, 1))
    publish_year(cube_year(vintage=newer), CARD)
    older = replace(newer, released_on=dt.date(2022, 1, 1))
    outcome = publish_year(cube_year([*ROWS, "2021,276,860,330410,1,1"], vintage=older), CARD)
    assert outcome.is_older
    assert len(flows()) == 5


# ---------------------------------------------------------------- what is told by both sides
def test_a_report_tells_who_sold_by_its_direction() -> None:
    columns = tuple(
        CubeColumn(name, name)
        for name in ("period", "reporter", "partner", "flow", "product", "classification", "value", "currency")
    )
    rows = [
        "2021,KAZ,CHN,M,854143,HS2017,5,EUR",
        "2021,CHN,KAZ,X,854143,HS2017,4,EUR",
        "2021-03,CHN,KAZ,RX,8541,HS2017,,",
    ]
    header = ",".join(column.header for column in columns)
    plain = {"columns": columns, "areas": {}, "basis": None, "flow": None, "classification": ""}
    publish_year(cube_year(rows, header=header, **plain), CARD)
    told = TradeFlow.objects.filter(dataset=CARD.id).order_by("basis", "period")
    assert [(f.exporter_id, f.importer_id, f.basis, f.flow, f.frequency, f.value, f.obs_status) for f in told] == [
        ("CHN", "KAZ", "exporter_reported", "X", "A", Decimal(4), ""),
        ("CHN", "KAZ", "exporter_reported", "RX", "M", None, "x"),
        ("CHN", "KAZ", "importer_reported", "M", "A", Decimal(5), ""),
    ]
    assert not FlowTotal.objects.filter(dataset=CARD.id).exists()  # nothing is stated in dollars
