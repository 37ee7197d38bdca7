"""The live protocol: follow, unfollow, typing. Writing goes over HTTP; sockets only tell."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask_login import current_user
from flask_socketio import join_room, leave_room

from forum import i18n
from forum.discussion import queries
from forum.discussion.api import changes_json
from forum.discussion.views import changes_as
from forum.errors import NotFound, Refused
from forum.live import presence
from forum.live.registry import FORMS, Connection, channel, room_channel
from forum.live.ringer import ringer
from forum.live.wire import socketio
from forum.permissions import Actor
from forum.rooms import queries as rooms
from forum.web.identity import Ways

registry = ringer.registry
PER_ACCOUNT = 20
MOST = {"threading": 400, "gevent": 6000}
"""Sockets a process takes before pages suffer; whoever is refused asks ``/changes`` from time to time."""


def _ways() -> Ways:
    ways: Ways = current_app.extensions["forum.ways"]
    return ways


@socketio.on("connect")
def connect(auth: Any = None) -> bool:
    """Let in who has an identity: a token, or the session of a page of this forum (then an Origin must be given)."""
    if len(registry.by_sid) >= MOST.get(socketio.async_mode, 400):
        return False
    token = auth.get("token") if isinstance(auth, dict) else None
    session_id = token_id = account_id = None
    if token is not None:
        found = _ways().token(token) if isinstance(token, str) else None
        if found is not None:
            account_id, token_id = found
    elif request.headers.get("Origin") and current_user.is_authenticated:
        account_id, session_id = current_user.account_id, current_user.session_id
    if account_id is None or len(tuple(registry.of(account_id))) >= PER_ACCOUNT:
        return False
    actor = _ways().actor(account_id)
    registry.add(
        Connection(
            sid=_sid(),
            account_id=account_id,
            session_id=session_id,
            token_id=token_id,
            locale=_locale(auth, actor),
        )
    )
    return True


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]
    return sid


def _locale(auth: Any, actor: Actor) -> str:
    wanted = auth.get("locale") if isinstance(auth, dict) else None
    return wanted if isinstance(wanted, str) and wanted in i18n.LOCALES else actor.locale


@socketio.on("disconnect")
def disconnect(*_reason: Any) -> None:
    """Forget the socket."""
    connection = registry.by_sid.get(_sid())
    followed = list(connection.threads) if connection else []
    registry.remove(_sid())
    for thread_id in followed:
        ringer.forget(thread_id)
        presence.changed(thread_id)


def _problem(status: int, title: str) -> dict[str, Any]:
    return {"ok": False, "problem": {"type": "about:blank", "title": title, "status": status}}


NOT_FOUND = (404, "Not Found")


@socketio.on("follow")
def follow(wanted: Any = None) -> dict[str, Any]:
    """Follow a thread or a room's list; the answer holds what happened since ``after``."""
    connection = registry.by_sid.get(_sid())
    if connection is None:
        return _problem(401, "Unauthorized")
    if not connection.spend():
        return _problem(429, "Too Many Requests")
    if not isinstance(wanted, dict):
        return _problem(422, "Unprocessable Content")
    try:
        actor = _actor(connection)
        i18n.activate(connection.locale)
        if "room" in wanted:
            return _follow_room(connection, actor, wanted["room"])
        return _follow_thread(connection, actor, wanted)
    except NotFound:
        return _problem(*NOT_FOUND)
    except Refused as refusal:
        return _problem(422, refusal.message)


def _actor(connection: Connection) -> Actor:
    """The person behind the socket, read anew: what the handshake said may no longer hold."""
    ways = _ways()
    if not ways.alive(connection.session_id, connection.token_id):
        socketio.server.disconnect(connection.sid)
        raise NotFound
    return ways.actor(connection.account_id)


def _follow_room(connection: Connection, actor: Actor, room_id: Any) -> dict[str, Any]:
    if not isinstance(room_id, str):
        raise NotFound
    room = rooms.get_room(actor, room_id)
    registry.join_room(connection, room.id)
    connection.events.add(room.event_id)
    join_room(room_channel(room.id))
    threads, _more = queries.list_threads(actor, room)
    return {"ok": True, "revisions": {thread.id: thread.revision for thread in threads}}


def _follow_thread(connection: Connection, actor: Actor, wanted: dict[str, Any]) -> dict[str, Any]:
    thread_id, after, form = wanted.get("thread"), wanted.get("after"), wanted.get("form", "json")
    if not isinstance(thread_id, str):
        raise NotFound
    if form not in FORMS or not (after is None or (type(after) is int and 0 <= after < 10**9)):
        return _problem(422, "Unprocessable Content")
    event_id = queries.get_thread(actor, thread_id).room.event_id
    with ringer.lock(thread_id):
        level = ringer.level(thread_id)
        answer: dict[str, Any] = {"changes": []}
        if after is not None:
            shown = queries.get_thread(actor, thread_id)
            answer = (changes_as if form == "html" else changes_json)(actor, shown, after)
        if thread_id in connection.threads:
            leave_room(connection.threads[thread_id])
        name = channel(thread_id, form, connection.locale)
        registry.join_thread(connection, thread_id, name)
        connection.events.add(event_id)
        join_room(name)
    told = [change for change in answer["changes"] if change["revision"] <= level]
    presence.changed(thread_id)
    return {"ok": True, "revision": level, "changes": told, "thread_state": answer.get("thread_state")}


@socketio.on("unfollow")
def unfollow(wanted: Any = None) -> dict[str, Any]:
    """Follow it no more."""
    connection = registry.by_sid.get(_sid())
    if connection is None or not isinstance(wanted, dict) or not connection.spend():
        return _problem(422, "Unprocessable Content")
    thread_id, room_id = wanted.get("thread"), wanted.get("room")
    if isinstance(thread_id, str) and thread_id in connection.threads:
        _leave(connection, thread_id)
    if isinstance(room_id, str) and room_id in connection.rooms:
        registry.leave_room(connection, room_id)
        leave_room(room_channel(room_id))
    return {"ok": True}


def _leave(connection: Connection, thread_id: str) -> None:
    name = registry.leave_thread(connection, thread_id)
    if name:
        leave_room(name, sid=connection.sid, namespace="/")
    ringer.forget(thread_id)
    presence.changed(thread_id)


@socketio.on("typing")
def typing(wanted: Any = None) -> None:
    """Somebody writes in a thread they follow."""
    connection = registry.by_sid.get(_sid())
    thread_id = wanted.get("thread") if isinstance(wanted, dict) else None
    if connection is None or not isinstance(thread_id, str) or thread_id not in connection.threads:
        return
    if connection.spend():
        presence.typing(connection, thread_id)
