"""The one memory of change: who did what to which thing, when, and how it was before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from companies.models.organisations import ApiKey, Organisation


class Change(models.Model):
    """One write. PostgreSQL itself sets the moment and the chain of hashes, and refuses to alter or drop a row.

    before, after: the fields that changed, as JSON; a new thing has no before. Addresses of people never stand here.
    hash: SHA-256 over the row and the hash of the organisation's row before it.
    Rows of a sample organisation alone can go, with the organisation.
    """

    class Via(models.TextChoices):
        WEB = "web", "Web page"
        API = "api", "API"
        IMPORT = "import", "Import"
        JOB = "job", "Job"
        COMMAND = "command", "Command"

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="changes"
    )
    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    action = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    via = models.CharField(max_length=8, choices=Via.choices)
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("organisation", "-id"), name="change_of_organisation"),
            models.Index(fields=("object_kind", "object_id", "-id"), name="change_of_object"),
            models.Index(fields=("actor", "-id"), name="change_of_actor"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"
