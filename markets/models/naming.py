"""Names and texts kept in three languages, as columns."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language

from markets.vocabulary import LANGUAGE_COLUMNS


def in_language(row: Any, field: str, language: str | None = None) -> str:
    """`row.<field>_<language>`, in English where that language has none.

    language: `en`, `zh-hans` or `ru`; the active one when not given.
    """
    column = LANGUAGE_COLUMNS.get(language or get_language() or "en", "en")
    return getattr(row, f"{field}_{column}") or getattr(row, f"{field}_en")


class Named(models.Model):
    """A thing with a name in English, Simplified Chinese and Russian."""

    name_en = models.CharField(max_length=300)
    name_zh = models.CharField(max_length=300, blank=True)
    name_ru = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en

    @property
    def name(self) -> str:
        return in_language(self, "name")


class Noted(models.Model):
    """A row with a remark for its readers, in English, Simplified Chinese and Russian; empty where none is needed."""

    note_en = models.TextField(blank=True)
    note_zh = models.TextField(blank=True)
    note_ru = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def note(self) -> str:
        return in_language(self, "note")
