"""Paging by where a row stands, not by how many came before it: stable while data change, as quick on every page."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from markets.errors import InvalidValue

# Parameters that say how an answer looks, not which rows there are: a cursor outlives their change.
_LOOKS: Final = frozenset({"cursor", "limit", "lang", "fields", "count"})
_MOMENT: Final = "@"


class KeysetPagination(BasePagination):
    """`limit` rows of a query set after (or before) the row a cursor names.

    The view gives the order (`view.order()`: fields, and whether reversed), the place of a row in it
    (`view.position(row)`), and what was asked (`view.asked`: limit, cursor, count). A cursor is signed and
    good for the same question only, so it can be neither read as a number nor bent to another use.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page. Raises InvalidValue for a cursor that is not one of ours for this question."""
        self.request, self.limit = request, view.asked["limit"]
        self.total = queryset.count() if view.asked["count"] else None
        fields, is_reversed = view.order()
        question = _fingerprint(request)
        self.question = question
        cursor = _read(view.asked["cursor"], question, len(fields)) if view.asked["cursor"] else None
        goes_back = cursor is not None and cursor[0]
        is_falling = is_reversed != goes_back
        rows = queryset.order_by(*(f"-{field}" if is_falling else field for field in fields))
        if cursor is not None:
            place = Tuple(*(F(field) for field in fields))
            beyond = TupleLessThan if is_falling else TupleGreaterThan
            rows = rows.filter(beyond(place, cursor[1]))
        found = list(rows[: self.limit + 1])
        has_more, found = len(found) > self.limit, found[: self.limit]
        if goes_back:
            found.reverse()
        self.next = self.prev = None
        if found and (has_more or goes_back):
            self.next = self._link(goes_back=False, position=view.position(found[-1]))
        if found and (has_more if goes_back else cursor is not None):
            self.prev = self._link(goes_back=True, position=view.position(found[0]))
        return found

    def get_paginated_response(self, data: Any, meta: dict[str, Any] | None = None) -> Response:
        """`{data, page, meta}`, with the neighbours in the header Link too."""
        meta = dict(meta or {})
        if self.total is not None:
            meta["total"] = self.total
        response = Response(
            {"data": data, "page": {"next": self.next, "prev": self.prev, "limit": self.limit}, "meta": meta}
        )
        links = [f'<{url}>; rel="{word}"' for word, url in (("next", self.next), ("prev", self.prev)) if url]
        if links:
            response["Link"] = ", ".join(links)
        return response

    def _link(self, *, goes_back: bool, position: Sequence[Any]) -> str:
        kept = [(name, str(text)) for name, text in self.request.GET.items() if name != "cursor"]
        word = _written(goes_back, position, self.question)
        return self.request.build_absolute_uri("?" + urlencode([*kept, ("cursor", word)]))


def _fingerprint(request: Request) -> str:
    """The question a cursor belongs to: the address with its filters and its order."""
    asked = sorted((name, text) for name, text in request.GET.items() if name not in _LOOKS)
    return hashlib.sha256(repr((request.path, asked)).encode()).hexdigest()[:16]


def _signer(question: str) -> Signer:
    return Signer(salt=f"config.api.paging {question}", sep=".")


def _written(goes_back: bool, position: Sequence[Any], question: str) -> str:  # noqa: FBT001 a member of the cursor
    values = [[_MOMENT, value.isoformat()] if isinstance(value, dt.datetime) else value for value in position]
    return _signer(question).sign_object([goes_back, values])


def _read(cursor: str, question: str, length: int) -> tuple[bool, tuple[Any, ...]]:
    """Direction and place. Raises InvalidValue."""
    try:
        goes_back, values = _signer(question).unsign_object(cursor)
    except (BadSignature, ValueError) as unknown:
        expected = _("take the cursor from page.next or page.prev, and leave the other parameters as they were")
        raise InvalidValue(parameter="cursor", value=cursor, expected=expected) from unknown
    if len(values) != length:  # written by an earlier version, for another order
        raise InvalidValue(parameter="cursor", value=cursor, expected=_("begin again without a cursor"))
    return goes_back, tuple(
        dt.datetime.fromisoformat(value[1]) if isinstance(value, list) else value for value in values
    )
