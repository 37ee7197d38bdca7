"""Summaries and exports, for programs."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import fields

from forum import clock
from forum.errors import NotFound, Refused
from forum.i18n import _
from forum.permissions import Permission, require
from forum.rooms import queries as rooms
from forum.summaries import actions, building, queries
from forum.summaries.models import Summary
from forum.summaries.views import file_of
from forum.summaries.writers import WRITERS
from forum.web import identity
from forum.web.api import Paging, Strict, cut, items, part, setting, version_read
from forum.web.limits import writing

blp = part("summaries")


class NewSummary(Strict):
    """A summary to be made."""

    title = fields.String(required=True)
    rooms = fields.List(fields.String(), required=True)
    phase = fields.String(load_default=None, allow_none=True)


class SectionIn(Strict):
    """A section as it is sent."""

    heading = fields.String(required=True)
    text = fields.String(load_default="")
    sources = fields.List(fields.String(), load_default=list)
    room = fields.String(load_default=None, allow_none=True)


class ChangedSummary(Strict):
    """A summary's new title or sections."""

    title = fields.String()
    sections = fields.List(fields.Nested(SectionIn))


class Wanted(Strict):
    """Which file."""

    format = fields.String(load_default="json")
    attribution = fields.String(load_default="none")


def summary_json(summary: Summary) -> dict[str, Any]:
    """A summary for programs."""
    return {
        "id": summary.id,
        "event": summary.event_id,
        "title": summary.title,
        "phase": summary.phase,
        "version": summary.version,
        "created_at": clock.rfc3339(summary.created_at),
        "changed_at": clock.rfc3339(summary.changed_at),
        "sections": [
            {
                "heading": section.heading,
                "text": section.text,
                "sources": section.sources,
                "room": section.room_id,
            }
            for section in summary.sections
        ],
    }


@blp.route("/events/<event_id>/summaries")
@blp.arguments(Paging, location="query")
@blp.doc(summary="The summaries of an event")
def summaries(paging: dict[str, Any], event_id: str) -> Response:
    """The summaries of an event."""
    found = queries.list_summaries(identity.actor(), event_id)
    rows, cursor = cut(found, paging["limit"], paging["after"], lambda summary: summary.id)
    return items([summary_json(summary) for summary in rows], cursor)


@blp.route("/events/<event_id>/summaries", methods=["POST"])
@writing
@blp.arguments(NewSummary)
@blp.doc(summary="Make a summary with a section for each room, citing its published posts")
def make(sent: dict[str, Any], event_id: str) -> tuple[Response, int]:
    """Make a summary."""
    actor = identity.actor()
    event = rooms.get_event(actor, event_id)
    require(actor, Permission.SUMMARY_MAKE, event_id)
    try:
        chosen = [rooms.get_room(actor, room_id) for room_id in dict.fromkeys(sent["rooms"])]
    except NotFound:
        raise Refused("summary.rooms", _("There is no such room in this event."), "rooms") from None
    return jsonify(summary_json(actions.make(actor, event, sent["title"], chosen, sent["phase"]))), 201


@blp.route("/summaries/<summary_id>")
@blp.doc(summary="A summary")
def summary(summary_id: str) -> Response:
    """A summary."""
    return jsonify(summary_json(queries.get_summary(identity.actor(), summary_id)))


@blp.route("/summaries/<summary_id>", methods=["PATCH"])
@writing
@blp.arguments(ChangedSummary)
@blp.doc(summary="Change title or sections; needs If-Match with the version read")
def change(sent: dict[str, Any], summary_id: str) -> Response:
    """Change a summary."""
    actor = identity.actor()
    found = queries.get_summary(actor, summary_id)
    version = version_read()
    drafts = None
    if "sections" in sent:
        drafts = [
            actions.Draft(heading=s["heading"], text=s["text"], sources=s["sources"], room_id=s["room"])
            for s in sent["sections"]
        ]
    return jsonify(summary_json(actions.change(actor, found, version, sent.get("title"), drafts)))


@blp.route("/summaries/<summary_id>/export")
@blp.arguments(Wanted, location="query")
@blp.doc(summary="The summary as a file: md, html, docx, pdf, json or csv")
def export(wanted: dict[str, Any], summary_id: str) -> Response:
    """The summary as a file."""
    actor = identity.actor()
    found = queries.get_summary(actor, summary_id)
    document = building.summary_document(actor, found, wanted["attribution"], setting("base_url"))
    return file_of(document, wanted["format"], tuple(WRITERS))


@blp.route("/events/<event_id>/export")
@blp.arguments(Wanted, location="query")
@blp.doc(summary="Every post of the event that may be exported: json or csv")
def export_event(wanted: dict[str, Any], event_id: str) -> Response:
    """The event's posts as a file."""
    actor = identity.actor()
    event = rooms.get_event(actor, event_id)
    document = building.event_document(actor, event, wanted["attribution"], setting("base_url"))
    return file_of(document, wanted["format"], ("json", "csv"))
