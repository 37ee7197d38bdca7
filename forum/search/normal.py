"""One way to read a word, for the index and for those who search: no case, no marks, one form of an Arabic letter. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

LONGEST = 64
"""Letters of a word that count; what is longer is no word of a language."""
MOST_TERMS = 8
SHORT = 3
"""A term under so many letters is looked for as a whole word, not within words: ``EU`` is not in ``neu``."""

_LIKE = str.maketrans(
    {
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": None,
        "ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe",
    }
)  # fmt: skip
"""Letters that are written for one another and that NFKD leaves alone; the tatweel only stretches a word."""
_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"[\"“”„‟«»＂](.*?)(?:[\"“”„‟«»＂]|$)", re.DOTALL)

# What a query's word may end or begin with, the longest first, and how many letters have to be left of it.
_ENDS = ("ern", "ies", "en", "em", "er", "es", "e", "n", "s", "y")
_ENDS_LEAVE = 4
_ARABIC_BEGINS = ("وال", "بال", "كال", "فال", "ال", "لل")
_ARABIC_ENDS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_ARABIC_LEAVE = 3


@cache
def _letter(character: str) -> str:
    """What one character counts as; empty for marks, joiners and other signs that are not seen as letters."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    kept = []
    for sign in folded.translate(_LIKE):
        kind = unicodedata.category(sign)
        if kind[0] == "M" or kind == "Cf":
            continue
        kept.append(str(unicodedata.decimal(sign)) if kind == "Nd" else sign)
    return "".join(kept)


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is compared, and for each of its characters the place of the original one it came from."""
    pieces = list(map(_letter, text))
    folded = "".join(pieces)
    if len(folded) == len(text) and "" not in pieces:  # one for each
        return folded, range(len(text))
    return folded, [place for place, piece in enumerate(pieces) for _ in piece]


class Word(NamedTuple):
    """A folded word and where it stands in the original text: ``text[start:end]``."""

    said: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text, in order. Marks that follow a letter belong to its word."""
    folded, places = fold(text)
    found = []
    for word in _WORD.finditer(folded):
        begun, ended = word.span()
        following = places[ended] if ended < len(folded) else len(text)
        found.append(Word(word[0][:LONGEST], places[begun], max(places[ended - 1] + 1, following)))
    return found


def line(text: str) -> str:
    """The words of a text as they are stored: one blank before, between and after them, or nothing at all."""
    said = [word[:LONGEST] for word in _WORD.findall("".join(map(_letter, text)))]
    return f" {' '.join(said)} " if said else ""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is looked for.

    ``forms``: one of them has to be found. ``whole``: as a whole word, or as words that follow each other; else
    within a word.
    """

    forms: tuple[str, ...]
    whole: bool = False

    def within(self, stored: str) -> bool:
        """Whether it is found in a stored line of words."""
        return any((f" {form} " if self.whole else form) in stored for form in self.forms)


def terms(query: str) -> list[Term]:
    """What a query asks for, all of it to be found: phrases in quotation marks, and words with their endings off.

    Empty where it holds no word; no more than ``MOST_TERMS``.
    """
    found: list[Term] = []
    for phrase in _QUOTED.findall(query):
        said = tuple(word.said for word in words(phrase))
        if said:
            found.append(Term((" ".join(said),), whole=True))
    found += [_term(word.said) for word in words(_QUOTED.sub(" ", query))]
    return list(dict.fromkeys(found))[:MOST_TERMS]


def _term(word: str) -> Term:
    if len(word) < SHORT:
        return Term((word,), whole=True)
    forms = [stem(word)]
    spelled = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")  # Staedte is Städte
    if spelled != word and len(spelled) >= _ENDS_LEAVE:
        forms.append(stem(spelled))
    return Term(tuple(dict.fromkeys(forms)))


def stem(word: str) -> str:
    """A folded word of a query without its commonest endings (and the Arabic article), so that other forms are found."""
    if "\u0621" <= word[0] <= "\u064a":
        return _arabic(word)
    for end in _ENDS:
        if word.endswith(end) and len(word) - len(end) >= _ENDS_LEAVE and not word.isdecimal():
            return word.removesuffix(end)
    return word


def _arabic(word: str) -> str:
    for begin in _ARABIC_BEGINS:
        if word.startswith(begin) and len(word) - len(begin) >= _ARABIC_LEAVE:
            word = word.removeprefix(begin)
            break
    for end in _ARABIC_ENDS:
        if word.endswith(end) and len(word) - len(end) >= _ARABIC_LEAVE:
            return word.removesuffix(end)
    return word
