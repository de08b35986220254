"""Deciding on several records at once: each for itself, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from companies.access import Action, Actor, require
from companies.errors import CompaniesError, TooMany
from companies.records.deciding import approve, send_back
from markets.errors import InvalidRequest, MarketsError, NotFound

MOST = 100


class Verdict(StrEnum):
    """What a reviewer decides."""

    APPROVE = "approve"
    SEND_BACK = "send_back"


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one record. refused: why nothing was decided on it; None when it was."""

    key: str
    refused: MarketsError | None


def decide_together(
    actor: Actor, chosen: Iterable[tuple[str, int | None]], verdict: Verdict, note: str = ""
) -> list[Decision]:
    """Approve the records, or send them back with one reason; one that is refused leaves the others decided.

    chosen: id and the version that was looked at. Raises SignInNeeded, NoOrganisation, NotAllowed, TooMany.
    """
    require(actor, Action.REVIEW)
    wanted = list(dict(chosen).items())
    if len(wanted) > MOST:
        raise TooMany(count=len(wanted), kind=_("records"), most=MOST)
    return [Decision(key, _refusal(actor, key, version, verdict, note)) for key, version in wanted]


def _refusal(actor: Actor, key: str, version: int | None, verdict: Verdict, note: str) -> MarketsError | None:
    try:
        if verdict is Verdict.APPROVE:
            approve(actor, key, version, note)
        else:
            send_back(actor, key, version, note)
    except (CompaniesError, InvalidRequest, NotFound) as refused:
        return refused
    return None
