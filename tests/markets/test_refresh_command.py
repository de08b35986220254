"""`manage.py refresh`: what it says, what it asks, and the exit code by which a script knows how it went."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from markets.management.commands.refresh import Command
from markets.models import Job, Observation, Release
from tests.factories import GDP, POPULATION, SPECIMENS, entry, page, saved

pytestmark = pytest.mark.django_db

FORM = SPECIMENS / "worldbank"
ROOT = Path(__file__).resolve().parents[2]


class Terminal(io.StringIO):
    """A place for output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(*arguments: str, stdout: io.StringIO | None = None) -> tuple[int, list[str], list[str]]:
    """(exit code, lines of output, lines of complaint)."""
    out, err = stdout or io.StringIO(), io.StringIO()
    try:
        call_command("refresh", *arguments, stdout=out, stderr=err)
    except CommandError as refused:
        return refused.returncode, out.getvalue().splitlines(), [*err.getvalue().splitlines(), str(refused)]
    return 0, out.getvalue().splitlines(), err.getvalue().splitlines()


def test_files_are_published_with_one_line_and_code_zero() -> None:
    code, out, complaints = run("worldbank", "--from", str(FORM / "first"))
    assert (code, complaints) == (0, [])
    (line,) = out
    assert line == (
        "worldbank: 2 series read, 12 added, 0 revised, 0 withdrawn, 0 refined, 1 unchanged,"
        " 1 published, 0 held, 0 failed"
    )


def test_one_file_is_enough() -> None:
    code, out, _complaints = run("worldbank", "--from", str(FORM / "first" / "gdp-kaz.json"))
    assert code == 0
    assert out[0].startswith("worldbank: 1 series read, 3 added")


def test_a_second_time_there_is_nothing_new_and_that_is_well() -> None:
    run("worldbank", "--from", str(FORM / "first"))
    code, out, complaints = run("worldbank", "--from", str(FORM / "first"))
    assert (code, complaints) == (0, [])
    assert " 0 added, 0 revised, 0 withdrawn, 0 refined, 13 unchanged, 0 published" in out[0]


def test_what_failed_and_what_was_held_is_named_with_code_one(tmp_path: Path) -> None:
    years = range(2000, 2020)
    run("worldbank", "--from", str(saved(tmp_path / "a", [("g.json", page([entry(9, date=y) for y in years]))])))
    documents = [
        ("gdp.json", page([entry(None, date=y) for y in years])),
        ("html.json", "<html>Busy</html>"),
        ("population.json", page([entry(5, indicator=POPULATION)])),
    ]
    code, out, complaints = run("worldbank", "--from", str(saved(tmp_path / "b", documents)))
    assert code == 1
    assert len(out) == 1
    assert out[0].endswith(" 1 published, 1 held, 1 failed")
    assert any(
        line.startswith("html.json: The answer of worldbank is not in its documented form") for line in complaints
    )
    assert any(f"worldbank/{GDP} is held for review" in line for line in complaints)
    assert complaints[-1] == "Not everything was published; the lines above say what and why."
    assert Observation.objects.filter(indicator_id=POPULATION).exists(), "the good series is published all the same"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--from", str(FORM)], "--from needs exactly one dataset"),
        (["worldbank", "gapminder", "--from", str(FORM)], "--from needs exactly one dataset"),
        (["nonsense"], "no dataset with the code nonsense"),
        (["nonsense", "--plan"], "no dataset with the code nonsense"),
        (["worldbank", "--series", "NO.SUCH", "--plan"], "series of worldbank with the code NO.SUCH"),
        (["worldbank", "--from", "/nowhere/at/all"], "no payload file of worldbank at /nowhere/at/all. Name"),
        (["gapminder"], "it comes with the product only and has no download"),
        (["gapminder", "--from", str(FORM)], "no form of file is known for it"),
        (["worldbank", "--from", str(FORM), "--bundled"], "not allowed with argument"),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_code(arguments: list[str], complaint: str) -> None:
    code, out, complaints = run(*arguments)
    assert code != 0
    assert any(complaint in line for line in complaints)
    assert out == []
    assert not Release.objects.exists()


def test_a_plan_says_what_would_be_asked_and_asks_nothing() -> None:
    code, out, complaints = run("--plan")
    assert (code, complaints) == (0, [])
    planned = {line.split(":")[0]: line for line in out}
    assert set(planned) >= {"ecb-rates", "nbk-rates", "worldbank"}
    assert not set(planned) & {"gapminder", "official-rates", "unctad"}, "they come with the product only"
    assert planned["worldbank"].startswith("worldbank: due (never downloaded), http, ")
    assert run("worldbank", "--plan", "--series", GDP)[1][0].endswith(", http, 1 series")
    assert run("worldbank", "--plan", "--from", str(FORM))[1][0].startswith(f"worldbank: due (files at {FORM}), file, ")
    bundled = {line.split(":")[0] for line in run("--plan", "--bundled")[1]}
    assert bundled >= {"ecb-rates", "gapminder", "official-rates", "unctad", "worldbank"}
    assert not Job.objects.exists()


def test_bundled_figures_have_a_line_for_each_dataset() -> None:
    code, out, _complaints = run("gapminder", "unctad", "--bundled")
    assert code == 0
    assert [line.split(":")[0] for line in out] == ["gapminder", "unctad"]
    assert all(" 0 held, 0 failed" in line for line in out)


def test_the_bar_in_a_terminal_ends_full() -> None:
    terminal = Terminal()
    command = Command(stdout=terminal, stderr=io.StringIO())
    for done, key in enumerate((GDP, POPULATION, "")):
        command._bar(done, 2, key)  # noqa: SLF001 what the progress of a download calls
    steps = terminal.getvalue().split("\r")
    assert [step[:38] for step in steps] == [
        f"[{'.' * 30}] 0/2 N",
        f"[{'#' * 15}{'.' * 15}] 1/2 S",
        f"[{'#' * 30}] 2/2  ",
    ]
    assert steps[-1].endswith("\n")


def test_files_and_bundled_figures_move_the_bar_too() -> None:
    for arguments, steps in ((["worldbank", "--from", str(FORM / "first")], 4), (["gapminder", "--bundled"], 1)):
        terminal = Terminal()
        assert run(*arguments, stdout=terminal)[0] == 0
        shown = terminal.getvalue()
        assert f"[{'.' * 30}] 0/{steps} " in shown
        assert f"[{'#' * 30}] {steps}/{steps} " in shown


def test_a_wrong_directory_leaves_no_job_and_no_word_about_the_source() -> None:
    assert run("worldbank", "--from", "/wrong/dir")[0] == 1
    assert not Job.objects.exists()


def test_a_shell_sees_the_code() -> None:
    shown = subprocess.run(
        [sys.executable, "manage.py", "refresh", "nonsense"],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "only-for-a-test", "DATABASE_URL": "postgresql:///nobody_asks_it"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 1
    assert "no dataset with the code nonsense" in shown.stderr
    assert "Traceback" not in shown.stderr
