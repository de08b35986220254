"""Who sells, and where to: accounts, organisations and their records."""
