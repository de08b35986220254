"""Notes on memberships, products and documents' days get a column for each language; what stands is English."""

from django.db import migrations, models

NOTED = ("membership", "categoryproduct", "themeproduct")


class Migration(migrations.Migration):
    dependencies = [
        ("markets", "0002_loaded_facts"),
    ]

    operations = [
        *(migrations.RenameField(model, "note", "note_en") for model in NOTED),
        *(
            migrations.AddField(
                model, f"note_{language}", models.TextField(blank=True, default=""), preserve_default=False
            )
            for model in NOTED
            for language in ("zh", "ru")
        ),
        migrations.RenameField("document", "published_note", "published_note_en"),
        *(
            migrations.AddField(
                "document",
                f"published_note_{language}",
                models.CharField(blank=True, default="", max_length=200),
                preserve_default=False,
            )
            for language in ("zh", "ru")
        ),
    ]
