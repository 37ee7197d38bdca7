"""The start page, the event's page, and help."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for

from forum import clock
from forum.discussion import queries as discussion
from forum.discussion import reading
from forum.discussion.fragments import markup
from forum.drafts import queries as drafts
from forum.i18n import picked
from forum.permissions import Permission, Role, may
from forum.rooms import queries as rooms
from forum.rooms.phases import PHASE_NAMES
from forum.web import identity
from forum.web.pages import page

bp = Blueprint("home", __name__)


@bp.get("/")
def start() -> Response:
    """The one event of who has one, else the list of them."""
    actor = identity.actor()
    events = rooms.list_events(actor)
    organises = actor.organises or any(
        Role.ORGANISER in standing.roles for standing in actor.standings.values()
    )
    if len(events) == 1 and not actor.organises:
        return redirect(url_for("home.event", event_id=events[0].id), 303)  # type: ignore[return-value]
    return page("home/start.html", events=events, organises=organises, PHASE_NAMES=PHASE_NAMES)


@bp.get("/events/<event_id>")
def event(event_id: str) -> Response:
    """The event: its timeline, its organiser's word, its rooms."""
    actor = identity.actor()
    shown = rooms.get_event(actor, event_id)
    language = picked(shown.welcome_html)
    now = clock.now()
    own_rooms = rooms.list_rooms(actor, event_id)
    return page(
        "home/event.html",
        event=shown,
        rooms=own_rooms,
        fresh=reading.fresh_in(actor, own_rooms),
        drafts=drafts.count(actor),
        counts=discussion.room_counts(actor, shown),
        welcome=markup(shown.welcome_html.get(language, "")),
        welcome_language=language,
        days=(shown.starts_at.astimezone(clock.ZONE).date() - now.astimezone(clock.ZONE).date()).days,
        PHASE_NAMES=PHASE_NAMES,
        organises=may(actor, Permission.EVENT_MANAGE, event_id),
        facilitates=may(actor, Permission.SUMMARY_MAKE, event_id),
    )


@bp.get("/help/permissions")
def permissions() -> Response:
    """The table of rights, as the code has it."""
    return page("home/permissions.html", permissions=list(Permission), roles=list(Role))
