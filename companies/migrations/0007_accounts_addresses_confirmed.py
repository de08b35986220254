from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def confirm(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 Django's signature
    """Who could sign in before addresses had to be confirmed was made at the terminal, which vouches for the address."""
    address = apps.get_model("account", "EmailAddress")
    known = address.objects.values("user_id")
    people = apps.get_model("companies", "User").objects.filter(is_active=True).exclude(pk__in=known)
    address.objects.bulk_create(
        address(user_id=person.pk, email=person.email, verified=True, primary=True) for person in people
    )


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0006_change_log_kept"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
