"""`/flows/`: filters, order, paging, files, vintages, and what a licence keeps back."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import Dataset, TradeFlow
from markets.queries import copying
from tests.markets.api_world import asked
from tests.markets.flow_world import CUBE, REPORTS, publish_small_cube, state

pytestmark = pytest.mark.django_db
Key = tuple[str, str, str, str, str]


def refused(path: str, **headers: str) -> dict[str, Any]:
    answer = Client().get(f"/api/v1/{path}", headers=headers)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()["errors"][0]


def keys(path: str) -> list[Key]:
    return [
        (r["exporter"]["iso3"], r["product"], r["importer"]["iso3"], r["period"], r["basis"])
        for r in asked(path)["data"]
    ]


def short(path: str) -> list[str]:
    return [" ".join(key[:4]) for key in keys(path)]


def file_of(path: str, **headers: str) -> tuple[list[dict[str, str]], list[str]]:
    """The rows of a CSV, and its remarks."""
    answer = Client().get(f"/api/v1/{path}", headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/csv")
    lines = b"".join(answer).decode().splitlines()  # type: ignore[arg-type] bytes in pieces
    remarks = [line for line in lines if line.startswith("# ")]
    rows = [line for line in lines if not line.startswith("# ")]
    return list(csv.DictReader(io.StringIO("\n".join(rows)))), remarks


# ---------------------------------------------------------------- records
def test_a_record_stands_alone() -> None:
    publish_small_cube()
    (record,) = asked("flows/?exporter=CHN&importer=KAZ&product=854140&year=2021")["data"]
    assert (Decimal(record["value_usd"]), Decimal(record["net_weight_kg"])) == (2_000_000, 200_000)
    assert (record["basis"], record["reporter"], record["partner"]) == ("reconciled", None, None)
    assert (record["level"], record["classification"], record["frequency"]) == (6, "HS2017", "A")
    assert (record["status"], record["obs_status_sdmx"], record["method"]) == ("", "A", "as_published")
    assert (record["source"]["id"], record["vintage"]["title"]) == (CUBE, f"{CUBE} 2021")
    assert record["exporter"] == {"iso3": "CHN", "name": "China", "is_aggregate": False}


def test_each_side_of_a_trade_stands_by_itself_with_its_reporter() -> None:
    publish_small_cube()
    by_importer, by_exporter = asked("flows/?exporter=CHN&importer=KAZ&product=8541&frequency=A")["data"]
    assert (by_exporter["reporter"]["iso3"], by_exporter["partner"]["iso3"]) == ("CHN", "KAZ")
    assert (by_importer["reporter"]["iso3"], by_importer["partner"]["iso3"]) == ("KAZ", "CHN")
    assert (by_exporter["valuation"], by_importer["valuation"]) == ("FOB", "CIF")
    assert (by_exporter["flow"], by_importer["flow"]) == ("X", "M")


def test_what_is_missing_is_null_and_says_what_there_is() -> None:
    publish_small_cube()
    (in_euro,) = asked("flows/?exporter=DEU&product=8418")["data"]
    assert (in_euro["value_usd"], Decimal(in_euro["value"]), in_euro["currency"]) == (None, 90_000, "EUR")
    (hidden,) = asked("flows/?exporter=DEU&period=2021-04")["data"]
    assert (hidden["value_usd"], hidden["value"], hidden["status"]) == (None, None, "c")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("exporter=DEU&year=2020", ["DEU 854140 KAZ 2020"]),
        ("importer=UZB&period_from=2021", ["CHN 854140 UZB 2021"]),
        ("reporter=KAZ", ["CHN 8541 KAZ 2021"]),
        ("reporter=CHN&partner=KAZ&period=2021", ["CHN 8541 KAZ 2021"]),
        ("partner=DEU", []),
        ("product=8541", ["CHN 8541 KAZ 2021", "CHN 8541 KAZ 2021", "CHN 8541 KAZ 2021-03", "DEU 8541 KAZ 2021-04"]),
        ("product=84*&year=2021", ["CHN 841821 KAZ 2021", "DEU 8418 KAZ 2021"]),
        ("product=8541*&level=6&importer=KAZ&year=2020&exporter=CHN", ["CHN 854140 KAZ 2020", "CHN 854141 KAZ 2020"]),
        ("product=270900,8418&year=2021", ["DEU 8418 KAZ 2021", "KAZ 270900 CHN 2021"]),
        ("level=4&frequency=A&basis=importer_reported", ["CHN 8541 KAZ 2021"]),
        ("level=2", []),
        ("flow=M", ["CHN 8541 KAZ 2021"]),
        ("frequency=M", ["CHN 8541 KAZ 2021-03", "DEU 8541 KAZ 2021-04"]),
        ("period_from=2021-02&period_to=2021-03", ["CHN 8541 KAZ 2021-03"]),
        (f"dataset={REPORTS}&exporter=DEU", ["DEU 8418 KAZ 2021", "DEU 8541 KAZ 2021-04"]),
        ("classification=HS2012", []),
    ],
)
def test_filters(query: str, wanted: list[str]) -> None:
    publish_small_cube()
    assert short(f"flows/?{query}") == wanted


@pytest.mark.parametrize("sort", ["", "exporter", "-exporter", "importer", "-importer"])
def test_paging_by_twos_gives_every_row_once_in_order(sort: str) -> None:
    publish_small_cube()
    order = f"&sort={sort}" if sort else ""
    whole = keys(f"flows/?limit=1000{order}")
    assert len(whole) == len(set(whole)) == 17
    paged: list[Key] = []
    path = f"flows/?limit=2{order}"
    while path:
        answer = asked(path)
        paged += [
            (r["exporter"]["iso3"], r["product"], r["importer"]["iso3"], r["period"], r["basis"])
            for r in answer["data"]
        ]
        path = (answer["page"]["next"] or "").partition("/api/v1/")[2]
    assert paged == whole


def test_one_market_is_told_from_its_newest_period() -> None:
    publish_small_cube()
    periods = [key[3] for key in keys("flows/?importer=KAZ&sort=-period")]
    assert periods == sorted(periods, reverse=True)
    assert (periods[0], periods[-1]) == ("2021-04", "2020")


def test_rows_of_importers_are_ordered_by_them_where_no_order_is_asked_for() -> None:
    publish_small_cube()
    importers = [key[2] for key in keys("flows/?importer=KAZ,CHN,UZB")]
    assert importers == sorted(importers)


# ---------------------------------------------------------------- what is loaded
def test_the_answer_says_what_is_loaded_at_all() -> None:
    publish_small_cube()
    meta = asked("flows/?exporter=CHN&year=1999")["meta"]
    assert meta["loaded"] == [{"dataset": CUBE, "years": [2020, 2021]}, {"dataset": REPORTS, "years": [2021]}]
    assert "not loaded" in meta["note"]


def test_loaded_years_that_state_nothing_are_not_called_missing() -> None:
    publish_small_cube()
    answer = asked("flows/?exporter=TKM&year=2021")
    assert answer["data"] == []
    assert "note" not in answer["meta"]


def test_nothing_at_all_is_an_answer_too() -> None:
    answer = asked("flows/")
    assert (answer["data"], answer["meta"]["loaded"]) == ([], [])


def test_as_of_leaves_out_what_was_not_public_then() -> None:
    publish_small_cube()
    assert {key[4] for key in keys("flows/?as_of=2024-06-30")} == {"reconciled"}
    before = asked("flows/?as_of=2001-01-01")
    assert (before["data"], before["meta"]["note"]) == ([], "not known then")


def test_updated_since_gives_whole_years_that_came_later() -> None:
    publish_small_cube()
    answer = asked("flows/?updated_since=2025-01-01")
    assert {r["source"]["id"] for r in answer["data"]} == {REPORTS}
    assert answer["meta"]["complete_until"]
    assert keys("flows/?updated_since=2099-01-01") == []


@pytest.mark.parametrize("redistribution", ["signed_in", "none"])
def test_a_licence_that_keeps_figures_back_keeps_them_back(redistribution: str) -> None:
    publish_small_cube()
    Dataset.objects.filter(pk=REPORTS).update(redistribution=redistribution)
    answer = asked("flows/?limit=1000")
    assert {r["source"]["id"] for r in answer["data"]} == {CUBE}
    assert REPORTS in answer["meta"]["withheld_datasets"]
    assert answer["meta"]["loaded"] == [{"dataset": CUBE, "years": [2020, 2021]}]
    rows, remarks = file_of("flows/?format=csv")
    assert {row["dataset"] for row in rows} == {CUBE}
    assert not any(REPORTS in remark for remark in remarks)
    assert asked(f"flows/?dataset={REPORTS}")["data"] == []


def test_what_is_in_quarantine_never_leaves() -> None:
    _old, new, _reports = publish_small_cube()
    state("CHN 999999 KAZ 2021", 1, new, obs_status="q")
    assert keys("flows/?product=999999") == []
    assert file_of("flows/?product=999999&format=csv")[0] == []


def test_rows_are_counted_on_request_and_no_further_than_one_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small_cube()
    assert asked("flows/?importer=UZB&count=exact")["meta"]["total"] == 2
    monkeypatch.setattr("markets.api.flows.MOST_COUNTED", 5)
    meta = asked("flows/?count=exact")["meta"]
    assert (meta["total"], meta["total_above"]) == (None, 5)


# ---------------------------------------------------------------- files
def test_a_file_holds_the_same_rows_as_the_records() -> None:
    publish_small_cube()
    rows, remarks = file_of("flows/?importer=KAZ&format=csv&sort=importer")
    records = asked("flows/?importer=KAZ&limit=1000&sort=importer")["data"]
    assert len(rows) == len(records) == 13
    for row, record in zip(rows, records, strict=True):
        for side in ("exporter", "importer", "reporter", "partner"):
            assert row[side] == (record[side]["iso3"] if record[side] else "")
        for name in ("basis", "flow", "classification", "product", "period", "frequency", "currency", "valuation"):
            assert row[name] == record[name]
        for name in ("value_usd", "value", "net_weight_kg", "quantity"):
            assert row[name] == (record[name] or "")
        assert (row["level"], row["obs_status"]) == (str(record["level"]), record["status"])
        assert (row["dataset"], row["release"]) == (record["source"]["id"], str(record["vintage"]["release"]))
    assert f"# Source: {CUBE}, 2021" in remarks


def test_a_file_marks_groups_of_markets_as_the_records_do() -> None:
    _old, new, _reports = publish_small_cube()
    state("WLD 010121 KAZ 2021", 9, new)
    state("CHN 010121 WLD 2021", 7, new)
    rows, remarks = file_of("flows/?product=010121&format=csv&sort=exporter")
    marks = [(row["exporter_is_aggregate"], row["importer_is_aggregate"]) for row in rows]
    records = asked("flows/?product=010121&sort=exporter")["data"]
    assert marks == [("false", "true"), ("true", "false")]
    assert marks == [tuple(json.dumps(r[side]["is_aggregate"]) for side in ("exporter", "importer")) for r in records]
    assert any("never added to its members" in remark for remark in remarks)


def test_a_file_may_be_asked_for_by_its_media_type_and_comes_as_one() -> None:
    publish_small_cube()
    answer = Client().get("/api/v1/flows/?exporter=DEU", headers={"Accept": "text/csv"})
    assert answer.streaming
    assert answer["Content-Disposition"].startswith('attachment; filename="sogdia-flows.csv"')
    assert answer["Cache-Control"] == "no-store"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert b"".join(answer).startswith(b"dataset,exporter,importer,exporter_is")  # type: ignore[arg-type]
    plain = Client().get("/api/v1/flows/?exporter=DEU&format=json", headers={"Accept": "text/csv"})
    assert plain["Content-Type"] == "application/json"
    head = Client().head("/api/v1/flows/?format=csv")
    assert (head.status_code, b"".join(head)) == (200, b"")  # type: ignore[arg-type]


def test_a_file_of_nothing_has_its_header() -> None:
    rows, remarks = file_of("flows/?format=csv")
    assert rows == []
    assert remarks


def test_a_text_that_a_spreadsheet_might_run_is_harmless_in_a_file() -> None:
    _old, new, _reports = publish_small_cube()
    state("CHN 010121 KAZ 2021", 1, new, quantity=Decimal(2), quantity_unit="=1+1")
    (row,) = file_of("flows/?product=010121&format=csv")[0]
    assert (row["quantity_unit"], row["product"]) == ("'=1+1", "010121")


def test_large_files_are_given_out_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small_cube()
    monkeypatch.setattr(copying, "_CHUNK_BYTES", 100)
    answer = Client().get("/api/v1/flows/?format=csv")
    pieces = list(answer)
    assert len(pieces) >= 10
    assert max(map(len, pieces)) < 1000


def test_who_stops_reading_a_file_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small_cube()
    monkeypatch.setattr(copying, "_CHUNK_BYTES", 100)
    rows = TradeFlow.objects.values_list("product")
    for _again in range(2):
        pieces = copying.Begun(copying.copied_csv(rows, ["product"]))
        assert next(pieces).startswith(b"product\n")
        pieces.close()
        assert list(pieces) == []
        assert not connection.needs_rollback
    assert len(asked("flows/?limit=1000")["data"]) == 17


def test_who_reads_a_file_for_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small_cube()
    monkeypatch.setattr(copying, "_CHUNK_BYTES", 100)
    monkeypatch.setattr(copying, "MOST_SECONDS", 0)
    pieces = iter(Client().get("/api/v1/flows/?format=csv"))
    assert next(pieces)
    with pytest.raises(TimeoutError):
        next(pieces)
    assert list(pieces) == []
    assert not connection.needs_rollback
    monkeypatch.undo()
    assert len(file_of("flows/?format=csv")[0]) == 17


def test_more_files_than_there_is_room_for_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small_cube()
    monkeypatch.setattr(copying, "MOST_AT_ONCE", 0)
    answer = Client().get("/api/v1/flows/?format=csv")
    assert (answer.status_code, answer.json()["code"]) == (503, "files_busy")
    assert answer["Retry-After"]


# ---------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("exporter=XYZ", "exporter"),
        ("partner=kaz", "partner"),
        ("product=854", "product"),
        ("product=*", "product"),
        ("level=3", "level"),
        ("basis=own", "basis"),
        ("flow=Z", "flow"),
        ("year=21", "year"),
        ("period=20211", "period"),
        ("period_from=2024&period_to=2022", "period_from"),
        ("dataset=worldbank", "dataset"),
        ("classification=H5", "classification"),
        ("sort=value", "sort"),
        ("sort=period", "sort"),
        ("format=xml", "format"),
        ("fields=value_usd", "fields"),
        ("fields=product,value_usd", "fields"),
        ("fields=product,basis,value_usd", "fields"),
        ("format=csv&limit=10", "limit"),
        ("format=csv&fields=product", "fields"),
    ],
)
def test_what_names_nothing_or_would_mislead_is_refused(query: str, parameter: str) -> None:
    publish_small_cube()
    assert refused(f"flows/?{query}")["parameter"] == parameter


def test_a_refusal_of_a_file_is_told_as_every_other() -> None:
    assert refused("flows/?exporter=XYZ", Accept="text/csv")["parameter"] == "exporter"


def test_figures_may_be_chosen_with_what_names_them() -> None:
    publish_small_cube()
    (record,) = asked("flows/?exporter=DEU&year=2020&fields=product,classification,basis,value_usd")["data"]
    assert set(record) == {"product", "classification", "basis", "value_usd"}


def test_a_list_asks_as_many_questions_for_many_rows_as_for_few() -> None:
    publish_small_cube()

    def questions(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            asked(path)
        return len(captured)

    assert questions("flows/?limit=1") == questions("flows/?limit=100") <= 6
