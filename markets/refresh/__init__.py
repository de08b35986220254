"""Refreshing a dataset: what is stale, what to fetch, what became of it, and what a person decides on what was held.

A use-case never enqueues: `request` leaves a job, the door (task, command, view) wakes a worker.
"""

from markets.refresh.holds import Rehearsal, discard_held, publish_held, rehearse_held
from markets.refresh.outcome import RefreshOutcome
from markets.refresh.planning import PlannedRefresh, due, plan
from markets.refresh.running import REFRESH, TASK, refresh, request, run

__all__ = [
    "REFRESH",
    "TASK",
    "PlannedRefresh",
    "RefreshOutcome",
    "Rehearsal",
    "discard_held",
    "due",
    "plan",
    "publish_held",
    "refresh",
    "rehearse_held",
    "request",
    "run",
]
