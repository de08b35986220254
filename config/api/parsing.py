"""JSON bodies, read exactly: every digit of a number, no member twice, no NaN, no nesting without end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from markets.errors import InvalidRequest


class ExactJSONParser(BaseParser):
    """`application/json`, with numbers as decimals of the digits that were sent."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002 DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 see above
    ) -> Any:
        """What the body says. Raises InvalidRequest where it is no JSON."""
        try:
            return json.loads(
                stream.read().decode("utf-8"),
                parse_float=Decimal,
                parse_constant=_refused,
                object_pairs_hook=_each_once,
            )
        except UnicodeDecodeError as broken:
            raise InvalidRequest(reason=_("the body is not written in UTF-8")) from broken
        except json.JSONDecodeError as broken:
            place = {"line": broken.lineno, "column": broken.colno}
            reason = _("the body is no JSON from line %(line)s, column %(column)s on") % place
            raise InvalidRequest(reason=reason) from broken
        except RecursionError as deep:
            raise InvalidRequest(reason=_("the body is nested too deeply")) from deep
        except (ValueError, InvalidOperation) as endless:  # more digits than any figure has
            raise InvalidRequest(reason=_("the body holds a number that is too long")) from endless


def _refused(constant: str) -> NoReturn:
    raise InvalidRequest(reason=_("%(constant)s is no number in JSON") % {"constant": constant})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        ((twice, _times),) = Counter(name for name, _value in pairs).most_common(1)
        raise InvalidRequest(
            reason=_("the body names %(member)s twice") % {"member": twice[:100].encode("utf-8", "replace").decode()}
        )
    return members
