"""The rows that own all background work: asked for, claimed on a lease, held by a heartbeat, never lost.

The queue's message only wakes a worker. Whoever works holds the row by a lease that its heartbeat moves on, and by a
fence that counts the holders: a former holder can write nothing more. A sweep hands out again what nobody holds.
All moments are the database's own clock.
"""

from markets.jobs.asking import ask, cancel, retry
from markets.jobs.holding import Held, begun_here, claim, held_to_the_end
from markets.jobs.lines import Line, log_lines
from markets.jobs.room import room_for
from markets.jobs.sweeping import let_go_of_children, next_in_line, not_woken, sweep
from markets.jobs.waking import wake, wake_later

__all__ = [
    "Held",
    "Line",
    "ask",
    "begun_here",
    "cancel",
    "claim",
    "held_to_the_end",
    "let_go_of_children",
    "log_lines",
    "next_in_line",
    "not_woken",
    "retry",
    "room_for",
    "sweep",
    "wake",
    "wake_later",
]
