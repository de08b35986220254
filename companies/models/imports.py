"""Imports: the file, what was found in it, what people decided, what became of each row."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from companies.models.changes import Change
from companies.models.ids import new_id
from companies.models.organisations import ApiKey, Organisation
from companies.models.records import ExportRecord
from markets.models import Job


class Import(models.Model):
    """One file on its way to export records. It can be left at any step and gone on with later, by any officer.

    step: the last one whose work is whole. job: the work under way, or the last one. refusal: why the file is not read.
    choices, found: how it is read (`reading.form`). columns: what each column holds (`meaning.columns`).
    mapping, fixes, policy: what people decided (`plan`). counts: rows by outcome. groups: faults that many rows share.
    checked_version: the version that the verdicts are of; another one means that they are out of date.
    registered: companies that the import made, with the version they were left in.
    Rows, verdicts and bytes go when `expires_at` is over; what was imported, when and from which file stays.
    """

    class Step(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        READ = "read", "Read"
        MAPPED = "mapped", "Mapped"
        CHECKED = "checked", "Checked"
        DONE = "done", "Done"
        UNDONE = "undone", "Undone"
        REFUSED = "refused", "Refused"
        DISCARDED = "discarded", "Discarded"

    OPEN = (Step.UPLOADED, Step.READ, Step.MAPPED, Step.CHECKED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="imports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=8, choices=Change.Via.choices)
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    language = models.CharField(max_length=10)
    file_name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.UPLOADED)
    version = models.PositiveIntegerField(default=1)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    refusal = models.JSONField(default=dict, blank=True)
    choices = models.JSONField(default=dict, blank=True)
    found = models.JSONField(default=dict, blank=True)
    columns = models.JSONField(default=list, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    fixes = models.JSONField(default=dict, blank=True)
    policy = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    groups = models.JSONField(default=list, blank=True)
    checked_version = models.PositiveIntegerField(null=True, blank=True)
    registered = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(step__in=("done", "undone")) | Q(done_at__isnull=False, done_by__isnull=False),
                name="import_done_by_somebody",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-created_at"), name="import_list"),
            models.Index(fields=("organisation", "sha256"), name="import_same_file"),
        )

    def __str__(self) -> str:
        return self.file_name


class ImportPiece(models.Model):
    """A piece of the file's bytes, so that no process ever holds all of them."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("of", "number"), name="import_piece_once"),)

    def __str__(self) -> str:
        return str(self.number)


class ImportRow(models.Model):
    """A row of the file as it was read. number: as a spreadsheet shows it. cells: packed (`reading.form.Cell`)."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("of", "number"), name="import_row_once"),)

    def __str__(self) -> str:
        return str(self.number)


class ImportVerdict(models.Model):
    """What becomes of a row, by the newest check.

    entry: the values as `records.entering` takes them; `company` may be `+NAME`: to be registered under that name.
    faults, warnings: each a dict of `checking.faults`. record, record_version: the one it is about, as it was seen;
    after the import the one it became. version_after: the version the import left it in, by which an undo knows
    whether somebody has changed it since.
    """

    class Outcome(models.TextChoices):
        NEW = "new", "New"
        UPDATE = "update", "Update"
        UNCHANGED = "unchanged", "Unchanged"
        CONFLICT = "conflict", "Conflict"
        DUPLICATE = "duplicate", "Twice in the file"
        ERROR = "error", "Error"
        LEFT_OUT = "left_out", "Left out"

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="verdicts")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    entry = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    record = models.ForeignKey(ExportRecord, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    record_version = models.PositiveIntegerField(null=True, blank=True)
    version_after = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("of", "number"), name="import_verdict_once"),)
        indexes = (models.Index(fields=("of", "outcome", "number"), name="import_verdicts"),)

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"


class SavedMapping(models.Model):
    """How an organisation reads files of one layout: applied by itself to the next file with the same columns.

    fingerprint: of the columns' names. choices, mapping, fixes: as in Import; of the fixes those by value.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="mappings")
    name = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    choices = models.JSONField(default=dict, blank=True)
    mapping = models.JSONField()
    fixes = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "name"), name="mapping_name_once"),
            models.UniqueConstraint(fields=("organisation", "fingerprint"), name="mapping_of_columns_once"),
        )

    def __str__(self) -> str:
        return self.name
