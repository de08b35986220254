import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import companies.models.accounts


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
