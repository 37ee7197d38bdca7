"""In which language a post is written: guessed, and changed by its author where the guess is wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from forum.errors import Refused
from forum.i18n import _

LANGUAGES: Mapping[str, str] = {
    "de": "Deutsch",
    "en": "English",
    "ar": "العربية",
    "fr": "Français",
    "tr": "Türkçe",
    "fa": "فارسی",
    "he": "עברית",
}
"""Code and own name of each language that a post can be said to be in."""
RTL = frozenset({"ar", "fa", "he"})

_GERMAN = """
aber als auch auf aus bei das dass der die ein eine es für haben ich im ist mit nicht oder sich sie und von was wie wir zu
"""
_ENGLISH = """
a and are as at be but by can for from have how i in is it not of on or our that the this to was we what with you
"""
_COMMON = {"de": frozenset(_GERMAN.split()), "en": frozenset(_ENGLISH.split())}


def guess(text: str, default: str) -> str:
    """``ar``, ``de`` or ``en``: by the share of Arabic letters, then by small words and umlauts; else ``default``."""
    letters = [character for character in text if character.isalpha()]
    arabic = sum("\u0600" <= character <= "\u08ff" for character in letters)
    if arabic * 3 > len(
        letters
    ):  # Arabic texts hold names and terms in Latin letters, hardly ever the reverse
        return "ar"
    found = re.findall(r"[a-zäöüß]+", text.lower())
    score = {code: sum(word in common for word in found) for code, common in _COMMON.items()}
    score["de"] += sum(any(letter in "äöüß" for letter in word) for word in found)
    if score["de"] == score["en"]:
        return default
    return max(score, key=lambda code: score[code])


def chosen(wish: str | None, text: str, default: str) -> str:
    """The language an author chose, or the one that the text seems to be in."""
    if not wish:
        return guess(text, default)
    if wish not in LANGUAGES:
        raise Refused("post.language", _("Choose one of the languages."), "language")
    return wish
