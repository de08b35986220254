import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import companies.models.accounts

NAMED_BY_ADDRESS = """
UPDATE companies_user
   SET username = CASE WHEN length(email) <= 150 THEN email ELSE left(email, 130) || '.' || id END
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_people_have_addresses")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={"ordering": ("pk",)},
        ),
        migrations.AlterModelManagers(
            name="user",
            managers=[
                ("objects", companies.models.accounts.UserManager()),
            ],
        ),
        migrations.RemoveField(
            model_name="user",
            name="first_name",
        ),
        migrations.RemoveField(
            model_name="user",
            name="last_name",
        ),
        # Loosened before it goes, so that on the way back there is a moment to fill it: each with the own address.
        migrations.AlterField(
            model_name="user",
            name="username",
            field=models.CharField(max_length=150, null=True, unique=True),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, NAMED_BY_ADDRESS),
        migrations.RemoveField(
            model_name="user",
            name="username",
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(max_length=254, unique=True),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))), name="user_email_small"
            ),
        ),
    ]
