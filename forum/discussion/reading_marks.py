"""What is kept of reading: marks and withheld places, and how they follow what happens. See ``reading.py``."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.changes import PostCreated, PostDeleted, PostHidden, PostRestored
from forum.db import Id, Model, atomic, db, table
from forum.discussion.models import PUBLISHED, Post


class ReadMark(Model):
    """How far somebody has read a thread; who, only the keyed mark knows, and it is another in each thread."""

    __tablename__ = "read_mark"
    mark: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    thread_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    """Up to which post (``Post.number``)."""
    seen: Mapped[int]
    """How many of the thread's counted places that were."""
    own: Mapped[int]
    """How many posts after it are the reader's own."""


class Withheld(Model):
    """A counted place of a thread without words for others: hidden or taken back. It is new to nobody."""

    __tablename__ = "withheld"
    thread_id: Mapped[str] = mapped_column(
        Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(sa.String(32))
    """Its author's, for whom it counts among their own."""


_places = table(Withheld)


def appeared(change: PostCreated) -> None:
    """One's own post is not new to oneself."""
    post = _post(change)
    db.session.execute(_one_more, {"mark": post.mark, "thread": post.thread_id})


_one_more = sa.text(
    "INSERT INTO read_mark (mark, thread_id, number, seen, own) VALUES (:mark, :thread, 0, 0, 1)"
    " ON CONFLICT (mark) DO UPDATE SET own = read_mark.own + 1"
)


def withheld(change: PostHidden | PostDeleted) -> None:
    """A post without words is not new to anybody."""
    post = _post(change)
    db.session.execute(_withhold, {"thread": post.thread_id, "number": post.number, "mark": post.mark})


_withhold = sa.text(
    "INSERT INTO withheld (thread_id, number, mark) VALUES (:thread, :number, :mark)"
    " ON CONFLICT (thread_id, number) DO NOTHING"
)


def given_back(change: PostRestored) -> None:
    """A post that has its words again is new again, to those who had not got so far."""
    post = _post(change)
    if post.state == PUBLISHED:
        db.session.execute(
            sa.delete(_places).where(_places.c.thread_id == post.thread_id, _places.c.number == post.number)
        )


def _post(change: PostCreated | PostHidden | PostDeleted | PostRestored) -> Post:
    return db.session.get_one(Post, change.post_id)


@atomic
def rebuild() -> None:
    """Put in what is missing where posts came in by the bulk and nobody heard of them: withheld places, own posts."""
    for statement in _rebuild:
        db.session.execute(sa.text(statement))


_rebuild = (
    "INSERT INTO withheld (thread_id, number, mark)"
    " SELECT post.thread_id, post.number, post.mark FROM post LEFT JOIN hiding ON hiding.post_id = post.id"
    " WHERE post.state = 'deleted' OR (post.state = 'published' AND hiding.post_id IS NOT NULL)"
    " ON CONFLICT (thread_id, number) DO NOTHING",
    "INSERT INTO read_mark (mark, thread_id, number, seen, own)"
    " SELECT mark, thread_id, 0, 0, count(*) FROM post WHERE state IN ('published', 'deleted')"
    " GROUP BY mark, thread_id ON CONFLICT (mark) DO NOTHING",
)
