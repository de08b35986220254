#!/usr/bin/env python
"""The door of the terminal: every management command starts here."""

import os
import sys


def main() -> None:
    """Run one management command against the real or the running embedded servers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
