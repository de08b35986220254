"""Imports: files on their way to records, and how organisations read files of one layout."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import companies.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0010_api_answers_are_whole"),
        ("markets", "0007_remove_held_reason"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("read:market", "Read market data"),
                        ("read:records", "Read companies and records"),
                        ("write:records", "Write companies and records"),
                        ("import", "Import records from files"),
                        ("review:records", "Approve, return and publish"),
                        ("admin", "Members and settings"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("web", "Web page"),
                            ("api", "API"),
                            ("import", "Import"),
                            ("job", "Job"),
                            ("command", "Command"),
                        ],
                        max_length=8,
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("file_name", models.CharField(max_length=255)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("read", "Read"),
                            ("mapped", "Mapped"),
                            ("checked", "Checked"),
                            ("done", "Done"),
                            ("undone", "Undone"),
                            ("refused", "Refused"),
                            ("discarded", "Discarded"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("refusal", models.JSONField(blank=True, default=dict)),
                ("choices", models.JSONField(blank=True, default=dict)),
                ("found", models.JSONField(blank=True, default=dict)),
                ("columns", models.JSONField(blank=True, default=list)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("fixes", models.JSONField(blank=True, default=dict)),
                ("policy", models.JSONField(blank=True, default=dict)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("groups", models.JSONField(blank=True, default=list)),
                ("checked_version", models.PositiveIntegerField(blank=True, null=True)),
                ("registered", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("undo_until", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="companies.apikey",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="markets.job",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imports", to="companies.organisation"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ImportPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pieces", to="companies.import"
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="companies.import"
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="ImportVerdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("update", "Update"),
                            ("unchanged", "Unchanged"),
                            ("conflict", "Conflict"),
                            ("duplicate", "Twice in the file"),
                            ("error", "Error"),
                            ("left_out", "Left out"),
                        ],
                        max_length=10,
                    ),
                ),
                ("entry", models.JSONField(default=dict)),
                ("faults", models.JSONField(default=list)),
                ("warnings", models.JSONField(default=list)),
                ("record_version", models.PositiveIntegerField(blank=True, null=True)),
                ("version_after", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="verdicts", to="companies.import"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="companies.exportrecord",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(max_length=64)),
                ("choices", models.JSONField(blank=True, default=dict)),
                ("mapping", models.JSONField()),
                ("fixes", models.JSONField(blank=True, default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mappings",
                        to="companies.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["organisation", "-created_at"], name="import_list"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["organisation", "sha256"], name="import_same_file"),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step__in", ("done", "undone")), _negated=True),
                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                    _connector="OR",
                ),
                name="import_done_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="importpiece",
            constraint=models.UniqueConstraint(fields=("of", "number"), name="import_piece_once"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("of", "number"), name="import_row_once"),
        ),
        migrations.AddIndex(
            model_name="importverdict",
            index=models.Index(fields=["of", "outcome", "number"], name="import_verdicts"),
        ),
        migrations.AddConstraint(
            model_name="importverdict",
            constraint=models.UniqueConstraint(fields=("of", "number"), name="import_verdict_once"),
        ),
        migrations.AddConstraint(
            model_name="savedmapping",
            constraint=models.UniqueConstraint(fields=("organisation", "name"), name="mapping_name_once"),
        ),
        migrations.AddConstraint(
            model_name="savedmapping",
            constraint=models.UniqueConstraint(fields=("organisation", "fingerprint"), name="mapping_of_columns_once"),
        ),
    ]
