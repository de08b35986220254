"""An office's file through the whole way in: published, compared with what is in force, withdrawn where it lacks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from markets.models import TradeTotal, UnmappedCode
from markets.refresh import refresh
from markets.sources.national.figures import Cell
from tests.markets.office_files import UZB_CSV, kaz_rows, xls

pytestmark = pytest.mark.django_db


def in_force(**wanted: str) -> dict[str, tuple[Decimal | None, str]]:
    rows = TradeTotal.objects.filter(known_to=None, **wanted)
    return {row.partner_id: (row.value, row.obs_status) for row in rows}


def saved(folder: Path, rows: list[list[Cell]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Основные показатели_2022.XLS").write_bytes(xls({"2022": rows}))
    return folder


def test_a_file_is_published_and_the_same_file_changes_nothing(tmp_path: Path) -> None:
    first = refresh("kaz-trade", path=saved(tmp_path, kaz_rows()))
    assert (first.added, first.held, first.problems) == (11, {}, [])
    assert in_force(reporter="KAZ", flow="M")["CHN"] == (Decimal("11143739729.19"), "")
    again = refresh("kaz-trade", path=saved(tmp_path, kaz_rows()))
    assert (again.added, again.revised, again.unchanged) == (0, 0, 11)


def test_a_partner_that_left_the_table_of_a_year_is_withdrawn(tmp_path: Path) -> None:
    extra: list[list[Cell]] = [["Фиджи", 3.25, 0.1, "", "", 3.25, 0.1], ["Атлантида", 12.5, 0.1, "", "", 12.5, 0.1]]
    refresh("kaz-trade", path=saved(tmp_path, kaz_rows(extra=extra)))
    assert in_force(reporter="KAZ", flow="M")["FJI"] == (Decimal(3250), "")
    assert UnmappedCode.objects.get(dataset="kaz-trade").code == "Атлантида"
    outcome = refresh("kaz-trade", path=saved(tmp_path, kaz_rows()))
    assert outcome.withdrawn == 1
    assert in_force(reporter="KAZ", flow="M")["FJI"] == (None, "x")


def test_a_total_that_moved_too_far_is_held_and_the_old_one_stays(tmp_path: Path) -> None:
    refresh("kaz-trade", path=saved(tmp_path, kaz_rows()))
    outcome = refresh("kaz-trade", path=saved(tmp_path, kaz_rows(china=19143739.0)))
    assert set(outcome.held) == {"KAZ/M/USD/"}
    assert in_force(reporter="KAZ", flow="M")["CHN"] == (Decimal("11143739729.19"), "")


def test_an_uzbek_file_without_a_total_passes_the_gates(tmp_path: Path) -> None:
    (tmp_path / "sdmx_data_1105.csv").write_text(UZB_CSV, encoding="utf-8")
    outcome = refresh("uzb-trade", path=tmp_path)
    assert (outcome.held, outcome.problems) == ({}, [])
    assert in_force(reporter="UZB", flow="X", period="2023")["CHN"] == (Decimal(2486557300), "")
    assert in_force(reporter="UZB", flow="X", period="2023")["SDN"] == (Decimal(0), "k")
