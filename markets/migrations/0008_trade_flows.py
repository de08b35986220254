"""Trade of single products: what Django knows of the tables; the next migration makes them."""

import django.db.models.deletion
from django.db import migrations, models

import markets.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0007_remove_held_reason"),
    ]

    operations = [
        migrations.CreateModel(
            name="FlowTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dataset_id",
                        "year",
                        "exporter_id",
                        "importer_id",
                        "product",
                        "basis",
                        "classification",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("year", models.SmallIntegerField()),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("exporter_reported", "EXPORTER_REPORTED"),
                            ("importer_reported", "IMPORTER_REPORTED"),
                            ("reconciled", "RECONCILED"),
                        ],
                        max_length=17,
                    ),
                ),
                ("classification", models.CharField(max_length=8)),
                ("exporter_id", models.CharField(blank=True, max_length=3)),
                ("importer_id", models.CharField(blank=True, max_length=3)),
                ("product", models.CharField(blank=True, max_length=6)),
                ("value_usd", markets.models.fields.ExactDecimalField(decimal_places=30, max_digits=60)),
                (
                    "net_weight_kg",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                (
                    "weighed_usd",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                ("flows", models.IntegerField()),
                ("partners", models.IntegerField()),
                ("method", models.SmallIntegerField()),
            ],
            options={
                "db_table": "markets_flowtotal",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="TradeFlow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dataset_id",
                        "year",
                        "exporter_id",
                        "product",
                        "importer_id",
                        "period",
                        "flow",
                        "basis",
                        "classification",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("year", models.SmallIntegerField()),
                ("period", models.CharField(max_length=16)),
                ("frequency", models.CharField(default="A", max_length=1)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("exporter_reported", "EXPORTER_REPORTED"),
                            ("importer_reported", "IMPORTER_REPORTED"),
                            ("reconciled", "RECONCILED"),
                        ],
                        max_length=17,
                    ),
                ),
                (
                    "flow",
                    models.CharField(
                        choices=[("M", "IMPORT"), ("X", "EXPORT"), ("RX", "RE_EXPORT"), ("RM", "RE_IMPORT")],
                        max_length=2,
                    ),
                ),
                ("classification", models.CharField(max_length=8)),
                ("product", models.CharField(max_length=6)),
                (
                    "value_usd",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                (
                    "value",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                (
                    "net_weight_kg",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                (
                    "quantity",
                    markets.models.fields.ExactDecimalField(blank=True, decimal_places=30, max_digits=60, null=True),
                ),
                ("quantity_unit", models.CharField(blank=True, max_length=16)),
                ("valuation", models.CharField(blank=True, choices=[("CIF", "CIF"), ("FOB", "FOB")], max_length=3)),
                ("obs_status", models.CharField(blank=True, max_length=1)),
            ],
            options={
                "db_table": "markets_tradeflow",
                "managed": False,
            },
        ),
        migrations.AddField(
            model_name="payload",
            name="is_kept",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="dataset",
            name="kind",
            field=models.CharField(
                choices=[
                    ("observations", "OBSERVATIONS"),
                    ("trade_totals", "TRADE_TOTALS"),
                    ("exchange_rates", "EXCHANGE_RATES"),
                    ("flows", "FLOWS"),
                ],
                default="observations",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="payload",
            name="compressed",
            field=models.BinaryField(blank=True),
        ),
        migrations.CreateModel(
            name="RejectedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=255)),
                ("line", models.BigIntegerField()),
                ("reason", models.CharField(max_length=40)),
                ("text", models.TextField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rejected_rows", to="markets.release"
                    ),
                ),
            ],
            options={
                "ordering": ("release", "file", "line"),
                "constraints": [
                    models.UniqueConstraint(fields=("release", "file", "line", "reason"), name="rejected_once")
                ],
            },
        ),
    ]
