"""The read side: what a page or an API answer holds, as frozen dataclasses. Page and API call the same function."""

from markets.profiles.catalogue import category_list, category_overview, category_page, product_page
from markets.profiles.country import country_profile
from markets.profiles.datasets import data_page, dataset_page
from markets.profiles.difference import difference_page
from markets.profiles.editing import part_head, profile_parts
from markets.profiles.exchange_rates import exchange_rates_page
from markets.profiles.help import help_overview, method_page
from markets.profiles.history import series_page
from markets.profiles.holds import decision, review_page
from markets.profiles.home import home_page
from markets.profiles.jobs import job_list, job_page, job_payload, job_record
from markets.profiles.markets import market_list
from markets.profiles.provenance import newest_releases, payload_body, rejected_table, release_page
from markets.profiles.registry import indicator_list
from markets.profiles.revision_feed import revision_feed
from markets.profiles.series import indicator_page
from markets.profiles.trade import pair_page, trade_page

__all__ = [
    "category_list",
    "category_overview",
    "category_page",
    "country_profile",
    "data_page",
    "dataset_page",
    "decision",
    "difference_page",
    "exchange_rates_page",
    "help_overview",
    "home_page",
    "indicator_list",
    "indicator_page",
    "job_list",
    "job_page",
    "job_payload",
    "job_record",
    "market_list",
    "method_page",
    "newest_releases",
    "pair_page",
    "part_head",
    "payload_body",
    "product_page",
    "profile_parts",
    "rejected_table",
    "release_page",
    "review_page",
    "revision_feed",
    "series_page",
    "trade_page",
]
