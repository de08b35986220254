"""Trade of single products between pairs of areas: hundreds of millions of rows, a partition for each dataset and year.

The tables are made by SQL (a partitioned table, and one leaf for each year of a dataset, made when it is published);
nothing here writes rows. Keys to other tables are checked when a year is published, not by the database row by row.
"""

from __future__ import annotations

from django.db import models

from markets.models.fields import ExactDecimalField
from markets.models.provenance import Dataset, Release
from markets.models.reference import Area, Currency
from markets.vocabulary import Basis, Flow, Frequency, Valuation

_BASES = [(basis.value, basis.name) for basis in Basis]


class TradeFlow(models.Model):
    """What one dataset states of the trade of one product between two areas in a period.

    exporter, importer: who sold and who bought, whoever reports it; never the same. An aggregate (World, a region) is
    marked as such by its area and never summed with others. basis: whose word it is. flow: as the reporter states it;
    X where nobody reports it (basis reconciled). product: an HS code of `classification`, 2, 4 or 6 digits; codes of
    different lengths overlap and are never summed. value_usd: whole US dollars, null where it is not stated or not
    converted; value, currency: as reported, where that is not US dollars. valuation: empty where nobody says.
    """

    pk = models.CompositePrimaryKey(
        "dataset_id", "year", "exporter_id", "product", "importer_id", "period", "flow", "basis", "classification"
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    year = models.SmallIntegerField()
    period = models.CharField(max_length=16)
    frequency = models.CharField(max_length=1, default=Frequency.ANNUAL.value)
    exporter = models.ForeignKey(Area, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    importer = models.ForeignKey(Area, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    basis = models.CharField(max_length=17, choices=_BASES)
    flow = models.CharField(max_length=2, choices=[(f.value, f.name) for f in Flow])
    classification = models.CharField(max_length=8)
    product = models.CharField(max_length=6)
    value_usd = ExactDecimalField(null=True, blank=True)
    value = ExactDecimalField(null=True, blank=True)
    currency = models.ForeignKey(
        Currency, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    net_weight_kg = ExactDecimalField(null=True, blank=True)
    quantity = ExactDecimalField(null=True, blank=True)
    quantity_unit = models.CharField(max_length=16, blank=True)
    valuation = models.CharField(max_length=3, blank=True, choices=[(v.value, v.value) for v in Valuation])
    obs_status = models.CharField(max_length=1, blank=True)
    release = models.ForeignKey(Release, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")

    class Meta:
        managed = False
        db_table = "markets_tradeflow"

    def __str__(self) -> str:
        return f"{self.exporter_id} {self.product} {self.importer_id} {self.period}"


class FlowTotal(models.Model):
    """Sums of annual trade flows that pages need at once: a rollup, built in the step that publishes the year.

    Of one dataset, basis, classification and year, by what is named: exporter and product; importer and product;
    exporter and importer; product alone. What is not named is empty. product: of 2, 4 and 6 digits, summed from the
    longest codes the dataset states, so that no length is mixed into another. Aggregates are left out.
    flows: how many rows were summed; partners: how many areas on the side that is not named, 0 for pairs.
    net_weight_kg: only of the rows that state one, whose value is weighed_usd. method: version of the summing.
    """

    pk = models.CompositePrimaryKey(
        "dataset_id", "year", "exporter_id", "importer_id", "product", "basis", "classification"
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    year = models.SmallIntegerField()
    basis = models.CharField(max_length=17, choices=_BASES)
    classification = models.CharField(max_length=8)
    exporter_id = models.CharField(max_length=3, blank=True)
    importer_id = models.CharField(max_length=3, blank=True)
    product = models.CharField(max_length=6, blank=True)
    value_usd = ExactDecimalField()
    net_weight_kg = ExactDecimalField(null=True, blank=True)
    weighed_usd = ExactDecimalField(null=True, blank=True)
    flows = models.IntegerField()
    partners = models.IntegerField()
    release = models.ForeignKey(Release, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    method = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "markets_flowtotal"

    def __str__(self) -> str:
        return f"{self.exporter_id or '*'} {self.product or '*'} {self.importer_id or '*'} {self.year}"


class RejectedRow(models.Model):
    """A row of a delivered file that was not published, as it stood there, and why. line: from 1, the header."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="rejected_rows")
    file = models.CharField(max_length=255)
    line = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        ordering = ("release", "file", "line")
        constraints = (models.UniqueConstraint(fields=("release", "file", "line", "reason"), name="rejected_once"),)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.reason}"
