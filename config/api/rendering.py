"""JSON as bytes: dataclasses as they are, decimals as text, moments in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
# The stored letter of an observation has one name in every answer, which is shorter than that of its column.
SAID_AS: Final = {"obs_status": "status"}
_ALSO_JSON: Final = ("application/problem+json", "application/vnd.oai.openapi+json")


class OrjsonRenderer(BaseRenderer):
    """`application/json` through orjson. A decimal is a string of plain digits, so that no reader rounds it."""

    media_type = "application/json"
    format = "json"
    charset = None  # JSON is UTF-8 by definition

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 DRF's signature
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002 see above
    ) -> bytes:
        """The bytes; none at all for None."""
        return b"" if data is None else to_json(data)


def to_json(data: Any) -> bytes:
    """One value as JSON. Raises TypeError for what has no form in JSON."""
    written = orjson.dumps(data, default=plain, option=_OPTIONS)
    for name, said in SAID_AS.items():
        # Only a member's name can match: inside a text the quotation marks have a backslash before them.
        written = written.replace(f'"{name}":'.encode(), f'"{said}":'.encode())
    return written


def plain(value: Any) -> str:
    """What orjson does not know: a decimal without exponent (`262642000000`), a text not yet translated."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class JSONFirst(DefaultContentNegotiation):
    """Reads Accept; whoever asks for one of JSON's own kinds, or for nothing, gets JSON."""

    def get_accept_list(self, request: Request) -> list[str]:
        """The media types asked for."""
        asked: Sequence[str] = super().get_accept_list(request)
        named = [word for word in asked if word]
        return ["application/json" if _essence(word) in _ALSO_JSON else word for word in named] or ["*/*"]


def _essence(media_type: str) -> str:
    return media_type.split(";", maxsplit=1)[0].strip().lower()
