"""Threads and posts, for programs."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from marshmallow import fields, validate

from forum import text
from forum.discussion import actions, queries, versions
from forum.discussion.actions import About
from forum.discussion.cards import Viewer, as_json, card
from forum.discussion.models import Thread
from forum.discussion.states import thread_json
from forum.errors import NotFound, Refused
from forum.i18n import _
from forum.permissions import Actor
from forum.rooms import queries as rooms
from forum.web import identity
from forum.web.api import Paging, Strict, cut, items, part, version_read
from forum.web.limits import writing
from forum.web.pages import conditional
from forum.web.repeats import once

blp = part("discussion")


class NewPost(Strict):
    """A post to be written."""

    body = fields.String(required=True)
    parent = fields.String(load_default=None, allow_none=True)
    alias = fields.Boolean(load_default=None, allow_none=True, truthy={True}, falsy={False})
    warning = fields.String(load_default=None, allow_none=True)
    language = fields.String(load_default=None, allow_none=True)
    question = fields.Integer(load_default=None, allow_none=True, strict=True)
    confirmed = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class NewThread(Strict):
    """A topic to be opened."""

    title = fields.String(required=True)
    body = fields.String(required=True)
    alias = fields.Boolean(load_default=None, allow_none=True, truthy={True}, falsy={False})
    warning = fields.String(load_default=None, allow_none=True)
    language = fields.String(load_default=None, allow_none=True)
    question = fields.Integer(load_default=None, allow_none=True, strict=True)
    confirmed = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ChangedPost(Strict):
    """A post's new words; what is left out stays as it is."""

    body = fields.String(required=True)
    warning = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    question = fields.Integer(allow_none=True, strict=True)


class After(Strict):
    """Since which revision."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 10**9 - 1))


@blp.route("/rooms/<room_id>/threads")
@blp.arguments(Paging, location="query")
@blp.doc(summary="The threads of a room, pinned first, then by latest activity")
def threads(paging: dict[str, Any], room_id: str) -> Response:
    """The threads of a room."""
    actor = identity.actor()
    room = rooms.get_room(actor, room_id)
    after = _cursor_thread(actor, room_id, paging["after"])
    found, more = queries.list_threads(actor, room, limit=paging["limit"], after=after)
    return items([thread_json(thread) for thread in found], found[-1].id if more else None)


def _about(sent: dict[str, Any]) -> About:
    return About(warning=sent["warning"], language=sent["language"], question=sent["question"])


def _cursor_thread(actor: Actor, room_id: str, cursor: str | None) -> Thread | None:
    if cursor is None:
        return None
    try:
        thread = queries.get_thread(actor, cursor)
    except NotFound:
        thread = None
    if thread is None or thread.room_id != room_id:
        raise Refused("list.after", _("This cursor does not belong to this list."), "after")
    return thread


@blp.route("/rooms/<room_id>/threads", methods=["POST"])
@writing
@blp.arguments(NewThread)
@blp.doc(summary="Open a topic with its opening post")
def open_thread(sent: dict[str, Any], room_id: str) -> tuple[Response, int]:
    """Open a topic."""
    actor = identity.actor()
    room = rooms.get_room(actor, room_id)
    title, body = text.title(sent["title"]), text.render(sent["body"])
    thread_id, _new = once(
        actor,
        request.headers.get("Idempotency-Key"),
        f"thread {room_id}",
        lambda: actions.open_thread(actor, room, title, body, alias=sent["alias"], about=_about(sent)).id,
    )
    thread = queries.get_thread(actor, thread_id)
    opening = as_json(queries.get_card(actor, thread.opening_id or ""))
    return jsonify({**thread_json(thread), "opening_post": opening}), 201


@blp.route("/threads/<thread_id>")
@blp.doc(summary="A thread's state")
def thread(thread_id: str) -> Response:
    """A thread's state."""
    return jsonify(thread_json(queries.get_thread(identity.actor(), thread_id)))


@blp.route("/threads/<thread_id>/posts")
@blp.arguments(Paging, location="query")
@blp.doc(summary="A thread's posts in reading order: a reply follows its parent")
def posts(paging: dict[str, Any], thread_id: str) -> Response:
    """A thread's posts in reading order."""
    actor = identity.actor()
    shown = queries.get_thread(actor, thread_id)
    viewer = queries.viewer_in(actor, shown.id, shown.room.event_id)
    after = paging["after"]
    if after is not None and after not in queries.sheets_of(viewer, shown.id, [after]):
        raise Refused("list.after", _("This cursor does not belong to this list."), "after")
    found = queries.page_of_posts(viewer, shown.id, limit=paging["limit"], after=after)
    cursor = found.sheets[-1].id if found.later else None
    return items([as_json(card(sheet, viewer)) for sheet in found.sheets], cursor)


@blp.route("/threads/<thread_id>/posts", methods=["POST"])
@writing
@blp.arguments(NewPost)
@blp.doc(summary="Write a post, as an answer to `parent` or to the opening post")
def publish(sent: dict[str, Any], thread_id: str) -> tuple[Response, int]:
    """Write a post."""
    actor = identity.actor()
    shown = queries.get_thread(actor, thread_id)
    body = text.render(sent["body"])
    parent = _parent(actor, sent["parent"])
    post_id, _new = once(
        actor,
        request.headers.get("Idempotency-Key"),
        f"post {thread_id}",
        lambda: (
            actions.publish(actor, shown, body, parent=parent, alias=sent["alias"], about=_about(sent)).id
        ),
    )
    return jsonify(as_json(queries.get_card(actor, post_id))), 201


def _parent(actor: Actor, post_id: str | None) -> Any:
    if post_id is None:
        return None
    try:
        return queries.get_post(actor, post_id)
    except NotFound:
        raise Refused("post.parent", _("The post you answer is not in this topic."), "parent") from None


@blp.route("/threads/<thread_id>/changes")
@blp.arguments(After, location="query")
@blp.doc(summary="Every change after a revision, each with the post as it is now")
def changes(query: dict[str, Any], thread_id: str) -> Response:
    """Every change after a revision."""
    actor = identity.actor()
    return conditional(jsonify(changes_json(actor, queries.get_thread(actor, thread_id), query["after"])))


def changes_json(actor: Actor, thread: Thread, after: int) -> dict[str, Any]:
    """Catch-up as the contract has it; the same answers ``follow``."""
    viewer = queries.viewer_in(actor, thread.id, thread.room.event_id)
    entries = queries.changes_after(thread.id, after)
    sheets = queries.sheets_of(viewer, thread.id, {entry.post_id for entry in entries if entry.post_id})
    state = thread_json(thread)
    revision = entries[-1].revision if entries else max(thread.revision, 0)
    return {
        "revision": revision,
        "changes": [
            change_json(thread.id, entry, sheets.get(entry.post_id or ""), viewer, state) for entry in entries
        ],
    }


def change_json(
    thread_id: str, entry: queries.Entry, sheet: Any, viewer: Viewer, state: dict[str, Any]
) -> dict[str, Any]:
    """One change as the contract has it, with the post as the viewer is shown it."""
    from forum import clock

    return {
        "thread": thread_id,
        "revision": entry.revision,
        "kind": entry.kind,
        "at": clock.rfc3339(entry.at),
        "post": as_json(card(sheet, viewer)) if sheet is not None else None,
        "thread_state": state if entry.post_id is None else None,
    }


@blp.route("/posts/<post_id>")
@blp.doc(summary="A post")
def post(post_id: str) -> Response:
    """A post."""
    return jsonify(as_json(queries.get_card(identity.actor(), post_id)))


@blp.route("/posts/<post_id>", methods=["PATCH"])
@writing
@blp.arguments(ChangedPost)
@blp.doc(summary="Change one's own post; needs If-Match with the version read")
def edit(sent: dict[str, Any], post_id: str) -> Response:
    """Change one's own post."""
    actor = identity.actor()
    found = queries.get_post(actor, post_id)
    version = version_read()
    body = text.render(sent["body"])
    now = queries.get_card(actor, post_id)
    about = About(
        warning=sent.get("warning", now.warning),
        language=sent.get("language", now.language),
        question=sent.get("question", now.question),
    )
    actions.edit(actor, found, body, version=version, about=about)
    return jsonify(as_json(queries.get_card(actor, post_id)))


@blp.route("/posts/<post_id>/versions")
@blp.arguments(Paging, location="query")
@blp.doc(summary="What a post said and says, the newest version first")
def post_versions(paging: dict[str, Any], post_id: str) -> Response:
    """The versions of a post."""
    _shown, found = versions.of(identity.actor(), post_id)
    rows, cursor = cut(found, paging["limit"], paging["after"], lambda version: str(version.number))
    return items([versions.as_json(version) for version in rows], cursor)


@blp.route("/posts/<post_id>", methods=["DELETE"])
@writing
@blp.doc(summary="Take one's own post back; its words are gone for good, its place stays")
def delete(post_id: str) -> Response:
    """Take one's own post back."""
    actor = identity.actor()
    actions.delete(actor, queries.get_post(actor, post_id))
    return jsonify(as_json(queries.get_card(actor, post_id)))


@blp.route("/posts/<post_id>/reactions/<kind>", methods=["PUT"])
@writing
@blp.doc(summary="React to a post: agree, thanks or important")
def react(post_id: str, kind: str) -> Response:
    """React to a post."""
    return _react(post_id, kind, on=True)


@blp.route("/posts/<post_id>/reactions/<kind>", methods=["DELETE"])
@writing
@blp.doc(summary="Take a reaction back")
def unreact(post_id: str, kind: str) -> Response:
    """Take a reaction back."""
    return _react(post_id, kind, on=False)


def _react(post_id: str, kind: str, *, on: bool) -> Response:
    actor = identity.actor()
    actions.react(actor, queries.get_post(actor, post_id), kind, on=on)
    return jsonify(as_json(queries.get_card(actor, post_id)))
