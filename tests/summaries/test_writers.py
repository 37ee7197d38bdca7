"""Markdown, HTML, CSV and JSON: written, opened again, and found to say what the posts said."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import markdown

from forum.summaries import writers
from forum.summaries.documents import Attribution, Chapter, Document, in_phases
from forum.summaries.writers import WRITERS
from forum.summaries.writers.md import line
from tests.summaries.writing import HOSTILE, document, quotation

ASSETS = Path(writers.__file__).parent / "assets"
VOID = ("meta", "br", "hr")
ATTRIBUTIONS: tuple[Attribution, ...] = ("names", "groups", "none")


class Page(HTMLParser):
    """What a page holds: its elements, its headings with their words, all words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data
        if self.headings and self.open and self.open[-1] == f"h{self.headings[-1][0]}":
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)


def written(form: str, made: Document) -> str:
    return WRITERS[form].write(made).decode("utf-8-sig" if form == "csv" else "utf-8")


def test_every_writer_tells_its_type_and_ending() -> None:
    assert list(WRITERS) == ["md", "html", "docx", "pdf", "json", "csv"]
    assert all(writer.extension == name and "/" in writer.media_type for name, writer in WRITERS.items())


def test_the_forum_starts_without_the_heavy_libraries() -> None:
    code = "import sys, forum.summaries.writers; print({'docx', 'typst', 'lxml'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


@pytest.mark.parametrize("form", list(WRITERS))
def test_the_same_document_gives_the_same_bytes(form: str) -> None:
    assert WRITERS[form].write(document()) == WRITERS[form].write(document())


@pytest.mark.parametrize("form", ["md", "html", "json", "csv"])
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_bylines_are_what_the_attribution_lets_be_seen(form: str, attribution: Attribution) -> None:
    text = written(form, document(attribution=attribution)).replace("Danke, Bela.", "")
    assert ("Bela" in text, "Kommune" in text.replace("& Kommune", "").replace("&amp; Kommune", "")) == {
        "names": (True, False),
        "groups": (False, True),
        "none": (False, False),
    }[attribution]


def test_markdown_reads_in_the_order_of_the_document() -> None:
    lines = written("md", document()).splitlines()
    headings = [text for text in lines if text.startswith("#")]
    assert headings[:2] == ["# Zivilgesellschaft & Kommune", "## " + headings[1][3:]]
    assert headings.index("## Ansätze") < headings.index("### Zeit") < headings.index("## Shrinking spaces")
    assert next(text for text in headings if text.startswith("#### ")) == "#### Partner gewinnen"
    assert "> Angeheftet" in lines and "> > Danke, Bela." in lines
    assert "> | Stadt | Zahl |" in lines and "> ```" in lines and "> > Vertrauen wächst langsam." in lines
    assert [text for text in lines if "(<https://forum.example/posts/p1>)" in text]
    assert lines.index("> Angeheftet") < lines.index("> > Danke, Bela.")


def test_markdown_read_again_shows_the_words_and_no_markup_of_theirs() -> None:
    html = markdown(written("md", document()), extensions=["tables", "fenced_code"])
    page = Page("<div>" + html + "</div>")
    for text in HOSTILE:
        assert " ".join(text.split()) in " ".join(page.words.split())
    assert not [tag for tag, _attrs in page.elements if tag in ("script", "w:p")]
    assert (1, "no heading") not in page.headings


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "12. a", "* a *b*", "a_b _c_", "<b>", "[x](y)", "`a`", "&amp;", "---"]
)
def test_a_line_of_markdown_shows_exactly_its_words(text: str) -> None:
    assert Page(f"<div>{markdown(line(text))}</div>").words.strip() == text


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_page_is_whole_and_asks_for_nothing(language: str) -> None:
    page = Page(written("html", document(language)))  # type: ignore[arg-type]
    tags = [tag for tag, _attrs in page.elements]
    assert page.open == [] and not {"script", "img", "link", "iframe"} & set(tags)
    assert page.elements[0] == ("html", {"lang": language, "dir": "rtl" if language == "ar" else "ltr"})
    assert tags.count("h1") == tags.count("main") == tags.count("nav") == 1
    assert not [
        name for _tag, attrs in page.elements for name in attrs if name in ("src", "style", "onerror")
    ]
    assert all(
        (attrs["href"] or "").startswith(("https://", "#")) for tag, attrs in page.elements if tag == "a"
    )
    for text in HOSTILE:
        assert text in page.words
    assert "url(" not in written("html", document(language)) and "red; }" not in written("html", document())  # type: ignore[arg-type]


def test_the_pages_headings_leave_no_level_out() -> None:
    levels = [level for level, _words in Page(written("html", document())).headings]
    assert levels[0] == 1 and all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_quoted_posts_bear_their_language_and_direction() -> None:
    quotes = [
        attrs
        for tag, attrs in Page(written("html", document())).elements
        if tag == "blockquote" and "lang" in attrs
    ]
    assert {"lang": "ar", "dir": "rtl"} in quotes and {"lang": "de", "dir": "ltr"} in quotes


def rows(made: Document) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", made), newline="")))


def test_the_table_has_a_row_for_each_post() -> None:
    raw = WRITERS["csv"].write(document())
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    table = rows(document())
    assert [row["post"] for row in table] == ["p6", "p1", "p2", "p3", "p4", "p5"]
    assert table[3]["language"] == "ar" and table[4]["redacted"] == "yes" and table[0]["phase"] == "pinned"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠", " =", "\u00a0@", "\n="])
def test_no_cell_is_a_formula(start: str) -> None:
    evil = start + "1+1"
    post = quotation("p", "", source=evil, byline=evil, thread_title=evil, warning=evil)
    made = Document(
        title="T",
        event_title="",
        language="de",
        chapters=(Chapter(heading=evil, phases=in_phases([("before", post)])),),
        attribution="names",
    )
    (row,) = rows(made)
    assert {row[name] for name in ("chapter", "thread", "author", "warning", "text")} == {"'" + evil}


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_json_keeps_to_its_schema(attribution: Attribution) -> None:
    schema = json.loads((ASSETS / "summary.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    made: dict[str, Any] = json.loads(written("json", document(attribution=attribution)))
    jsonschema.validate(made, schema)
    assert made["schema"] == "reflexionsforum/summary/1" and made["attribution"] == attribution
    quotations = [
        q for chapter in made["chapters"] for phase in chapter["phases"] for q in phase["quotations"]
    ]
    assert [q["post"] for q in quotations] == ["p6", "p1", "p2", "p3", "p4", "p5"]
    if attribution == "none":
        assert {q["author"] for q in quotations} == {None}
        quotations[0]["author"] = "Bela"
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(made, schema)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=300))
def test_no_text_makes_a_writer_fail(text: str, html: str) -> None:
    post = quotation(
        "p", html, source=text, thread_title=text, byline=text, link=text, language=text, warning=text
    )
    chapter = Chapter(
        heading=text, questions=(text,), html=html, hue=text, phases=in_phases([("during", post)])
    )
    made = Document(
        title=text,
        subtitle=text,
        event_title=text,
        language="ar",
        method=(text,),
        chapters=(chapter,),
        imprint=text,
    )
    for form in ("md", "html", "docx", "json", "csv"):
        assert WRITERS[form].write(made)
