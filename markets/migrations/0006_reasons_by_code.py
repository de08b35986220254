"""Reasons of held releases by code, and jobs that stopped without a word as given up."""

from typing import Any

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Now


def reasons_by_code(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 Django's signature
    release = apps.get_model("markets", "Release")
    for held in release.objects.exclude(held_reason="").iterator():
        lines = held.held_reason.splitlines()
        held.problems = [{"code": "release_held", "message": line} for line in lines]
        held.save(update_fields=("problems",))
    job = apps.get_model("markets", "Job")
    job.objects.filter(state__in=("lost", "running")).update(state="dead", finished_at=Now())
    job.objects.update(created_at=F("started_at"), run_after=F("started_at"), attempts=1, attempts_most=1)


def reasons_as_text(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 Django's signature
    release = apps.get_model("markets", "Release")
    for held in release.objects.exclude(problems=[]).iterator():
        held.held_reason = "\n".join(problem["message"] for problem in held.problems)
        held.save(update_fields=("held_reason",))
    job = apps.get_model("markets", "Job")
    job.objects.filter(state="dead").update(state="lost")


class Migration(migrations.Migration):
    dependencies = [("markets", "0005_jobs_trade_and_rates")]

    operations = [migrations.RunPython(reasons_by_code, reasons_as_text)]
