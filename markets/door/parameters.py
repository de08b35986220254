"""What may be asked of an address: each parameter is data, by which the query is read and the OpenAPI file written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from markets.errors import InvalidRequest, InvalidValue, UnknownParameter
from markets.vocabulary import LANGUAGES, AsOf, Period

LIMIT_DEFAULT: Final = 50
LIMIT_MOST: Final = 1000
MOST_CODES: Final = 300
LONGEST_CURSOR: Final = 1000
MARKET_FORM: Final = r"[A-Z][A-Z0-9]{1,7}"
INDICATOR_FORM: Final = r"[A-Za-z0-9_.\-]{1,80}"
SLUG_FORM: Final = r"[a-z0-9][a-z0-9_\-]{0,39}"
PERIOD_FORM: Final = r"\d{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-\d{2})?|-01/\d{4}-(0[1-9]|1[0-2]))?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One query parameter.

    schema: its form as JSON Schema. example: one that answers 200. read: from the text to the value the
    view works with; raises InvalidValue. longest: characters, beyond which nothing is read at all.
    """

    name: str
    description: str
    example: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    default: Any = None
    longest: int = 100


def read_query(given: QueryDict, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The value of every parameter, its default where it is not given.

    Raises the first of all faults (UnknownParameter, InvalidValue), with every fault in its context as `faults`.
    """
    known = {parameter.name: parameter for parameter in parameters}
    asked = {parameter.name: parameter.default for parameter in parameters}
    faults: list[InvalidRequest] = []
    for name, texts in given.lists():
        try:
            if name not in known:
                raise UnknownParameter(parameter=name, allowed=", ".join(sorted(known)))
            asked[name] = _value(known[name], [str(text) for text in texts])
        except InvalidRequest as fault:
            faults.append(fault)
    if faults:
        faults[0].context["faults"] = tuple(faults)
        raise faults[0]
    return asked


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    text = texts[0]
    expected = ""
    if len(texts) > 1:
        expected = _("it is given more than once; where several values are allowed, put commas between them")
    elif not text.strip():
        expected = _("it is empty; leave it out, or give it a value such as %(example)s") % {
            "example": parameter.example
        }
    elif len(text) > parameter.longest:
        expected = _("it is longer than %(most)s characters") % {"most": parameter.longest}
    if expected:
        raise InvalidValue(parameter=parameter.name, value=", ".join(texts) or '""', expected=expected)
    return parameter.read(text)


# ---------------------------------------------------------------- kinds of parameter
def text(name: str, description: str, example: str, longest: int = 100) -> Parameter:
    """Free text."""
    schema = {"type": "string", "minLength": 1, "maxLength": longest, "pattern": r"\S"}
    return Parameter(
        name=name, description=description, example=example, schema=schema, read=str.strip, longest=longest
    )


def code(name: str, description: str, example: str, form: str) -> Parameter:
    """One code of a form. Whether there is such a code is for the view to say."""
    schema = {"type": "string", "pattern": f"^{form}$"}
    return Parameter(
        name=name,
        description=description,
        example=example,
        schema=schema,
        read=lambda given: _code(name, given, form, example),
    )


def codes(name: str, description: str, example: str, form: str) -> Parameter:
    """Several codes of one form, commas between them, each counted once."""

    def read(given: str) -> tuple[str, ...]:
        parts = [part.strip() for part in given.split(",")]
        if len(parts) > MOST_CODES:
            expected = _("at most %(most)s codes fit one question") % {"most": MOST_CODES}
            raise InvalidValue(parameter=name, value=len(parts), expected=expected)
        return tuple(dict.fromkeys(_code(name, part, form, example) for part in parts))

    schema = {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{form}$"},
        "minItems": 1,
        "maxItems": MOST_CODES,
    }
    return Parameter(
        name=name, description=description, example=example, schema=schema, read=read, longest=MOST_CODES * 40
    )


def choice(name: str, description: str, allowed: Sequence[str], default: str | None = None) -> Parameter:
    """One of a few words."""

    def read(given: str) -> str:
        if given not in allowed:
            expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(allowed)}
            raise InvalidValue(parameter=name, value=given, expected=expected)
        return given

    schema: dict[str, Any] = {"type": "string", "enum": list(allowed)}
    if default is not None:
        schema["default"] = default
    return Parameter(name=name, description=description, example=allowed[0], schema=schema, read=read, default=default)


def number(name: str, description: str, least: int, most: int, default: int) -> Parameter:
    """A whole number between two."""

    def read(given: str) -> int:
        if given.isascii() and given.isdigit() and len(given) <= len(str(most)) and least <= int(given) <= most:
            return int(given)
        expected = _("it is a whole number from %(least)s to %(most)s") % {"least": least, "most": most}
        raise InvalidValue(parameter=name, value=given, expected=expected)

    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return Parameter(
        name=name, description=description, example=str(default), schema=schema, read=read, default=default
    )


def period(name: str, description: str, example: str) -> Parameter:
    """A period in one of its forms."""

    def read(given: str) -> str:
        try:
            return Period.parse(given).text
        except InvalidValue as fault:
            expected = _("write 2023, 2023-Q1, 2023-01, 2025-01/2025-05, or a day that exists")
            raise InvalidValue(parameter=name, value=given, expected=expected) from fault

    schema = {"type": "string", "pattern": f"^{PERIOD_FORM}$"}
    return Parameter(name=name, description=description, example=example, schema=schema, read=read)


def moment(name: str, description: str, example: str, *, from_start: bool = False) -> Parameter:
    """A moment, or a day: its end, or its start where the question is what came after it."""

    def read(given: str) -> AsOf:
        try:
            return AsOf.parse_start(given) if from_start else AsOf.parse(given)
        except InvalidValue as fault:
            expected = _("write a day such as 2025-06-30, or a moment such as 2025-06-30T12:00:00Z")
            raise InvalidValue(parameter=name, value=given, expected=expected) from fault

    schema = {
        "type": "string",
        "anyOf": [{"format": "date"}, {"format": "date-time"}],
        "pattern": r"^(19|[2-9]\d)\d{2}-\d{2}-\d{2}([T ].+)?$",
    }
    return Parameter(name=name, description=description, example=example, schema=schema, read=read)


def fields_of(record: type) -> Parameter:
    """`fields`: which members of each record are wanted."""
    known = tuple(field.name for field in dataclasses.fields(record))

    def read(given: str) -> tuple[str, ...]:
        wanted = [word.strip() for word in given.split(",")]
        for word in wanted:
            if word not in known:
                expected = _("choose from %(allowed)s") % {"allowed": ", ".join(known)}
                raise InvalidValue(parameter="fields", value=word, expected=expected)
        return tuple(name for name in known if name in wanted)

    return Parameter(
        name="fields",
        description="Only these members of each record, commas between them.",
        example=",".join(known[:2]),
        schema={"type": "array", "items": {"type": "string", "enum": list(known)}, "minItems": 1},
        read=read,
        longest=1000,
    )


def _code(parameter: str, given: str, form: str, example: str) -> str:
    if re.fullmatch(form, given, re.ASCII) is None:
        expected = _("write a code such as %(example)s") % {"example": example}
        raise InvalidValue(parameter=parameter, value=given, expected=expected)
    return given


# ---------------------------------------------------------------- parameters that many addresses share
LANG: Final = choice(
    "lang",
    "Language of names and messages; the header Accept-Language decides where it is not given.",
    LANGUAGES,
)
AS_OF: Final = moment(
    "as_of",
    "What was known then: a day (its end, UTC) or a moment. Compared with `known_from` of each vintage.",
    "2025-06-30",
)
FROM: Final = moment(
    "from",
    "With `to`: what read differently on two days (their ends, UTC) or moments is told as `difference`. This one is"
    " the earlier.",
    "2022-12-31",
)
TO: Final = moment("to", "The later day or moment, now by default. It says nothing without `from`.", "2025-06-30")
LIMIT: Final = number("limit", "Records in one answer.", 1, LIMIT_MOST, LIMIT_DEFAULT)
CURSOR: Final = Parameter(
    name="cursor",
    description="Where the answer begins: as in `page.next` or `page.prev`, with the other parameters unchanged.",
    example="",
    schema={"type": "string", "maxLength": LONGEST_CURSOR, "pattern": r"^[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+$"},
    read=str,
    longest=LONGEST_CURSOR,
)
COUNT: Final = choice("count", "`exact` adds the number of all records that match as `meta.total`.", ("exact",))
PAGING: Final = (LIMIT, CURSOR, COUNT)


def sort(*words: str) -> Parameter:
    """`sort`: the words allowed, the first by default, turned round where a minus stands before it here too."""
    plain = dict.fromkeys(word.removeprefix("-") for word in words)
    return choice(
        "sort", "Order of the records; a minus turns it round.", [s + w for w in plain for s in ("", "-")], words[0]
    )
