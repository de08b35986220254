"""Every read of the people's tables, always through access."""
