"""What the rest of the house tells the live part after a commit, and what each live process does about it.

The first half turns changes into bells (ids and nothing else); ``hear`` is the second half, in every process.
"""

from __future__ import annotations

from typing import Any

from flask import current_app

from forum.changes import AccessEnded, EventChanged, PostWaits, StandingChanged, ThreadChange, ThreadHidden
from forum.db import db
from forum.discussion import authorship, queries
from forum.discussion.models import Post, Thread
from forum.errors import NotFound
from forum.live import presence
from forum.live.registry import Connection, room_channel
from forum.live.relay import relay
from forum.live.ringer import ringer
from forum.live.wire import socketio
from forum.permissions import Actor, Permission, may
from forum.rooms import queries as rooms
from forum.web.identity import Ways

registry = ringer.registry


def thread_changed(change: ThreadChange) -> None:
    """Ring for the thread."""
    relay.send({"bell": "thread", "thread": change.thread_id, "recheck": isinstance(change, ThreadHidden)})


def post_waits(change: PostWaits) -> None:
    """Ring for the post's author and the moderators, who fetch what they may see."""
    relay.send({"bell": "waits", "thread": change.thread_id, "post": change.post_id})


def access_ended(change: AccessEnded) -> None:
    """Ring for the sockets that came in by a way that is closed now."""
    relay.send(
        {
            "bell": "access",
            "account": change.account_id,
            "session": change.session_id,
            "token": change.token_id,
        }
    )


def standing_changed(change: StandingChanged) -> None:
    """Ring for the account's sockets, which may have lost the right to follow something."""
    relay.send({"bell": "standing", "account": change.account_id})


def event_changed(change: EventChanged) -> None:
    """Ring for the pages that show the event's rooms: phases and rules may be others now."""
    relay.send({"bell": "event", "event": change.event_id})


def hear(bell: dict[str, Any]) -> None:
    """Do in this process what a bell asks for."""
    match bell:
        case {"bell": "thread", "thread": thread_id, "recheck": True}:
            _thread_hidden(thread_id)
        case {"bell": "thread", "thread": thread_id}:
            ringer.ring(thread_id)
        case {"bell": "waits", "thread": thread_id, "post": post_id}:
            _post_waits(thread_id, post_id)
        case {"bell": "access", "account": account_id, "session": session_id, "token": token_id}:
            _access_ended(account_id, session_id, token_id)
        case {"bell": "standing", "account": account_id}:
            _standing_changed(account_id)
        case {"bell": "people"}:
            presence.heard(bell)
        case {"bell": "event", "event": event_id}:
            for room_id in list(registry.by_room):
                socketio.emit("bell", {"event": event_id}, to=room_channel(room_id))


def look() -> None:
    """Bells may have been missed: bring every thread up to date, and part from whoever has no way in any more."""
    for thread_id in list(registry.by_thread):
        ringer.ring(thread_id)
    part()


def part() -> None:
    """Disconnect the sockets whose session or token no longer holds, and look closer at those of former members.

    Bells do this at once; this catches what ends by itself (a session's time) and what a lost bell left over. It
    costs a few statements for 500 sockets, whatever they follow.
    """
    connections = tuple(registry.by_sid.values())
    for start in range(0, len(connections), 500):
        some = connections[start : start + 500]
        ways: Ways = current_app.extensions["forum.ways"]
        alive = ways.alive_among(
            {c.session_id for c in some if c.session_id}, {c.token_id for c in some if c.token_id}
        )
        members = rooms.memberships({connection.account_id for connection in some})
        for connection in some:
            if (connection.session_id or connection.token_id) not in alive:
                _disconnect(connection)
            elif not {(connection.account_id, event_id) for event_id in connection.events} <= members:
                _recheck(connection, _actor(connection))


def _thread_hidden(thread_id: str) -> None:
    """Tell the followers without words; then only those follow on who may still read the thread."""
    if thread_id not in registry.by_thread:
        ringer.ring(thread_id)
        return
    with ringer.lock(thread_id):
        ringer.tell(thread_id)
        for connection in tuple(registry.by_thread.get(thread_id, ())):
            _recheck_thread(connection, _actor(connection), thread_id)


def _post_waits(thread_id: str, post_id: str) -> None:
    thread, post = db.session.get(Thread, thread_id), db.session.get(Post, post_id)
    if thread is None or post is None:
        return
    event_id = thread.room.event_id
    for connection in tuple(registry.by_thread.get(thread_id, ())):
        actor = _actor(connection)
        if actor and (authorship.owns(actor, post) or may(actor, Permission.POST_WITHHELD, event_id)):
            socketio.emit("bell", {"thread": thread_id, "post": post_id}, to=connection.sid)
    for connection in tuple(registry.by_room.get(thread.room_id, ())):
        actor = _actor(connection)
        if actor and may(actor, Permission.POST_WITHHELD, event_id):
            socketio.emit("bell", {"room": thread.room_id}, to=connection.sid)


def _access_ended(account_id: str, session_id: str | None, token_id: str | None) -> None:
    for connection in registry.of(account_id):
        if session_id is not None:
            ended = connection.session_id == session_id
        elif token_id is not None:
            ended = connection.token_id == token_id
        else:
            ended = connection.session_id is not None  # all sessions; a token is a way of its own
        if ended:
            _disconnect(connection)


def _disconnect(connection: Connection) -> None:
    registry.remove(connection.sid)
    socketio.server.disconnect(connection.sid)


def _standing_changed(account_id: str) -> None:
    for connection in registry.of(account_id):
        _recheck(connection, _actor(connection))


def _recheck(connection: Connection, actor: Actor | None) -> None:
    """Take a socket out of everything it may no longer follow."""
    for thread_id in list(connection.threads):
        _recheck_thread(connection, actor, thread_id)
    for room_id in list(connection.rooms):
        try:
            rooms.get_room(_known(actor), room_id)
        except NotFound:
            registry.leave_room(connection, room_id)
            _leave(connection, room_channel(room_id))


def _recheck_thread(connection: Connection, actor: Actor | None, thread_id: str) -> None:
    try:
        queries.get_thread(_known(actor), thread_id)
    except NotFound:
        name = registry.leave_thread(connection, thread_id)
        if name:
            _leave(connection, name)


def _known(actor: Actor | None) -> Actor:
    if actor is None:
        raise NotFound
    return actor


def _leave(connection: Connection, name: str) -> None:
    socketio.server.leave_room(connection.sid, name)


def _actor(connection: Connection) -> Actor | None:
    """The person behind the socket, read anew; None where the way in has ended."""
    ways: Ways = current_app.extensions["forum.ways"]
    try:
        return (
            ways.actor(connection.account_id)
            if ways.alive(connection.session_id, connection.token_id)
            else None
        )
    except NotFound:
        return None


relay.on_bell(hear, look)
