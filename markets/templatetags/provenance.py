"""Datasets and releases in templates: freshness, transports and states in words, and sizes."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import wording
from markets.profiles.datasets import DatasetLine

register = template.Library()

FRESHNESS_SIGNS: Final = {
    "current": "✓",
    "late": "!",
    "failing": "✕",
    "bundled": "▣",
    "from_files": "▣",
    "not_loaded": "—",
}
TRANSPORT_WORDS: Final = {
    "http": _lazy("downloaded from the publisher"),
    "file": _lazy("read from files of the publisher's"),
    "bundled": _lazy("came with the product"),
}
STATE_WORDS: Final = {
    "published": _lazy("Published"),
    "held": _lazy("Held for review"),
    "discarded": _lazy("Discarded"),
}
CADENCE_WORDS: Final = {
    "several times a year": _lazy("several times a year"),
    "yearly": _lazy("once a year"),
    "irregular": _lazy("without a fixed rhythm"),
}
REDISTRIBUTION_WORDS: Final = {
    "open": _lazy("may be passed on"),
    "signed_in": _lazy("shown to signed-in users, not in public downloads"),
    "none": _lazy("not passed on"),
}


@register.filter
def freshness_sign(freshness: str) -> str:
    """A sign that goes before the words, which say the same."""
    return FRESHNESS_SIGNS[freshness]


@register.filter
def freshness_words(dataset: DatasetLine) -> str:
    """How fresh a dataset is, with the day it counts from."""
    day = wording.day_words(dataset.since) if dataset.since else ""
    forms = {
        "current": _("Current: read %(day)s"),
        "late": _("Late: expected %(day)s"),
        "failing": _("Source failing since %(day)s"),
        "bundled": _("As it came with the product, known %(day)s"),
        "from_files": _("Files read %(day)s; newer ones are not looked for"),
        "not_loaded": _("Not loaded"),
    }
    return forms[dataset.freshness] % {"day": day}


@register.filter
def transport_words(transport: str) -> str:
    """How a vintage reached us."""
    return str(TRANSPORT_WORDS[transport])


@register.filter
def state_words(state: str) -> str:
    """What became of a release."""
    return str(STATE_WORDS[state])


@register.filter
def cadence_words(cadence: str) -> str:
    """How often the publisher publishes; as the source's card says it where there is no word of ours."""
    return str(CADENCE_WORDS.get(cadence, cadence))


@register.filter
def redistribution_words(redistribution: str) -> str:
    """What the licence lets us pass on."""
    return str(REDISTRIBUTION_WORDS[redistribution])


@register.filter
def size_words(size_bytes: int) -> str:
    """A number of bytes, short."""
    return filesizeformat(size_bytes)


@register.filter
def site_of(url: str) -> str:
    """The site an address leads to, without the rest of the address."""
    return urlsplit(url).hostname or url
