"""Figures and periods as people read them."""
