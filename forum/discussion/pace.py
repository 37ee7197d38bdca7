"""Slow mode: how long a participant must wait in a room between two posts."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from forum import clock
from forum.db import db
from forum.discussion.models import Pace
from forum.errors import TooSoon
from forum.i18n import ngettext
from forum.keys import keys
from forum.permissions import Actor, Permission, may
from forum.rooms.models import Room


def take(actor: Actor, room: Room) -> None:
    """Count a post of this actor; raises ``TooSoon`` where they must still wait. Call it in the writing transaction."""
    if not room.pause or may(actor, Permission.POST_ANYTIME, room.event_id):
        return
    now = clock.now()
    db.session.execute(sa.delete(Pace).where(Pace.until <= now))
    mark = keys.mark("pace", room.id, actor.account_id)
    waiting = db.session.get(Pace, mark)
    if waiting is not None:
        left = waiting.until - now
        if left <= timedelta(seconds=room.pause):
            raise _too_soon(max(1, round(left.total_seconds() + 0.5)))
        waiting.until = now + timedelta(
            seconds=room.pause
        )  # the rule has become shorter, or the clock went back
        return
    db.session.add(Pace(mark=mark, until=now + timedelta(seconds=room.pause)))


def _too_soon(seconds: int) -> TooSoon:
    if seconds < 60:
        said = ngettext(
            "This room takes its time: please wait one second before you post again.",
            "This room takes its time: please wait %(num)d seconds before you post again.",
            seconds,
        )
    else:
        said = ngettext(
            "This room takes its time: please wait one minute before you post again.",
            "This room takes its time: please wait %(num)d minutes before you post again.",
            -(-seconds // 60),
        )
    return TooSoon(said, seconds)
