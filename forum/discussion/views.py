"""Room and thread pages, and writing in them. Every step is a plain form first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for

from forum import i18n, text
from forum.db import new_id
from forum.discussion import actions, drafting, languages, queries, quotes, quoting, reading
from forum.discussion.cards import Card, Viewer
from forum.discussion.forms import EditForm, PostForm, ThreadForm
from forum.discussion.fragments import card_html, head_html, list_html, pressed
from forum.discussion.models import Thread
from forum.discussion.states import shown_title, thread_json
from forum.drafts import actions as drafts
from forum.errors import Forbidden, NotFound, Refused, Stale
from forum.permissions import Actor, Permission, may
from forum.rooms import queries as rooms
from forum.rooms.models import Room
from forum.web import identity
from forum.web.limits import writing
from forum.web.pages import conditional, page
from forum.web.repeats import once
from forum.web.uploads import takes_files

bp = Blueprint("discussion", __name__)


@bp.get("/rooms/<room_id>")
def room(room_id: str) -> Response:
    """A room: its guiding questions, rules and threads."""
    actor = identity.actor()
    return _room_page(actor, rooms.get_room(actor, room_id), ThreadForm(key=new_id()))


def _room_page(actor: Actor, shown: Room, form: ThreadForm, status: int = 200) -> Response:
    last = request.args.get("after")
    after = queries.get_thread(actor, last) if last else None
    question = _question(shown)
    threads, more = queries.list_threads(actor, shown, after=after, question=question)
    waiting = queries.waiting_threads(actor, shown) if after is None and question is None else []
    return page(
        "discussion/room.html",
        status,
        room=shown,
        event=shown.event,
        threads=threads,
        waiting=waiting,
        unread=reading.unread(actor, [*threads, *waiting]),
        fresh=reading.fresh_in(actor, [shown]).get(shown.id),
        question=question,
        more=more,
        first=after is None,
        form=form,
        writable=rooms.writable(actor, shown),
        held=rooms.held(actor, shown),
        shown_title=shown_title,
    )


def _question(shown: Room) -> int | None:
    """The guiding question by which the list is filtered."""
    asked = request.args.get("question", "")
    known = {str(number) for number in range(1, len(shown.questions) + 1)}
    return int(asked) if asked in known else None


@bp.get("/rooms/<room_id>/threads/new")
def new_thread(room_id: str) -> Response:
    """The form for a topic, on a page of its own."""
    actor = identity.actor()
    shown = rooms.get_room(actor, room_id)
    return _new_thread(actor, shown, drafting.opened(actor, ThreadForm, "room", room_id))


def _new_thread(actor: Actor, shown: Room, form: ThreadForm, status: int = 200) -> Response:
    return page(
        "discussion/new_thread.html",
        status,
        room=shown,
        event=shown.event,
        form=form,
        languages=languages.LANGUAGES,
        writable=rooms.writable(actor, shown),
        held=rooms.held(actor, shown),
    )


@bp.post("/rooms/<room_id>/threads")
@takes_files
@writing
def open_thread(room_id: str) -> Response:
    """Open a topic; the answer leads to it."""
    actor = identity.actor()
    shown = rooms.get_room(actor, room_id)
    form = ThreadForm()
    with form.refusals(), drafting.keeping(actor, form, "room", room_id):
        form.take(actor, shown)
        title = _field(form, "title", text.title, form.title.data or "")
        body = text.render(form.body.data or "")
        if title is not None:
            thread_id, _ = once(
                actor,
                form.key.data,
                f"thread {room_id}",
                drafting.sending(
                    actor,
                    form,
                    lambda: (
                        actions.open_thread(
                            actor, shown, title, body, alias=form.wish(shown), about=form.about()
                        ).id
                    ),
                ),
            )
            return _see(url_for("discussion.thread", thread_id=thread_id))
    return _refused(_new_thread(actor, shown, form, form.status), form)


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
    shown = queries.get_thread(actor, thread_id)
    return _thread_page(actor, shown, drafting.opened(actor, PostForm, "thread", thread_id))


def _thread_page(
    actor: Actor, shown: Thread, form: PostForm, status: int = 200, *, answered: str | None = None
) -> Response:
    viewer = queries.viewer_in(actor, shown.id, shown.room.event_id)
    writable = _writable(actor, shown)
    by_time = actor.by_time if (order := request.args.get("order")) is None else order == "time"
    branch = request.args.get("branch") or None
    posts, focus = _posts(viewer, shown, answered, by_time=by_time, branch=branch)
    ids = [sheet.id for sheet in posts.sheets]
    own = queries.own_reactions(viewer, [sheet.id for sheet in posts.sheets if sheet.reactions])
    head = any(sheet.pinned_at for sheet in posts.sheets) or len(ids) < shown.posts
    pinned = queries.pinned_sheets(viewer, shown.id) if head and not posts.earlier and not branch else []
    news = reading.news(viewer, shown, posts.sheets)
    return page(
        "discussion/thread.html",
        status,
        thread=shown,
        room=shown.room,
        event=shown.room.event,
        title=shown_title(shown),
        cards=list_html(posts.sheets, viewer, writable=writable, own=own, new=news.here),
        news=news,
        pinned=[head_html(sheet) for sheet in pinned],
        posts=posts,
        ids=ids,
        focus=focus,
        by_time=by_time,
        branch=branch,
        walk="&".join(
            [
                *([f"order={'time' if by_time else 'tree'}"] if "order" in request.args else []),
                *([f"branch={branch}"] if branch and ids else []),
            ]
        ),
        languages=languages.LANGUAGES,
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


def _posts(
    viewer: Viewer, shown: Thread, answered: str | None, *, by_time: bool, branch: str | None
) -> tuple[queries.Page, str | None]:
    """The page of posts that is asked for, and the post that is to be looked at."""
    wanted = request.args.get("post") or answered
    if wanted:
        found = queries.page_with(viewer, shown.id, wanted, by_time=by_time)
        if any(sheet.id == wanted for sheet in found.sheets):
            return found, wanted
        raise NotFound
    after, before = request.args.get("after"), request.args.get("before")
    found = queries.page_of_posts(
        viewer,
        shown.id,
        after=after,
        before=before,
        last="last" in request.args,
        by_time=by_time,
        branch=branch,
    )
    if not found.sheets and (after or before):
        found = queries.page_of_posts(viewer, shown.id, by_time=by_time, branch=branch)
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
    return conditional(jsonify(changes_as(actor, shown, int(after))))


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
@takes_files
@writing
def publish(thread_id: str) -> Response:
    """Write a post; the answer leads to it in its place."""
    actor = identity.actor()
    shown = queries.get_thread(actor, thread_id)
    form = PostForm()
    parent_id = form.parent.data or None
    kind, thing_id = ("reply", parent_id) if parent_id else ("thread", thread_id)
    with form.refusals(), drafting.keeping(actor, form, kind, thing_id):
        form.take(actor, shown.room)
        body = text.render(form.body.data or "")
        parent = queries.get_post(actor, parent_id) if parent_id else None
        post_id, _ = once(
            actor,
            form.key.data,
            f"post {thread_id}",
            drafting.sending(
                actor,
                form,
                lambda: (
                    actions.publish(
                        actor, shown, body, parent=parent, alias=form.wish(shown.room), about=form.about()
                    ).id
                ),
            ),
        )
        if request.headers.get("Accept") == "application/json":
            return jsonify({"post": post_id})
        return _see(
            url_for("discussion.thread", thread_id=thread_id, post=post_id, _anchor=f"post-{post_id}")
        )
    if parent_id:
        return _refused(_reply_page(actor, parent_id, form, form.status), form)
    return _refused(_thread_page(actor, queries.get_thread(actor, thread_id), form, form.status), form)


def _refused(answer: Response, form: PostForm) -> Response:
    if form.wait:
        answer.headers["Retry-After"] = str(form.wait)
    return answer


@bp.get("/posts/<post_id>/reply")
def reply(post_id: str) -> Response:
    """The form for an answer, on a page of its own below what it answers."""
    actor = identity.actor()
    queries.get_post(actor, post_id)
    form = drafting.opened(actor, PostForm, "reply", post_id, parent=post_id)
    quote = quotes.token(post_id)
    if "quote" in request.args and quote not in (form.body.data or ""):
        form.body.data = "\n\n".join(filter(None, [form.body.data, quote, ""])) + "\n\n"
    return _reply_page(actor, post_id, form)


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
        languages=languages.LANGUAGES,
        writable=_writable(actor, found.thread),
        held=rooms.held(actor, found.thread.room),
    )


@bp.route("/posts/<post_id>/edit", methods=["GET", "POST"])
@takes_files
@writing
def edit(post_id: str) -> Response:
    """Change one's own post. Where it was changed meanwhile, the page shows both texts."""
    actor = identity.actor()
    found = queries.get_post(actor, post_id)
    shown = queries.get_card(actor, post_id)
    if not shown.mine or shown.body is None:
        raise Forbidden
    form = drafting.opened(
        actor,
        EditForm,
        "edit",
        post_id,
        body=shown.body,
        warning=shown.warning,
        version=shown.version,
        language=shown.language,
        question=str(shown.question or ""),
    )
    form.enclosed = shown.files or ()
    if request.method == "POST":
        try:
            with form.refusals(), drafting.keeping(actor, form, "edit", post_id):
                form.take(actor, found.thread.room)
                body = text.render(form.body.data or "")
                about, version = form.about(), form.version.data or 0
                drafting.sending(
                    actor, form, lambda: actions.edit(actor, found, body, version=version, about=about).id
                )()
                return _see(_address(shown))
        except Stale:
            if _said_already(queries.get_card(actor, post_id), form):  # the second press of a double click
                drafts.discard(actor, form.place)
                return _see(_address(shown))
            return _edit_page(actor, post_id, form, 412)
    return _edit_page(actor, post_id, form, 422 if form.wrong else 200)


def _said_already(now: Card, form: EditForm) -> bool:
    """Whether the post says what stands in the form since the version that the form was made from."""
    about = form.about()
    return (
        now.version == (form.version.data or 0) + 1
        and now.body == text.render(form.body.data or "").source
        and (now.warning or "") == (about.warning or "").strip()
        and now.question == about.question
        and about.language in (None, now.language)
        and not form.entries()
    )


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
        languages=languages.LANGUAGES,
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
    rendered = text.render(request.form.get("body", ""))
    return jsonify({"html": quoting.preview(identity.actor(), rendered.html)})


def _address(shown: Card) -> str:
    return url_for("discussion.thread", thread_id=shown.thread, post=shown.id, _anchor=f"post-{shown.id}")


def _see(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]
