"""The words by which things are found."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchTerm(models.Model):
    """One name or synonym of a product, market, indicator or category, in one language.

    folded: the text as it is compared (case, accents, ё/е and full-width forms folded).
    grams: the bigrams of a Chinese text, whose words have no spaces between them.
    weight: 0..100, how much this word means that thing (own name 100, synonym less, official wording least).
    """

    class Kind(models.TextChoices):
        PRODUCT = "product", "Product"
        CATEGORY = "category", "Category"
        MARKET = "market", "Market"
        INDICATOR = "indicator", "Indicator"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=80)
    language = models.CharField(max_length=8)
    text = models.TextField()
    folded = models.TextField()
    grams = ArrayField(models.CharField(max_length=4), default=list)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        indexes = (
            GinIndex(fields=("folded",), opclasses=("gin_trgm_ops",), name="search_term_trigrams"),
            GinIndex(fields=("grams",), name="search_term_bigrams"),
            models.Index(fields=("kind", "key"), name="search_term_of_thing"),
            models.Index(fields=("folded",), opclasses=("text_pattern_ops",), name="search_term_prefix"),
        )

    def __str__(self) -> str:
        return self.text
