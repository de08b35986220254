"""Customs declarations of 22 columns: mapped once, then file after file goes by itself to its check."""

from __future__ import annotations

import csv
import gzip
import io
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from companies.importing.doing.fixing import choose_policy
from companies.importing.doing.mapping import choose_mapping
from companies.importing.doing.steps import commit
from companies.importing.doing.uploading import upload
from companies.importing.plan import ColumnMeaning, Mapping, Policy
from companies.models import Company, ExportRecord, Import, SavedMapping
from companies.tasks import run_import
from tests.companies.office import Office, office

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
DECLARATIONS = SHARED / "records" / "korea_customs_synthetic_train_eng.csv.gz"
AT_ONCE = 10_000
HEADERS = (
    "Declaration ID", "Date", "Office ID", "Process Type", "Import Type", "Import Use", "Payment Type",
    "Mode of Transport", "Declarant ID", "Importer ID", "Seller ID", "Courier ID", "HS6 Code", "Country of Departure",
    "Country of Origin", "Tax Rate", "Tax Type", "Country of Origin Indicator", "Net Mass", "Item Price", "Fraud",
    "Critical Fraud",
)  # fmt: skip
FIELDS = {
    "Declaration ID": "document_reference",
    "Date": "period",
    "Seller ID": "company",
    "HS6 Code": "hs_code",
    "Net Mass": "net_weight_kg",
    "Item Price": "value",
}
CONSTANTS = {"currency": "KRW", "destination": "KOR", "hs_revision": "HS2017"}
Row = dict[str, str]


def files(rows: Sequence[Row], at_once: int) -> Iterator[bytes]:
    """The rows as files of so many each, in the columns that customs give."""
    for first in range(0, len(rows), at_once):
        made = io.StringIO()
        writer = csv.DictWriter(made, HEADERS)
        writer.writeheader()
        writer.writerows(rows[first : first + at_once])
        yield made.getvalue().encode()


def invented(count: int) -> list[Row]:
    """Rows of that shape: every ninth names no seller, every seller sells three times."""
    return [
        dict.fromkeys(HEADERS, "")
        | {
            "Declaration ID": f"{90_000_000 + number}",
            "Date": f"2020-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
            "Office ID": str(10 * (number % 4 + 1)),
            "Process Type": "B",
            "Mode of Transport": "10" if number % 2 else "40",
            "Declarant ID": f"D{number % 5}X",
            "Importer ID": f"IM{number % 40:03d}",
            "Seller ID": "" if number % 9 == 4 else f"S{number // 3:05d}Q",
            "HS6 Code": ("010121", "841810", "854231", "610910")[number % 4],
            "Country of Departure": "CN",
            "Country of Origin": "CN",
            "Tax Rate": "8.0",
            "Net Mass": f"{number}.5",
            "Item Price": f"{1000 + number * 7}.0" if number % 5 else f"{number}.25",
            "Fraud": "0",
            "Critical Fraud": "0",
        }
        for number in range(count)
    ]


def mapped(imported: Import) -> Mapping:
    """What the office says the columns are: everything else of the suggestion stays."""
    suggested = Mapping.unpacked(imported.mapping)
    headers = imported.found["headers"]
    kept = {meaning.field: meaning for meaning in suggested.columns}
    columns = tuple(
        replace(kept.get(FIELDS.get(each, ""), ColumnMeaning()), field=FIELDS.get(each, "")) for each in headers
    )
    return Mapping(columns, CONSTANTS, register=True)


def ran(imported: Import) -> Import:
    imported.refresh_from_db()
    assert imported.job is not None
    run_import(str(imported.job.pk))
    return Import.objects.get(pk=imported.pk)


def taken(home: Office, content: bytes, number: int) -> Import:
    """The import of one more file, checked: the first is mapped by hand, the others by what was kept of it."""
    officer = home.actor("officer")
    imported = ran(upload(officer, f"declarations-{number}.csv", [content]))
    if number == 0:
        assert imported.step == Import.Step.READ
        choose_mapping(officer, imported.pk, imported.version, mapped(imported), save_as="Declarations")
    else:
        assert imported.step == Import.Step.MAPPED
    return ran(imported)


def committed(home: Office, imported: Import) -> Import:
    """It is imported without the rows that are wrong."""
    officer = home.actor("officer")
    assert imported.step == Import.Step.CHECKED
    chosen = choose_policy(officer, imported.pk, imported.version, Policy(errors="others"))
    if chosen.checked_version != chosen.version:
        chosen = ran(chosen)
    commit(officer, chosen.pk, chosen.version)
    return ran(chosen)


def go_through(home: Office, rows: Sequence[Row], at_once: int) -> list[tuple[Import, float]]:
    """Every file from upload to records, and how many seconds each took."""
    done = []
    for number, content in enumerate(files(rows, at_once)):
        began = time.perf_counter()
        done.append((committed(home, taken(home, content, number)), time.perf_counter() - began))
    return done


def look_at(home: Office, rows: Sequence[Row], done: Sequence[tuple[Import, float]]) -> None:
    """Every row with a seller is a record, every seller a company, no digit is lost; the others are told as wrong."""
    sold = [row for row in rows if row["Seller ID"]]
    records = ExportRecord.objects.filter(organisation=home.organisation)
    assert sum(each.counts["new"] for each, _seconds in done) == records.count() == len(sold)
    assert sum(each.counts["error"] for each, _seconds in done) == len(rows) - len(sold)
    wrong = {(group["field"], group["code"]) for each, _seconds in done for group in each.groups}
    assert wrong <= {("company", "refused")}
    sellers = {row["Seller ID"] for row in sold}
    assert set(Company.objects.filter(organisation=home.organisation).values_list("name", flat=True)) == sellers
    stated = records.order_by("document_reference").values_list(
        "document_reference",
        "company__name",
        "period",
        "hs_code",
        "net_weight_kg",
        "value_printed",
        "value",
        "currency",
    )
    expected = [
        (
            row["Declaration ID"], row["Seller ID"], row["Date"], row["HS6 Code"], Decimal(row["Net Mass"]),
            row["Item Price"], Decimal(row["Item Price"]), "KRW",
        )
        for row in sold
    ]  # fmt: skip
    assert list(stated) == sorted(expected)
    assert SavedMapping.objects.filter(organisation=home.organisation).count() == 1


@pytest.mark.django_db
def test_declarations_are_mapped_once_and_then_go_by_themselves() -> None:
    home = office()
    rows = invented(240)
    look_at(home, rows, go_through(home, rows, 80))


# With real transactions, as people do it: what the database knows of rows that nobody committed makes it slow.
@pytest.mark.usefixtures("reference_facts")
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not DECLARATIONS.exists(), reason="the declarations lie beside the project, not in it")
def test_a_years_declarations_come_in_ten_thousand_rows_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    home = office()
    with gzip.open(DECLARATIONS, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    done = go_through(home, rows, AT_ONCE)
    look_at(home, rows, done)
    with capsys.disabled():
        for imported, seconds in done:
            said = {name: imported.counts[name] for name in ("new", "error", "registered")}
            print(f"{imported.file_name}: {seconds:.1f} s, {said}")  # noqa: T201 measured figures for whoever runs it
