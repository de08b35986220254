"""What programs were answered under an Idempotency-Key: the same request, sent again, is done once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models.functions import Now

from companies.errors import KeyInProgress, KeyReused
from companies.models import IdempotentAnswer

KEPT_FOR: Final = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it went out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer_kept(owner: str, key: str, fingerprint: str) -> Answer | None:
    """What was answered under this key; None: nothing yet, and until this transaction ends nobody else answers.

    owner: whose key it is. fingerprint: of the request. Raises KeyReused where the key came with another request,
    KeyInProgress while the first is being answered. A process that dies meanwhile leaves nothing behind.
    """
    if not _held(owner, key):
        raise KeyInProgress
    kept = IdempotentAnswer.objects.filter(owner=owner, key=key, created_at__gt=Now() - KEPT_FOR).first()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise KeyReused
    return Answer(kept.status, kept.headers, bytes(kept.body))


def keep_answer(owner: str, key: str, fingerprint: str, answer: Answer) -> None:
    """Remember an answer, in the transaction of what it tells."""
    said = {"fingerprint": fingerprint, "status": answer.status, "headers": answer.headers, "body": answer.body}
    IdempotentAnswer.objects.update_or_create(owner=owner, key=key, defaults={**said, "created_at": Now()})


def forget_answers() -> int:
    """Drop the answers that are a day old; how many there were."""
    return IdempotentAnswer.objects.filter(created_at__lte=Now() - KEPT_FOR).delete()[0]


def _held(owner: str, key: str) -> bool:
    """Whether this transaction has the key for itself; PostgreSQL lets go of it with the transaction."""
    digest = hashlib.sha256(f"idempotency {owner} {key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
        return bool(cursor.fetchone()[0])
