"""The installer: a step runs again when, and only when, its inputs changed."""

import re
from pathlib import Path

import pytest

from config import install
from tests.config.checkout import CHECKOUT


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> install.Steps:
    monkeypatch.setattr(install, "STAMPS", tmp_path / "stamps")
    return install.Steps()


def test_a_step_runs_once_for_the_same_inputs(steps: install.Steps, tmp_path: Path) -> None:
    output = tmp_path / "output"
    for inputs, expected in [("a", True), ("a", False), ("b", True), ("b", False)]:
        with steps.changed("step", inputs, output) as is_due:
            assert is_due is expected
            output.touch()
    output.unlink()
    with steps.changed("step", "b", output) as is_due:
        assert is_due


def test_a_step_that_failed_is_due_again(steps: install.Steps) -> None:
    with pytest.raises(install.InstallError), steps.changed("step", "a"):
        raise install.InstallError("no network")
    with steps.changed("step", "a") as is_due:
        assert is_due


def test_a_fingerprint_follows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    before = install.fingerprint([tmp_path])
    assert install.fingerprint([tmp_path]) == before
    (tmp_path / "a").write_text("2")
    changed = install.fingerprint([tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({before, changed, install.fingerprint([tmp_path])}) == 3


def test_a_failing_command_is_shown_with_what_it_said() -> None:
    with pytest.raises(install.InstallError, match=r"(?s)exit code 3.*no such thing"):
        install.run(["sh", "-c", "echo no such thing; exit 3"])


LOCKS = sorted([CHECKOUT / "requirements.lock", *(CHECKOUT / "requirements").glob("*.lock")])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_hold_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "index-url" not in text
    pinned = re.findall(r"^[a-z0-9].*==.*$", text, re.MULTILINE)
    assert pinned
    assert all(line.endswith("\\") for line in pinned)  # the hashes follow


def test_the_locks_agree_with_each_other() -> None:
    """What the tests check is what a start and a container install."""
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_npm_records_no_download_addresses() -> None:
    assert '"resolved"' not in (CHECKOUT / "frontend" / "package-lock.json").read_text()
