"""How to cite a page: as a sentence and as a BibTeX entry, with the vintages it shows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from markets.profiles.figures import Provenance

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        **{sign: f"\\{sign}" for sign in "%&#_$"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


@dataclass(frozen=True, slots=True)
class Citation:
    """The same reference for a text and for a bibliography program."""

    plain: str
    bibtex: str


def citation(title: str, code: str, sources: Sequence[Provenance], address: str, read_on: dt.date) -> Citation:
    """A reference to a page that shows these vintages. address: one that shows the same page again later."""
    said = [source.citation for source in sources]
    words = {
        "title": title,
        "code": code,
        "sources": "; ".join(said),
        "address": address,
        "day": read_on.isoformat(),
    }
    plain = _("%(title)s (%(code)s). %(sources)s. Read in Sogdia on %(day)s: %(address)s") % words
    return Citation(plain, _bibtex(title, code, sources, address, read_on))


def _bibtex(title: str, code: str, sources: Sequence[Provenance], address: str, read_on: dt.date) -> str:
    publishers = dict.fromkeys(source.source.publisher for source in sources)
    year = max((source.known_from.year for source in sources), default=read_on.year)
    key = re.sub(r"[^a-z0-9]+", "-", f"sogdia-{code}-{read_on.isoformat()}".lower())
    members = {
        "author": " and ".join(f"{{{publisher.translate(_LATEX)}}}" for publisher in publishers) or "{Sogdia}",
        "title": f"{{{title.translate(_LATEX)}}} ({code.translate(_LATEX)})",
        "year": str(year),
        "howpublished": "Sogdia",
        "note": "; ".join(source.citation.translate(_LATEX) for source in sources),
        "url": address,
        "urldate": read_on.isoformat(),
    }
    lines = [f"  {name} = {{{text}}}," for name, text in members.items() if text]
    return "\n".join([f"@misc{{{key},", *lines, "}"])
