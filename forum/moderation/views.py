"""Pages of moderation."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for

from forum.discussion import queries
from forum.discussion.models import Post, Thread
from forum.discussion.states import shown_title
from forum.i18n import pick
from forum.moderation import actions
from forum.moderation.forms import HidingForm, ThreadForm
from forum.permissions import Actor, Permission, require
from forum.rooms import queries as rooms
from forum.web import identity
from forum.web.forms import choices
from forum.web.limits import writing
from forum.web.pages import page

bp = Blueprint("moderation", __name__)


@bp.route("/posts/<post_id>/hiding", methods=["GET", "POST"])
@writing
def hiding(post_id: str) -> Response:
    """Hide a post, with a reason."""
    actor = identity.actor()
    post = queries.get_post(actor, post_id)
    require(actor, Permission.POST_HIDE, post.thread.room.event_id)
    form = HidingForm()
    if form.sent():
        with form.refusals():
            actions.hide(actor, post, form.reason.data or "", form.note.data or "")
            return _to_post(post_id, post.thread_id)
    return page(
        "moderation/hide.html",
        422 if form.wrong else 200,
        form=form,
        card=queries.get_card(actor, post_id),
        thread=post.thread,
        room=post.thread.room,
        event=post.thread.room.event,
    )


def _to_post(post_id: str, thread_id: str) -> Response:
    address = url_for("discussion.thread", thread_id=thread_id, post=post_id, _anchor=f"post-{post_id}")
    return redirect(address, 303)  # type: ignore[return-value]


POST_VERBS: dict[str, Callable[[Actor, Post], Post]] = {
    "restoration": actions.restore,
    "pin": actions.pin,
    "unpin": actions.unpin,
    "approval": lambda actor, post: actions.judge(actor, post, "approve"),
    "rejection": lambda actor, post: actions.judge(actor, post, "reject"),
}


@bp.post("/posts/<post_id>/<any(restoration,pin,unpin,approval,rejection):verb>")
@writing
def act_on_post(post_id: str, verb: str) -> Response:
    """The verbs that need no more than a button."""
    actor = identity.actor()
    post = POST_VERBS[verb](actor, queries.get_post(actor, post_id))
    return _to_post(post_id, post.thread_id)


THREAD_VERBS: dict[str, Callable[[Actor, Thread], Thread]] = {
    "lock": lambda actor, thread: actions.lock(actor, thread, on=True),
    "unlock": lambda actor, thread: actions.lock(actor, thread, on=False),
    "pin": lambda actor, thread: actions.pin_thread(actor, thread, on=True),
    "unpin": lambda actor, thread: actions.pin_thread(actor, thread, on=False),
    "hiding": lambda actor, thread: actions.hide_thread(actor, thread, on=True),
    "restoration": lambda actor, thread: actions.hide_thread(actor, thread, on=False),
}


@bp.post("/threads/<thread_id>/<any(lock,unlock,pin,unpin,hiding,restoration):verb>")
@writing
def act_on_thread(thread_id: str, verb: str) -> Response:
    """The same for a thread."""
    actor = identity.actor()
    thread = THREAD_VERBS[verb](actor, queries.get_thread(actor, thread_id))
    return redirect(url_for("discussion.thread", thread_id=thread.id), 303)  # type: ignore[return-value]


@bp.route("/threads/<thread_id>/settings", methods=["GET", "POST"])
@writing
def thread_settings(thread_id: str) -> Response:
    """Rename a thread, or move it to another room of the event."""
    actor = identity.actor()
    thread = queries.get_thread(actor, thread_id)
    require(actor, Permission.THREAD_MODERATE, thread.room.event_id)
    form = ThreadForm(title=thread.title, room=thread.room_id)
    form.room.choices = choices(
        (room.id, pick(room.title)) for room in rooms.list_rooms(actor, thread.room.event_id)
    )
    if request.method == "POST":
        with form.refusals():
            actions.rename(actor, thread, form.title.data or "")
            if form.room.data and form.room.data != thread.room_id:
                actions.move(actor, thread, rooms.get_room(actor, form.room.data))
            return redirect(url_for("discussion.thread", thread_id=thread.id), 303)  # type: ignore[return-value]
    return page(
        "moderation/thread.html",
        422 if form.wrong else 200,
        form=form,
        thread=thread,
        room=thread.room,
        event=thread.room.event,
        title=shown_title(thread),
    )
