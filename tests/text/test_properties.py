"""Whatever is written: an answer or a refusal, never an error, and nothing executable."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from forum import text
from forum.errors import Refused
from tests.text.walls import inspect

# Surrogates too: JSON can carry them.
ANYTHING = st.text(st.characters(codec=None), max_size=300)
PIECES = [
    *[
        "[",
        "](",
        ")",
        "![",
        "<",
        ">",
        "`",
        "```\n",
        "~~",
        "*",
        "**",
        "_",
        "\n",
        "\n\n",
        "    ",
        "- ",
        "1. ",
        "> ",
    ],
    *["# ", "|", "|-|-|\n", "&", "&#60;", "&lt;", "&#8238;", "\\", ":", "javascript:", "http://", "www.a.de"],
    *[
        "a@b.de",
        "\t",
        "<script>",
        " onclick=x",
        " style=x",
        '"',
        "'",
        "ä",
        "ع",
        "\u200d",
        "\u0301",
        "{",
        "}",
        "=",
    ],
    *["---\n", "\x02", "\x03", "wzxhzdk:0", "klzzwxh:0000", "amp", "x", "[1]: ", "[1]", "1", "a|b\n-|-\n"],
]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@settings(max_examples=250, deadline=None)
@given(st.one_of(ANYTHING, MARKDOWN))
def test_a_text_is_rendered_safely_or_refused(source: str) -> None:
    try:
        made = text.render(source)
    except Refused as refused:
        assert refused.field == "body"
        return
    assert not inspect(made.html).faults
    tags = "".join(re.findall(r"<[^>]*>", made.html)).lower()
    assert "<script" not in tags
    assert not re.search(r"\s(on\w+|style|class|id|name|src)\s*=", re.sub(r'"[^"]*"', '""', tags))
    assert text.clean(made.source) == made.source
    assert text.render(made.source) == made


@settings(max_examples=250, deadline=None)
@given(st.one_of(ANYTHING, MARKDOWN))
def test_titles_names_and_words_are_given_or_refused(source: str) -> None:
    for made in (text.clean, text.title, text.name):
        try:
            once = made(source)
        except Refused:
            continue
        assert made(once) == once
    assert isinstance(text.plain(source), str)
    assert len(text.excerpt(source, 40)) <= 40
