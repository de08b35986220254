"""However the servers of a checkout are stopped, the folder of their sockets goes after them."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.checkout import CHECKOUT, command, environment, wait_until_gone

pytestmark = pytest.mark.servers
_HOLD = """
import sys
from config.embedded.progress import Progress
from config.embedded.supervisor import checkout_servers
with checkout_servers("a test", Progress(is_quiet=True)) as servers:
    servers.start_servers()
    servers.publish("")
    print(servers._guard.pid, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A temporary folder of its own, short enough for sockets; what is left in it was forgotten."""
    with tempfile.TemporaryDirectory(prefix="stop-", dir="/tmp") as folder:
        yield Path(folder)


def held(var: Path, temporary: Path) -> tuple["subprocess.Popen[str]", int]:
    """Running servers, and the process number of their guard."""
    env = environment(var, TMPDIR=str(temporary))
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD], env=env, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    guard = int(holder.stdout.readline())
    folder = next(temporary.glob("sogdia-*"))
    assert (folder / ".s.PGSQL.5432").is_socket()
    assert (folder / "valkey.sock").is_socket()
    return holder, guard


def wait_until_empty(temporary: Path) -> list[Path]:
    deadline = time.monotonic() + 10
    while (left := list(temporary.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def test_asked_to_stop_once(tmp_path: Path, temporary: Path) -> None:
    holder, _guard = held(tmp_path, temporary)
    stopping = subprocess.Popen(command("stop"), env=environment(tmp_path), cwd=CHECKOUT)
    holder.wait(60)  # it is our child: until it is waited for, it looks alive
    assert stopping.wait(30) == 0
    assert list(temporary.iterdir()) == []  # at once: who asked to stop finds nothing left
    assert not (tmp_path / "running.json").exists()
    assert wait_until_gone(tmp_path) == []
    holder.communicate()


def test_asked_again_while_it_stops(tmp_path: Path, temporary: Path) -> None:
    """An impatient person presses Ctrl-C more than once; the stopping goes on undisturbed."""
    holder, _guard = held(tmp_path, temporary)
    while holder.poll() is None:
        holder.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert list(temporary.iterdir()) == []
    assert wait_until_gone(tmp_path) == []
    holder.communicate(timeout=30)


def test_the_guard_is_gone(tmp_path: Path, temporary: Path) -> None:
    holder, guard = held(tmp_path, temporary)
    os.kill(guard, signal.SIGKILL)
    holder.communicate("go on\n", timeout=60)
    assert holder.returncode == 0
    assert list(temporary.iterdir()) == []
    assert wait_until_gone(tmp_path) == []


def test_ended_by_force_the_guard_does_it(tmp_path: Path, temporary: Path) -> None:
    holder, _guard = held(tmp_path, temporary)
    holder.kill()
    holder.communicate(timeout=30)
    assert wait_until_gone(tmp_path) == []
    assert wait_until_empty(temporary) == []


def test_guard_and_supervisor_ended_by_force_the_next_start_does_it(tmp_path: Path, temporary: Path) -> None:
    holder, guard = held(tmp_path, temporary)
    os.kill(guard, signal.SIGKILL)
    holder.kill()
    holder.communicate(timeout=30)
    assert wait_until_gone(tmp_path) == []
    holder, _guard = held(tmp_path, temporary)
    assert len(list(temporary.iterdir())) == 1
    holder.communicate("go on\n", timeout=60)
    assert list(temporary.iterdir()) == []
