"""Word: real styles, lists, tables and links, so that a facilitator can go on working with the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from forum.summaries.blocks import (
    Block,
    Code,
    Direction,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
    direction,
    levelled,
    web_address,
    words,
)
from forum.summaries.documents import (
    Chapter,
    Document,
    Quotation,
    phase_heading,
    remarks,
    strands,
)
from forum.summaries.writers import common

if TYPE_CHECKING:
    from forum.summaries.writers.word import Word

STEP = 0.7
"""Centimetres by which a level of reply, quote or list moves in."""


def write(document: Document) -> bytes:
    """The whole file; its properties hold the title and the language, and nobody's name, machine or time."""
    from forum.summaries.writers.word import Word

    word = Word(title=document.title, language=document.language, default=document.direction)
    _title_page(word, document)
    if document.method:
        word.text("Heading 1", common.method_heading())
        for text in document.method:
            word.text("Normal", text)
    for chapter in document.chapters:
        _chapter(word, chapter)
    if document.imprint:
        word.text("Imprint", document.imprint)
    return word.bytes()


def _title_page(word: Word, document: Document) -> None:
    for style, text in (
        ("Event", document.event_line),
        ("Title", document.title),
        ("Subtitle", document.subtitle),
    ):
        if text.strip():
            word.text(style, text)
    word.text("Contents Heading", common.contents_heading(), page_break=True)
    method = [common.method_heading()] if document.method else []
    word.contents([*method, *(chapter.heading for chapter in document.chapters)])


def _chapter(word: Word, chapter: Chapter) -> None:
    hue = chapter.colour[1:]
    word.text("Heading 1", chapter.heading, hue=hue, page_break=True)
    if chapter.questions:
        word.text("Label", common.questions_heading())
        numbering = word.list(ordered=False)
        for question in chapter.questions:
            word.paragraph("List Bullet", [Run(text=question)], numbering=(numbering, 0))
    _Flow(word).add(levelled(chapter.blocks, 2))
    for block in chapter.phases:
        if block.phase:
            word.text("Heading 2", phase_heading(block.phase))
        for strand in strands(block):
            if strand.title:
                word.text("Heading 3" if block.phase else "Heading 2", strand.title)
            for indent, quotation in strand.entries:
                _quotation(word, quotation, indent, hue)


def _quotation(word: Word, quotation: Quotation, indent: int, hue: str) -> None:
    """A post: every paragraph of it bears the bar in the room's hue, the last line who, when and where."""
    base = direction(words(quotation.blocks), word.default)
    flow = _Flow(word, indent=indent * STEP, hue=hue, base=base, language=quotation.language)
    for remark in remarks(quotation):
        flow.paragraph("Remark", [Run(text=remark)])
    flow.add(quotation.blocks)
    said = common.said_by(quotation)
    runs = [Run(text=" · ".join(said) + (" · " if said else ""))]
    if address := web_address(quotation.link):
        runs.append(Run(text=common.link_label(), href=address))
    if any(run.text for run in runs):
        word.paragraph("Byline", runs, indent=flow.indent, bar=hue, base=base)


class _Flow:
    """Writes blocks one after another: within a post (``hue`` given) as quoted text, else as our own."""

    def __init__(
        self,
        word: Word,
        indent: float = 0.0,
        hue: str | None = None,
        base: Direction | None = None,
        language: str | None = None,
    ) -> None:
        self.word = word
        self.indent = indent
        self.hue = hue
        self.base = base or word.default
        self.language = language
        self.style = "Quote" if hue else "Normal"
        self.inset = 0

    def add(self, blocks: Iterable[Block]) -> None:
        """Write each block in its place."""
        for block in blocks:
            match block:
                case Paragraph(runs=runs):
                    self.paragraph(self.style, runs)
                case Heading(level=level, runs=runs):
                    self.paragraph("Quote Heading" if self.hue else f"Heading {level}", runs)
                case Quote(blocks=inner):
                    self._inner(inner)
                case Listing():
                    self._list(block, 0)
                case Code(text=text):
                    self.paragraph("Code", [Run(text=text)], base="ltr")
                case Table():
                    self.word.table(block, indent=self.indent, base=self.base, language=self.language)
                case Rule():
                    self.paragraph("Rule", [])

    def paragraph(self, style: str, runs: Iterable[Run], **how: Any) -> None:
        """A paragraph with this flow's indent, bar and language."""
        settings: dict[str, Any] = {
            "indent": self.indent,
            "bar": self.hue,
            "base": self.base,
            "inset": self.inset,
        } | how
        self.word.paragraph(style, list(runs), language=self.language, **settings)

    def _inner(self, blocks: Iterable[Block]) -> None:
        """Something quoted: one step further in."""
        style, self.style = self.style, "Inner Quote"
        self._moved(1, blocks)
        self.style = style

    def _moved(self, steps: int, blocks: Iterable[Block]) -> None:
        """Write further in; the bar of the post stays where it is."""
        self.indent += STEP * steps
        self.inset += steps
        self.add(blocks)
        self.indent -= STEP * steps
        self.inset -= steps

    def _list(self, listing: Listing, level: int) -> None:
        """Each list counts on its own; what follows the first paragraph of an item stands below its text."""
        numbering = self.word.list(ordered=listing.ordered, start=listing.start, indent=self.indent)
        style = "List Number" if listing.ordered else "List Bullet"
        for item in listing.items:
            first, rest = (item[0], item[1:]) if item and isinstance(item[0], Paragraph) else (None, item)
            runs = list(first.runs) if isinstance(first, Paragraph) else []
            self.paragraph(style, runs, numbering=(numbering, min(level, 8)), inset=self.inset + level)
            for block in rest:
                if isinstance(block, Listing):
                    self._list(block, level + 1)
                else:
                    self._moved(min(level, 8) + 1, [block])
