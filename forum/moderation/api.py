"""Moderation, for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify
from marshmallow import fields

from forum.discussion import queries
from forum.discussion.cards import as_json
from forum.discussion.models import Post, Thread
from forum.discussion.states import thread_json
from forum.errors import NotFound, Refused
from forum.i18n import _
from forum.moderation import actions
from forum.permissions import Actor, Permission, require
from forum.rooms import queries as rooms
from forum.web import identity
from forum.web.api import Strict, part
from forum.web.limits import writing

blp = part("moderation")


class Why(Strict):
    """Why a post is hidden."""

    reason = fields.String(required=True)
    note = fields.String(load_default="", allow_none=False)


class Verdict(Strict):
    """What becomes of a post that waits."""

    verdict = fields.String(required=True)
    reason = fields.String(load_default=None, allow_none=True)


class ChangedThread(Strict):
    """A thread's new title or room."""

    title = fields.String()
    room = fields.String()


def _on_post(post_id: str, act: Callable[[Actor, Post], Any]) -> Response:
    actor = identity.actor()
    act(actor, queries.get_post(actor, post_id))
    return jsonify(as_json(queries.get_card(actor, post_id)))


def _on_thread(thread_id: str, act: Callable[[Actor, Thread], Any]) -> Response:
    actor = identity.actor()
    act(actor, queries.get_thread(actor, thread_id))
    return jsonify(thread_json(queries.get_thread(actor, thread_id)))


@blp.route("/posts/<post_id>/hiding", methods=["PUT"])
@writing
@blp.arguments(Why)
@blp.doc(summary="Hide a post with a reason")
def hide(sent: dict[str, Any], post_id: str) -> Response:
    """Hide a post."""
    return _on_post(post_id, lambda actor, post: actions.hide(actor, post, sent["reason"], sent["note"]))


@blp.route("/posts/<post_id>/hiding", methods=["DELETE"])
@writing
@blp.doc(summary="Restore a hidden post")
def restore(post_id: str) -> Response:
    """Restore a post."""
    return _on_post(post_id, actions.restore)


@blp.route("/posts/<post_id>/pin", methods=["PUT"])
@writing
@blp.doc(summary="Put a post at the head of its thread")
def pin(post_id: str) -> Response:
    """Pin a post."""
    return _on_post(post_id, actions.pin)


@blp.route("/posts/<post_id>/pin", methods=["DELETE"])
@writing
@blp.doc(summary="Take a post from the head of its thread")
def unpin(post_id: str) -> Response:
    """Unpin a post."""
    return _on_post(post_id, actions.unpin)


@blp.route("/posts/<post_id>/verdict", methods=["POST"])
@writing
@blp.arguments(Verdict)
@blp.doc(summary="Approve or reject a post that waits")
def judge(sent: dict[str, Any], post_id: str) -> Response:
    """Approve or reject a post."""
    return _on_post(post_id, lambda actor, post: actions.judge(actor, post, sent["verdict"], sent["reason"]))


@blp.route("/threads/<thread_id>/lock", methods=["PUT"])
@writing
@blp.doc(summary="Close a thread to new posts")
def lock(thread_id: str) -> Response:
    """Lock a thread."""
    return _on_thread(thread_id, lambda actor, thread: actions.lock(actor, thread, on=True))


@blp.route("/threads/<thread_id>/lock", methods=["DELETE"])
@writing
@blp.doc(summary="Open a locked thread")
def unlock(thread_id: str) -> Response:
    """Unlock a thread."""
    return _on_thread(thread_id, lambda actor, thread: actions.lock(actor, thread, on=False))


@blp.route("/threads/<thread_id>/pin", methods=["PUT"])
@writing
@blp.doc(summary="Put a thread at the head of its room")
def pin_thread(thread_id: str) -> Response:
    """Pin a thread."""
    return _on_thread(thread_id, lambda actor, thread: actions.pin_thread(actor, thread, on=True))


@blp.route("/threads/<thread_id>/pin", methods=["DELETE"])
@writing
@blp.doc(summary="Take a thread from the head of its room")
def unpin_thread(thread_id: str) -> Response:
    """Unpin a thread."""
    return _on_thread(thread_id, lambda actor, thread: actions.pin_thread(actor, thread, on=False))


@blp.route("/threads/<thread_id>/hiding", methods=["PUT"])
@writing
@blp.doc(summary="Take a thread out of its room")
def hide_thread(thread_id: str) -> Response:
    """Hide a thread."""
    return _on_thread(thread_id, lambda actor, thread: actions.hide_thread(actor, thread, on=True))


@blp.route("/threads/<thread_id>/hiding", methods=["DELETE"])
@writing
@blp.doc(summary="Put a hidden thread back")
def restore_thread(thread_id: str) -> Response:
    """Restore a thread."""
    return _on_thread(thread_id, lambda actor, thread: actions.hide_thread(actor, thread, on=False))


@blp.route("/threads/<thread_id>", methods=["PATCH"])
@writing
@blp.arguments(ChangedThread)
@blp.doc(summary="Rename a thread, or move it to another room of the event")
def change_thread(sent: dict[str, Any], thread_id: str) -> Response:
    """Rename or move a thread."""

    def act(actor: Actor, thread: Thread) -> None:
        require(actor, Permission.THREAD_MODERATE, thread.room.event_id)
        if "title" in sent:
            actions.rename(actor, thread, sent["title"])
        if "room" in sent:
            try:
                room = rooms.get_room(actor, sent["room"])
            except NotFound:
                raise Refused("thread.room", _("There is no such room in this event."), "room") from None
            actions.move(actor, thread, room)

    return _on_thread(thread_id, act)
