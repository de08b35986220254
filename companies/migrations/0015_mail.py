"""Letters with alerts are tried again with a growing pause; alerts that need no letter are done without one."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0014_alerts")]

    operations = [
        migrations.AddField("alertmail", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("alertmail", "try_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "alertletter",
            "sent_at",
            models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), null=True),
        ),
    ]
