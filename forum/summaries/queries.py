"""Summaries, and the posts that may be cited: those that the least privileged reader may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from forum.db import db
from forum.discussion.cards import LEAST, Card, card
from forum.discussion.models import PUBLISHED, Hiding, Post, PostPin, Thread, ThreadHiding, ThreadPin
from forum.discussion.queries import SHEET, whole
from forum.discussion.states import shown_title
from forum.errors import NotFound
from forum.permissions import Actor, Permission, require
from forum.rooms.models import Room
from forum.summaries.models import Section, Summary


def list_summaries(actor: Actor, event_id: str) -> Sequence[Summary]:
    """The summaries of an event, the latest first."""
    require(actor, Permission.SUMMARY_MAKE, event_id)
    wanted = (
        sa.select(Summary).where(Summary.event_id == event_id).order_by(Summary.created_at.desc(), Summary.id)
    )
    return db.session.scalars(wanted).all()


def get_summary(actor: Actor, summary_id: str) -> Summary:
    """A summary, for the facilitators of its event; for all others it is not there."""
    summary = db.session.get(Summary, summary_id)
    if summary is None or summary.event_id not in actor.standings:
        raise NotFound
    try:
        require(actor, Permission.SUMMARY_MAKE, summary.event_id)
    except Exception:
        raise NotFound from None
    return summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A post that may be cited: its card as the least privileged reader is shown it, and where it stands."""

    card: Card
    thread_title: str
    room_id: str


_citable = sa.and_(
    Post.state == PUBLISHED,
    Hiding.post_id.is_(None),
    Thread.waits.is_(False),
    ThreadHiding.thread_id.is_(None),
)
_sources = (
    SHEET.add_columns(Thread.title.label("thread_title"), Thread.room_id)
    .join(Thread, Thread.id == Post.thread_id)
    .outerjoin(ThreadHiding, ThreadHiding.thread_id == Thread.id)
    .outerjoin(ThreadPin, ThreadPin.thread_id == Thread.id)
    .where(_citable)
)


def sources_of_room(actor: Actor, room: Room, phase: str | None = None) -> list[Source]:
    """Every post of a room that may be cited: pinned first, then thread by thread in reading order."""
    require(actor, Permission.SUMMARY_MAKE, room.event_id)
    wanted = _sources.where(Thread.room_id == room.id).order_by(
        PostPin.at.is_(None), ThreadPin.at.is_(None), Thread.created_at, Thread.id, Post.path
    )
    if phase:
        wanted = wanted.where(Post.phase == phase)
    return [_source(row) for row in whole(db.session.execute(wanted).all())]


def sources_by_id(event_id: str, post_ids: Iterable[str]) -> dict[str, Source]:
    """Those of these posts that may be cited now, in this event."""
    wanted = list(post_ids)
    found: dict[str, Source] = {}
    in_event = _sources.join(Room, Room.id == Thread.room_id).where(Room.event_id == event_id)
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(in_event.where(Post.id.in_(wanted[start : start + 500]))).all()
        found.update((row.id, _source(row)) for row in whole(rows))
    return found


def _source(row: Any) -> Source:
    title = shown_title(Thread(title=row.thread_title))
    return Source(card=card(row, LEAST), thread_title=title, room_id=row.room_id)


def sections_of(summary: Summary) -> Sequence[Section]:
    """The sections in their order."""
    return summary.sections
