"""Ember: China's exports of solar panels and cells by destination. Comes with the product only; no download is offered.

Until 2021 one Chinese code held panels and cells together, a part of a heading with other goods; since 2022 each of
them is an HS code of its own. Ember counts the first as panels; here it keeps the code it stands under.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from markets.sources.base import SourceCard
from markets.vocabulary import FactKind

CARD: Final = SourceCard(
    id="ember-solar",
    name="China's exports of solar panels and cells",
    publisher="Ember",
    url="https://ember-energy.org/data/china-solar-exports-data/",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    citation="Ember, China solar exports data, from the General Administration of Customs of China",
    cadence="monthly",
    kind=FactKind.FLOWS,
    publication_lag=dt.timedelta(days=45),
    is_selection=True,
)
