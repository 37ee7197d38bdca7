"""Finding. Whether somebody may know of a hit is part of the statement, never looked at afterwards.

Nobody finds words that are withheld, not even who may read them: they are not in the index (``index.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from forum.db import db, table
from forum.discussion.cards import Card, card
from forum.discussion.models import KNOWN, PUBLISHED, Hiding, Post, Thread, ThreadHiding
from forum.discussion.queries import viewer_in
from forum.errors import Refused
from forum.i18n import _
from forum.people.models import Account
from forum.permissions import Actor, Permission, may
from forum.rooms.models import Member, Room
from forum.search import highlight
from forum.search.index import PLACE, TITLED, doc, on_sqlite, readable
from forum.search.index import sheets as sheets_with_place
from forum.search.normal import SHORT, Term, terms

LONGEST = 200
"""Characters of a query."""
PAGE = 20
MOST_WORDS, WORDS, FEW_WORDS = 600, 300, 100
"""On SQLite: so many different words that contain what is looked for are followed in all, for one term, for one of three
letters; the shortest first. Each costs some 0.05 ms."""
MOST_PEOPLE = 300

_post, _thread, _room, _hiding, _closed, _member, _account = (
    table(model) for model in (Post, Thread, Room, Hiding, ThreadHiding, Member, Account)
)
_text = sa.table("search_text", sa.column("rowid", sa.BigInteger), sa.column("search_text", sa.Text))
_gram = sa.text("SELECT word FROM search_gram WHERE search_gram MATCH :gram ORDER BY rowid LIMIT :most")
_CURSOR = re.compile(r"([0-2])-([0-9]{1,18})", re.ASCII)
_readable = sa.and_(_post.c.state == PUBLISHED, _hiding.c.post_id.is_(None))


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for, and where. ``person`` is a member's id; ``until`` is the first moment that is too late."""

    query: str
    event: str | None = None
    room: str | None = None
    person: str | None = None
    phase: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    newest: bool = False
    """The newest first; else those first whose title holds all of what is looked for, then those with some of it."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One hit as the actor is shown it. ``title`` and ``snippet`` are HTML with what was looked for marked."""

    card: Card
    title: Markup
    snippet: Markup
    """Empty where words are withheld, and where they are folded behind the card's content warning."""
    room: str
    event: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """A page of hits, and the cursor of the next one."""

    found: Sequence[Found]
    next: str | None


def search(actor: Actor, wanted: Wanted, *, limit: int = PAGE, after: str | None = None) -> Results:
    """What the actor may know of and that holds all that is looked for.

    Raises ``NotFound`` for an event they are no member of, ``Refused`` for a query without words (``q``) and for
    a cursor that is none.
    """
    if wanted.event is not None:
        actor.standing(wanted.event)
    asked = terms(wanted.query[:LONGEST])
    if not asked:
        raise Refused("search.empty", _("Write at least one word to look for."), "q")
    rows = _rows(actor, wanted, asked, limit + 1, _begin(after))
    following = f"{rows[limit - 1].titled}-{rows[limit - 1].id}" if len(rows) > limit else None
    return Results(found=_shown(actor, [row.post_id for row in rows[:limit]], asked), next=following)


def _begin(after: str | None) -> tuple[int, int] | None:
    if after is None:
        return None
    found = _CURSOR.fullmatch(after)
    if found is None:
        raise Refused("list.after", _("This cursor does not belong to this list."), "after")
    return int(found[1]), int(found[2])


def _rows(
    actor: Actor, wanted: Wanted, asked: Sequence[Term], limit: int, begin: tuple[int, int] | None
) -> list[Any]:
    """(id, post_id, titled) in order: 2 where the title holds all terms, 1 where it holds some, 0 for all others.

    Each of these is walked from the newest on and left when there is enough, so what is common costs little.
    """
    events = [wanted.event] if wanted.event else sorted(actor.standings)
    matcher = _matcher(asked, wanted, events)
    if not events or matcher is None:
        return []
    allowed = [*_allowed(actor, events), *_filtered(wanted, matcher.at)]
    base = sa.select(doc.c.id, doc.c.post_id).select_from(matcher.source).where(*allowed)
    rows: list[Any] = []
    for titled, matches in [(0, matcher.all)] if wanted.newest else _levels(matcher, asked):
        if len(rows) >= limit or (begin is not None and titled > begin[0]):
            continue
        level = base.add_columns(sa.literal(titled).label("titled")).where(matches)
        if begin is not None and titled == begin[0]:
            level = level.where(matcher.at < begin[1])
        rows += db.session.execute(level.order_by(matcher.at.desc()).limit(limit - len(rows)))
    return rows


def _levels(matcher: _Matcher, asked: Sequence[Term]) -> list[tuple[int, sa.ColumnElement[bool]]]:
    held = [_holds(doc.c.title, term) for term in asked]
    some = [(1, sa.and_(matcher.titled, sa.not_(sa.and_(*held))))] if len(asked) > 1 else []
    return [(2, matcher.all_titled), *some, (0, sa.and_(matcher.all, sa.not_(sa.or_(*held))))]


def _holds(column: sa.ColumnElement[str], term: Term) -> sa.ColumnElement[bool]:
    return sa.or_(*(column.contains(f" {form} " if term.whole else form) for form in term.forms))


def _allowed(actor: Actor, events: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """What the actor may know of. A row without words of the post holds only its topic's title."""
    moderated = [event for event in events if may(actor, Permission.POST_WITHHELD, event)]
    return [
        _room.c.event_id.in_(events),
        _thread.c.waits.is_(False),
        sa.or_(_closed.c.thread_id.is_(None), _room.c.event_id.in_(moderated)),
        sa.or_(_readable, sa.and_(doc.c.words == "", _post.c.state.in_(KNOWN))),
    ]


def _filtered(wanted: Wanted, at: sa.ColumnElement[int]) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if wanted.room is not None:
        conditions.append(_thread.c.room_id == wanted.room)
    if wanted.person is not None:
        conditions.append(sa.and_(_post.c.member_id == wanted.person, _readable))
    if wanted.phase is not None:
        conditions.append(_post.c.phase == wanted.phase)
    if wanted.since is not None:
        conditions.append(at >= int(wanted.since.timestamp() * 1000))
    if wanted.until is not None:
        conditions.append(at < int(wanted.until.timestamp() * 1000))
    return conditions


# ---- the two databases ----

_places = (
    doc.join(_post, _post.c.id == doc.c.post_id)
    .join(_thread, _thread.c.id == _post.c.thread_id)
    .join(_room, _room.c.id == _thread.c.room_id)
    .outerjoin(_hiding, _hiding.c.post_id == _post.c.id)
    .outerjoin(_closed, _closed.c.thread_id == _thread.c.id)
)
_places_by_text = (
    _text.join(doc, doc.c.id == _text.c.rowid)
    .join(_post, _post.c.id == doc.c.post_id)
    .join(_thread, _thread.c.id == _post.c.thread_id)
    .join(_room, _room.c.id == _thread.c.room_id)
    .outerjoin(_hiding, _hiding.c.post_id == _post.c.id)
    .outerjoin(_closed, _closed.c.thread_id == _thread.c.id)
)


@dataclass(frozen=True, kw_only=True)
class _Matcher:
    """How a database is asked: from where, by which key, for all terms, all in the title, some in the title."""

    source: sa.FromClause
    at: sa.ColumnElement[int]
    all: sa.ColumnElement[bool]
    all_titled: sa.ColumnElement[bool]
    titled: sa.ColumnElement[bool]


def _matcher(asked: Sequence[Term], wanted: Wanted, events: Sequence[str]) -> _Matcher | None:
    """None where nothing can be found."""
    if not on_sqlite():
        return _trigrams(asked)
    said = [_said(term, MOST_WORDS // len(asked)) for term in asked]
    return _full_text(said, wanted, events) if all(said) else None


def _trigrams(asked: Sequence[Term]) -> _Matcher:
    """PostgreSQL: ``LIKE`` over columns with a ``gin_trgm_ops`` index."""
    held = [_holds(doc.c.title, term) for term in asked]
    every = sa.and_(
        *(sa.or_(title, _holds(doc.c.words, term)) for title, term in zip(held, asked, strict=True))
    )
    return _Matcher(
        source=_places,
        at=doc.c.id,
        all=every,
        all_titled=sa.and_(*held),
        titled=sa.and_(every, sa.or_(*held)),
    )


def _full_text(said: Sequence[str], wanted: Wanted, events: Sequence[str]) -> _Matcher:
    """SQLite: FTS5 over whole words; which words hold a term was looked up before, so that the long lists of a common
    trigram are never walked.

    Event, person and phase are words in the index too, and looked at first: a search costs nothing for what others
    wrote elsewhere.
    """
    place = [_any(f"{PLACE}e{event}" for event in events)]
    place += [_any([f"{PLACE}m{wanted.person}"])] if wanted.person else []
    place += [_any([f"{PLACE}p{wanted.phase}"])] if wanted.phase else []
    titled = [_quoted(TITLED), *place]
    some = f"{{title}} : ({' OR '.join(said)})"

    def match(expression: str) -> sa.ColumnElement[bool]:
        return _text.c.search_text.op("MATCH", is_comparison=True)(expression)

    return _Matcher(
        source=_places_by_text,
        at=_text.c.rowid,
        all=match(" AND ".join([*place, *said])),
        all_titled=match(" AND ".join([*titled, f"{{title}} : ({' AND '.join(said)})"])),
        titled=match(" AND ".join([*titled, *said, some])),
    )


def _said(term: Term, most: int) -> str:
    """A term in the language of FTS5: the words of the index that hold it, the shortest; empty where none does."""
    if term.whole:
        return _any(term.forms)
    found: dict[str, None] = {}
    for form in term.forms:
        found |= dict.fromkeys(
            db.session.scalars(
                _gram, {"gram": _quoted(form), "most": min(most, WORDS if len(form) > SHORT else FEW_WORDS)}
            )
        )
    return _any(found)


def _any(words: Iterable[str]) -> str:
    said = [_quoted(word) for word in words]
    return f"({' OR '.join(said)})" if said else ""


def _quoted(word: str) -> str:
    doubled = word.replace('"', '""')
    return f'"{doubled}"'


# ---- what is shown ----


def _shown(actor: Actor, post_ids: Sequence[str], asked: Sequence[Term]) -> list[Found]:
    sheets = {row.id: row for row in db.session.execute(sheets_with_place, {"posts": post_ids})}
    return [_found(actor, sheets[post_id], asked) for post_id in post_ids if post_id in sheets]


def _found(actor: Actor, sheet: Any, asked: Sequence[Term]) -> Found:
    shown = card(sheet, viewer_in(actor, sheet.thread_id, sheet.event_id))
    snippet = Markup()
    if shown.state == PUBLISHED and shown.html is not None and not shown.warning:
        snippet = highlight.snippet(readable(shown.html), asked)
    return Found(
        card=shown,
        title=highlight.mark(sheet.title or _("Topic taken back"), asked),
        snippet=snippet,
        room=sheet.room_id,
        event=sheet.event_id,
    )


_authors = (
    sa.select(_member.c.id, _account.c.name)
    .join(_account, _account.c.id == _member.c.account_id)
    .where(
        _member.c.event_id == sa.bindparam("event"),
        sa.select(_post.c.id)
        .join(_thread, _thread.c.id == _post.c.thread_id)
        .outerjoin(_hiding, _hiding.c.post_id == _post.c.id)
        .outerjoin(_closed, _closed.c.thread_id == _thread.c.id)
        .where(
            _post.c.member_id == _member.c.id,
            _readable,
            _thread.c.waits.is_(False),
            _closed.c.thread_id.is_(None),
        )
        .correlate(_member)
        .exists(),
    )
    .order_by(sa.func.lower(_account.c.name), _member.c.id)
    .limit(MOST_PEOPLE)
)


def authors(actor: Actor, event_id: str) -> list[tuple[str, str]]:
    """(member's id, name) of those who wrote something under their own name that all can read, at most ``MOST_PEOPLE``."""
    actor.standing(event_id)
    return [(row.id, row.name) for row in db.session.execute(_authors, {"event": event_id})]
