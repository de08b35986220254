"""The door of the API: how a GET address reads its question, answers in one form, and may be kept by caches."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, cast

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from markets.door.parameters import LANG, PAGING, Parameter, fields_of, read_query
from markets.door.request import language_of, refuse_unreadable, request_id

# How long a cache may answer in our place: lists of words change with a new version of the product,
# figures with every refresh.
WORDS_SECONDS: Final = 300
FIGURES_SECONDS: Final = 60
_EXPOSED: Final = "Link, ETag, X-Request-ID, Retry-After, RateLimit, RateLimit-Policy"
_ON_EVERY_ANSWER: Final = (
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Content-Language",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-ID",
)


class Door(APIView):
    """An address that anyone may read, without a key: one language, known parameters, answers that can be cached.

    A key that is sent is checked all the same, by the settings' own class, and its answers are not shared.
    parameters: what may be asked. `asked` holds what was. fresh_seconds: how long a cache may answer; 0: never.
    also_as: media types it answers in beside JSON.
    """

    http_method_names: Sequence[str] = ("get", "head", "options")
    permission_classes: Sequence[Any] = ()
    parameters: ClassVar[Sequence[Parameter]] = (LANG,)
    fresh_seconds: ClassVar[int] = WORDS_SECONDS
    also_as: ClassVar[Sequence[str]] = ()
    varies_by: ClassVar[Sequence[str]] = ("Accept", "Accept-Language", "Accept-Encoding")
    asked: Mapping[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Language first, so that every refusal is told in it; then method, form and parameters."""
        translation.activate(language_of(request._request))  # noqa: SLF001 the plain request below DRF's
        self.language = translation.get_language()
        method = request.method or ""
        if method.lower() not in self.http_method_names or not hasattr(self, method.lower()):
            raise MethodNotAllowed(method)
        super().initial(request, *args, **kwargs)
        refuse_unreadable(request._request)  # noqa: SLF001 see above
        self.asked = self.question(request)

    def question(self, request: Request) -> Mapping[str, Any]:
        """What is asked. Raises InvalidRequest."""
        return read_query(request.GET, self.parameters)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 DRF's signature
        """Which methods there are, in the header Allow."""
        return Response(status=204)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The headers every answer carries, errors too."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, self.varies_by)
        response.headers.setdefault("Content-Language", getattr(self, "language", translation.get_language()))
        response["X-Request-ID"] = request_id(request)
        self.tell_caches(request, response)
        return response

    def tell_caches(self, request: Request, response: Any) -> None:
        """Nothing here is for one person alone, so any site may read it from a browser; an ETag for what was found.

        What was asked with a key is kept by nobody in between.
        """
        has_key = "Authorization" in request.headers
        if not has_key and request.method in ("GET", "HEAD"):
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = _EXPOSED
        if response.status_code == 200 and self.fresh_seconds and not response.streaming:
            kept_by = {"private": True} if has_key else {"public": True}
            patch_cache_control(response, max_age=self.fresh_seconds, **kept_by)
            response.add_post_render_callback(lambda rendered: _unless_known(request, rendered))
        else:
            patch_cache_control(response, no_store=True)


def _unless_known(request: Request, response: HttpResponse) -> HttpResponseBase | None:
    """304 when the client holds these very bytes already; None: the answer as it is."""
    return unless_known(request, response, f'"{hashlib.sha256(response.content).hexdigest()[:32]}"')


def unless_known(request: Request, response: HttpResponse, etag: str) -> HttpResponseBase | None:
    """304 when the client holds what has this ETag already; None: the answer as it is."""
    response["ETag"] = etag
    conditional = get_conditional_response(request._request, etag=etag, response=response)  # noqa: SLF001 see above
    if conditional is None or conditional is response:
        return None
    for name in _ON_EVERY_ANSWER:
        if name in response:
            conditional[name] = response[name]
    return conditional


class RecordView(Door):
    """The address of one thing. record: the dataclass that its answer is."""

    record: ClassVar[type]

    def get(self, request: Request, **codes: Any) -> HttpResponseBase:
        """The thing; only the wanted members of it with `fields`. A code written otherwise leads to its own address."""
        plain = self.plainly(**codes)
        found = self.found(**plain)
        if plain != codes:
            return self._elsewhere(request, plain)
        return Response(chosen([found], self.asked.get("fields"))[0])

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """The codes of the address as the thing itself writes them."""
        return codes

    def _elsewhere(self, request: Request, plain: Mapping[str, Any]) -> HttpResponsePermanentRedirect:
        place = request.resolver_match
        address = reverse(place.view_name, kwargs=dict(plain)) if place else request.path
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address, preserve_request=True)

    def found(self, **codes: Any) -> Any:
        """The record with these codes. Raises NotFound."""
        raise NotImplementedError


class ListView(Door):
    """The address of a list: `{data, page, meta}`, one page at a time.

    record: the dataclass of one record. sorts: for each word of `sort` the fields that order the rows; the
    last of them must tell any two rows apart, for the cursor is made of their values.
    """

    record: ClassVar[type]
    sorts: ClassVar[Mapping[str, Sequence[str]]]

    def get(self, request: Request) -> Response:
        """One page of records."""
        paginator = cast("Any", api_settings).DEFAULT_PAGINATION_CLASS()
        rows = paginator.paginate_queryset(self.rows(), request, view=self)
        records = chosen(self.records(rows), self.asked["fields"])
        return paginator.get_paginated_response(records, self.meta(is_empty=not records))

    def rows(self) -> Any:
        """The query of all rows that match, unordered. Raises InvalidValue for a filter that names nothing."""
        raise NotImplementedError

    def records(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The records of one page of rows, in their order, in as many queries for fifty as for one."""
        raise NotImplementedError

    def meta(self, *, is_empty: bool) -> dict[str, Any]:  # noqa: ARG002 for lists that explain an empty answer
        """What must be said of the list as a whole."""
        return {}

    def order(self) -> tuple[Sequence[str], bool]:
        """The fields that order the rows, and whether from the last to the first."""
        word = self.asked["sort"]
        return self.sorts[word.removeprefix("-")], word.startswith("-")

    def position(self, row: Any) -> list[Any]:
        """Where a row stands: its values of the ordering fields."""
        return [getattr(row, field) for field in self.order()[0]]


class ValueListView(ListView):
    """A list of values as they are known now or at a moment.

    withheld: datasets that the licence keeps back. complete_until: from when to ask again; None where nobody asked for
    what is new. Both are known once the rows are.
    """

    withheld: Sequence[str] = ()
    complete_until: dt.datetime | None = None

    def columns(self) -> Sequence[str]:
        """The columns of a row, in their order."""
        raise NotImplementedError

    def position(self, row: Any) -> list[Any]:
        """The ordering fields stand among the columns read."""
        places = self.columns()
        return [row[places.index(field)] for field in self.order()[0]]

    def meta(self, *, is_empty: bool) -> dict[str, Any]:
        """The moment asked for, why the answer is empty, from when to ask again, and what the licence keeps back."""
        meta: dict[str, Any] = {}
        as_of = self.asked["as_of"]
        if as_of is not None:
            meta["as_of"] = as_of.at
            if is_empty and not self.asked["cursor"]:
                meta["note"] = _("not known then")
        if self.complete_until is not None:
            meta["complete_until"] = self.complete_until
        if self.withheld:
            meta["withheld_datasets"] = self.withheld
        return meta


def list_parameters(record: type, *own: Parameter) -> tuple[Parameter, ...]:
    """The parameters of a list: its own, then those of every list."""
    return (*own, fields_of(record), *PAGING, LANG)


def record_parameters(record: type, *own: Parameter) -> tuple[Parameter, ...]:
    """The parameters of one thing: its own, then those of every thing."""
    return (*own, fields_of(record), LANG)


def chosen(records: Iterable[Any], wanted: Sequence[str] | None) -> list[Any]:
    """The records, or only the wanted members of each."""
    if wanted is None:
        return list(records)
    return [{name: getattr(record, name) for name in wanted} for record in records]
