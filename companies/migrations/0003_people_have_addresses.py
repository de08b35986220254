"""People sign in by their address: each gets one of their own, in small letters.

Who had none, or one that another person has too, signs in as `<name>.<number>@no-address.invalid` until a member of
staff enters an address.
"""

from django.db import migrations

FORWARD = """
UPDATE companies_user AS person
   SET name = left(trim(first_name || ' ' || last_name), 150),
       email = CASE
           WHEN email = '' OR EXISTS (
               SELECT 1 FROM companies_user AS other
                WHERE lower(other.email) = lower(person.email) AND other.id < person.id)
           THEN lower(regexp_replace(username, '[^A-Za-z0-9_.-]', '-', 'g')) || '.' || id || '@no-address.invalid'
           ELSE lower(email)
       END
"""
BACKWARD = "UPDATE companies_user SET first_name = name"


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_how_people_read")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
