"""The import contracts of pyproject.toml catch what they are there to catch."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.checkout import CHECKOUT

_LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The code alone, where a sin may be planted."""
    for room in ("config", "companies", "markets"):
        shutil.copytree(
            CHECKOUT / room,
            tmp_path / room,
            ignore=lambda folder, names: [
                name for name in names if (Path(folder) / name).is_file() and not name.endswith(".py")
            ],
        )
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def contracts(house: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", _LINT],
        cwd=house,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_as_it_stands_keeps_all_contracts(house: Path) -> None:
    shown = contracts(house)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "0 broken" in shown.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("markets/utils.py", "HELPER = 1"),
        ("markets/queries.py", "import companies"),
        ("markets/models/__init__.py", "from markets import profiles"),
        ("markets/analytics/growth.py", "import django"),
        ("markets/sources/unctad.py", "from markets.sources import worldbank"),
        ("companies/models/__init__.py", "from markets import ingest"),
        ("companies/helpers.py", "HELPER = 1"),
        ("companies/models/__init__.py", "from config import settings"),
    ],
)
def test_a_planted_sin_is_caught(house: Path, file: str, line: str) -> None:
    with (house / file).open("a") as source:
        source.write(f"\n{line}\n")
    shown = contracts(house)
    assert shown.returncode == 1
    assert "0 broken" not in shown.stdout
