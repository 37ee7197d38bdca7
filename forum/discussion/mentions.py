"""Naming others in a post: ``@Bela Sommer`` is plain text; where it is exactly somebody's name, it is set off.

Names are those a reader of the room may meet there: in a room of aliases the aliases of that thread and no others.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from forum.db import db
from forum.discussion.models import PUBLISHED, Alias, Hiding, Post, Thread
from forum.errors import Refused
from forum.i18n import _
from forum.people.models import Account
from forum.permissions import Actor
from forum.rooms.models import Member

MOST = 50
"""Names in one post."""
SUGGESTED = 8
_AT = re.compile(r"(?<![\w@])@(\w+)")
_APART = re.compile(r"(<(?:pre|code|a)\b.*?</(?:pre|code|a)>|<[^>]*>)", re.DOTALL)


def refuse_many(source: str) -> None:
    """Refuse a text that names more people than anybody talks to."""
    if len(_AT.findall(source)) > MOST:
        said = _("A post can name at most %(count)d people with @.", count=MOST)
        raise Refused("text.too_many_mentions", said, "body")


def people(actor: Actor, thread: Thread, begin: str, *, limit: int = SUGGESTED) -> Sequence[str]:
    """Names that begin like this, or hold a word that does, of those who can be named in this thread."""
    actor.standing(thread.room.event_id)
    begin = begin.strip()[:60]
    if not begin:
        return []
    found: set[str] = set()
    for statement in _named(thread):
        name = statement.selected_columns[0]
        matching = sa.or_(
            name.istartswith(begin, autoescape=True), name.icontains(f" {begin}", autoescape=True)
        )
        found |= set(db.session.scalars(statement.where(matching).order_by(name).limit(limit)))
    return sorted(found, key=lambda one: (not one.casefold().startswith(begin.casefold()), one.casefold()))[
        :limit
    ]


def _named(thread: Thread) -> list[sa.Select[Any]]:
    """Statements that give the names that can be met in the thread."""
    members = (
        sa.select(Account.name)
        .join(Member, Member.account_id == Account.id)
        .where(Member.event_id == thread.room.event_id, Member.removed_at.is_(None))
    )
    readable = (
        sa.select(Post.id)
        .outerjoin(Hiding, Hiding.post_id == Post.id)
        .where(
            Post.thread_id == Alias.thread_id,
            Post.alias == Alias.name,
            Post.state == PUBLISHED,
            Hiding.post_id.is_(None),
        )
    )
    aliases = sa.select(Alias.name).where(Alias.thread_id == thread.id, readable.exists())
    names = thread.room.names
    return [aliases] if names == "alias" else [members] if names == "own" else [members, aliases]


def mark(thread: Thread, html: str) -> str:
    """The rendered post with the names in it set off, outside of code and links."""
    words = set(_AT.findall(entities.unescape(html)))
    if not words:
        return html
    known: set[str] = set()
    for statement in _named(thread):
        name = statement.selected_columns[0]
        begins = [sa.or_(name == word, name.startswith(word, autoescape=True)) for word in sorted(words)]
        known |= set(db.session.scalars(statement.where(sa.or_(*begins)).limit(500)))
    return _set_off(html, known) if known else html


def _set_off(html: str, names: Collection[str]) -> str:
    """Put our own element around ``@`` and a name; the longest name wins."""
    longest = sorted((entities.escape(name, quote=False) for name in names), key=len, reverse=True)
    named = re.compile(rf"(?<![\w@])@(?:{'|'.join(map(re.escape, longest))})(?!\w)")
    parts = _APART.split(html)
    parts[::2] = [named.sub(r'<span class="mention">\g<0></span>', part) for part in parts[::2]]
    return "".join(parts)
