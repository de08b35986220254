"""Eurostat: what members of the EU sell to Central Asia. Comes with the product only; no download is offered.

Values are euro as the members report them. Headings that the extract holds only in part are not among them.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from markets.sources.base import SourceCard
from markets.vocabulary import FactKind

CARD: Final = SourceCard(
    id="eurostat-exports",
    name="Exports of the EU members to Kazakhstan, Kyrgyzstan and Uzbekistan",
    publisher="Eurostat",
    url="https://ec.europa.eu/eurostat/databrowser/view/ds-045409/",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    citation="Eurostat, EU trade since 1988 by HS2-4-6 and CN8 (DS-045409)",
    cadence="monthly",
    kind=FactKind.FLOWS,
    publication_lag=dt.timedelta(days=46),
    is_selection=True,
)
