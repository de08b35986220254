"""A held release as staff looks at it: why it is held, and row by row what was delivered beside what is in force."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import DuplicateRow, InvalidValue, NotFound
from markets.models import Release
from markets.profiles.problems import problem_told, slice_of
from markets.profiles.provenance import PayloadLine, ReleaseLine, payload_lines, release_line
from markets.profiles.slices import SliceRef, slice_refs
from markets.profiles.tables import Column, Table
from markets.queries import KeptRow

ROWS_SHOWN: Final = 100
# What the gates' verdicts come to for a person; a row that adds nothing and one that comes too late change nothing.
VERDICTS: Final = {
    "added": ("added",),
    "revised": ("revised",),
    "withdrawn": ("withdrawn",),
    "refined": ("refined",),
    "unchanged": ("agreed", "void", "late"),
}


@dataclass(frozen=True, slots=True)
class HeldReason:
    """Why a slice is held. is_final: not even a person can publish it, for it says two things of one key."""

    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class HeldSlice:
    """A held slice and how many rows were kept of it."""

    slice: SliceRef
    rows: int


@dataclass(frozen=True, slots=True)
class HeldDifference:
    """A row of the delivery beside what was in force when it came, and what is in force now.

    change_pct: from now to the delivered value, in per cent of now; null where either is missing or now is zero.
    moved_meanwhile: what is in force now is not what was in force then. is_doubled: the delivery names it twice.
    """

    slice: SliceRef
    subject: str
    subject_name: str
    period: str
    value: Decimal | None
    obs_status: str
    value_then: Decimal | None
    value_now: Decimal | None
    change_pct: Decimal | None
    moved_meanwhile: bool
    verdict: str
    is_doubled: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything a decision on a held release needs.

    counts: rows by verdict, of the chosen slice. slice_key, verdict: what is chosen; empty: all. total: rows that are
    chosen, of which `rows` are those of page `number` of `pages`, what is said twice first, then the biggest changes.
    """

    release: ReleaseLine
    since: dt.datetime
    job: str
    reasons: tuple[HeldReason, ...]
    slices: tuple[HeldSlice, ...]
    counts: tuple[tuple[str, int], ...]
    all_rows: int
    slice_key: str
    verdict: str
    total: int
    rows: tuple[HeldDifference, ...]
    number: int
    pages: int
    payloads: tuple[PayloadLine, ...]

    @property
    def can_publish(self) -> bool:
        """Whether anything of it can be published at all."""
        return any(not reason.is_final for reason in self.reasons)

    @property
    def previous_number(self) -> str:
        return str(self.number - 1)

    @property
    def next_number(self) -> str:
        return str(self.number + 1)

    def table(self) -> Table:
        """The chosen rows, one a row."""
        columns = [
            Column("slice", _("Code")),
            Column("name", _("Series")),
            Column("subject", _("Market or partner")),
            Column("subject_name", _("Name")),
            Column("period", _("Period")),
            Column("value_then", _("In force then"), is_number=True),
            Column("value_now", _("In force now"), is_number=True),
            Column("value", _("Delivered"), is_number=True),
            Column("obs_status", _("Status")),
            Column("change_pct", _("Change, per cent"), is_number=True),
            Column("verdict", _("What it does")),
            Column("is_doubled", _("Named twice")),
        ]
        rows = [
            (
                r.slice.key,
                r.slice.name,
                r.subject,
                r.subject_name,
                r.period,
                r.value_then,
                r.value_now,
                r.value,
                r.obs_status,
                r.change_pct,
                r.verdict,
                "1" if r.is_doubled else "",
            )
            for r in self.rows
        ]
        source = self.release.provenance
        return Table(f"held-{self.release.id}", source.vintage, columns, rows, (source.citation,))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on a release that was held, by whom and why. at None: nobody has."""

    release: ReleaseLine
    at: dt.datetime | None
    by: str
    note: str


def decision(key: int) -> Decision:
    """What was decided on a release; for staff, since it names a person. Raises NotFound."""
    release = _found(key)
    by = str(release.decided_by) if release.decided_by else ""
    return Decision(release_line(release), release.decided_at, by, release.decision_note)


def review_page(
    key: int, *, slice_key: str = "", verdict: str = "", number: int = 1, is_whole: bool = False
) -> ReviewPage:
    """A held release with its differences, a page of them or all. Raises NotFound and InvalidValue."""
    release = _found(key)
    if verdict and verdict not in VERDICTS:
        expected = _("choose one of %(keys)s") % {"keys": ", ".join(VERDICTS)}
        raise InvalidValue(parameter="verdict", value=verdict, expected=expected)
    counted = queries.held_counts(key)
    by_slice: Counter[str] = Counter()
    for held_slice, _verdict, rows in counted:
        by_slice[held_slice] += rows
    if slice_key and slice_key not in by_slice:
        raise InvalidValue(parameter="slice", value=slice_key, expected=_("it is no part of this release"))
    kept_counts: Counter[str] = Counter()
    for held_slice, kept_verdict, rows in counted:
        if not slice_key or held_slice == slice_key:
            kept_counts[kept_verdict] += rows
    counts = {name: sum(kept_counts[each] for each in its) for name, its in VERDICTS.items()}
    total = counts[verdict] if verdict else sum(counts.values())
    pages = max(-(-total // ROWS_SHOWN), 1)
    place = min(max(number, 1), pages)
    kept = queries.held_rows(
        key,
        slice_key=slice_key,
        verdicts=VERDICTS[verdict] if verdict else None,
        limit=None if is_whole else ROWS_SHOWN,
        offset=0 if is_whole else (place - 1) * ROWS_SHOWN,
    )
    refs = slice_refs([*by_slice, *(slice_of(problem) for problem in release.problems)])
    return ReviewPage(
        release=release_line(release),
        since=release.known_from,
        job=str(release.job_id or ""),
        reasons=tuple(
            HeldReason(problem_told(problem, refs, is_staff=True), is_final=problem.get("code") == DuplicateRow.code)
            for problem in release.problems
        ),
        slices=tuple(HeldSlice(refs[each], rows) for each, rows in by_slice.items()),
        counts=tuple(counts.items()),
        all_rows=sum(by_slice.values()),
        slice_key=slice_key,
        verdict=verdict,
        total=total,
        rows=_differences(release, kept, refs),
        number=place,
        pages=pages,
        payloads=payload_lines(release),
    )


def _found(key: int) -> Release:
    release = queries.releases(published_only=False).select_related("dataset", "decided_by").filter(pk=key).first()
    if release is None:
        raise NotFound(kind=_("release"), key=key)
    return release


def _differences(release: Release, kept: list[KeptRow], refs: Mapping[str, SliceRef]) -> tuple[HeldDifference, ...]:
    names = queries.names(areas=(row.subject for row in kept if row.subject))
    now = queries.values_now(release, kept)
    spoken = {verdict: name for name, its in VERDICTS.items() for verdict in its}
    found = []
    for row in kept:
        value_now = now.get((row.slice, row.subject, row.period))
        found.append(
            HeldDifference(
                slice=refs[row.slice],
                subject=row.subject,
                subject_name=names.get(("area", row.subject), row.subject),
                period=row.period,
                value=row.value,
                obs_status=row.obs_status,
                value_then=row.old_value,
                value_now=value_now,
                change_pct=_change_pct(value_now, row.value),
                moved_meanwhile=value_now != row.old_value,
                verdict=spoken.get(row.verdict, "unchanged"),
                is_doubled=row.is_doubled,
            )
        )
    return tuple(found)


def _change_pct(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    if before is None or after is None or before == 0:
        return None
    return ((after - before) / abs(before) * 100).quantize(Decimal("0.1"))
