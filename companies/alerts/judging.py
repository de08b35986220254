"""Whether a rule comes true by one step of what it watches. Pure: the same for news and for what would have been told.

crosses: the newest value reaches or passes the threshold from below (upwards) or from above (downwards); one that only
leaves the threshold was told when it came there. changes: by more than the per cent, of the size of the old value; of
a value of zero no per cent can be said. Neither is judged where a value is missing, where the newest value became one
of an older period because the newer one was withdrawn, nor where the same figure was printed to more digits.
revised: by more than the per cent where one is given; a value taken back, or stated again, is told whatever the size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from companies.alerts.facts import Facts, Revised, Side
from companies.models import AlertRule

# So many of the revised values of one release are told one by one.
MOST_TOLD: Final = 10
# Values have 60 digits at most before and behind the point: nothing is rounded but by the rule.
_EXACT: Final = 300
_SHOWN: Final = Decimal("0.000001")

Kind = AlertRule.Kind
Direction = AlertRule.Direction


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to what a rule watches: the newest value before and after, or the values that were revised.

    revised: in the order in which they are told. is_same_figure: the newest value only got more digits.
    """

    old: Side | None = None
    new: Side | None = None
    revised: Sequence[Revised] = ()
    is_same_figure: bool = False


class Verdicts:
    """What rules tell of one step. Those in the same words are judged once, however many people wrote them."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._known: dict[tuple[object, ...], Facts | None] = {}

    def of(self, rule: AlertRule) -> Facts | None:
        """As `judged` says."""
        words = (rule.kind, rule.indicator_id, rule.direction, rule.threshold, rule.change_pct)
        if words not in self._known:
            self._known[words] = judged(rule, self._step)
        return self._known[words]


def judged(rule: AlertRule, step: Step) -> Facts | None:
    """What the rule tells of the step; None where it does not come true. rule: only its words are looked at."""
    if rule.kind == Kind.REVISED:
        return _of_revisions(rule, step.revised)
    old, new = step.old, step.new
    if old is None or new is None or old.value is None or new.value is None:
        return None
    if new.period < old.period or step.is_same_figure:
        return None
    if not _is_that_way(rule.direction, old.value, new.value):
        return None
    crosses = rule.kind in (Kind.CROSSES, Kind.RATE_CROSSES)
    is_true = _reaches(rule.threshold, old.value, new.value) if crosses else _exceeds(rule.change_pct, old, new)
    return Facts(old=old, new=new, change_pct=change_pct(old.value, new.value)) if is_true else None


def change_pct(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    """Per cent of the old value's size, above zero where it grew; None where one is missing or the old is zero."""
    if old is None or new is None or old == 0:
        return None
    with localcontext(prec=_EXACT):
        return ((new - old) / abs(old) * 100).quantize(_SHOWN)


def _is_that_way(direction: str, old: Decimal, new: Decimal) -> bool:
    if direction == Direction.UP:
        return new > old
    if direction == Direction.DOWN:
        return new < old
    return new != old


def _reaches(threshold: Decimal | None, old: Decimal, new: Decimal) -> bool:
    return threshold is not None and (old < threshold <= new or old > threshold >= new)


def _exceeds(most_pct: Decimal | None, old: Side, new: Side) -> bool:
    if most_pct is None or old.value is None or new.value is None or old.value == 0:
        return False
    with localcontext(prec=_EXACT):
        return abs(new.value - old.value) * 100 > most_pct * abs(old.value)


def _of_revisions(rule: AlertRule, revised: Sequence[Revised]) -> Facts | None:
    told = [each for each in revised if _is_told(rule, each)]
    if not told:
        return None
    first = told[0]
    return Facts(
        old=first.old,
        new=first.new,
        change_pct=change_pct(first.old.value, first.new.value),
        revised=tuple(told[:MOST_TOLD]),
        count=len(told),
    )


def _is_told(rule: AlertRule, each: Revised) -> bool:
    if rule.indicator_id is not None and each.indicator != rule.indicator_id:
        return False
    if rule.change_pct is None or each.old.value is None or each.new.value is None:
        return True
    # Of zero there is no per cent: whatever is stated in its place is more than any.
    return each.old.value == 0 or _exceeds(rule.change_pct, each.old, each.new)
