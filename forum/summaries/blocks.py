"""What the text of a post is made of: blocks that hold runs of text. Every writer walks this tree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A stretch of text of one look; a line break is the text ``\\n`` outside of code."""

    text: str
    strong: bool = False
    emphasis: bool = False
    strike: bool = False
    code: bool = False
    href: str | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True, kw_only=True)
class Heading:
    """``level`` as written in the post, 1 to 6; writers lower it below their own headings."""

    level: int
    runs: Runs


@dataclass(frozen=True, kw_only=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A bulleted or numbered list; each item is a tuple of blocks."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    start: int = 1


@dataclass(frozen=True, kw_only=True)
class Code:
    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """All rows have the same number of cells; ``header`` may be empty."""

    header: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A thematic break."""


Block = Paragraph | Heading | Quote | Listing | Code | Table | Rule


def plain(runs: Iterable[Run]) -> str:
    """The words alone."""
    return "".join(run.text for run in runs)


def by_link(runs: Runs) -> Iterator[tuple[str | None, Runs]]:
    """Neighbouring runs with the same address together, so that each link is one link."""
    for href, group in groupby(runs, key=lambda run: run.href):
        yield href, tuple(group)


def words(blocks: Iterable[Block]) -> str:
    """All words of some blocks, a line for each paragraph, item or cell."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(runs=runs) | Heading(runs=runs):
                lines.append(plain(runs))
            case Quote(blocks=inner):
                lines.append(words(inner))
            case Listing(items=items):
                lines.extend(words(item) for item in items)
            case Code(text=text):
                lines.append(text)
            case Table(header=header, rows=rows):
                lines.extend(plain(cell) for row in (header, *rows) for cell in row)
            case Rule():
                pass
    return "\n".join(lines)


def levelled(blocks: Iterable[Block], top: int) -> tuple[Block, ...]:
    """The same blocks with headings from ``top`` downwards and no level left out."""
    above: list[int] = []

    def lowered(block: Block) -> Block:
        match block:
            case Heading(level=level):
                while above and above[-1] >= level:
                    above.pop()
                above.append(level)
                return replace(block, level=min(top + len(above) - 1, 6))
            case Quote(blocks=inner):
                return replace(block, blocks=tuple(lowered(each) for each in inner))
            case Listing(items=items):
                return replace(block, items=tuple(tuple(lowered(each) for each in item) for item in items))
            case _:
                return block

    return tuple(lowered(block) for block in blocks)


_WAYS: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def direction(text: str, default: Direction = "ltr") -> Direction:
    """The direction of a paragraph: that of its first strong character (Unicode's UAX 9, P2 and P3)."""
    for char in text:
        way = _WAYS.get(unicodedata.bidirectional(char))
        if way:
            return way
    return default


def by_direction(text: str, base: Direction) -> list[tuple[Direction, str]]:
    """The text in stretches of one direction: some formats mark or size right-to-left words on their own.

    Blanks, digits and signs go with the words around them, or with the paragraph between two ways.
    """
    ways: list[Direction | None] = [_WAYS.get(unicodedata.bidirectional(char)) for char in text]
    before: list[Direction] = []
    for way in ways:
        before.append(way or (before[-1] if before else base))
    after = base
    stretches: list[tuple[Direction, str]] = []
    for char, way, left in zip(reversed(text), reversed(ways), reversed(before), strict=True):
        after = way or after
        side = after if left == after else base
        if stretches and stretches[-1][0] == side:
            stretches[-1] = (side, char + stretches[-1][1])
        else:
            stretches.append((side, char))
    return stretches[::-1]


# Neither XML nor UTF-8 nor a reader can do anything with these: controls, marks that turn around what
# follows them, half characters, and code points that Unicode keeps free of characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)


def clean(text: str) -> str:
    """The text without characters that break a file or turn its words around."""
    return _UNWANTED.sub("", text)


def visible(text: str) -> bool:
    """Whether there is anything to see: more than blanks and signs that draw nothing."""
    return any(unicodedata.category(char)[0] not in "ZC" for char in text)


def web_address(url: str | None) -> str | None:
    """The address if a document may link to it: only http and https, with a host."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    wanted = parts.scheme in ("http", "https") and parts.netloc and not re.search(r"\s", parts.geturl())
    return parts.geturl() if wanted else None
