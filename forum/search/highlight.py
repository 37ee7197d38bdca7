"""Shows where a hit is: a snippet with the words marked that were looked for. Pure.

Never ``snippet()`` of a database: it cuts within words and knows only the folded text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from markupsafe import Markup, escape

from forum.search.normal import Term, Word, words

LENGTH = 200
"""Characters of a snippet, about."""
BEFORE = 60
"""So many of them before the first hit."""

Span = tuple[int, int, int]
"""Where a hit begins and ends in the original text, and which term it is."""


def hits(text: str, terms: Sequence[Term]) -> list[Span]:
    """The whole words of the text that were looked for, in order."""
    said = words(text)
    found: set[Span] = set()
    for number, term in enumerate(terms):
        for form in term.forms:
            if " " in form:
                found |= _runs(said, form.split(" "), number)
            elif term.whole:
                found |= {(start, end, number) for word, start, end in said if word == form}
            else:
                found |= {(start, end, number) for word, start, end in said if form in word}
    return sorted(found)


def _runs(said: Sequence[Word], phrase: Sequence[str], number: int) -> set[Span]:
    """Where these words follow each other."""
    size = len(phrase)
    return {
        (said[at].start, said[at + size - 1].end, number)
        for at in range(len(said) - size + 1)
        if [word.said for word in said[at : at + size]] == list(phrase)
    }


def mark(text: str, terms: Sequence[Term]) -> Markup:
    """The text with its hits marked, and everything else escaped."""
    return _marked(text, hits(text, terms), 0, len(text))


def snippet(text: str, terms: Sequence[Term]) -> Markup:
    """About ``LENGTH`` characters around the place that holds most of what was looked for, as one line."""
    line = " ".join(text.split())
    found = hits(line, terms)
    start = _best(found)
    end = start + LENGTH
    begin = 0 if start == 0 else _cut(line, start)
    end = len(line) if end >= len(line) else _cut(line, end)
    shown = _marked(line, found, begin, end).strip()
    return (Markup("… ") if begin else Markup()) + shown + (Markup(" …") if end < len(line) else Markup())


def _marked(text: str, found: Sequence[Span], begin: int, end: int) -> Markup:
    """This part of the text, with the hits that lie in it, whole or in part."""
    parts, at = [], begin
    for start, stop in _merged(found):
        first, last = max(start, begin), min(stop, end)
        if first < last:
            parts += [str(escape(text[at:first])), "<mark>", str(escape(text[first:last])), "</mark>"]
            at = last
    parts.append(str(escape(text[at:end])))
    return Markup("".join(parts))  # noqa: S704  # escaped above, piece by piece


def _best(found: Sequence[Span]) -> int:
    """Where the window begins that holds the most different terms, the first of such."""
    best, most = 0, 0
    for place, (start, _end, _term) in enumerate(found):
        held: set[int] = set()
        for other in found[place:]:
            if other[1] > start + LENGTH - BEFORE:
                break
            held.add(other[2])
        if len(held) > most:
            best, most = start, len(held)
    return max(0, best - BEFORE)


def _cut(line: str, at: int) -> int:
    """A place near ``at`` where a word begins; in one endless word a place between two letters, not before a mark."""
    for place in range(at, max(at - 40, 0), -1):
        if line[place - 1] == " ":
            return place
    while at < len(line) and unicodedata.category(line[at])[0] in "MC":
        at += 1
    return at


def _merged(found: Sequence[Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _term in found:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
