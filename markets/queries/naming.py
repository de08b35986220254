"""Names of areas, currencies and indicators in the active language, however many kinds of them in one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace

from django.db import connection

from markets.models.naming import in_language

_NAMES = """
    SELECT 'area', code, name_en, name_zh, name_ru FROM markets_area WHERE code = ANY(%s)
    UNION ALL SELECT 'currency', code, name_en, name_zh, name_ru FROM markets_currency WHERE code = ANY(%s)
    UNION ALL SELECT 'indicator', code, name_en, name_zh, name_ru FROM markets_indicator WHERE code = ANY(%s)
"""


def names(
    *, areas: Iterable[str] = (), currencies: Iterable[str] = (), indicators: Iterable[str] = ()
) -> Mapping[tuple[str, str], str]:
    """The name of each by (`area`, `currency` or `indicator`; code); without those that are not known."""
    asked = [sorted(set(codes)) for codes in (areas, currencies, indicators)]
    if not any(asked):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, asked)
        return {
            (kind, code): in_language(SimpleNamespace(name_en=en, name_zh=zh, name_ru=ru), "name")
            for kind, code, en, zh, ru in cursor.fetchall()
        }
