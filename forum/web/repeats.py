"""Sending the same thing twice makes it once: a double click, the back button, a client that tries again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum import clock
from forum.db import Id, Model, UTCDateTime, db, transaction
from forum.errors import Conflict, Refused
from forum.i18n import _
from forum.keys import keys
from forum.permissions import Actor

LIFE = timedelta(hours=24)


class Repeat(Model):
    """What a request with a key made. The key is kept as a keyed mark, so the row names nobody."""

    __tablename__ = "repeat"
    mark: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(80))
    thing_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def once(actor: Actor, key: str | None, purpose: str, make: Callable[[], str]) -> tuple[str, bool]:
    """(id of the thing, whether it is new). ``make`` runs in the transaction that remembers the key.

    Raises ``Refused`` where the key was used for something else, ``Conflict`` while the first is under way.
    """
    if not key:
        return make(), True
    if len(key) > 200:
        raise Refused("key.long", _("The idempotency key is too long."))
    mark = keys.mark("repeat", actor.account_id, key)
    try:
        with transaction():
            found = db.session.get(Repeat, mark)
            now = clock.now()
            if found is not None and found.at > now - LIFE:
                if found.purpose != purpose:
                    raise Refused("key.used", _("This idempotency key was used for another request."))
                return found.thing_id, False
            if found is not None:
                db.session.delete(found)
                db.session.flush()
            repeat = Repeat(mark=mark, purpose=purpose, thing_id="", at=now)
            db.session.add(repeat)
            db.session.flush()
            repeat.thing_id = thing_id = make()
            return thing_id, True
    except sa.exc.IntegrityError:
        with transaction():
            found = db.session.get(Repeat, mark)
            if found is not None and found.purpose == purpose:
                return found.thing_id, False
        raise Conflict(_("The first request with this key is still under way.")) from None


def made(actor: Actor, key: str | None) -> bool:
    """Whether a request with this key has made something already."""
    return bool(key) and db.session.get(Repeat, keys.mark("repeat", actor.account_id, str(key))) is not None


def sweep() -> None:
    """Forget keys after a day."""
    with transaction():
        db.session.execute(sa.delete(Repeat).where(Repeat.at < clock.now() - LIFE))
