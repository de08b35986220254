"""Doors for people: a view reads the request, asks one function of `profiles`, and renders one page."""
