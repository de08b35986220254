"""Numbers, periods and the small words around them, in the active language.

Numbers follow CLDR. Large ones are shortened (billion, 亿, млрд) with the full value at hand in `full_amount`.
Units are whole phrases with a place for the number, never a symbol glued to it: word order differs by language.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets.vocabulary import Frequency, ObsStatus, Period, RateKind, reader

NO_VALUE: Final = "—"
NO_BREAK: Final = "\u00a0"
MINUS: Final = "\u2212"
# From here on a number is shortened; below it all its digits are shown.
SHORTENED_FROM: Final = Decimal(1_000_000)
_ALMOST_ONE: Final = Decimal("0.99995")
# Room for every digit of a number that is rounded.
_ROOM: Final = Context(prec=200)
# Digits after the point of a shortened number, by what it will read as: 1.23 million, 12.3 million, 123.4 bn.
_DIGITS: Final = ((2, Decimal("9.995")), (1, Decimal("999.95")))
_LOCALES: Final = {"en": "en", "zh-hans": "zh_Hans", "ru": "ru"}

# Powers of ten with their word. CLDR's English short forms (M, B, T) are letters that readers of other
# languages take for other powers; Chinese counts in ten-thousands.
_SCALES: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "en": ((12, "tn"), (9, "bn"), (6, "million")),
    "zh-hans": ((12, "万亿"), (8, "亿"), (4, "万")),
    "ru": ((12, "трлн"), (9, "млрд"), (6, "млн")),
}
# What a reader may prefer to the custom of the language: 万 and 亿 anywhere, and thousands of thousands in Chinese.
_MYRIADS: Final = _SCALES["zh-hans"]
_PREFERRED: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("zh-hans", "short"): ((12, "万亿"), (9, "十亿"), (6, "百万")),
    ("en", "myriad"): _MYRIADS,
    ("ru", "myriad"): _MYRIADS,
}

# How a number stands with its unit in a cell. Units that are not here need their words beside the number.
_AMOUNTS: Final[Mapping[str, Promise]] = {
    "usd": _lazy("US$%(number)s"),
    "usd_million": _lazy("US$%(number)s"),
    "usd_per_head": _lazy("US$%(number)s"),
    "usd_per_kg": _lazy("US$%(number)s"),
    "kg": _lazy("%(number)s kg"),
    "intl_usd": _lazy("Int$%(number)s"),
    "intl_usd_per_head": _lazy("Int$%(number)s"),
    "pct": _lazy("%(number)s%%"),
    "pct_of_gdp": _lazy("%(number)s%%"),
    "pct_of_population": _lazy("%(number)s%%"),
    "score_1_5": _lazy("%(number)s of 5"),
    # in the fact tables of categories
    "USD": _lazy("US$%(number)s"),
    "CNY": _lazy("CN¥%(number)s"),
    "%": _lazy("%(number)s%%"),
    "TEU": _lazy("%(number)s TEU"),
    "units": _lazy("%(number)s units"),
}
# Currencies whose sign nobody takes for another's.
_CURRENCIES_WITH_SIGN: Final = frozenset({"USD", "CNY"})
_MULTIPLIED: Final[Mapping[str, int]] = {"usd_million": 1_000_000}

_UNITS: Final[Mapping[str, Promise]] = {
    "usd": _lazy("current US dollars"),
    "usd_million": _lazy("current US dollars"),
    "usd_per_head": _lazy("current US dollars per head"),
    "intl_usd": _lazy("international dollars at purchasing power parity"),
    "usd_per_kg": _lazy("current US dollars per kilogram"),
    "kg": _lazy("kilograms"),
    "intl_usd_per_head": _lazy("international dollars per head at purchasing power parity"),
    "lcu_per_usd": _lazy("national currency for one US dollar"),
    "pct": _lazy("per cent"),
    "pct_of_gdp": _lazy("per cent of GDP"),
    "pct_of_population": _lazy("per cent of the population"),
    "persons": _lazy("people"),
    "persons_per_km2": _lazy("people per km²"),
    "births_per_woman": _lazy("children per woman"),
    "years": _lazy("years"),
    "days": _lazy("calendar days"),
    "km2": _lazy("km²"),
    "per_100": _lazy("per 100 people"),
    "kwh_per_head": _lazy("kWh per head a year"),
    "kg_oe_per_head": _lazy("kg of oil equivalent per head a year"),
    "t_per_head": _lazy("tonnes per head a year"),
    "index": _lazy("index, base period = 100"),
    "score_1_5": _lazy("score, 1 weak to 5 strong"),
    "USD": _lazy("US dollars"),
    "CNY": _lazy("Chinese yuan"),
    "%": _lazy("per cent"),
    "TEU": _lazy("twenty-foot containers"),
    "units": _lazy("pieces"),
}

STATUS_WORDS: Final[Mapping[str, Promise]] = {
    ObsStatus.BREAK.value: _lazy("break in the series"),
    ObsStatus.CONFIDENTIAL.value: _lazy("confidential"),
    ObsStatus.ESTIMATED.value: _lazy("estimated"),
    ObsStatus.FORECAST.value: _lazy("forecast"),
    ObsStatus.LOW.value: _lazy("low, rounds to zero"),
    ObsStatus.PROVISIONAL.value: _lazy("provisional"),
    ObsStatus.REVISED.value: _lazy("revised"),
    ObsStatus.UNRELIABLE.value: _lazy("of low reliability"),
    ObsStatus.NONE_RECORDED.value: _lazy("none recorded"),
    ObsStatus.NOT_AVAILABLE.value: _lazy("not available"),
    ObsStatus.NOT_APPLICABLE.value: _lazy("not applicable"),
    ObsStatus.COMPANY_REPORTED.value: _lazy("reported by companies"),
    ObsStatus.QUARANTINED.value: _lazy("in quarantine"),
}

MISSING_WORDS: Final[Mapping[str, Promise]] = {
    "not_loaded": _lazy("not loaded: no source read here has a value"),
    "not_known_then": _lazy("not known then: no vintage published by that day has a value"),
    "not_reported": _lazy("not reported: no source read here has a value for that period"),
    "withheld": _lazy("no value: the source gives none for that period"),
    "no_shared_period": _lazy("no period that all compared markets report"),
    "no_population": _lazy("not divided: no population of the same period is loaded"),
    "no_index": _lazy("no index: the base has no value above zero, or this value is below zero"),
    "no_rate_of_pair": _lazy("no rate: none is loaded for this pair"),
    "no_rate_near": _lazy("no rate: nothing was published on that day or in the ten days before"),
    "no_rate_of_year": _lazy("no rate: no average of this year is loaded, and too few days have a rate"),
}

RATE_KIND_WORDS: Final[Mapping[str, Promise]] = {
    RateKind.REFERENCE.value: _lazy("reference rate"),
    RateKind.OFFICIAL.value: _lazy("official rate"),
    RateKind.AVERAGE.value: _lazy("average of the year"),
}

STRENGTH_WORDS: Final[Mapping[str, Promise]] = {
    "stated": _lazy("Stated"),
    "indicated": _lazy("Indicated"),
    "not_stated": _lazy("Not stated"),
}

FIELD_WORDS: Final[Mapping[str, Promise]] = {
    "imports": _lazy("Imports"),
    "suppliers": _lazy("Suppliers"),
    "demand": _lazy("Demand"),
    "price_quality": _lazy("Price and quality"),
    "settlement_currency": _lazy("Settlement currency"),
    "route": _lazy("Route"),
    "tariff": _lazy("Tariff"),
    "tariff_average": _lazy("Average tariff"),
    "conformity_marking": _lazy("Conformity marking"),
    "vat": _lazy("Value added tax"),
}

GROUP_WORDS: Final[Mapping[str, Promise]] = {
    "size": _lazy("Size of the economy"),
    "prices": _lazy("Prices and exchange rate"),
    "people": _lazy("People"),
    "living": _lazy("Living standards"),
    "energy": _lazy("Energy, water and climate"),
    "digital": _lazy("Digital access"),
    "trade": _lazy("Trade"),
    "logistics": _lazy("Logistics and doing business"),
    "structure": _lazy("What the economy is made of"),
    "finance": _lazy("Public and foreign finance"),
}

SUBREGION_WORDS: Final[Mapping[str, Promise]] = {
    "australia-and-new-zealand": _lazy("Australia and New Zealand"),
    "caribbean": _lazy("Caribbean"),
    "central-america": _lazy("Central America"),
    "central-asia": _lazy("Central Asia"),
    "eastern-africa": _lazy("Eastern Africa"),
    "eastern-asia": _lazy("Eastern Asia"),
    "eastern-europe": _lazy("Eastern Europe"),
    "melanesia": _lazy("Melanesia"),
    "micronesia": pgettext_lazy("a part of Oceania", "Micronesia"),
    "middle-africa": _lazy("Middle Africa"),
    "northern-africa": _lazy("Northern Africa"),
    "northern-america": _lazy("Northern America"),
    "northern-europe": _lazy("Northern Europe"),
    "polynesia": _lazy("Polynesia"),
    "south-america": _lazy("South America"),
    "south-eastern-asia": _lazy("South-eastern Asia"),
    "southern-africa": _lazy("Southern Africa"),
    "southern-asia": _lazy("Southern Asia"),
    "southern-europe": _lazy("Southern Europe"),
    "western-africa": _lazy("Western Africa"),
    "western-asia": _lazy("Western Asia"),
    "western-europe": _lazy("Western Europe"),
}


def locale() -> Locale:
    """The CLDR locale of the active language."""
    return _locale(_language())


def browser_locale() -> str:
    """The same as a BCP 47 tag, for the browser's own formatting."""
    return str(locale()).replace("_", "-")


def number(value: Decimal | int, decimals: int | None = None) -> str:
    """A number with all its digits, or rounded to `decimals`, a half away from nought."""
    exact = Decimal(value)
    if decimals is None:
        with localcontext(_ROOM):
            return _with_minus(numbers.format_decimal(exact, locale=locale(), decimal_quantization=False))
    return _rounded_number(exact, decimals, _language())


@lru_cache(maxsize=20_000)
def _rounded_number(value: Decimal, decimals: int, language: str) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_ROOM)
    # Minus nought is nought.
    shown = abs(rounded) if rounded == 0 else rounded
    with localcontext(_ROOM):
        return _with_minus(numbers.format_decimal(shown, format=_pattern(decimals), locale=_locale(language)))


def short_number(value: Decimal | int, decimals: int = 0) -> str:
    """A number as short as can be read: `262.6 bn`, `2626亿`, `262,6 млрд`; below a million with `decimals`."""
    exact = Decimal(value)
    if abs(exact) < SHORTENED_FROM:
        return number(exact, decimals)
    # 999.96 million reads 1.00 bn: the scale is chosen by what will be shown.
    power, word = next(scale for scale in _scales() if abs(exact).scaleb(-scale[0]) >= _ALMOST_ONE)
    scaled = exact.scaleb(-power)
    text = number(scaled, next((digits for digits, below in _DIGITS if abs(scaled) < below), 0))
    return f"{text}{_gap()}{word}"


def in_full(value: Decimal | int, unit: str) -> Decimal:
    """The value in the unit people read: millions of dollars become dollars."""
    return Decimal(value) * _MULTIPLIED.get(unit, 1)


def short_scales() -> list[tuple[int, str]]:
    """Powers of ten by which large numbers are shortened, with their words, the largest first."""
    return [(power, _gap() + word) for power, word in _scales()]


def amount(value: Decimal | int, unit: str, decimals: int = 0) -> str:
    """A value with the shortest form of its unit; the words of the unit stand beside it (`unit_words`)."""
    return _with_unit(unit, short_number(in_full(value, unit), decimals))


def full_amount(value: Decimal | int, unit: str) -> str:
    """The value with every digit the source printed, and its unit in words."""
    shown = number(in_full(value, unit))
    return _("%(number)s, %(unit)s") % {"number": shown, "unit": unit_words(unit)}


def money(value: Decimal | int, currency: str) -> str:
    """An amount, short, in its currency: `US$1.2 bn`, `CN¥2070万`, `3.4 million KZT`."""
    return in_currency(short_number(value), currency)


def in_currency(text: str, currency: str) -> str:
    """A number that is told already, in its currency."""
    if currency in _CURRENCIES_WITH_SIGN:
        return _with_unit(currency, text)
    return _("%(number)s %(currency)s") % {"number": text, "currency": currency}


def full_money(value: Decimal | int, currency: str) -> str:
    """An amount with every digit printed, and its currency."""
    return f"{number(value)} {currency}"


def unit_words(unit: str) -> str:
    """A unit in words. Raises KeyError for a unit nobody has named: a bare number would mislead."""
    return str(_UNITS[unit])


def difference(value: Decimal, decimals: int) -> str:
    """A change with its sign always shown."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_ROOM)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return sign + number(abs(rounded), decimals)


def period_words(period: str) -> str:
    """`2023`, `Q1 2023`, `Jan 2023`, `Jan – May 2025`, a day; as written when it is none of our forms."""
    if not period:
        return ""
    parsed = Period.parse(period)
    if parsed.frequency is Frequency.ANNUAL:
        return period
    if parsed.frequency is Frequency.AS_OF:
        return day_words(dt.date.fromisoformat(period))
    if parsed.frequency is Frequency.QUARTERLY:
        first = dt.date(parsed.year, int(period[-1]) * 3 - 2, 1)
        return dates.format_skeleton("yQQQ", first, locale=locale())
    if parsed.frequency is Frequency.MONTHLY:
        return dates.format_skeleton("yMMM", dt.date.fromisoformat(period + "-01"), locale=locale())
    first, last = (dt.date.fromisoformat(end + "-01") for end in period.split("/"))
    return dates.format_interval(first, last, "yMMM", locale=locale())


def period_in_words(period: str) -> str:
    """A period with its months in full: `January to April 2025`, `April 2025`; others as `period_words` has them."""
    parsed = Period.parse(period)
    if parsed.frequency is Frequency.MONTHLY:
        return dates.format_skeleton("yMMMM", dt.date.fromisoformat(period + "-01"), locale=locale())
    if parsed.frequency is not Frequency.YEAR_TO_DATE:
        return period_words(period)
    first, last = (dt.date.fromisoformat(end + "-01") for end in period.split("/"))
    months = {"first": _month(first), "last": _month(last), "year": f"{first.year:04d}"}
    return _("%(first)s to %(last)s %(year)s") % months


def day_words(day: dt.date) -> str:
    """A day in words. A moment is told by its day in UTC."""
    if isinstance(day, dt.datetime):
        day = day.astimezone(dt.UTC).date()
    return dates.format_date(day, "medium", locale=locale())


def moment_words(at: dt.datetime | None) -> str:
    """A moment as day and time, in the reader's own zone, or in UTC where no zone was chosen; nothing for none."""
    if at is None:
        return ""
    zone = reader().time_zone
    there = at.astimezone(ZoneInfo(zone) if zone else dt.UTC)
    day = dates.format_date(there.date(), "medium", locale=locale())
    time = dates.format_time(there, "HH:mm:ss", locale=locale())
    if not zone:
        return _("%(day)s, %(time)s UTC") % {"day": day, "time": time}
    return _("%(day)s, %(time)s (UTC%(offset)s)") % {"day": day, "time": time, "offset": there.isoformat()[-6:]}


def listed(words: Sequence[str]) -> str:
    """Words one after another, parted as the language does it."""
    return lists.format_list(list(words), style="standard", locale=locale())


def source_day_words(text: str) -> str:
    """A source's own date, which is a day where it is known and any words where it is not."""
    return day_words(dt.date.fromisoformat(text)) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text


def local_time_words(zone: str, moment: dt.datetime) -> str:
    """The time of day in a zone with its distance from UTC, such as `14:05 (UTC+05:00)`."""
    there = moment.astimezone(ZoneInfo(zone))
    offset = there.strftime("%z")
    shown = dates.format_time(there, "short", tzinfo=there.tzinfo, locale=locale())
    return f"{shown} (UTC{offset[:3]}:{offset[3:]})"


def _month(day: dt.date) -> str:
    return dates.format_date(day, "LLLL", locale=locale())


def _with_unit(unit: str, text: str) -> str:
    form = _AMOUNTS.get(unit)
    if form is None:
        return text
    sign = MINUS if text.startswith(MINUS) else ""
    return sign + str(form) % {"number": text.removeprefix(MINUS)}


def _with_minus(text: str) -> str:
    """A number with the one sign that all numbers here have before them; CLDR's differs by language."""
    return text.replace("-", MINUS, 1)


def _scales() -> tuple[tuple[int, str], ...]:
    language = _language()
    return _PREFERRED.get((language, reader().number_style), _SCALES[language])


def _gap() -> str:
    return "" if _language() == "zh-hans" else NO_BREAK


def _language() -> str:
    active = (get_language() or "en").lower()
    return active if active in _LOCALES else "en"


@lru_cache(maxsize=len(_LOCALES))
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


def _pattern(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")
