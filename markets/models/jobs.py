"""Background work: the row that owns each piece, what it said on the way, and the answers it was given."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from markets.models.provenance import Dataset, Payload


class Job(models.Model):
    """One piece of background work and what became of it. The queue's message only wakes a worker.

    A worker holds it by `lease_until`, which its heartbeat moves on; `fence` counts the holders, so that a former one
    can write nothing more. attempts: how often it was begun. run_after: not before this moment.
    stop_wanted: what a person or a worker that shuts down asks of the holder.
    counts, problems: what it did, and what failed or was held, each with code and context.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        UNCHANGED = "unchanged", "Nothing new"
        HELD = "held", "Held for review"
        FAILED = "failed", "Failed"
        DEAD = "dead", "Given up"
        CANCELLED = "cancelled", "Cancelled"

    class Stop(models.TextChoices):
        NO = "", "No"
        YIELD = "yield", "Let another worker go on"
        CANCEL = "cancel", "Cancel"

    OPEN = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, default="refresh")
    task = models.CharField(max_length=100, blank=True, help_text="Name of the task that wakes it; empty: a terminal")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.CASCADE, related_name="jobs")
    transport = models.CharField(max_length=8, blank=True)
    parameters = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=255, null=True, blank=True, unique=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_most = models.PositiveSmallIntegerField(default=3)
    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    stop_wanted = models.CharField(max_length=8, choices=Stop.choices, default=Stop.NO, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    run_after = models.DateTimeField(db_default=Now())
    woken_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "dataset"), condition=Q(state="running"), name="job_runs_once_a_dataset"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
        )
        indexes = (
            models.Index(fields=("state", "run_after"), condition=Q(state__in=("queued", "running")), name="job_open"),
            models.Index(fields=("dataset", "-created_at"), name="job_of_dataset"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.dataset_id or ''} {self.state}"

    @property
    def begun_at(self) -> dt.datetime:
        """When it was begun first, or asked for where nobody has begun yet."""
        return self.started_at or self.created_at

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in self.OPEN


class JobEvent(models.Model):
    """One line of a job's log: what happened, by its code, with the facts the sentence needs."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(db_default=Now())
    attempt = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=40)
    context = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.code} ({self.attempt})"


class JobAnswer(models.Model):
    """An answer a running job was given, so that a worker that takes over asks only for the rest."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="answers")
    request = models.TextField()
    payload = models.ForeignKey(Payload, on_delete=models.PROTECT, related_name="answers")
    content_type = models.CharField(max_length=200, blank=True)
    retrieved_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("job", "request"), name="job_answer_once"),)

    def __str__(self) -> str:
        return self.request
