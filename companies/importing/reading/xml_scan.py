"""One pass over the XML of a stranger: nothing is declared, fetched or expanded, and nothing is kept but what is asked.

Reads nothing but what the caller's `Reader` takes from it, so its size is no load on memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import IO, Any, Final
from xml.parsers import expat
from zipfile import BadZipFile

from companies.importing.reading.form import Refusal, Refused

# No program nests a workbook deeper, and none writes a single tag or comment of this length.
MOST_DEPTH: Final = 100
MOST_TOKEN_BYTES: Final = 1024 * 1024
_PIECE_BYTES: Final = 128 * 1024


class Reader:
    """What is done with each element of a pass. Names are `NAMESPACE NAME`, or the bare name where it has no namespace.

    A subclass that overrides `start` or `end` counts `depth` too.
    """

    depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.opened(local(name), attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.closed(local(name))

    def text(self, said: str) -> None:
        """Characters between tags, in as many pieces as it pleases the parser."""

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins. name: without its namespace."""

    def closed(self, name: str) -> None:
        """An element ends. name: without its namespace."""


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


def scan(stream: IO[bytes], reader: Reader) -> None:
    """Hand every element of the stream to the reader.

    Raises Refused: ENTITIES where a document type is declared, BOMB for what no program writes, DAMAGED where it is not
    well formed or the package around it is broken; and what the reader raises.
    """
    parser = _parser(reader)
    fed = 0
    try:
        while piece := stream.read(_PIECE_BYTES):
            parser.Parse(piece)
            fed += len(piece)
            # An unfinished tag is read anew with every piece: a long one would take for ever.
            if fed - parser.CurrentByteIndex > MOST_TOKEN_BYTES or reader.depth > MOST_DEPTH:
                raise Refused(Refusal.BOMB)
        parser.Parse(b"", True)  # noqa: FBT003 the parser takes no names
    except (expat.ExpatError, BadZipFile, zlib.error, EOFError, LookupError, ValueError) as broken:
        # The last two are encodings that no workbook is in.
        raise Refused(Refusal.DAMAGED) from broken


def _parser(reader: Reader) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_declarations
    parser.EntityDeclHandler = _refuse_declarations
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    return parser


def _refuse_declarations(*_declared: Any) -> None:
    raise Refused(Refusal.ENTITIES)
