"""Official averages of a year, as the issuing countries print them. They come with the product only."""

from __future__ import annotations

import datetime as dt
from typing import Final

from markets.sources.base import SourceCard
from markets.vocabulary import FactKind

CARD: Final = SourceCard(
    id="official-rates",
    name="Official average exchange rates",
    publisher="National Bureau of Statistics of China; National Bank of Kazakhstan",
    url="https://www.stats.gov.cn/english/Statisticaldata/yearbook/",
    licence="Single figures, with their source named",
    licence_url="",
    citation="National Bureau of Statistics of China and National Bank of Kazakhstan, average rates of the year",
    cadence="yearly",
    kind=FactKind.EXCHANGE_RATES,
    publication_lag=dt.timedelta(days=60),
)
