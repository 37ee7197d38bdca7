"""From a summary to a document: cards become quotations, the attribution decides what stands beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from forum import clock, i18n
from forum.db import db
from forum.discussion import quotes
from forum.discussion.cards import Card
from forum.discussion.quotes import Quote
from forum.errors import Refused
from forum.i18n import _, pick
from forum.permissions import GROUP_NAMES, Actor, Group, Permission, require
from forum.rooms.models import Event, Room
from forum.rooms.phases import PHASE_NAMES, Phase
from forum.summaries import queries
from forum.summaries.documents import Chapter, Document, Quotation, in_phases
from forum.summaries.models import Section, Summary
from forum.summaries.queries import Source

ATTRIBUTIONS = ("none", "groups", "names")
HUES = {
    "olive": "#5b6b1f",
    "saffron": "#9a5b00",
    "pomegranate": "#9b2743",
    "sea": "#1d5a8a",
    "plum": "#6d3a6e",
    "slate": "#4a5560",
}
SMALLEST = 3
"""A group with fewer people in a room is not told apart under ``groups``."""


def summary_document(actor: Actor, summary: Summary, attribution: str, base_url: str) -> Document:
    """The document of a summary, of what may be cited at this moment."""
    require(actor, Permission.SUMMARY_MAKE, summary.event_id)
    _refuse_unknown(attribution)
    event = _event(summary.event_id)
    rooms = {room.id: room for room in event.rooms}
    cited = queries.sources_by_id(
        event.id, {post for section in summary.sections for post in section.sources}
    )
    chapters = [
        _chapter(
            section,
            rooms.get(section.room_id or ""),
            [cited[p] for p in section.sources if p in cited],
            attribution,
            base_url,
        )
        for section in summary.sections
    ]
    return _document(event, summary.title, chapters, attribution, summary.phase, base_url)


def event_document(actor: Actor, event: Event, attribution: str, base_url: str) -> Document:
    """The document of a whole event: every post that may be exported."""
    require(actor, Permission.EVENT_EXPORT, event.id)
    _refuse_unknown(attribution)
    chapters = [
        _chapter(
            Section(heading=pick(room.title), text="", html=""),
            room,
            queries.sources_of_room(actor, room),
            attribution,
            base_url,
        )
        for room in event.rooms
    ]
    return _document(event, pick(event.title), chapters, attribution, None, base_url)


def _refuse_unknown(attribution: str) -> None:
    if attribution not in ATTRIBUTIONS:
        raise Refused("export.attribution", _("Choose names, groups or none."), "attribution")


def _event(event_id: str) -> Event:
    return db.session.get_one(Event, event_id)


def _document(
    event: Event, title: str, chapters: Sequence[Chapter], attribution: str, phase: str | None, base_url: str
) -> Document:
    language = i18n.locale()
    count = sum(len(block.quotations) for chapter in chapters for block in chapter.phases)
    method = [
        _(
            "This documentation was made from the online discussion on the event “%(event)s” (%(day)s).",
            event=pick(event.title),
            day=i18n.say_date(event.starts_at),
        ),
        i18n.ngettext(
            "It quotes one contribution, word for word. Contributions that were hidden or taken back are left out.",
            "It quotes %(num)d contributions, word for word. Contributions that were hidden or taken back are left out.",
            count,
        ),
    ]
    if phase:
        method.append(_("It covers one phase only: %(phase)s.", phase=_(PHASE_NAMES[Phase(phase)])))
    method.append(_(HOW_ATTRIBUTED[attribution]))
    return Document(
        title=title,
        subtitle=pick(event.subtitle),
        event_title=pick(event.title),
        language=language,  # type: ignore[arg-type]
        chapters=tuple(chapters),
        method=tuple(method),
        imprint=_("Made with the Reflexionsforum on %(day)s.", day=i18n.say_date(clock.now())),
        attribution=attribution,  # type: ignore[arg-type]
    )


HOW_ATTRIBUTED = {
    "none": i18n.N_(
        "It follows the Chatham House Rule: what was said may be used, who said it and who took part is not told."
    ),
    "groups": i18n.N_(
        "Contributions are attributed to groups, never to people. Small groups are not told apart."
    ),
    "names": i18n.N_(
        "Contributions bear the names under which they were written. This file is for internal use only."
    ),
}


def _chapter(
    section: Section, room: Room | None, sources: Sequence[Source], attribution: str, base_url: str
) -> Chapter:
    labels = _labels(sources) if attribution == "groups" else {}
    quotations = (
        (
            source.card.phase,
            Quotation(
                post_id=source.card.id,
                html=_html(source.card, attribution, labels),
                source=_source(source.card, attribution, labels),
                thread_title=source.thread_title,
                byline=_byline(source, attribution, labels),
                depth=source.card.depth,
                pinned=source.card.pinned,
                redacted=source.card.redacted,
                date=source.card.created_at.astimezone(clock.ZONE).date().isoformat()
                if attribution != "none"
                else None,
                link=f"{base_url}/posts/{source.card.id}",
                warning=source.card.warning,
                pictures=tuple(file.alternative for file in source.card.files or () if file.alternative),
            ),
        )
        for source in sources
    )
    return Chapter(
        heading=section.heading,
        questions=tuple(pick(question) for question in room.questions) if room else (),
        text=section.text,
        html=section.html,
        hue=HUES.get(room.hue, "#0f5c63") if room else "#0f5c63",
        phases=in_phases(quotations),  # type: ignore[arg-type]
    )


def _html(card: Card, attribution: str, labels: dict[str, str]) -> str:
    """The post; above the posts that it quotes stands no more than beside those that are cited themselves."""
    if not card.quotes:
        return card.html or ""
    names = [_quoted_byline(quote, attribution, labels) for quote in quotes.named(card.quotes)]
    return quotes.attributed(card.html or "", names)


def _source(card: Card, attribution: str, labels: dict[str, str]) -> str:
    if not card.quotes:
        return card.body or ""
    return quotes.written(
        card.body or "", card.quotes, lambda quote: _quoted_byline(quote, attribution, labels)
    )


def _quoted_byline(quote: Quote, attribution: str, labels: dict[str, str]) -> str | None:
    if attribution == "none":
        return None
    return quote.name if attribution == "names" else labels.get(quote.group or "", _("Participants"))


def _labels(sources: Sequence[Source]) -> dict[str, str]:
    """What each group is called in this chapter: small ones are merged, so that nobody can be told by their group."""
    sizes = {
        group: _people_at_least(sources, group)
        for group in {s.card.author.group for s in sources if s.card.author}
    }
    return {
        group: _(GROUP_NAMES[Group(group)]) if size >= SMALLEST else _("Participants")
        for group, size in sizes.items()
    }


def _people_at_least(sources: Sequence[Source], group: str) -> int:
    """How many people of a group certainly wrote. An alias is another in each thread, so only those of one count."""
    authors = [
        (s.card.thread, s.card.author) for s in sources if s.card.author and s.card.author.group == group
    ]
    members = {author.member for _thread, author in authors if author.member}
    aliases = {(thread, author.name) for thread, author in authors if author.alias}
    return max(len(members), max(Counter(thread for thread, _name in aliases).values(), default=0))


def _byline(source: Source, attribution: str, labels: dict[str, str]) -> str | None:
    author = source.card.author
    if author is None or attribution == "none":
        return None
    return author.name if attribution == "names" else labels[author.group]
