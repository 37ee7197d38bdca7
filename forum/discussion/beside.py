"""What stands beside reading and writing: versions of a post, passages to quote, people to name, the order of reading."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request

from forum.discussion import mentions, queries, quoting, versions
from forum.errors import NotFound, Refused
from forum.i18n import _
from forum.people import actions as people
from forum.web import identity
from forum.web.forms import local
from forum.web.limits import writing
from forum.web.pages import page

bp = Blueprint("beside", __name__)


@bp.get("/posts/<post_id>/versions")
def post_versions(post_id: str) -> Response:
    """What a post said before, and how the version that is asked for differs from the one before it."""
    actor = identity.actor()
    found = queries.get_post(actor, post_id)
    shown, all_versions = versions.of(actor, post_id)
    asked = request.args.get("version", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise NotFound
    number = int(asked) if asked else None
    return page(
        "discussion/versions.html",
        card=shown,
        versions=all_versions,
        number=number or shown.version,
        change=versions.change(all_versions, number),
        thread=found.thread,
        room=found.thread.room,
        event=found.thread.room.event,
    )


@bp.post("/posts/<post_id>/quotation")
@writing
def quotation(post_id: str) -> Response:
    """What is to be written to quote a passage as a reader marked it, or the whole post."""
    actor = identity.actor()
    shown = queries.get_card(actor, post_id)
    if shown.html is None or shown.state != "published":
        raise Refused("post.quote", _("Only a post that all can read can be quoted."))
    post = queries.get_post(actor, post_id)
    token = quoting.marked(post.id, post.version, post.html, request.form.get("passage", ""))
    return jsonify({"quote": token or quoting.marked(post.id, post.version, post.html, "")})


@bp.get("/threads/<thread_id>/people")
def people_to_name(thread_id: str) -> Response:
    """Names that begin with ``q``, of those who can be met in this thread."""
    actor = identity.actor()
    thread = queries.get_thread(actor, thread_id)
    return jsonify({"people": list(mentions.people(actor, thread, request.args.get("q", "")))})


@bp.post("/reading-order")
def reading_order() -> Response:
    """Read topics by time from now on, or as trees."""
    actor = identity.actor()
    people.read_by_time(actor.account_id, on=request.form.get("order") == "time")
    return redirect(local(request.form.get("next")) or "/", 303)  # type: ignore[return-value]
