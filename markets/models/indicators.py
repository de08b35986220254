"""Named series and their values in every vintage."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from markets.models.fields import ExactDecimalField
from markets.models.naming import Named, in_language
from markets.models.provenance import Dataset, Release
from markets.models.reference import Area
from markets.vocabulary import Frequency


class Indicator(Named):
    """A named series of one dataset, with the unit, the digits to show and which end ranks first."""

    class Direction(models.TextChoices):
        UP = "up", "Highest ranks first"
        DOWN = "down", "Lowest ranks first"
        NONE = "none", "Ranked from the highest, without judgement"

    code = models.CharField(primary_key=True, max_length=80)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="indicators")
    group = models.CharField(max_length=20)
    unit = models.CharField(max_length=30)
    decimals = models.PositiveSmallIntegerField()
    direction = models.CharField(max_length=4, choices=Direction.choices)
    definition_en = models.TextField(blank=True)
    definition_zh = models.TextField(blank=True)
    definition_ru = models.TextField(blank=True)
    caveat_en = models.TextField(blank=True)
    caveat_zh = models.TextField(blank=True)
    caveat_ru = models.TextField(blank=True)
    is_headline = models.BooleanField(default=False)
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort", "code")

    @property
    def definition(self) -> str:
        return in_language(self, "definition")

    @property
    def caveat(self) -> str:
        return in_language(self, "caveat")


class Observation(models.Model):
    """One value of an indicator for an area and a period, as one vintage stated it.

    In force from `known_from` until `known_to` (null: still). A later vintage that says the same leaves the
    row alone; one that says otherwise closes it and adds its own, so every earlier page can be shown again.
    value: in the indicator's unit; null when the source withdrew or withheld it, and `obs_status` says which.
    last_digit_exponent: power of ten of the last digit the source printed.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="observations")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="observations")
    period = models.CharField(max_length=16)
    frequency = models.CharField(max_length=1, default=Frequency.ANNUAL.value)
    value = ExactDecimalField(null=True, blank=True)
    last_digit_exponent = models.SmallIntegerField(null=True, blank=True)
    obs_status = models.CharField(max_length=1, blank=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="observations")
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        Release,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_observations",
    )

    class Meta:
        ordering = ("indicator", "area", "period", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("indicator", "area", "period"),
                condition=Q(known_to=None),
                name="observation_in_force_once",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(obs_status=""),
                name="observation_missing_has_status",
            ),
        )
        indexes = (
            models.Index(
                fields=("area", "indicator", "period"),
                condition=Q(known_to=None),
                name="observation_of_area",
            ),
            models.Index(
                fields=("indicator", "period"),
                condition=Q(known_to=None),
                name="observation_of_period",
            ),
            models.Index(fields=("indicator", "area", "period", "known_from"), name="observation_history"),
            models.Index(fields=("release",), name="observation_of_release"),
        )

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.area_id} {self.period}"


class AreaCaveat(models.Model):
    """What a reader must know of an area's figures, and whether they may be ranked.

    indicators: codes, or prefixes ending in `*`; empty means all of the area's figures.
    """

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="caveats")
    indicators = models.JSONField(default=list)
    period_from = models.CharField(max_length=16, blank=True)
    period_to = models.CharField(max_length=16, blank=True)
    is_rankable = models.BooleanField(default=True)
    text_en = models.TextField()
    text_zh = models.TextField(blank=True)
    text_ru = models.TextField(blank=True)
    citation = models.TextField(blank=True)

    class Meta:
        ordering = ("area", "id")

    def __str__(self) -> str:
        return f"{self.area_id}: {self.text_en[:60]}"

    @property
    def text(self) -> str:
        return in_language(self, "text")

    def covers(self, indicator: str, period: str) -> bool:
        """Whether the caveat speaks of this figure."""
        if (self.period_from and period < self.period_from) or (self.period_to and period > self.period_to):
            return False
        return not self.indicators or any(
            indicator.startswith(code[:-1]) if code.endswith("*") else indicator == code for code in self.indicators
        )
