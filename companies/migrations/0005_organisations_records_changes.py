import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import companies.models.ids
import markets.models.fields


class Migration(migrations.Migration):
    dependencies = [("companies", "0004_people_by_address")]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("prefix", models.CharField(max_length=12, unique=True)),
                ("secret_hash", models.CharField(max_length=64)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read:market", "Read market data"),
                                ("read:records", "Read companies and records"),
                                ("write:records", "Write companies and records"),
                                ("review:records", "Approve, return and publish"),
                                ("admin", "Members and settings"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), blank=True, default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("action", models.CharField(max_length=40)),
                ("object_kind", models.CharField(max_length=40)),
                ("object_id", models.CharField(max_length=40)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
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
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("hash", models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=300)),
                ("registration_number", models.CharField(blank=True, max_length=50)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("sector", models.CharField(blank=True, max_length=200)),
                ("note", models.TextField(blank=True)),
                ("search_text", models.TextField(blank=True, editable=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("archived_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name_plural": "companies",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="CompanyName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300)),
                ("language", models.CharField(blank=True, max_length=10)),
                (
                    "kind",
                    models.CharField(
                        choices=[("official", "Official name"), ("trade", "Trade name"), ("alias", "Alias")],
                        default="official",
                        max_length=16,
                    ),
                ),
                ("folded", models.CharField(editable=False, max_length=300)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("position", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=50)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ExportRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("hs_code", models.CharField(blank=True, max_length=10)),
                ("hs_revision", models.CharField(blank=True, max_length=8)),
                ("period", models.CharField(max_length=20)),
                ("frequency", models.CharField(max_length=1)),
                ("period_from_on", models.DateField()),
                ("period_to_on", models.DateField()),
                (
                    "value",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                ("value_printed", models.CharField(blank=True, max_length=60)),
                ("multiplier", models.PositiveBigIntegerField(default=1)),
                ("value_note", models.CharField(blank=True, max_length=300)),
                (
                    "quantity",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                ("quantity_unit", models.CharField(blank=True, max_length=30)),
                (
                    "net_weight_kg",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                ("incoterm", models.CharField(blank=True, max_length=3)),
                (
                    "corridor",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rail", "Rail"),
                            ("road", "Road"),
                            ("air", "Air"),
                            ("sea", "Sea"),
                            ("pipeline", "Pipeline"),
                            ("mixed", "Several ways"),
                        ],
                        max_length=8,
                    ),
                ),
                ("customs_office", models.CharField(blank=True, max_length=200)),
                ("document_reference", models.CharField(blank=True, max_length=200)),
                (
                    "stated_growth_pct",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                ("growth_base", models.CharField(blank=True, max_length=200)),
                ("note", models.TextField(blank=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[("typed", "Typed in"), ("imported", "Imported"), ("api", "By a program")],
                        default="typed",
                        max_length=8,
                    ),
                ),
                ("origin_reference", models.CharField(blank=True, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned"),
                            ("approved", "Approved"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_note", models.TextField(blank=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("removed_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ("-period_to_on", "-updated_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="IdempotentAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("officer", "Officer"),
                            ("reviewer", "Reviewer"),
                            ("admin", "Admin"),
                        ],
                        max_length=16,
                    ),
                ),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ListExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("query", models.TextField(blank=True)),
                ("language", models.CharField(max_length=10)),
                ("form", models.CharField(max_length=8)),
                ("content", models.BinaryField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("count", models.PositiveIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("officer", "Officer"),
                            ("reviewer", "Reviewer"),
                            ("admin", "Admin"),
                        ],
                        max_length=16,
                    ),
                ),
                ("began_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("began_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("trade_office", "Trade office"), ("exporter", "Exporter")],
                        default="trade_office",
                        max_length=16,
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, editable=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ProductLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hs_code", models.CharField(blank=True, max_length=10)),
                ("hs_revision", models.CharField(blank=True, max_length=8)),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("rule", models.JSONField()),
                ("published_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-published_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="PublishedSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                ("withheld", models.CharField(blank=True, max_length=40)),
                ("companies", models.PositiveIntegerField(blank=True, null=True)),
                ("records", models.PositiveIntegerField(blank=True, null=True)),
                ("contributors", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ("destination", "category", "currency"),
            },
        ),
        migrations.CreateModel(
            name="RecordComment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("query", models.TextField(blank=True)),
                ("is_shared", models.BooleanField(default=False)),
                ("is_default", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Selection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("query", models.TextField(blank=True)),
                ("versions", models.JSONField()),
                ("count", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("query", models.TextField(blank=True)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at", "id"),
            },
        ),
        migrations.AddField(
            model_name="change",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="companies.apikey",
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="archived_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="home",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.area"
            ),
        ),
        migrations.AddField(
            model_name="companyname",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="names", to="companies.company"
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="companies.company"
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="markets.category",
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="records", to="companies.company"
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="currency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="markets.currency",
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="destination",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.area"),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="edited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="removed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="settlement_currency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="markets.currency",
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="submitted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="idempotentanswer",
            constraint=models.UniqueConstraint(fields=("owner", "key"), name="idempotency_key_once"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="invited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="listexport",
            name="job",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="markets.job"
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="listexport",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="exports", to="companies.membership"
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="companies.membership"
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="home",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.area"
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="members",
            field=models.ManyToManyField(
                related_name="organisations", through="companies.Membership", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="listexport",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="exports", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="exportrecord",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="records", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="companies", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="companies.organisation",
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="productline",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="markets.category",
            ),
        ),
        migrations.AddField(
            model_name="productline",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="companies.company"
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="publications", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="published_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="publishedsum",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="markets.category",
            ),
        ),
        migrations.AddField(
            model_name="publishedsum",
            name="currency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.currency"
            ),
        ),
        migrations.AddField(
            model_name="publishedsum",
            name="destination",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.area"),
        ),
        migrations.AddField(
            model_name="publishedsum",
            name="publication",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sums", to="companies.publication"
            ),
        ),
        migrations.AddField(
            model_name="recordcomment",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="recordcomment",
            name="record",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="companies.exportrecord"
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="views", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.organisation"
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="share_links", to="companies.membership"
            ),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="share_links", to="companies.organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="companyname",
            index=models.Index(fields=["folded"], name="company_name_folded"),
        ),
        migrations.AddConstraint(
            model_name="companyname",
            constraint=models.UniqueConstraint(fields=("company", "name"), name="company_name_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("organisation", "user"), name="member_once"
            ),
        ),
        migrations.AddIndex(
            model_name="exportrecord",
            index=models.Index(fields=["organisation", "updated_at", "id"], name="record_keyset"),
        ),
        migrations.AddIndex(
            model_name="exportrecord",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["organisation", "-period_to_on", "-id"],
                name="record_list",
            ),
        ),
        migrations.AddIndex(
            model_name="exportrecord",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["organisation", "status"],
                name="record_status",
            ),
        ),
        migrations.AddIndex(
            model_name="exportrecord",
            index=models.Index(fields=["company", "destination", "period_from_on"], name="record_of_company"),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_from_on__lte", models.F("period_to_on"))), name="record_period_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency__isnull", False), ("value__isnull", False)),
                    models.Q(("value__isnull", True), models.Q(("value_note", ""), _negated=True)),
                    _connector="OR",
                ),
                name="record_value_or_why_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__isnull", True), ("value__gte", 0), _connector="OR"),
                name="record_value_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__isnull", True), models.Q(("quantity_unit", ""), _negated=True), _connector="OR"
                ),
                name="record_quantity_has_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("hs_code", ""), models.Q(("hs_revision", ""), _negated=True), _connector="OR"),
                name="record_code_has_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("hs_code__regex", "^(\\d{2}(\\d{2}){0,4})?$")), name="record_code_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "approved"), _negated=True), ("decided_by__isnull", False), _connector="OR"
                ),
                name="record_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "approved"), _negated=True),
                    models.Q(
                        ("decided_by", models.F("submitted_by")),
                        ("decided_by", models.F("created_by")),
                        ("decided_by", models.F("edited_by")),
                        _connector="OR",
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="record_approved_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(fields=["organisation", "updated_at", "id"], name="company_keyset"),
        ),
        migrations.AddIndex(
            model_name="company",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_text"], name="company_search", opclasses=("gin_trgm_ops",)
            ),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("registration_number", ""), _negated=True), ("archived_at__isnull", True)),
                fields=("organisation", "home", "registration_number"),
                name="company_registered_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["organisation", "-id"], name="change_of_organisation"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["object_kind", "object_id", "-id"], name="change_of_object"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["actor", "-id"], name="change_of_actor"),
        ),
        migrations.AddConstraint(
            model_name="productline",
            constraint=models.UniqueConstraint(
                fields=("company", "category", "hs_code"), name="company_line_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="productline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("category__isnull", False), models.Q(("hs_code", ""), _negated=True), _connector="OR"
                ),
                name="company_line_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="productline",
            constraint=models.CheckConstraint(
                condition=models.Q(("hs_code__regex", "^(\\d{2}(\\d{2}){0,4})?$")), name="company_line_code_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                fields=("organisation", "year", "number"), name="publication_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedsum",
            constraint=models.UniqueConstraint(
                fields=("publication", "destination", "category", "currency"),
                name="published_sum_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedsum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("value__isnull", False), ("withheld", "")),
                    models.Q(("value__isnull", True), models.Q(("withheld", ""), _negated=True)),
                    _connector="OR",
                ),
                name="published_sum_or_why_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("organisation", "owner", "name"), name="view_name_once"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("is_shared", False)),
                fields=("organisation", "owner"),
                name="view_default_once_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("is_shared", True)),
                fields=("organisation",),
                name="view_default_once_shared",
            ),
        ),
    ]
