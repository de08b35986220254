"""The cards of BACI and of figures made in its form to measure speed."""

from __future__ import annotations

import datetime as dt
from typing import Final

from markets.sources.base import SourceCard
from markets.vocabulary import FactKind

CARD: Final = SourceCard(
    id="baci",
    name="BACI, international trade at the product level",
    publisher="CEPII",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    licence="Etalab Open Licence 2.0",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    citation=(
        "CEPII, BACI; Gaulier, G. and Zignago, S. (2010), BACI: International Trade Database at the Product-Level. "
        "The 1994-2007 Version, CEPII Working Paper 2010-23"
    ),
    cadence="yearly",
    kind=FactKind.FLOWS,
    # The version of a January reaches to the year before the last one.
    publication_lag=dt.timedelta(days=396),
    # The largest traders, and markets of ours: a year without one of them was cut off.
    required=("CHN", "DEU", "KAZ", "USA", "UZB"),
)

SYNTHETIC_CARD: Final = SourceCard(
    id="synthetic",
    name="Invented trade, for measuring speed",
    publisher="Sogdia",
    url="",
    licence="none: no figure is true",
    licence_url="",
    citation="Invented by a generator of the project's benchmarks; no figure is true",
    cadence="never",
    kind=FactKind.FLOWS,
    redistribution="none",
)
