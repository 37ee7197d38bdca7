"""What an actor may see of threads and posts. What they may not know of is not there (``NotFound``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from forum.db import ChangeRow, db, table
from forum.discussion import authorship
from forum.discussion.attachments import with_files
from forum.discussion.cards import Card, Viewer, card
from forum.discussion.models import (
    KNOWN,
    PENDING,
    PUBLISHED,
    Hiding,
    Post,
    PostPin,
    Reaction,
    Thread,
    ThreadHiding,
    ThreadPin,
)
from forum.discussion.quoting import with_quoted
from forum.discussion.tree import branch_end
from forum.errors import NotFound
from forum.people.models import Account
from forum.permissions import Actor, Permission, may
from forum.rooms.models import Event, Member, Room

PAGE = 20
"""Posts on a page of a thread, threads on a page of a room."""

# Posts are read by plain table columns: rows for cards need no objects, and cost a third of them.
_post, _member, _account, _hiding, _pin = (table(model) for model in (Post, Member, Account, Hiding, PostPin))
_parent, _parent_member, _parent_account, _parent_hiding = (
    _post.alias("parent"),
    _member.alias("parent_member"),
    _account.alias("parent_account"),
    _hiding.alias("parent_hiding"),
)
_joined = (
    _post.outerjoin(_member, _member.c.id == _post.c.member_id)
    .outerjoin(_account, _account.c.id == _member.c.account_id)
    .outerjoin(_hiding, _hiding.c.post_id == _post.c.id)
    .outerjoin(_pin, _pin.c.post_id == _post.c.id)
    .outerjoin(_parent, _parent.c.id == _post.c.parent_id)
    .outerjoin(_parent_member, _parent_member.c.id == _parent.c.member_id)
    .outerjoin(_parent_account, _parent_account.c.id == _parent_member.c.account_id)
    .outerjoin(_parent_hiding, _parent_hiding.c.post_id == _parent.c.id)
)
SHEET = sa.select(
    _post.c.id,
    _post.c.thread_id,
    _post.c.parent_id,
    _post.c.depth,
    _post.c.number,
    _post.c.mark,
    _post.c.alias,
    _post.c.group_.label("group"),
    _post.c.phase,
    _post.c.state,
    _post.c.body,
    _post.c.html,
    _post.c.warning,
    _post.c.redacted,
    _post.c.version,
    _post.c.reactions,
    _post.c.created_at,
    _post.c.edited_at,
    _post.c.member_id,
    _post.c.language,
    _post.c.question,
    _post.c.quotes,
    _post.c.files,
    _account.c.name.label("author_name"),
    _hiding.c.reason.label("hidden_for"),
    _hiding.c.at.label("hidden_at"),
    _pin.c.at.label("pinned_at"),
    _parent.c.alias.label("parent_alias"),
    _parent_account.c.name.label("parent_name"),
    sa.and_(_parent.c.state == PUBLISHED, _parent_hiding.c.post_id.is_(None)).label("parent_shown"),
).select_from(_joined)
"""Posts as cards take them."""


def _known_of(post: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether the viewer may know of the post; the same rule as ``cards.may_know``."""
    return sa.or_(
        post.c.state.in_(KNOWN),
        post.c.mark == sa.bindparam("mark"),
        sa.bindparam("moderates", type_=sa.Boolean),
    )


_known = _known_of(_post)
_in_thread = SHEET.where(_post.c.thread_id == sa.bindparam("thread"), _known)


def _place(name: str, key: str) -> sa.ScalarSelect[Any]:
    """Where a page begins; a post that the viewer may not know of is no place at all."""
    place = _post.alias(f"place_{name}")
    return (
        sa.select(place.c[key])
        .where(
            place.c.id == sa.bindparam(name), place.c.thread_id == sa.bindparam("thread"), _known_of(place)
        )
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """The four ways to a page, along one key."""

    first: Any
    after: Any
    before: Any
    last: Any


def _walk(key: str, *, branch: bool = False) -> _Walk:
    column = _post.c[key]
    base = _in_thread
    if branch:
        base = base.where(_post.c.path >= sa.bindparam("begin"), _post.c.path < sa.bindparam("end"))
    forth, back = base.order_by(column), base.order_by(column.desc())
    limit: Any = sa.bindparam("limit")
    return _Walk(
        forth.limit(limit),
        forth.where(column > _place("after", key)).limit(limit),
        back.where(column < _place("before", key)).limit(limit),
        back.limit(limit),
    )


_WALKS = {
    (by_time, branch): _walk("number" if by_time else "path", branch=branch)
    for by_time in (False, True)
    for branch in (False, True)
}
_branch = sa.select(_post.c.path).where(
    _post.c.thread_id == sa.bindparam("thread"), _post.c.id == sa.bindparam("post"), _known
)
_one = SHEET.where(_post.c.id == sa.bindparam("post"), _known)
_some = _in_thread.where(_post.c.id.in_(sa.bindparam("posts", expanding=True)))
_pins = _pin.alias("pins")
_pinned = SHEET.where(
    _post.c.id.in_(sa.select(_pins.c.post_id).where(_pins.c.thread_id == sa.bindparam("thread"))),
    _known,
    _hiding.c.post_id.is_(None),
    _post.c.state == PUBLISHED,
).order_by(_pin.c.at)


def whole(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows of a page with what cards need besides: what they quote, and their pictures."""
    return with_files(with_quoted(rows))


def viewer_in(actor: Actor, thread_id: str, event_id: str) -> Viewer:
    """The actor as a viewer of this thread's posts."""
    return Viewer(
        moderates=may(actor, Permission.POST_WITHHELD, event_id), mark=authorship.mark(actor, thread_id)
    )


def get_thread(actor: Actor, thread_id: str) -> Thread:
    """A thread the actor may know of, with its room and event, in one statement."""
    thread = db.session.get(Thread, thread_id)
    if thread is None or thread.room.event_id not in actor.standings:
        raise NotFound
    if thread.hiding is not None and not may(actor, Permission.POST_WITHHELD, thread.room.event_id):
        raise NotFound
    if (
        thread.waits
        and not may(actor, Permission.POST_WITHHELD, thread.room.event_id)
        and not _opened(actor, thread)
    ):
        raise NotFound
    return thread


def _opened(actor: Actor, thread: Thread) -> bool:
    opening = db.session.get(Post, thread.opening_id) if thread.opening_id else None
    return opening is not None and authorship.owns(actor, opening)


def get_post(actor: Actor, post_id: str) -> Post:
    """A post the actor may know of, as a row for actions; its words leave only as a card."""
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFound
    get_thread(actor, post.thread_id)
    if post.state not in KNOWN:
        moderates = may(actor, Permission.POST_WITHHELD, post.thread.room.event_id)
        if not moderates and not authorship.owns(actor, post):
            raise NotFound
    return post


def get_card(actor: Actor, post_id: str) -> Card:
    """A post the actor may know of, as they are shown it."""
    post = get_post(actor, post_id)
    viewer = viewer_in(actor, post.thread_id, post.thread.room.event_id)
    row = db.session.execute(_one, {"post": post_id, **_as(viewer)}).first()
    if row is None:
        raise NotFound
    return card(whole([row])[0], viewer)


def _as(viewer: Viewer) -> dict[str, Any]:
    return {"mark": viewer.mark or "", "moderates": viewer.moderates}


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some posts of a thread, as trees or by time, and whether there are others before and after."""

    sheets: Sequence[Any]
    earlier: bool
    later: bool


def page_of_posts(
    viewer: Viewer,
    thread_id: str,
    *,
    limit: int = PAGE,
    after: str | None = None,
    before: str | None = None,
    last: bool = False,
    by_time: bool = False,
    branch: str | None = None,
) -> Page:
    """A page of a thread by key: its cost does not depend on the length of the thread.

    ``after`` and ``before`` are ids of posts; one that is not of this thread gives an empty page. ``branch``: only
    this post and what answers it, directly or not.
    """
    walk = _WALKS[by_time, branch is not None]
    values = {"thread": thread_id, "limit": limit + 1, **_as(viewer)}
    if branch is not None:
        values |= _bounds(viewer, thread_id, branch)
    if before is not None or last:
        statement = walk.last if last else walk.before
        rows = db.session.execute(statement, values if last else {**values, "before": before}).all()
        return Page(sheets=whole(rows[:limit][::-1]), earlier=len(rows) > limit, later=not last)
    if after is not None:
        rows = db.session.execute(walk.after, {**values, "after": after}).all()
    else:
        rows = db.session.execute(walk.first, values).all()
    return Page(sheets=whole(rows[:limit]), earlier=after is not None, later=len(rows) > limit)


def _bounds(viewer: Viewer, thread_id: str, post_id: str) -> dict[str, bytes]:
    """The keys between which a post's branch lies; raises ``NotFound``."""
    path = db.session.execute(_branch, {"thread": thread_id, "post": post_id, **_as(viewer)}).scalar()
    if path is None:
        raise NotFound
    return {"begin": path, "end": branch_end(path)}


def page_with(
    viewer: Viewer, thread_id: str, post_id: str, *, limit: int = PAGE, by_time: bool = False
) -> Page:
    """The page that begins a few posts before this one, so that it is read in its place."""
    above = page_of_posts(viewer, thread_id, limit=3, before=post_id, by_time=by_time)
    if not above.sheets:
        return page_of_posts(viewer, thread_id, limit=limit, by_time=by_time)
    start = above.sheets[0]
    values = {"thread": thread_id, "limit": limit, "after": start.id, **_as(viewer)}
    rows = db.session.execute(_WALKS[by_time, False].after, values).all()
    return Page(sheets=[start, *whole(rows[: limit - 1])], earlier=above.earlier, later=len(rows) > limit - 1)


def sheets_of(viewer: Viewer, thread_id: str, post_ids: Iterable[str]) -> dict[str, Any]:
    """Posts of a thread by id, as far as the viewer may know of them."""
    wanted = list(post_ids)
    found: dict[str, Any] = {}
    for start in range(0, len(wanted), 500):
        values = {"thread": thread_id, "posts": wanted[start : start + 500], **_as(viewer)}
        rows = db.session.execute(_some, values).all()
        found.update((row.id, row) for row in whole(rows))
    return found


def pinned_sheets(viewer: Viewer, thread_id: str) -> Sequence[Any]:
    """The posts at the head of the thread."""
    return db.session.execute(_pinned, {"thread": thread_id, **_as(viewer)}).all()


_reaction = table(Reaction)
_mine = sa.select(_reaction.c.post_id, _reaction.c.kind).where(
    _reaction.c.mark == sa.bindparam("mark"), _reaction.c.post_id.in_(sa.bindparam("posts", expanding=True))
)


def own_reactions(viewer: Viewer, post_ids: Sequence[str]) -> set[tuple[str, str]]:
    """The viewer's own reactions to these posts: (post id, kind)."""
    if not post_ids or viewer.mark is None:
        return set()
    return {
        (row.post_id, row.kind) for row in db.session.execute(_mine, {"mark": viewer.mark, "posts": post_ids})
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One numbered change of a thread, as it is told; the post follows as it is now."""

    revision: int
    kind: str
    post_id: str | None
    at: datetime


_change = table(ChangeRow)
_changes = (
    sa.select(_change.c.revision, _change.c.kind, _change.c.post_id, _change.c.at)
    .where(_change.c.thread_id == sa.bindparam("thread"), _change.c.revision > sa.bindparam("after"))
    .order_by(_change.c.revision)
)


def changes_after(thread_id: str, after: int) -> list[Entry]:
    """Every change of the thread after this revision, in order. For who may read the thread."""
    rows = db.session.execute(_changes, {"thread": thread_id, "after": after})
    return [Entry(revision=row.revision, kind=row.kind, post_id=row.post_id, at=row.at) for row in rows]


def list_threads(
    actor: Actor,
    room: Room,
    *,
    limit: int = PAGE,
    after: Thread | None = None,
    question: int | None = None,
) -> tuple[Sequence[Thread], bool]:
    """A page of a room's threads, pinned first, then by latest activity; and whether more follow.

    ``question``: only those in which a post that all can read answers this guiding question.
    """
    actor.standing(room.event_id)
    moderates = may(actor, Permission.POST_WITHHELD, room.event_id)
    base = (
        sa.select(Thread)
        .where(Thread.room_id == room.id, Thread.waits.is_(False))
        .outerjoin(ThreadPin, ThreadPin.thread_id == Thread.id)
        .outerjoin(ThreadHiding, ThreadHiding.thread_id == Thread.id)
        .options(contains_eager(Thread.pin), contains_eager(Thread.hiding), lazyload(Thread.room))
        .order_by(Thread.active_at.desc(), Thread.id.desc())
    )
    if not moderates:
        base = base.where(ThreadHiding.thread_id.is_(None))
    if question is not None:
        answers = sa.select(Post.id).outerjoin(Hiding, Hiding.post_id == Post.id)
        base = base.where(
            answers.where(
                Post.thread_id == Thread.id,
                Post.question == question,
                Post.state == PUBLISHED,
                Hiding.post_id.is_(None),
            ).exists()
        )
    threads: list[Thread] = []
    if after is None or after.pin is not None:
        pinned = db.session.scalars(base.where(ThreadPin.thread_id.is_not(None))).all()
        ids = [thread.id for thread in pinned]
        threads += pinned[ids.index(after.id) + 1 if after is not None and after.id in ids else 0 :]
    rest = base.where(ThreadPin.thread_id.is_(None))
    if after is not None and after.pin is None:
        rest = rest.where(
            sa.or_(
                Thread.active_at < after.active_at,
                sa.and_(Thread.active_at == after.active_at, Thread.id < after.id),
            )
        )
    if len(threads) <= limit:
        threads += db.session.scalars(rest.limit(limit + 1 - len(threads))).all()
    return threads[:limit], len(threads) > limit


_thread = table(Thread)
_waiting = (
    sa.select(_thread.c.id, _post.c.mark)
    .join(_post, _post.c.id == _thread.c.opening_id)
    .where(_thread.c.room_id == sa.bindparam("room"), _thread.c.waits.is_(True), _post.c.state == PENDING)
    .order_by(_thread.c.created_at)
    .limit(50)
)


def waiting_threads(actor: Actor, room: Room) -> list[Thread]:
    """Threads of the room that wait for approval, as far as the actor may know of them."""
    rows = db.session.execute(_waiting, {"room": room.id}).all()
    if not may(actor, Permission.POST_WITHHELD, room.event_id):
        rows = [row for row in rows if row.mark == authorship.mark(actor, row.id)]
    return [db.session.get_one(Thread, row.id) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a reader may count in a room."""

    threads: int
    posts: int
    active_at: datetime | None


def room_counts(actor: Actor, event: Event) -> dict[str, Counts]:
    """Threads and posts of each room, as every reader may count them (hidden threads are not there)."""
    actor.standing(event.id)
    wanted = (
        sa.select(Thread.room_id, sa.func.count(), sa.func.sum(Thread.posts), sa.func.max(Thread.active_at))
        .join(Room, Room.id == Thread.room_id)
        .outerjoin(ThreadHiding, ThreadHiding.thread_id == Thread.id)
        .where(Room.event_id == event.id, Thread.waits.is_(False), ThreadHiding.thread_id.is_(None))
        .group_by(Thread.room_id)
    )
    return {
        room: Counts(threads=threads, posts=int(posts or 0), active_at=active)
        for room, threads, posts, active in db.session.execute(wanted)
    }
