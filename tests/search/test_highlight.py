"""The highlighter: whole words marked in the original text, everything else escaped."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from forum.search.highlight import LENGTH, hits, mark, snippet
from forum.search.normal import terms
from tests.search.test_normal import texts

queries = st.one_of(texts, st.sampled_from(["Kultur Straße", "شراكة", "a", '"a a"', "<b>", "mark", "amp"]))


def bare(html: Markup) -> str:
    """The text without its marks, as a browser shows it."""
    return unescape(str(html).replace("<mark>", "").replace("</mark>", ""))


@given(texts, queries)
def test_marking_adds_marks_and_nothing_else(text: str, query: str) -> None:
    shown = mark(text, terms(query))
    assert bare(shown) == text
    assert "<" not in str(shown).replace("<mark>", "").replace("</mark>", "")
    assert str(shown).count("<mark>") == str(shown).count("</mark>")


@given(texts, queries)
def test_something_is_marked_where_something_is_found(text: str, query: str) -> None:
    asked = terms(query)
    assert bool(hits(text, asked)) == ("<mark>" in mark(text, asked))


@given(
    st.lists(
        st.sampled_from(["Ein", "Erinnerungskultur", "Straße", "& <b>", "الشراكات", "x" * 90]), max_size=80
    )
)
def test_a_snippet_is_short_one_line_and_out_of_the_text(parts: list[str]) -> None:
    text = "  \n".join(parts)
    shown = bare(snippet(text, terms("kultur strasse شراكة")))
    assert len(shown) <= LENGTH + 50
    assert "\n" not in shown
    assert shown.strip("… ").strip() in " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("Die Erinnerungskultur lebt.", "Kultur", "Die <mark>Erinnerungskultur</mark> lebt."),
        ("Straßen & Wege", "strassen", "<mark>Straßen</mark> &amp; Wege"),
        ("في الشَّراكات بين المدن", "شراكة", "في <mark>الشَّراكات</mark> بين المدن"),
        ("Neu in der EU heute", "EU", "Neu in der <mark>EU</mark> heute"),
        ("Ein runder Tisch, kein Tisch", '"runder tisch"', "Ein <mark>runder Tisch</mark>, kein Tisch"),
        ("<script>Kultur</script>", "kultur", "&lt;script&gt;<mark>Kultur</mark>&lt;/script&gt;"),
        ("Mu\u0308ll, Müll", "mull", "<mark>Mu\u0308ll</mark>, <mark>Müll</mark>"),
        ("Städtepartnerschaft", "stadt partner", "<mark>Städtepartnerschaft</mark>"),
    ],
)
def test_whole_words_are_marked_as_they_were_written(text: str, query: str, shown: str) -> None:
    assert str(mark(text, terms(query))) == shown


def test_the_snippet_lies_where_most_is_found() -> None:
    text = (
        "Kultur am Anfang. "
        + "Dazwischen steht viel anderes. " * 30
        + "Hier wird Kultur mit Geld bezahlt. "
        + "Ende. " * 60
    )
    shown = str(snippet(text, terms("Kultur Geld")))
    assert "<mark>Kultur</mark> mit <mark>Geld</mark>" in shown
    assert shown.startswith("… ") and shown.endswith(" …")
