"""Making and changing summaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forum import clock, text
from forum.db import atomic, db, hold
from forum.errors import Refused, Stale
from forum.i18n import _, pick
from forum.permissions import Actor, Permission, require
from forum.rooms.models import Event, Room
from forum.rooms.phases import WRITING
from forum.summaries import queries
from forum.summaries.models import Section, Summary


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A section as a facilitator sends it; ``room_id`` None keeps the room that stands in this place."""

    heading: str
    text: str
    sources: Sequence[str]
    room_id: str | None = None


@atomic
def make(actor: Actor, event: Event, title: str, rooms: Sequence[Room], phase: str | None = None) -> Summary:
    """Make a summary with a section for each room, citing its published posts: pinned first, then in reading order."""
    require(actor, Permission.SUMMARY_MAKE, event.id)
    if not rooms:
        raise Refused("summary.rooms", _("Choose at least one room."), "rooms")
    if any(room.event_id != event.id for room in rooms):
        raise Refused("summary.rooms", _("This room belongs to another event."), "rooms")
    if phase is not None and phase not in set(WRITING):
        raise Refused("summary.phase", _("There is no such phase."), "phase")
    now = clock.now()
    summary = Summary(event_id=event.id, title=text.title(title), phase=phase, created_at=now, changed_at=now)
    for position, room in enumerate(rooms):
        sources = [source.card.id for source in queries.sources_of_room(actor, room, phase)]
        summary.sections.append(
            Section(
                position=position,
                room_id=room.id,
                heading=pick(room.title),
                text="",
                html="",
                sources=sources,
            )
        )
    db.session.add(summary)
    db.session.flush()
    return summary


def change(
    actor: Actor,
    summary: Summary,
    version: int,
    title: str | None = None,
    drafts: Sequence[Draft] | None = None,
) -> Summary:
    """Change title or sections. Refuses sources that may not be cited, unless they were cited before."""
    title = text.title(title) if title is not None else None
    written = None
    if drafts is not None:
        if len(drafts) > 50:
            raise Refused("summary.sections", _("A summary has at most 50 sections."), "sections")
        written = [(draft, _rendered(draft.text)) for draft in drafts]
    return _change(actor, summary, version, title, written)


def _rendered(source: str) -> text.Rendered:
    if not source.strip():
        return text.Rendered(source="", html="", version=text.VERSION)
    return text.render(source)


@atomic
def _change(
    actor: Actor,
    summary: Summary,
    version: int,
    title: str | None,
    written: Sequence[tuple[Draft, text.Rendered]] | None,
) -> Summary:
    hold(summary)
    require(actor, Permission.SUMMARY_MAKE, summary.event_id)
    if summary.version != version:
        raise Stale(summary.version)
    if title is not None:
        summary.title = title
    if written is not None:
        _refuse_strange_sources(summary, [draft for draft, _rendered in written])
        rooms = {section.position: section.room_id for section in summary.sections}
        known = set(rooms.values())
        summary.sections = [
            Section(
                position=position,
                room_id=draft.room_id if draft.room_id in known else rooms.get(position),
                heading=text.title(draft.heading),
                text=rendered.source,
                html=rendered.html,
                sources=list(dict.fromkeys(draft.sources)),
            )
            for position, (draft, rendered) in enumerate(written)
        ]
    summary.version += 1
    summary.changed_at = clock.now()
    db.session.flush()
    return summary


def _refuse_strange_sources(summary: Summary, drafts: Sequence[Draft]) -> None:
    cited = {post for section in summary.sections for post in section.sources}
    wanted = {post for draft in drafts for post in draft.sources} - cited
    if wanted and wanted - set(queries.sources_by_id(summary.event_id, wanted)):
        raise Refused("summary.sources", _("A source is not a published post of this event."), "sections")


@atomic
def delete(actor: Actor, summary: Summary) -> None:
    """Throw a summary away."""
    require(actor, Permission.SUMMARY_MAKE, summary.event_id)
    db.session.delete(summary)
