"""How many columns of real layouts are suggested rightly from their names alone, against a key labelled by hand.

    python -m benchmarks.column_mapping LAYOUTS.json

LAYOUTS.json: by the name of a layout, which says whether it is of exports or imports, `columns`: the names as they
stand. `column_mapping_key.csv` says of each name which field it is, empty for none; `kind` where that holds in layouts
of exports or of imports alone. Of several columns of a layout with one field the lowest `rank` is the right one, and
the others have no counterpart. `currency`: what the name of an amount states; a column of currencies beside such an
amount tells in what was paid. Every name was read while the key was written, so these figures are of known names.

Prints one JSON line: the share that is right of the columns with a counterpart, how many columns without one were
claimed, of how many, the same for both halves of the countries, and the misses.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from companies.importing.mapping.suggesting import suggest  # noqa: E402 - Django must be set up first

KEY = Path(__file__).with_name("column_mapping_key.csv")
# A reader of another language than those of the layouts, so that none is preferred for it.
LANGUAGE = "zh-hans"
_KIND = re.compile("exp|imp", re.IGNORECASE)
Label = tuple[str, int, str]


@dataclass
class Tally:
    """What came out for some layouts. columns: with a counterpart; others: without one."""

    columns: int = 0
    right: int = 0
    others: int = 0
    claimed: int = 0
    misses: list[str] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        share = round(100 * self.right / self.columns, 1) if self.columns else None
        return {"columns": self.columns, "right_pct": share, "others": self.others, "claimed": self.claimed}


def labels() -> dict[tuple[str, str], Label]:
    """The key: by the name of a column and the kind of its layout (empty: any), field, rank and stated currency."""
    with KEY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["header"], row["kind"]): (row["field"], int(row["rank"] or 0), row["currency"]) for row in rows}


def expected(headers: Sequence[str], kind: str, key: Mapping[tuple[str, str], Label]) -> list[str]:
    """The field that each column of a layout is; empty for none."""
    known = [key.get((header, kind)) or key[header, ""] for header in headers]
    best: dict[str, int] = {}
    for at, (name, rank, _currency) in enumerate(known):
        if name and (name not in best or rank < known[best[name]][1]):
            best[name] = at
    if "value" in best and known[best["value"]][2] and "currency" in best:
        best["settlement_currency"] = best.pop("currency")
    field_at = {at: name for name, at in best.items()}
    return [field_at.get(at, "") for at in range(len(headers))]


def measured(layouts: Mapping[str, Sequence[str]]) -> dict[str, Tally]:
    """All layouts, and both halves of them, by country."""
    key = labels()
    tallies = {"all": Tally(), "one_half": Tally(), "other_half": Tally()}
    countries = sorted({_country(name) for name in layouts})
    for name, headers in layouts.items():
        found = _KIND.search(name.removeprefix(_country(name)))
        kind = "import" if found and found[0].lower() == "imp" else "export"
        half = "other_half" if countries.index(_country(name)) % 2 else "one_half"
        is_found = [each.field for each in suggest(headers, (), home="", language=LANGUAGE).columns]
        for header, wanted, got in zip(headers, expected(headers, kind, key), is_found, strict=True):
            for tally in (tallies["all"], tallies[half]):
                _count(tally, f"{name}: {header}: {got or '-'} for {wanted or '-'}", wanted, got)
    return tallies


def main() -> None:
    if len(sys.argv) < 2:
        print(json.dumps({"layouts": 0, "told": "name a file of layouts to measure the suggestions on"}))
        return
    layouts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    tallies = measured({name: layout["columns"] for name, layout in layouts.items()})
    told = {name: tally.told() for name, tally in tallies.items()}
    print(json.dumps({**told.pop("all"), **told, "misses": tallies["all"].misses}, ensure_ascii=False))


def _country(name: str) -> str:
    plain = name.lstrip("_").strip()
    found = re.search(r"(?i)\s+(bl\s+)?(exp|imp)", plain)
    return (plain[: found.start()] if found else plain).strip().lower()


def _count(tally: Tally, told: str, wanted: str, got: str) -> None:
    tally.columns += bool(wanted)
    tally.right += bool(wanted) and got == wanted
    tally.others += not wanted
    tally.claimed += bool(got) and not wanted
    if got != wanted:
        tally.misses.append(told)


if __name__ == "__main__":
    main()
