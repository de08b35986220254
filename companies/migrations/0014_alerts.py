"""Alert rules, alerts, the letters they were sent in, and how far the looking has come."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import companies.models.ids
import markets.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0013_target_markets"),
        ("markets", "0007_remove_held_reason"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertCursor",
            fields=[
                (
                    "news",
                    models.CharField(
                        choices=[("releases", "Published releases"), ("changes", "Approved records")],
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField(blank=True, null=True)),
                ("number", models.BigIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AlertMail",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="alert_mail",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "At most once a day"),
                            ("weekly", "At most once a week"),
                            ("never", "Never"),
                        ],
                        default="daily",
                        max_length=8,
                    ),
                ),
                ("chosen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AlertLetter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("sent_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alert_letters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-sent_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="AlertRule",
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
                            ("crosses", "An indicator crosses a value"),
                            ("changes", "An indicator changes"),
                            ("revised", "A figure is revised"),
                            ("rate_crosses", "An exchange rate crosses a value"),
                            ("rate_changes", "An exchange rate changes"),
                            ("record_approved", "A record is approved"),
                            ("source_late", "A source is late"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "threshold",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                (
                    "change_pct",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                (
                    "direction",
                    models.CharField(
                        blank=True,
                        choices=[("", "Either way"), ("up", "Upwards"), ("down", "Downwards")],
                        default="",
                        max_length=4,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("begins_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.currency",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.currency",
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="markets.dataset",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.indicator",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="markets.area",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alert_rules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="companies.targetmarket",
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=companies.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event", models.CharField(max_length=100)),
                ("facts", models.JSONField()),
                ("fired_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="markets.release",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alerts",
                        to="companies.alertletter",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="companies.alertrule"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alerts",
                        to="companies.targetmarket",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddIndex(
            model_name="alertrule",
            index=models.Index(fields=["person", "-created_at", "-id"], name="rule_of_person"),
        ),
        migrations.AddIndex(
            model_name="alertrule",
            index=models.Index(
                condition=models.Q(("paused_at", None), ("removed_at", None)),
                fields=["kind", "market", "indicator"],
                name="rule_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="alertrule",
            index=models.Index(fields=["target"], name="rule_of_target"),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("crosses", "changes")), _negated=True),
                    models.Q(
                        ("currency", None),
                        ("dataset", None),
                        ("indicator__isnull", False),
                        ("market__isnull", False),
                        ("organisation", None),
                    ),
                    _connector="OR",
                ),
                name="rule_of_series",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "revised"), _negated=True), ("market__isnull", False), _connector="OR"
                ),
                name="rule_of_revisions",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("rate_crosses", "rate_changes")), _negated=True),
                    models.Q(
                        ("base__isnull", False),
                        ("currency__isnull", False),
                        ("dataset", None),
                        ("indicator", None),
                        ("organisation", None),
                    ),
                    _connector="OR",
                ),
                name="rule_of_rates",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "record_approved"), _negated=True),
                    ("organisation__isnull", False),
                    _connector="OR",
                ),
                name="rule_of_records",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "source_late"), _negated=True), ("dataset__isnull", False), _connector="OR"
                ),
                name="rule_of_sources",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("crosses", "rate_crosses")), _negated=True),
                    ("threshold__isnull", False),
                    _connector="OR",
                ),
                name="rule_has_threshold",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("changes", "rate_changes")), _negated=True),
                    ("change_pct__isnull", False),
                    _connector="OR",
                ),
                name="rule_has_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("change_pct", None), ("change_pct__gte", 0), _connector="OR"),
                name="rule_change_not_negative",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["person", "-id"], name="alert_of_person"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["person"], name="alert_unread"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(condition=models.Q(("letter", None)), fields=["person"], name="alert_unsent"),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(fields=("rule", "event"), name="alert_once"),
        ),
    ]
