"""One's own drafts. There is no way to ask for those of another."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from forum.db import db
from forum.drafts.models import Draft
from forum.keys import Broken, keys
from forum.permissions import Actor

PURPOSE = "draft"
log = logging.getLogger(__name__)
Words = Mapping[str, list[str]]
"""What stands in the fields of a form; a field may hold several values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A draft as its author finds it again."""

    place: str
    words: Words
    at: datetime

    def first(self, name: str) -> str:
        """What stands in a field."""
        return next(iter(self.words.get(name, ())), "")


def mark(actor: Actor, place: str) -> str:
    """The keyed mark of the actor's draft in a place (``thread/ID`` …)."""
    return keys.mark(PURPOSE, actor.account_id, place)


def owner(account_id: str) -> str:
    """The keyed mark of all drafts of an account."""
    return keys.mark("drafts", account_id)


def find(actor: Actor, place: str) -> Kept | None:
    """The actor's draft in this place."""
    row = db.session.get(Draft, mark(actor, place))
    return _opened(row) if row else None


def everything(actor: Actor) -> list[Kept]:
    """The actor's drafts, the latest first."""
    rows = db.session.scalars(sa.select(Draft).where(Draft.owner == owner(actor.account_id)))
    return sorted(filter(None, map(_opened, rows)), key=lambda kept: kept.at, reverse=True)


def count(actor: Actor) -> int:
    """How many drafts the actor has."""
    wanted = sa.select(sa.func.count()).where(Draft.owner == owner(actor.account_id))
    return db.session.scalar(wanted) or 0


def _opened(row: Draft) -> Kept | None:
    try:
        held = json.loads(keys.unseal(PURPOSE, row.mark, row.sealed))
    except Broken:
        log.error(
            "A draft does not open: the key of this instance is another than the one it was sealed with"
        )
        return None
    return Kept(place=held["place"], words=held["words"], at=datetime.fromisoformat(held["at"]))
