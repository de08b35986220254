"""Invented figures are kept out of every database but those of benchmarks and tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings

from markets.errors import SyntheticData
from markets.models import Dataset
from markets.models.provenance import dataset_row
from markets.sources.baci import SYNTHETIC_CARD
from markets.sources.cubes import CubeYear


def permitted(years: Iterable[CubeYear]) -> Iterator[CubeYear]:
    """The years as they come. Raises SyntheticData for invented ones where the settings do not allow them.

    Their dataset is in no list of what the product reads, so it is made known here.
    """
    for year in years:
        if year.dataset == SYNTHETIC_CARD.id:
            if not settings.SYNTHETIC_DATA:
                raise SyntheticData(source=SYNTHETIC_CARD.id, file=year.name)
            if not Dataset.objects.filter(pk=SYNTHETIC_CARD.id).exists():
                dataset_row(SYNTHETIC_CARD).save()
        yield year
