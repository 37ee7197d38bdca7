"""Which post quotes which: kept when a post is written, loaded with a page, told when a source changes.

That only words which every reader of the event may read come into a quotation is decided in ``cards.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from forum.changes import PostChange, PostWaits, QuotesChanged, ThreadChange
from forum.db import db, record, table
from forum.discussion import diffing, quotes
from forum.discussion.cards import quote
from forum.discussion.models import (
    KNOWN,
    PENDING,
    Hiding,
    Post,
    PostVersion,
    QuoteRef,
    Thread,
    ThreadHiding,
)
from forum.discussion.quotes import Quote, Token
from forum.errors import Refused
from forum.i18n import _
from forum.people.models import Account
from forum.permissions import Actor
from forum.rooms.models import Member, Room

_ref, _source, _member, _account, _hiding, _thread, _closed, _room = (
    table(model) for model in (QuoteRef, Post, Member, Account, Hiding, Thread, ThreadHiding, Room)
)
_columns = (
    _source.c.id.label("source_id"),
    _source.c.state,
    _source.c.html,
    _source.c.version,
    _source.c.alias,
    _source.c.group_.label("group"),
    _source.c.member_id,
    _source.c.language,
    _source.c.warning,
    _account.c.name.label("author_name"),
    _room.c.event_id,
    sa.or_(_hiding.c.post_id.is_not(None), _closed.c.thread_id.is_not(None), _thread.c.waits).label(
        "withheld"
    ),
)
_sources = (
    _source.join(_thread, _thread.c.id == _source.c.thread_id)
    .join(_room, _room.c.id == _thread.c.room_id)
    .outerjoin(_closed, _closed.c.thread_id == _thread.c.id)
    .outerjoin(_hiding, _hiding.c.post_id == _source.c.id)
    .outerjoin(_member, _member.c.id == _source.c.member_id)
    .outerjoin(_account, _account.c.id == _member.c.account_id)
)
_quoted = (
    sa.select(_ref.c.post_id, _ref.c.place, _ref.c.start, _ref.c.end_.label("end"), *_columns)
    .select_from(_sources.join(_ref, _ref.c.source_id == _source.c.id))
    .where(_ref.c.post_id.in_(sa.bindparam("posts", expanding=True)))
    .order_by(_ref.c.post_id, _ref.c.place)
)
_by_id = (
    sa.select(*_columns).select_from(_sources).where(_source.c.id.in_(sa.bindparam("posts", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Quoting:
    """A post's row together with the rows of what it quotes; equal as long as all of them are."""

    sheet: Any
    quoted: tuple[Any, ...]

    def __getattr__(self, name: str) -> Any:
        """Everything else is the post's own."""
        return getattr(self.sheet, name)


def with_quoted(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows of a page, each that quotes with what it quotes: one statement more, and none where nothing is quoted."""
    quoting = [row.id for row in rows if row.quotes]
    if not quoting:
        return rows
    found: dict[str, list[Any]] = defaultdict(list)
    for start in range(0, len(quoting), 500):
        for row in db.session.execute(_quoted, {"posts": quoting[start : start + 500]}):
            found[row.post_id].append(row)
    return [Quoting(row, tuple(found[row.id])) if row.quotes else row for row in rows]


# ---- when a post is written ----


def keep(actor: Actor, post: Post, event_id: str) -> None:
    """Note what a post quotes, in the transaction that writes it.

    New quotations must be of posts of the same event that its readers may read; raises ``Refused`` (``body``).
    Those that stood in the post before stay, whatever became of their source.
    """
    wanted = quotes.tokens(post.html)
    if not wanted and not post.quotes:
        return
    if len(wanted) > quotes.MOST:
        said = _("A post can hold at most %(count)d quotations.", count=quotes.MOST)
        raise Refused("text.too_many_quotes", said, "body")
    before = {ref.written: (ref.start, ref.end) for ref in _refs(QuoteRef.post_id == post.id)}
    sources = _readable(actor, event_id, {token.post for token in wanted if token.written not in before})
    db.session.execute(sa.delete(QuoteRef).where(QuoteRef.post_id == post.id))
    for place, token in enumerate(wanted):
        if token.written in before:
            start, end = before[token.written]
        elif token.post in sources and token.post != post.id:
            start, end = _passage(token, sources[token.post])
        else:
            raise _refusal()
        db.session.add(
            QuoteRef(
                post_id=post.id,
                place=place,
                source_id=token.post,
                written=token.written,
                start=start,
                end=end,
            )
        )
    post.quotes = len(wanted)
    db.session.flush()


def _refusal() -> Refused:
    said = _("A post that you quote is not there, or not everybody here can read it.")
    return Refused("post.quote", said, "body")


def _refs(condition: sa.ColumnElement[bool]) -> Iterator[QuoteRef]:
    yield from db.session.scalars(sa.select(QuoteRef).where(condition))


def _readable(actor: Actor, event_id: str, post_ids: Iterable[str]) -> dict[str, Any]:
    """Those of these posts that every reader of the event may read."""
    wanted = list(post_ids)
    if not wanted or event_id not in actor.standings:
        return {}
    rows = db.session.execute(_by_id, {"posts": wanted})
    return {
        row.source_id: row
        for row in rows
        if row.event_id == event_id and quote(row, None, None).words is not None
    }


def _passage(token: Token, source: Any) -> tuple[int | None, int | None]:
    """Where the passage stands in what the source says now; raises ``Refused`` where there is none."""
    if token.start is None or token.end is None:
        return None, None
    said = quotes.spoken(source.html)
    start, end = token.start, token.end
    if token.version != source.version:
        old = db.session.get(PostVersion, (token.post, token.version))
        if old is None:
            return None, None
        start, end = next(diffing.moved([(start, end)], quotes.spoken(old.html), said))
        if start == end:
            return None, None
    if not 0 <= start < end <= len(said) or end - start > quotes.LONGEST or not said[start:end].strip():
        raise Refused("post.quote", _("The passage that you quote is not in the post."), "body")
    return start, end


def follow(post: Post, before: str) -> None:
    """Take the passages that others quote along to what the post says now. ``before``: its HTML until now."""
    refs = list(_refs(sa.and_(QuoteRef.source_id == post.id, QuoteRef.end.is_not(None))))
    passages = [(ref.start or 0, ref.end or 0) for ref in refs]
    found = diffing.moved(passages, quotes.spoken(before), quotes.spoken(post.html)) if refs else ()
    for ref, (start, end) in zip(refs, found, strict=True):
        ref.start, ref.end = start, end


def forget(post: Post) -> None:
    """A post that was taken back quotes nothing any more."""
    db.session.execute(sa.delete(QuoteRef).where(QuoteRef.post_id == post.id))
    post.quotes = 0


# ---- when a source changes ----


def source_changed(change: PostChange) -> None:
    """Tell, in the same transaction, the posts that quote this one."""
    _tell(QuoteRef.source_id == change.post_id)


def thread_changed(change: ThreadChange) -> None:
    """The same where a whole thread was hidden or shown again: posts of other threads may quote from it."""
    inside = sa.select(Post.id).where(Post.thread_id == change.thread_id)
    _tell(QuoteRef.source_id.in_(inside), Post.thread_id != change.thread_id)


def _tell(*conditions: sa.ColumnElement[bool]) -> None:
    wanted = (
        sa.select(Post.id, Post.thread_id, Post.state)
        .join(QuoteRef, QuoteRef.post_id == Post.id)
        .where(*conditions, Post.state.in_((*KNOWN, PENDING)))
        .distinct()
        .order_by(Post.id)
    )
    for row in db.session.execute(wanted).all():
        kind = PostWaits if row.state == PENDING else QuotesChanged
        record(kind(thread_id=row.thread_id, post_id=row.id))


# ---- while a post is being written ----


def marked(source_id: str, version: int, html: str, passage: str) -> str | None:
    """The token for a passage as a reader marked it; for the whole post where none is marked, None where it is not there."""
    if not passage.strip():
        return quotes.token(source_id)
    found = quotes.find(passage[: 4 * quotes.LONGEST], quotes.spoken(html))
    if found is None or found[1] - found[0] > quotes.LONGEST:
        return None
    return quotes.token(source_id, found, version)


def preview(actor: Actor, html: str) -> str:
    """A text that is being written, with its quotations as they will be shown."""
    wanted = quotes.tokens(html)[: quotes.MOST]
    if not wanted:
        return html
    rows = db.session.execute(_by_id, {"posts": list({token.post for token in wanted})})
    sources = {row.source_id: row for row in rows if row.event_id in actor.standings}
    shown: list[Quote | None] = []
    for token in wanted:
        row = sources.get(token.post)
        if row is None:
            shown.append(None)
            continue
        current = token.version == row.version
        shown.append(quote(row, token.start if current else None, token.end if current else None))
    return quotes.shown(html, shown)
