"""What a published post said before: kept when it is changed, shown to those who may read the post now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum import clock
from forum.db import db
from forum.discussion import diffing, queries, quotes
from forum.discussion.cards import Card
from forum.discussion.diffing import Piece
from forum.discussion.models import PUBLISHED, Post, PostVersion
from forum.errors import NotFound
from forum.permissions import Actor


def keep(post: Post) -> None:
    """Keep what a post says, before it is changed. What nobody but its author and the moderators has read is not kept."""
    if post.state != PUBLISHED:
        return
    db.session.add(
        PostVersion(
            post_id=post.id,
            version=post.version,
            body=post.body,
            html=post.html,
            renderer=post.renderer,
            warning=post.warning,
            at=post.edited_at or post.created_at,
        )
    )


def forget(post: Post) -> None:
    """Delete all earlier versions: the post was taken back."""
    db.session.execute(sa.delete(PostVersion).where(PostVersion.post_id == post.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version as a reader is shown it; the words are None for those who may not read the post now."""

    number: int
    at: datetime
    body: str | None
    html: str | None
    warning: str | None


def of(actor: Actor, post_id: str) -> tuple[Card, Sequence[Version]]:
    """The post as the actor is shown it, and all its versions, the newest first."""
    shown = queries.get_card(actor, post_id)
    rows = db.session.execute(
        sa.select(
            PostVersion.version, PostVersion.at, PostVersion.body, PostVersion.html, PostVersion.warning
        )
        .where(PostVersion.post_id == post_id)
        .order_by(PostVersion.version.desc())
    ).all()
    words = shown.body is not None
    now = Version(
        number=shown.version,
        at=shown.edited_at or shown.created_at,
        body=shown.body,
        html=shown.html,
        warning=shown.warning,
    )
    return shown, [now, *(_version(row, words=words) for row in rows)]


def _version(row: Any, *, words: bool) -> Version:
    """Old quotations are not resolved any more: what they pointed at is known of the present version alone."""
    return Version(
        number=row.version,
        at=row.at,
        body=row.body if words else None,
        html=quotes.shown(row.html, ()) if words else None,
        warning=row.warning if words else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one version became the next; None and None for what the reader may not read."""

    before: Version
    after: Version
    words: tuple[Piece, ...]
    warning: tuple[Piece, ...]


def change(versions: Sequence[Version], number: int | None) -> Change | None:
    """How version ``number`` (without it: the newest) came about; None for the first, or where words are withheld."""
    place = 0
    if number is not None:
        place = next((n for n, version in enumerate(versions) if version.number == number), -1)
    if place < 0:
        raise NotFound
    if place + 1 >= len(versions):
        return None
    after, before = versions[place], versions[place + 1]
    if before.body is None or after.body is None:
        return None
    return Change(
        before=before,
        after=after,
        words=tuple(diffing.pieces(before.body, after.body)),
        warning=tuple(diffing.pieces(before.warning or "", after.warning or "")),
    )


def as_json(version: Version) -> dict[str, Any]:
    """A version for programs."""
    return {
        "version": version.number,
        "at": clock.rfc3339(version.at),
        "body": version.body,
        "html": version.html,
        "warning": version.warning,
    }
