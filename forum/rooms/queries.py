"""What an actor may see of events, rooms and members. What they may not see is not there (``NotFound``)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from forum.db import db, table
from forum.errors import NotFound
from forum.i18n import pick
from forum.people.models import Account
from forum.permissions import Actor, Group, Permission, Role, Standing, may, require
from forum.rooms.models import Event, Member, Room
from forum.rooms.phases import may_post

_account, _member = table(Account), table(Member)
_actor = (
    sa.select(
        _account.c.name,
        _account.c.locale,
        _account.c.organises,
        _account.c.by_time,
        _account.c.created_at,
        _member.c.id.label("member_id"),
        _member.c.event_id,
        _member.c.roles,
        _member.c.group_.label("group"),
    )
    .select_from(
        _account.outerjoin(
            _member, sa.and_(_member.c.account_id == _account.c.id, _member.c.removed_at.is_(None))
        )
    )
    .where(_account.c.id == sa.bindparam("id"))
)


def load_actor(account_id: str) -> Actor:
    """The account with all its standings, in one statement; raises ``NotFound``."""
    rows = db.session.execute(_actor, {"id": account_id}).all()
    if not rows:
        raise NotFound
    standings = {
        row.event_id: Standing(
            member_id=row.member_id,
            event_id=row.event_id,
            roles=frozenset(Role(role) for role in row.roles),
            group=Group(row.group),
        )
        for row in rows
        if row.member_id
    }
    first = rows[0]
    return Actor(
        account_id=account_id,
        name=first.name,
        locale=first.locale,
        created=first.created_at,
        organises=first.organises,
        by_time=first.by_time,
        standings=standings,
    )


def memberships(account_ids: set[str]) -> set[tuple[str, str]]:
    """(account, event) of every membership of these accounts that holds."""
    wanted = sa.select(_member.c.account_id, _member.c.event_id).where(
        _member.c.account_id.in_(account_ids), _member.c.removed_at.is_(None)
    )
    return {(row.account_id, row.event_id) for row in db.session.execute(wanted)}


def list_events(actor: Actor) -> Sequence[Event]:
    """The events the actor is a member of, the next to begin first."""
    wanted = sa.select(Event).where(Event.id.in_(actor.standings)).order_by(Event.starts_at, Event.id)
    return db.session.scalars(wanted).all()


def get_event(actor: Actor, event_id: str) -> Event:
    """An event the actor is a member of."""
    actor.standing(event_id)
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound
    return event


def list_rooms(actor: Actor, event_id: str) -> Sequence[Room]:
    """The rooms of an event, in their order."""
    actor.standing(event_id)
    return db.session.scalars(sa.select(Room).where(Room.event_id == event_id).order_by(Room.position)).all()


def get_room(actor: Actor, room_id: str) -> Room:
    """A room of an event the actor is a member of."""
    room = db.session.get(Room, room_id)
    if room is None or room.event_id not in actor.standings:
        raise NotFound
    return room


def writable(actor: Actor, room: Room) -> bool:
    """Whether the room's rules let the actor write in it now."""
    anytime = may(actor, Permission.POST_ANYTIME, room.event_id)
    return may_post(room.posting, room.event.phase, anytime=anytime)


def held(actor: Actor, room: Room) -> bool:
    """Whether what the actor writes in the room waits for approval."""
    return room.premoderation and not may(actor, Permission.POST_ANYTIME, room.event_id)


def list_members(actor: Actor, event_id: str) -> Sequence[Member]:
    """The members of an event by name, for those who manage them."""
    require(actor, Permission.MEMBERS_MANAGE, event_id)
    wanted = (
        sa.select(Member)
        .join(Member.account)
        .where(Member.event_id == event_id, Member.removed_at.is_(None))
        .order_by(sa.func.lower(Account.name), Member.id)
    )
    return db.session.scalars(wanted).all()


def get_member(actor: Actor, member_id: str) -> Member:
    """A member, for those who manage them."""
    member = db.session.get(Member, member_id)
    if member is None or member.removed_at is not None or member.event_id not in actor.standings:
        raise NotFound
    require(actor, Permission.MEMBERS_MANAGE, member.event_id)
    return member


def room_title(room: Room) -> str:
    """The room's title in the active language."""
    return pick(room.title)
