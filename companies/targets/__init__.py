"""The writes of target markets: tracking one, changing it, noting things, sharing it, taking it away."""
