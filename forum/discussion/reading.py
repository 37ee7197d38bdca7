"""What is new to a reader: a number per person and thread, and from it how many posts are new, exactly.

A post's ``number`` grows in the order in which posts come to light. A reader has read a thread up to such a number;
what comes after it, was written by others and can be read by all, is new. ``docs/decisions`` (0011) tells how it
comes to be recorded and why the mark is the one the reader's own posts in that thread bear, and no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.db import atomic, db, table
from forum.discussion import authorship
from forum.discussion.cards import Sheet, Viewer
from forum.discussion.models import KNOWN, PUBLISHED, Hiding, Post, Thread, ThreadHiding
from forum.discussion.reading_marks import ReadMark, Withheld
from forum.permissions import Actor
from forum.rooms.models import Room

LOOKED = 50
"""What is new in a room is counted in so many of its topics, those that were active last: so its cost does not grow."""
MOST = 500
"""Posts that one page may say it has shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a reader has read a thread."""

    number: int = 0
    seen: int = 0
    own: int = 0


NEVER = Seen()


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is new in a room: posts, in how many topics, and whether there may be more in topics long quiet."""

    posts: int
    topics: int
    more: bool


_marks, _withheld, _posts, _hidings = table(ReadMark), table(Withheld), table(Post), table(Hiding)
_threads, _thread_hidings = table(Thread), table(ThreadHiding)
_seen = sa.select(_marks.c.mark, _marks.c.number, _marks.c.seen, _marks.c.own).where(
    _marks.c.mark.in_(sa.bindparam("marks", expanding=True))
)
_gone = sa.select(_withheld.c.thread_id, _withheld.c.number, _withheld.c.mark).where(
    _withheld.c.thread_id.in_(sa.bindparam("threads", expanding=True))
)
_new = (
    sa.select(_posts.c.id, _posts.c.path, _posts.c.number)
    .outerjoin(_hidings, _hidings.c.post_id == _posts.c.id)
    .where(
        _posts.c.thread_id == sa.bindparam("thread"),
        _posts.c.number > sa.bindparam("number"),
        _posts.c.state == PUBLISHED,
        _hidings.c.post_id.is_(None),
        _posts.c.mark != sa.bindparam("mark"),
    )
    .order_by(_posts.c.number)
    .limit(sa.bindparam("limit"))
)


def seen(mark: str) -> Seen:
    """How far the reader with this mark has read its thread."""
    return _seen_by([mark]).get(mark, NEVER)


def _seen_by(marks: Iterable[str]) -> dict[str, Seen]:
    wanted, found = list(marks), {}
    for start in range(0, len(wanted), 500):
        for mark, *read in db.session.execute(_seen, {"marks": wanted[start : start + 500]}).all():
            found[mark] = Seen(*read)
    return found


def unread(actor: Actor, threads: Iterable[Thread]) -> dict[str, int]:
    """How many posts are new to the actor in each of these threads (those without any are left out)."""
    return _unread(actor, {thread.id: thread.posts for thread in threads})


def unread_in(mark: str, thread: Thread, read: Seen) -> int:
    """How many posts of the thread are new to the reader with this mark."""
    if thread.posts <= read.seen + read.own:
        return 0
    more = thread.posts - read.seen - read.own
    return _less_withheld({thread.id: (mark, read, more)}).get(thread.id, 0)


def _unread(actor: Actor, posts: Mapping[str, int]) -> dict[str, int]:
    marks = {thread_id: authorship.mark(actor, thread_id) for thread_id in posts}
    found = _seen_by(marks.values())
    fresh = {}
    for thread_id, mark in marks.items():
        read = found.get(mark, NEVER)
        more = posts[thread_id] - read.seen - read.own
        if more > 0:
            fresh[thread_id] = (mark, read, more)
    return _less_withheld(fresh)


def _less_withheld(fresh: Mapping[str, tuple[str, Seen, int]]) -> dict[str, int]:
    """Take from each thread's (mark, how far read, places after it) what others hid or took back."""
    counts = {thread_id: more for thread_id, (_, _, more) in fresh.items()}
    wanted = list(fresh)
    for start in range(0, len(wanted), 500):
        for row in db.session.execute(_gone, {"threads": wanted[start : start + 500]}):
            mark, read, _ = fresh[row.thread_id]
            counts[row.thread_id] -= row.number > read.number and row.mark != mark
    return {thread_id: count for thread_id, count in counts.items() if count > 0}


@dataclass(frozen=True, slots=True)
class News:
    """What is new to a reader in a thread: how many posts, and which of those on the page."""

    count: int
    here: frozenset[str]


def news(viewer: Viewer, thread: Thread, sheets: Iterable[Sheet]) -> News:
    """What is new to the viewer. On a first visit no post on the page is marked: all of them are new."""
    mark = viewer.mark or ""
    read = seen(mark)
    here = (
        sheet.id
        for sheet in sheets
        if sheet.number > read.number > 0
        and sheet.state == PUBLISHED
        and sheet.hidden_for is None
        and sheet.mark != mark
    )
    return News(unread_in(mark, thread, read), frozenset(here))


def fresh_in(actor: Actor, rooms: Sequence[Room]) -> dict[str, Fresh]:
    """What is new to the actor in each of these rooms; those without any are left out. Three statements."""
    if not rooms:
        return {}
    ids = {f"room_{place}": room.id for place, room in enumerate(rooms)}
    rows = db.session.execute(_lately(len(rooms)), {**ids, "looked": LOOKED}).all()
    new = _unread(actor, {thread_id: posts for thread_id, _room, posts, _at in rows})
    looked: dict[str, list[tuple[Any, str]]] = {}
    for thread_id, room_id, _posts, active_at in rows:
        looked.setdefault(room_id, []).append((active_at, thread_id))
    fresh = {}
    for room_id, threads in looked.items():
        counts = [new[thread_id] for _at, thread_id in threads if thread_id in new]
        if counts:
            more = len(threads) == LOOKED and min(threads)[1] in new
            fresh[room_id] = Fresh(sum(counts), len(counts), more)
    return fresh


@cache
def _lately(rooms: int) -> sa.CompoundSelect[Any]:
    """The topics of so many rooms that were active last in each, as all their readers may count them."""
    parts = []
    for place in range(rooms):
        wanted = (
            sa.select(
                _threads.c.id,
                _threads.c.room_id,
                _threads.c.posts,
                sa.type_coerce(_threads.c.active_at, sa.String).label("active_at"),  # to be compared alone
            )
            .outerjoin(_thread_hidings, _thread_hidings.c.thread_id == _threads.c.id)
            .where(
                _threads.c.room_id == sa.bindparam(f"room_{place}"),
                _threads.c.waits.is_(False),
                _thread_hidings.c.thread_id.is_(None),
            )
            .order_by(_threads.c.active_at.desc())
            .limit(sa.bindparam("looked", type_=sa.Integer))
        )
        parts.append(sa.select(wanted.subquery(f"part_{place}")))
    return sa.union_all(*parts)


def new_posts(mark: str, thread_id: str, read: Seen, limit: int) -> Sequence[Any]:
    """The first posts that are new to the reader with this mark, in the order they appeared: id, path, number."""
    values = {"thread": thread_id, "number": read.number, "mark": mark, "limit": limit}
    return db.session.execute(_new, values).all()


def first_unread(actor: Actor, thread: Thread) -> str | None:
    """The post from which to read on: the first in reading order among the (at most 200) that are new for longest."""
    mark = authorship.mark(actor, thread.id)
    found = new_posts(mark, thread.id, seen(mark), 200)
    return min(found, key=lambda row: row.path).id if found else None


# ---- reading ----


@atomic
def read(actor: Actor, thread: Thread, shown: Collection[str]) -> int:
    """Record that these posts of the thread were shown to the actor; gives how many are new still.

    The number moves on as far as nothing new before it was left out, so what was never shown stays new.
    """
    mark = authorship.mark(actor, thread.id)
    before = _locked(mark, thread.id)
    new = new_posts(mark, thread.id, before, len(shown) + 1)
    upto = next((row.number - 1 for row in new if row.id not in shown), thread.numbers)
    after = _advance(mark, thread, before, upto) if upto > before.number else before
    return unread_in(mark, thread, after)


def _locked(mark: str, thread_id: str) -> Seen:
    """The row of this mark, made where there is none, held until the end of the transaction."""
    db.session.execute(_begin, {"mark": mark, "thread": thread_id})
    row = db.session.execute(_seen.with_for_update(), {"marks": [mark]}).one()
    return Seen(row.number, row.seen, row.own)


_begin = sa.text(
    "INSERT INTO read_mark (mark, thread_id, number, seen, own) VALUES (:mark, :thread, 0, 0, 0)"
    " ON CONFLICT (mark) DO NOTHING"
)
_between = sa.select(
    sa.func.count(), sa.func.count(sa.case((_posts.c.mark == sa.bindparam("mark"), 1)))
).where(
    _posts.c.thread_id == sa.bindparam("thread"),
    _posts.c.number > sa.bindparam("after"),
    _posts.c.number <= sa.bindparam("upto"),
    _posts.c.state.in_(KNOWN),
)


def _advance(mark: str, thread: Thread, before: Seen, upto: int) -> Seen:
    values = {"mark": mark, "thread": thread.id, "after": before.number, "upto": upto}
    counted, own = db.session.execute(_between, values).one()
    after = Seen(upto, before.seen + counted, before.own - own)
    db.session.execute(
        sa.update(_marks)
        .where(_marks.c.mark == mark)
        .values(number=after.number, seen=after.seen, own=after.own)
    )
    return after


@atomic
def read_all(actor: Actor, rooms: Sequence[Room], until: datetime) -> None:
    """Record everything in these rooms as read, but for topics that were active after this moment."""
    wanted = (
        sa.select(_threads.c.id, _threads.c.posts, _threads.c.numbers)
        .outerjoin(_thread_hidings, _thread_hidings.c.thread_id == _threads.c.id)
        .where(
            _threads.c.room_id.in_([room.id for room in rooms]),
            _threads.c.waits.is_(False),
            _thread_hidings.c.thread_id.is_(None),
            _threads.c.active_at <= until,
        )
    )
    marks = {authorship.mark(actor, row.id): row for row in db.session.execute(wanted)}
    found = _seen_by(marks)
    rows = [
        {"mark": mark, "thread": row.id, "number": row.numbers, "seen": row.posts}
        for mark, row in marks.items()
        if found.get(mark, NEVER).number < row.numbers
    ]
    if rows:
        db.session.execute(_read_whole, rows)


_read_whole = sa.text(
    "INSERT INTO read_mark (mark, thread_id, number, seen, own) VALUES (:mark, :thread, :number, :seen, 0)"
    " ON CONFLICT (mark) DO UPDATE SET number = excluded.number, seen = excluded.seen, own = 0"
)
