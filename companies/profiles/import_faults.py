"""What is wrong with the rows of an import, by kind, as its page shows it: each with the ways to put it right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from companies.importing.checking.faults import SCALE, TWINS, Fault, Suggestion
from companies.importing.mapping.labels import called
from companies.models import Import, ImportVerdict

# Of many wordings so many are named before the list of them is opened.
_FIRST: Final = 4
# So few wordings are listed unfolded.
_FEW: Final = 5
_LONGEST_ASKED: Final = 200
# Faults that one answer about the column, or another encoding, puts right in all rows.
_ANSWERED_AT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("ambiguous_number", "other_style", "ambiguous_date", "serial_date", "no_year_part", "columns_differ"),
        "companies:import_map",
    ),
    "undecodable": "companies:import_read",
}


@dataclass(frozen=True, slots=True)
class WordingLine:
    """One of several wordings that are wrong in one way. place: of its group and its own; query: of its rows."""

    place: str
    said: str
    count: int
    near: tuple[Suggestion, ...]
    query: str


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """One thing wrong in many rows. said: empty where no cell says it. rows: the first numbers.

    title: in a few words, empty where only the sentence tells it. wordings: how many different ones cells have; alike:
    the first of them where there are several. query: of the table that shows the rows.
    """

    place: int
    field: str
    label: str
    code: str
    kind: str
    said: str
    title: str
    told: str
    count: int
    rows: tuple[int, ...]
    near: tuple[Suggestion, ...]
    query: str
    wordings: int
    alike: tuple[WordingLine, ...]

    @property
    def is_many(self) -> bool:
        """Whether cells that are wrong so say different things."""
        return self.wordings > 1

    @property
    def can_fix(self) -> bool:
        """Whether another wording can be written for all of them."""
        return bool(self.field)

    @property
    def is_company(self) -> bool:
        """Whether it can be registered as new."""
        return self.code == "unknown_company"

    @property
    def are_twins(self) -> bool:
        return self.code == TWINS

    @property
    def is_scale(self) -> bool:
        """Whether its two suggestions are the two answers that hold for all such cells."""
        return self.code == SCALE

    @property
    def answered_at(self) -> str:
        """The page where it can be answered for the whole column or file; empty where there is none."""
        return _ANSWERED_AT.get(self.code, "")

    @property
    def more(self) -> int:
        """How many rows there are beyond those named."""
        return self.count - len(self.rows)

    @property
    def first(self) -> tuple[str, ...]:
        """The first wordings beside the one that the sentence names."""
        return tuple(each.said for each in self.alike if each.said and each.said != self.said)[:_FIRST]

    @property
    def suggested(self) -> int:
        """Of how many of the wordings listed one thing alone is probably meant."""
        return sum(len(each.near) == 1 for each in self.alike)

    @property
    def unlisted(self) -> int:
        """How many wordings there are beyond those listed."""
        return self.wordings - len(self.alike)

    @property
    def is_open(self) -> bool:
        """Whether its wordings are so few that they are listed at once."""
        return len(self.alike) <= _FEW


def fault_groups(kept: Sequence[Mapping[str, Any]]) -> Iterator[FaultGroup]:
    """The groups as the import keeps them, in their order."""
    for place, packed in enumerate(kept):
        fault = Fault.unpacked(packed)
        yield FaultGroup(
            place=place,
            field=fault.field,
            label=called(fault.field) if fault.field else _("Rows that contradict each other"),
            code=fault.code,
            kind=fault.kind,
            said=fault.said,
            title=fault.title(),
            told=_told(fault),
            count=packed["count"],
            rows=tuple(packed["rows"]),
            near=fault.near,
            query=_query(fault, is_one_wording="alike" not in packed),
            wordings=packed["wordings"],
            alike=tuple(_wordings(place, packed.get("alike", ()))),
        )


def sure_suggestions(imported: Import, field: str, kind: str) -> dict[str, dict[str, str]]:
    """Of one kind of fault, what each wording listed probably means, where that is one thing alone; by field."""
    found: dict[str, str] = {}
    for packed in imported.groups:
        fault = Fault.unpacked(packed)
        if (fault.field, fault.kind) == (field, kind):
            alike = [Fault.unpacked(each) for each in packed.get("alike", ())]
            found = {each.said: each.near[0].becomes for each in alike if len(each.near) == 1}
    return {field: found}


def _wordings(place: int, kept: Sequence[Mapping[str, Any]]) -> Iterator[WordingLine]:
    for number, packed in enumerate(kept):
        fault = Fault.unpacked(packed)
        query = _query(fault, is_one_wording=True)
        yield WordingLine(f"{place}-{number}", fault.said, packed["count"], fault.near, query)


def _query(fault: Fault, *, is_one_wording: bool) -> str:
    """The query of the table that shows the rows with this fault; an endless wording is not asked for."""
    asked = {"outcome": ImportVerdict.Outcome.ERROR.value, "fault": fault.kind, "field": fault.field}
    is_asked = is_one_wording and len(fault.said) <= _LONGEST_ASKED
    return urlencode(asked | ({"said": fault.said} if is_asked else {}))


def _told(fault: Fault) -> str:
    """What is wrong, in words that hold for every row of a group."""
    if fault.code == TWINS:
        return _(
            "Each of these rows names the same company, market, goods and time as another, and differs in the rest."
        )
    return fault.sentence()
