"""What people are shown for the codes of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markets.models.naming import Named


def in_active_language(rows: Iterable[Named], code: str) -> Mapping[str, object]:
    """The names of rows by their codes, each in the language that is active when it is shown."""
    return {getattr(row, code): _Shown(row) for row in rows}


class _Shown:
    def __init__(self, row: Named) -> None:
        self._row = row

    def __str__(self) -> str:
        return self._row.name
