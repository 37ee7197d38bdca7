"""The normaliser: what counts as the same word, and where it stands in the text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.search.index import PLACE
from forum.search.normal import LONGEST, MOST_TERMS, Term, fold, line, stem, terms, words

texts = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=("Cs",)),
        st.sampled_from('aäöüßÄÖÜẞẛİıøŁæﬁ½ﷺأإآٱاىيةهـَُِّ٢٠۱\u00ad\u200c\u200d\u0308 .-"„“'),
    ),
    max_size=120,
)


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)[0]
    assert fold(once)[0] == once


@given(texts)
def test_every_folded_character_knows_where_it_came_from(text: str) -> None:
    folded, places = fold(text)
    assert len(folded) == len(places)
    assert list(places) == sorted(places)
    for place, sign in zip(places, folded, strict=True):
        assert sign in fold(text[place])[0]


@given(texts)
def test_words_lie_in_the_text_in_order_and_say_what_stands_there(text: str) -> None:
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.said.isalnum() and len(word.said) <= LONGEST
        assert fold(text[word.start : word.end])[0].startswith(word.said) or word.said in fold(text)[0]
    starts = [word.start for word in words(text)]
    assert starts == sorted(starts)
    assert line(text).split() == [word.said for word in words(text)]


@given(texts)
def test_how_letters_are_composed_makes_no_difference(text: str) -> None:
    forms = {line(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(forms) == 1


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüßéç ", max_size=60))
def test_case_makes_no_difference(text: str) -> None:
    assert line(text.upper()) == line(text) == line(text.title())


@given(texts)
def test_no_query_can_ask_for_the_words_that_tell_where_a_post_stands(text: str) -> None:
    assert PLACE not in line(text + PLACE + text)
    assert all(PLACE not in form for term in terms(f'{text} "{PLACE}t" {PLACE}t') for form in term.forms)


@given(texts)
def test_a_query_has_few_terms_and_none_is_empty(query: str) -> None:
    found = terms(query)
    assert len(found) <= MOST_TERMS
    assert all(form and form == " ".join(form.split()) for term in found for form in term.forms)
    assert bool(found) == bool(words(query))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöü", min_size=3, max_size=20))
def test_every_word_is_found_by_itself(word: str) -> None:
    assert all(term.within(line(f"vorn {word} hinten")) for term in terms(word))


@pytest.mark.parametrize(
    ("written", "counts_as"),
    [
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Müller", "muller"),
        ("Mu\u0308ller", "muller"),
        ("Aydın", "aydin"),
        ("İstanbul", "istanbul"),
        ("café", "cafe"),
        ("ﬁnden", "finden"),
        ("Erinnerungs\u00adkultur", "erinnerungskultur"),
        ("الشَّرَاكَة", "الشراكه"),
        ("أهلا", "اهلا"),
        ("إدارة", "اداره"),
        ("آمال", "امال"),
        ("ٱلسلام", "السلام"),
        ("مستشفى", "مستشفي"),
        ("جـــميل", "جميل"),
        ("٢٠٢٦", "2026"),
    ],
)
def test_what_counts_as_the_same(written: str, counts_as: str) -> None:
    assert line(written).strip() == counts_as


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("stadten", "stadt"),
        ("strassen", "strass"),
        ("partnerschaften", "partnerschaft"),
        ("haus", "haus"),
        ("boden", "bode"),
        ("ehe", "ehe"),
        ("2026", "2026"),
        ("شراكه", "شراك"),
        ("الشراكات", "شراك"),
        ("والبلديه", "بلد"),
        ("ماء", "ماء"),
    ],
)
def test_endings_go_where_enough_is_left(word: str, left: str) -> None:
    assert stem(word) == left


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("Kultur", [Term(("kultur",))]),
        ("EU Haus", [Term(("eu",), whole=True), Term(("haus",))]),
        ("“runder Tisch” Geld", [Term(("runder tisch",), whole=True), Term(("geld",))]),
        ("„Runder Tisch", [Term(("runder tisch",), whole=True)]),
        ("Staedte", [Term(("staedt", "stadt"))]),
        ("Jugend-Rat", [Term(("jugend",)), Term(("rat",))]),
        ("Kultur kultur KULTUR", [Term(("kultur",))]),
        ("  …!?  ", []),
        ("", []),
    ],
)
def test_what_a_query_asks_for(query: str, asked: list[Term]) -> None:
    assert terms(query) == asked
