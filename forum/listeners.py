"""Who hears which change. TOGETHER: in its transaction. AFTERWARDS: once it is committed; failures undo nothing."""

from __future__ import annotations

from forum.changes import (
    THREAD_CHANGES,
    AccessEnded,
    Change,
    EventChanged,
    FilesRemoved,
    LinkWanted,
    PostCreated,
    PostDeleted,
    PostEdited,
    PostHidden,
    PostRestored,
    PostWaits,
    StandingChanged,
    ThreadHidden,
    ThreadRenamed,
    ThreadRestored,
)
from forum.db import Listener
from forum.discussion import attachments, quoting, reading_marks
from forum.live import bell
from forum.people import letters
from forum.search import listeners as finding

TOGETHER: dict[type[Change], tuple[Listener, ...]] = {
    PostCreated: (finding.post_changed, reading_marks.appeared),
    PostEdited: (finding.post_changed, quoting.source_changed),
    **dict.fromkeys(
        (PostHidden, PostDeleted), (finding.post_changed, quoting.source_changed, reading_marks.withheld)
    ),
    PostRestored: (finding.post_changed, quoting.source_changed, reading_marks.given_back),
    ThreadRenamed: (finding.title_changed,),
    **dict.fromkeys((ThreadHidden, ThreadRestored), (quoting.thread_changed,)),
}

AFTERWARDS: dict[type[Change], tuple[Listener, ...]] = {
    **dict.fromkeys(THREAD_CHANGES.values(), (bell.thread_changed,)),
    PostWaits: (bell.post_waits,),
    AccessEnded: (bell.access_ended,),
    StandingChanged: (bell.standing_changed,),
    EventChanged: (bell.event_changed,),
    LinkWanted: (letters.link_wanted,),
    FilesRemoved: (attachments.let_go,),
}
