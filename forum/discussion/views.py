"""Room and thread pages, and writing in them. Every step is a plain form first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from markupsafe import Markup

from forum import i18n, text
from forum.db import new_id
from forum.discussion import actions, queries
from forum.discussion.cards import Card, Viewer
from forum.discussion.forms import EditForm, PostForm, ThreadForm
from forum.discussion.fragments import card_html, head_html, list_html, pressed
from forum.discussion.models import Thread
from forum.discussion.states import shown_title, thread_json
from forum.errors import Forbidden, NotFound, Refused, Stale
from forum.permissions import Actor, Permission, may
from forum.rooms import queries as rooms
from forum.rooms.models import Room
from forum.web import identity
from forum.web.limits import writing
from forum.web.pages import page
from forum.web.repeats import once

bp = Blueprint("discussion", __name__)


@bp.get("/rooms/<room_id>")
def room(room_id: str) -> Response:
    """A room: its guiding questions, rules and threads."""
    actor = identity.actor()
    return _room_page(actor, rooms.get_room(actor, room_id), ThreadForm(key=new_id()))


def _room_page(actor: Actor, shown: Room, form: ThreadForm, status: int = 200) -> Response:
    last = request.args.get("after")
    after = queries.get_thread(actor, last) if last else None
    threads, more = queries.list_threads(actor, shown, after=after)
    return page(
        "discussion/room.html",
        status,
        room=shown,
        event=shown.event,
        threads=threads,
        waiting=queries.waiting_threads(actor, shown) if after is None else [],
        more=more,
        first=after is None,
        form=form,
        writable=rooms.writable(actor, shown),
        held=rooms.held(actor, shown),
        shown_title=shown_title,
    )


@bp.get("/rooms/<room_id>/threads/new")
def new_thread(room_id: str) -> Response:
    """The form for a topic, on a page of its own."""
    actor = identity.actor()
    return _new_thread(actor, rooms.get_room(actor, room_id), ThreadForm(key=new_id()))


def _new_thread(actor: Actor, shown: Room, form: ThreadForm, status: int = 200) -> Response:
    return page(
        "discussion/new_thread.html",
        status,
        room=shown,
        event=shown.event,
        form=form,
        writable=rooms.writable(actor, shown),
        held=rooms.held(actor, shown),
    )


@bp.post("/rooms/<room_id>/threads")
@writing
def open_thread(room_id: str) -> Response:
    """Open a topic; the answer leads to it."""
    actor = identity.actor()
    shown = rooms.get_room(actor, room_id)
    form = ThreadForm()
    with form.refusals():
        title = _field(form, "title", text.title, form.title.data or "")
        body = text.render(form.body.data or "")
        if title is not None:
            thread_id, _ = once(
                actor,
                form.key.data,
                f"thread {room_id}",
                lambda: (
                    actions.open_thread(
                        actor, shown, title, body, alias=form.wish(shown), warning=form.warning.data
                    ).id
                ),
            )
            return _see(url_for("discussion.thread", thread_id=thread_id))
    return _new_thread(actor, shown, form, 422)


def _field(form: ThreadForm, name: str, check: Any, value: str) -> Any:
    try:
        return check(value)
    except Refused as refusal:
        form.refuse(Refused(refusal.rule, refusal.message, name))
        return None


@bp.get("/threads/<thread_id>")
def thread(thread_id: str) -> Response:
    """A page of a thread."""
    actor = identity.actor()
    return _thread_page(actor, queries.get_thread(actor, thread_id), PostForm(key=new_id()))


def _thread_page(
    actor: Actor, shown: Thread, form: PostForm, status: int = 200, *, answered: str | None = None
) -> Response:
    viewer = queries.viewer_in(actor, shown.id, shown.room.event_id)
    writable = _writable(actor, shown)
    posts, focus = _posts(viewer, shown, answered)
    ids = [sheet.id for sheet in posts.sheets]
    own = queries.own_reactions(viewer, [sheet.id for sheet in posts.sheets if sheet.reactions])
    head = (posts.earlier is False and any(sheet.pinned_at for sheet in posts.sheets)) or len(
        ids
    ) < shown.posts
    pinned = queries.pinned_sheets(viewer, shown.id) if head and not posts.earlier else []
    return page(
        "discussion/thread.html",
        status,
        thread=shown,
        room=shown.room,
        event=shown.room.event,
        title=shown_title(shown),
        cards=list_html(posts.sheets, viewer, writable=writable, own=own),
        pinned=[head_html(sheet) for sheet in pinned],
        posts=posts,
        ids=ids,
        focus=focus,
        form=form,
        viewer=viewer,
        writable=writable,
        held=rooms.held(actor, shown.room),
        moderates=may(actor, Permission.THREAD_MODERATE, shown.room.event_id),
    )


def _writable(actor: Actor, shown: Thread) -> bool:
    if not rooms.writable(actor, shown.room) or shown.hiding is not None:
        return False
    return shown.lock is None or may(actor, Permission.THREAD_MODERATE, shown.room.event_id)


def _posts(viewer: Viewer, shown: Thread, answered: str | None) -> tuple[queries.Page, str | None]:
    """The page of posts that is asked for, and the post that is to be looked at."""
    wanted = request.args.get("post") or answered
    if wanted:
        found = queries.page_with(viewer, shown.id, wanted)
        if any(sheet.id == wanted for sheet in found.sheets):
            return found, wanted
        raise NotFound
    after, before = request.args.get("after"), request.args.get("before")
    found = queries.page_of_posts(viewer, shown.id, after=after, before=before, last="last" in request.args)
    if not found.sheets and (after or before):
        found = queries.page_of_posts(viewer, shown.id)
    return found, None


@bp.get("/posts/<post_id>")
def post(post_id: str) -> Response:
    """The lasting address of a post: leads to it in its thread, whatever page it is on."""
    shown = queries.get_post(identity.actor(), post_id)
    return _see(
        url_for("discussion.thread", thread_id=shown.thread_id, post=shown.id, _anchor=f"post-{shown.id}")
    )


@bp.get("/posts/<post_id>/card")
def card_of(post_id: str) -> Response:
    """The card of one post as the asker is shown it."""
    actor = identity.actor()
    found = queries.get_post(actor, post_id)
    viewer = queries.viewer_in(actor, found.thread_id, found.thread.room.event_id)
    sheets = queries.sheets_of(viewer, found.thread_id, [post_id])
    if post_id not in sheets:
        raise NotFound
    own = queries.own_reactions(viewer, [post_id])
    html = pressed(card_html(sheets[post_id], viewer, writable=_writable(actor, found.thread)), post_id, own)
    return Response(html, mimetype="text/html")


@bp.get("/threads/<thread_id>/changes")
def changes(thread_id: str) -> Response:
    """What happened after a revision, each post as the ready card the asker may see: catch-up for the pages."""
    actor = identity.actor()
    shown = queries.get_thread(actor, thread_id)
    after = request.args.get("after", "")
    if not after.isdecimal() or len(after) > 9:
        raise Refused("changes.after", i18n.gettext("Say after which revision."), "after")
    return jsonify(changes_as(actor, shown, int(after)))


def changes_as(actor: Actor, shown: Thread, after: int) -> dict[str, Any]:
    """Catch-up in the form of the project's own pages: one ready card for each post that changed."""
    viewer = queries.viewer_in(actor, shown.id, shown.room.event_id)
    entries = queries.changes_after(shown.id, after)
    sheets = queries.sheets_of(viewer, shown.id, {entry.post_id for entry in entries if entry.post_id})
    own = queries.own_reactions(viewer, list(sheets))
    writable = _writable(actor, shown)
    told = []
    for entry in entries:
        sheet = sheets.get(entry.post_id or "")
        html = pressed(card_html(sheet, viewer, writable=writable), sheet.id, own) if sheet else None
        told.append(
            {
                "revision": entry.revision,
                "kind": entry.kind,
                "post_id": entry.post_id,
                "card": html,
                "parent": sheet and sheet.parent_id,
            }
        )
    return {"revision": shown.revision, "changes": told, "thread_state": thread_json(shown)}


@bp.post("/threads/<thread_id>/posts")
@writing
def publish(thread_id: str) -> Response:
    """Write a post; the answer leads to it in its place."""
    actor = identity.actor()
    shown = queries.get_thread(actor, thread_id)
    form = PostForm()
    parent_id = form.parent.data or None
    with form.refusals():
        body = text.render(form.body.data or "")
        parent = queries.get_post(actor, parent_id) if parent_id else None
        post_id, _ = once(
            actor,
            form.key.data,
            f"post {thread_id}",
            lambda: (
                actions.publish(
                    actor, shown, body, parent=parent, alias=form.wish(shown.room), warning=form.warning.data
                ).id
            ),
        )
        if request.headers.get("Accept") == "application/json":
            return jsonify({"post": post_id})
        return _see(
            url_for("discussion.thread", thread_id=thread_id, post=post_id, _anchor=f"post-{post_id}")
        )
    if parent_id:
        return _reply_page(actor, parent_id, form, 422)
    return _thread_page(actor, queries.get_thread(actor, thread_id), form, 422)


@bp.get("/posts/<post_id>/reply")
def reply(post_id: str) -> Response:
    """The form for an answer, on a page of its own below what it answers."""
    return _reply_page(identity.actor(), post_id, PostForm(key=new_id(), parent=post_id))


def _reply_page(actor: Actor, post_id: str, form: PostForm, status: int = 200) -> Response:
    found = queries.get_post(actor, post_id)
    return page(
        "discussion/reply.html",
        status,
        card=queries.get_card(actor, post_id),
        thread=found.thread,
        room=found.thread.room,
        event=found.thread.room.event,
        title=shown_title(found.thread),
        form=form,
        writable=_writable(actor, found.thread),
        held=rooms.held(actor, found.thread.room),
    )


@bp.route("/posts/<post_id>/edit", methods=["GET", "POST"])
@writing
def edit(post_id: str) -> Response:
    """Change one's own post. Where it was changed meanwhile, the page shows both texts."""
    actor = identity.actor()
    found = queries.get_post(actor, post_id)
    shown = queries.get_card(actor, post_id)
    if not shown.mine or shown.body is None:
        raise Forbidden
    form = EditForm(body=shown.body, warning=shown.warning, version=shown.version)
    if request.method == "POST":
        try:
            with form.refusals():
                body = text.render(form.body.data or "")
                actions.edit(actor, found, body, version=form.version.data or 0, warning=form.warning.data)
                return _see(_address(shown))
        except Stale:
            return _edit_page(actor, post_id, form, 412)
    return _edit_page(actor, post_id, form, 422 if form.wrong else 200)


def _edit_page(actor: Actor, post_id: str, form: EditForm, status: int) -> Response:
    found = queries.get_post(actor, post_id)
    now = queries.get_card(actor, post_id)
    stale = status == 412
    if stale:
        form.version.data = now.version
        form.version.raw_data = None
    return page(
        "discussion/edit.html",
        status,
        card=now,
        thread=found.thread,
        room=found.thread.room,
        event=found.thread.room.event,
        form=form,
        stale=stale,
    )


@bp.route("/posts/<post_id>/deletion", methods=["GET", "POST"])
@writing
def delete(post_id: str) -> Response:
    """Take one's own post back, after a look at what will be gone."""
    actor = identity.actor()
    found = queries.get_post(actor, post_id)
    shown = queries.get_card(actor, post_id)
    if not shown.mine:
        raise Forbidden
    if request.method == "POST":
        actions.delete(actor, found)
        return _see(_address(shown))
    return page(
        "discussion/delete.html",
        card=shown,
        thread=found.thread,
        room=found.thread.room,
        event=found.thread.room.event,
    )


@bp.post("/posts/<post_id>/reactions/<kind>")
@writing
def react(post_id: str, kind: str) -> Response:
    """Give one's reaction, or take it back where it was given."""
    actor = identity.actor()
    found = queries.get_post(actor, post_id)
    viewer = queries.viewer_in(actor, found.thread_id, found.thread.room.event_id)
    given = (post_id, kind) in queries.own_reactions(viewer, [post_id])
    actions.react(actor, found, kind, on=not given)
    if request.headers.get("Accept") == "application/json":
        return jsonify({"pressed": not given})
    return _see(_address(queries.get_card(actor, post_id)))


@bp.post("/preview")
@writing
def preview() -> Response:
    """What is being written, as the server's own renderer shows it."""
    identity.actor()
    return jsonify({"html": Markup(text.render(request.form.get("body", "")).html)})  # noqa: S704


def _address(shown: Card) -> str:
    return url_for("discussion.thread", thread_id=shown.thread, post=shown.id, _anchor=f"post-{shown.id}")


def _see(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]
