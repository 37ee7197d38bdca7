"""What a viewer is shown of a post. Words are withheld here and nowhere else: page, live change, API, export and
summary all take cards, and no other code hands a post's text to anyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from forum import clock
from forum.discussion import quotes
from forum.discussion.models import DELETED, KNOWN, PUBLISHED, WITHDRAWN
from forum.discussion.quotes import Quote
from forum.errors import NotFound


class Sheet(Protocol):
    """A post as ``queries.SHEET`` loads it: flat plain values, for one post as for many."""

    id: str
    thread_id: str
    parent_id: str | None
    depth: int
    number: int
    mark: str
    alias: str | None
    group: str
    phase: str
    state: str
    body: str
    html: str
    warning: str | None
    redacted: bool
    version: int
    reactions: dict[str, int]
    created_at: datetime
    edited_at: datetime | None
    member_id: str | None
    author_name: str | None
    hidden_for: str | None
    hidden_at: datetime | None
    pinned_at: datetime | None
    parent_alias: str | None
    parent_name: str | None
    parent_shown: bool | None
    language: str | None
    question: int | None
    files: int
    """How many pictures stand on it. Where there are any, ``enclosed`` holds them as ``attachments`` loads them."""
    quotes: int
    """How many quotations stand in it. Where there are any, ``quoted`` holds their sources as ``quoting`` loads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """For whom a card is made. ``mark`` is the viewer's own in this thread, None for the least privileged reader."""

    moderates: bool = False
    mark: str | None = None


LEAST = Viewer()
"""The least privileged reader of a room: what travels live is made for this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who is shown as the author. ``member`` is None under an alias."""

    name: str
    group: str
    alias: bool
    member: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Why words are withheld, and since when."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A picture on a post; ``alternative`` says what it shows, "" where it only decorates. Sizes in points."""

    id: str
    width: int
    height: int
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A post as one viewer is shown it; ``html``, ``body``, ``warning`` and ``author`` are None where withheld."""

    id: str
    thread: str
    parent: str | None
    depth: int
    author: Author | None
    state: str
    html: str | None
    body: str | None
    warning: str | None
    pinned: bool
    redacted: bool
    created_at: datetime
    edited_at: datetime | None
    version: int
    reactions: dict[str, int]
    notice: Notice | None
    answers: str | None
    """The name of whom it answers, where that can be shown."""
    phase: str
    mine: bool
    moderates: bool
    language: str | None
    question: int | None
    """Which of the room's guiding questions it answers, from 1."""
    quotes: tuple[Quote, ...]
    """What is quoted in it, as ``html`` shows it."""
    files: tuple[File, ...] | None
    """The pictures on it; None where its words are withheld."""


def may_know(sheet: Sheet, viewer: Viewer) -> bool:
    """Whether the post exists for the viewer: one that waits or was rejected does for its author and moderators alone."""
    return sheet.state in KNOWN or viewer.moderates or sheet.mark == viewer.mark


def card(sheet: Sheet, viewer: Viewer) -> Card:
    """What the viewer is shown of the post; raises ``NotFound`` where they may not know of it."""
    if not may_know(sheet, viewer):
        raise NotFound
    mine = sheet.mark == viewer.mark
    hidden = sheet.hidden_for is not None and sheet.state == PUBLISHED
    privileged = mine or viewer.moderates
    words = privileged or (sheet.state == PUBLISHED and not hidden)
    gone = sheet.state in (DELETED, WITHDRAWN)
    said = words and not gone
    quoted = _quotes(sheet) if said and sheet.quotes else ()
    return Card(
        id=sheet.id,
        thread=sheet.thread_id,
        parent=sheet.parent_id,
        depth=sheet.depth,
        author=_author(sheet) if words else None,
        state="hidden" if hidden else DELETED if gone else sheet.state,
        html=(quotes.shown(sheet.html, quoted) if sheet.quotes else sheet.html) if said else None,
        body=sheet.body if said else None,
        warning=sheet.warning if said else None,
        pinned=sheet.pinned_at is not None,
        redacted=sheet.redacted,
        created_at=sheet.created_at,
        edited_at=sheet.edited_at,
        version=sheet.version,
        reactions={} if gone else dict(sorted(sheet.reactions.items())),
        notice=Notice(reason=sheet.hidden_for, at=sheet.hidden_at)
        if hidden and sheet.hidden_for and sheet.hidden_at
        else None,
        answers=(sheet.parent_alias or sheet.parent_name) if sheet.parent_shown else None,
        phase=sheet.phase,
        mine=mine,
        moderates=viewer.moderates,
        language=sheet.language if said else None,
        question=sheet.question if said else None,
        quotes=quoted,
        files=_files(sheet) if said else None,
    )


def _quotes(sheet: Sheet) -> tuple[Quote, ...]:
    rows: Sequence[Any] = getattr(sheet, "quoted", ())
    return tuple(quote(row, row.start, row.end) for row in rows)


def _files(sheet: Sheet) -> tuple[File, ...]:
    rows: Sequence[Any] = getattr(sheet, "enclosed", ())
    return tuple(
        File(id=row.id, width=row.width, height=row.height, alternative=row.alternative) for row in rows
    )


def quote(source: Any, start: int | None, end: int | None) -> Quote:
    """A passage of a post (a row as ``quoting`` loads it), as the least privileged reader is shown it now."""
    readable = source.state == PUBLISHED and not source.withheld
    return Quote(
        post=source.source_id,
        name=(source.alias or source.author_name) if readable else None,
        group=source.group if readable else None,
        alias=readable and source.alias is not None,
        member=source.member_id if readable and not source.alias else None,
        words=quotes.passage(quotes.spoken(source.html), start, end) if readable else None,
        warning=source.warning if readable else None,
        language=source.language if readable else None,
    )


def _author(sheet: Sheet) -> Author:
    return Author(
        name=sheet.alias or sheet.author_name or "–",
        group=sheet.group,
        alias=sheet.alias is not None,
        member=None if sheet.alias else sheet.member_id,
    )


def as_json(shown: Card) -> dict[str, Any]:
    """The card in the shape of the public contract."""
    author, notice = shown.author, shown.notice
    return {
        "id": shown.id,
        "thread": shown.thread,
        "parent": shown.parent,
        "depth": shown.depth,
        "author": author
        and {"name": author.name, "group": author.group, "alias": author.alias, "member": author.member},
        "state": shown.state,
        "html": shown.html,
        "body": shown.body,
        "warning": shown.warning,
        "pinned": shown.pinned,
        "redacted": shown.redacted,
        "created_at": clock.rfc3339(shown.created_at),
        "edited_at": clock.rfc3339(shown.edited_at) if shown.edited_at else None,
        "version": shown.version,
        "reactions": shown.reactions,
        "notice": notice and {"reason": notice.reason, "at": clock.rfc3339(notice.at)},
        "language": shown.language,
        "question": shown.question,
        "quotes": [_quote_json(quote) for quote in shown.quotes],
        "files": None if shown.files is None else [_file_json(file) for file in shown.files],
    }


def _file_json(file: File) -> dict[str, Any]:
    address = f"/files/{file.id}"
    return {
        "id": file.id,
        "url": address,
        "small": f"{address}/small",
        "width": file.width,
        "height": file.height,
        "alt": file.alternative,
    }


def _quote_json(shown: Quote) -> dict[str, Any]:
    author = {"name": shown.name, "group": shown.group, "alias": shown.alias, "member": shown.member}
    return {
        "post": shown.post,
        "author": None if shown.words is None else author,
        "text": shown.words,
        "warning": shown.warning,
        "language": shown.language,
    }
