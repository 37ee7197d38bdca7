"""Pictures on posts: kept when they are sent, bound to the post that is written, gone with it.

A row belongs to a post, or, until that is sent, to whoever sent the picture. Who may look at one is asked in
``file_views.py``, with the post's own card.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum import clock, text
from forum.changes import FilesRemoved
from forum.db import atomic, db, new_id, record, table
from forum.discussion import images
from forum.discussion.models import Attachment, Post
from forum.errors import Refused
from forum.i18n import _
from forum.keys import keys
from forum.permissions import Actor
from forum.storage import new_name, storage

MOST = 4
"""Pictures of one post."""
MOST_UNSENT = 40
"""Pictures that one person may have waiting for posts that are not sent yet; the oldest make room."""
LIFE = timedelta(days=1)
"""So long a picture waits for its post."""
LONGEST = 500
"""Characters of an alternative text."""
FIELD = images.FIELD

_row = table(Attachment)
_of_posts = (
    sa.select(
        _row.c.post_id,
        _row.c.id,
        _row.c.width,
        _row.c.height,
        _row.c.alternative,
        _row.c.removed,
    )
    .where(_row.c.post_id.in_(sa.bindparam("posts", expanding=True)))
    .order_by(_row.c.post_id, _row.c.place)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A picture that is to stand on a post, and what it shows in words; "" where it only decorates."""

    id: str
    alternative: str


# ---- looking ----


@dataclass(frozen=True, slots=True)
class Enclosing:
    """A post's row together with the rows of its pictures; equal as long as all of them are."""

    sheet: Any
    enclosed: tuple[Any, ...]

    def __getattr__(self, name: str) -> Any:
        """Everything else is the post's own."""
        return getattr(self.sheet, name)


def with_files(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows of a page, each that bears pictures with them: one statement more, and none where there are no pictures."""
    bearing = [row.id for row in rows if row.files]
    if not bearing:
        return rows
    found: dict[str, list[Any]] = defaultdict(list)
    for start in range(0, len(bearing), 500):
        for row in db.session.execute(_of_posts, {"posts": bearing[start : start + 500]}):
            found[row.post_id].append(row)
    return [Enclosing(row, tuple(found[row.id])) if row.files else row for row in rows]


def unsent(actor: Actor, file_ids: Collection[str], *, lock: bool = False) -> dict[str, Attachment]:
    """Those of these pictures that the actor has sent and no post bears yet. ``lock``: no other post can take them."""
    if not file_ids:
        return {}
    wanted = sa.select(Attachment).where(Attachment.id.in_(file_ids), *_waiting(actor))
    if lock:
        wanted = wanted.with_for_update()
    return {row.id: row for row in db.session.scalars(wanted)}


def may_see_unsent(actor: Actor, row: Attachment) -> bool:
    """Whether the actor has sent the picture, for a post that is not written yet."""
    return row.post_id is None and row.mark == _mark(actor)


def _mark(actor: Actor) -> str:
    return keys.mark("files", actor.account_id)


def _waiting(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    return Attachment.post_id.is_(None), Attachment.mark == _mark(actor)


# ---- sending ----


def receive(actor: Actor, filename: str, data: bytes) -> str:
    """Paint a picture anew and keep it until its post is sent; gives its id. Raises ``Refused`` (``pictures``)."""
    picture = images.remade(filename, data)
    name = new_name("webp")
    storage.write(name, picture.data)
    storage.write(_small(name), picture.small)
    return _note(actor, name, picture)


@atomic
def _note(actor: Actor, name: str, picture: images.Picture) -> str:
    row = Attachment(
        id=new_id(),
        mark=_mark(actor),
        name=name,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        removed=list(picture.removed),
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    latest = (
        sa.select(Attachment.id)
        .where(*_waiting(actor))
        .order_by(Attachment.created_at.desc(), Attachment.id)
        .offset(MOST_UNSENT)
    )
    _remove(Attachment.id.in_(list(db.session.scalars(latest))))
    return row.id


def alternative(source: str) -> str:
    """An alternative text as it is kept; raises ``Refused`` (``pictures``) where it is too long."""
    kept = " ".join(text.clean(source, field=FIELD).split())
    if len(kept) > LONGEST:
        raise Refused("text.long", _("At most %(count)d characters.", count=LONGEST), FIELD)
    return kept


# ---- with the post ----


def keep(actor: Actor, post: Post, chosen: Sequence[Chosen], dropped: Collection[str] = ()) -> None:
    """Bind these pictures to a post, in the transaction that writes it; those it bears stay, but for ``dropped``.

    Raises ``Refused`` (``pictures``) where they are too many, not there any more, or not wanted in this room.
    """
    if not chosen and not (dropped and post.files):
        return
    own = {
        row.id: row for row in db.session.scalars(sa.select(Attachment).where(Attachment.post_id == post.id))
    }
    gone = own.keys() & set(dropped)
    new = unsent(actor, [one.id for one in chosen if one.id not in own], lock=True)
    if new and not post.thread.room.files:
        raise Refused("file.room", _("In this room posts bear no pictures."), FIELD)
    for place, one in enumerate(chosen, len(own)):
        row = own.get(one.id) or new.get(one.id)
        if row is None:
            raise Refused("file.gone", _("A picture was not kept any longer; please choose it again."), FIELD)
        row.alternative = one.alternative
        if row.post_id is None:
            row.post_id, row.mark, row.place = post.id, post.mark, place
    post.files = len(own) + len(new) - len(gone)
    if post.files > MOST:
        raise Refused("file.many", _("A post bears at most %(count)d pictures.", count=MOST), FIELD)
    db.session.flush()
    if gone:
        _remove(Attachment.id.in_(gone))


def forget(post: Post) -> None:
    """A post that was taken back bears no pictures any more."""
    if post.files:
        _remove(Attachment.post_id == post.id)
        post.files = 0


def _remove(condition: sa.ColumnElement[bool]) -> None:
    names = list(db.session.scalars(sa.delete(Attachment).where(condition).returning(Attachment.name)))
    if names:
        record(FilesRemoved(names=tuple(names)))


# ---- the files themselves ----


def data(row: Attachment, *, small: bool) -> bytes:
    """The picture's bytes; raises ``storage.Missing``."""
    return storage.read(_small(row.name) if small else row.name)


def _small(name: str) -> str:
    return name.replace(".", ".small.", 1)


def let_go(change: FilesRemoved) -> None:
    """Take pictures from the disk once their rows are gone for good."""
    for name in change.names:
        storage.delete(name)
        storage.delete(_small(name))


def sweep() -> None:
    """Let go what no post came for within a day, and what lies on the disk without a row."""
    long_ago = clock.now() - LIFE
    _remove_old(long_ago)
    left = [name for name, at in storage.everything() if at < long_ago]
    for start in range(0, len(left), 500):
        some = {name: _whole(name) for name in left[start : start + 500]}
        known = set(db.session.scalars(sa.select(Attachment.name).where(Attachment.name.in_(some.values()))))
        _delete(name for name, whole in some.items() if whole not in known or name.endswith(".part"))


@atomic
def _remove_old(long_ago: Any) -> None:
    _remove(sa.and_(Attachment.post_id.is_(None), Attachment.created_at < long_ago))


def _whole(name: str) -> str:
    """The name of the picture to which a file belongs."""
    return name.removesuffix(".part").replace(".small.", ".", 1)


def _delete(names: Iterable[str]) -> None:
    for name in names:
        storage.delete(name)
