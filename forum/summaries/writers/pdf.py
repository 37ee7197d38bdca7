"""PDF for reading, printing and keeping: tagged (PDF/UA-1) and archivable (PDF/A-2a), set by typst.

No text that people wrote is ever part of typst's source: everything goes in as one JSON value. The template
is ``assets/summary.typ``; fonts lie beside it, and no other font, file or network is used.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any

from forum.summaries.blocks import (
    Block,
    Code,
    Direction,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Run,
    Runs,
    Table,
    by_direction,
    by_link,
    direction,
    levelled,
    plain,
    visible,
    web_address,
    words,
)
from forum.summaries.documents import Chapter, Document, Quotation, phase_heading, remarks, strands
from forum.summaries.writers import common
from forum.summaries.writers.glyphs import core_only, drawable

ASSETS = Path(__file__).parent / "assets"
STANDARDS = ["a-2a", "ua-1"]
SHORT = 400
"""Characters up to which a post of mere paragraphs is kept on one page with its byline."""
DEEPEST_QUOTE = 3
LONGEST_ADDRESS = 2000
"""Characters of an address that is made a link; readers and the format itself have limits of this order."""

log = logging.getLogger(__name__)


def write(document: Document) -> bytes:
    """The whole file.

    PDF/UA knows no sign without a glyph, so signs no font has become U+FFFD beforehand. Should typst still
    find one, it is tried with the plainest signs alone, at last without the standards: some file is better
    than none.
    """
    attempts: tuple[tuple[Callable[[str], str], list[str]], ...] = (
        (drawable, STANDARDS),
        (core_only, STANDARDS),
        (core_only, []),
    )
    for shown, standards in attempts[:-1]:
        try:
            return _set(_data(document, shown), standards)
        except RuntimeError as problem:
            # the message names signs, never whole texts, but signs of a post all the same
            log.warning("a PDF could not be set as %s (%s)", "+".join(standards), type(problem).__name__)
    shown, standards = attempts[-1]
    return _set(_data(document, shown), standards)


def _set(data: dict[str, Any], standards: list[Any]) -> bytes:
    import typst

    made = typst.compile(
        ASSETS / "summary.typ",
        root=ASSETS,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
        pdf_standards=standards,
    )
    assert isinstance(made, bytes)  # one PDF is never a list of pages
    return made


@cache
def _fonts() -> Any:
    """Our own fonts alone, so that a document looks the same on every machine."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(ASSETS / "fonts")]
    )


def _data(document: Document, shown: Callable[[str], str]) -> dict[str, Any]:
    """What the template asks for, with every text made of signs that can be drawn."""
    whole = {
        "title": _text(document.title, document.direction),
        "running": _text(shorten(document.title, 90, placeholder=" …"), document.direction),
        "subtitle": _text(document.subtitle, document.direction),
        "event": _text(document.event_line, document.direction),
        "language": document.language,
        "direction": document.direction,
        "contents": _text(common.contents_heading(), document.direction),
        "method_heading": _text(common.method_heading(), document.direction),
        "method": [_text(text, document.direction) for text in document.method],
        "chapters": [_chapter(chapter, document.direction) for chapter in document.chapters],
        "imprint": _text(document.imprint, document.direction),
    }
    made: dict[str, Any] = _mapped(whole, shown)
    return made


def _mapped(value: Any, shown: Callable[[str], str]) -> Any:
    """The same structure with every string but addresses passed through ``shown``."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list):
        return [_mapped(inner, shown) for inner in value]
    if isinstance(value, dict):
        return {key: inner if key == "href" else _mapped(inner, shown) for key, inner in value.items()}
    return value


def _text(text: str, base: Direction) -> dict[str, Any]:
    """A line of plain words: as one string (``text``), and in parts by script."""
    side = direction(text, base)
    return {"text": text.strip(), "parts": _parts(text.strip(), side), "dir": side}


def _parts(text: str, base: Direction) -> list[dict[str, Any]]:
    """Stretches of one direction: Arabic ones are set larger, its letters being drawn smaller."""
    return [
        {"arabic": side == "rtl" and any("\u0600" <= char <= "\u08ff" for char in part), "text": part}
        for side, part in by_direction(text, base)
    ]


def _chapter(chapter: Chapter, base: Direction) -> dict[str, Any]:
    return {
        "heading": _text(chapter.heading, base),
        "hue": chapter.colour,
        "questions_heading": _text(common.questions_heading(), base),
        "questions": [_text(question, base) for question in chapter.questions],
        "blocks": _blocks(levelled(chapter.blocks, 2), base),
        "phases": [
            {
                "heading": _text(phase_heading(block.phase), base),
                "strands": [
                    {
                        "heading": _text(strand.title, base),
                        "level": 3 if block.phase else 2,
                        "quotations": [_quotation(post, indent, base) for indent, post in strand.entries],
                    }
                    for strand in strands(block)
                ],
            }
            for block in chapter.phases
        ],
    }


def _quotation(quotation: Quotation, indent: int, base: Direction) -> dict[str, Any]:
    side = direction(words(quotation.blocks), base)
    language = (quotation.language or "").split("-")[0].lower()
    return {
        "dir": side,
        "lang": language if len(language) in (2, 3) and language.isascii() and language.isalpha() else None,
        "indent": indent,
        "short": _short(quotation),
        "remarks": [_text(remark, base) for remark in remarks(quotation)],
        "blocks": _blocks(quotation.blocks, side),
        "said": [_text(part, base) for part in common.said_by(quotation)],
        "base": base,
        "link": _text(common.link_label(), base),
        "href": _href(web_address(quotation.link)),
    }


def _short(quotation: Quotation) -> bool:
    mere = all(isinstance(block, Paragraph) for block in quotation.blocks)
    return mere and len(words(quotation.blocks)) < SHORT


def _blocks(blocks: Iterable[Block], base: Direction, quoted: int = 0) -> list[dict[str, Any]]:
    """Blocks as the template reads them: a ``kind``, a direction, and what belongs to the kind.

    Quotes within quotes are told as such down to a depth that typst can still carry (64 rules in each other).
    """
    made: list[dict[str, Any]] = []
    for block in blocks:
        side = direction(words([block]), base)
        if isinstance(block, Heading) and not visible(plain(block.runs)):
            continue
        form: dict[str, Any] = {"kind": type(block).__name__.lower(), "dir": side}
        match block:
            case Paragraph(runs=runs):
                form |= {"runs": _runs(runs, side)}
            case Heading(level=level, runs=runs):
                form |= {"level": level, "line": _text(plain(runs).replace("\n", " "), side)}
            case Quote(blocks=inner):
                form |= {"plain": quoted >= DEEPEST_QUOTE, "blocks": _blocks(inner, side, quoted + 1)}
            case Listing(ordered=ordered, items=items, start=start):
                inner_items = [_blocks(item, side, quoted) for item in items]
                form |= {"ordered": ordered, "start": start, "items": inner_items}
            case Code(text=text):
                form |= {"lines": text.split("\n")}
            case Table(header=header, rows=rows):
                form |= {
                    "width": len(header or rows[0]),
                    "header": [_cell(cell, side) for cell in header],
                    "rows": [[_cell(cell, side) for cell in row] for row in rows],
                }
        made.append(form)
    return made


def _cell(runs: Runs, base: Direction) -> dict[str, Any]:
    side = direction(plain(runs), base)
    return {"dir": side, "runs": _runs(runs, side)}


def _runs(runs: Runs, base: Direction) -> list[dict[str, Any]]:
    """Links with their runs; bold italics are set bold, and Arabic, which knows no italics, as well."""
    return [
        {"href": _href(href), "runs": [_run(run, base) for run in group]} for href, group in by_link(runs)
    ]


def _run(run: Run, base: Direction) -> dict[str, Any]:
    strong = run.strong or (run.emphasis and direction(run.text, base) == "rtl")
    return {
        "lines": [_parts(line, base) for line in run.text.split("\n")],
        "strong": strong,
        "emphasis": run.emphasis and not strong,
        "strike": run.strike,
        "code": run.code,
    }


def _href(address: str | None) -> str | None:
    return address if address and len(address) <= LONGEST_ADDRESS else None
