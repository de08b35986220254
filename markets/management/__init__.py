"""Doors for the terminal."""
