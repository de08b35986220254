"""Bytes into a table: a program of its own, which knows neither the product's settings nor its data."""
