"""An answer under an Idempotency-Key is written with what it tells, never before."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("companies", "0009_org_first_admin")]
    operations = [
        migrations.AlterField("idempotentanswer", "status", models.PositiveSmallIntegerField()),
        migrations.AlterField("idempotentanswer", "body", models.BinaryField(blank=True)),
        migrations.AlterField("idempotentanswer", "created_at", models.DateTimeField(db_default=Now(), db_index=True)),
    ]
