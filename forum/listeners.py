"""Who hears which change. TOGETHER: in its transaction. AFTERWARDS: once it is committed; failures undo nothing."""

from __future__ import annotations

from forum.changes import (
    THREAD_CHANGES,
    AccessEnded,
    Change,
    EventChanged,
    LinkWanted,
    PostWaits,
    StandingChanged,
)
from forum.db import Listener
from forum.live import bell
from forum.people import letters

TOGETHER: dict[type[Change], tuple[Listener, ...]] = {}

AFTERWARDS: dict[type[Change], tuple[Listener, ...]] = {
    **dict.fromkeys(THREAD_CHANGES.values(), (bell.thread_changed,)),
    PostWaits: (bell.post_waits,),
    AccessEnded: (bell.access_ended,),
    StandingChanged: (bell.standing_changed,),
    EventChanged: (bell.event_changed,),
    LinkWanted: (letters.link_wanted,),
}
