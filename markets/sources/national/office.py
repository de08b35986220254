"""A statistics office as a source: its files read one by one, each of them a vintage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from markets.errors import SourceChanged, SourceError
from markets.sources.base import Delivery, RawPayload, SliceProblem, SourceCard, Vintage
from markets.sources.national.statement import Statement, slices_of, statements_of
from markets.sources.national.table import Hints, is_note, table_of
from markets.sources.national.words import flow_in
from markets.sources.national.workbook import sheets_of
from markets.vocabulary import Flow, Period, Transport

_NUMBER_IN_NAME = re.compile(r"sdmx_data_(\d+)")


@dataclass(frozen=True)
class NationalOffice:
    """One office's trade by partner. Its files are saved from its site by people; nothing is downloaded.

    endings: of the files it reads. is_headed: its tables begin below headings and have no row of the total.
    multiplier: dollars in its unit where no table names one. flow: what the files are about when they do not say.
    flow_by_number: the same for the numbers in the file names of the office's own site.
    """

    card: SourceCard
    reporter: str
    endings: tuple[str, ...]
    is_headed: bool = False
    multiplier: Decimal | None = None
    flow: Flow | None = None
    flow_by_number: Mapping[str, Flow] = field(default_factory=dict)

    def read(self, payloads: Iterable[RawPayload], wanted: Sequence[str]) -> Iterator[Delivery]:
        """One delivery a file, the one that reaches least far first, so that the newest is in force at the end.

        wanted: nothing here, all is read. A file or sheet that cannot be read is a problem of its delivery; the
        others go on.
        """
        del wanted
        read = [self._read_one(payload) for payload in payloads]
        for payload, statements, problems in sorted(read, key=lambda each: (_reach(each[1]), each[0].request)):
            yield self._delivery(payload, statements, problems)

    def statements(self, payload: RawPayload) -> tuple[list[Statement], list[SliceProblem]]:
        """What the sheets of a file state, and the sheets that cannot be read while others can.

        Raises SourceChanged when none can be, or two state the same flow and period.
        """
        hints = Hints(self.card.id, self._flow_of(payload.request), self.multiplier, is_headed=self.is_headed)
        stated: list[Statement] = []
        problems: list[SliceProblem] = []
        sheets = sheets_of(self.card.id, payload)
        for sheet in [sheet for sheet in sheets if not is_note(sheet)] or sheets:
            try:
                found = statements_of(table_of(sheet, hints), self.reporter, self.card.id)
            except SourceChanged as problem:
                problems.append(SliceProblem(f"{payload.request} / {sheet.name}", problem, (payload,)))
                continue
            seen = {(each.flow, each.period) for each in stated}
            twice = next((each for each in found if (each.flow, each.period) in seen), None)
            if twice:
                reason = f"two sheets of one file state {twice.flow} of {twice.period}; keep one of them"
                raise SourceChanged(source=self.card.id, reason=reason)
            stated += found
        if problems and not stated:
            raise problems[0].error
        return stated, problems

    def _read_one(self, payload: RawPayload) -> tuple[RawPayload, list[Statement], list[SliceProblem]]:
        try:
            return payload, *self.statements(payload)
        except SourceError as problem:
            return payload, [], [SliceProblem(payload.request, problem, (payload,))]

    def _flow_of(self, name: str) -> Flow | None:
        """The flow by the file's name, or by the number the office's site gives it."""
        base = name.replace("\\", "/").rsplit("/", 1)[-1]
        number = _NUMBER_IN_NAME.search(base.casefold())
        return flow_in(base.replace("_", " ")) or (self.flow_by_number.get(number[1]) if number else None) or self.flow

    def _delivery(
        self, payload: RawPayload, statements: Sequence[Statement], problems: Sequence[SliceProblem]
    ) -> Delivery:
        periods = sorted({statement.period for statement in statements})
        shown = " to ".join(dict.fromkeys((periods[0], periods[-1]))) if periods else "nothing read"
        return Delivery(
            dataset=self.card.id,
            transport=Transport.FILE,
            vintage=Vintage(
                title=f"{self.card.name}, {shown}",
                released_note="the file carries no date",
                licence=self.card.licence,
                citation=f"{self.card.citation}, {payload.request}",
            ),
            slices=slices_of(statements),
            payloads=[payload],
            problems=tuple(problems),
        )


def _reach(statements: Sequence[Statement]) -> tuple[int, bool, str]:
    """How far a file reaches: a whole year further than a part of it. A file that states nothing comes first."""
    reached = ((Period.parse(each.period).year, len(each.period) == 4, each.period) for each in statements)
    return max(reached, default=(0, False, ""))
