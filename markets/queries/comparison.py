"""What compared markets are asked for beside their figures: the themes that documents speak of, of all at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from markets.vocabulary import AsOf


def spoken_themes(areas: Sequence[str], as_of: AsOf | None = None) -> list[tuple[str, str, str]]:
    """(area, theme, scope) of what documents say in the demand profiles in force, each once."""
    sql = """
        SELECT DISTINCT p.area_id, s.theme_id, s.scope
        FROM (
            SELECT DISTINCT ON (area_id) id, area_id FROM markets_demandprofile
            WHERE area_id = ANY(%(areas)s) AND (%(at)s::timestamptz IS NULL OR known_from <= %(at)s)
            ORDER BY area_id, version DESC
        ) p JOIN markets_themestatement s ON s.profile_id = p.id
        ORDER BY p.area_id, s.theme_id, s.scope
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {"areas": list(areas), "at": as_of.at if as_of else None})
        return [(area, theme, scope) for area, theme, scope in cursor.fetchall()]
