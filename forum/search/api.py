"""Searching, for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response
from markupsafe import escape
from marshmallow import fields, validate

from forum import clock
from forum.permissions import Actor
from forum.rooms import queries as rooms
from forum.rooms.phases import WRITING
from forum.search import queries
from forum.search.queries import LONGEST, Found, Wanted
from forum.web import identity
from forum.web.api import Paging, items, part
from forum.web.limits import searching

blp = part("search")


class Search(Paging):
    """What is looked for, and where. ``person`` is a member's id, ``from`` and ``to`` are days, both included."""

    q = fields.String(required=True, validate=validate.Length(1, LONGEST))
    event = fields.String(load_default=None)
    room = fields.String(load_default=None)
    person = fields.String(load_default=None, validate=validate.Length(1, 26))
    phase = fields.String(load_default=None, validate=validate.OneOf([phase.value for phase in WRITING]))
    since = fields.Date(load_default=None, data_key="from")
    until = fields.Date(load_default=None, data_key="to")
    order = fields.String(load_default="best", validate=validate.OneOf(["best", "newest"]))


@blp.route("/search")
@searching
@blp.arguments(Search, location="query")
@blp.doc(
    summary="What the caller may read and that holds all words of `q`",
    description="Words in quotation marks are looked for as they stand; others within words too, without their "
    "endings, marks and case. `title` and `snippet` are HTML: escaped, with the hits in `<mark>`.",
)
def search(asked: dict[str, Any]) -> Response:
    """Search."""
    actor = identity.actor()
    results = queries.search(actor, _wanted(actor, asked), limit=asked["limit"], after=asked["after"])
    return items([_item(found) for found in results.found], results.next)


def _wanted(actor: Actor, asked: dict[str, Any]) -> Wanted:
    event = asked["event"]
    if asked["room"] is not None:
        room = rooms.get_room(actor, asked["room"])
        event = event or room.event_id
    return Wanted(
        query=asked["q"],
        event=event,
        room=asked["room"],
        person=asked["person"],
        phase=asked["phase"],
        since=clock.start_of(asked["since"]) if asked["since"] else None,
        until=clock.start_of(asked["until"] + timedelta(days=1)) if asked["until"] else None,
        newest=asked["order"] == "newest",
    )


def _item(found: Found) -> dict[str, Any]:
    """``snippet``: the content warning where the post bears one, nothing where its words are withheld."""
    warning = found.card.warning if found.card.state == "published" else None
    return {
        "post": found.card.id,
        "thread": found.card.thread,
        "room": found.room,
        "event": found.event,
        "title": str(found.title),
        "snippet": str(escape(warning)) if warning else str(found.snippet),
        "warning": warning,
        "created_at": clock.rfc3339(found.card.created_at),
    }
