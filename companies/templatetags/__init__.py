"""Words and states of accounts in templates."""
