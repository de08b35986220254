"""Small files in the form of BACI, written anew for each test."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from markets.errors import MarketsError
from markets.sources.baci import Baci
from markets.sources.cubes import CubeYear

YEAR_2021 = "BACI_HS92_Y2021_V202201.csv"
HEADER = '"t","i","j","k","v","q"'
ROWS = (
    '2021,156,398,841810,52.051,"       13.235"',
    '2021,4,24,10121,0.041,"           NA"',
    '2021,251,860,330300,3.403,"        1.854"',
)
COUNTRIES = "country_codes_V202201.csv"
COUNTRY_LIST = """country_code,country_name,country_iso2,country_iso3
4,Afghanistan,AF,AFG
24,Angola,AO,AGO
56,Belgium,BE,BEL
58,Belgium-Luxembourg (...1998),BE,BEL
156,China,CN,CHN
251,France,FR,FRA
398,Kazakhstan,KZ,KAZ
490,"Other Asia, nes",S19,S19
697,"Europe EFTA, nes",N/A,N/A
860,Uzbekistan,UZ,UZB
891,Serbia and Montenegro,CS,SCG
"""
PRODUCTS = "product_codes_HS92_V202201.csv"
PRODUCT_LIST = 'code,description\n010121,"Horses"\n'


def table(*rows: str, header: str = HEADER, end: str = "\n") -> bytes:
    return "".join(line + end for line in (header, *(rows or ROWS))).encode()


def archive(path: Path, files: Mapping[str, bytes | str] | None = None, **more: bytes | str) -> Path:
    """A ZIP with the usual files, or with these."""
    usual = {YEAR_2021: table(), COUNTRIES: COUNTRY_LIST, PRODUCTS: PRODUCT_LIST, "Readme.txt": "BACI"}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in ((usual if files is None else files) | more).items():
            packed.writestr(name, body)
    return path


def years(path: Path) -> list[CubeYear]:
    return list(Baci().years(path))


def text(year: CubeYear) -> bytes:
    return b"".join(year.chunks())


def refused(path: Path, error: type[MarketsError]) -> str:
    """Why a delivery is not read."""
    with pytest.raises(error) as caught:
        years(path)
    assert type(caught.value) is error
    return str(caught.value)
