"""What Ada, Bela and Cem write looks as they mean it: German and Arabic, lists, links, tables, code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from forum import text
from forum.errors import Refused

REL = 'rel="nofollow noopener noreferrer"'


def link(address: str, words: str) -> str:
    """A paragraph with one link."""
    return f'<p dir="auto"><a href="{address}" {REL}>{words}</a></p>'


def html(source: str) -> str:
    return text.render(source).html.replace("\n", "")


SHOWN = [
    ("Grüße aus **Münster**", '<p dir="auto">Grüße aus <strong>Münster</strong></p>', "bold"),
    (
        "*eins* ~~zwei~~ a~b~c",
        '<p dir="auto"><em>eins</em> <del>zwei</del> a~b~c</p>',
        "italics and struck out",
    ),
    ("eins\nzwei", '<p dir="auto">eins<br>zwei</p>', "a line break stays one"),
    (
        "# A\n## B\n### C\n#### D\n##### E\n###### F",
        '<h3 dir="auto">A</h3><h4 dir="auto">B</h4><h5 dir="auto">C</h5>'
        '<h6 dir="auto">D</h6><h6 dir="auto">E</h6><h6 dir="auto">F</h6>',
        "headings are lowered and capped",
    ),
    (
        "A\n===\nB\n---\nc",
        '<h3 dir="auto">A</h3><h4 dir="auto">B</h4><p dir="auto">c</p>',
        "underlined headings too",
    ),
    ("#Beteiligung\n#1", '<p dir="auto">#Beteiligung<br>#1</p>', "a hash tag is no heading"),
    (
        "Liste:\n- a\n- b",
        '<p dir="auto">Liste:</p><ul dir="auto"><li dir="auto">a</li><li dir="auto">b</li></ul>',
        "a list needs no blank line before it",
    ),
    ("Am\n3. Mai", '<p dir="auto">Am<br>3. Mai</p>', "a date at the start of a line is no list"),
    (
        "3. c\n4. d",
        '<ol dir="auto" start="3"><li dir="auto">c</li><li dir="auto">d</li></ol>',
        "numbers are kept",
    ),
    (
        "> sagt *Cem*",
        '<blockquote dir="auto"><p dir="auto">sagt <em>Cem</em></p></blockquote>',
        "a quotation",
    ),
    (
        "|a|b|\n|-|:-:|\n|1|2|",
        '<table dir="auto"><thead><tr><th dir="auto">a</th><th dir="auto">b</th></tr></thead>'
        '<tbody><tr><td dir="auto">1</td><td dir="auto">2</td></tr></tbody></table>',
        "a table without styles",
    ),
    (
        "```python\nif a < b: # http://example.org\n```",
        '<pre dir="ltr"><code dir="ltr">if a &lt; b: # http://example.org</code></pre>',
        "no links within code",
    ),
    (
        "`&lt; www.example.org`",
        '<p dir="auto"><code dir="ltr">&amp;lt; www.example.org</code></p>',
        "code is literal",
    ),
    (
        "AT&T &copy; &amp;lt; &foo;",
        '<p dir="auto">AT&amp;T © &amp;lt; &amp;foo;</p>',
        "references count once",
    ),
    ("<b>roh</b>", '<p dir="auto">&lt;b&gt;roh&lt;/b&gt;</p>', "raw HTML is shown as it was typed"),
    (
        "(siehe www.muenster.de/a_(b)).",
        f'<p dir="auto">(siehe <a href="http://www.muenster.de/a_(b)" {REL}>www.muenster.de/a_(b)</a>).</p>',
        "bare",
    ),
    (
        "https://stadt.koeln/ä?b=1&c=2!",
        link("https://stadt.koeln/ä?b=1&amp;c=2", "https://stadt.koeln/ä?b=1&amp;c=2").replace(
            "</p>", "!</p>"
        ),
        "a new top level domain and an umlaut",
    ),
    (
        "Ende.So ist es, z.B.am Montag",
        '<p dir="auto">Ende.So ist es, z.B.am Montag</p>',
        "a missing blank is no link",
    ),
    ("ada@example.org", link("mailto:ada@example.org", "ada@example.org"), "mail"),
    ("<ada@example.org>", link("mailto:ada@example.org", "ada@example.org"), "mail <>"),
    ('[x](https://example.org "title")', link("https://example.org", "x"), "a link"),
    (
        "[](https://example.org)",
        link("https://example.org", "https://example.org"),
        "a link without words shows its address",
    ),
    (
        "![Bild](https://example.org/a.png)",
        link("https://example.org/a.png", "Bild"),
        "an image is a link to it",
    ),
    ("![Bild](javascript:1)", '<p dir="auto">Bild</p>', "an image from nowhere is its words"),
    ("[![in](https://a.de)](https://b.de)", link("https://b.de", "in"), "no link in a link"),
    (
        "- شراكة\n- تعاون",
        '<ul dir="rtl"><li dir="auto">شراكة</li><li dir="auto">تعاون</li></ul>',
        "an Arabic list has its bullets on the right",
    ),
    ("> قال بيلا", '<blockquote dir="rtl"><p dir="auto">قال بيلا</p></blockquote>', "an Arabic quotation"),
    ("١. واحد", '<ol dir="rtl"><li dir="auto">واحد</li></ol>', "Arabic digits count"),
    ("می‌خواهم 👩‍👧", '<p dir="auto">می‌خواهم 👩‍👧</p>', "joiners stay in Persian and in emoji"),
]


@pytest.mark.parametrize(("source", "expected", "why"), SHOWN, ids=[row[2] for row in SHOWN])
def test_a_text_is_shown_as_it_is_meant(source: str, expected: str, why: str) -> None:
    assert html(source) == expected, why


def test_source_and_version_are_kept_with_the_html() -> None:
    made = text.render("Gru\u0308ße\r\n")
    assert (made.source, made.version) == ("Grüße\n", text.VERSION)


def test_one_text_leaves_nothing_behind_for_the_next() -> None:
    """References and stashed code belong to one text, also when several threads render at once."""
    text.render("[x][1]\n\n[1]: https://example.org\n\n```\ncode\n```")
    assert html("[x][1]") == '<p dir="auto">[x][1]</p>'
    sources = [f"**{n}** [a](https://example.org/{n})\n\n```\n{n}\n```" for n in range(60)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(html, sources)) == [html(source) for source in sources]


PLAIN = [
    (
        "# Über uns\n\nEin **Satz** mit [Link](https://example.org).",
        "Über uns\n\nEin Satz mit Link (https://example.org).",
    ),
    ("- a\n- b\n    - c\n\n1. d\n2. e", "• a\n• b\n  • c\n\n1. d\n2. e"),
    ("> sagt Cem\n> dies\n\nich auch", "> sagt Cem\n> dies\n\nich auch"),
    ("|a|b|\n|-|-|\n|1|2|", "a | b\n1 | 2"),
    ("```\nx = 1\n\ny\n```\nz", "x = 1\n\ny\n\nz"),
    ("a\nb\n\n---\n\n<c> &amp; www.example.org", "a\nb\n\n———\n\n<c> & www.example.org"),
    ("ada@example.org, <ada@example.org>", "ada@example.org, ada@example.org"),
    ("شراكة **قوية**", "شراكة قوية"),
    ("- " * 99 + "x", "- " * 99 + "x"),
    ("", ""),
]


@pytest.mark.parametrize(("source", "expected"), PLAIN)
def test_plain_words_of_a_text(source: str, expected: str) -> None:
    assert text.plain(source) == expected


EXCERPTS = [
    ("Kurz und **gut**", 160, "Kurz und gut"),
    ("Ein Satz, der zu lang ist", 12, "Ein Satz…"),
    ("Ein Satz, der zu lang ist", 15, "Ein Satz, der…"),
    ("[Rathaus](https://example.org)\n\n- eins", 160, "Rathaus • eins"),
    ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
    ("abcdefgh" + "i\u0323\u0302" + "jklmnop", 10, "abcdefgh…"),
    ("شراكة بين البلديات والمجتمع المدني", 20, "شراكة بين البلديات…"),
]


@pytest.mark.parametrize(("source", "length", "expected"), EXCERPTS)
def test_an_excerpt_ends_at_a_word(source: str, length: int, expected: str) -> None:
    made = text.excerpt(source, length)
    assert made == expected
    assert len(made) <= length


def test_warming_up_leaves_a_renderer_ready() -> None:
    text._idle.clear()
    text.warm()
    assert len(text._idle) == 1


def test_a_refused_text_does_not_use_up_a_renderer() -> None:
    text.warm()
    before = len(text._idle)
    with pytest.raises(Refused):
        text.render("[a]: https://" + "b" * 5_000 + "\n\n" + "[a] " * 190)
    assert len(text._idle) == before
