"""The answers of the Indicators API in our words: pages -> whole answers -> rows."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from markets.errors import InvalidValue, MarketsError, SourceChanged, UnknownCode
from markets.sources.base import ObservationRow, RawPayload, UnmappedRow
from markets.sources.http import parsed_json
from markets.vocabulary import ObsStatus, Period, PrintedNumber

SOURCE: Final = "worldbank"

# "The provided parameter value is not valid"; "The indicator was not found. It may have been deleted or archived."
UNKNOWN_INDICATOR_MESSAGES: Final = frozenset({"120", "175"})

# The API's own letters (obs_status) in ours. An unknown letter is a change of form, not a normal value.
STATUS_BY_PROVIDER: Final = {
    "": ObsStatus.NORMAL,
    "A": ObsStatus.NORMAL,
    "E": ObsStatus.ESTIMATED,
    "F": ObsStatus.FORECAST,
    "P": ObsStatus.PROVISIONAL,
    "B": ObsStatus.BREAK,
    "C": ObsStatus.CONFIDENTIAL,
    "M": ObsStatus.NOT_AVAILABLE,
    "U": ObsStatus.UNRELIABLE,
}

# Groups of the World Bank that we hold under the same code, by the two characters they have where the
# three-letter code is left empty. Its other groups are its own and are not loaded.
OUR_AGGREGATES: Final = {"1W": "WLD", "XD": "HIC", "XT": "UMC", "XN": "LMC", "XM": "LIC"}
OTHER_AGGREGATES: Final = frozenset(
    "AFE AFW ARB CEB CHI CSS EAP EAR EAS ECA ECS EMU EUU FCS HPC IBD IBT IDA IDB IDX INX LAC LCN LDC LMY LTE MEA MIC"
    " MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS NRS SXZ SZE".split()
)

# A value is a double in JSON, good for so many digits however short it is written.
DOUBLE_DIGITS: Final = 15

_CODE_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)


@dataclass(frozen=True)
class Page:
    """One page of an answer, as its head describes it. entries: the rows, not looked at yet."""

    page: int
    pages: int
    total: int
    updated_on: dt.date | None
    entries: list[dict[str, Any]]
    payload: RawPayload


@dataclass(frozen=True)
class Answer:
    """All that was said of one indicator in one vintage."""

    indicator: str
    updated_on: dt.date | None
    rows: list[ObservationRow]
    unmapped: list[UnmappedRow]
    payloads: list[RawPayload]


def page_of(payload: RawPayload) -> Page:
    """One page of the documented form `[meta, [entry, ...]]`. Raises UnknownCode or SourceChanged otherwise."""
    document = parsed_json(SOURCE, payload)
    if isinstance(document, list) and len(document) == 1 and isinstance(document[0], dict) and "message" in document[0]:
        _raise_message(document[0]["message"], payload)
    if not (isinstance(document, list) and len(document) == 2 and isinstance(document[0], dict)):
        raise SourceChanged(source=SOURCE, reason=f"{payload.request} is not [meta, rows]")
    meta, entries = document
    if not entries:
        raise SourceChanged(source=SOURCE, reason=f"{payload.request} holds no rows; empty is not a deletion")
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise SourceChanged(source=SOURCE, reason=f"the rows of {payload.request} are not objects")
    try:
        updated = str(meta.get("lastupdated") or "")
        return Page(
            page=int(meta["page"]),
            pages=int(meta["pages"]),
            total=int(meta["total"]),
            updated_on=dt.date.fromisoformat(updated) if updated else None,
            entries=entries,
            payload=payload,
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise SourceChanged(
            source=SOURCE, reason=f"the head of {payload.request} is unreadable ({_told(wrong)})"
        ) from wrong


def is_one_state(pages: Sequence[Page]) -> bool:
    """Whether all pages show the database in one state; it may change between two requests."""
    return len({(page.updated_on, page.pages, page.total) for page in pages}) == 1


def joined(pages: Sequence[Page]) -> list[Answer]:
    """The rows of all pages of one question, by indicator.

    pages: of one state of the database. Raises SourceChanged when one is missing, doubled or short.
    """
    asked, expected = pages[0].payload.request, pages[0].pages
    numbers = sorted(page.page for page in pages)
    if numbers != list(range(1, expected + 1)):
        raise SourceChanged(
            source=SOURCE,
            reason=f"{asked}: pages {numbers} of {expected} are here; all are needed",
        )
    count = sum(len(page.entries) for page in pages)
    if count != pages[0].total:
        raise SourceChanged(source=SOURCE, reason=f"{asked}: {count} rows came, {pages[0].total} were announced")
    answers: dict[str, Answer] = {}
    for page in sorted(pages, key=lambda page: page.page):
        for entry in page.entries:
            indicator = _indicator_code(entry, page.payload)
            answer = answers.setdefault(indicator, Answer(indicator, page.updated_on, [], [], []))
            if page.payload not in answer.payloads:
                answer.payloads.append(page.payload)
            row = _row(entry, indicator, page.payload)
            if isinstance(row, UnmappedRow):
                answer.unmapped.append(row)
            elif row is not None:
                answer.rows.append(row)
    return list(answers.values())


def _indicator_code(entry: dict[str, Any], payload: RawPayload) -> str:
    named = entry.get("indicator")
    code = named.get("id") if isinstance(named, dict) else None
    if not (isinstance(code, str) and _CODE_FORM.fullmatch(code)):
        raise SourceChanged(source=SOURCE, reason=f"a row of {payload.request} names no indicator")
    return code


def _raise_message(messages: Any, payload: RawPayload) -> None:
    first = messages[0] if isinstance(messages, list) and messages and isinstance(messages[0], dict) else {}
    if str(first.get("id")) in UNKNOWN_INDICATOR_MESSAGES:
        raise UnknownCode(dataset=SOURCE, scheme="indicator", code=f"in {payload.request}")
    shown = first.get("value") or first.get("key") or "an error without a text"
    raise SourceChanged(source=SOURCE, reason=f"{payload.request} answers: {shown}")


def _row(entry: dict[str, Any], indicator: str, payload: RawPayload) -> ObservationRow | UnmappedRow | None:
    """One entry in our words; None for the provider's own groups, which we do not load."""
    try:
        period = Period.parse(_period_text(str(entry["date"])))
        provider_code, label = str(entry["country"]["id"]), str(entry["country"].get("value") or "")
        area = str(entry.get("countryiso3code") or OUR_AGGREGATES.get(provider_code, ""))
        raw_value, raw_status = entry["value"], str(entry.get("obs_status") or "")
    except (KeyError, TypeError, InvalidValue) as wrong:
        raise SourceChanged(
            source=SOURCE, reason=f"a row of {payload.request} is unreadable ({_told(wrong)})"
        ) from wrong
    if area in OTHER_AGGREGATES or not area:
        return None if area else UnmappedRow("country", provider_code, label)
    status = STATUS_BY_PROVIDER.get(raw_status.upper())
    if status is None:
        raise SourceChanged(source=SOURCE, reason=f"{payload.request} uses the status {raw_status!r}")
    value, exponent = _value(raw_value, payload)
    if value is None and status is ObsStatus.NORMAL:
        status = ObsStatus.NOT_AVAILABLE
    # Half a million rows name two hundred countries and sixty years: each name is kept once.
    area, text = sys.intern(area), sys.intern(str(period))
    return ObservationRow(indicator, area, text, value, exponent, status, period.frequency)


def _told(wrong: Exception) -> str:
    """What is wrong with a row or head, in words."""
    if isinstance(wrong, KeyError):
        return f"it lacks {wrong.args[0]}"
    if isinstance(wrong, MarketsError):
        return str(wrong).rstrip(".")
    return f"a field is of another form: {wrong}"


def _period_text(date: str) -> str:
    """The API writes quarters and months as 2023Q1 and 2023M01."""
    if len(date) == 6 and date[4] == "Q":
        return f"{date[:4]}-{date[4:]}"
    if len(date) == 7 and date[4] == "M":
        return f"{date[:4]}-{date[5:]}"
    return date


def _value(raw: Any, payload: RawPayload) -> tuple[Decimal | None, int | None]:
    """The value and the place of its last digit: of the text where it is text, of a double otherwise."""
    if raw is None:
        return None, None
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise SourceChanged(source=SOURCE, reason=f"{payload.request} holds the value {raw!r}")
    try:
        # repr gives the shortest digits that make the same float: what the JSON text said, but for a ".0".
        printed = PrintedNumber.parse(raw if isinstance(raw, str) else repr(raw).removesuffix(".0"))
    except InvalidValue as wrong:
        raise SourceChanged(source=SOURCE, reason=f"{payload.request} holds the value {raw!r}") from wrong
    if isinstance(raw, str):
        return printed.value, printed.exponent
    return printed.value, min(printed.exponent, printed.value.adjusted() + 1 - DOUBLE_DIGITS)
