"""Indices: pure functions, values in, values out. Each is registered once, with formula and source."""
