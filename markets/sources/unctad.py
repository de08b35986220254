"""UNCTADstat: total merchandise trade of each economy. Comes with the product only; no download is offered."""

from __future__ import annotations

import datetime as dt
from typing import Final

from markets.sources.base import SourceCard

CARD: Final = SourceCard(
    id="unctad",
    name="UNCTADstat, Merchandise: Total trade and share",
    publisher="UN Trade and Development (UNCTAD)",
    url="https://unctadstat.unctad.org/",
    licence="UNCTADstat terms",
    licence_url="https://unctadstat.unctad.org/EN/About.html",
    citation="UNCTAD, UNCTADstat, Merchandise: total trade",
    cadence="yearly",
    publication_lag=dt.timedelta(days=365),
)
