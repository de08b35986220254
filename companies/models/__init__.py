"""What is true of the people and organisations that use the product."""

from companies.models.accounts import User

__all__ = ["User"]
