"""The offices' own files and all that was compiled from them, where a copy of that data stands beside the project.

Looked for in `shared/data` beside the checkout, or where SHARED_DATA says.
"""

from __future__ import annotations

import csv
import gzip
import os
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from markets.sources import bundled
from markets.sources.base import Delivery, TradeTotalRow
from markets.sources.national import KAZ, KGZ, SOURCES, UZB
from markets.sources.national.figures import Cell
from markets.sources.national.office import NationalOffice
from markets.sources.national.partners import Kind, partner_of
from tests.markets.office_files import deliveries, only, payload, reason, values, xls, xlsx

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
FILES = SHARED / "specimens" / "national"
COMPILED = SHARED / "totals" / "ca3_partner_totals_all_sources.csv.gz"

pytestmark = pytest.mark.skipif(not COMPILED.exists(), reason="the compiled totals are not beside this checkout")

OFFICE_BY_REPORTER = {office.reporter: office for office in SOURCES.values()}
# Of no one country: unions, what nobody knows, and states that are no more.
NOBODY = {
    *("Undefined country", "European Union (EU)", "UN", "Channel Islands", "Other countries"),
    *("Netherlands antilles", "Netherlands Antilles"),
}
Row = dict[str, str]


@cache
def compiled() -> list[Row]:
    with gzip.open(COMPILED, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def compiled_sources() -> list[str]:
    """The files and sheets that rows were compiled from."""
    return sorted({row["source"] for row in compiled()}) if COMPILED.exists() else []


def expected(rows: list[Row]) -> dict[tuple[str, str, str], set[Decimal]]:
    """What the compiled rows state of each country, in dollars."""
    found: dict[tuple[str, str, str], set[Decimal]] = {}
    for row in rows:
        partner = partner_of([row["partner_name"]], row["partner_code"])
        if partner.area:
            dollars = (Decimal(row["value_kusd"]) * 1000).quantize(Decimal("0.01"))
            found.setdefault((row["flow"], partner.area, row["year"]), set()).add(dollars)
    return found


def agrees(delivery: Delivery, rows: list[Row]) -> None:
    """Every country of the compiled rows is read with its value, and no other country."""
    truth = expected(rows)
    read = {
        (row.flow, row.partner, row.period): row.value
        for each in delivery.slices
        for row in each.rows
        if isinstance(row, TradeTotalRow) and row.value is not None
    }
    assert {key: value for key, value in read.items() if value not in truth.get(key, set())} == {}
    assert set(truth) - set(read) == set()


def as_bundled(delivery: Delivery) -> None:
    """One of the vintages that come with the product says the same of each pair and period, with the same letter."""
    ours: dict[tuple[str, str, str], set[tuple[Decimal, str]]] = {}
    for vintage in bundled.deliveries(delivery.dataset):
        for key, found in lettered(vintage).items():
            ours.setdefault(key, set()).add(found)
    read = lettered(delivery)
    covered = {(each.key, period) for each in delivery.slices for period in each.covers_periods}
    assert set(read) == {key for key in ours if (key[0], key[2]) in covered}
    assert {key: found for key, found in read.items() if found not in ours[key]} == {}


def lettered(delivery: Delivery) -> dict[tuple[str, str, str], tuple[Decimal, str]]:
    """Values and letters by slice, partner and period."""
    return {
        (each.key, row.subject, row.period): (row.value, row.obs_status.value)
        for each in delivery.slices
        for row in each.rows
        if row.value is not None
    }


def test_every_compiled_partner_has_a_place() -> None:
    partners = {(row["partner_name"], row["partner_code"]) for row in compiled()}
    unknown = {name for name, code in partners if partner_of([name], code).kind in (Kind.UNKNOWN, Kind.REST)}
    assert unknown - {"Остальные страны мира"} == NOBODY


def specimen(name: str, office: NationalOffice) -> Delivery:
    return only(office, payload(name, (FILES / name).read_bytes()))


def test_kazakhstan_2022_and_2021() -> None:
    name = "Основные показатели внешней торговли по странам_2022.xls"
    delivery = specimen(name, KAZ)
    read = values(delivery)
    assert read[("M", "WLD", "2022")] == Decimal("50934360723.79")
    assert read[("M", "CHN", "2022")] == Decimal("11143739729.19")
    agrees(delivery, [row for row in compiled() if row["source"].startswith(name)])
    as_bundled(delivery)


def test_kazakhstan_2020_and_2019() -> None:
    name = "Основные показатели внешней торговли_2020.xls"
    delivery = specimen(name, KAZ)
    assert values(delivery)[("M", "WLD", "2020")] == Decimal(38929076100)
    agrees(delivery, [row for row in compiled() if row["source"].startswith(name)])
    as_bundled(delivery)


def test_kyrgyzstan_all_years_to_2023() -> None:
    name = "4.03.00.20 Географическое распределение импорта товаров..xlsx"
    delivery = specimen(name, KGZ)
    read = values(delivery)
    assert read[("M", "WLD", "2023")] == Decimal(12351968058)
    assert read[("M", "CHN", "2023")] == Decimal(5353257336)
    agrees(delivery, [row for row in compiled() if row["source"] == name])
    as_bundled(delivery)


def test_uzbekistan_all_years() -> None:
    delivery = specimen("sdmx_data_1105.csv", UZB)
    agrees(delivery, [row for row in compiled() if row["source"].endswith("1105.csv")])
    assert values(delivery)[("X", "CHN", "2023")] == 2486557300
    as_bundled(delivery)


@pytest.mark.parametrize("name", ["4.03.00.12 Импорт основных видов товаров (тыс.долларов)..XLS", "import_2023.xlsx"])
def test_other_tables_of_the_office_are_refused(name: str) -> None:
    assert "take th" in reason(KGZ, payload(name, (FILES / name).read_bytes()))


@pytest.mark.parametrize("source", compiled_sources())
def test_what_was_compiled_reads_back_from_files_made_of_it(source: str) -> None:
    """The years whose files are not at hand, in the forms of those that are."""
    rows = [row for row in compiled() if row["source"] == source]
    office = OFFICE_BY_REPORTER[rows[0]["reporter"]]
    name = source.split(" / ", maxsplit=1)[0].removeprefix("stat.uz ")
    makers = {"KAZ": kaz_file, "KGZ": kgz_file, "UZB": uzb_file}
    (delivery,) = deliveries(office, payload(name, makers[office.reporter](source, rows)))
    assert [str(problem.error) for problem in delivery.problems] == []
    agrees(delivery, rows)


def pivoted(rows: list[Row], columns: list[tuple[str, str]]) -> dict[tuple[str, str], list[Cell]]:
    """A line for each partner, in the order they come, a cell for each flow and year."""
    lines: dict[tuple[str, str], list[Cell]] = {}
    for row in rows:
        line = lines.setdefault((row["partner_name"], row["partner_code"]), [""] * len(columns))
        line[columns.index((row["flow"], row["year"]))] = float(row["value_kusd"])
    return lines


def kaz_file(source: str, rows: list[Row]) -> bytes:
    year = rows[0]["year"]
    lines = pivoted(rows, [("X", year), ("M", year)])
    head: list[list[Cell]] = [[f"за {year} год"], ["", "тыс. долларов США"], ["Страна", "Экспорт", "Импорт"]]
    total = next(key for key in lines if key[0].startswith("Всего"))
    body = [[key[0], *lines[key]] for key in (total, *(key for key in lines if key != total))]
    return xls({source.split(" / ")[1]: [*head, *body]})


def kgz_file(source: str, rows: list[Row]) -> bytes:
    years = sorted({row["year"] for row in rows})
    lines = pivoted(rows, [(rows[0]["flow"], year) for year in years])
    title = "Распределение импорта" if "импорта" in source else "Распределение экспорта"
    head: list[list[Cell]] = [[title], ["(thousand US dollars)"], ["", *years]]
    return xlsx(
        {"Sheet1": [*head, *([key[0], *("-" if cell == "" else cell for cell in line)] for key, line in lines.items())]}
    )


def uzb_file(source: str, rows: list[Row]) -> bytes:
    assert source
    years = sorted({row["year"] for row in rows})
    lines = pivoted(rows, [(rows[0]["flow"], year) for year in years])
    text = ["Code,Klassifikator,Klassifikator_en," + ",".join(years)]
    text += [f'{key[1]},"{key[0]}","{key[0]}",' + ",".join(map(str, line)) for key, line in lines.items()]
    return "\n".join(text).encode("utf-8-sig")
