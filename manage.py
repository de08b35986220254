#!/usr/bin/env python
"""The door of the terminal: every management command starts here."""

import os
import sys


def main() -> None:
    """Run one management command against the real or the running embedded servers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import use_running_servers

    use_running_servers()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
