"""A target market as a line of the workspace."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from companies.profiles.targets import TargetRecord
from companies.profiles.workspace.numbers import MarketNumbers
from companies.profiles.workspace.sales import SalesBeside
from companies.queries.workspace import LATER, OVERDUE, UNDATED, WEEK

A_WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WorkspaceLine:
    """A target market with what stands beside it. due: when its next action is due; empty where none is planned."""

    target: TargetRecord
    due: str
    numbers: MarketNumbers
    sales: SalesBeside


def due_of(target: TargetRecord, today: dt.date) -> str:
    """When the next action is due, seen from a day; empty where there is none."""
    if not target.next_action:
        return ""
    if target.next_action_on is None:
        return UNDATED
    if target.next_action_on < today:
        return OVERDUE
    return WEEK if target.next_action_on < today + A_WEEK else LATER
