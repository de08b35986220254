"""The window for machines: what the pages show, as JSON, through the same functions."""
