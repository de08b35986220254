"""The writes to companies and records, one use-case each; each writes its Change row."""
