"""What differs between two versions of a text, word by word; and where a passage went. Pure.

Paragraphs are compared first and words only within those that differ, so that two texts of 10,000 characters cost
milliseconds, whatever stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"
MOST = 700
"""Words of a changed stretch that are compared one by one; a longer one is shown as a whole, before and after."""
_WORD = re.compile(r"\s*\S+\s*?|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

Step = tuple[str, int, int, int, int]
"""(``same``, ``gone``, ``new`` or ``other``; from and to in the text before; from and to in the text after)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both versions (``same``), only in the first (``gone``) or the second (``new``)."""

    kind: str
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """Both texts as one: what stayed, what went, what came.

    >>> [(piece.kind, piece.text) for piece in pieces("Ein Ort am Fluss", "Ein Platz am Fluss")]
    [('same', 'Ein'), ('gone', ' Ort'), ('new', ' Platz'), ('same', ' am Fluss')]
    """
    made: list[Piece] = []
    for kind, a1, a2, b1, b2 in _steps(before, after):
        if kind == SAME:
            made.append(Piece(SAME, before[a1:a2]))
            continue
        if a1 < a2:
            made.append(Piece(GONE, before[a1:a2]))
        if b1 < b2:
            made.append(Piece(NEW, after[b1:b2]))
    return made


def moved(passages: Iterable[tuple[int, int]], before: str, after: str) -> Iterator[tuple[int, int]]:
    """Where each passage (from, to) of the text before stands in the text after; ``(0, 0)`` where nothing of it is left.

    Words that took the place of others within the passage belong to it.
    """
    steps = list(_steps(before, after))
    for start, end in passages:
        kept = [
            (b1 + max(start - a1, 0), b2 - max(a2 - end, 0))
            for kind, a1, a2, b1, b2 in steps
            if kind == SAME and a1 < end and start < a2
        ]
        if not any(after[b1:b2].strip() for b1, b2 in kept):
            yield 0, 0
            continue
        within = [
            (b1, b2)
            for kind, a1, a2, b1, b2 in steps
            if kind == "other" and not before[a1:start].strip() and not before[end:a2].strip()
        ]
        yield min(b1 for b1, _b2 in kept + within), max(b2 for _b1, b2 in kept + within)


def _steps(before: str, after: str) -> Iterator[Step]:
    """How the text after is made of the text before, in characters; neighbouring steps of a kind are joined."""
    last: Step | None = None
    for step in _by_lines(before, after):
        if last and last[0] == step[0]:
            last = (last[0], last[1], step[2], last[3], step[4])
            continue
        if last:
            yield last
        last = step
    if last:
        yield last


def _by_lines(before: str, after: str) -> Iterator[Step]:
    a, b = _LINE.findall(before), _LINE.findall(after)
    for kind, a1, a2, b1, b2 in _compared(a, b):
        if kind == SAME:
            yield kind, a1, a2, b1, b2
        else:
            yield from _by_words(before, after, (a1, a2, b1, b2))


def _by_words(before: str, after: str, place: tuple[int, int, int, int]) -> Iterator[Step]:
    a1, a2, b1, b2 = place
    a, b = _WORD.findall(before[a1:a2]), _WORD.findall(after[b1:b2])
    if len(a) > MOST or len(b) > MOST:
        yield from ((kind, s + a1, e + a1, t + b1, f + b1) for kind, s, e, t, f in _ends(a, b))
        return
    for kind, s, e, t, f in _compared(a, b):
        yield kind, s + a1, e + a1, t + b1, f + b1


def _compared(a: Sequence[str], b: Sequence[str]) -> Iterator[Step]:
    """The steps between two lists of stretches, in characters."""
    kinds = {"equal": SAME, "delete": GONE, "insert": NEW, "replace": "other"}
    one, other = _places(a), _places(b)
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b).get_opcodes():
        yield kinds[kind], one[a1], one[a2], other[b1], other[b2]


def _ends(a: Sequence[str], b: Sequence[str]) -> Iterator[Step]:
    """Only what both have at the beginning and at the end is the same; all between is other."""
    most = min(len(a), len(b))
    head = next((n for n in range(most) if a[n] != b[n]), most)
    tail = next((n for n in range(most - head) if a[-1 - n] != b[-1 - n]), most - head)
    one, other = _places(a), _places(b)
    a2, b2 = len(a) - tail, len(b) - tail
    steps = (
        (SAME, 0, one[head], 0, other[head]),
        ("other", one[head], one[a2], other[head], other[b2]),
        (SAME, one[a2], one[-1], other[b2], other[-1]),
    )
    yield from (step for step in steps if step[1] < step[2] or step[3] < step[4])


def _places(parts: Sequence[str]) -> list[int]:
    places = [0]
    for part in parts:
        places.append(places[-1] + len(part))
    return places
