"""The budget of connections in docs/operations.md is what the processes take, and PostgreSQL has as many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.db import connection

from config.embedded.servers import MAX_CONNECTIONS
from config.embedded.site import _beat, _web, _worker
from tests.config.checkout import CHECKOUT

OPERATIONS = (CHECKOUT / "docs" / "operations.md").read_text()
SECTION = OPERATIONS.split("## Connections\n")[1].split("\n## ")[0]
BUDGET = {
    cells[0]: tuple(map(int, cells[1:4]))
    for line in SECTION.splitlines()
    if re.match(r"\| [a-z]", line) and (cells := [cell.strip() for cell in line.strip("|").split("|")])[1].isdigit()
}


def option(command: list[str], name: str) -> int:
    return int(command[command.index(name) + 1])


def words(child: object) -> list[str]:
    return [str(word) for word in child.command]  # type: ignore[attr-defined]


def test_the_table_adds_up() -> None:
    assert len(BUDGET) == 8
    for processes, each, together in BUDGET.values():
        assert processes * each == together
    total = sum(together for _, _, together in BUDGET.values())
    twice = sum(BUDGET[name][2] for name in ("web", "worker, main process", "worker, children", "beat"))
    assert BUDGET["a second release beside the first"][2] == twice
    assert f"Together {total} of the {MAX_CONNECTIONS - 3}" in SECTION


def test_the_numbers_are_those_of_the_processes() -> None:
    web = words(_web({}, "127.0.0.1", 8000, Path()))
    worker = words(_worker({}, Path()))
    (pool,) = re.findall(r'"DATABASE_POOL_SIZE", "(\d+)"', (CHECKOUT / "config" / "wsgi.py").read_text())
    assert BUDGET["web"][:2] == (option(web, "--workers"), int(pool))
    assert option(web, "--blocking-threads") <= int(pool)
    assert BUDGET["worker, children"][0] == option(worker, "--concurrency")
    assert "beat" in words(_beat({}, Path()))
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    assert option(compose["worker"]["command"], "--concurrency") == option(worker, "--concurrency")
    image = re.findall(r'"([^"]+)"', (CHECKOUT / "Dockerfile").read_text().split("\nCMD ")[1])
    assert option(image, "--workers") == option(web, "--workers")


@pytest.mark.integration
@pytest.mark.django_db
def test_postgresql_has_as_many_as_the_budget_asks_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
            " - current_setting('reserved_connections')::int"
        )
        (most,) = cursor.fetchone()
    assert sum(together for _, _, together in BUDGET.values()) <= most
