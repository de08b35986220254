"""Reading what people and programs enter: every fault is found before anything is refused, and none is guessed away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.errors import FieldsRejected, InvalidField
from markets.models import Product

# Revisions of the Harmonized System, newest first.
HS_REVISIONS: Final = ("HS2022", "HS2017", "HS2012", "HS2007", "HS2002", "HS1996", "HS1992")
_HS_LEVELS: Final = (2, 4, 6, 8, 10)
_INTERNATIONAL: Final = 6
# Signs that are not seen and turn the direction of what stands after them, or say nothing at all.
_UNSEEN: Final = re.compile("[\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_LINE_ENDS: Final = re.compile("\r\n|[\r\u2028\u2029\x0b\x0c\x85]")
_LAYOUT: Final = "\n\t"
# The sign of a lost character, and those that are none: no file of ours carries them.
_LOST: Final = frozenset("\ufffd\ufffe\uffff")
_REVISION: Final = _lazy("HS revision")


@dataclass(slots=True)
class Reading:
    """What is being read, and every fault found so far. pointer: the JSON pointer of an entry (`/names/0/name`)."""

    faults: list[InvalidField] = field(default_factory=list)
    _pointers: set[str] = field(default_factory=set)

    def refuse(self, pointer: str, label: object, expected: str) -> None:
        """Note a fault: the label people see, and what is wrong and how to put it right. One for each entry."""
        if pointer not in self._pointers:
            self._pointers.add(pointer)
            self.faults.append(InvalidField(pointer=pointer, field=str(label), expected=expected))

    def only(self, values: Mapping[str, Any], known: Collection[str], pointer: str = "") -> None:
        """Refuse what is not one of the known entries."""
        for name in sorted({str(name) for name in values if name not in known}):
            escaped = name.replace("~", "~0").replace("/", "~1")
            self.refuse(f"{pointer}/{escaped}", name, _("there is no such entry to fill in; leave it out"))

    def line(self, value: object, pointer: str, label: object, longest: int, *, is_required: bool = False) -> str:
        """One line of text in NFC, its blanks single. None is empty."""
        if value in (None, "") and not is_required:
            return ""
        text = " ".join(self._plain(value, pointer, label, layout=_LAYOUT).split())
        return self._measured(text, pointer, label, longest, is_required=is_required)

    def text(self, value: object, pointer: str, label: object, longest: int) -> str:
        """Text of several lines in NFC. None is empty."""
        text = self._plain(value, pointer, label, layout=_LAYOUT).strip()
        return self._measured(text, pointer, label, longest, is_required=False)

    def hs_code(self, code: object, revision: object, pointer: str, label: object) -> tuple[str, str]:
        """Digits of a code and its revision, ("", "") for none. Whether the code exists is for `unknown_codes`."""
        written = self.line(code, f"{pointer}/hs_code", label, 40)
        digits = "".join(c for c in unicodedata.normalize("NFKC", written) if c not in " .")
        named = self.line(revision, f"{pointer}/hs_revision", _REVISION, 20)
        if not digits:
            return "", ""
        if not (digits.isascii() and digits.isdigit() and len(digits) in _HS_LEVELS):
            self.refuse(f"{pointer}/hs_code", label, _("write 2, 4, 6, 8 or 10 digits, such as 8418 or 8418.21"))
        if named not in HS_REVISIONS:
            expected = _("say which revision the code is of: %(known)s") % {"known": ", ".join(HS_REVISIONS)}
            self.refuse(f"{pointer}/hs_revision", _REVISION, expected)
        return digits, named

    def finish(self) -> None:
        """Raises FieldsRejected with every fault, if there is any."""
        if self.faults:
            raise FieldsRejected(faults=tuple(self.faults), count=len(self.faults))

    def _plain(self, value: object, pointer: str, label: object, *, layout: str) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse(pointer, label, _("write it as text"))
            return ""
        # Thousands of entries are read at once, and most are plain words.
        if value.isascii() and value.isprintable():
            return value
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", _LINE_ENDS.sub("\n", value)))
        if not _LOST.isdisjoint(text) or (not text.isprintable() and any(_is_unprintable(c, layout) for c in text)):
            self.refuse(pointer, label, _("it holds a character that cannot be printed; write it again without it"))
            return ""
        return text

    def _measured(self, text: str, pointer: str, label: object, longest: int, *, is_required: bool) -> str:
        if is_required and not text:
            self.refuse(pointer, label, _("it is empty; fill it in"))
        if len(text) > longest:
            said = {"most": longest, "count": len(text)}
            self.refuse(pointer, label, _("write at most %(most)s characters; these are %(count)s") % said)
        return text


def _is_unprintable(sign: str, layout: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") and sign not in layout


def unknown_codes(codes: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of (code, revision), those whose first six digits their revision does not have, where that revision is loaded.

    Digits beyond the sixth are a country's own and are kept as written.
    """
    asked = {pair for pair in codes if pair[0]}
    if not asked:
        return set()
    revisions = {revision for _code, revision in asked}
    known: dict[str, set[str]] = {}
    international = {code[:_INTERNATIONAL] for code, _revision in asked}
    rows = Product.objects.filter(classification__in=revisions, code__in=international)
    for revision, code in rows.values_list("classification", "code"):
        known.setdefault(revision, set()).add(code)
    loaded = {each for each in revisions if each in known or Product.objects.filter(classification=each).exists()}
    return {
        (code, revision)
        for code, revision in asked
        if revision in loaded and code[:_INTERNATIONAL] not in known.get(revision, ())
    }
