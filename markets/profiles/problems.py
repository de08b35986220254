"""What went wrong, as it was kept with a job or a release, told to a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from markets.errors import is_foreseen, told_again
from markets.profiles.slices import SliceRef, slice_refs

Problem = Mapping[str, Any]


def slice_of(problem: Problem) -> str:
    """The key of the slice a problem speaks of; empty where it speaks of the whole."""
    return str(problem.get("slice") or "")


def problem_told(problem: Problem, names: Mapping[str, SliceRef], *, is_staff: bool = False) -> str:
    """A problem in the reader's language, its slice in words where `names` has them.

    What nobody foresaw may name anything, so only staff reads it.
    """
    if not (is_foreseen(problem) or is_staff):
        return _("A fault that nobody foresaw; it stands in the log of the worker.")
    named, context = names.get(slice_of(problem)), problem.get("context") or {}
    if named and str(context.get("dataset", "")).endswith(f"/{named.key}"):
        problem = {**problem, "context": {**context, "dataset": named.name}}
    return told_again(problem, _)


def reasons_told(problems: Sequence[Problem]) -> tuple[str, ...]:
    """Problems in the reader's language, their slices in words."""
    names = slice_refs(slice_of(problem) for problem in problems)
    return tuple(problem_told(problem, names) for problem in problems)
