"""A thread as others are told of it, in the shape of the public contract. Pure."""

from __future__ import annotations

from typing import Any

from forum import clock
from forum.discussion.models import Thread
from forum.i18n import _


def shown_title(thread: Thread) -> str:
    """Its title; a thread that was taken back before anyone answered has none any more."""
    return thread.title or _("Topic taken back")


def thread_json(thread: Thread) -> dict[str, Any]:
    """The thread's state for API and live protocol."""
    return {
        "id": thread.id,
        "room": thread.room_id,
        "title": shown_title(thread),
        "state": thread.state,
        "pinned": thread.pin is not None,
        "revision": thread.revision,
        "counts": {"posts": thread.posts},
        "opening_post": thread.opening_id,
        "created_at": clock.rfc3339(thread.created_at),
        "active_at": clock.rfc3339(thread.active_at),
    }
