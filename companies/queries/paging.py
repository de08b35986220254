"""The number of a page of a list, as an address holds it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from markets.errors import InvalidValue

LAST_PAGE: Final = 100_000
_DIGITS: Final = 9


def page_number(text: str, most: int = LAST_PAGE) -> int:
    """The page asked for, the first where none is. most: the last that is looked for.

    Raises InvalidValue for what is no number of a page.
    """
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS and 1 <= int(text) <= most):
        raise InvalidValue(parameter="page", value=text[:40], expected=_("it is the number of a page"))
    return int(text)
