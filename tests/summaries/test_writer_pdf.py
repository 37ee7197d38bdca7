"""PDF: tagged, archivable, literal, silent about its making, and never refused for the signs in a post."""

from __future__ import annotations

import importlib.util
import io
import json
import unicodedata
from html import escape
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.summaries.documents import Chapter, Document, in_phases, ready
from forum.summaries.writers import WRITERS, glyphs, pdf
from forum.summaries.writers.glyphs import MISSING, drawable
from tests.summaries.writing import HOSTILE, document, quotation


def strict(made: Document) -> bytes:
    """With both standards and no second try: raises where one sign has no glyph."""
    return pdf._set(pdf._data(ready(made), drawable), pdf.STANDARDS)


def opened(raw: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(raw))


FORM = "<h3>{0}</h3><p>{0} <strong>{0}</strong> <em>{0}</em> <code>{0}</code></p><pre>{0}</pre>"


def about(text: str) -> Document:
    """A document that shows one text in every place and look."""
    html = FORM.format(escape(text))
    post = quotation("p", html, thread_title=text, warning=text)
    phases = in_phases([("before", post)])
    chapter = Chapter(heading=text, questions=(text,), html=html, phases=phases)
    return Document(title=text, event_title=text, language="de", method=(text,), chapters=(chapter,))


def text_of(raw: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in opened(raw).pages).split())


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_file_is_tagged_and_declares_both_standards(language: str) -> None:
    reader = opened(strict(document(language)))  # type: ignore[arg-type]
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == language and "/StructTreeRoot" in root
    packet = root["/Metadata"].get_data()
    assert b"pdfuaid:part>1<" in packet and b"pdfaid:part>2<" in packet and b"pdfaid:conformance>A<" in packet
    kinds = {str(kind) for kind in _kinds(root["/StructTreeRoot"])}
    assert {
        "/H1",
        "/H2",
        "/H3",
        "/P",
        "/L",
        "/LI",
        "/BlockQuote",
        "/Table",
        "/TH",
        "/Link",
        "/Strong",
    } <= kinds


def _kinds(node: Any) -> set[Any]:
    node = node.get_object()
    found = {node["/S"]} if isinstance(node, dict) and "/S" in node else set()
    kids = node.get("/K", []) if isinstance(node, dict) else []
    for kid in kids if isinstance(kids, list) else [kids]:
        if isinstance(kid.get_object(), dict):
            found |= _kinds(kid)
    return found


def test_the_file_tells_nothing_of_who_made_it_when_and_where() -> None:
    raw = strict(document())
    metadata = opened(raw).metadata
    assert metadata is not None and set(metadata) == {"/Title", "/Creator", "/CreationDate", "/ModDate"}
    assert metadata.title == "Zivilgesellschaft & Kommune" and str(metadata["/Creator"]).startswith("Typst")
    assert metadata["/CreationDate"] == metadata["/ModDate"] == "D:20000101000000Z"
    packet: Any = opened(raw).trailer["/Root"]
    assert b"dc:creator" not in packet["/Metadata"].get_data() and str(Path.cwd()).encode() not in raw


def test_hostile_texts_stay_texts() -> None:
    text = text_of(strict(document())).replace(" ", "")
    for hostile in HOSTILE:
        assert hostile.replace(" ", "") in text
    assert text.count("Ebene") == 14 and "root:x:" not in text


def test_posts_stand_in_order_under_their_headings() -> None:
    reader = opened(strict(document()))
    text = text_of(strict(document()))
    places = [text.index(words) for words in ("Angeheftet", "Einladen", "Danke, Bela.", "[removed] adapt")]
    assert places == sorted(places)
    titles = [str(entry.title) for entry in reader.outline if not isinstance(entry, list)]
    assert titles[-2:] == ["Ansätze", "Shrinking spaces"]
    links = {str(note.get_object()["/A"]["/URI"]) for page in reader.pages for note in page.get("/Annots", [])
             if "/URI" in note.get_object().get("/A", {})}  # fmt: skip
    assert {"https://forum.example/posts/p5", "https://example.org/?a=1&b=2"} <= links


def test_a_group_stands_where_names_may_not() -> None:
    text = text_of(strict(document(attribution="groups")))
    assert "Kommune ·" in text and "Bela ·" not in text
    assert "Cem" not in text_of(strict(document(attribution="none")))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Köln → Nablus ✓ 👍🏽 ‰ ₪ שלום", "Köln → Nablus ✓ 👍🏽 ‰ ₪ שלום"),
        ("漢字 ok", MISSING * 2 + " ok"),
        ("\ue000\U000f0000", MISSING * 2),
        ("a\u20e3b", "ab"),
        ("a\ufeffb\U000e0001c", "abc"),
        ("a\tb", "a    b"),
        ("تُبنى", "تُبنى"),
    ],
)
def test_signs_without_a_glyph_are_shown_as_missing(written: str, shown: str) -> None:
    assert drawable(written) == shown


def test_every_sign_of_the_fonts_can_be_set() -> None:
    known = sorted(frozenset().union(*glyphs.families().values()))
    for first in range(0, len(known), 1750):
        assert strict(about(" ".join(map(chr, known[first : first + 1750]))))


_MARKS = st.characters(categories=["Mn", "Me", "Mc", "Cf"])
_KNOWN = st.sampled_from(sorted(chr(code) for code in frozenset().union(*glyphs.families().values())))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.characters(), _MARKS, _KNOWN), max_size=120).map("".join))
def test_no_text_is_refused(text: str) -> None:
    assert strict(about(text))


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>x" * 40,
        "<ul><li>x" * 40,
        "<ol><li><blockquote>x" * 20,
        "<p>" + "كلمة word " * 1000,
        "<p>" + "x" * 10_000,
        "<p>" + "<a href='https://a.example/'>a</a> <code>b</code> <strong>c</strong>" * 300,
        "<table><tr>" + "<th>Spalte</th>" * 120,
        "<table>" + "<tr><td>a</td><td>b</td></tr>" * 300,
        "<pre>" + "zeile\n" * 500,
        f"<p><a href='https://a.example/{'x' * 9000}'>lang</a>",
        "<ul></ul><ol><li></li></ol><table></table><pre></pre><p></p><h3></h3><hr><br>",
    ],
)
def test_no_form_is_refused(html: str) -> None:
    post = quotation("p", html)
    made = Document(
        title="T",
        event_title="",
        language="de",
        chapters=(Chapter(heading="H", html=html, phases=in_phases([("before", post)])),),
    )
    assert strict(made)


def test_should_typst_refuse_all_the_same_there_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "drawable", lambda text: text)
    assert MISSING in text_of(WRITERS["pdf"].write(about("漢字 Köln")))
    monkeypatch.setattr(pdf, "core_only", lambda text: text)
    assert "Köln" in text_of(WRITERS["pdf"].write(about("漢字 Köln")))


def test_the_table_of_signs_is_that_of_the_fonts() -> None:
    path = Path(__file__).parents[2] / "scripts" / "pdf_fonts.py"
    spec = importlib.util.spec_from_file_location("pdf_fonts", path)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert glyphs.COVERAGE.read_text(encoding="utf-8") == script.written(script.coverage())
    assert set(json.loads(glyphs.COVERAGE.read_text(encoding="utf-8"))) == set(glyphs.families())
    codes = frozenset().union(*glyphs.families().values())
    assert not [code for code in codes if unicodedata.category(chr(code)) in ("Co", "Cc")]


def test_each_font_has_its_licence_and_all_are_small() -> None:
    fonts = pdf.ASSETS / "fonts"
    licences = {path.name.split(".")[0] for path in fonts.glob("*.OFL.txt")}
    assert {path.name.split("_")[0] for path in fonts.glob("*.ttf")} == licences
    assert sum(path.stat().st_size for path in fonts.iterdir()) < 5_000_000
