"""From when to ask again, so that nothing is missed that was being written meanwhile."""

from __future__ import annotations

import datetime as dt

from django.db import connection


def settled_until() -> dt.datetime:
    """The moment before which every write is seen or given up (UTC).

    A row is dated by the start of its transaction and seen at the end of it, so that one which is being written may yet
    appear under an earlier moment than others that are seen. Whoever asks again from this moment on misses nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
            """
        )
        found: dt.datetime = cursor.fetchone()[0]
        return found
