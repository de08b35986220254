"""What the world buys. Knows nothing of companies."""
