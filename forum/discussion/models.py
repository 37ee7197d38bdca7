"""Threads and posts. A state that a moderator caused is a row of its own (``Hiding``, ``PostPin`` …).

Who wrote a post is asked in ``authorship.py`` alone: a post under an alias holds no member, only a keyed mark.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.db import Id, Model, UTCDateTime, new_id
from forum.rooms.models import Room

PUBLISHED, PENDING, REJECTED = "published", "pending", "rejected"
DELETED, WITHDRAWN = "deleted", "withdrawn"
"""Taken back by its author: after all could read it (its place stays), or while it waited (nobody ever knew)."""
KNOWN = (PUBLISHED, DELETED)
"""The states in which a post exists for every reader of its thread."""


class Thread(Model):
    """One topic opened in a room."""

    __tablename__ = "thread"
    __table_args__ = (sa.Index("ix_thread_activity", "room_id", "active_at", "id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("room.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(sa.String(200))
    revision: Mapped[int] = mapped_column(default=0)
    """The number of its newest change."""
    numbers: Mapped[int] = mapped_column(default=0)
    """How many posts were ever written in it; gives each its place."""
    posts: Mapped[int] = mapped_column(default=0)
    """How many places a reader counts: published, hidden and deleted ones."""
    waits: Mapped[bool] = mapped_column(default=False)
    """Its opening post was not approved: for all but its author and the moderators it is not there."""
    opening_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    active_at: Mapped[datetime] = mapped_column(UTCDateTime)
    room: Mapped[Room] = relationship(lazy="joined", innerjoin=True)
    pin: Mapped[ThreadPin | None] = relationship(
        lazy="joined", cascade="all, delete-orphan", passive_deletes=True
    )
    lock: Mapped[ThreadLock | None] = relationship(
        lazy="joined", cascade="all, delete-orphan", passive_deletes=True
    )
    hiding: Mapped[ThreadHiding | None] = relationship(
        lazy="joined", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def state(self) -> str:
        """``open``, ``locked`` or ``hidden``."""
        return "hidden" if self.hiding else "locked" if self.lock else "open"


class Post(Model):
    """One contribution. ``path`` is its place in reading order: three bytes for each level, compared as bytes."""

    __tablename__ = "post"
    __table_args__ = (
        sa.Index("ix_post_reading", "thread_id", "path", unique=True),
        sa.Index("ix_post_time", "thread_id", "number", unique=True),
        sa.Index(
            "ix_post_question",
            "thread_id",
            "question",
            sqlite_where=sa.text("question IS NOT NULL"),
            postgresql_where=sa.text("question IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    thread_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("thread.id", ondelete="CASCADE"))
    parent_id: Mapped[str | None] = mapped_column(
        Id, sa.ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    path: Mapped[bytes] = mapped_column(sa.LargeBinary)
    depth: Mapped[int]
    number: Mapped[int]
    """Its place in time: the thread's how-manieth post it is, counted when it appeared."""
    member_id: Mapped[str | None] = mapped_column(
        Id, sa.ForeignKey("member.id", ondelete="SET NULL"), index=True
    )
    """None where it was written under an alias."""
    mark: Mapped[str] = mapped_column(sa.String(32))
    """Keyed by thread and author: from it the author alone can be recognised again."""
    alias: Mapped[str | None] = mapped_column(sa.String(60))
    group: Mapped[str] = mapped_column("group_", sa.String(20))
    phase: Mapped[str] = mapped_column(sa.String(10))
    """The event's phase when it was written."""
    state: Mapped[str] = mapped_column(sa.String(10), default=PUBLISHED)
    body: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    renderer: Mapped[int]
    warning: Mapped[str | None] = mapped_column(sa.String(200))
    language: Mapped[str | None] = mapped_column(sa.String(8))
    question: Mapped[int | None]
    """Which of the room's guiding questions it answers, from 1."""
    quotes: Mapped[int] = mapped_column(default=0)
    """How many quotations stand in it; each is a ``QuoteRef``."""
    files: Mapped[int] = mapped_column(default=0)
    """How many pictures stand on it; each is an ``Attachment``."""
    redacted: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    reactions: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    thread: Mapped[Thread] = relationship()
    hiding: Mapped[Hiding | None] = relationship(
        lazy="joined", cascade="all, delete-orphan", passive_deletes=True
    )
    pin: Mapped[PostPin | None] = relationship(
        lazy="joined", cascade="all, delete-orphan", passive_deletes=True
    )


class PostVersion(Model):
    """What a published post said before it was changed; ``at`` is when it began to say so."""

    __tablename__ = "post_version"
    post_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    renderer: Mapped[int]
    warning: Mapped[str | None] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class QuoteRef(Model):
    """A quotation: which passage of which post stands at a place in a post. It holds no words."""

    __tablename__ = "quote_ref"
    post_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), index=True)
    written: Mapped[str] = mapped_column(sa.String(60))
    """The token in the post's text, by which it is known again when the post is changed."""
    start: Mapped[int | None]
    end: Mapped[int | None] = mapped_column("end_")
    """The passage in what the source says now; both 0 where it is gone, both None where the whole post is meant."""


class Attachment(Model):
    """A picture on a post, or one that waits for the post its author is still writing."""

    __tablename__ = "attachment"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    post_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), index=True)
    mark: Mapped[str] = mapped_column(sa.String(32), index=True)
    """The post's own mark; until there is a post, keyed by whoever sent it."""
    place: Mapped[int] = mapped_column(default=0)
    """Pictures of a post stand in this order."""
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    """Of the file, drawn at random."""
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    """Bytes."""
    alternative: Mapped[str] = mapped_column(sa.String(500), default="")
    """What it shows, in words; "" where it only decorates."""
    removed: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    """What the file told beside the picture and was taken out; see ``images.py``."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Pace(Model):
    """Until when somebody must wait in a room with slow mode; who and where, only the keyed mark knows.

    Rows go as soon as they have passed, so that no alias can be recognised by the time of its posts.
    """

    __tablename__ = "pace"
    mark: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Hiding(Model):
    """A moderator withheld a post's words."""

    __tablename__ = "hiding"
    post_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    moderator_id: Mapped[str] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(sa.String(30))
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class PostPin(Model):
    """A moderator put a post at the head of its thread."""

    __tablename__ = "post_pin"
    post_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    """The post's thread: its pins are found without looking through its posts."""
    moderator_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ThreadPin(Model):
    """A moderator put a thread at the head of its room."""

    __tablename__ = "thread_pin"
    thread_id: Mapped[str] = mapped_column(
        Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    moderator_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ThreadLock(Model):
    """A moderator closed a thread to new posts."""

    __tablename__ = "thread_lock"
    thread_id: Mapped[str] = mapped_column(
        Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    moderator_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ThreadHiding(Model):
    """A moderator took a thread out of its room."""

    __tablename__ = "thread_hiding"
    thread_id: Mapped[str] = mapped_column(
        Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    moderator_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Reaction(Model):
    """One person's reaction to a post; who, only the keyed mark knows."""

    __tablename__ = "reaction"
    post_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)


class Alias(Model):
    """The name that somebody bears in a thread; who, only the keyed mark knows."""

    __tablename__ = "alias"
    __table_args__ = (sa.UniqueConstraint("thread_id", "name"),)
    thread_id: Mapped[str] = mapped_column(
        Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    mark: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
