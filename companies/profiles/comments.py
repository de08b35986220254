"""Remarks beside records, as people and programs see them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from companies.models import RecordComment
from companies.profiles.people import PersonRef, person_ref


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """A remark of a colleague beside a record; it is never altered."""

    id: uuid.UUID
    at: dt.datetime
    author: PersonRef
    text: str


def comment_records(rows: Iterable[RecordComment]) -> list[CommentRecord]:
    """The remarks in their order. rows: with their authors."""
    return [CommentRecord(row.pk, row.at, person_ref(row.author), row.text) for row in rows]
