"""Secrets of links and keys: 256 random bits, of which only SHA-256 is kept.

Such a secret cannot be guessed, so that a slow hash would protect nothing more.
"""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """A secret to be handed out once."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
