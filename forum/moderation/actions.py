"""Hide, restore, pin, judge; lock, hide, rename and move threads."""

from __future__ import annotations

from typing import Any

from forum import clock, text
from forum.changes import (
    PostHidden,
    PostPinned,
    PostRestored,
    PostUnpinned,
    PostWaits,
    ThreadChange,
    ThreadHidden,
    ThreadLocked,
    ThreadMoved,
    ThreadPinned,
    ThreadRenamed,
    ThreadRestored,
    ThreadUnlocked,
    ThreadUnpinned,
)
from forum.db import atomic, hold, record
from forum.discussion.actions import approve
from forum.discussion.models import (
    PENDING,
    PUBLISHED,
    REJECTED,
    Hiding,
    Post,
    PostPin,
    Thread,
    ThreadHiding,
    ThreadLock,
    ThreadPin,
)
from forum.discussion.reasons import REASONS
from forum.errors import Conflict, Refused
from forum.i18n import _
from forum.permissions import Actor, Permission, require
from forum.rooms.models import Room


@atomic
def hide(actor: Actor, post: Post, reason: str, note: str = "") -> Post:
    """Withhold a post's words from everyone but its author and the moderators; its place stays, with the reason."""
    hold(post.thread, post)
    require(actor, Permission.POST_HIDE, post.thread.room.event_id)
    if reason not in REASONS:
        raise Refused("hiding.reason", _("Choose one of the reasons."), "reason")
    if len(note) > 1000:
        raise Refused("text.long", _("At most %(count)d characters.", count=1000), "note")
    if post.hiding is not None:
        return post
    if post.state != PUBLISHED:
        raise Conflict(_("Only a published post can be hidden."))
    kept = text.clean(note) if note else ""
    post.hiding = Hiding(moderator_id=_member(actor, post), reason=reason, note=kept, at=clock.now())
    record(PostHidden(thread_id=post.thread_id, post_id=post.id))
    return post


@atomic
def restore(actor: Actor, post: Post) -> Post:
    """Give a hidden post its words back."""
    hold(post.thread, post)
    require(actor, Permission.POST_HIDE, post.thread.room.event_id)
    if post.hiding is None:
        return post
    post.hiding = None
    record(PostRestored(thread_id=post.thread_id, post_id=post.id))
    return post


@atomic
def pin(actor: Actor, post: Post) -> Post:
    """Put a post at the head of its thread."""
    hold(post.thread, post)
    require(actor, Permission.POST_PIN, post.thread.room.event_id)
    if post.pin is not None:
        return post
    if post.state != PUBLISHED or post.hiding is not None:
        raise Conflict(_("Only a post that all can read can be pinned."))
    post.pin = PostPin(thread_id=post.thread_id, moderator_id=_member(actor, post), at=clock.now())
    record(PostPinned(thread_id=post.thread_id, post_id=post.id))
    return post


@atomic
def unpin(actor: Actor, post: Post) -> Post:
    """Take a post from the head of its thread."""
    hold(post.thread, post)
    require(actor, Permission.POST_PIN, post.thread.room.event_id)
    if post.pin is not None:
        post.pin = None
        record(PostUnpinned(thread_id=post.thread_id, post_id=post.id))
    return post


@atomic
def judge(actor: Actor, post: Post, verdict: str, reason: str | None = None) -> Post:
    """Approve or reject a post that waits. An approved opening post brings its thread to light."""
    hold(post.thread, post)
    require(actor, Permission.POST_JUDGE, post.thread.room.event_id)
    if verdict not in ("approve", "reject"):
        raise Refused("verdict.unknown", _("Approve or reject."), "verdict")
    if reason is not None and reason not in REASONS:
        raise Refused("hiding.reason", _("Choose one of the reasons."), "reason")
    wanted = PUBLISHED if verdict == "approve" else REJECTED
    if post.state == wanted:
        return post
    if post.state != PENDING:
        raise Conflict(_("This post does not wait for approval."))
    if wanted == PUBLISHED:
        approve(post)
    else:
        post.state = REJECTED
    record(PostWaits(thread_id=post.thread_id, post_id=post.id))
    return post


@atomic
def lock(actor: Actor, thread: Thread, *, on: bool) -> Thread:
    """Close a thread to new posts, or open it again."""
    return _turn(
        actor, thread, Permission.THREAD_MODERATE, "lock", ThreadLock, on, (ThreadLocked, ThreadUnlocked)
    )


@atomic
def pin_thread(actor: Actor, thread: Thread, *, on: bool) -> Thread:
    """Put a thread at the head of its room, or take it from there."""
    return _turn(actor, thread, Permission.POST_PIN, "pin", ThreadPin, on, (ThreadPinned, ThreadUnpinned))


@atomic
def hide_thread(actor: Actor, thread: Thread, *, on: bool) -> Thread:
    """Take a thread out of its room, so that for all but the moderators it is not there; or put it back."""
    return _turn(
        actor, thread, Permission.THREAD_MODERATE, "hiding", ThreadHiding, on, (ThreadHidden, ThreadRestored)
    )


@atomic
def rename(actor: Actor, thread: Thread, title: str) -> Thread:
    """Give a thread another title."""
    hold(thread)
    require(actor, Permission.THREAD_MODERATE, thread.room.event_id)
    title = text.title(title)
    if title != thread.title:
        thread.title = title
        record(ThreadRenamed(thread_id=thread.id))
    return thread


@atomic
def move(actor: Actor, thread: Thread, room: Room) -> Thread:
    """Put a thread into another room of the same event. Never from a room of aliases into one where names are shown."""
    hold(thread)
    require(actor, Permission.THREAD_MODERATE, thread.room.event_id)
    if room.event_id != thread.room.event_id:
        raise Refused("thread.room", _("This room belongs to another event."), "room")
    if thread.room.names == "alias" and room.names != "alias":
        raise Refused(
            "thread.room",
            _("A topic with aliases can only go to a room where all write under an alias."),
            "room",
        )
    if room.id != thread.room_id:
        thread.room = room
        record(ThreadMoved(thread_id=thread.id))
    return thread


def _turn(
    actor: Actor,
    thread: Thread,
    permission: Permission,
    name: str,
    row: type[Any],
    on: bool,
    changes: tuple[type[ThreadChange], type[ThreadChange]],
) -> Thread:
    """Make or remove the row by which a thread is locked, pinned or hidden."""
    hold(thread)
    require(actor, permission, thread.room.event_id)
    if (getattr(thread, name) is not None) is on:
        return thread
    moderator = actor.standing(thread.room.event_id).member_id
    setattr(thread, name, row(moderator_id=moderator, at=clock.now()) if on else None)
    record(changes[0 if on else 1](thread_id=thread.id))
    return thread


def _member(actor: Actor, post: Post) -> str:
    return actor.standing(post.thread.room.event_id).member_id
