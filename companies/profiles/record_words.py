"""The states, origins and ways of a record in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

STATUS_WORDS: Final[Mapping[str, Promise]] = {
    "draft": _lazy("Draft"),
    "submitted": _lazy("Submitted"),
    "returned": _lazy("Returned"),
    "approved": _lazy("Approved"),
}
ORIGIN_WORDS: Final[Mapping[str, Promise]] = {
    "typed": _lazy("Typed in"),
    "imported": _lazy("Imported"),
    "api": _lazy("By a program"),
}
CORRIDOR_WORDS: Final[Mapping[str, Promise]] = {
    "rail": _lazy("Rail"),
    "road": _lazy("Road"),
    "air": _lazy("Air"),
    "sea": _lazy("Sea"),
    "pipeline": _lazy("Pipeline"),
    "mixed": _lazy("Several ways"),
}
