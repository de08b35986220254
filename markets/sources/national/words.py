"""What the offices' words say: keys of names, flows, units, and columns that hold something else than a value.

Words come in Russian, English, Kyrgyz, Kazakh and Uzbek, often several in one table, with footnote marks behind them.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from markets.vocabulary import Flow

# Letters of the two alphabets that look alike are typed one for the other.
_LOOK_ALIKE: Final = str.maketrans("авеёкмнорстухіјѕ", "abeekmhopctyxijs")

_FLOW_STEMS: Final = {Flow.IMPORT: ("импорт", "import"), Flow.EXPORT: ("экспорт", "export", "eksport")}
_NEITHER_FLOW: Final = re.compile(
    r"оборот|turnover|aylanma|айланым|сальдо|баланс|balance|saldo|реэкспорт|реимпорт|re-?export|re-?import"
)
_NO_VALUE: Final = re.compile(
    r"%|удельн|доля|процент|per ?cent|\bshare|темп|прирост|\bрост|growth|индекс|index|ulush|улуш|үлес|салыштырма"
    r"|тонн|нетто|брутто|\bкг\b|weight|колич|quantity"
)
_DOLLARS: Final = re.compile(r"долл|доллар|dollar|dollor|\busd\b|\$")
_OTHER_MONEY: Final = re.compile(
    r"тенге|теңге|tenge|\bсом\b|\bсомов|\bсум\b|\bсумов|so['ʻ`’]?m\b|рубл|\bевро\b|\beuro?\b"
)
_SCALES: Final = (
    (re.compile(r"тыс|thousand|thsd|миң|мин\b|мың|\bming\b"), Decimal(1000)),
    (re.compile(r"млн|миллион|million|\bmln"), Decimal(10) ** 6),
    (re.compile(r"млрд|миллиард|billion|\bmlrd"), Decimal(10) ** 9),
)


def plain(text: str) -> str:
    """The text in small letters, in one form of each character, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def key_of(name: str) -> str:
    """A name's letters alone: neither case, accents, signs, footnote marks nor look-alike letters tell names apart."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if letter.isalpha()).translate(_LOOK_ALIKE)


def flow_in(text: str) -> Flow | None:
    """The one flow a text speaks of; None when it speaks of none, of both, or of turnover and balance."""
    said = plain(text)
    if _NEITHER_FLOW.search(said):
        return None
    found = [flow for flow, stems in _FLOW_STEMS.items() if any(stem in said for stem in stems)]
    return found[0] if len(found) == 1 else None


def is_other_measure(text: str) -> bool:
    """True for the heading of turnover, balance, re-exports."""
    return bool(_NEITHER_FLOW.search(plain(text)))


def is_no_value(text: str) -> bool:
    """True for the heading of shares, growth, weights and quantities."""
    return bool(_NO_VALUE.search(plain(text)))


def dollars_in(text: str) -> Decimal | None:
    """How many US dollars one of the stated units is (1000 for `тыс. долларов США`); None when no dollars are named."""
    said = plain(text)
    if not _DOLLARS.search(said) or is_no_value(said):
        return None
    return next((times for scale, times in _SCALES if scale.search(said)), Decimal(1))


def names_other_money(text: str) -> bool:
    """True where a unit of another currency is named."""
    said = plain(text)
    return bool(_OTHER_MONEY.search(said)) and not _DOLLARS.search(said)
