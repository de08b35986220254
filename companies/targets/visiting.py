"""When a person looks at their markets: a visit ends after half an hour of quiet, the next tells what is new."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection

from companies.access import Action, Actor, require_own

QUIET: Final = dt.timedelta(minutes=30)
# One statement, so that two pages opened at once are one visit.
_SEEN: Final = """
    INSERT INTO companies_visit AS v (person_id, seen_at) VALUES (%(person)s, %(now)s)
    ON CONFLICT (person_id) DO UPDATE SET
        since = CASE WHEN v.seen_at < %(quiet)s THEN v.seen_at ELSE v.since END,
        seen_at = greatest(v.seen_at, excluded.seen_at)
    RETURNING since
"""


def look_in(actor: Actor, now: dt.datetime) -> dt.datetime | None:
    """The end of the visit before this one; None on the first. That somebody looked is no change to remember.

    Raises SignInNeeded, ScopeMissing.
    """
    person = require_own(actor, Action.READ_TARGETS)
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"person": person.pk, "now": now, "quiet": now - QUIET})
        since: dt.datetime | None = cursor.fetchone()[0]
        return since
