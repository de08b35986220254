"""What a body may say: dataclasses describe it, and by them it is read, refused and told in the OpenAPI document."""

from __future__ import annotations

import dataclasses
import types
import typing
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _

from companies.errors import FieldsRejected, InvalidField, TooMany, UnknownField

MOST_AT_ONCE: Final = 1000
LONGEST_TEXT: Final = 10_000
MOST_INNER: Final = 200
# Of the fields of one object that nobody knows, so many are named.
_MOST_UNKNOWN: Final = 20
# A figure lies between these powers of ten; beyond them a few letters would stand for a book of digits.
_POWERS: Final = 40
_WHOLE: Final = 2**63
Reader = Callable[["Faults", str, Any], Any]


class Faults:
    """The wrong entries of a body, gathered so that all of them can be told at once."""

    def __init__(self) -> None:
        self.found: list[InvalidField] = []

    def add(self, pointer: str, expected: str) -> None:
        """One entry that cannot be as it is."""
        field = pointer.rpartition("/")[2] or _("the body")
        self.found.append(InvalidField(pointer=pointer, field=field, expected=expected))

    def refuse(self) -> None:
        """Raises FieldsRejected where there are any."""
        if self.found:
            raise FieldsRejected(faults=tuple(self.found), count=len(self.found))


def entry(kind: type, given: Any, *, is_partial: bool = False) -> dict[str, Any]:
    """What a body says, by field name; only what it names. Raises FieldsRejected with every fault at once.

    kind: the dataclass that describes it. What has to be given is for the use-case to say, with all else that it
    finds; is_partial: something at least.
    """
    faults = Faults()
    values = _record(faults, "", given, kind)
    if is_partial and isinstance(given, Mapping) and not given:
        faults.add("", _("name at least one field to change"))
    faults.refuse()
    return values


def entries(kind: type, given: Sequence[Any], faults: Faults) -> list[tuple[int, dict[str, Any]]]:
    """The same of many, each with its place: those whose form is right. Raises TooMany."""
    if len(given) > MOST_AT_ONCE:
        raise TooMany(count=len(given), kind=_("entries"), most=MOST_AT_ONCE)
    if not given:
        faults.add("", _("the list is empty; send at least one entry"))
    read = []
    for place, one in enumerate(given):
        before = len(faults.found)
        values = _record(faults, f"/{place}", one, kind)
        if len(faults.found) == before:
            read.append((place, values))
    return read


def _record(faults: Faults, pointer: str, given: Any, kind: type) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        faults.add(pointer, _("write an object of fields and values"))
        return {}
    readers = _readers(kind)
    unknown = [name for name in given if name not in readers]
    for name in unknown[:_MOST_UNKNOWN]:
        said, known = name[:100].encode("utf-8", "replace").decode(), ", ".join(readers)
        faults.found.append(UnknownField(pointer=f"{pointer}/{_escaped(said)}", field=said, allowed=known))
    if len(unknown) > _MOST_UNKNOWN:
        faults.add(
            pointer,
            _("it names %(count)s more fields that are not known here") % {"count": len(unknown) - _MOST_UNKNOWN},
        )
    return {name: readers[name](faults, f"{pointer}/{name}", value) for name, value in given.items() if name in readers}


@cache
def _readers(kind: type) -> dict[str, Reader]:
    hints = typing.get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}


def _reader(hint: Any) -> Reader:
    if isinstance(hint, types.UnionType):
        kinds = [each for each in typing.get_args(hint) if each is not types.NoneType]
        inner = _amount if set(kinds) == {str, Decimal} else _reader(kinds[0])
        return lambda faults, pointer, given: None if given is None else inner(faults, pointer, given)
    if typing.get_origin(hint) is tuple:
        return _list_of(_reader(typing.get_args(hint)[0]))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return lambda faults, pointer, given: _record(faults, pointer, given, hint)
    return _PLAIN[hint]


def _list_of(inner: Reader) -> Reader:
    def read(faults: Faults, pointer: str, given: Any) -> list[Any]:
        if not isinstance(given, list):
            faults.add(pointer, _("write a list"))
            return []
        if len(given) > MOST_INNER:
            faults.add(pointer, _("at most %(most)s fit here") % {"most": MOST_INNER})
            return []
        return [inner(faults, f"{pointer}/{place}", one) for place, one in enumerate(given)]

    return read


def _text(faults: Faults, pointer: str, given: Any) -> str:
    if not isinstance(given, str):
        faults.add(pointer, _("write text, in quotation marks"))
        return ""
    if len(given) > LONGEST_TEXT:
        faults.add(pointer, _("at most %(most)s characters") % {"most": LONGEST_TEXT})
        return ""
    if "\x00" in given or any("\ud800" <= letter <= "\udfff" for letter in given):
        faults.add(pointer, _("it holds a character that cannot be printed"))
        return ""
    return given


def _whole(faults: Faults, pointer: str, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) >= _WHOLE:
        faults.add(pointer, _("write a whole number"))
        return 0
    return given


def _decimal(faults: Faults, pointer: str, given: Any) -> Decimal:
    try:
        figure = Decimal("NaN") if isinstance(given, bool | float) else Decimal(given)
    except (InvalidOperation, TypeError, ValueError):
        figure = Decimal("NaN")
    if not figure.is_finite() or abs(figure.adjusted()) > _POWERS or len(figure.as_tuple().digits) > _POWERS:
        faults.add(pointer, _('write a number, such as "20.7"'))
        return Decimal(0)
    return figure


def _amount(faults: Faults, pointer: str, given: Any) -> str | Decimal:
    """A text as printed stays one, for its digits tell how exact it claims to be."""
    return _text(faults, pointer, given) if isinstance(given, str) else _decimal(faults, pointer, given)


def _id(faults: Faults, pointer: str, given: Any) -> uuid.UUID:
    try:
        return uuid.UUID(_text(Faults(), pointer, given))
    except ValueError:
        faults.add(pointer, _("write the id of one, such as %(example)s") % {"example": uuid.UUID(int=0)})
        return uuid.UUID(int=0)


def _yes_or_no(faults: Faults, pointer: str, given: Any) -> bool:
    if not isinstance(given, bool):
        faults.add(pointer, _("write true or false"))
    return given is True


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


_PLAIN: Final[Mapping[Any, Reader]] = {
    str: _text,
    int: _whole,
    bool: _yes_or_no,
    Decimal: _decimal,
    uuid.UUID: _id,
}
