"""BACI of CEPII: world trade by pair of countries and six-digit product, worked out from both sides' reports.

CEPII gives one ZIP for each revision of the Harmonized System: a file for each year, the countries, the products and
a readme. The ZIP is read as it is; so are its files laid in a folder, or one year's file alone.

Traps:
- `v` counts thousands of dollars, `q` metric tons; `q` is padded with blanks inside its quotes, and `NA` where unknown.
- Product and country codes stand as numbers, their leading zeros lost.
- The country codes are Comtrade's, not ISO 3166: France is 251, Switzerland 757, the United States 842.
- 490, "Other Asia, not elsewhere specified", is in practice the trade of Taiwan, which has no other code there.
- Belgium-Luxembourg (to 1998), the Southern African Customs Union (to 1999) and Sudan with South Sudan (to 2011) are
  given the letters of one successor by CEPII's own list. After these years the old code is not believed.
- Flows below a thousand dollars are left out, and nothing says which pairs nobody reported: absent is not zero.
- No customs office stated these values, so their basis is `reconciled`; they are neither side of a mirror.
- A version is named by its month (V202201), a correction of it by a letter more (V202401b); the day stands nowhere.
- The columns' order is not promised, and files that were saved again carry other line ends, a byte order mark or
  another separator.
"""

from __future__ import annotations

from markets.sources.baci.cards import CARD, SYNTHETIC_CARD
from markets.sources.baci.delivery import Baci

__all__ = ["CARD", "SYNTHETIC_CARD", "Baci"]
