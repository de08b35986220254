"""People who sign in, and how they like to read."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from markets.models import Area, Currency


class UserManager(BaseUserManager["User"]):
    """Makes people by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person; without a password nobody can sign in as them until one is set by a link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who runs the installation. Whoever makes them at its terminal vouches for the address."""
        from allauth.account.models import EmailAddress

        user = self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})
        EmailAddress.objects.using(self._db).create(user=user, email=user.email, verified=True, primary=True)
        return user


class User(AbstractUser):
    """A person who signs in by e-mail address; the tables of both apps point at this model for authorship.

    language, number_style, currency, time_zone: empty where the person left the choice to the page.
    work, home: what they do and where they sell from, as they said when they began; began_at: when they said so, or
    chose not to.
    A person who left stays as a number without a name (`left_at`), so that the change log stays whole.
    """

    class NumberStyle(models.TextChoices):
        OF_LANGUAGE = "", "As usual in the language"
        SHORT_SCALE = "short", "million, billion"
        MYRIAD = "myriad", "万, 亿"

    class Work(models.TextChoices):
        UNSAID = "", "Not said"
        EXPORTER = "exporter", "I sell abroad"
        TRADE_OFFICE = "trade_office", "I help companies export"
        RESEARCH = "research", "I study markets"

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=10, blank=True)
    number_style = models.CharField(
        max_length=8, choices=NumberStyle.choices, default=NumberStyle.OF_LANGUAGE, blank=True
    )
    currency = models.ForeignKey(Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    time_zone = models.CharField(max_length=40, blank=True)
    work = models.CharField(max_length=16, choices=Work.choices, default=Work.UNSAID, blank=True)
    home = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(null=True, blank=True)
    deletion_wanted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()  # type: ignore[misc,assignment]
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ("pk",)
        # One person, one spelling: addresses are kept in small letters.
        constraints = (models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_small"),)

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """How colleagues see the person: never an e-mail address of one who left."""
        return self.name or (f"#{self.pk}" if self.left_at else self.email)

    def get_full_name(self) -> str:
        return self.shown_name

    def get_short_name(self) -> str:
        return self.shown_name
