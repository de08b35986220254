"""Companies of one name: what tells them apart in lists, and how a file that says so is understood."""

from __future__ import annotations

import re
import uuid
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from companies.models import CompanyName, ExportRecord

_PLACED: Final = re.compile(r"(?P<name>.+) \((?P<place>[^()]+)\)")
_NUMBERED: Final = re.compile(r"(?P<name>.+) \[(?P<id>[0-9a-f-]{36})\]")


def with_namesakes(rows: QuerySet[ExportRecord]) -> QuerySet[ExportRecord]:
    """Records that say whether another company of their organisation goes by the name of theirs (`has_namesake`), and
    whether one in the same place does (`has_neighbour`).
    """
    names = CompanyName.objects.order_by()
    own = names.filter(company_id=OuterRef(OuterRef("company_id")), name=OuterRef(OuterRef("company__name")))
    others = names.filter(
        folded__in=own.values("folded"), company__organisation_id=OuterRef("organisation_id")
    ).exclude(company_id=OuterRef("company_id"))
    return rows.annotate(
        has_namesake=Exists(others), has_neighbour=Exists(others.filter(company__place=OuterRef("company__place")))
    )


def told_apart(name: str, place: str, key: uuid.UUID, *, has_neighbour: bool) -> str:
    """A company that has a namesake: with its place, or where that does not tell them apart with its id."""
    return f"{name} ({place})" if place and not has_neighbour else f"{name} [{key}]"


def parted(said: str) -> tuple[str, str, str]:
    """Name, place and id of what `told_apart` made; the text itself and nothing else of any other."""
    if found := _NUMBERED.fullmatch(said):
        return found["name"], "", found["id"]
    if found := _PLACED.fullmatch(said):
        return found["name"], found["place"], ""
    return said, "", ""
