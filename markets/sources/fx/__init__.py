"""Exchange rates: the European Central Bank's of each day, the National Bank of Kazakhstan's, official yearly averages.

Rates of two kinds or of two banks never share a slice. A day on which nothing was published has no row: it is for
the reader to take the last published rate with its date.
"""

from markets.sources.fx.ecb import CARD as ECB_CARD
from markets.sources.fx.ecb import Ecb, snapshot
from markets.sources.fx.nbk import CARD as NBK_CARD
from markets.sources.fx.nbk import Nbk
from markets.sources.fx.official import CARD as OFFICIAL_CARD

CARDS = (ECB_CARD, NBK_CARD, OFFICIAL_CARD)

__all__ = ["CARDS", "ECB_CARD", "NBK_CARD", "OFFICIAL_CARD", "Ecb", "Nbk", "snapshot"]
