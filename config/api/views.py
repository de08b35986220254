"""Addresses that belong to no app: what there is, what each error code means, and the answer where nothing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import URLResolver, get_resolver, resolve
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.problems import ProblemKind, problem_kinds
from markets.door.address import Door, ListView, RecordView
from markets.door.parameters import LANG, Parameter
from markets.errors import NotFound

API_ROOT = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Resource:
    """A list of things, with its address."""

    name: str
    url: str
    description: str


@dataclass(frozen=True, slots=True)
class Index:
    """What the API offers. openapi: the machine-readable description; documentation: the same to read and try."""

    resources: tuple[Resource, ...]
    openapi: str
    documentation: str
    problems: str


class IndexView(Door):
    """What the API offers: its resources, its description, and the meaning of its errors."""

    record: ClassVar[type] = Index

    def get(self, request: Request) -> Response:
        """All lists of the API."""
        at = request.build_absolute_uri
        return Response(
            Index(
                resources=tuple(Resource(name, at(API_ROOT + path), told) for name, path, told in _lists()),
                openapi=at(f"{API_ROOT}openapi.json"),
                documentation=at(f"{API_ROOT}docs/"),
                problems=at(f"{API_ROOT}problems/"),
            )
        )


def _lists() -> list[tuple[str, str, str]]:
    """Name, address and description of every list below the root, as the addresses have them."""
    found = []
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern) != API_ROOT.lstrip("/") or not isinstance(pattern, URLResolver):
            continue
        for inner in pattern.url_patterns:
            view = getattr(inner.callback, "cls", None)
            path = str(inner.pattern)
            if view is not None and issubclass(view, ListView) and "<" not in path:
                found.append((path.rstrip("/"), path, view.__doc__.split("\n\n")[0]))
    return found


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """A kind of problem. code: constant, for programs. title, meaning: in the language of the request."""

    code: str
    status: int
    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ProblemCatalogue:
    """Every kind of problem the API can answer with, by code."""

    data: tuple[ProblemRecord, ...]


def _record(kind: ProblemKind) -> ProblemRecord:
    return ProblemRecord(kind.code, kind.status, _(kind.title), _(kind.meaning))


class ProblemListView(Door):
    """The catalogue of errors: every `code` that a problem can carry, and what it means."""

    record: ClassVar[type] = ProblemCatalogue

    def get(self, request: Request) -> Response:  # noqa: ARG002 DRF's signature
        """All kinds, by code."""
        kinds = problem_kinds()
        return Response(ProblemCatalogue(tuple(_record(kinds[code]) for code in sorted(kinds))))


class ProblemView(RecordView):
    """One kind of problem; the `type` of a problem is this address."""

    record = ProblemRecord
    parameters: ClassVar[Sequence[Parameter]] = (LANG,)

    def found(self, **codes: Any) -> ProblemRecord:
        """Raises NotFound."""
        kind = problem_kinds().get(codes["code"])
        if kind is None:
            raise NotFound(kind=_("problem"), key=codes["code"])
        return _record(kind)


class UnknownAddress(Door):
    """Everything below /api/ that is nothing: a problem, or the way to the address that was meant."""

    schema = None
    http_method_names = ("get", "head", "options", "post", "put", "patch", "delete", "trace")
    fresh_seconds = 0

    def get(self, request: Request) -> HttpResponsePermanentRedirect:
        """A forgotten slash at the end is put right; the rest is not there."""
        meant = f"{request.path}/"
        if request.path.endswith("/") or getattr(resolve(meant).func, "cls", None) is UnknownAddress:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(meant + (f"?{query}" if query else ""), preserve_request=True)

    def question(self, request: Request) -> Mapping[str, Any]:  # noqa: ARG002 the parent's signature
        """No parameter is refused where no address is."""
        return {}

    post = put = patch = delete = trace = get
