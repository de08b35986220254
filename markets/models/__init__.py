"""What is true: reference data, provenance, indicators, demand profiles."""

from markets.models.demand import (
    CategoryFact,
    DemandProfile,
    Document,
    MarketCharacter,
    Theme,
    ThemeProduct,
    ThemeStatement,
)
from markets.models.flows import FlowTotal, RejectedRow, TradeFlow
from markets.models.indicators import AreaCaveat, Indicator, Observation
from markets.models.jobs import Job, JobAnswer, JobEvent
from markets.models.provenance import (
    Dataset,
    HeldRow,
    LoadedFacts,
    Payload,
    Release,
    ReleaseSlice,
    Slice,
    UnmappedCode,
)
from markets.models.reference import Area, Category, CategoryProduct, Currency, Membership, Product
from markets.models.search import SearchTerm
from markets.models.trade import ExchangeRate, TradeTotal

__all__ = [
    "Area",
    "AreaCaveat",
    "Category",
    "CategoryFact",
    "CategoryProduct",
    "Currency",
    "Dataset",
    "DemandProfile",
    "Document",
    "ExchangeRate",
    "FlowTotal",
    "HeldRow",
    "Indicator",
    "Job",
    "JobAnswer",
    "JobEvent",
    "LoadedFacts",
    "MarketCharacter",
    "Membership",
    "Observation",
    "Payload",
    "Product",
    "RejectedRow",
    "Release",
    "ReleaseSlice",
    "SearchTerm",
    "Slice",
    "Theme",
    "ThemeProduct",
    "ThemeStatement",
    "TradeFlow",
    "TradeTotal",
    "UnmappedCode",
]
