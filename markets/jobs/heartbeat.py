"""The heartbeat of a held job: a thread of its own, with a connection of its own, that moves the lease on."""

from __future__ import annotations

import contextvars
import logging
import threading
import uuid

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

log = logging.getLogger(__name__)

# A lease outlives five lost beats.
BEATS_A_LEASE = 6

_BEAT = """
    UPDATE markets_job
    SET heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE id = %(job)s AND fence = %(fence)s AND state = 'running'
"""


class Heartbeat:
    """Beats from `start` to `stop`. A database that is away for a while is no reason to stop beating."""

    def __init__(self, job: uuid.UUID, fence: int) -> None:
        self._values: dict[str, int | uuid.UUID] = {"job": job, "fence": fence, "lease": settings.JOB_LEASE_SECONDS}
        self._ended = threading.Event()
        # Lines in the log carry the ids of the job that beats.
        run = contextvars.copy_context().run
        self._thread = threading.Thread(target=run, args=(self._beat,), name=f"heartbeat {job}", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; the thread and its connection are gone when this returns."""
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._ended.wait(settings.JOB_LEASE_SECONDS / BEATS_A_LEASE):
                self._once()
        finally:
            connection.close()

    def _once(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = '5s'")
                cursor.execute(_BEAT, self._values)
        except (DatabaseError, InterfaceError) as fault:
            log.warning("A heartbeat of job %s was lost: %s", self._values["job"], fault)
            connection.close()
