"""The answers a job was given by a provider, kept until it ends: who takes over asks only for the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
"""


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

    def forget(self, problems: Sequence[dict[str, Any]]) -> None:
        """Drop all of them; the bytes stay where a release or a problem speaks of them."""
        kept = set(self._job.answers.values_list("payload_id", flat=True))
        self._job.answers.all().delete()
        spoken_of = {sha256 for problem in problems for sha256 in problem.get("payloads", ())}
        with connection.cursor() as cursor:
            cursor.execute(_DROP_UNUSED, (sorted(kept - spoken_of),))

    def _fresh(self) -> Any:
        return self._job.answers.filter(retrieved_at__gt=timezone.now() - KEPT_FOR)
