"""What a reader has read: told by the page that has shown it, or by a button. No page is read by being asked for."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, jsonify, redirect, request, url_for

from forum import clock
from forum.discussion import queries, reading
from forum.errors import Refused
from forum.i18n import _, ngettext
from forum.rooms import queries as rooms
from forum.web import identity
from forum.web.limits import limiter

bp = Blueprint("reading", __name__)
often = limiter.shared_limit("60/minute", scope="reading", methods=["POST"])


@bp.get("/threads/<thread_id>/unread")
def unread(thread_id: str) -> Response:
    """Leads to the first post that is new to the reader, whatever page it is on; to the topic where none is."""
    actor = identity.actor()
    thread = queries.get_thread(actor, thread_id)
    first = reading.first_unread(actor, thread)
    if first is None:
        return _see(url_for("discussion.thread", thread_id=thread_id))
    return _see(url_for("discussion.thread", thread_id=thread_id, post=first, _anchor=f"post-{first}"))


@bp.post("/threads/<thread_id>/reading")
@often
def read(thread_id: str) -> Response:
    """These posts were shown."""
    actor = identity.actor()
    thread = queries.get_thread(actor, thread_id)
    shown = request.form.get("posts", "").split()
    if len(shown) > reading.MOST:
        raise Refused("reading.many", _("At most %(count)d posts at once.", count=reading.MOST), "posts")
    left = reading.read(actor, thread, frozenset(shown))
    if request.headers.get("Accept") == "application/json":
        return jsonify({"new": left, "said": ngettext("%(num)d new", "%(num)d new", left)})
    return _see(url_for("discussion.thread", thread_id=thread_id))


@bp.post("/rooms/<room_id>/reading")
@often
def read_room(room_id: str) -> Response:
    """Everything in a room is read."""
    actor = identity.actor()
    room = rooms.get_room(actor, room_id)
    reading.read_all(actor, [room], _until())
    return _see(url_for("discussion.room", room_id=room_id))


@bp.post("/events/<event_id>/reading")
@often
def read_event(event_id: str) -> Response:
    """Everything in an event is read."""
    actor = identity.actor()
    reading.read_all(actor, rooms.list_rooms(actor, event_id), _until())
    return _see(url_for("home.event", event_id=event_id))


def _until() -> datetime:
    """When the page with the button was made: what was written since then was not to be seen on it."""
    said = request.form.get("until", "")
    try:
        moment = datetime.fromisoformat(said) if said else clock.now()
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused("reading.until", _("Say until when, as a date and time with its zone."), "until")
    return min(moment, clock.now())


def _see(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]
