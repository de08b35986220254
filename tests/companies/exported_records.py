"""Records of any values, as hypothesis draws them, for the tests of taking the list away and bringing it back."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from companies.models import ExportRecord
from companies.records.fields import INCOTERMS, MULTIPLIERS
from companies.records.reading import HS_REVISIONS
from markets.models import Area, Category, Currency, Product

# What spreadsheets, tables and programs take for something else than a text.
FRAGMENTS = (
    "=1+1", "=cmd|' /C calc'!A0", "+7 495", "-5", "@import", "'", "''=1", '"', '""', ",", ";", "|", "\t", " ", "\n",
    "\n\n", "\u3000", "\u00a0", "＝1", "＋", "－", "😀", "👩\u200d👧", "Ёж", "ООО «Юг»", "冰箱", "冷藏庫", "한국",
    "שלום", "مرحبا", "\u200f", "é", "e\u0301", "ß", "_x000D_", "_x0041_", "n/a", "#", "# a", "#N/A", "0012", "1.234",
    "1,5", "12%", "<b>&amp;", "sep=;", "\\", "\u2028", "NULL", "TRUE", "2024-01-05", "1e5",
    "None", "]]>",
)  # fmt: skip
LAST_DAY = dt.date(2026, 1, 31)


@dataclass(frozen=True, slots=True)
class Named:
    """What records may name, as the tables hold it."""

    companies: Sequence[str]
    areas: Sequence[str]
    categories: Sequence[str]
    currencies: Sequence[str]
    codes: Sequence[tuple[str, str]]


def named(companies: Sequence[str]) -> Named:
    """All of it; codes of goods with their revision."""
    return Named(
        companies,
        sorted(Area.objects.values_list("code", flat=True)),
        sorted(Category.objects.values_list("slug", flat=True)),
        sorted(Currency.objects.values_list("code", flat=True)),
        sorted(Product.objects.order_by().values_list("classification", "code")),
    )


def texts(most: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Any text a field takes: everyday ones, and those that some program takes for more than a text."""
    signs = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd\ufffe\uffff")
    parts = st.one_of(st.sampled_from(FRAGMENTS), st.text(signs, max_size=5), st.text(string.ascii_letters, max_size=8))
    joined = st.lists(parts, max_size=6).map("".join).map(lambda text: text[:most])
    return joined if lines else joined.map(lambda text: " ".join(text.split()))


def amounts(*, least: int | None = 0) -> st.SearchStrategy[Decimal]:
    """Numbers of up to thirty digits with every one of them stated, noughts at the end too."""
    digits = st.integers(0 if least is not None else -(10**29), 10**29)
    small = st.integers(0 if least is not None else -999, 999_999)
    return st.builds(lambda number, places: Decimal(number).scaleb(-places), digits | small, st.integers(0, 9)).filter(
        lambda number: sum(sign.isdigit() for sign in format(number, "f")) <= 30
    )


def periods() -> st.SearchStrategy[str]:
    """Every form of a period, none of them in the future."""
    days = st.dates(dt.date(1988, 1, 1), LAST_DAY)
    years = st.integers(1988, 2025)
    return st.one_of(
        years.map(str),
        st.builds("{}-Q{}".format, years, st.integers(1, 4)),
        st.builds("{}-{:02d}".format, years, st.integers(1, 12)),
        st.builds("{0}-01/{0}-{1:02d}".format, years, st.integers(2, 12)),
        days.map(dt.date.isoformat),
    )


def codes(known: Named) -> st.SearchStrategy[tuple[str, str]]:
    """Codes of 2 to 10 digits: of a loaded revision, with a country's own digits behind them, or of one not loaded."""
    loaded = {revision for revision, _code in known.codes}
    others = [revision for revision in HS_REVISIONS if revision not in loaded]
    own = st.integers(0, 9999).map("{:04d}".format)
    made = [st.just(("", ""))]
    if known.codes:
        six = [pair for pair in known.codes if len(pair[1]) == 6]
        made.append(st.sampled_from(known.codes).map(lambda pair: (pair[1], pair[0])))
        made.append(
            st.builds(
                lambda pair, more, many: (pair[1] + more[:many], pair[0]),
                st.sampled_from(six),
                own,
                st.sampled_from([2, 4]),
            )
        )
    if others:
        digits = st.integers(0, 10**10 - 1).map("{:010d}".format)
        made.append(
            st.builds(
                lambda text, many, revision: (text[:many], revision),
                digits,
                st.sampled_from([2, 4, 6, 8, 10]),
                st.sampled_from(others),
            )
        )
    return st.one_of(made)


@st.composite
def entries(draw: st.DrawFn, known: Named) -> dict[str, Any]:
    """One record's entries as `records.entering` takes them."""
    code, revision = draw(codes(known))
    category = (
        draw(st.sampled_from(known.categories) | st.just("")) if code else draw(st.sampled_from(known.categories))
    )
    period = draw(periods())
    growth = draw(st.none() | amounts(least=None).filter(lambda number: number >= -100))
    quantity = draw(st.none() | amounts())
    unit = draw(texts(30).filter(bool)) if quantity is not None else ""
    is_day = len(period) == 10
    return {
        "company": draw(st.sampled_from(known.companies)),
        "destination": draw(st.sampled_from(known.areas)),
        "category": category,
        "hs_code": code,
        "hs_revision": revision,
        "period": period,
        **draw(_amount(known)),
        "stated_growth_pct": growth,
        "growth_base": draw(texts(200).filter(bool) if is_day else texts(200)) if growth is not None else "",
        "quantity": quantity,
        "quantity_unit": unit,
        "net_weight_kg": draw(st.none() | amounts()),
        "incoterm": draw(st.sampled_from(["", *INCOTERMS])),
        "settlement_currency": draw(st.sampled_from(known.currencies) | st.just("")),
        "corridor": draw(st.sampled_from(["", *ExportRecord.Corridor.values])),
        "customs_office": draw(texts(200)),
        "document_reference": draw(texts(200)),
        "note": draw(texts(400, lines=True)),
    }


@st.composite
def _amount(draw: st.DrawFn, known: Named) -> dict[str, Any]:
    """An amount in any scale and currency, or none and why."""
    currency = draw(st.sampled_from(known.currencies))
    if draw(st.booleans()):
        multiplier = str(draw(st.sampled_from(list(MULTIPLIERS))))
        return {
            "value": draw(amounts()),
            "multiplier": multiplier,
            "currency": currency,
            "value_note": draw(texts(300)),
        }
    return {
        "value": None,
        "value_note": draw(texts(300).filter(bool)),
        "currency": draw(st.sampled_from(["", currency])),
    }
