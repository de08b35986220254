"""What the columns of a file most likely are: by their names first, then by what stands in them.

Each field is given once, to the column that is it most surely; what nothing speaks for is left out, and what a record
needs and no column says is asked for by `questions`, never made up.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from companies.importing.mapping.naming import SURE, is_importers, named, rules_out, words_of
from companies.importing.mapping.own_lists import own_fields
from companies.importing.mapping.spread import of_times
from companies.importing.meaning import places, units
from companies.importing.meaning.columns import ColumnProfile
from companies.importing.plan import ColumnMeaning, Mapping, NumberStyle
from companies.records.reading import HS_REVISIONS

NUMBERS: Final = frozenset({"value", "quantity", "net_weight_kg", "stated_growth_pct"})
DATES: Final = frozenset({"period"})
# Parts of a period say nothing beside a column that says it whole.
_PARTS_OF_PERIOD: Final = ("year", "quarter", "month", "day", "period_end")
# What cannot be read as what the name says is better left out: its name means something else.
_MUST_FIT: Final = (
    NUMBERS | DATES | {"year", "category", "incoterm", "corridor", "currency", "settlement_currency", "hs_code"}
)
# Their values alone can tell what they are: enough of them, and nearly all known.
_TOLD_BY_VALUES: Final = frozenset({"destination", "category", "hs_code", "currency", "incoterm", "corridor"})
_NEARLY_ALL: Final = 0.8
_HARDLY_ANY: Final = 0.1
_BY_VALUES: Final = 0.5
# What the values add to a name that says it too.
_LIKENESS: Final = 0.2
# Amounts in dollars can be added up as they stand; after them those in one other currency.
_IN_DOLLARS: Final = 0.4
_IN_ONE_CURRENCY: Final = 0.2
_OWN_LANGUAGE: Final = 0.03
_LANGUAGES: Final[AnyMapping[str, frozenset[str]]] = {
    "en": frozenset({"en", "eng", "english", "英文"}),
    "ru": frozenset({"ru", "rus", "рус", "русск", "俄文"}),
    "zh-hans": frozenset({"cn", "zh", "chinese", "中文"}),
}


@dataclass(frozen=True, slots=True)
class _Claim:
    """That a column is a field. score: how surely; rank: before which others, where several are."""

    column: int
    field: str
    score: float
    rank: float


def suggest(headers: Sequence[str], profiles: Sequence[ColumnProfile], *, home: str, language: str) -> Mapping:
    """The mapping of a file with these columns, for a person to look at.

    profiles: one for each header, or none where only the names are known. home: where the organisation sells from, so
    that a column of nothing but it is no destination. language: of the reader, whose language is taken of two columns
    that say the same in two.
    """
    told: list[ColumnProfile | None] = [*profiles] or [None for _header in headers]
    own = own_fields(headers)
    importers = is_importers(headers)
    claims = [
        claim
        for number, (header, profile) in enumerate(zip(headers, told, strict=True))
        if number not in own
        for claim in _claims(number, header, profile, importers=importers, home=home, language=language)
    ]
    given = _given(claims, {field: number for number, field in own.items() if field})
    _settle_currencies(given, headers, told)
    _settle_times(given, headers)
    _settle_period(given, told)
    _settle_company(given, told)
    field_of = {column: field for field, column in given.items()}
    columns = tuple(
        meaning_of(field_of.get(number, ""), header, profile, is_own=number in own)
        for number, (header, profile) in enumerate(zip(headers, told, strict=True))
    )
    return Mapping(columns=columns, constants=_constants(given))


def meaning_of(field: str, header: str, profile: ColumnProfile | None, *, is_own: bool = False) -> ColumnMeaning:
    """A column as this field, with all that its name and its values say of it.

    is_own: of our own list of records, whose numbers have a point, whatever else they could be read as.
    """
    meaning = ColumnMeaning(field=field)
    if field in NUMBERS:
        meaning = _with_units(meaning, units.said(header))
        if profile is not None:
            meaning = _with_table(meaning, profile)
            meaning = replace(meaning, number_style=_style(profile, is_own=is_own))
    if field in DATES and profile is not None and len(profile.date_orders) == 1:
        meaning = replace(meaning, date_order=next(iter(profile.date_orders)))
    return meaning


def _style(profile: ColumnProfile, *, is_own: bool) -> NumberStyle | None:
    if len(profile.number_styles) == 1:
        return next(iter(profile.number_styles))
    # A comma in our own list was put there by another program, and what it means has to be asked.
    is_as_made = is_own and not any("," in sample for sample in profile.samples)
    return NumberStyle.POINT if profile.number_styles and is_as_made else None


def _with_units(meaning: ColumnMeaning, said: units.Said) -> ColumnMeaning:
    if meaning.field == "value":
        return replace(meaning, multiplier=said.multiplier, currency=said.currency)
    if meaning.field in ("quantity", "net_weight_kg"):
        return replace(meaning, multiplier=said.multiplier, unit=said.unit)
    return meaning


def _with_table(meaning: ColumnMeaning, profile: ColumnProfile) -> ColumnMeaning:
    """And with what stands around the table, where the header does not say it and does not contradict."""
    if meaning.field == "value":
        said = profile.money_said
        if said.currency and meaning.currency not in ("", said.currency):
            return meaning
        return replace(
            meaning, multiplier=meaning.multiplier or said.multiplier, currency=meaning.currency or said.currency
        )
    if meaning.field == "net_weight_kg" and not meaning.unit and not meaning.multiplier:
        return replace(meaning, multiplier=profile.weight_said.multiplier, unit=profile.weight_said.unit)
    return meaning


def _claims(
    number: int, header: str, profile: ColumnProfile | None, *, importers: bool, home: str, language: str
) -> list[_Claim]:
    if profile is not None and not profile.filled:
        return []
    scores = {each.field: each.score for each in named(header, importers=importers)}
    if units.said(header).currency:
        # An amount of this month is no month.
        scores = {field: score for field, score in scores.items() if field not in _PARTS_OF_PERIOD}
    if profile is not None:
        scores = _with_values(scores, header, profile, home)
    own = _OWN_LANGUAGE if _LANGUAGES.get(language, frozenset()) & set(words_of(header)) else 0.0
    return [
        _Claim(number, field, score, score + own + (_worth_of_currency(header) if field == "value" else 0.0))
        for field, score in scores.items()
        if score >= (SURE if field not in _TOLD_BY_VALUES or profile is None else _BY_VALUES)
    ]


def _with_values(scores: AnyMapping[str, float], header: str, profile: ColumnProfile, home: str) -> dict[str, float]:
    """The scores by name, with what the values say for or against each."""
    found = {}
    for field, score in scores.items():
        like = profile.likeness.get(field)
        if like is None or like > _HARDLY_ANY or field not in _MUST_FIT:
            found[field] = score + _LIKENESS * (like or 0.0)
    if not rules_out(header):
        for field in _TOLD_BY_VALUES - scores.keys():
            if profile.likeness.get(field, 0.0) >= _NEARLY_ALL:
                found[field] = _BY_VALUES * profile.likeness[field]
    if home and profile.distinct == 1 and profile.samples and places.places().found(profile.samples[0]) == home:
        found.pop("destination", None)
    return found


def _given(claims: Sequence[_Claim], settled: AnyMapping[str, int]) -> dict[str, int]:
    """Each field with its column, the surest first: a sure one never gives way to two that are less sure.

    settled: fields whose columns are known beforehand.
    """
    given = dict(settled)
    taken: set[int] = set()
    for claim in sorted(claims, key=lambda each: (-each.rank, each.column, each.field)):
        if claim.field not in given and claim.column not in taken:
            given[claim.field] = claim.column
            taken.add(claim.column)
    return given


def _settle_currencies(given: dict[str, int], headers: Sequence[str], profiles: Sequence[ColumnProfile | None]) -> None:
    """Where the amount's own name states its currency, a column of other currencies tells in what was paid."""
    if "currency" not in given or "value" not in given:
        return
    stated = headers[given["value"]]
    profile = profiles[given["currency"]]
    said = units.said(stated).currency
    is_same = profile is not None and {text.strip().upper() for text in profile.samples} == {said}
    if not said or is_same or units.is_any_money(stated):
        return
    column = given.pop("currency")
    given.setdefault("settlement_currency", column)


def _settle_times(given: dict[str, int], headers: Sequence[str]) -> None:
    """Where amounts of several times stand side by side, which of them is the value has to be said."""
    of_several = of_times(headers)
    for field in NUMBERS & given.keys():
        if given[field] in of_several:
            del given[field]


def _settle_period(given: dict[str, int], profiles: Sequence[ColumnProfile | None]) -> None:
    """Parts only where no column says the period whole; without the year only months and quarters, which one year may
    be said of for all rows.
    """
    for part in ("month", "quarter"):
        if part in given and not {"period", "year"} & given.keys() and _says_whole(profiles[given[part]]):
            given["period"] = given.pop(part)
    if "period" in given and "year" in given and "month" in given and given["period"] == given["month"]:
        del given["period"]
    if "period" in given or "year" not in given:
        for part in _PARTS_OF_PERIOD:
            if "period" in given or part in ("day", "period_end"):
                given.pop(part, None)


def _says_whole(profile: ColumnProfile | None) -> bool:
    return profile is not None and profile.likeness.get("period", 0.0) >= _NEARLY_ALL


def _settle_company(given: dict[str, int], profiles: Sequence[ColumnProfile | None]) -> None:
    """A file that names companies by a number alone names them so, unless the numbers are known here."""
    if "company" in given or "company_number" not in given:
        return
    profile = profiles[given["company_number"]]
    if profile is not None and profile.likeness.get("company_number", 0.0) <= _HARDLY_ANY:
        given["company"] = given.pop("company_number")


def _constants(given: AnyMapping[str, int]) -> dict[str, str]:
    """What holds for all rows as far as it can be known: the newest revision, until somebody says another."""
    constants = {}
    if "hs_code" in given and "hs_revision" not in given:
        constants["hs_revision"] = HS_REVISIONS[0]
    return constants


def _worth_of_currency(header: str) -> float:
    currency = units.said(header).currency
    if not currency:
        return 0.0
    return _IN_DOLLARS if currency == "USD" else _IN_ONE_CURRENCY
