"""What the rest of the house tells the live part, after the commit: bells with ids, and whose ways in have ended."""

from __future__ import annotations

from flask import current_app

from forum.changes import AccessEnded, EventChanged, PostWaits, StandingChanged, ThreadChange, ThreadHidden
from forum.db import db
from forum.discussion import authorship, queries
from forum.discussion.models import Post, Thread
from forum.errors import NotFound
from forum.live.registry import Connection, room_channel
from forum.live.ringer import ringer
from forum.live.wire import socketio
from forum.permissions import Actor, Permission, may
from forum.rooms import queries as rooms
from forum.web.identity import Ways

registry = ringer.registry


def thread_changed(change: ThreadChange) -> None:
    """Ring for the thread; those who may no longer read it follow it no more."""
    if isinstance(change, ThreadHidden) and change.thread_id in registry.by_thread:
        with ringer.lock(change.thread_id):
            ringer.tell(change.thread_id)
            for connection in tuple(registry.by_thread.get(change.thread_id, ())):
                _recheck_thread(connection, change.thread_id)
        return
    ringer.ring(change.thread_id)


def post_waits(change: PostWaits) -> None:
    """A bell without words for the post's author and the moderators; they fetch what they may see."""
    thread, post = db.session.get(Thread, change.thread_id), db.session.get(Post, change.post_id)
    if thread is None or post is None:
        return
    for connection in tuple(registry.by_thread.get(change.thread_id, ())):
        actor = _actor(connection)
        if actor and (
            authorship.owns(actor, post) or may(actor, Permission.POST_WITHHELD, thread.room.event_id)
        ):
            socketio.emit("bell", {"thread": thread.id, "post": post.id}, to=connection.sid)
    if thread.room_id in registry.by_room:
        for connection in tuple(registry.by_room[thread.room_id]):
            actor = _actor(connection)
            if actor and may(actor, Permission.POST_WITHHELD, thread.room.event_id):
                socketio.emit("bell", {"room": thread.room_id}, to=connection.sid)


def access_ended(change: AccessEnded) -> None:
    """Disconnect the sockets that came in by a way that is closed now."""
    for connection in registry.of(change.account_id):
        if change.session_id is not None:
            ended = connection.session_id == change.session_id
        elif change.token_id is not None:
            ended = connection.token_id == change.token_id
        else:
            ended = connection.session_id is not None  # all sessions; a token is a way of its own
        if ended:
            _disconnect(connection)


def _disconnect(connection: Connection) -> None:
    registry.remove(connection.sid)
    socketio.server.disconnect(connection.sid)


def standing_changed(change: StandingChanged) -> None:
    """Take the account's sockets out of everything they may no longer follow."""
    for connection in registry.of(change.account_id):
        for thread_id in list(connection.threads):
            _recheck_thread(connection, thread_id)
        for room_id in list(connection.rooms):
            actor = _actor(connection)
            try:
                if actor is None:
                    raise NotFound
                rooms.get_room(actor, room_id)
            except NotFound:
                registry.leave_room(connection, room_id)
                socketio.server.leave_room(connection.sid, room_channel(room_id))


def event_changed(change: EventChanged) -> None:
    """Phases and rules may be others now: pages that show the event's rooms look again."""
    for room_id in list(registry.by_room):
        socketio.emit("bell", {"event": change.event_id}, to=room_channel(room_id))


def _recheck_thread(connection: Connection, thread_id: str) -> None:
    actor = _actor(connection)
    try:
        if actor is None:
            raise NotFound
        queries.get_thread(actor, thread_id)
    except NotFound:
        name = registry.leave_thread(connection, thread_id)
        if name:
            socketio.server.leave_room(connection.sid, name)


def _actor(connection: Connection) -> Actor | None:
    ways: Ways = current_app.extensions["forum.ways"]
    try:
        return (
            ways.actor(connection.account_id)
            if ways.alive(connection.session_id, connection.token_id)
            else None
        )
    except NotFound:
        return None
