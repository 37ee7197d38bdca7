"""Who wrote a post. No other file asks, and no other joins posts to people."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from forum.db import db
from forum.discussion.aliases import PLANTS, name_at
from forum.discussion.models import Alias, Post, Thread
from forum.keys import keys
from forum.permissions import Actor


def mark(actor: Actor, thread_id: str) -> str:
    """The actor's keyed mark in a thread: another in each, so that nothing links them."""
    return keys.mark("author", thread_id, actor.account_id)


def owns(actor: Actor, post: Post) -> bool:
    """Whether the actor wrote the post."""
    return post.mark == mark(actor, post.thread_id)


def sign(actor: Actor, thread: Thread, post: Post, *, alias: bool) -> None:
    """Put the author to a new post: the member, or the alias they bear in this thread."""
    standing = actor.standing(thread.room.event_id)
    post.mark = mark(actor, thread.id)
    post.group = standing.group.value
    if alias:
        post.alias = _alias(thread.id, post.mark)
    else:
        post.member_id = standing.member_id


def _alias(thread_id: str, own: str) -> str:
    """The name borne by this mark in this thread; a new one is drawn from where the mark points, past those taken."""
    found = db.session.get(Alias, (thread_id, own))
    if found is not None:
        return found.name
    taken = set(db.session.scalars(sa.select(Alias.name).where(Alias.thread_id == thread_id)))
    start = int.from_bytes(hashlib.sha256(own.encode()).digest()[:4], "big") % len(PLANTS)
    position = start
    while (name := name_at(position)) in taken:
        position += 1
        if position == start + len(PLANTS) * 50:
            raise RuntimeError("no alias is left")
    db.session.add(Alias(thread_id=thread_id, mark=own, name=name))
    return name
