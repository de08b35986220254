"""The page of exchange rates: the newest ones, averages of years, a conversion; and published rates as records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue
from markets.profiles.figures import Provenance, SourceRef
from markets.profiles.observations import AS_PUBLISHED, Vintage, certificates
from markets.profiles.rates import Averages, Rate, RateAnswer, Sources, newest_rates, rate_on
from markets.profiles.tables import Cell, Column, Table
from markets.queries import rates as stored
from markets.vocabulary import AsOf, ObsStatus

# China's currency leads: it is what most readers count in; the dollar is what trade is counted in.
BASES: Final = ("USD", "CNY")
FIRST_YEAR: Final = 2010
CHINA: Final = "CHN"


@dataclass(frozen=True, slots=True)
class CurrencyRef:
    """A currency in the active language. market: who uses it; empty for those of others."""

    code: str
    name: str
    minor_digits: int = 2
    market: str = ""
    market_name: str = ""


@dataclass(frozen=True, slots=True)
class CurrencyLine:
    """The newest rates of one currency: for a dollar and for a yuan."""

    currency: CurrencyRef
    newest: tuple[RateAnswer, ...]


@dataclass(frozen=True, slots=True)
class YearLine:
    """Averages of one year, in the order of the currencies."""

    year: int
    averages: tuple[RateAnswer, ...]


@dataclass(frozen=True, slots=True)
class AverageTable:
    """Averages of all currencies for one unit of a base, the newest year first."""

    base: str
    currencies: tuple[CurrencyRef, ...]
    years: tuple[YearLine, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A conversion somebody asks for. day None: at the newest rate."""

    amount: Decimal
    source: str
    target: str
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """An amount in another currency. converted None: there is no rate, and `answer` says why."""

    amount: Decimal
    source: CurrencyRef
    target: CurrencyRef
    day: dt.date | None
    answer: RateAnswer
    converted: Decimal | None


@dataclass(frozen=True, slots=True)
class CurrencyCaveat:
    """What to know of the official rate of one market."""

    market: str
    market_name: str
    text: str


@dataclass(frozen=True, slots=True)
class ExchangeRatesPage:
    """All that the page shows. choices: the currencies a conversion may be asked for."""

    as_of: dt.datetime | None
    currencies: tuple[CurrencyLine, ...]
    averages: tuple[AverageTable, ...]
    choices: tuple[CurrencyRef, ...]
    conversion: Conversion | None
    caveats: tuple[CurrencyCaveat, ...]
    sources: tuple[Provenance, ...]

    def table(self) -> Table:
        """The newest rates, one a row."""
        answers = [answer for line in self.currencies for answer in line.newest]
        return _table("newest", _("Newest exchange rates"), _("Newest rates"), answers)

    def tables(self) -> tuple[Table, ...]:
        """The newest rates, and the averages of years."""
        answers = [answer for table in self.averages for line in table.years for answer in line.averages]
        return self.table(), _table("averages", _("Average exchange rates of years"), _("Averages of years"), answers)


@dataclass(frozen=True, slots=True)
class RateRecord:
    """One published rate with its birth certificate: units of `currency` for one unit of `base`.

    period: a day, or a year for an average. value: every digit the bank printed; null is missing, never zero, and
    `status` says why. method: `as_published`, nothing was computed here.
    """

    currency: str
    base: str
    kind: str
    period: str
    frequency: str
    value: Decimal | None
    status: str
    obs_status_sdmx: str
    source: SourceRef
    vintage: Vintage
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None
    method: str


RATE_COLUMNS: Final = (
    "dataset_id",
    "currency_id",
    "base_id",
    "kind",
    "period",
    "frequency",
    "value",
    "obs_status",
    "release_id",
)


def rate_records(rows: Sequence[tuple[Any, ...]]) -> list[RateRecord]:
    """Rows of `RATE_COLUMNS` as records, in their order; one more question, for all their releases."""
    known = certificates({row[-1] for row in rows})
    records = []
    for _dataset, currency, base, kind, period, frequency, value, status, release in rows:
        sdmx = ObsStatus(status).sdmx
        given = (currency, base, kind, period, frequency, value, status, sdmx)
        records.append(RateRecord(*given, *known[release], AS_PUBLISHED))
    return records


def exchange_rates_page(wanted: Wanted | None = None, as_of: AsOf | None = None) -> ExchangeRatesPage:
    """The currencies of the focus markets and China against the dollar and the yuan, and a conversion if one is asked.

    Raises InvalidValue for a currency that has no rate here, or against itself.
    """
    used = _used_currencies()
    choices = _currency_refs(sorted({*used, *stored.currency_codes(), *BASES}), used)
    refs = {ref.code: ref for ref in choices}
    known: Sources = {}
    lines = _newest_lines([refs[code] for code in used], as_of, known)
    tables = _average_tables([refs[code] for code in used], as_of, known)
    conversion = _conversion(wanted, refs, as_of) if wanted else None
    shown = [answer for line in lines for answer in line.newest]
    shown += [answer for table in tables for line in table.years for answer in line.averages]
    shown += [conversion.answer] if conversion else []
    return ExchangeRatesPage(
        as_of=as_of.at if as_of else None,
        currencies=lines,
        averages=tables,
        choices=choices,
        conversion=conversion,
        caveats=_caveats(used, refs),
        sources=_sources(shown),
    )


def _used_currencies() -> dict[str, tuple[str, str]]:
    """(market, its name) by currency: China first, then the focus markets in their order."""
    codes = list(dict.fromkeys([CHINA, *queries.FOCUS_MARKETS]))
    areas = {area.code: area for area in queries.markets().filter(code__in=codes)}
    return {
        str(areas[code].currency_id): (code, areas[code].name)
        for code in codes
        if code in areas and areas[code].currency_id
    }


def _currency_refs(codes: Sequence[str], used: dict[str, tuple[str, str]]) -> tuple[CurrencyRef, ...]:
    return tuple(
        CurrencyRef(currency.code, currency.name, currency.minor_digits, *used.get(currency.code, ()))
        for currency in stored.currencies(codes)
    )


def _newest_lines(refs: Sequence[CurrencyRef], as_of: AsOf | None, known: Sources) -> tuple[CurrencyLine, ...]:
    pairs = [(ref.code, base) for ref in refs for base in BASES if ref.code != base]
    answers = newest_rates(pairs, as_of, known)
    return tuple(CurrencyLine(ref, tuple(answer for answer in answers if answer.currency == ref.code)) for ref in refs)


def _average_tables(refs: Sequence[CurrencyRef], as_of: AsOf | None, known: Sources) -> tuple[AverageTable, ...]:
    last = (as_of.at if as_of else dt.datetime.now(dt.UTC)).year
    averages = Averages([ref.code for ref in refs] + list(BASES), (FIRST_YEAR, last), as_of, known)
    return tuple(_average_table(base, refs, averages, last) for base in BASES)


def _average_table(base: str, refs: Sequence[CurrencyRef], averages: Averages, last: int) -> AverageTable:
    columns = tuple(ref for ref in refs if ref.code != base)
    years = [
        YearLine(year, tuple(averages.answer(ref.code, base, year) for ref in columns))
        for year in range(last, FIRST_YEAR - 1, -1)
    ]
    return AverageTable(base, columns, tuple(line for line in years if any(a.rate for a in line.averages)))


def _conversion(wanted: Wanted, refs: dict[str, CurrencyRef], as_of: AsOf | None) -> Conversion:
    source, target = wanted.source, wanted.target
    for parameter, code in (("from", source), ("to", target)):
        if code not in refs:
            expected = _("choose one of %(allowed)s") % {"allowed": ", ".join(sorted(refs))}
            raise InvalidValue(parameter=parameter, value=code, expected=expected)
    if source == target:
        raise InvalidValue(parameter="to", value=target, expected=_("choose two different currencies"))
    day = wanted.day
    answer = rate_on(target, source, day, as_of) if day else newest_rates([(target, source)], as_of)[0]
    converted = wanted.amount * answer.rate.value if answer.rate else None
    return Conversion(wanted.amount, refs[source], refs[target], day, answer, converted)


def _caveats(used: dict[str, tuple[str, str]], refs: dict[str, CurrencyRef]) -> tuple[CurrencyCaveat, ...]:
    """What is to be known of the official rates: a state's rate may not be what anyone could buy at."""
    name_by_market = {ref.market: ref.market_name for ref in refs.values() if ref.market}
    said = queries.caveats([market for market, _name in used.values()])
    return tuple(
        CurrencyCaveat(caveat.area_id, name_by_market[caveat.area_id], caveat.text)
        for caveat in said
        if stored.OFFICIAL_RATE in caveat.indicators
    )


def _sources(answers: Sequence[RateAnswer]) -> tuple[Provenance, ...]:
    found = {source.release: source for answer in answers if answer.rate for source in answer.rate.sources}
    return tuple(sorted(found.values(), key=lambda source: (source.source.id, source.release)))


def _table(key: str, title: str, label: str, answers: Sequence[RateAnswer]) -> Table:
    columns = [
        Column("period", _("Period")),
        Column("currency", _("Currency")),
        Column("base", _("For one")),
        Column("value", _("Rate"), is_number=True),
        Column("kind", _("Kind")),
        Column("derivation", _("How")),
        Column("legs", _("From")),
        Column("days", _("Days"), is_number=True),
        Column("missing", _("Why there is none")),
        Column("source", _("Source")),
    ]
    notes = [
        _("Units of the currency for one unit of the base. Crosses, inverses and means are computed here."),
        _("A cross is of one day and of one source; a missing day takes the last rate published before it."),
    ]
    sources = [source.citation for source in _sources(answers)]
    return Table(f"exchange-rates-{key}", title, columns, [_row(a) for a in answers], sources, notes, key, label)


def _row(answer: RateAnswer) -> tuple[Cell, ...]:
    rate = answer.rate
    if rate is None:
        return (answer.period, answer.currency, answer.base, None, "", "", "", None, answer.missing, "")
    return (
        rate.period,
        rate.currency,
        rate.base,
        rounded(rate),
        rate.kind,
        rate.derivation.value,
        " ".join(f"{leg.currency}/{leg.base}" for leg in rate.legs) if rate.is_derived else "",
        rate.days,
        "",
        "; ".join(source.source.id for source in rate.sources[:1]),
    )


def rounded(rate: Rate) -> Decimal:
    """A published rate as it was printed; a derived one to six digits, about as many as its legs have."""
    if not rate.is_derived:
        return rate.value
    return round(rate.value, 5 - rate.value.adjusted())
