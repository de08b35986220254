"""Every write of companies, records, accounts, target markets and alerts writes a row of the change log.

It does so itself, or through another that does. A write is a public function of those rooms whose first parameter is
the actor, and that alters something: in itself, or in a function of the same file it calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from companies.accounts import adapter
from companies.profiles.change_words import ACTIONS

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "companies/records",
    "companies/accounts",
    "companies/importing",
    "companies/alerts",
    "companies/targets",
)
REMEMBERING = {"changed", "remember"}
# What alters rows, of whichever table.
ALTERING = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "update_or_create", "get_or_create"}
# Writes that are nobody's change: each with the reason.
EXEMPT: dict[str, str] = {
    "companies/alerts/rules.py:mark_read": "reading is no change",
    "companies/alerts/rules.py:mark_all_read": "reading is no change",
}

Function = ast.FunctionDef


def functions() -> dict[str, dict[str, Function]]:
    """The functions of each file, by their names."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).glob("*.py"))]
    return {
        path.relative_to(ROOT).as_posix(): {
            node.name: node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, Function)
        }
        for path in paths
    }


def called(function: Function) -> Iterator[str]:
    """The names of what it calls, of methods too."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


FUNCTIONS = functions()
EVERYWHERE = {name: function for of_file in FUNCTIONS.values() for name, function in of_file.items()}


def reaches(function: Function, goals: set[str], known: dict[str, Function], seen: frozenset[str]) -> bool:
    """Whether it calls one of the goals, itself or through functions that are known."""
    names = set(called(function))
    if names & goals:
        return True
    return any(reaches(known[name], goals, known, seen | {name}) for name in names & known.keys() if name not in seen)


def writes() -> dict[str, Function]:
    """Public functions of an actor that alter something."""
    return {
        f"{path}:{name}": function
        for path, of_file in FUNCTIONS.items()
        for name, function in of_file.items()
        if not name.startswith("_")
        and function.args.args
        and function.args.args[0].arg == "actor"
        and reaches(function, ALTERING, {**EVERYWHERE, **of_file}, frozenset({name}))
    }


def test_there_are_writes_to_look_at() -> None:
    found = writes()
    for known in ("publishing.py:publish_sums", "deciding.py:approve", "deciding_together.py:decide_together"):
        assert f"companies/records/{known}" in found
    for known in ("targets/tracking.py:track", "targets/removing.py:remove_target", "alerts/rules.py:make_rule"):
        assert f"companies/{known}" in found
    assert len(found) > 15


def test_every_write_is_remembered() -> None:
    silent = [
        place
        for place, function in writes().items()
        if place not in EXEMPT
        and not reaches(function, REMEMBERING, {**EVERYWHERE, **FUNCTIONS[place.split(":")[0]]}, frozenset())
    ]
    assert silent == []


def test_what_is_exempt_is_there() -> None:
    assert EXEMPT.keys() <= writes().keys()


def test_every_action_that_is_remembered_has_words() -> None:
    said = {
        node.args[1].value
        for of_file in FUNCTIONS.values()
        for function in of_file.values()
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in {"changed", "change_row"}
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }
    assert len(said) > 20
    assert {str(action) for action in said} - ACTIONS.keys() == set()
    assert set(adapter.NOTICES.values()) - ACTIONS.keys() == set()
