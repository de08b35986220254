"""What stands around a table and holds for its amounts: a title (`单位：万美元`), a remark below, the sheet's name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from companies.importing.meaning import units
from companies.importing.meaning.unit_words import KG_PER
from companies.importing.reading.form import Cell, Found, Kind, NoticeCode

# So many different texts around a table are told.
_MOST_TEXTS: Final = 4
# A row of more cells than these is no title but another table, whose units are its own.
_MOST_IN_A_TITLE: Final = 3


@dataclass(frozen=True, slots=True)
class Around:
    """texts: those that say a scale, a currency or a unit of weight, as they stand in the file, from above.

    money, weight: what they say together of amounts of money and of weights; empty where they say nothing or
    contradict each other.
    """

    texts: tuple[str, ...] = ()
    money: units.Said = units.NOTHING
    weight: units.Said = units.NOTHING


NOTHING: Final = Around()


def around(found: Found) -> Around:
    """What a file that was read says around its table."""
    said = {text: told for text in dict.fromkeys(_texts(found)) if (told := units.captioned(text))}
    parts = [part for each in said.values() for part in each]
    return Around(
        texts=tuple(said)[:_MOST_TEXTS],
        money=_together(part for part in parts if part.currency or not part.unit),
        weight=_together(part for part in parts if part.unit in KG_PER and not part.currency),
    )


def _texts(found: Found) -> Iterator[str]:
    for number, cells in found.top:
        texts = [cell.text.strip() for cell in map(Cell.unpacked, cells) if cell.kind is Kind.TEXT]
        if number < found.header_first and sum(cell is not None for cell in cells) <= _MOST_IN_A_TITLE:
            yield from texts
    for notice in found.notices:
        if notice.code == NoticeCode.NOTES:
            yield from notice.context.get("texts", ())
    if found.sheets:
        yield found.sheets[found.sheet].name


def _together(parts: Iterable[units.Said]) -> units.Said:
    """What all parts say; of that in which they contradict each other, nothing."""
    said = list(parts)
    multipliers = {part.multiplier for part in said if part.multiplier}
    currencies = {part.currency for part in said if part.currency}
    weights = {part.unit for part in said if part.unit in KG_PER}
    if len(multipliers) > 1 or len(currencies) > 1 or len(weights) > 1:
        return units.NOTHING
    return units.Said(
        multiplier=next(iter(multipliers), None), currency=next(iter(currencies), ""), unit=next(iter(weights), "")
    )
