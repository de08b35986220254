import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_user"), ("markets", "0007_remove_held_reason")]

    operations = [
        migrations.AddField(
            model_name="user",
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
            model_name="user",
            name="deletion_wanted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="user",
            name="left_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="name",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="user",
            name="number_style",
            field=models.CharField(
                blank=True,
                choices=[("", "As usual in the language"), ("short", "million, billion"), ("myriad", "万, 亿")],
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
