"""Reads the safe HTML of a post into blocks, once, so that no writer of documents has to read HTML.

The renderer's output is small: paragraphs, headings, lists, quotes, code, tables, rules, and within them
strong, emphasised, struck, code and linked text. Anything else keeps its words and loses its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

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
    clean,
    plain,
    web_address,
    words,
)

DEEPEST = 10
"""Levels of nesting that are kept; what lies deeper keeps its words. Word knows nine levels of lists."""


def blocks(html: str) -> tuple[Block, ...]:
    """Read the renderer's HTML. Never fails: unknown elements keep their words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.finish()


@dataclass(kw_only=True)
class _Frame:
    """An open element and what was read in it so far."""

    tag: str
    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    items: list[tuple[Block, ...]] = field(default_factory=list)
    rows: list[tuple[bool, list[Runs]]] = field(default_factory=list)
    start: int = 1


_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NESTING = {"blockquote", "ul", "ol", "li", "table", "tr", "td", "th"}
_FRAMES = {"p", "pre", *_HEADINGS, *_NESTING}
_MARKS = {"strong": "strong", "b": "strong", "em": "emphasis", "i": "emphasis"}
_MARKS |= {"del": "strike", "s": "strike", "strike": "strike", "code": "code"}
_ENDED_BY = {"li": ("li",), "td": ("td", "th"), "th": ("td", "th"), "tr": ("td", "th", "tr")}
_SILENT = {"script", "style", "title", "template", "textarea"}


class _Reader(HTMLParser):
    """Builds blocks with a stack of its own, so that deep nesting costs no recursion."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack = [_Frame(tag="body")]
        self.marks: list[tuple[str, str | None]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in _MARKS or tag == "a":
            self.marks.append((tag, web_address(dict(attrs).get("href")) if tag == "a" else None))
        elif tag == "br":
            self._add("\n")
        elif tag == "hr":
            self._flush()
            self.stack[-1].blocks.append(Rule())
        elif tag in _FRAMES:
            self._open(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _MARKS or tag == "a":
            last = next((i for i in reversed(range(len(self.marks))) if self.marks[i][0] == tag), None)
            if last is not None:
                del self.marks[last]
        elif tag in _FRAMES and any(frame.tag == tag for frame in self.stack[1:]):
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._add(data if self.stack[-1].tag == "pre" else re.sub(r"[ \t\n\f]+", " ", data))

    def finish(self) -> tuple[Block, ...]:
        while len(self.stack) > 1:
            self._close()
        self._flush()
        return tuple(self.stack[0].blocks)

    def _add(self, text: str) -> None:
        runs = self.stack[-1].runs
        if text == " " and (not runs or runs[-1].text == "\n"):
            return
        run = Run(text=clean(text))
        for tag, href in self.marks:
            run = replace(run, href=href) if tag == "a" else replace(run, **{_MARKS[tag]: True})  # type: ignore[arg-type]
        runs.append(run)

    def _open(self, tag: str, attrs: dict[str, str | None]) -> None:
        """Begin an element; what may not stand within a paragraph ends it, as in a browser."""
        if self.stack[-1].tag in ("p", "pre", *_HEADINGS):
            self._close()
        while self.stack[-1].tag in _ENDED_BY.get(tag, ()):
            self._close()
        start = attrs.get("start") or ""
        first = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1
        if tag not in ("tr", "td", "th"):
            self._flush()
        self.stack.append(_Frame(tag=tag, start=first))

    def _flush(self) -> None:
        """What stands loose in an element becomes a paragraph of it."""
        frame = self.stack[-1]
        runs, frame.runs = _trimmed(frame.runs), []
        if runs:
            frame.blocks.append(Paragraph(runs=runs))

    def _close(self) -> str:
        """End the innermost element and hand what it holds to the one around it."""
        frame = self.stack[-1]
        parent = self.stack[-2]
        if frame.tag == "pre":
            made: list[Block] = [Code(text=plain(frame.runs).strip("\n"))]
        elif frame.tag in _HEADINGS:
            runs = _trimmed(frame.runs)
            made = [Heading(level=_HEADINGS[frame.tag], runs=runs)] if runs else []
        else:
            self._flush()
            made = self._made(frame, parent)
        self.stack.pop()
        parent.blocks.extend(made)
        return frame.tag

    def _made(self, frame: _Frame, parent: _Frame) -> list[Block]:
        """The blocks for an element that may hold others; items, rows and cells go to lists."""
        inner = tuple(frame.blocks)
        too_deep = sum(open_.tag in ("ul", "ol", "blockquote", "table") for open_ in self.stack) > DEEPEST
        if frame.tag == "li" and parent.tag in ("ul", "ol"):
            parent.items.append(inner)
        elif frame.tag in ("td", "th") and parent.tag == "tr":
            if not parent.rows:
                parent.rows.append((True, []))
            header, cells = parent.rows[0]
            parent.rows[0] = (header and frame.tag == "th", [*cells, _inline(inner)])
        elif frame.tag == "tr" and parent.tag == "table":
            parent.rows.extend(frame.rows)
        elif frame.tag in ("ul", "ol"):
            items = [*frame.items, inner] if inner else frame.items
            if too_deep:
                return [block for item in items for block in item]
            return (
                [Listing(ordered=frame.tag == "ol", items=tuple(items), start=frame.start)] if items else []
            )
        elif frame.tag == "table" and frame.rows and not too_deep:
            return [*inner, _table(frame.rows)]
        elif frame.tag in ("table", "tr"):
            cells = [cell for _header, row in frame.rows for cell in row]
            return [*inner, *(Paragraph(runs=cell) for cell in cells if cell)]
        elif frame.tag == "blockquote" and inner and not too_deep:
            return [Quote(blocks=inner)]
        else:
            return list(inner)
        return []


def _trimmed(runs: list[Run]) -> Runs:
    """Without blanks at the ends, and with neighbours of the same look joined."""
    joined: list[Run] = []
    for run in runs:
        if joined and replace(run, text="") == replace(joined[-1], text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        elif run.text:
            joined.append(run)
    for end in (0, -1):
        while joined and not joined[end].text.strip():
            joined.pop(end)
        if joined:
            text = joined[end].text
            joined[end] = replace(joined[end], text=text.rstrip() if end else text.lstrip())
    return tuple(joined)


def _inline(inner: Iterable[Block]) -> Runs:
    """The content of a table cell as one stretch of runs, its blocks on lines of their own."""
    runs: list[Run] = []
    for block in inner:
        if runs:
            runs.append(Run(text="\n"))
        runs.extend(block.runs if isinstance(block, Paragraph | Heading) else [Run(text=words([block]))])
    return tuple(runs)


def _table(rows: list[tuple[bool, list[Runs]]]) -> Table:
    """Rows padded to one width; the first is the header if all its cells are header cells."""
    width = max(len(cells) for _header, cells in rows)
    padded = [(*cells, *[()] * (width - len(cells))) for _header, cells in rows]
    return (
        Table(header=padded[0], rows=tuple(padded[1:]))
        if rows[0][0]
        else Table(header=(), rows=tuple(padded))
    )
