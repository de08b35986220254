"""Bodies of requests that are larger than is taken: known by their announced size, before anything of them is read."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

# Names, hidden fields and boundaries around the files of a form.
AROUND_FILES: Final = 256 * 1024
# A body somewhat too large is read and dropped, so that the browser can show why; a huge one is not waited for.
_TIMES_DROPPED: Final = 4
_CHUNK: Final = 1024 * 1024


def size_beyond(request: HttpRequest, most_bytes: int) -> int | None:
    """The announced size of a form whose files cannot be within `most_bytes`; None for one that is small enough.

    Not even the token of such a form is looked at; no server hands on more of a body than was announced.
    """
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if request.method != "POST" or size <= most_bytes + AROUND_FILES:
        return None
    if size <= _TIMES_DROPPED * most_bytes:
        while request.read(_CHUNK):
            pass
    return size
