"""What every request to the API is asked before anything else: who it is, in which language, and whether it is text."""

from __future__ import annotations

import re
import uuid
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from markets.errors import InvalidValue
from markets.vocabulary import LANGUAGES

_OWN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SEEN_AS = "_sogdia_request_id"


def request_id(request: HttpRequest) -> str:
    """The name of this request in answers and logs: the client's own `X-Request-ID` where it is a plain one."""
    known: str | None = getattr(request, _SEEN_AS, None)
    if known is None:
        given = request.headers.get("X-Request-ID", "")
        known = given if _OWN_ID.fullmatch(given) else uuid.uuid4().hex
        setattr(request, _SEEN_AS, known)
    return known


def language_of(request: HttpRequest) -> str:
    """The parameter `lang`, else the header Accept-Language, else English.

    A cookie has no say: the same address with the same headers gives everyone the same answer.
    """
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        return asked
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return LANGUAGES[0]


def refuse_unreadable(request: HttpRequest) -> None:
    """Raises InvalidValue for an address or query that is not text: broken UTF-8, or a NUL byte."""
    if "\x00" in request.path:
        raise InvalidValue(parameter="path", value=request.path, expected=_("an address holds no NUL byte"))
    raw = request.META.get("QUERY_STRING", "")
    plain = unquote_to_bytes(raw.encode("latin-1", "replace"))
    if b"\x00" in plain:
        raise InvalidValue(parameter=_at(raw, b"\x00"), value="\\0", expected=_("a value holds no NUL byte"))
    try:
        plain.decode()
    except UnicodeDecodeError as broken:
        parameter = _at(raw, plain[broken.start : broken.start + 1])
        raise InvalidValue(parameter=parameter, value=raw, expected=_("write it as UTF-8, percent-encoded")) from broken


def _at(raw: str, fault: bytes) -> str:
    """The parameter in which the faulty byte stands."""
    for pair in raw.split("&"):
        if fault in unquote_to_bytes(pair.encode("latin-1", "replace")):
            name = unquote_to_bytes(pair.split("=")[0].encode("latin-1", "replace"))
            return name.decode(errors="replace").replace("\x00", "\\0")
    return "query"
