"""Ids of what people make: they say nothing of how many there are, and sort by the moment they were made."""

from __future__ import annotations

import uuid

from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A UUID of version 7."""
    return compat.uuid7()
