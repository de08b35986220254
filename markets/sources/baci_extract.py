"""Exports of Kazakhstan out of CEPII's BACI. Comes with the product only; the whole of BACI is a dataset of its own.

Each flow is worked out from what both sides report, and free on board.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from markets.sources.base import SourceCard
from markets.vocabulary import FactKind

CARD: Final = SourceCard(
    id="baci-kazakhstan",
    name="Exports of Kazakhstan, an extract of BACI",
    publisher="CEPII",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    licence="Etalab 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    citation="CEPII, BACI (Gaulier and Zignago, 2010)",
    cadence="yearly",
    kind=FactKind.FLOWS,
    publication_lag=dt.timedelta(days=395),
    is_selection=True,
)
