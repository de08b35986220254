"""Alerts: what people want to be told, when it came true, and the letters that tell them."""
