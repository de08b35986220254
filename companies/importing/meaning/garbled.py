"""Texts that were read in a wrong encoding once and written so, such as `CÃ´te d'Ivoire`: what they were before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

# What a text was read as, and what it was.
_CLASSIC: Final = (
    ("cp1252", "utf-8"),
    ("cp1251", "utf-8"),
    ("gb18030", "utf-8"),
    ("koi8-r", "utf-8"),
    ("cp1252", "cp1251"),
    ("cp1252", "gb18030"),
    ("cp1251", "gb18030"),
    ("koi8-r", "cp1251"),
    ("cp1251", "koi8-r"),
    ("cp866", "cp1251"),
    ("cp1251", "cp866"),
)
_LONGEST: Final = 200


def repaired(text: str) -> Iterator[str]:
    """Each text that this one may have been, without those that cannot be. Nothing for plain Latin letters."""
    if text.isascii() or len(text) > _LONGEST:
        return
    seen = {text}
    for read_as, was in _CLASSIC:
        try:
            before = _bytes(text, read_as).decode(was)
        except UnicodeError:
            continue
        if before not in seen:
            seen.add(before)
            yield before


def _bytes(text: str, encoding: str) -> bytes:
    """The bytes a text was read from. Bytes that an encoding of one byte a sign leaves open were taken as they are."""
    if encoding == "gb18030":
        return text.encode(encoding)
    return b"".join(_byte(sign, encoding) for sign in text)


def _byte(sign: str, encoding: str) -> bytes:
    try:
        return sign.encode(encoding)
    except UnicodeEncodeError:
        return sign.encode("latin-1")
