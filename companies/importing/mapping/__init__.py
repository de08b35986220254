"""Which column is which entry of a record: suggested, chosen, kept for the next file."""
