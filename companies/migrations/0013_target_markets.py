"""Target markets: what people and companies track, what they noted, how they began."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import companies.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0012_change_log_found_by_index"),
        ("markets", "0007_remove_held_reason"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="began_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="home",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.area"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="work",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not said"),
                    ("exporter", "I sell abroad"),
                    ("trade_office", "I help companies export"),
                    ("research", "I study markets"),
                ],
                default="",
                max_length=16,
            ),
        ),
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
                        ("read:targets", "Read target markets and alerts"),
                        ("write:targets", "Write target markets and alert rules"),
                        ("review:records", "Approve, return and publish"),
                        ("admin", "Members and settings"),
                    ],
                    max_length=20,
                ),
                size=None,
            ),
        ),
        migrations.CreateModel(
            name="TargetMarket",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("product", models.CharField(blank=True, max_length=6)),
                ("classification", models.CharField(default="HS2022", max_length=8)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("exporting", "Currently exporting"),
                            ("future", "Future interest"),
                            ("not_interested", "Not interested"),
                        ],
                        default="future",
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not said"),
                            ("exploring", "Looking into it"),
                            ("contacts", "Talking to buyers"),
                            ("offer", "Offer or samples sent"),
                            ("first_order", "First order"),
                            ("regular", "Regular trade"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("next_action", models.CharField(blank=True, max_length=300)),
                ("next_action_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("removed_reason", models.CharField(blank=True, max_length=500)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.category",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="target_markets",
                        to="companies.company",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="markets.area"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="target_markets",
                        to="companies.organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="target_markets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shared_with",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="companies.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("-updated_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="TargetEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "Note"),
                            ("visit", "Visit"),
                            ("document", "Document"),
                            ("record", "Export record"),
                            ("number", "Number"),
                        ],
                        default="note",
                        max_length=8,
                    ),
                ),
                ("on", models.DateField(blank=True, help_text="The day of a visit, or of a document", null=True)),
                ("text", models.TextField(blank=True)),
                ("url", models.URLField(blank=True, max_length=500)),
                ("written_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "observation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.observation",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.exportrecord",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="companies.targetmarket"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "target entries",
                "ordering": ("-written_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                ("since", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="visit", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product", models.CharField(blank=True, max_length=6)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.category",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "category", "product"), name="interest_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("category__isnull", False), ("product", "")),
                            models.Q(("category", None), models.Q(("product", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="interest_category_or_product",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="targetmarket",
            index=models.Index(fields=["person", "updated_at", "id"], name="target_of_person"),
        ),
        migrations.AddIndex(
            model_name="targetmarket",
            index=models.Index(fields=["organisation", "updated_at", "id"], name="target_of_organisation"),
        ),
        migrations.AddIndex(
            model_name="targetmarket",
            index=models.Index(
                condition=models.Q(("shared_with__isnull", False)),
                fields=["shared_with", "updated_at", "id"],
                name="target_shared",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetmarket",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False), ("removed_at", None)),
                fields=("person", "market", "category", "product"),
                name="target_of_person_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="targetmarket",
            constraint=models.UniqueConstraint(
                condition=models.Q(("company__isnull", False), ("removed_at", None)),
                fields=("company", "market", "category", "product"),
                name="target_of_company_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="targetmarket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("company", None), ("organisation", None), ("person__isnull", False)),
                    models.Q(
                        ("company__isnull", False),
                        ("organisation__isnull", False),
                        ("person", None),
                        ("shared_with", None),
                    ),
                    _connector="OR",
                ),
                name="target_of_person_or_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetmarket",
            constraint=models.CheckConstraint(
                condition=models.Q(("category", None), ("product", ""), _connector="OR"),
                name="target_category_or_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetmarket",
            constraint=models.CheckConstraint(
                condition=models.Q(("product__regex", "^(\\d{2}){0,3}$")), name="target_product_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="targetmarket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("next_action_on", None), models.Q(("next_action", ""), _negated=True), _connector="OR"
                ),
                name="target_day_of_action",
            ),
        ),
        migrations.AddIndex(
            model_name="targetentry",
            index=models.Index(
                models.F("target"), models.OrderBy(models.F("written_at"), descending=True), name="target_entry_list"
            ),
        ),
        migrations.AddConstraint(
            model_name="targetentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "record"), ("record__isnull", False)),
                    models.Q(models.Q(("kind", "record"), _negated=True), ("record", None)),
                    _connector="OR",
                ),
                name="target_entry_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "number"), ("observation__isnull", False)),
                    models.Q(models.Q(("kind", "number"), _negated=True), ("observation", None)),
                    _connector="OR",
                ),
                name="target_entry_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("record", "number")),
                    models.Q(("text", ""), _negated=True),
                    models.Q(("url", ""), _negated=True),
                    _connector="OR",
                ),
                name="target_entry_says_what",
            ),
        ),
    ]
