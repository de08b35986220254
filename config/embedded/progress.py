"""Lines that say what is going on and how long it has taken so far."""

import os
import sys
import time

STARTED_AT = "STARTED_AT"  # seconds since the epoch; `make` sets it before its first step


class Progress:
    """Writes `[ 1.2 s] what happened` to standard error, one line a step."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._is_quiet = is_quiet
        try:
            self._started = float(os.environ.get(STARTED_AT, ""))
        except ValueError:
            self._started = time.time()

    def step(self, what: str) -> None:
        """One line, unless quiet."""
        if not self._is_quiet:
            self.say(f"[{time.time() - self._started:5.1f} s] {what}")

    def say(self, line: str) -> None:
        """A line without the time; a reader who has gone away is no reason to stop."""
        try:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
        except (BrokenPipeError, OSError):
            self._is_quiet = True

    def environment(self) -> dict[str, str]:
        """For a child that goes on counting from the same start."""
        return {STARTED_AT: str(self._started)}
