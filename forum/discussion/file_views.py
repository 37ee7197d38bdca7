"""Pictures: taken in one by one while a post is written, and handed out to whoever may read the post they stand on."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from forum.db import db
from forum.discussion import attachments, queries
from forum.discussion.models import Attachment
from forum.discussion.picture_fields import PicturesForm
from forum.errors import Forbidden, NotFound
from forum.i18n import _
from forum.permissions import Actor
from forum.rooms import queries as rooms
from forum.storage import Missing
from forum.web import identity
from forum.web.limits import writing
from forum.web.uploads import takes_files

bp = Blueprint("files", __name__)
CSP = "default-src 'none'; sandbox"


@bp.get("/files/<file_id>")
def picture(file_id: str) -> Response:
    """A picture."""
    return _hand_out(file_id, small=False)


@bp.get("/files/<file_id>/small")
def small(file_id: str) -> Response:
    """The small version of a picture."""
    return _hand_out(file_id, small=True)


def _hand_out(file_id: str, *, small: bool) -> Response:
    found = _seen(identity.actor(), file_id)
    try:
        data = attachments.data(found, small=small)
    except Missing:
        raise NotFound from None
    answer = Response(data, mimetype="image/webp")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.name}"'
    answer.headers["Content-Security-Policy"] = CSP
    return answer


def _seen(actor: Actor, file_id: str) -> Attachment:
    """The picture, for whoever is shown it on its post's card; raises ``NotFound`` for all others."""
    found = db.session.get(Attachment, file_id)
    if found is None:
        raise NotFound
    if found.post_id is None:
        if not attachments.may_see_unsent(actor, found):
            raise NotFound
        return found
    shown = queries.get_card(actor, found.post_id)
    if file_id not in {file.id for file in shown.files or ()}:
        raise NotFound
    return found


@bp.post("/rooms/<room_id>/files")
@takes_files
@writing
def receive(room_id: str) -> Response:
    """Keep pictures for a post that is being written; the answer holds the fields that stand for them in its form."""
    actor = identity.actor()
    room = rooms.get_room(actor, room_id)
    if not rooms.writable(actor, room):
        raise Forbidden(_("This room is closed for writing in the present phase of the event."))
    form = PicturesForm()
    before = set(form.file.data)
    form.take(actor, room)
    new = [entry for entry in form.entries() if entry.id not in before]
    html = render_template("discussion/_pictures.html", entries=new)
    answer = jsonify({"html": html, "errors": list(form.pictures.errors)})
    answer.status_code = 422 if form.wrong else 200
    return answer
