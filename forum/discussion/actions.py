"""What people do with threads and posts. Every action: require, refuse, change, record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from forum import clock, i18n, text
from forum.changes import (
    PostCreated,
    PostDeleted,
    PostEdited,
    PostWaits,
    ReactionsChanged,
)
from forum.db import atomic, db, hold, new_id, record
from forum.discussion import attachments, authorship, languages, mentions, pace, quoting, tree, versions
from forum.discussion.attachments import Chosen
from forum.discussion.models import (
    DELETED,
    KNOWN,
    PENDING,
    PUBLISHED,
    REJECTED,
    WITHDRAWN,
    Post,
    Reaction,
    Thread,
)
from forum.errors import Forbidden, NotFound, Refused, Stale
from forum.i18n import N_, _
from forum.permissions import Actor, Permission, may, require
from forum.rooms import queries as rooms
from forum.rooms.models import Room
from forum.rooms.phases import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an author says about a post beside its words; None where they say nothing."""

    warning: str | None = None
    language: str | None = None
    """A code of ``languages.LANGUAGES``; without it the language is guessed."""
    question: int | None = None
    """Which of the room's guiding questions it answers, from 1."""
    pictures: tuple[Chosen, ...] = ()
    """Pictures that are to stand on it, beside those that do."""
    dropped: frozenset[str] = frozenset()
    """Ids of pictures that are to stand on it no longer."""


NOTHING = About()
REACTIONS = {"agree": N_("I agree"), "thanks": N_("Thank you"), "important": N_("Important")}


@atomic
def open_thread(
    actor: Actor,
    room: Room,
    title: str,
    body: text.Rendered,
    *,
    alias: bool | None = None,
    about: About = NOTHING,
) -> Thread:
    """Open a topic in a room with its opening post. In a room that is read first, both wait for approval."""
    require(actor, Permission.POST_WRITE, room.event_id)
    _refuse_closed(actor, room)
    pace.take(actor, room)
    now = clock.now()
    held = rooms.held(actor, room)
    thread = Thread(
        id=new_id(), room=room, title=text.title(title), waits=held, created_at=now, active_at=now
    )
    db.session.add(thread)
    db.session.flush()
    post = _add_post(actor, thread, body, None, alias=alias, about=about, held=held)
    thread.opening_id = post.id
    _announce(post)
    return thread


@atomic
def publish(
    actor: Actor,
    thread: Thread,
    body: text.Rendered,
    *,
    parent: Post | None = None,
    alias: bool | None = None,
    about: About = NOTHING,
) -> Post:
    """Write a post in a thread, as an answer to ``parent`` or to the thread's opening post."""
    hold(thread)
    require(actor, Permission.POST_WRITE, thread.room.event_id)
    _refuse_closed(actor, thread.room)
    _refuse_locked(actor, thread)
    if parent is None:
        parent = _opening(thread)
    if parent.thread_id != thread.id:
        raise Refused("post.parent", _("The post you answer is not in this topic."), "parent")
    if parent.state not in KNOWN:
        raise Refused("post.parent", _("The post you answer is not published."), "parent")
    pace.take(actor, thread.room)
    post = _add_post(
        actor, thread, body, parent, alias=alias, about=about, held=rooms.held(actor, thread.room)
    )
    _announce(post)
    return post


@atomic
def edit(actor: Actor, post: Post, body: text.Rendered, *, version: int, about: About = NOTHING) -> Post:
    """Change the words of one's own post. ``version`` is the one that was read; raises ``Stale``."""
    hold(post.thread, post)
    require(actor, Permission.POST_WRITE, post.thread.room.event_id)
    if not authorship.owns(actor, post):
        raise Forbidden(_("Only its author can change a post."))
    _refuse_closed(actor, post.thread.room)
    _refuse_locked(actor, post.thread)
    if post.state in (DELETED, WITHDRAWN, REJECTED):
        raise Forbidden(_("This post cannot be changed any more."))
    if post.hiding is not None:
        raise Forbidden(_("The moderation has hidden this post; it cannot be changed while it is hidden."))
    if post.version != version:
        raise Stale(post.version)
    held = rooms.held(actor, post.thread.room)
    if held and post.state == PUBLISHED:
        raise Forbidden(
            _("In this room posts are read before they appear, so an approved one cannot be changed.")
        )
    versions.keep(post)
    before = post.html
    _fill(actor, post, body, about)
    quoting.follow(post, before)
    post.version += 1
    post.edited_at = clock.now()
    if post.state == PENDING:
        record(PostWaits(thread_id=post.thread_id, post_id=post.id))
    else:
        record(PostEdited(thread_id=post.thread_id, post_id=post.id))
    return post


@atomic
def delete(actor: Actor, post: Post) -> Post:
    """Take one's own post back, whatever the phase: its words are gone for good, its place stays for the answers."""
    hold(post.thread, post)
    require(actor, Permission.EVENT_READ, post.thread.room.event_id)
    if not authorship.owns(actor, post):
        raise Forbidden(_("Only its author can take a post back."))
    if post.state in (DELETED, WITHDRAWN):
        return post
    known = post.state == PUBLISHED
    thread = post.thread
    post.body = post.html = ""
    post.warning = post.language = post.question = None
    versions.forget(post)
    quoting.forget(post)
    attachments.forget(post)
    post.version += 1
    post.reactions = {}
    db.session.execute(sa.delete(Reaction).where(Reaction.post_id == post.id))
    if thread.opening_id == post.id and thread.posts <= 1 and thread.numbers == 1:
        thread.title = ""
    if known:
        post.state = DELETED
        post.pin = None
        record(PostDeleted(thread_id=post.thread_id, post_id=post.id))
    else:
        post.state = WITHDRAWN
        record(PostWaits(thread_id=post.thread_id, post_id=post.id))
    return post


@atomic
def react(actor: Actor, post: Post, kind: str, *, on: bool) -> Post:
    """Give one's reaction to a post, or take it back."""
    hold(post.thread, post)
    require(actor, Permission.POST_REACT, post.thread.room.event_id)
    if kind not in REACTIONS:
        raise NotFound
    if post.thread.room.event.phase is Phase.ARCHIVED:
        raise Forbidden(_("The event is archived: everything can be read, nothing can be changed."))
    if post.state != PUBLISHED or post.hiding is not None:
        raise Forbidden(_("One can only react to a post that can be read."))
    mark = authorship.mark(actor, post.thread_id)
    reaction = db.session.get(Reaction, (post.id, mark, kind))
    if (reaction is not None) is on:
        return post
    if reaction is None:
        db.session.add(Reaction(post_id=post.id, mark=mark, kind=kind))
    else:
        db.session.delete(reaction)
    db.session.flush()
    counted = (
        sa.select(Reaction.kind, sa.func.count()).where(Reaction.post_id == post.id).group_by(Reaction.kind)
    )
    post.reactions = {row[0]: row[1] for row in db.session.execute(counted)}
    record(ReactionsChanged(thread_id=post.thread_id, post_id=post.id))
    return post


_next_number = (
    sa.update(Thread)
    .where(Thread.id == sa.bindparam("thread_id"))
    .values(numbers=Thread.numbers + 1)
    .returning(Thread.numbers)
    .execution_options(synchronize_session=False)
)


def _add_post(
    actor: Actor,
    thread: Thread,
    body: text.Rendered,
    parent: Post | None,
    *,
    alias: bool | None,
    about: About,
    held: bool,
) -> Post:
    path, number = _place(thread, parent)
    post = Post(
        id=new_id(),
        thread=thread,
        parent_id=parent.id if parent else None,
        path=path,
        depth=len(path) // tree.LEVEL - 1,
        number=number,
        quotes=0,
        files=0,
        phase=thread.room.event.phase.value,
        state=PENDING if held else PUBLISHED,
        redacted=False,
        version=1,
        reactions={},
        created_at=clock.now(),
    )
    authorship.sign(actor, thread, post, alias=_under_alias(thread.room, alias))
    _fill(actor, post, body, about)
    return post


def _fill(actor: Actor, post: Post, body: text.Rendered, about: About) -> None:
    """Put the author's words into a post, with what they say about it and what they quote."""
    mentions.refuse_many(body.source)
    post.body, post.renderer = body.source, body.version
    post.html = mentions.mark(post.thread, body.html)
    post.warning = _warning(about.warning)
    post.language = languages.chosen(about.language, body.source, i18n.locale())
    post.question = _question(post.thread.room, about.question)
    db.session.add(post)
    db.session.flush()
    quoting.keep(actor, post, post.thread.room.event_id)
    attachments.keep(actor, post, about.pictures, about.dropped)


def _question(room: Room, number: int | None) -> int | None:
    if number is None:
        return None
    if not 1 <= number <= len(room.questions):
        raise Refused("post.question", _("This room has no such guiding question."), "question")
    return number


def _announce(post: Post) -> None:
    """Tell all readers of a published post, the moderators alone of one that waits."""
    if post.state == PENDING:
        record(PostWaits(thread_id=post.thread_id, post_id=post.id))
    else:
        appear(post)


def _place(thread: Thread, parent: Post | None) -> tuple[bytes, int]:
    """The path and the number of the thread's next post: the last of those that answer ``parent``."""
    number = db.session.execute(_next_number, {"thread_id": thread.id}).scalar_one()
    db.session.expire(thread, ["numbers"])
    return tree.path(parent.path if parent else None, number), number


@atomic
def approve(post: Post) -> None:
    """Bring a post that waited to light: it is new now, and stands last among the answers to its parent.

    Nothing answers it yet, so it can be placed anew.
    """
    post.state = PUBLISHED
    post.created_at = clock.now()
    post.path, post.number = _place(
        post.thread, db.session.get(Post, post.parent_id) if post.parent_id else None
    )
    if post.thread.opening_id == post.id:
        post.thread.waits = False
    appear(post)


def appear(post: Post) -> None:
    """Count a post that all can read from now on, and say so."""
    post.thread.posts += 1
    post.thread.active_at = clock.now()
    record(PostCreated(thread_id=post.thread_id, post_id=post.id))


def _under_alias(room: Room, wish: bool | None) -> bool:
    if room.names == "alias":
        if wish is False:
            raise Refused("post.alias", _("In this room everybody writes under an alias."), "alias")
        return True
    if room.names == "own":
        if wish:
            raise Refused("post.alias", _("In this room everybody writes under their own name."), "alias")
        return False
    return bool(wish)


def _warning(source: str | None) -> str | None:
    if source is None or not source.strip():
        return None
    warning = text.title(source)
    if len(warning) > 100:
        raise Refused("text.long", _("At most %(count)d characters.", count=100), "warning")
    return warning


def _opening(thread: Thread) -> Post:
    opening: Any = db.session.get(Post, thread.opening_id) if thread.opening_id else None
    if opening is None:
        raise NotFound
    return opening  # type: ignore[no-any-return]


def _refuse_closed(actor: Actor, room: Room) -> None:
    if room.event.phase is Phase.ARCHIVED:
        raise Forbidden(_("The event is archived: everything can be read, nothing can be changed."))
    if not rooms.writable(actor, room):
        raise Forbidden(_("This room is closed for writing in the present phase of the event."))


def _refuse_locked(actor: Actor, thread: Thread) -> None:
    if thread.hiding is not None:
        raise Forbidden(_("This topic is hidden; nobody can write in it."))
    if thread.lock is not None and not may(actor, Permission.THREAD_MODERATE, thread.room.event_id):
        raise Forbidden(_("This topic is locked; nobody can write in it."))
