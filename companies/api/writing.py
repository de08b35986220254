"""How something is written by the API: access first, then the version, then the body, and each request once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import wraps
from typing import Any, Final

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from companies.access import Action
from companies.api import bodies
from companies.api.door import PersonDoor, ThingResponse
from companies.api.once import answered_once
from companies.errors import FieldsRejected, VersionMissing
from markets.door.parameters import LANG, Parameter
from markets.errors import InvalidRequest, InvalidValue

# `"7"` or `"7-3fa9c2..."`; a proxy that packs answers may have put the mark of a weak one before it.
_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]{1,64})?"', re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One thing that can be written at an address.

    needs: what the actor must be allowed. body: the dataclass that says what may be sent; None: nothing. is_partial:
    only what changes is sent. takes_many: a list is taken too. names_version: the header If-Match must say which
    version was read. files: the types of a file that is sent instead of JSON. status: of success. address: the name
    of the address where a new thing stands. example: a body.
    """

    needs: Action
    body: type | None = None
    is_partial: bool = False
    takes_many: bool = False
    names_version: bool = False
    files: Sequence[str] = ()
    status: int = 200
    address: str = ""
    parameters: Sequence[Parameter] = (LANG,)
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_required(self) -> bool:
        """Whether a body has to be sent at all."""
        has_to = self.body is not None and any(each.default is MISSING for each in fields(self.body))
        return has_to or self.is_partial


@dataclass(frozen=True, slots=True)
class Entry:
    """What was sent. key: of the thing the address names; None on a list. version: the one that was read.

    values: the fields given. many: the same of each, where a list was sent; else None.
    """

    key: uuid.UUID | None
    version: int | None
    values: Mapping[str, Any]
    many: Sequence[Mapping[str, Any]] | None = None


Perform = Callable[[Any, Entry], Any]


def writing(**said: Any) -> Callable[[Perform], Callable[..., Any]]:
    """A method of a view that writes: it is handed an Entry, and gives back what it made or changed.

    said: the fields of Write, which the OpenAPI document tells too.
    """
    write = Write(**said)

    def wrap(perform: Perform) -> Callable[..., Any]:
        @wraps(perform)
        def answering(view: PersonDoor, request: Request, **codes: Any) -> Any:
            _allow(view, write, codes)
            version = _named_version(request) if write.names_version else None
            _take_in(request)

            def make() -> Response:
                values, many = _sent(view, write, perform, request)
                return _done(view, write, perform, Entry(codes.get("id"), version, values, many))

            return answered_once(view, request, make) if request.method == "POST" else make()

        answering.write = write  # type: ignore[attr-defined]
        return answering

    return wrap


def _allow(view: PersonDoor, write: Write, codes: Mapping[str, Any]) -> None:
    """Before anything is read: what does not exist for the actor is not found, and a role that is too low says so."""
    view.permit(write.needs, view.named(codes["id"]) if "id" in codes else None)


def _named_version(request: Request) -> int:
    """The version that the header If-Match names. Raises VersionMissing, InvalidValue."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        raise VersionMissing
    named = _VERSION.fullmatch(given)
    if named is None:
        raise InvalidValue(parameter="If-Match", value=given, expected=_("send the ETag of what you read"))
    return int(named[1])


def _sent(
    view: PersonDoor, write: Write, perform: Perform, request: Request
) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]] | None]:
    """The values and, where a list was sent, those of each.

    Raises InvalidRequest, FieldsRejected, TooMany.
    """
    given = None if _is_empty(request) else request.data
    if write.body is None or not (write.takes_many and isinstance(given, list)):
        given = {} if given is None else given
        return bodies.entry(write.body or _Nothing, given, is_partial=write.is_partial), None
    faults = bodies.Faults()
    read = bodies.entries(write.body, given, faults)
    if faults.found and read:
        faults.found += _faults_of(view, perform, read)
        faults.found.sort(key=lambda fault: _place(fault.context["pointer"]))
    faults.refuse()
    return {}, [values for _number, values in read]


@dataclass(frozen=True, slots=True)
class _Nothing:
    """A body without a single field."""


def _take_in(request: Request) -> None:
    """The body, where it is JSON and no longer than is read here.

    Raises UnsupportedMediaType, RequestDataTooBig; InvalidRequest for one that comes in pieces of unknown length.
    """
    if _is_empty(request) and "Transfer-Encoding" in request.headers:
        raise InvalidRequest(reason=_("the body comes without its length; send it whole, with Content-Length"))
    if not _is_empty(request) and request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(request.content_type)
    request._request.body  # noqa: B018, SLF001 reading it there keeps to the limit; the plain request below DRF's


def _is_empty(request: Request) -> bool:
    return request.META.get("CONTENT_LENGTH") in (None, "", "0")


def _faults_of(view: PersonDoor, perform: Perform, read: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Any]:
    """What else is wrong with the entries whose form is right: they are tried, and nothing of it stays."""
    places = [place for place, _values in read]
    try:
        with transaction.atomic():
            perform(view, Entry(None, None, {}, [values for _number, values in read]))
            transaction.set_rollback(True)
    except FieldsRejected as rejected:
        return [_moved(fault, places) for fault in rejected.context["faults"]]
    return []


def _moved(fault: Any, places: Sequence[int]) -> Any:
    """The same fault, at the place of its entry among all that were sent."""
    _root, number, *rest = fault.context["pointer"].split("/")
    pointer = "/".join(["", str(places[int(number)]), *rest])
    return type(fault)(**{**fault.context, "pointer": pointer})


def _place(pointer: str) -> int:
    number = pointer.split("/")[1] if "/" in pointer else ""
    return int(number) if number.isdigit() else -1


def _done(view: PersonDoor, write: Write, perform: Perform, entry: Entry) -> Response:
    """The answer to what was done: the thing as it stands now."""
    made = perform(view, entry)
    if write.status == 204:
        return Response(status=204)
    if entry.many is not None:
        return Response({"data": view.shown([each.pk for each in made])}, status=write.status)
    return _told(view, write, made)


def _told(view: PersonDoor, write: Write, made: models.Model) -> Response:
    (record,) = view.shown([made.pk])
    headers = {"Location": reverse(write.address, kwargs={"id": made.pk})} if write.address else {}
    version = getattr(record, "version", None)
    if version is None:
        return Response(record, status=write.status, headers=headers)
    return ThingResponse(record, version, status=write.status, headers=headers)
