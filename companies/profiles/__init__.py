"""What pages and API show: queries made into frozen dataclasses."""
