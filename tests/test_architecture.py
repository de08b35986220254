"""What keeps the house in order beside the import contracts: names, sizes, what is never done, and the migrations.

The contracts themselves, with planted sins, are tested in tests/config/test_contracts.py.
"""

from __future__ import annotations

import ast
import io
import subprocess
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import signals

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("config", "companies", "markets")
MOST_LINES = 400
# Drawers for things whose true name nobody looked for.
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "core", "services", "signals", "constants", "stuff"}
# Doors turn a foreseen failure into words for a person; nobody else swallows all failures.
DOORS = {"companies/tasks.py", "config/health.py"}


def files(*rooms: str, ending: str = ".py") -> list[Path]:
    """The files of the rooms that the project keeps: not what it builds or downloads."""
    kept = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *rooms],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = (
        kept.stdout.split("\0") if kept.returncode == 0 else [str(p) for room in rooms for p in Path(room).rglob("*")]
    )
    return [ROOT / name for name in names if name.endswith(ending) and (ROOT / name).is_file()]


CODE = [path for path in files(*ROOMS) if "migrations" not in path.parts]
ALL_CODE = [*CODE, *files("tests")]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))


def imported(path: Path) -> set[str]:
    """Full names of what a file imports."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


# ---------------------------------------------------------------- names and sizes
def test_there_is_something_to_look_at() -> None:
    assert len(CODE) > 80
    assert {path.relative_to(ROOT).parts[0] for path in CODE} == set(ROOMS)


def test_no_file_is_a_drawer() -> None:
    drawers = [name(path) for path in ALL_CODE if path.stem in DRAWERS or set(path.parent.parts) & DRAWERS]
    assert drawers == []


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    long = {
        name(path): lines for path in CODE if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}, "a file that outgrows its size becomes a package of the same name"


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_file_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree)


def test_a_read_is_a_noun_and_a_write_a_verb() -> None:
    empty_words = ("get_", "do_", "process_", "handle_", "manage_")
    found = [
        f"{name(path)}: {node.name}"
        for path in CODE
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith(empty_words)
    ]
    assert found == []


# ---------------------------------------------------------------- what is never done
def test_nothing_is_printed() -> None:
    calls = [
        name(path)
        for path in [*CODE, ROOT / "manage.py"]
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert calls == []


def test_failures_are_swallowed_at_the_doors_alone() -> None:
    swallowing = {
        name(path)
        for path in CODE
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not any(isinstance(step, ast.Raise) and step.exc is None for step in ast.walk(node))
    }
    assert swallowing <= DOORS


def test_nobody_listens_to_signals() -> None:
    listening = [
        name(path)
        for path in CODE
        if any(module.startswith(("django.dispatch", "django.db.models.signals")) for module in imported(path))
    ]
    assert listening == []
    for signal in (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete, signals.m2m_changed):
        held = [entry[1] for entry in signal.receivers]
        listeners = [each() if isinstance(each, weakref.ReferenceType) else each for each in held]
        assert [one for one in listeners if getattr(one, "__module__", "").partition(".")[0] in ROOMS] == []


def test_our_own_code_is_never_replaced_by_a_mock() -> None:
    mocking = [
        name(path) for path in files("tests") if any(m.startswith(("unittest.mock", "mock")) for m in imported(path))
    ]
    assert mocking == [], "swap the transport, not the function"


def test_no_path_of_a_machine_stands_in_the_project() -> None:
    homes = tuple("/" + place for place in ("home/", "Users/", "root/"))
    here = f"{ROOT}/"
    found = [
        f"{name(path)}:{number}"
        for path in [*ALL_CODE, *files("docs", "README.md", "CHANGELOG.md", ending=".md")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if here in line or any(home in line for home in homes)
    ]
    assert found == []


# ---------------------------------------------------------------- tables
@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    said = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    assert "No changes detected" in said.getvalue()


@pytest.mark.django_db
def test_the_migrations_of_each_app_are_one_line_of_descent() -> None:
    loader = MigrationLoader(connection)
    assert loader.detect_conflicts() == {}
    for app in ("companies", "markets"):
        assert len(loader.graph.leaf_nodes(app)) == 1
        numbers = sorted(number for label, number in loader.graph.nodes if label == app)
        assert [number[:4] for number in numbers] == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_people_are_our_own_table() -> None:
    assert settings.AUTH_USER_MODEL == "companies.User"


def test_every_table_says_what_it_holds() -> None:
    silent = [
        model.__name__
        for app in ("companies", "markets")
        for model in apps.get_app_config(app).get_models()
        if not (model.__doc__ or "").strip() or (model.__doc__ or "").startswith(f"{model.__name__}(")
    ]
    assert silent == []
