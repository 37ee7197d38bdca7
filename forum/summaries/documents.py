"""The documentation of an event as a document without a format: what each writer turns into its file.

Pure: it reads no row, knows no time and asks no permission. Whoever builds it takes cards as the facilitator
may see them, and decides by the attribution what stands in each byline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date as day
from functools import cached_property
from itertools import groupby
from typing import Any, Literal, TypeVar, get_args

from forum.i18n import _
from forum.summaries.blocks import Block, Direction, clean, visible
from forum.summaries.reader import blocks

Language = Literal["de", "en", "ar"]
Attribution = Literal["names", "groups", "none"]
Phase = Literal["pinned", "before", "during", "after", ""]

ACCENT = "#0f5c63"
"""The hue of what belongs to no room."""
DEEPEST_INDENT = 4
"""From the fourth level on, replies are not moved in any further: the column would become too narrow."""


@dataclass(frozen=True, kw_only=True)
class Quotation:
    """One cited post.

    ``html`` is the renderer's safe HTML, ``source`` the Markdown it came from; ``byline`` a name, the label
    of a group, or None; ``date`` a day (``2026-12-03``) or None; ``link`` the address of the post or "";
    ``depth`` its level in the tree of its thread, from 0. Raises ValueError where ``date`` is no day.
    """

    post_id: str
    html: str
    source: str
    thread_title: str
    byline: str | None = None
    depth: int = 0
    pinned: bool = False
    redacted: bool = False
    date: str | None = None
    link: str = ""
    language: str | None = None
    warning: str | None = None
    pictures: tuple[str, ...] = ()
    """What the pictures on it show, in words; those that only decorate are left away."""

    def __post_init__(self) -> None:
        if self.date is not None:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", self.date):
                raise ValueError("a quotation's date is a day, nothing finer")
            day.fromisoformat(self.date)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The post's text, read once."""
        return blocks(self.html)


@dataclass(frozen=True, kw_only=True)
class PhaseBlock:
    """Quotations of one phase in reading order; ``""`` where phases are not told apart."""

    phase: Phase
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One section: ``text`` is the facilitator's Markdown, ``html`` the same rendered; hue ``#rrggbb``."""

    heading: str
    questions: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    hue: str = ACCENT
    phases: tuple[PhaseBlock, ...] = ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The facilitator's text, read once."""
        return blocks(self.html)

    @property
    def colour(self) -> str:
        """The hue, or the accent where it is none that every writer understands."""
        return self.hue.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", self.hue) else ACCENT


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole documentation. Raises ValueError where a byline stands under attribution ``none``."""

    title: str
    event_title: str
    language: Language
    chapters: tuple[Chapter, ...]
    subtitle: str = ""
    method: tuple[str, ...] = ()
    imprint: str = ""
    attribution: Attribution = "groups"

    def __post_init__(self) -> None:
        if self.language not in get_args(Language) or self.attribution not in get_args(Attribution):
            raise ValueError("unknown language or attribution")
        if self.attribution == "none" and any(quotation.byline for quotation in self.quotations):
            raise ValueError("a document without attribution may name nobody")

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """All cited posts in the order of the document."""
        return tuple(q for chapter in self.chapters for block in chapter.phases for q in block.quotations)

    @property
    def event_line(self) -> str:
        """The event's title where the document's own does not say it already."""
        return "" if self.event_title.strip() == self.title.strip() else self.event_title

    @property
    def direction(self) -> Direction:
        """The direction of the document itself; each paragraph has its own besides."""
        return "rtl" if self.language == "ar" else "ltr"


@dataclass(frozen=True, kw_only=True)
class Strand:
    """Quotations of one thread that follow each other, each with the indent (0 to 4) it is shown with."""

    title: str
    entries: tuple[tuple[int, Quotation], ...]


def in_phases(posts: Iterable[tuple[Phase, Quotation]]) -> tuple[PhaseBlock, ...]:
    """Order cited posts, given in reading order with their phase: pinned first, then phase by phase."""
    found: dict[Phase, list[Quotation]] = {"pinned": [], "before": [], "during": [], "after": [], "": []}
    for phase, quotation in posts:
        found["pinned" if quotation.pinned else phase if phase in found else ""].append(quotation)
    return tuple(PhaseBlock(phase=phase, quotations=tuple(group)) for phase, group in found.items() if group)


def strands(block: PhaseBlock) -> tuple[Strand, ...]:
    """A phase's quotations by thread. A reply whose parent is not cited moves out to its nearest kin."""
    made: list[Strand] = []
    for title, group in groupby(block.quotations, key=lambda quotation: quotation.thread_title):
        entries: list[tuple[int, Quotation]] = []
        line: list[int] = []
        for quotation in group:
            depth = 0 if block.phase == "pinned" else quotation.depth
            while line and line[-1] >= depth:
                line.pop()
            entries.append((min(len(line), DEEPEST_INDENT), quotation))
            line.append(depth)
        made.append(Strand(title=title if visible(title) else "", entries=tuple(entries)))
    return tuple(made)


Part = TypeVar("Part")


def cleaned(part: Part) -> Part:
    """The same document without characters that break a file or turn its words around."""
    if isinstance(part, str):
        return clean(part)  # type: ignore[return-value]
    if isinstance(part, tuple):
        return tuple(cleaned(inner) for inner in part)  # type: ignore[return-value]
    if is_dataclass(part) and not isinstance(part, type):
        changes: dict[str, Any] = {f.name: cleaned(getattr(part, f.name)) for f in fields(part)}
        return replace(part, **changes)
    return part


def ready(document: Document) -> Document:
    """The document as writers take it: cleaned, and with words where a title or heading has none to see.

    Readers' aids, and PDF/UA with them, ask for a title and for headings that are not empty.
    """
    made = cleaned(document)
    chapters = tuple(replace(chapter, heading=_titled(chapter.heading)) for chapter in made.chapters)
    return replace(made, title=_titled(made.title), chapters=chapters)


def _titled(text: str) -> str:
    return text if visible(text) else _("Untitled")


def phase_heading(phase: Phase) -> str:
    """The heading over the posts of a phase; "" where there is none."""
    return {
        "pinned": _("Pinned posts"),
        "before": _("Before the event"),
        "during": _("During the event"),
        "after": _("After the event"),
        "": "",
    }[phase]


def remarks(quotation: Quotation) -> Sequence[str]:
    """What a reader must know before a quoted post, as whole sentences."""
    said: list[str] = []
    if quotation.warning:
        said.append(_("The author’s note before reading: %(warning)s", warning=quotation.warning))
    if quotation.redacted:
        said.append(_("Passages of this post were removed by the moderators."))
    said += [_("An image belongs to this post: %(words)s", words=words) for words in quotation.pictures]
    return said
