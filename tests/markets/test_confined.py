"""The process that reads what strangers made: so much memory, time and answer, and nothing of ours."""

from __future__ import annotations

import io
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psutil
import pytest

from markets.confined import Limits, answered
from markets.errors import ReadingBroken

AMPLE = Limits(memory_bytes=512 * 1024 * 1024, cpu_seconds=20, wall_seconds=20, answer_bytes=1024 * 1024)


@pytest.fixture
def program(tmp_path: Path) -> Any:
    """A program of these lines, by its path."""

    def made(*lines: str) -> str:
        path = tmp_path / "program.py"
        path.write_text("\n".join(lines), encoding="utf-8")
        return str(path)

    return made


@pytest.fixture
def given() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(b"three\nlines\nhere\n")
        file.seek(0)
        yield file


def limits(**changed: Any) -> Limits:
    return Limits(
        **{name: changed.get(name, getattr(AMPLE, name)) for name in Limits.__slots__},
    )


def test_lines_come_as_they_are_answered(program: Any, given: IO[bytes]) -> None:
    path = program(
        "import sys", "for line in sys.stdin.buffer: sys.stdout.buffer.write(line.upper())", "print(sys.argv[1])"
    )
    assert list(answered(path, ("told",), given, AMPLE)) == [b"THREE\n", b"LINES\n", b"HERE\n", b"told\n"]


def test_memory_beyond_the_limit_ends_it(program: Any, given: IO[bytes]) -> None:
    path = program("held = []", "while True: held.append(bytearray(10_000_000))")
    with pytest.raises(ReadingBroken) as broken:
        list(answered(path, (), given, AMPLE))
    assert broken.value.context["limit"] == "memory"


def test_a_limit_is_of_the_child_alone(program: Any, given: IO[bytes]) -> None:
    path = program("import resource", "print(resource.getrlimit(resource.RLIMIT_AS)[0])")
    assert list(answered(path, (), given, AMPLE)) == [b"%d\n" % AMPLE.memory_bytes]
    held = bytearray(AMPLE.memory_bytes)
    assert len(held) == AMPLE.memory_bytes


@pytest.mark.parametrize(
    ("lines", "changed"),
    [
        (("while True: pass",), {"cpu_seconds": 1}),
        (("import time", "time.sleep(60)"), {"wall_seconds": 1}),
        (("print('begun', flush=True)", "import time", "time.sleep(60)"), {"wall_seconds": 1}),
    ],
)
def test_time_beyond_the_limit_ends_it(
    program: Any, given: IO[bytes], lines: tuple[str, ...], changed: dict[str, int]
) -> None:
    begun = time.monotonic()
    with pytest.raises(ReadingBroken) as broken:
        list(answered(program(*lines), (), given, limits(**changed)))
    assert broken.value.context["limit"] == "time"
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("lines", [("print('x' * 5_000_000)",), ("while True: print('a line')",)])
def test_an_answer_beyond_the_limit_ends_it(program: Any, given: IO[bytes], lines: tuple[str, ...]) -> None:
    with pytest.raises(ReadingBroken) as broken:
        for _line in answered(program(*lines), (), given, AMPLE):
            pass
    assert broken.value.context["limit"] == "answer"


@pytest.mark.parametrize(
    ("lines", "limit"),
    [
        (("raise ValueError('no')",), "broken"),
        (("import os", "os._exit(3)"), "broken"),
        (("import os, signal", "os.kill(os.getpid(), signal.SIGSEGV)"), "memory"),
        (("import sys", "print('half')", "sys.exit(1)"), "broken"),
    ],
)
def test_a_program_that_fails_is_told_after_its_last_line(
    program: Any, given: IO[bytes], lines: tuple[str, ...], limit: str
) -> None:
    with pytest.raises(ReadingBroken) as broken:
        list(answered(program(*lines), (), given, AMPLE))
    assert broken.value.context["limit"] == limit


@pytest.mark.parametrize(
    ("ends", "changed", "limit"), [("time.sleep(60)", {"wall_seconds": 1}, "time"), ("sys.exit(0)", {}, "broken")]
)
def test_a_line_that_was_cut_off_is_no_answer(
    program: Any, given: IO[bytes], ends: str, changed: dict[str, int], limit: str
) -> None:
    path = program("import sys, time", "print('whole')", "print('ha', end='', flush=True)", ends)
    heard = []
    with pytest.raises(ReadingBroken) as broken:
        heard.extend(answered(path, (), given, limits(**changed)))
    assert (heard, broken.value.context["limit"]) == ([b"whole\n"], limit)


def test_it_holds_no_settings_and_no_secrets(program: Any, given: IO[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "told-to-nobody")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:hidden@localhost/none")
    path = program("import os, sys", "print(sorted(os.environ))", "print('django' in sys.modules)")
    names, knows_django = list(answered(path, (), given, AMPLE))
    assert set(eval(names)) <= {"LANG", "LC_CTYPE", "PATH", "PYTHONHASHSEED"}  # noqa: S307 what we printed ourselves
    assert knows_django == b"False\n"


def test_it_writes_no_file_and_holds_no_file_of_ours(program: Any, given: IO[bytes], tmp_path: Path) -> None:
    target = tmp_path / "written"
    path = program(
        "import os, sys",
        "print(sorted(int(each) for each in os.listdir('/proc/self/fd'))[:3], flush=True)",
        "print(len(os.listdir('/proc/self/fd')), flush=True)",
        "import signal",
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)",
        f"file = open({str(target)!r}, 'wb', buffering=0)",
        "try: file.write(b'x')",
        "except OSError: print('refused')",
    )
    with target.with_name("ours").open("wb"):
        first, count, refused = list(answered(path, (), given, AMPLE))
    assert first == b"[0, 1, 2]\n"
    # The three of every program, and the folder that is being listed.
    assert int(count) == 4
    assert refused == b"refused\n"
    assert target.read_bytes() == b""


def test_it_is_dead_when_nobody_reads_on(program: Any, given: IO[bytes]) -> None:
    path = program("import os", "print(os.getpid(), flush=True)", "while True: print('more')")
    lines = answered(path, (), given, AMPLE)
    child = psutil.Process(int(next(lines)))
    assert child.ppid() == os.getpid()
    lines.close()  # type: ignore[attr-defined]
    assert not psutil.pid_exists(child.pid)


def test_a_file_is_read_from_where_it_stands(program: Any, given: IO[bytes]) -> None:
    given.seek(6)
    path = program("import sys", "print(sys.stdin.buffer.read())")
    assert list(answered(path, (), given, AMPLE)) == [b"b'lines\\nhere\\n'\n"]
    with pytest.raises(io.UnsupportedOperation):
        list(answered(path, (), io.BytesIO(b"no real file"), AMPLE))
