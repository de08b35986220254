"""Column types of our own."""

from __future__ import annotations

from typing import Any

from django.core import validators
from django.db import models


class ExactDecimalField(models.DecimalField):
    """PostgreSQL `numeric` without a fixed scale: a value is kept as exactly as its source printed it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", 60)
        options.setdefault("decimal_places", 30)
        super().__init__(**options)

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        return "numeric"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        # The parent would pad to decimal_places and so lose which digits were printed.
        return self.to_python(value) if value is not None else None

    @property
    def validators(self) -> list[Any]:
        return [v for v in super().validators if not isinstance(v, validators.DecimalValidator)]
