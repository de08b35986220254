"""E-mail addresses that people have shown to be theirs."""

from __future__ import annotations

from django.apps import apps

from companies.models import User


def small(email: str) -> str:
    """An address as it is kept and compared: in small letters, without blanks around it."""
    return email.strip().lower()


def owns_address(user: User, email: str) -> bool:
    """Whether the address is the person's own: the one of their account, or another they have verified."""
    return user.email == small(email) or any(
        rows.filter(user=user, email__iexact=small(email), verified=True).exists() for rows in _addresses()
    )


def mark_verified(user: User) -> None:
    """The address of the account is theirs: what was sent there came back. Ask no more for it."""
    for rows in _addresses():
        rows.filter(user=user, primary=True).exclude(email__iexact=user.email).update(primary=False)
        rows.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def _addresses() -> list:
    return [apps.get_model("account", "EmailAddress").objects] if apps.is_installed("allauth.account") else []
