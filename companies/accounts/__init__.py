"""The writes to accounts, organisations, memberships and keys, one use-case each; each writes its Change row."""
