"""The documents speak of what there is: commands, units, letters, verdicts, error codes, endpoints, files."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.test import Client
from django.urls import get_resolver

from markets import sources
from markets.errors import error_tree
from markets.ingest.stage import _COMPARE
from markets.models import Indicator
from markets.sources.bundled import FACTS
from markets.vocabulary import Frequency, ObsStatus, Period

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
GLOSSARY = DOCS["glossary.md"]


def column(table: str, name: str) -> set[str]:
    with (FACTS / table).open(encoding="utf-8", newline="") as stream:
        return {row[name] for row in csv.DictReader(stream) if row[name]}


def first_cells(text: str, heading: str) -> list[str]:
    """The first cell of each row of the table under a heading."""
    section = text.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return [row.split("|")[1].strip() for row in rows[1:]]


@pytest.mark.parametrize("command", [name for name, app in get_commands().items() if app in {"markets", "companies"}])
def test_every_command_is_documented(command: str) -> None:
    assert any(re.search(rf"\b{command}\b", text) for text in (README, *DOCS.values()))


def test_every_make_target_is_told_by_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE)
    assert len(targets) > 8
    assert re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE) == targets


def test_every_unit_is_in_the_glossary() -> None:
    documented = {unit for cell in first_cells(GLOSSARY, "Units") for unit in re.findall(r"`([a-z0-9_]+)`", cell)}
    assert column("indicators.csv", "unit") <= documented
    assert Indicator._meta.get_field("unit").max_length >= max(map(len, documented))  # noqa: SLF001 Django's own name


def test_every_letter_of_obs_status_is_in_the_glossary_with_its_code() -> None:
    rows = dict(
        line.strip("| ").split(" | ", 1)
        for line in GLOSSARY.split("## obs_status\n")[1].split("\n## ")[0].splitlines()
        if line.startswith("| ") and not line.startswith("| letter")
    )
    assert set(rows) == {status.value or "(empty)" for status in ObsStatus}
    for status in ObsStatus:
        if status is not ObsStatus.QUARANTINED:
            assert rows[status.value or "(empty)"].split(" | ")[1].startswith(status.sdmx), status


def test_the_forms_of_a_period_in_the_glossary_can_be_read() -> None:
    (line,) = (line for line in GLOSSARY.splitlines() if line.startswith("| period |"))
    frequencies = {Period.parse(text).frequency for text in re.findall(r"`([^`]+)`", line)}
    assert frequencies >= {Frequency.ANNUAL, Frequency.QUARTERLY, Frequency.MONTHLY, Frequency.YEAR_TO_DATE}


def test_every_verdict_of_the_ingest_is_explained() -> None:
    explained = set(first_cells(DOCS["flow.md"], "One number, there"))
    given = set(re.findall(r"(?:THEN|ELSE) '([a-z]+)'", _COMPARE)) - {"void"}
    assert given <= explained


def test_every_dataset_is_spoken_of_where_the_facts_are() -> None:
    told = (FACTS / "README.md").read_text(encoding="utf-8")
    # The European Central Bank's history comes with a package; the rates of Kazakhstan's National Bank do not come.
    # Nor does the cube of BACI.
    without_tables = {"ecb-rates", "nbk-rates", "baci"}
    assert {card.id for card in sources.cards()} == column("extracts.csv", "dataset") | without_tables
    assert all(card.publisher.split()[0] in told for card in sources.cards())


@pytest.mark.django_db
@pytest.mark.parametrize("code", [error.code for error in error_tree()])
def test_every_error_code_has_a_page_that_explains_it(code: str) -> None:
    answer = Client().get(f"/api/v1/problems/{code}/")
    assert answer.status_code == 200
    assert code in answer.content.decode()


def test_every_endpoint_is_in_the_documents_of_the_api() -> None:
    routes = {str(route.pattern) for route in get_resolver("markets.urls").urlconf_module.api}  # type: ignore[union-attr]
    rooms = {route.split("/")[0] for route in routes}
    assert len(rooms) >= 7
    assert [room for room in rooms if f"/{room}/" not in DOCS["api.md"]] == []


def test_every_file_the_documents_name_is_there() -> None:
    named = {
        match
        for text in (README, *DOCS.values(), *(p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md")))
        for match in re.findall(r"`((?:docs|markets|config|companies|tests|frontend|benchmarks)/[\w./-]*)`", text)
    }
    missing = [place for place in named if not (ROOT / place).exists() and "node_modules" not in place]
    assert missing == []


def test_decisions_are_numbered_without_a_gap_and_say_why() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), path.name
        assert "**Decision.**" in text, path.name
