"""The window for machines on companies and records."""
