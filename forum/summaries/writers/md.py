"""Markdown that reads well as plain text: made from the blocks, so that no word becomes markup of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from forum.summaries.blocks import (
    Block,
    Code,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    by_link,
    levelled,
    plain,
    web_address,
)
from forum.summaries.documents import Document, Quotation, phase_heading, remarks, strands
from forum.summaries.writers.common import link_label, method_heading, questions_heading, said_by


def write(document: Document) -> bytes:
    """Headings in order, each post a block quote with its link, everything in CommonMark with tables."""
    parts = [f"# {line(document.title)}"]
    parts += [line(text) for text in (document.subtitle, document.event_line) if text.strip()]
    if document.method:
        parts += [f"## {line(method_heading())}", *(line(text) for text in document.method)]
    for chapter in document.chapters:
        parts.append(f"## {line(chapter.heading)}")
        if chapter.questions:
            parts.append(f"**{line(questions_heading())}**")
            parts.append("\n".join(f"- {line(question)}" for question in chapter.questions))
        parts += markdown(levelled(chapter.blocks, 3))
        for block in chapter.phases:
            if block.phase:
                parts.append(f"### {line(phase_heading(block.phase))}")
            for strand in strands(block):
                heading = 4 if block.phase else 3
                if strand.title.strip():
                    parts.append(f"{'#' * heading} {line(strand.title)}")
                    heading += 1
                parts += [quoted(quotation, indent, heading) for indent, quotation in strand.entries]
    if document.imprint.strip():
        parts += ["---", line(document.imprint)]
    return ("\n\n".join(part for part in parts if part.strip()) + "\n").encode("utf-8")


def quoted(quotation: Quotation, indent: int, heading: int) -> str:
    """A post as a block quote; each level of reply is one more ``>``. Headings in it begin at ``heading``."""
    parts = [f"*{line(remark)}*" for remark in remarks(quotation)]
    parts += markdown(levelled(quotation.blocks, heading))
    end = [_escaped(part) for part in said_by(quotation)]
    address = web_address(quotation.link)
    if address:
        end.append(f"[{line(link_label())}](<{_address(address)}>)")
    if end:
        parts.append("— " + " · ".join(end))
    return _prefixed("\n\n".join(parts), "> " * (indent + 1))


def markdown(blocks: Iterable[Block]) -> list[str]:
    """Each block as Markdown."""
    made: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(runs=runs):
                made.append(inline(runs))
            case Heading(level=level, runs=runs):
                made.append(f"{'#' * level} {line(plain(runs))}")
            case Quote(blocks=inner):
                made.append(_prefixed("\n\n".join(markdown(inner)), "> "))
            case Listing():
                made.append("\n".join(_items(block)))
            case Code(text=text):
                fence = "`" * max([3, *(len(found) + 1 for found in re.findall("`+", text))])
                made.append(f"{fence}\n{text}\n{fence}")
            case Table():
                made.append(_table(block))
            case Rule():
                made.append("---")
    return made


def inline(runs: Runs, breaks: str = "  \n") -> str:
    """Runs as Markdown; a break within a paragraph is written as ``breaks``."""
    made = ""
    for href, group in by_link(runs):
        text = "".join(_run(run) for run in group)
        made += f"[{text}](<{_address(href)}>)" if href and text.strip() else text
    lines = [_line_start(part.strip()) for part in made.split("\n")]
    return breaks.join(part for part in lines if part)


def line(text: str) -> str:
    """Plain text as one line of Markdown that shows exactly these words."""
    return _line_start(_escaped(" ".join(text.split())))


def _escaped(text: str) -> str:
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    text = re.sub(r"([\\`*\[\]>|]|~(?=~)|(?<=~)~)", r"\\\1", text.replace("<", "&lt;"))
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)


def _line_start(text: str) -> str:
    """Undo what would make a line a heading, a list or a rule."""
    text = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)
    return re.sub(r"^(#|[-+](?=\s|$)|-{2,}\s*$|={1,}\s*$)", r"\\\1", text)


def _run(run: Run) -> str:
    """Marks stand close to the words: Markdown knows no emphasis that begins or ends with a blank."""
    core = run.text.strip()
    if not core:
        return run.text
    before = run.text[: len(run.text) - len(run.text.lstrip())]
    after = run.text[len(run.text.rstrip()) :]
    if run.code:
        ticks = "`" * max([1, *(len(found) + 1 for found in re.findall("`+", core))])
        pad = " " if "`" in core else ""
        core = f"{ticks}{pad}{core}{pad}{ticks}".replace("\n", " ")
    else:
        core = _escaped(core)
    for wanted, mark in ((run.strike, "~~"), (run.emphasis, "*"), (run.strong, "**")):
        core = f"{mark}{core}{mark}" if wanted else core
    return before + core + after


def _items(listing: Listing) -> Iterator[str]:
    for number, item in enumerate(listing.items, listing.start):
        mark = f"{number}. " if listing.ordered else "- "
        tight = all(isinstance(block, Paragraph | Listing) for block in item)
        text = ("\n" if tight else "\n\n").join(markdown(item))
        yield mark + _prefixed(text, " " * len(mark), first="")


def _table(table: Table) -> str:
    width = len(table.header or table.rows[0])
    rows = [table.header or ((),) * width, *table.rows]
    cells = [[re.sub(r"(?<!\\)\|", r"\|", inline(cell, breaks="<br>")) for cell in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _prefixed(text: str, prefix: str, first: str | None = None) -> str:
    """Every line with the prefix, no blanks left at its end, except two that mean a break."""
    lines = text.split("\n")
    made = [(prefix if number or first is None else first) + part for number, part in enumerate(lines)]
    return "\n".join(part if part.endswith("  ") and part.strip() else part.rstrip() for part in made)


def _address(url: str) -> str:
    return re.sub(r"[<>\\\s|]", lambda found: f"%{ord(found[0]):02X}", url)
