"""Pages of the facilitator."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for

from forum import clock, i18n, offload
from forum.errors import Refused, Stale
from forum.i18n import pick
from forum.permissions import Permission, require
from forum.rooms import queries as rooms
from forum.rooms.models import Room
from forum.summaries import actions, building, queries
from forum.summaries.documents import Document
from forum.summaries.forms import SummaryForm
from forum.summaries.writers import WRITERS
from forum.web import identity
from forum.web.forms import choices
from forum.web.limits import writing
from forum.web.pages import page

bp = Blueprint("summaries", __name__)


def _see(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


@bp.route("/events/<event_id>/summaries", methods=["GET", "POST"])
@writing
def overview(event_id: str) -> Response:
    """The documentations of an event, and the form for a new one."""
    actor = identity.actor()
    event = rooms.get_event(actor, event_id)
    require(actor, Permission.SUMMARY_MAKE, event_id)
    offered = rooms.list_rooms(actor, event_id)
    form = SummaryForm(rooms=[room.id for room in offered] if request.method == "GET" else None)
    form.rooms.choices = choices((room.id, pick(room.title)) for room in offered)
    if form.sent():
        with form.refusals():
            chosen: list[Room] = [room for room in offered if room.id in (form.rooms.data or ())]
            summary = actions.make(actor, event, form.title.data or "", chosen, form.phase.data or None)
            return _see("summaries.summary", summary_id=summary.id)
    return page(
        "summaries/overview.html",
        422 if form.wrong else 200,
        form=form,
        event=event,
        summaries=queries.list_summaries(actor, event_id),
    )


@bp.route("/summaries/<summary_id>", methods=["GET", "POST"])
@writing
def summary(summary_id: str) -> Response:
    """A documentation: its sections with what they cite on one side, the facilitator's own words on the other."""
    actor = identity.actor()
    shown = queries.get_summary(actor, summary_id)
    status, errors, typed = 200, [], None
    if request.method == "POST":
        typed = _typed(len(shown.sections))
        try:
            drafts = [
                actions.Draft(
                    heading=heading,
                    text=said,
                    sources=[post for post in section.sources if post not in left_out],
                    room_id=section.room_id,
                )
                for (heading, said, left_out), section in zip(typed, shown.sections, strict=True)
            ]
            version = request.form.get("version", "0")
            actions.change(
                actor,
                shown,
                int(version) if version.isdecimal() else 0,
                request.form.get("title", ""),
                drafts,
            )
            return _see("summaries.summary", summary_id=summary_id)
        except Refused as refusal:
            status, errors = 422, [refusal.message]
        except Stale:
            status = 412
            errors = [
                i18n.gettext(
                    "Somebody else changed this documentation meanwhile. Sending again puts your version in force."
                )
            ]
        shown = queries.get_summary(actor, summary_id)
    cited = queries.sources_by_id(
        shown.event_id, {post for section in shown.sections for post in section.sources}
    )
    return page(
        "summaries/summary.html",
        status,
        summary=shown,
        event=rooms.get_event(actor, shown.event_id),
        cited=cited,
        typed=typed,
        errors=errors,
        formats=FORMATS,
    )


FORMATS = {
    "docx": i18n.N_("Word"),
    "pdf": i18n.N_("PDF"),
    "md": i18n.N_("Markdown"),
    "html": i18n.N_("Web page"),
    "csv": i18n.N_("Table (CSV)"),
    "json": i18n.N_("Data (JSON)"),
}


def _typed(count: int) -> list[tuple[str, str, set[str]]]:
    """What was typed for each section: heading, text, and the posts to leave out."""
    return [
        (
            request.form.get(f"heading-{place}", ""),
            request.form.get(f"text-{place}", ""),
            set(request.form.getlist(f"without-{place}")),
        )
        for place in range(count)
    ]


@bp.post("/summaries/<summary_id>/deletion")
@writing
def delete(summary_id: str) -> Response:
    """Throw a documentation away."""
    actor = identity.actor()
    shown = queries.get_summary(actor, summary_id)
    actions.delete(actor, shown)
    return _see("summaries.overview", event_id=shown.event_id)


@bp.get("/summaries/<summary_id>/export")
def export(summary_id: str) -> Response:
    """The documentation as a file."""
    actor = identity.actor()
    shown = queries.get_summary(actor, summary_id)
    document = building.summary_document(actor, shown, attribution(), _base())
    return file_of(document, request.args.get("format", "docx"), tuple(WRITERS))


@bp.get("/events/<event_id>/export")
def export_event(event_id: str) -> Response:
    """Every post of the event that may be exported, as a file."""
    actor = identity.actor()
    event = rooms.get_event(actor, event_id)
    document = building.event_document(actor, event, attribution(), _base())
    return file_of(document, request.args.get("format", "json"), ("json", "csv"))


def attribution() -> str:
    """What is to stand beside a quotation; nothing, unless something else is asked for."""
    return request.args.get("attribution", "none")


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def file_of(document: Document, form: str, allowed: tuple[str, ...]) -> Response:
    """The document as a download in one of the allowed formats."""
    if form not in allowed:
        raise Refused("export.format", i18n.gettext("This format is not offered."), "format")
    writer = WRITERS[form]
    language = i18n.locale()
    body = offload.run(_write, writer, document, language)
    answer = Response(body, content_type=writer.media_type)
    day = clock.now().astimezone(clock.ZONE).date().isoformat()
    stem = re.sub(r"[^a-z0-9]+", "-", i18n.gettext("documentation").casefold()).strip("-") or "documentation"
    answer.headers["Content-Disposition"] = f'attachment; filename="{stem}-{day}.{writer.extension}"'
    return answer


def _write(writer: object, document: Document, language: str) -> bytes:
    with i18n.speaking(language):
        return writer.write(document)  # type: ignore[attr-defined,no-any-return]
