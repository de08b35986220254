"""What a source of product-level trade hands over: one year of a cube, as text whose columns it names in our words.

A year has millions of rows, so none is made into an object here: the bytes go to the database as they came, and are
checked there. The source says what each of its columns is, and turns no number itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from markets.sources.base import SourceCard, Vintage
from markets.vocabulary import Basis, Flow, Frequency, Valuation


@dataclass(frozen=True, slots=True)
class CubeColumn:
    """A column of the text. name: our word for it, or empty for one that is not taken.

    One of: year, period, exporter, importer, reporter, partner, flow, product, value_usd, value, currency,
    net_weight_kg, quantity, quantity_unit, valuation, obs_status, classification.
    times: by what its numbers are multiplied to be in our unit (1000 where the publisher counts in thousands).
    """

    header: str
    name: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class CubeYear:
    """One year of a cube: the text of a file with one header line, in UTF-8, and all that is the same for its rows.

    key: of the slice, the year as text. name: of the file, as people know it. sha256, size_bytes: of the delivered
    text of this year, by which the same delivery is known again. chunks: begins to read anew each time it is called.
    areas: the publisher's code of an area -> ours (ISO 3166 alpha-3, or an aggregate); empty where it writes ours.
    missing: words that stand for no value, such as NA. pads_product: codes lost their leading zeros.
    valuation: of every value; None where a column tells it, or nobody does.
    """

    dataset: str
    key: str
    year: int
    name: str
    sha256: str
    size_bytes: int
    vintage: Vintage
    columns: Sequence[CubeColumn]
    chunks: Callable[[], Iterator[bytes]]
    basis: Basis | None = None
    flow: Flow | None = None
    classification: str = ""
    frequency: Frequency = Frequency.ANNUAL
    areas: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    pads_product: bool = False
    delimiter: str = ","
    valuation: Valuation | None = None


class CubeSource(Protocol):
    """A publisher of product-level trade whose files we can read."""

    @property
    def card(self) -> SourceCard:
        """Its card; kind is flows."""
        ...

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of the files it reads, such as `.zip`."""
        ...

    def years(self, path: Path) -> Iterator[CubeYear]:
        """The years in a file or folder, oldest first. Raises SourceChanged, SourceRefused, NoPayload."""
        ...
