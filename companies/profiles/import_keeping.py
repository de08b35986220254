"""Whether how a file was read is worth keeping for the next one, as the pages of an import offer it."""

from __future__ import annotations

from dataclasses import dataclass

from companies.importing.mapping.saved import is_kept, of_columns
from companies.models import Import


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the columns are read can be kept. name: of the mapping whose place it takes; empty where none is kept."""

    name: str


def keeping(imported: Import) -> Keeping | None:
    """The offer to keep how this file is read; None where it is kept so already, or was never said."""
    headers = imported.found.get("headers")
    if not imported.mapping or not headers:
        return None
    saved = of_columns(imported.organisation_id, headers)
    if saved is None:
        return Keeping("")
    return None if is_kept(imported, saved) else Keeping(saved.name)
