"""Goods inwards: rows of a delivery -> staged -> weighed by gates -> one Release, in one transaction.

A slice passes or is held as a whole; slices that pass are published even when others are held. Values that
agree with those in force write nothing, so delivering the same thing again changes nothing.
"""

from markets.ingest.publish import COUNTS, PublishOutcome, SliceOutcome, keep_payloads, publish, summed

__all__ = ["COUNTS", "PublishOutcome", "SliceOutcome", "keep_payloads", "publish", "summed"]
