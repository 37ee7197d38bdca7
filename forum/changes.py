"""What can happen. Each change is a frozen record of ids and plain values, in the past tense.

A ``ThreadChange`` gets the next number of its thread (its ``revision``) and is what live clients, catch-up and
notices are fed from; ``kind`` is its name in the live protocol. ``listeners.py`` says who hears which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something happened."""


@dataclass(frozen=True, kw_only=True)
class ThreadChange(Change):
    """Something happened in a thread that all its readers may know."""

    kind: ClassVar[str]
    thread_id: str


@dataclass(frozen=True, kw_only=True)
class PostChange(ThreadChange):
    """Something happened to a post."""

    post_id: str


class PostCreated(PostChange):
    """A post can be read by all: written, or approved after it waited."""

    kind = "post.created"


class PostEdited(PostChange):
    """Its author changed the words of a post."""

    kind = "post.edited"


class PostHidden(PostChange):
    """A moderator withheld the words of a post, with a reason."""

    kind = "post.hidden"


class PostRestored(PostChange):
    """A moderator gave a hidden post its words back."""

    kind = "post.restored"


class PostDeleted(PostChange):
    """Its author took a post back; the words are gone for good."""

    kind = "post.deleted"


class QuotesChanged(PostChange):
    """Something that a post quotes was changed, hidden, shown again or taken back: the post itself is as it was."""

    kind = "post.quotes"


class PostPinned(PostChange):
    """A moderator put a post at the head of its thread."""

    kind = "post.pinned"


class PostUnpinned(PostChange):
    """A moderator took a post from the head of its thread."""

    kind = "post.unpinned"


class ReactionsChanged(PostChange):
    """Somebody reacted to a post, or took it back; who is not told."""

    kind = "post.reactions"


class ThreadLocked(ThreadChange):
    """A moderator closed a thread to new posts."""

    kind = "thread.locked"


class ThreadUnlocked(ThreadChange):
    """A moderator opened a locked thread."""

    kind = "thread.unlocked"


class ThreadPinned(ThreadChange):
    """A moderator put a thread at the head of its room."""

    kind = "thread.pinned"


class ThreadUnpinned(ThreadChange):
    """A moderator took a thread from the head of its room."""

    kind = "thread.unpinned"


class ThreadHidden(ThreadChange):
    """A moderator took a thread out of its room; for all others it is not there."""

    kind = "thread.hidden"


class ThreadRestored(ThreadChange):
    """A moderator put a hidden thread back."""

    kind = "thread.restored"


class ThreadRenamed(ThreadChange):
    """A moderator gave a thread another title."""

    kind = "thread.renamed"


class ThreadMoved(ThreadChange):
    """A moderator put a thread into another room of the event."""

    kind = "thread.moved"


@dataclass(frozen=True, kw_only=True)
class PostWaits(Change):
    """A post waits for approval, was changed meanwhile, or was rejected: known to its author and the moderators alone."""

    thread_id: str
    post_id: str


@dataclass(frozen=True, kw_only=True)
class EventChanged(Change):
    """An organiser changed an event, its dates, rooms or rules."""

    event_id: str


@dataclass(frozen=True, kw_only=True)
class StandingChanged(Change):
    """An account's membership began, ended or got other roles."""

    account_id: str
    event_id: str


@dataclass(frozen=True, kw_only=True)
class AccessEnded(Change):
    """Ways in were closed: a session, a token, or (both None) all of an account."""

    account_id: str
    session_id: str | None = None
    token_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class FilesRemoved(Change):
    """Pictures lost their rows for good; their files, named here, are to go."""

    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LinkWanted(Change):
    """A sign-in link is to be sent by mail."""

    link_id: str


THREAD_CHANGES: dict[str, type[ThreadChange]] = {
    cls.kind: cls
    for cls in (
        PostCreated,
        PostEdited,
        PostHidden,
        PostRestored,
        PostDeleted,
        QuotesChanged,
        PostPinned,
        PostUnpinned,
        ReactionsChanged,
        ThreadLocked,
        ThreadUnlocked,
        ThreadPinned,
        ThreadUnpinned,
        ThreadHidden,
        ThreadRestored,
        ThreadRenamed,
        ThreadMoved,
    )
}
"""Every numbered change by its name in the live protocol."""
