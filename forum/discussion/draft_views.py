"""Saving a draft, finding it again, throwing it away."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from forum.db import transaction
from forum.discussion import drafting
from forum.drafts import actions as drafts
from forum.drafts import queries as kept
from forum.drafts.queries import Kept
from forum.errors import NotFound
from forum.web import identity, repeats
from forum.web.limits import limiter
from forum.web.pages import page
from forum.web.uploads import takes_files

bp = Blueprint("drafts", __name__)
often = limiter.shared_limit("60/minute;2400/hour", scope="drafts", methods=["POST"])
"""A page saves at most every few seconds; two may be open."""


@bp.get("/drafts")
def own() -> Response:
    """One's own drafts."""
    return page("discussion/drafts.html", drafts=drafting.shown(identity.actor()))


@bp.get("/drafts/<kind>/<thing_id>")
def fields(kind: str, thing_id: str) -> Response:
    """What is kept for a place, for a box that opens on a page; nothing where there is no such draft or place."""
    draft = kept.find(identity.actor(), f"{kind}/{thing_id}")
    told = {"fields": draft.words if draft else {}, "said": drafting.said(draft) if draft else ""}
    if draft and draft.words.get("file"):
        told["pictures"] = _pictures(kind, draft)
    return jsonify(told)


def _pictures(kind: str, draft: Kept) -> str:
    """The fields for the pictures of a draft."""
    form = drafting.FORMS.get(kind, drafting.FORMS["thread"])(formdata=MultiDict(draft.words))
    return render_template("discussion/_pictures.html", entries=form.entries())


@bp.post("/drafts/<kind>/<thing_id>")
@takes_files
@often
def save(kind: str, thing_id: str) -> Response:
    """Keep what stands in the form. What was sent meanwhile is no draft any more."""
    actor = identity.actor()
    drafting.require_place(actor, kind, thing_id)
    form = drafting.FORMS[kind]()
    if (room := drafting.room_of(actor, kind, thing_id)) is not None:
        form.take(actor, room)
    place = f"{kind}/{thing_id}"
    with transaction():
        sent = repeats.made(actor, request.form.get("key"))
        draft = None if sent else drafting.keep(actor, form, place)
    if request.headers.get("Accept") == "application/json":
        return jsonify({"said": drafting.said(draft) if draft else ""})
    return _see(drafting.address(kind, thing_id))


@bp.route("/drafts/<kind>/<thing_id>/removal", methods=["GET", "POST"])
@often
def remove(kind: str, thing_id: str) -> Response:
    """Throw a draft away, after a look at it."""
    actor = identity.actor()
    place = f"{kind}/{thing_id}"
    draft = kept.find(actor, place)
    if draft is None:
        raise NotFound
    if request.method == "POST":
        drafts.discard(actor, place)
        if request.headers.get("Accept") == "application/json":
            return jsonify({})
        return _see(url_for("drafts.own"))
    return page("discussion/draft_removal.html", draft=draft, said=drafting.said(draft))


def _see(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]
