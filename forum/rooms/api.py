"""Events, rooms and the caller, for programs."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from forum import clock
from forum.i18n import pick
from forum.permissions import Actor, Permission, Role, may
from forum.rooms import queries
from forum.rooms.models import Event, Room
from forum.web import identity
from forum.web.api import Paging, cut, items, part

blp = part("rooms")


@blp.route("/me")
@blp.doc(summary="The caller: id, name, locale and memberships")
def me() -> Response:
    """The caller."""
    actor = identity.actor()
    return jsonify(
        {
            "id": actor.account_id,
            "name": actor.name,
            "locale": actor.locale,
            "memberships": [
                {
                    "event": standing.event_id,
                    "member": standing.member_id,
                    "roles": [role.value for role in Role if role in standing.roles],
                    "group": standing.group.value,
                }
                for standing in actor.standings.values()
            ],
        }
    )


def event_json(event: Event) -> dict[str, Any]:
    """An event for programs."""
    return {
        "id": event.id,
        "title": pick(event.title),
        "phase": event.phase.value,
        "starts_at": clock.rfc3339(event.starts_at),
        "ends_at": clock.rfc3339(event.ends_at),
        "closes_at": clock.rfc3339(event.closes_at),
        "rooms": [room.id for room in event.rooms],
    }


def room_json(actor: Actor, room: Room) -> dict[str, Any]:
    """A room for programs, with the rules in force for the caller now."""
    return {
        "id": room.id,
        "event": room.event_id,
        "key": room.key,
        "title": pick(room.title),
        "description": pick(room.description),
        "questions": [pick(question) for question in room.questions],
        "may_post": queries.writable(actor, room),
        "names": room.names,
        "premoderation": room.premoderation,
        "pause": room.pause,
        "files": room.files,
        "guard": False,
        "moderates": may(actor, Permission.THREAD_MODERATE, room.event_id),
    }


@blp.route("/events")
@blp.arguments(Paging, location="query")
@blp.doc(summary="The events the caller is a member of")
def events(paging: dict[str, Any]) -> Response:
    """The caller's events."""
    found = queries.list_events(identity.actor())
    rows, cursor = cut(found, paging["limit"], paging["after"], lambda event: event.id)
    return items([event_json(event) for event in rows], cursor)


@blp.route("/events/<event_id>")
@blp.doc(summary="An event with phase, dates and rooms")
def event(event_id: str) -> Response:
    """An event."""
    return jsonify(event_json(queries.get_event(identity.actor(), event_id)))


@blp.route("/events/<event_id>/rooms")
@blp.arguments(Paging, location="query")
@blp.doc(summary="The rooms of an event")
def rooms(paging: dict[str, Any], event_id: str) -> Response:
    """The rooms of an event."""
    actor = identity.actor()
    found = queries.list_rooms(actor, event_id)
    rows, cursor = cut(found, paging["limit"], paging["after"], lambda room: room.id)
    return items([room_json(actor, room) for room in rows], cursor)


@blp.route("/rooms/<room_id>")
@blp.doc(summary="A room and the rules in force now")
def room(room_id: str) -> Response:
    """A room."""
    actor = identity.actor()
    return jsonify(room_json(actor, queries.get_room(actor, room_id)))
