"""Trade by partner as the statistics offices of Kazakhstan, Kyrgyzstan and Uzbekistan publish it, read from files.

Traps, each met in their files:
- Subtotals (СНГ, ЕАЭС, Европа, остальные страны мира) stand among the countries and overlap; Kyrgyzstan's table has
  the EU, the CIS, the SCO and the EAEU beside the continents, and since 2019 its continents leave the EAEU out.
- Kazakhstan: a sheet a year, the header row moves, shares between the values, stray cells to the right.
- Kyrgyzstan: three languages (texts of the first in a font of their own), `2023 1` is 2023 with a footnote, `-` is
  none, numbers as text with a comma; its partners add up to less than the total, as persons' trade is in that alone.
- Uzbekistan: M49 codes with and without leading zeros, 736 for Sudan to this day; neither flow, unit nor total in the
  file, and services and the central bank's gold among its figures, so that no total is made of them. `0.0` is read as
  low (it rounds to 0): the file has no other sign, and less than 50 dollars holds for none too.
- Figures of a year are restated in the next file.

The files name no valuation, and so none is stored. By their methods the offices count imports CIF and exports FOB where
customs declares them; trade inside the EAEU comes from statistical forms and hangs on what the traders report.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from markets.sources.base import SourceCard
from markets.sources.national.office import NationalOffice
from markets.vocabulary import FactKind, Flow


def _card(
    dataset: str,
    country: str,
    *,
    publisher: str,
    url: str,
    terms: tuple[str, str],
    cadence: str,
    lag_days: int,
    required: tuple[str, ...] = ("WLD", "CHN", "RUS"),
) -> SourceCard:
    """terms: the words on reuse and where they stand. No file of the three carries a licence of its own."""
    return SourceCard(
        id=dataset,
        name=f"Trade by partner, {country}",
        publisher=publisher,
        url=url,
        licence=terms[0],
        licence_url=terms[1],
        citation=f"{publisher}, trade by partner country",
        cadence=cadence,
        kind=FactKind.TRADE_TOTALS,
        publication_lag=dt.timedelta(days=lag_days),
        # Years are restated by about a per cent; Kyrgyzstan's 2023 rose by 1.3 from its first word to its last.
        total_tolerance_share=0.05,
        required=required,
    )


KAZ: Final = NationalOffice(
    card=_card(
        "kaz-trade",
        "Kazakhstan",
        publisher="Bureau of National Statistics of Kazakhstan",
        url="https://stat.gov.kz/",
        terms=("Free use with reference to the source", "https://stat.gov.kz/ru/description"),
        cadence="monthly, January to date",
        lag_days=120,
    ),
    reporter="KAZ",
    endings=(".xls", ".xlsx"),
)
KGZ: Final = NationalOffice(
    card=_card(
        "kgz-trade",
        "Kyrgyzstan",
        publisher="National Statistical Committee of the Kyrgyz Republic",
        url="https://stat.gov.kg/",
        terms=("Official statistics, no licence stated", "https://stat.gov.kg/"),
        cadence="yearly",
        lag_days=180,
    ),
    reporter="KGZ",
    endings=(".xlsx", ".xls"),
)
UZB: Final = NationalOffice(
    card=_card(
        "uzb-trade",
        "Uzbekistan",
        publisher="National Statistics Committee of Uzbekistan",
        url="https://siat.stat.uz/",
        # The terms of the state's portal of open data.
        terms=("Free use with a link to the source", "https://olddata.gov.uz/en/pages/copyright"),
        cadence="yearly",
        lag_days=120,
        # Its tables have no row of the total.
        required=("CHN", "RUS"),
    ),
    reporter="UZB",
    endings=(".csv", ".xlsx"),
    is_headed=True,
    # Neither is in the file: the office's page names thousand US dollars, and its site numbers the two files.
    multiplier=Decimal(1000),
    flow_by_number={"1105": Flow.EXPORT, "1176": Flow.IMPORT},
)

SOURCES: Final = {office.card.id: office for office in (KAZ, KGZ, UZB)}
