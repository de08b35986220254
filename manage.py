#!/usr/bin/env python
"""The door of the terminal: every management command starts here."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

_VENV_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def main() -> None:
    """Run one management command against the real or the running embedded servers."""
    if find_spec("django") is None:
        if not _VENV_PYTHON.exists():
            sys.exit("Nothing is installed yet: run `make install` first.")
        os.execv(_VENV_PYTHON, [str(_VENV_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import use_running_servers

    use_running_servers()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
