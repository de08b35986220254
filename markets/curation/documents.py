"""Documents that editors cite beside those the product came with."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from markets.curation.tables import check_columns, column_problems
from markets.errors import InvalidValue
from markets.models import Document

# Bundled documents have codes of their own; an editor's never take the place of one.
EDITORS: Final = "E"


def register_document(
    *,
    publisher: str,
    title: str,
    published_on: dt.date | None = None,
    published_note: str = "",
    kind: str = "",
    language: str = "",
) -> Document:
    """Write a document that statements can then name. It gets the next free code, `E1`, `E2` and so on.

    published_on None: `published_note` says what is known of the date, in the editor's words for every
    language. Raises InvalidValue.
    """
    document = Document(
        publisher=publisher.strip(),
        title=title.strip(),
        published_on=published_on,
        published_note_en=published_note.strip(),
        kind=kind.strip(),
        language=language.strip(),
    )
    try:
        check_columns(document, ignoring=["code"])
    except ValidationError as refused:
        raise InvalidValue(parameter="document", value=document.title, expected=column_problems(refused)) from refused
    number = Document.objects.filter(code__startswith=EDITORS).count()
    while True:
        number += 1
        document.code = f"{EDITORS}{number}"
        try:
            with transaction.atomic():
                document.save(force_insert=True)
        except IntegrityError:
            continue  # another editor was quicker, or an uncited one before it is gone
        return document
