"""How people look at their records: saved views, links for others, frozen selections, files made meanwhile."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from companies.models.ids import new_id
from companies.models.organisations import Membership, Organisation
from markets.models import Job


class SavedView(models.Model):
    """A list under a name: its query (filters, sort, columns) as the address has it.

    is_default: what the list opens with; for its owner, or for everyone when it is shared.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "owner", "name"), name="view_name_once"),
            models.UniqueConstraint(
                fields=("organisation", "owner"),
                condition=Q(is_default=True, is_shared=False),
                name="view_default_once_a_person",
            ),
            models.UniqueConstraint(
                fields=("organisation",), condition=Q(is_default=True, is_shared=True), name="view_default_once_shared"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ShareLink(models.Model):
    """A list to be read by whoever has the link, without contacts, registration numbers and references.

    It ends with its time, by its maker, and with its maker's membership.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="share_links")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="share_links")
    name = models.CharField(max_length=100)
    query = models.TextField(blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return self.name


class Selection(models.Model):
    """The records somebody chose, frozen: exactly these, in exactly these versions, whatever comes after.

    versions: record id -> version. query: the list they were chosen from, to tell what joined it since.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    query = models.TextField(blank=True)
    versions = models.JSONField()
    count = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.count} records"


class ListExport(models.Model):
    """A file of a list, made in the background for the member who asked. It ends with that membership."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="exports")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="exports")
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    query = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    form = models.CharField(max_length=8)
    content = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return f"{self.form} {self.created_at}"


class IdempotentAnswer(models.Model):
    """What a program was answered under an Idempotency-Key, for a day, so that the same request is done once.

    owner: whose key it is (a person and, where one was used, an API key). fingerprint: hash of method, address and
    body. It is written with the end of what it tells, so it is always whole.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("owner", "key"), name="idempotency_key_once"),)

    def __str__(self) -> str:
        return self.key
