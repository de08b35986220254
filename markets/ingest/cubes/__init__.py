"""Goods by the shipload: a year of product-level trade, checked in the database and swapped in whole.

copy the text -> read and check it by SQL -> keys -> sums -> put it in place, with its release, in one transaction.
"""

from markets.ingest.cubes.checks import REASONS, Reason
from markets.ingest.cubes.publishing import CubeOutcome, publish_year
from markets.ingest.cubes.sums import METHOD

__all__ = ["METHOD", "REASONS", "CubeOutcome", "Reason", "publish_year"]
