"""Which characters may stand in texts, titles and names, and what becomes of the others."""

from __future__ import annotations

import unicodedata

import pytest

from forum import text
from forum.errors import Refused
from forum.i18n import speaking

CLEANED = [
    ("a\r\nb\rc\n", "a\nb\nc\n", "every line ends in LF"),
    ("Gru\u0308\u00dfe", "Grüße", "NFC"),
    ("ﬁ ² Ａ", "ﬁ ² Ａ", "but not NFKC: the text stays as it was typed"),
    ("a\x01\x08\x0b\x1fb\x7f\x9bc\td", "abc\td", "controls are removed, tabs are not"),
    ("a\u202eb\u2066c\u2069d\u202c", "abcd", "bidi overrides and isolates are removed"),
    ("a\u200e\u200f\u061cb", "a\u200e\u200f\u061cb", "bidi marks stay"),
    ("می\u200cخواهم", "می\u200cخواهم", "ZWNJ stays for Persian"),
    ("👩\u200d👧", "👩\u200d👧", "ZWJ stays for emoji"),
    ("e\x01\u0301", "é", "composed after the removal, not before"),
]


@pytest.mark.parametrize(("source", "expected", "why"), CLEANED, ids=[row[2] for row in CLEANED])
def test_a_text_is_cleaned(source: str, expected: str, why: str) -> None:
    assert text.clean(source) == expected, why
    assert text.clean(expected) == expected, "cleaning twice is cleaning once"


def test_a_title_is_one_line() -> None:
    assert text.title("  Wie\tgeht \n es\u00a0weiter?\u202e ") == "Wie geht es weiter?"
    assert text.title("شراكة" * 40) == "شراكة" * 40


TITLES = [
    ("", "title.empty", "Please give a title that others can see."),
    (" \u200b\u2800\n", "title.empty", "Please give a title that others can see."),
    ("a" * 201, "title.too_long", "A title can be at most 200 characters long."),
    ("a" * 1_000_000, "title.too_long", "A title can be at most 200 characters long."),
    ("a\x00", "title.characters", "The text holds characters that cannot be stored."),
    ("\udfff", "title.characters", "The text holds characters that cannot be stored."),
    ("a" + "\u0301" * 99, "title.characters", "The text piles too many marks upon one letter."),
]


@pytest.mark.parametrize(("source", "rule", "sentence"), TITLES, ids=lambda value: repr(value)[:30])
def test_a_title_is_refused(source: str, rule: str, sentence: str) -> None:
    with speaking("en"), pytest.raises(Refused) as refused:
        text.title(source)
    assert (refused.value.rule, refused.value.message, refused.value.field) == (rule, sentence, "title")


NAMES = [
    ("  Ada   Lovelace ", "Ada Lovelace", "blanks are collapsed"),
    ("Jürgen Groß-Öhlmann", "Jürgen Groß-Öhlmann", "German"),
    ("Ju\u0308rgen", "Jürgen", "composed"),
    ("Ａｄａ", "Ada", "NFKC"),
    ("محمد بن سلمان", "محمد بن سلمان", "Arabic"),
    ("مُحَمَّد", "مُحَمَّد", "Arabic with vowels"),
    ("שָׁלוֹם", "שָׁלוֹם", "Hebrew with points"),
    ("علی‌رضا", "علی\u200cرضا", "Persian with ZWNJ"),
    ("क्‍ष", "क्\u200dष", "Devanagari with ZWJ behind a virama"),
    ("O’Neill Jr.", "O’Neill Jr.", "apostrophe"),
    ("李小龍", "李小龍", "Chinese"),
]


@pytest.mark.parametrize(("source", "expected", "why"), NAMES, ids=[row[2] for row in NAMES])
def test_a_name_is_welcome(source: str, expected: str, why: str) -> None:
    assert text.name(source) == unicodedata.normalize("NFKC", expected), why


INVISIBLE = ("name.characters", "A name cannot hold invisible characters.")
NO_NAMES = [
    ("", "name.empty", "Please give a name that others can see."),
    (" \u00a0\u3000\t", "name.empty", "Please give a name that others can see."),
    ("\u0301", "name.empty", "Please give a name that others can see."),
    ("a" * 81, "name.too_long", "A name can be at most 80 characters long."),
    ("\ufdfa" * 5, "name.too_long", "A name can be at most 80 characters long."),
    ("a" * 1_000_000, "name.too_long", "A name can be at most 80 characters long."),
    *[
        (f"A{hidden}da", *INVISIBLE)
        for hidden in "\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\u061c\u00ad\ufeff\u2060\u034f"
        "\u115f\u1160\u3164\uffa0\u2800\ufe0f\U000e0041\U000e0100\x00\x01\x7f\x85\u2028\ud800\ufffe\ue000"
    ],
    ("علی\u200c", *INVISIBLE),
    ("A" + "\u0301\u0302\u0303" * 4, *INVISIBLE),
]


@pytest.mark.parametrize(("source", "rule", "sentence"), NO_NAMES, ids=lambda value: ascii(value)[:30])
def test_a_name_is_refused(source: str, rule: str, sentence: str) -> None:
    with speaking("en"), pytest.raises(Refused) as refused:
        text.name(source)
    assert (refused.value.rule, refused.value.message, refused.value.field) == (rule, sentence, "name")


def test_a_name_has_the_limit_that_it_is_given() -> None:
    assert text.name("Olga", limit=4) == "Olga"
    with pytest.raises(Refused):
        text.name("Olgas", limit=4)
