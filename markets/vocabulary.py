"""The field's own words as small value types. Standard library only.

`ObsStatus` and `Period` are used on every observation; `HSCode`, `Flow`, `Valuation` on every product
and trade figure; `PrintedNumber` wherever a figure's last printed digit says how exact it claims to be.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from enum import StrEnum
from typing import Final, Self

from markets.errors import InvalidValue

LANGUAGES: Final = ("en", "zh-hans", "ru")
LANGUAGE_COLUMNS: Final = {"en": "en", "zh-hans": "zh", "ru": "ru"}


class Frequency(StrEnum):
    """How often a series speaks, in SDMX letters."""

    ANNUAL = "A"
    QUARTERLY = "Q"
    MONTHLY = "M"
    YEAR_TO_DATE = "Y"  # not an SDMX letter: cumulative months, as China's customs publishes
    AS_OF = "D"


class Flow(StrEnum):
    """Direction of trade seen from the reporter."""

    IMPORT = "M"
    EXPORT = "X"
    RE_EXPORT = "RX"
    RE_IMPORT = "RM"


class Valuation(StrEnum):
    """Where on its way the good was valued. CIF and FOB are never added."""

    CIF = "CIF"
    FOB = "FOB"


class Transport(StrEnum):
    """How a delivery reached us."""

    HTTP = "http"
    FILE = "file"
    BUNDLED = "bundled"


class FactKind(StrEnum):
    """What the figures of a dataset are about, and so which table holds them."""

    OBSERVATIONS = "observations"
    TRADE_TOTALS = "trade_totals"
    EXCHANGE_RATES = "exchange_rates"
    FLOWS = "flows"


class Basis(StrEnum):
    """Whose word a trade flow is. Shares and sums stay within one."""

    EXPORTER_REPORTED = "exporter_reported"
    IMPORTER_REPORTED = "importer_reported"
    RECONCILED = "reconciled"  # worked out from both sides (BACI, Atlas): no customs said it


class RevisionKind(StrEnum):
    """What became of a value that was read before, or that nobody had stated."""

    ADDED = "added"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


class RateKind(StrEnum):
    """Whose word an exchange rate is. Rates of two kinds are never mixed in one series."""

    REFERENCE = "reference"  # a central bank's reference rate of a day (ECB)
    OFFICIAL = "official"  # the issuing country's own official rate of a day
    AVERAGE = "average"  # an average of a year or month, as published


class ObsStatus(StrEnum):
    """Status letter stored with an observation; empty means a normal, reported value."""

    NORMAL = ""
    BREAK = "b"
    CONFIDENTIAL = "c"
    ESTIMATED = "e"
    FORECAST = "f"
    LOW = "k"
    PROVISIONAL = "p"
    REVISED = "r"
    UNRELIABLE = "u"
    NONE_RECORDED = "w"
    NOT_AVAILABLE = "x"
    NOT_APPLICABLE = "z"
    COMPANY_REPORTED = "i"
    QUARANTINED = "q"

    @property
    def sdmx(self) -> str:
        """SDMX CL_OBS_STATUS code. Confidentiality and revision travel beside it; `q` never leaves."""
        return _SDMX_OBS_STATUS[self]


_SDMX_OBS_STATUS: Final[dict[ObsStatus, str]] = {
    ObsStatus.NORMAL: "A",
    ObsStatus.BREAK: "B",
    ObsStatus.CONFIDENTIAL: "A",
    ObsStatus.ESTIMATED: "E",
    ObsStatus.FORECAST: "F",
    ObsStatus.LOW: "A",
    ObsStatus.PROVISIONAL: "P",
    ObsStatus.REVISED: "A",
    ObsStatus.UNRELIABLE: "U",
    ObsStatus.NONE_RECORDED: "N",
    ObsStatus.NOT_AVAILABLE: "M",
    ObsStatus.NOT_APPLICABLE: "L",
    ObsStatus.COMPANY_REPORTED: "A",
    ObsStatus.QUARANTINED: "S",
}

# Digits are ASCII digits: a period is compared and sorted as text.
_YEAR = r"(?P<year>[12]\d{3})"
_PERIOD_FORMS: Final[tuple[tuple[Frequency, re.Pattern[str]], ...]] = (
    (Frequency.ANNUAL, re.compile(_YEAR, re.ASCII)),
    (Frequency.QUARTERLY, re.compile(_YEAR + r"-Q[1-4]", re.ASCII)),
    (Frequency.MONTHLY, re.compile(_YEAR + r"-(0[1-9]|1[0-2])", re.ASCII)),
    (Frequency.YEAR_TO_DATE, re.compile(_YEAR + r"-01/(?P=year)-(0[1-9]|1[0-2])", re.ASCII)),
    (Frequency.AS_OF, re.compile(_YEAR + r"-\d{2}-\d{2}", re.ASCII)),
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# RFC 3339; in an address an unescaped "+" of "+08:00" arrives as a space.
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+ ]\d{2}:\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """What time a figure is about.

    Forms: `2023`, `2023-Q1`, `2023-01`, `2025-01/2025-05` (January to May), `2024-12-01` (as of a day).
    """

    text: str
    frequency: Frequency

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidValue when the text is none of the forms or names an impossible day."""
        for frequency, form in _PERIOD_FORMS:
            found = form.fullmatch(text)
            if found is None:
                continue
            if frequency is Frequency.AS_OF:
                _day("period", text)
            return cls(text, frequency)
        raise InvalidValue(
            parameter="period",
            value=text,
            expected="write 2023, 2023-Q1, 2023-01 or 2025-01/2025-05",
        )

    @property
    def year(self) -> int:
        return int(self.text[:4])

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class HSCode:
    """Harmonized System code: text of 2, 4 or 6 digits, leading zeros kept."""

    digits: str

    LEVELS = (2, 4, 6)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `8418`, `84.18`, `8418.21`, `8418 21`, in full-width digits too. Raises InvalidValue otherwise."""
        plain = "".join(str(int(c)) if c.isdecimal() else c for c in text if c not in " .\u00a0")
        if not (plain.isascii() and plain.isdigit() and len(plain) in cls.LEVELS):
            raise InvalidValue(
                parameter="product",
                value=text,
                expected="an HS code has 2, 4 or 6 digits, for example 8418",
            )
        return cls(plain)

    @property
    def level(self) -> int:
        return len(self.digits)

    @property
    def parent(self) -> Self | None:
        return type(self)(self.digits[:-2]) if self.level > 2 else None

    @property
    def dotted(self) -> str:
        """`8418.21` for six digits; shorter codes as they are."""
        return f"{self.digits[:4]}.{self.digits[4:]}" if self.level > 4 else self.digits

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a named currency. Amounts in two currencies are never added."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A figure together with the place of its last printed digit.

    exponent: power of ten of the last digit that the source printed (2.62642E+11 -> 6, 12.5 -> -1).
    """

    value: Decimal
    exponent: int

    MOST_DIGITS = 60

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a plain or scientific decimal of at most 60 digits. Raises InvalidValue for anything else.

        NaN and infinities are nothing a source may state.
        """
        try:
            number = Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or max(abs(number.adjusted()), abs(exponent)) > cls.MOST_DIGITS:
            raise InvalidValue(parameter="value", value=text, expected="a finite decimal number is needed")
        return cls(number, exponent)

    def agrees_with(self, other: PrintedNumber) -> bool:
        """True when the two are one figure printed to different lengths.

        The longer one, rounded at the last digit of the shorter one, gives the shorter one (half either way).
        """
        if self.exponent == other.exponent:
            return self.value == other.value
        # Far more digits than either has: nothing is rounded but by the rule.
        with localcontext(prec=4 * self.MOST_DIGITS):
            return abs(self.value - other.value) * 2 <= Decimal(1).scaleb(max(self.exponent, other.exponent))


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment of knowledge: what was public by then. None everywhere else means now."""

    at: dt.datetime

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2025-06-30` means the end of that day; an RFC 3339 moment is taken as it is. UTC where no zone is named.

        The past has no edge but the first year: what was known in 1850 is asked rightly, and was nothing.
        Raises InvalidValue for other texts and for the last year a date can hold.
        """
        try:
            moment = _moment(text.strip().upper())
        except (ValueError, OverflowError):
            moment = None
        if moment is None or moment.year == dt.MAXYEAR:
            expected = "write a day such as 2025-06-30, or a moment such as 2025-06-30T12:00:00Z"
            raise InvalidValue(parameter="as_of", value=text, expected=expected)
        return cls(moment)

    @classmethod
    def parse_start(cls, text: str) -> Self:
        """The same where the question is what came after it: a day means its start."""
        asked = cls.parse(text)
        if not _DAY.fullmatch(text.strip()):
            return asked
        return cls(dt.datetime.combine(asked.at.date(), dt.time.min, dt.UTC))


def _moment(text: str) -> dt.datetime | None:
    if _DAY.fullmatch(text):
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, dt.UTC)
    if not _MOMENT.fullmatch(text):
        return None
    moment = dt.datetime.fromisoformat(text.replace(" ", "+"))
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _day(parameter: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as impossible:
        raise InvalidValue(parameter=parameter, value=text, expected="there is no such day") from impossible


@dataclass(frozen=True, slots=True)
class Reader:
    """How whoever reads likes figures: empty where it is left to the language and the page.

    number_style: `short` (million, billion) or `myriad` (万, 亿). time_zone: of the IANA list. currency: ISO 4217.
    """

    number_style: str = ""
    time_zone: str = ""
    currency: str = ""


_READER: ContextVar[Callable[[], Reader]] = ContextVar("reader", default=Reader)


def reader() -> Reader:
    """Whoever reads what is being written now."""
    return _READER.get()()


@contextmanager
def reading_as(who: Callable[[], Reader]) -> Iterator[None]:
    """What is written meanwhile is for this reader; who that is, is asked only where it matters."""
    token = _READER.set(who)
    try:
        yield
    finally:
        _READER.reset(token)
