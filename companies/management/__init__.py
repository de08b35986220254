"""Commands of the terminal for accounts and records."""
