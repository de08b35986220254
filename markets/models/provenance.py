"""Where a number came from: dataset, release (vintage), the slices it covers, the raw payload."""

from __future__ import annotations

import hashlib
import zlib
from typing import Final

from django.conf import settings
from django.db import models

from markets.models.fields import ExactDecimalField
from markets.sources.base import SourceCard
from markets.vocabulary import FactKind, Transport


class Dataset(models.Model):
    """What one publisher says in one place, on one licence. Written from the source's card."""

    class Redistribution(models.TextChoices):
        OPEN = "open", "May be passed on with attribution"
        SIGNED_IN = "signed_in", "Shown to signed-in users, not in public bulk downloads"
        NONE = "none", "Not passed on"

    id = models.SlugField(primary_key=True, max_length=40)
    kind = models.CharField(
        max_length=16, choices=[(k.value, k.name) for k in FactKind], default=FactKind.OBSERVATIONS.value
    )
    name = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    licence = models.CharField(max_length=100)
    licence_url = models.URLField(max_length=500, blank=True)
    redistribution = models.CharField(max_length=16, choices=Redistribution.choices, default=Redistribution.OPEN)
    citation = models.TextField()
    cadence = models.CharField(max_length=40)
    publication_lag_days = models.PositiveIntegerField(default=0)
    refresh_every = models.DurationField(null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


def dataset_row(card: SourceCard) -> Dataset:
    """What a source's card says, as a row to be stored."""
    return Dataset(
        id=card.id,
        name=card.name,
        publisher=card.publisher,
        url=card.url,
        licence=card.licence,
        licence_url=card.licence_url,
        redistribution=card.redistribution,
        citation=card.citation,
        cadence=card.cadence,
        publication_lag_days=card.publication_lag.days,
        refresh_every=card.refresh_every,
        kind=card.kind.value,
    )


# Among the payloads of a release: not what came, but how the text of a cube was read.
READING: Final = "application/vnd.reading+json"


class Payload(models.Model):
    """Raw bytes as a source delivered them, compressed. One row for each different content.

    is_kept: false for a file of a cube, hundreds of megabytes of which only fingerprint, size and name stay here.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    content_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    compressed = models.BinaryField(blank=True)
    is_kept = models.BooleanField(default=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def body(self) -> bytes:
        return zlib.decompress(bytes(self.compressed))


def payload_row(body: bytes, content_type: str) -> Payload:
    """Bytes as a row to be stored under their hash."""
    return Payload(
        sha256=hashlib.sha256(body).hexdigest(),
        content_type=content_type[:100],
        size_bytes=len(body),
        compressed=zlib.compress(body, 6),
    )


class Release(models.Model):
    """One vintage: what a dataset said at one moment about the slices it declares.

    known_from: the moment the vintage was public, with which `as_of` compares. For bundled facts that is
    the provider's own release date (or the latest day it can have been, see `released_note`); otherwise
    the moment we published it.
    """

    class State(models.TextChoices):
        PUBLISHED = "published", "Published"
        HELD = "held", "Held for review"
        DISCARDED = "discarded", "Discarded"

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(max_length=16, choices=State.choices)
    transport = models.CharField(max_length=8, choices=[(t.value, t.value) for t in Transport])
    title = models.CharField(max_length=300)
    request = models.TextField(help_text="What was asked: an address, or the name of a file")
    released_on = models.DateField(null=True, blank=True, help_text="The provider's own date of this vintage")
    released_note = models.CharField(max_length=200, blank=True)
    retrieved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    known_from = models.DateTimeField()
    licence = models.CharField(max_length=100)
    citation = models.TextField()
    payloads = models.ManyToManyField(Payload, related_name="releases")
    job = models.ForeignKey("markets.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="releases")
    problems = models.JSONField(default=list, help_text="Why slices are held, each with code and context")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    added = models.PositiveIntegerField(default=0)
    revised = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    refined = models.PositiveIntegerField(default=0, help_text="The same figure, printed to more digits")
    unchanged = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-known_from", "-id")
        indexes = (models.Index(fields=("dataset", "-known_from"), name="release_by_dataset"),)

    def __str__(self) -> str:
        return f"{self.title} ({self.known_from:%Y-%m-%d})"


class Slice(models.Model):
    """A part of a dataset that is refreshed and checked on its own: one indicator of the World Bank."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="slices")
    key = models.CharField(max_length=80)
    current = models.ForeignKey(Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="current_for")
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="Last time the source was read in full, new or not"
    )

    class Meta:
        ordering = ("dataset", "key")
        constraints = (models.UniqueConstraint(fields=("dataset", "key"), name="slice_once"),)

    def __str__(self) -> str:
        return f"{self.dataset_id}/{self.key}"


class ReleaseSlice(models.Model):
    """What one release changed in one slice."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="slices")
    slice = models.ForeignKey(Slice, on_delete=models.CASCADE, related_name="releases")
    added = models.PositiveIntegerField(default=0)
    revised = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    refined = models.PositiveIntegerField(default=0, help_text="The same figure, printed to more digits")
    unchanged = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("release", "slice"), name="release_slice_once"),)

    def __str__(self) -> str:
        return f"{self.release_id} {self.slice}"


class HeldRow(models.Model):
    """A row of a held slice as it was delivered, beside what was in force then.

    It waits for a person: publishing takes it from here, whatever became of its file.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="held_rows")
    slice = models.CharField(max_length=80)
    subject = models.CharField(max_length=20, blank=True)
    period = models.CharField(max_length=16)
    frequency = models.CharField(max_length=1)
    value = ExactDecimalField(null=True, blank=True)
    last_digit_exponent = models.SmallIntegerField(null=True, blank=True)
    obs_status = models.CharField(max_length=1, blank=True)
    old_value = ExactDecimalField(null=True, blank=True)
    verdict = models.CharField(max_length=12)

    class Meta:
        ordering = ("release", "slice", "subject", "period", "id")
        indexes = (models.Index(fields=("release", "slice", "subject", "period"), name="held_row_of_release"),)

    def __str__(self) -> str:
        return f"{self.slice} {self.subject} {self.period}: {self.verdict}"


class UnmappedCode(models.Model):
    """A code of the provider that we do not know: kept and counted, never dropped silently."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="unmapped_codes")
    scheme = models.CharField(max_length=40)
    code = models.CharField(max_length=80)
    label = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ("dataset", "scheme", "code")
        constraints = (models.UniqueConstraint(fields=("dataset", "scheme", "code"), name="unmapped_code_once"),)

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.scheme} {self.code}"


class LoadedFacts(models.Model):
    """Which content of a set of bundled fact tables stands in the database.

    An unchanged set is not loaded again.
    """

    name = models.CharField(primary_key=True, max_length=40)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "loaded facts"

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"
