"""What is checked of each row of a year, as SQL over the copied text: its columns in our words, and why it is refused.

A row has one reason, the first that holds; the others are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Count
from django.db.models.functions import Length
from django.utils.translation import gettext_noop

from markets.ingest.cubes.raw import RawTable
from markets.models import Area, Currency, Product
from markets.sources.cubes import CubeYear
from markets.vocabulary import Basis, Flow, Frequency, ObsStatus

# A revision of the Harmonized System has more than five thousand codes of six digits; fewer are not all of it.
FEWEST_OF_A_REVISION: Final = 4000
# No flow of the world is as large; what is, is no number of ours (NaN sorts above all).
IMPOSSIBLE: Final = "1e21"
_NUMBERS: Final = ("value_usd", "value", "net_weight_kg", "quantity")
# Neighbours in a question are neighbours on the disk.
SORTED: Final = "ORDER BY exporter, product, importer"
# A row that states no value says so by its status.
_IS_MISSING: Final = "t.value_usd IS NULL AND t.value IS NULL"
PRODUCT_FORM: Final = r"^\d{2}(\d{2}){0,2}$"
_NUMBER_FORM: Final = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?\s*$"
_PERIOD_FORMS: Final = {
    Frequency.ANNUAL: r"^\d{4}$",
    Frequency.QUARTERLY: r"^\d{4}-Q[1-4]$",
    Frequency.MONTHLY: r"^\d{4}-(0[1-9]|1[0-2])$",
}
_ROWS: Final = """
    SELECT r.line, {period} AS period, {frequency} AS frequency, {is_year} AS is_year,
           {exporter} AS exporter, {importer} AS importer, {basis} AS basis, {flow} AS flow,
           {classification} AS classification, {product} AS product, k.code IS NOT NULL AS is_known,
           {numbers}, {is_unreadable} AS is_unreadable, nullif({currency}, '') AS currency,
           {quantity_unit} AS quantity_unit, {valuation} AS valuation, {obs_status} AS obs_status,
           CASE WHEN a.area IS NULL THEN btrim({first}) ELSE btrim({second}) END AS odd_area
    FROM {raw} r
    LEFT JOIN unnest(%(theirs)s::text[], %(ours)s::text[]) AS a (code, area) ON a.code = btrim({first})
    LEFT JOIN unnest(%(theirs)s::text[], %(ours)s::text[]) AS b (code, area) ON b.code = btrim({second})
    LEFT JOIN (SELECT classification, code FROM markets_product WHERE classification = ANY(%(revisions)s)) k
        ON k.code = {product} AND k.classification = {classification}
    OFFSET 0
"""
# A number that cannot be read; the words for a missing one are none.
_UNREADABLE: Final = (
    "coalesce(btrim({text}) <> ALL(%(missing)s) AND ({text} !~ '{form}' OR length({text}) >= 80), false)"
)


class Reason(StrEnum):
    """Why a row of a delivered file was not published."""

    WRONG_YEAR = "wrong_year"
    UNKNOWN_FLOW = "unknown_flow"
    UNKNOWN_AREA = "unknown_area"
    SAME_AREA = "same_area"
    PRODUCT_FORM = "product_form"
    UNKNOWN_PRODUCT = "unknown_product"
    NO_NUMBER = "no_number"
    NEGATIVE = "negative"
    UNKNOWN_CURRENCY = "unknown_currency"
    UNKNOWN_WORD = "unknown_word"


REASONS: Final[dict[Reason, str]] = {
    Reason.WRONG_YEAR: gettext_noop("it is of another year or period"),
    Reason.UNKNOWN_FLOW: gettext_noop("its direction of trade is not known"),
    Reason.UNKNOWN_AREA: gettext_noop("a country or area is not known"),
    Reason.SAME_AREA: gettext_noop("exporter and importer are the same"),
    Reason.PRODUCT_FORM: gettext_noop("its product is no code of two, four or six digits"),
    Reason.UNKNOWN_PRODUCT: gettext_noop("its product is no code of this revision"),
    Reason.NO_NUMBER: gettext_noop("a number cannot be read"),
    Reason.NEGATIVE: gettext_noop("a value is below zero"),
    Reason.UNKNOWN_CURRENCY: gettext_noop("its currency is not known"),
    Reason.UNKNOWN_WORD: gettext_noop("a unit, a valuation or a status is not known"),
}


@dataclass(frozen=True)
class Known:
    """What is known here. areas: the publisher's code -> ours. revisions: those whose codes are all loaded."""

    areas: Mapping[str, str]
    currencies: tuple[str, ...]
    revisions: tuple[str, ...]


def known_codes(year: CubeYear) -> Known:
    """The codes that rows of this year may have."""
    ours = {code for code in Area.objects.values_list("code", flat=True) if len(code) <= 3}
    areas = year.areas or {code: code for code in ours}
    loaded = Product.objects.annotate(digits=Length("code")).filter(digits=6).values("classification")
    whole = loaded.annotate(codes=Count("pk")).filter(codes__gte=FEWEST_OF_A_REVISION).order_by("classification")
    return Known(
        {theirs: code for theirs, code in areas.items() if code in ours},
        tuple(Currency.objects.values_list("code", flat=True)),
        tuple(whole.values_list("classification", flat=True)),
    )


class Reading:
    """How the copied text of a year is read, as SQL.

    is_guarded: a number that cannot be read makes its row refused; otherwise it ends the whole statement, which is
    faster where there is none.
    """

    def __init__(self, year: CubeYear, raw: RawTable, known: Known, *, is_guarded: bool) -> None:
        self.year, self.raw, self._is_guarded = year, raw, is_guarded
        self._times = {column.name: column.times for column in year.columns if column.name}
        self._sides = ("reporter", "partner") if "reporter" in raw.columns else ("exporter", "importer")
        self.values: dict[str, Any] = {
            "dataset": year.dataset,
            "year": year.year,
            "missing": [word.strip() for word in year.missing],
            "theirs": list(known.areas),
            "ours": list(known.areas.values()),
            "currencies": list(known.currencies),
            "revisions": list(known.revisions),
        }

    @property
    def columns(self) -> dict[str, str]:
        """The columns of a flow but for its release, each with its SQL over a row `t` of `accepted_sql`."""
        ours = {"exporter": "exporter_id", "importer": "importer_id", "currency": "currency_id"}
        words = (
            "period",
            "frequency",
            "exporter",
            "importer",
            "basis",
            "flow",
            "classification",
            "product",
            "currency",
        )
        return {
            "dataset_id": "%(dataset)s",
            "year": "%(year)s",
            **{ours.get(word, word): f"t.{word}" for word in (*words, *_NUMBERS, "quantity_unit", "valuation")},
            "obs_status": f"CASE WHEN {_IS_MISSING} AND t.obs_status = '' THEN 'x' ELSE t.obs_status END",
        }

    @property
    def accepted_sql(self) -> str:
        """The rows that are published, sorted as they will lie."""
        return f"SELECT * FROM ({self.rows_sql}) t WHERE {self.reason_sql} IS NULL {SORTED}"  # noqa: S608 built from constants

    @property
    def rows_sql(self) -> str:
        """Each row of the text in our words, with its line. The fence of OFFSET 0 has each number read once."""
        flow = self.flow_sql
        is_export = f"({flow} IN ('X', 'RX'))"
        first, second = ("a.area", "b.area")
        exporter, importer, basis = first, second, self.basis_sql(is_export)
        if self._sides[0] == "reporter":
            exporter = f"CASE WHEN {is_export} THEN {first} ELSE {second} END"
            importer = f"CASE WHEN {is_export} THEN {second} ELSE {first} END"
        return _ROWS.format(
            raw=self.raw.table,
            first=f"r.{self.raw.columns[self._sides[0]]}",
            second=f"r.{self.raw.columns[self._sides[1]]}",
            exporter=exporter,
            importer=importer,
            basis=basis,
            flow=flow,
            period=self.period_sql,
            frequency=self.frequency_sql,
            is_year=self._is_year_sql,
            classification=self.classification_sql,
            product=self.product_sql,
            numbers=", ".join(f"{self.number_sql(name)} AS {name}" for name in _NUMBERS),
            is_unreadable=self._unreadable_sql,
            valuation=self.valuation_sql,
            **{word: self._word_sql(word) for word in ("currency", "quantity_unit", "obs_status")},
        )

    @property
    def reason_sql(self) -> str:
        """Why a row `t` of `rows_sql` is refused; null where it is not."""
        statuses = ", ".join(f"'{status.value}'" for status in ObsStatus)
        negative = " OR ".join(f"{name} < 0" for name in self.stated)
        impossible = " OR ".join(f"{name} >= {IMPOSSIBLE}" for name in self.stated)
        checks = {
            Reason.WRONG_YEAR: "NOT is_year OR frequency IS NULL",
            Reason.UNKNOWN_FLOW: "coalesce(flow, '') NOT IN ('X', 'M', 'RX', 'RM')",
            Reason.UNKNOWN_AREA: "exporter IS NULL OR importer IS NULL",
            Reason.SAME_AREA: "exporter = importer",
            Reason.PRODUCT_FORM: f"NOT is_known AND coalesce(product, '') !~ '{PRODUCT_FORM}'",
            Reason.UNKNOWN_PRODUCT: "NOT is_known AND classification = ANY(%(revisions)s)",
            Reason.NO_NUMBER: f"is_unreadable OR {impossible or 'false'}",
            Reason.NEGATIVE: negative or "false",
            Reason.UNKNOWN_CURRENCY: "currency <> ALL(%(currencies)s) OR value IS NOT NULL AND currency IS NULL",
            Reason.UNKNOWN_WORD: f"length(quantity_unit) > 16 OR valuation NOT IN ('', 'CIF', 'FOB')"
            f" OR obs_status NOT IN ({statuses}) OR coalesce(length(classification), 9) > 8",
        }
        whens = " ".join(f"WHEN {check} THEN '{reason.value}'" for reason, check in checks.items())
        return f"CASE {whens} END"

    @property
    def odd_sql(self) -> str:
        """The code that is not known here, of a row `t` refused for it; null for other reasons."""
        return (
            f"CASE {self.reason_sql} WHEN '{Reason.UNKNOWN_AREA}' THEN odd_area"
            f" WHEN '{Reason.UNKNOWN_PRODUCT}' THEN product END"
        )

    @property
    def text_sql(self) -> str:
        """A copied row `r` as it stood in the file."""
        cut = self.year.delimiter
        fields = [
            f"CASE WHEN r.c{at} ~ '[{cut}\"\n\r]' THEN '\"' || replace(r.c{at}, '\"', '\"\"') || '\"'"
            f" ELSE coalesce(r.c{at}, '') END"
            for at in range(self.raw.width)
        ]
        return f" || '{cut}' || ".join(fields)

    # ------------------------------------------------------------ one column each
    @property
    def stated(self) -> list[str]:
        return [name for name in _NUMBERS if name in self.raw.columns]

    def number_sql(self, name: str) -> str:
        if name not in self.raw.columns:
            return "NULL::numeric"
        text = f"r.{self.raw.columns[name]}"
        if self._is_guarded:
            number = f"CASE WHEN {text} ~ '{_NUMBER_FORM}' AND length({text}) < 80 THEN {text}::numeric END"
        else:
            number = f"CASE WHEN btrim({text}) = ANY(%(missing)s) THEN NULL ELSE {text}::numeric END"
        times = self._times[name]
        return number if times == 1 else f"trim_scale(({number}) * {times})"

    @property
    def _unreadable_sql(self) -> str:
        if not self._is_guarded or not self.stated:
            return "false"
        texts = [f"r.{self.raw.columns[name]}" for name in self.stated]
        return " OR ".join(_UNREADABLE.format(text=text, form=_NUMBER_FORM) for text in texts)

    def _word_sql(self, name: str) -> str:
        """A text that may be missing; empty where it is."""
        if name not in self.raw.columns:
            return "''::text"
        text = f"r.{self.raw.columns[name]}"
        return f"CASE WHEN btrim({text}) = ANY(%(missing)s) THEN '' ELSE coalesce(btrim({text}), '') END"

    @property
    def flow_sql(self) -> str:
        if "flow" in self.raw.columns:
            return self._word_sql("flow")
        import_is_told = self.year.flow is None and self.year.basis is Basis.IMPORTER_REPORTED
        return f"'{Flow.IMPORT if import_is_told else self.year.flow or Flow.EXPORT}'::text"

    def basis_sql(self, is_export: str) -> str:
        if self.year.basis:
            return f"'{self.year.basis}'::text"
        return f"CASE WHEN {is_export} THEN '{Basis.EXPORTER_REPORTED}' ELSE '{Basis.IMPORTER_REPORTED}' END"

    @property
    def classification_sql(self) -> str:
        if "classification" in self.raw.columns:
            return self._word_sql("classification")
        return f"'{self.year.classification}'::text"

    @property
    def valuation_sql(self) -> str:
        """As the text says it of each row, or the source of the whole year; empty where neither does."""
        return "'" + self.year.valuation + "'::text" if self.year.valuation else self._word_sql("valuation")

    @property
    def product_sql(self) -> str:
        code = f"btrim(r.{self.raw.columns['product']})"
        return (
            f"CASE WHEN length({code}) %% 2 = 1 THEN '0' || {code} ELSE {code} END" if self.year.pads_product else code
        )

    @property
    def period_sql(self) -> str:
        if "period" in self.raw.columns:
            return f"btrim(r.{self.raw.columns['period']})"
        return f"'{self.year.year}'::text"

    @property
    def frequency_sql(self) -> str:
        if "period" not in self.raw.columns:
            return f"'{self.year.frequency}'::text"
        whens = " ".join(f"WHEN {self.period_sql} ~ '{form}' THEN '{each}'" for each, form in _PERIOD_FORMS.items())
        return f"CASE {whens} END"

    @property
    def _is_year_sql(self) -> str:
        checks = [
            f"btrim(r.{self.raw.columns[name]}) = '{self.year.year}'" for name in ("year",) if name in self.raw.columns
        ]
        if "period" in self.raw.columns:
            checks.append(f"left({self.period_sql}, 4) = '{self.year.year}'")
        return f"coalesce({' AND '.join(checks)}, false)" if checks else "true"
