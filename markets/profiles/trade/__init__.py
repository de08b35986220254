"""Trade of all goods by partner: a market's profile section, all its partners, and the two sides of one pair."""

from markets.profiles.trade.overview import MarketTrade, market_trade
from markets.profiles.trade.pair import PairPage, pair_page
from markets.profiles.trade.partners import TradePage, trade_page

__all__ = ["MarketTrade", "PairPage", "TradePage", "market_trade", "pair_page", "trade_page"]
