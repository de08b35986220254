"""The answers a job was given by a provider, kept until it ends: who takes over asks only for the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from markets.models import Job, JobAnswer, Payload
from markets.models.provenance import payload_row
from markets.sources.base import RawPayload

# What was answered longer ago than this is asked again.
KEPT_FOR = timedelta(hours=6)

_DROP_UNUSED = """
    DELETE FROM markets_payload p
    WHERE p.sha256 = ANY(%s)
      AND NOT EXISTS (SELECT 1 FROM markets_release_payloads r WHERE r.payload_id = p.sha256)
      AND NOT EXISTS (SELECT 1 FROM markets_jobanswer a WHERE a.payload_id = p.sha256)
      AND NOT EXISTS (
          SELECT 1 FROM markets_job j
          WHERE j.problems @> jsonb_build_array(jsonb_build_object('payloads', jsonb_build_array(p.sha256)))
             OR j.parameters -> 'files' @> jsonb_build_array(jsonb_build_object('sha256', p.sha256))
      )
"""


def forget_answers(job: Job) -> None:
    """Drop the answers of a job that has ended; the bytes stay where a release or a job speaks of them."""
    kept = set(job.answers.values_list("payload_id", flat=True))
    job.answers.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_DROP_UNUSED, (sorted(kept),))


class Answers:
    """The memory of a source's client. Each answer kept is a step of the job, at which it may be stopped."""

    def __init__(self, job: Job, step: Callable[[], None]) -> None:
        self._job = job
        self._step = step

    def count(self) -> int:
        """How many are kept."""
        return self._fresh().count()

    def recall(self, request: str) -> RawPayload | None:
        """What was answered to this request before; None when it must be asked."""
        kept = self._fresh().filter(request=request).select_related("payload").first()
        if kept is None:
            return None
        return RawPayload(kept.request, kept.payload.body, kept.content_type, kept.retrieved_at)

    def remember(self, answer: RawPayload) -> None:
        """Keep an answer, in place of an older one to the same request. Raises JobTakenOver and JobStopped."""
        Payload.objects.bulk_create([payload_row(answer.body, answer.content_type)], ignore_conflicts=True)
        JobAnswer.objects.update_or_create(
            job=self._job,
            request=answer.request,
            defaults={
                "payload_id": answer.sha256,
                "content_type": answer.content_type[:200],
                "retrieved_at": answer.retrieved_at,
            },
        )
        self._step()

    def _fresh(self) -> Any:
        return self._job.answers.filter(retrieved_at__gt=timezone.now() - KEPT_FOR)
