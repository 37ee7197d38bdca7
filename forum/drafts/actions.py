"""Keep what somebody is writing, and let it go when it was sent, thrown away or forgotten."""

from __future__ import annotations

import json
from datetime import timedelta

import sqlalchemy as sa

from forum import clock
from forum.db import atomic, db
from forum.drafts.models import Draft
from forum.drafts.queries import PURPOSE, Kept, Words, mark, owner
from forum.errors import Refused
from forum.i18n import _
from forum.keys import keys
from forum.permissions import Actor

LONGEST = 20_000
"""Characters of one draft: twice a post, so that one that became too long is not lost when it is refused."""
MOST = 100
"""Drafts of one person."""
LIFE = timedelta(days=60)

_put = sa.text(
    "INSERT INTO draft (mark, owner, sealed, day) VALUES (:mark, :owner, :sealed, :day)"
    " ON CONFLICT (mark) DO UPDATE SET sealed = excluded.sealed, day = excluded.day"
).bindparams(sa.bindparam("day", type_=sa.Date), sa.bindparam("sealed", type_=sa.LargeBinary))
"""Two windows of one person may save at the same moment."""


@atomic
def save(actor: Actor, place: str, words: Words) -> Kept:
    """Keep these words as the actor's draft in this place, instead of what was kept there before.

    Raises ``Refused`` (``draft.long``, ``draft.many``) where they are too many.
    """
    if sum(len(value) for values in words.values() for value in values) > LONGEST:
        raise Refused("draft.long", _("A draft holds at most %(count)d characters.", count=LONGEST), "body")
    own, now = mark(actor, place), clock.now()
    if db.session.get(Draft, own) is None:
        _refuse_many(actor)
    held = {"place": place, "words": dict(words), "at": now.isoformat()}
    sealed = keys.seal(PURPOSE, own, json.dumps(held, ensure_ascii=False))
    row = {"mark": own, "owner": owner(actor.account_id), "sealed": sealed, "day": now.date()}
    db.session.execute(_put, row)
    return Kept(place=place, words=words, at=now)


def _refuse_many(actor: Actor) -> None:
    wanted = sa.select(sa.func.count()).where(Draft.owner == owner(actor.account_id))
    if (db.session.scalar(wanted) or 0) >= MOST:
        raise Refused(
            "draft.many",
            _(
                "You have %(count)d drafts. Send one or throw one away, then this one can be saved.",
                count=MOST,
            ),
        )


@atomic
def discard(actor: Actor, place: str) -> bool:
    """Let the actor's draft in this place go, for good; tells whether there was one."""
    gone = db.session.execute(sa.delete(Draft).where(Draft.mark == mark(actor, place)))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


@atomic
def forget(account_id: str) -> None:
    """Let all drafts of an account go."""
    db.session.execute(sa.delete(Draft).where(Draft.owner == owner(account_id)))


@atomic
def sweep() -> None:
    """Let go what nobody has touched for 60 days."""
    db.session.execute(sa.delete(Draft).where(Draft.day < (clock.now() - LIFE).date()))
