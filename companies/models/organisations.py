"""Organisations, who belongs to them in which role, and the keys of their programs."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from companies.models.ids import new_id
from markets.models import Area


class Organisation(models.Model):
    """A trade office or an exporter: the owner of companies and records.

    is_sample: made by `manage.py demo` and wiped by it; fixed at its making (a trigger holds it).
    """

    class Kind(models.TextChoices):
        TRADE_OFFICE = "trade_office", "Trade office"
        EXPORTER = "exporter", "Exporter"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.TRADE_OFFICE)
    home = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="organisations")

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do; `companies.access` says what each role means."""

    VIEWER = "viewer", "Viewer"
    OFFICER = "officer", "Officer"
    REVIEWER = "reviewer", "Reviewer"
    ADMIN = "admin", "Admin"


class Membership(models.Model):
    """A person in an organisation. An ended one stays, so that what they did keeps its author."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("began_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "user"), condition=Q(ended_at__isnull=True), name="member_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.organisation_id}"


class Invitation(models.Model):
    """A letter that lets one address join. Only the hash of its secret is kept; accepted, it keeps no address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=16, choices=Role.choices)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return f"{self.role} of {self.organisation_id}"


class ApiKey(models.Model):
    """A key for programs: `sgd_<prefix>.<secret>`, shown once. It can do what its scopes and its owner's role allow.

    networks: CIDR blocks it may be used from; empty: from anywhere.
    """

    class Scope(models.TextChoices):
        READ_MARKET = "read:market", "Read market data"
        READ_RECORDS = "read:records", "Read companies and records"
        WRITE_RECORDS = "write:records", "Write companies and records"
        IMPORT = "import", "Import records from files"
        READ_TARGETS = "read:targets", "Read target markets and alerts"
        WRITE_TARGETS = "write:targets", "Write target markets and alert rules"
        REVIEW_RECORDS = "review:records", "Approve, return and publish"
        ADMIN = "admin", "Members and settings"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"


class FirstAdminLink(models.Model):
    """The link by which whoever installed Sogdia becomes its first admin. One row at most; only its hash is kept.

    It serves once, until its time, and only while nobody runs the installation.
    """

    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"until {self.expires_at}"
