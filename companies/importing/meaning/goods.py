"""What was sold: categories by their names, codes of the Harmonized System as files really have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from companies.importing.meaning.finding import Finder, Near, words_of
from companies.importing.meaning.naming import in_active_language
from companies.importing.meaning.signs import plain
from companies.importing.meaning.unread import Unread
from companies.importing.reading.form import Notice
from markets.models import Category, Product, SearchTerm

_LENGTHS: Final = (2, 4, 6, 8, 10)
_INTERNATIONAL: Final = 6
_HEADING: Final = 4
# Words people write before a code.
_BEFORE: Final = re.compile(
    r"^(?:hs|hts|htsus|cn|taric|тн\s*вэд(?:\s*(?:еаэс|снг|тс))?|тнвэд|tn\s*ved|гс|код|code|海关编码|税号|商品编码|编码|№|#)"
    r"[\s.:№#-]*(?:code|код|编码)?[\s.:-]*",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"\d+(?:[ .\-'·]+\d+)*")
_SEPARATORS: Final = re.compile(r"[ .\-'·]+")
_LIKE: Final = 70


@dataclass(frozen=True, slots=True)
class HsRead:
    """A code of 2, 4, 6, 8 or 10 digits. warnings: what was put right, `zero_restored` with `before` and `after`."""

    code: str
    warnings: tuple[Notice, ...] = ()


def categories() -> Finder:
    """Every category of goods, in two queries."""
    rows = list(Category.objects.all())
    other = SearchTerm.objects.filter(kind=SearchTerm.Kind.CATEGORY).values_list("key", "text")
    own = words_of("category")
    names = [(row.slug, name) for row in rows for name in (row.slug, row.name_en, row.name_zh, row.name_ru)]
    names += [*other, *((words.code, name) for words in own for name in words.names)]
    return Finder(
        names, in_active_language(rows, "slug"), ((words.code, name) for words in own for name in words.maybe)
    )


def hs_codes() -> HsCodes:
    """The codes of every revision that is loaded, in one query."""
    by_revision: dict[str, set[str]] = {}
    for revision, code in Product.objects.order_by().values_list("classification", "code").iterator(chunk_size=10_000):
        by_revision.setdefault(revision, set()).add(code)
    return HsCodes({revision: frozenset(codes) for revision, codes in by_revision.items()})


@dataclass(frozen=True, slots=True)
class HsCodes:
    """The codes of each loaded revision (HS2022 ...), by which what people write is read and checked."""

    by_revision: Mapping[str, frozenset[str]]

    def read(self, text: str, revision: str = "") -> HsRead:
        """The code that a cell says. revision: the one it is said to be of; empty: not said, any loaded one will do.

        Digits beyond the sixth are a country's own and kept. A zero that a spreadsheet took away, before the code or
        behind the point, is put back where that makes a code of the revision, never otherwise.
        Raises Unread: hs_not_digits, hs_length, hs_zero_lost, hs_unknown, hs_other_revision (`revisions` that have it).
        """
        parts = _parts(text)
        written = "".join(parts)
        codes = list(dict.fromkeys(_readings(parts)))
        for code in codes:
            if self.knows(code, revision) is not False and (code == written or self.knows(code, revision)):
                return HsRead(code, _warnings(written, code, parts))
        raise self._unread(text, revision, codes)

    def knows(self, code: str, revision: str) -> bool | None:
        """Whether the revision has the first six digits of a code; None where it is not loaded."""
        if not revision:
            return (
                any(code[:_INTERNATIONAL] in codes for codes in self.by_revision.values()) if self.by_revision else None
            )
        codes = self.by_revision.get(revision)
        return code[:_INTERNATIONAL] in codes if codes is not None else None

    def near(self, text: str, revision: str = "", most: int = 3) -> list[Near]:
        """Codes that may be meant: where the subheading is not known, its heading or chapter."""
        try:
            parts = _parts(text)
        except Unread:
            return []
        found: dict[str, int] = {}
        for code in dict.fromkeys(("".join(parts), *_readings(parts))):
            for length in (_HEADING, 2):
                if len(code) > length and self.knows(code[:length], revision):
                    found.setdefault(code[:length], _LIKE if length == _HEADING else _LIKE - 20)
                    break
        return [Near(code, code, score) for code, score in found.items()][:most]

    def _unread(self, text: str, revision: str, codes: list[str]) -> Unread:
        others = [each for each in sorted(self.by_revision, reverse=True) if each != revision]
        having = [each for each in others if any(self.knows(code, each) for code in codes)]
        if revision and having:
            return Unread("hs_other_revision", text=text, revision=revision, revisions=having)
        if not codes:
            return Unread("hs_length", text=text)
        return Unread("hs_unknown", text=text, revision=revision or ", ".join(sorted(self.by_revision)))


def _parts(text: str) -> list[str]:
    """The digits of a code between its separators."""
    written = _BEFORE.sub("", plain(text)).strip(" .'")
    if not _CODE.fullmatch(written):
        raise Unread("hs_not_digits", text=text)
    return _SEPARATORS.split(written)


def _readings(parts: list[str]) -> Iterator[str]:
    """What the digits can stand for, likeliest first. How many stand before and behind the point tells what is lost.

    `6109.1` is the number 6109.10 without its last zero, `409.00` is 0409.00, `8418.0` a whole number of a program
    that writes all numbers with a fraction. Without a point, an odd count of digits has lost its first zero.
    """
    whole = "".join(parts)
    if len(parts) == 2 and parts[1] == "0":
        yield from _readings(parts[:1])
        yield from _whole(_even(parts[0]) + "00")
    elif len(parts) == 2 and len(parts[0]) <= _HEADING:
        behind = parts[1] if len(parts[1]) % 2 == 0 else f"{parts[1]}0"
        yield from _whole(_even(parts[0]) + behind)
    elif len(parts) > 2 and len(parts[0]) % 2:
        yield from _whole(_even(parts[0]) + "".join(parts[1:]))
    else:
        yield from _whole(_even(whole))


def _even(digits: str) -> str:
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def _whole(digits: str) -> Iterator[str]:
    if len(digits) in _LENGTHS:
        yield digits


def _warnings(written: str, code: str, parts: list[str]) -> tuple[Notice, ...]:
    is_fraction_of_nothing = len(parts) == 2 and parts[1] == "0" and code == parts[0]
    if code == written or is_fraction_of_nothing:
        return ()
    return (Notice("zero_restored", {"before": ".".join(parts), "after": code}),)
