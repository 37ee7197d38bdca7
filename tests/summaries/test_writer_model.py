"""The document model: what is read from HTML, in what order posts stand, what a document refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.i18n import speaking
from forum.summaries.blocks import (
    Code,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Table,
    by_direction,
    clean,
    direction,
    levelled,
    plain,
    web_address,
    words,
)
from forum.summaries.documents import Chapter, PhaseBlock, cleaned, in_phases, ready, strands
from forum.summaries.reader import blocks
from tests.summaries.writing import GERMAN, document, quotation


def test_the_renderers_html_becomes_blocks() -> None:
    paragraph, listing, quote, code, table, _rule, last = blocks(GERMAN)
    assert isinstance(paragraph, Paragraph)
    looks = {run.text: run for run in paragraph.runs}
    assert looks["bewährt"].strong and looks["einmal im Quartal"].emphasis and looks["nie"].strike
    assert looks["mehr dazu"].href == "https://example.org/?a=1&b=2"
    assert plain(paragraph.runs).endswith(".\nZweite Zeile.")
    assert isinstance(listing, Listing) and listing.ordered and listing.start == 3
    inner = listing.items[1][1]
    assert isinstance(inner, Listing) and [words(item) for item in inner.items] == ["in Ruhe", "mit Zeit"]
    assert isinstance(quote, Quote) and words([quote]) == "Vertrauen wächst langsam."
    assert code == Code(text="if treffen:\n    protokoll()")
    assert isinstance(table, Table) and plain(table.header[0]) == "Stadt" and plain(table.rows[0][1]) == "12"
    assert isinstance(last, Paragraph)


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<script>alert(1)</script><p>a</p>", "a"),
        ("<p>a<custom>b</custom>", "ab"),
        ("loose <b>words", "loose words"),
        ("<ul>stray<li>a</ul>", "a\nstray"),
        ("</p></li></ul>a", "a"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1\n2\n3\n"),
        ("", ""),
        ("<p> </p><ul></ul><table></table><blockquote></blockquote>", ""),
    ],
)
def test_odd_html_keeps_its_words(html: str, said: str) -> None:
    assert words(blocks(html)) == said


@pytest.mark.parametrize("tag", ["ul><li", "ol><li", "blockquote", "table><tr><td"])
def test_nesting_without_end_keeps_its_words(tag: str) -> None:
    assert words(blocks(f"<{tag}>x" * 300)).split() == ["x"] * 300


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "", "http://"]
)
def test_a_document_links_to_web_addresses_alone(url: str) -> None:
    assert web_address(url) is None
    (paragraph,) = blocks(f'<p><a href="{url}">x</a></p>')
    assert isinstance(paragraph, Paragraph) and paragraph.runs[0].href is None


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Hallo", "ltr"),
        ("مرحبا Bela", "rtl"),
        ("12 – שלום", "rtl"),
        ("1. Köln مرحبا", "ltr"),
        ("123 ✓", "ltr"),
    ],
)
def test_a_paragraph_goes_the_way_of_its_first_letter(text: str, way: str) -> None:
    assert direction(text) == way


def test_stretches_of_one_direction() -> None:
    assert by_direction("مع بلدية Köln (DE) 2026 معا", "rtl") == [
        ("rtl", "مع بلدية "),
        ("ltr", "Köln (DE"),
        ("rtl", ") 2026 معا"),
    ]


@given(st.text())
def test_stretches_lose_nothing(text: str) -> None:
    assert "".join(part for _way, part in by_direction(text, "ltr")) == text


def test_characters_that_break_files_are_left_out() -> None:
    assert clean("a\x00\x0b\u202e\u2066\ud800\ufffe\U0001fffeb\n\tc") == "ab\n\tc"
    nasty = replace(document(), title="T\u202eitle", method=("a\x00",))
    assert (cleaned(nasty).title, cleaned(nasty).method) == ("Title", ("a",))


def test_a_document_has_a_title_and_headings_to_see() -> None:
    with speaking("en"):
        made = ready(replace(document(), title="\u200b ", chapters=(Chapter(heading="\u202e"),)))
    assert (made.title, made.chapters[0].heading) == ("Untitled", "Untitled")


def test_headings_leave_no_level_out() -> None:
    made = levelled(blocks("<h3>a</h3><h6>b</h6><ul><li><h4>c</h4></li></ul><h3>d</h3>"), 2)
    assert [block.level for block in made if isinstance(block, Heading)] == [2, 3, 2]
    (inner,) = [block for block in made if isinstance(block, Listing)]
    assert isinstance(inner.items[0][0], Heading) and inner.items[0][0].level == 3


def test_pinned_posts_come_first_then_the_phases() -> None:
    first, *phases = document().chapters[0].phases
    assert first.phase == "pinned" and [q.post_id for q in first.quotations] == ["p6"]
    assert [block.phase for block in phases] == ["before", "during", "after"]
    assert [q.post_id for q in document().quotations] == ["p6", "p1", "p2", "p3", "p4", "p5"]


def test_replies_are_moved_in_below_what_is_cited() -> None:
    depths = (0, 1, 2, 5, 6, 7, 1, 3)
    posts = tuple(quotation(str(n), "<p>x</p>", depth=depth) for n, depth in enumerate(depths))
    (strand,) = strands(PhaseBlock(phase="before", quotations=posts))
    assert [indent for indent, _post in strand.entries] == [0, 1, 2, 3, 4, 4, 1, 2]
    (orphan,) = strands(PhaseBlock(phase="after", quotations=posts[3:5]))
    assert [indent for indent, _post in orphan.entries] == [0, 1]
    assert in_phases([("archived", posts[0])])[0].phase == ""  # type: ignore[list-item]


def test_a_document_without_attribution_holds_no_name() -> None:
    with pytest.raises(ValueError, match="nobody"):
        replace(document(attribution="names"), attribution="none")


def test_a_date_is_a_day_and_no_finer() -> None:
    for date in ("2026-11-23T10:00", "2026-13-40", "heute"):
        with pytest.raises(ValueError):
            quotation("p", "", date=date)
