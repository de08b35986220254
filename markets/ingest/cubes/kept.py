"""What stays of the text of a year: its fingerprint, its bytes if they came with the product, and how it was read."""

from __future__ import annotations

import hashlib
import json

from markets.models import Payload, Release
from markets.models.provenance import READING, payload_row
from markets.sources.cubes import CubeYear
from markets.vocabulary import Transport

_CSV = "text/csv"


def is_in_force(year: CubeYear, current: Release) -> bool:
    """Whether a release was made of the very same text, read the very same way."""
    return current.payloads.filter(sha256=hashlib.sha256(_read_as(year)).hexdigest()).exists()


def keep(year: CubeYear, release: Release, transport: Transport) -> None:
    """Note with a release which text it was made of, and how that was read."""
    rows = [payload_row(_read_as(year), READING)]
    if transport is Transport.BUNDLED:
        rows.append(payload_row(b"".join(year.chunks()), _CSV))
    Payload.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("sha256",), update_fields=("compressed", "is_kept")
    )
    loose = Payload(sha256=year.sha256, content_type=_CSV, size_bytes=year.size_bytes, is_kept=False)
    Payload.objects.bulk_create([loose], ignore_conflicts=True)
    hashes = (year.sha256, *(row.sha256 for row in rows))
    release.payloads.set(Payload.objects.filter(sha256__in=hashes).defer("compressed"))


def _read_as(year: CubeYear) -> bytes:
    """The text by its hash and all by which its rows get their meaning, always written in the same way."""
    told = {
        "text": year.sha256,
        "year": year.year,
        "columns": [[column.header, column.name, column.times] for column in year.columns],
        "basis": year.basis,
        "flow": year.flow,
        "classification": year.classification,
        "frequency": year.frequency,
        "valuation": year.valuation,
        "areas": dict(year.areas),
        "missing": list(year.missing),
        "pads_product": year.pads_product,
        "delimiter": year.delimiter,
    }
    return json.dumps(told, sort_keys=True).encode()
