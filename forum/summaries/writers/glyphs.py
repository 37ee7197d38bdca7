"""Which signs the PDF's fonts can draw: ``assets/coverage.json``, made by ``scripts/pdf_fonts.py``."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

COVERAGE = Path(__file__).parent / "assets" / "coverage.json"
MISSING = "\ufffd"
JOINER = "\u200d"
_INVISIBLE = frozenset("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\ufe0e\ufe0f")
"""Signs that steer others and draw nothing: kept where a font knows them, dropped where not."""
_SKIN_TONES = range(0x1F3FB, 0x1F400)


@cache
def families() -> dict[str, frozenset[int]]:
    """For each font family the code points that all its cuts can draw."""
    table: dict[str, list[list[int]]] = json.loads(COVERAGE.read_text(encoding="utf-8"))
    return {
        family: frozenset(code for first, last in ranges for code in range(first, last + 1))
        for family, ranges in table.items()
    }


def drawable(text: str) -> str:
    """The text with U+FFFD for each sign that no font has.

    A letter and the marks on it must come from one font: marks that do not are left out, the letter stays.
    """
    return "".join(_drawn(cluster) for cluster in _clusters(text.replace("\t", "    ").replace("\n", " ")))


def core_only(text: str) -> str:
    """The text with U+FFFD for all but plain letters, digits and signs of the two main fonts."""
    known = families()["Noto Sans"] | families()["Noto Naskh Arabic"]
    return "".join(
        char if ord(char) in known and unicodedata.category(char)[0] in "LNPSZ" else MISSING for char in text
    )


def _clusters(text: str) -> Iterator[str]:
    """Each sign with the marks, tones and joined signs that follow it."""
    cluster = ""
    for char in text:
        belongs = (
            unicodedata.category(char)[0] == "M"
            or char in _INVISIBLE
            or ord(char) in _SKIN_TONES
            or cluster.endswith(JOINER)
        )
        if cluster and not belongs:
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _drawn(cluster: str) -> str:
    if any(_covers(known, cluster) for known in families().values()):
        return cluster
    seen = "".join(
        char for char in cluster if char not in _INVISIBLE and unicodedata.category(char) not in ("Cf", "Cc")
    )
    if not seen or any(_covers(known, seen) for known in families().values()):
        return seen
    if unicodedata.category(seen[0])[0] == "Z":
        return " "
    letters = [char for char in seen if unicodedata.category(char)[0] != "M"] or [seen[0]]
    return "".join(
        char if any(ord(char) in known for known in families().values()) else MISSING for char in letters
    )


def _covers(known: frozenset[int], cluster: str) -> bool:
    return all(ord(char) in known for char in cluster)
