"""China's own side of its trade with Central Asia. Comes with the product only; no download is offered.

Yuan and dollars both stand as they were printed: customs converts each declaration by itself, so neither series can be
made from the other.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from markets.sources.base import SourceCard
from markets.vocabulary import FactKind

CARD: Final = SourceCard(
    id="china-trade",
    name="China's trade with Central Asia, as China reports it",
    publisher="General Administration of Customs of China",
    url="https://english.customs.gov.cn/",
    licence="Official statistics and UN Comtrade terms",
    licence_url="https://uncomtrade.org/docs/",
    citation="General Administration of Customs of China, and UN Comtrade",
    cadence="monthly",
    kind=FactKind.TRADE_TOTALS,
    publication_lag=dt.timedelta(days=20),
)
