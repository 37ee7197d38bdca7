"""Pages of the organiser: the event, its rooms, its members."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for

from forum.errors import Conflict, Forbidden, Refused, Stale
from forum.i18n import N_, _
from forum.permissions import Actor, Group, Permission, Role, require
from forum.rooms import actions, lists, queries, template
from forum.rooms.forms import EventForm, MemberForm, PeopleForm, RoomForm
from forum.rooms.models import Event
from forum.web import identity
from forum.web.limits import writing
from forum.web.pages import page

bp = Blueprint("rooms", __name__)

LANGUAGES = {"de": N_("German"), "en": N_("English"), "ar": N_("Arabic")}


def _see(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


@bp.route("/events/new", methods=["GET", "POST"])
@writing
def new_event() -> Response:
    """Make an event from the template; its rooms can be changed afterwards."""
    actor = identity.actor()
    if not (
        actor.organises or any(Role.ORGANISER in standing.roles for standing in actor.standings.values())
    ):
        raise Forbidden
    form = EventForm() if request.method == "POST" else EventForm.fresh()
    if form.sent():
        with form.refusals():
            plan = form.plan()
            made = actions.create_event(actor, plan, template.rooms())
            return _see("rooms.settings", event_id=made.id)
    return page(
        "rooms/event_form.html", 422 if form.wrong else 200, form=form, event=None, languages=LANGUAGES
    )


@bp.get("/events/<event_id>/settings")
def settings(event_id: str) -> Response:
    """What an event is made of, and what to do next."""
    actor = identity.actor()
    event = _managed(actor, event_id)
    return page(
        "rooms/settings.html",
        event=event,
        rooms=queries.list_rooms(actor, event_id),
        members=queries.list_members(actor, event_id),
        NAMES=actions.NAMES,
    )


def _managed(actor: Actor, event_id: str) -> Event:
    event = queries.get_event(actor, event_id)
    require(actor, Permission.EVENT_MANAGE, event_id)
    return event


@bp.route("/events/<event_id>/edit", methods=["GET", "POST"])
@writing
def edit_event(event_id: str) -> Response:
    """Change an event's texts and dates."""
    actor = identity.actor()
    event = _managed(actor, event_id)
    form = EventForm() if request.method == "POST" else EventForm.of(event)
    status = 200
    if form.sent():
        try:
            with form.refusals():
                actions.change_event(actor, event, form.plan(event.subtitle), form.version.data or 0)
                return _see("rooms.settings", event_id=event_id)
        except Stale as stale:
            form.version.data, form.version.raw_data, status = stale.version, None, 412
            form.refuse(
                Refused(
                    "stale",
                    _("Somebody else changed the event meanwhile. Sending again puts your version in force."),
                )
            )
    return page(
        "rooms/event_form.html",
        status if status != 200 else 422 if form.wrong else 200,
        form=form,
        event=event,
        languages=LANGUAGES,
    )


@bp.route("/events/<event_id>/rooms/new", methods=["GET", "POST"])
@writing
def new_room(event_id: str) -> Response:
    """Add a room."""
    actor = identity.actor()
    event = _managed(actor, event_id)
    form = RoomForm() if request.method == "POST" else RoomForm(posting=["before", "during", "after"])
    if form.sent():
        with form.refusals():
            actions.add_room(actor, event, form.plan())
            return _see("rooms.settings", event_id=event_id)
    return page(
        "rooms/room_form.html",
        422 if form.wrong else 200,
        form=form,
        event=event,
        room=None,
        languages=LANGUAGES,
    )


@bp.route("/rooms/<room_id>/settings", methods=["GET", "POST"])
@writing
def edit_room(room_id: str) -> Response:
    """Change a room's texts and rules."""
    actor = identity.actor()
    room = queries.get_room(actor, room_id)
    require(actor, Permission.EVENT_MANAGE, room.event_id)
    form = RoomForm() if request.method == "POST" else RoomForm.of(room)
    if form.sent():
        with form.refusals():
            actions.change_room(actor, room, form.plan())
            return _see("rooms.settings", event_id=room.event_id)
    return page(
        "rooms/room_form.html",
        422 if form.wrong else 200,
        form=form,
        event=room.event,
        room=room,
        languages=LANGUAGES,
    )


@bp.route("/events/<event_id>/members", methods=["GET", "POST"])
@writing
def members(event_id: str) -> Response:
    """The members, and the form to paste a list of people."""
    actor = identity.actor()
    event = _managed(actor, event_id)
    form = PeopleForm()
    wrong: list[lists.Wrong] = []
    added = None
    if form.sent():
        invitees, wrong = lists.read(form.people.data)
        if not wrong and not invitees:
            form.refuse(Refused("list.empty", _("There is nobody in this list yet."), "people"))
        if not wrong and not form.wrong:
            with form.refusals():
                added = len(actions.add_members(actor, event, invitees))
                form = PeopleForm(formdata=None)
    return page(
        "rooms/members.html",
        422 if form.wrong or wrong else 200,
        form=form,
        wrong=wrong,
        added=added,
        event=queries.get_event(actor, event_id),
        members=queries.list_members(actor, event_id),
    )


@bp.route("/members/<member_id>", methods=["GET", "POST"])
@writing
def member(member_id: str) -> Response:
    """A member's roles and group."""
    actor = identity.actor()
    shown = queries.get_member(actor, member_id)
    form = MemberForm() if request.method == "POST" else MemberForm(roles=shown.roles, group=shown.group)
    if form.sent():
        with form.refusals():
            try:
                roles = {Role(role) for role in form.roles.data or ()}
                group = Group(form.group.data or "")
            except ValueError:
                raise Refused("member.roles", _("Choose roles and a group from the list."), "roles") from None
            actions.change_member(actor, shown, roles, group)
            return _see("rooms.members", event_id=shown.event_id)
    return page(
        "rooms/member.html",
        422 if form.wrong else 200,
        form=form,
        member=shown,
        event=queries.get_event(actor, shown.event_id),
        mails=current_app.config["SETTINGS"].mail_url is not None,
        link=None,
    )


@bp.post("/members/<member_id>/removal")
@writing
def remove_member(member_id: str) -> Response:
    """End a membership at once."""
    actor = identity.actor()
    shown = queries.get_member(actor, member_id)
    actions.remove_member(actor, shown)
    if shown.account_id == actor.account_id:
        return _see("home.start")
    return _see("rooms.members", event_id=shown.event_id)


@bp.post("/members/<member_id>/link")
@writing
def link(member_id: str) -> Response:
    """A sign-in link for a member: mailed, or shown once for copying."""
    actor = identity.actor()
    shown = queries.get_member(actor, member_id)
    by_mail = current_app.config["SETTINGS"].mail_url is not None and "copy" not in request.form
    refusal = secret = None
    try:
        secret = actions.link_for(actor, shown, by_mail=by_mail)
    except Conflict as conflict:
        refusal = conflict.message
    settings = current_app.config["SETTINGS"]
    return page(
        "rooms/member.html",
        409 if refusal else 200,
        form=MemberForm(formdata=None, roles=shown.roles, group=shown.group),
        member=shown,
        event=queries.get_event(actor, shown.event_id),
        mails=settings.mail_url is not None,
        link=settings.base_url + url_for("people.link", secret=secret) if secret else None,
        mailed=by_mail and not refusal,
        refusal=refusal,
    )
