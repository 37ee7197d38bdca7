"""What changes events, rooms and members."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from forum import clock, text
from forum.changes import EventChanged, StandingChanged
from forum.db import atomic, db, hold, record
from forum.errors import Conflict, Forbidden, NotFound, Refused, Stale
from forum.i18n import LOCALES, N_, _
from forum.people import actions as people
from forum.people import queries as accounts
from forum.people.models import Account
from forum.permissions import Actor, Group, Permission, Role, require
from forum.rooms.models import Event, Member, Room, Texts
from forum.rooms.phases import WRITING

AFTER = timedelta(days=60)
"""So long after its end an event stays open for reflection, unless its organiser says otherwise."""
NAMES = {
    "own": N_("Everybody writes under their own name."),
    "choice": N_("Everybody chooses for each post: own name or alias."),
    "alias": N_("Everybody writes under an alias."),
}
PAUSES = {
    0: N_("No: everybody writes as they like"),
    30: N_("30 seconds"),
    60: N_("One minute"),
    300: N_("5 minutes"),
    900: N_("15 minutes"),
    3600: N_("One hour"),
}
HUES = ("olive", "saffron", "pomegranate", "sea", "plum", "slate")
ICONS = ("sprout", "trending-up", "shield", "landmark", "messages-square", "lightbulb")


@dataclass(frozen=True, kw_only=True)
class RoomPlan:
    """What an organiser decides about a room. ``title`` and the rest: language code to text."""

    title: Texts
    description: Texts
    questions: Sequence[Texts]
    posting: Collection[str] = tuple(WRITING)
    names: str = "own"
    premoderation: bool = False
    pause: int = 0
    """Slow mode: seconds between two posts of a participant, one of ``PAUSES``."""
    files: bool = True
    """Posts may bear pictures."""
    key: str = ""
    hue: str = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class EventPlan:
    """What an organiser decides about an event. Times in UTC; ``closes_at`` None: 60 days after the end."""

    title: Texts
    welcome: Texts
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime | None = None
    subtitle: Texts | None = None


def create_event(actor: Actor, plan: EventPlan, rooms: Sequence[RoomPlan]) -> Event:
    """Make an event with its rooms; whoever makes it is its organiser."""
    if not (actor.organises or any(Role.ORGANISER in s.roles for s in actor.standings.values())):
        raise Forbidden
    return found_event(accounts.get_account(actor.account_id), plan, rooms)


@atomic
def found_event(organiser: Account | None, plan: EventPlan, rooms: Sequence[RoomPlan]) -> Event:
    """The same for the command line, where whoever has the machine may do it."""
    event = Event(created_at=clock.now())
    _apply_event(event, plan)
    db.session.add(event)
    db.session.flush()
    for position, room in enumerate(rooms):
        _add_room(event, room, position)
    if organiser is not None:
        set_member(event, organiser, {Role.ORGANISER}, Group.OTHER)
    return event


@atomic
def change_event(actor: Actor, event: Event, plan: EventPlan, version: int) -> Event:
    """Change an event's texts and dates. ``version`` is the one the organiser saw; raises ``Stale``."""
    hold(event)
    require(actor, Permission.EVENT_MANAGE, event.id)
    if event.version != version:
        raise Stale(event.version)
    _apply_event(event, plan)
    event.version += 1
    record(EventChanged(event_id=event.id))
    return event


@atomic
def add_room(actor: Actor, event: Event, plan: RoomPlan) -> Room:
    """Add a room after the others."""
    require(actor, Permission.EVENT_MANAGE, event.id)
    if len(event.rooms) >= 20:
        raise Refused("rooms.many", _("An event has at most 20 rooms."), "title")
    room = _add_room(event, plan, len(event.rooms))
    record(EventChanged(event_id=event.id))
    return room


@atomic
def change_room(actor: Actor, room: Room, plan: RoomPlan) -> Room:
    """Change a room's texts and rules. A room that has kept its people's names secret never gets more open again."""
    require(actor, Permission.EVENT_MANAGE, room.event_id)
    if room.names == "alias" and plan.names != "alias":
        raise Refused(
            "room.ratchet",
            _("This room promised an alias to everybody who wrote in it; the promise cannot be taken back."),
            "names",
        )
    _apply_room(room, plan)
    record(EventChanged(event_id=room.event_id))
    return room


def _apply_event(event: Event, plan: EventPlan) -> None:
    closes = plan.closes_at or plan.ends_at + AFTER
    if plan.ends_at <= plan.starts_at:
        raise Refused("event.ends", _("The event must end after it begins."), "ends")
    if closes < plan.ends_at:
        raise Refused("event.closes", _("The forum cannot close before the event ends."), "closes")
    event.title = _texts(plan.title, text.MAX_TITLE, "title", needed=True)
    event.subtitle = _texts(plan.subtitle or {}, text.MAX_TITLE, "subtitle")
    written = {code: text.render(said) for code, said in plan.welcome.items() if said.strip()}
    event.welcome = {code: rendered.source for code, rendered in written.items()}
    event.welcome_html = {code: rendered.html for code, rendered in written.items()}
    event.starts_at, event.ends_at, event.closes_at = plan.starts_at, plan.ends_at, closes


def _add_room(event: Event, plan: RoomPlan, position: int) -> Room:
    room = Room(
        event=event,
        position=position,
        key=plan.key or f"room-{position + 1}",
        hue=plan.hue or HUES[position % len(HUES)],
        icon=plan.icon or ICONS[position % len(ICONS)],
    )
    _apply_room(room, plan)
    db.session.add(room)
    db.session.flush()
    return room


def _apply_room(room: Room, plan: RoomPlan) -> None:
    room.title = _texts(plan.title, text.MAX_TITLE, "title", needed=True)
    room.description = _texts(plan.description, 500, "description")
    if len(plan.questions) > 10:
        raise Refused("room.questions", _("A room has at most 10 guiding questions."), "questions")
    questions = [_texts(question, 300, "questions") for question in plan.questions]
    room.questions = [question for question in questions if question]
    if plan.pause not in PAUSES:
        raise Refused("room.rules", _("These rules are not known."), "pause")
    if plan.names not in NAMES or not set(plan.posting) <= set(WRITING):
        raise Refused("room.rules", _("These rules are not known."), "names")
    room.posting = [phase.value for phase in WRITING if phase in plan.posting]
    room.names, room.premoderation, room.pause = plan.names, plan.premoderation, plan.pause
    room.files = plan.files
    if plan.hue in HUES:
        room.hue = plan.hue


def _texts(texts: Texts, limit: int, field: str, *, needed: bool = False) -> Texts:
    kept = {}
    for code, said in texts.items():
        if code in LOCALES and said.strip():
            kept[code] = line = text.title(said)
            if len(line) > limit:
                raise Refused("text.long", _("At most %(count)d characters.", count=limit), field)
    if needed and not kept:
        raise Refused("text.empty", _("This cannot stay empty."), field)
    return kept


@atomic
def set_member(event: Event, account: Account, roles: Collection[Role], group: Group) -> Member:
    """Make the account a member with exactly these roles, or change the membership it has.

    Refuses to take the event's last organiser away.
    """
    hold(event)
    if not roles:
        raise Refused("member.roles", _("Choose at least one role."), "roles")
    member = db.session.scalar(
        sa.select(Member).where(Member.event_id == event.id, Member.account_id == account.id)
    )
    if member is None:
        member = Member(event_id=event.id, account_id=account.id, joined_at=clock.now())
        db.session.add(member)
    elif member.removed_at is None and Role.ORGANISER not in roles:
        _keep_an_organiser(member)
    member.roles = [role.value for role in Role if role in roles]
    member.group = group.value
    member.removed_at = None
    db.session.flush()
    record(StandingChanged(account_id=account.id, event_id=event.id))
    return member


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """One line of a pasted list."""

    name: str
    email: str
    group: Group
    roles: frozenset[Role]


@atomic
def add_members(actor: Actor, event: Event, invitees: Sequence[Invitee]) -> list[Member]:
    """Make members of a list of people, with new accounts where an address has none. Whole or not at all."""
    require(actor, Permission.MEMBERS_MANAGE, event.id)
    members = []
    for invitee in invitees:
        address = people.email(invitee.email)
        account = accounts.find_account(address) or people.create_account(address, invitee.name, locale="de")
        members.append(set_member(event, account, invitee.roles, invitee.group))
    return members


@atomic
def change_member(actor: Actor, member: Member, roles: Collection[Role], group: Group) -> Member:
    """Give a member other roles or another group, with effect at once."""
    require(actor, Permission.MEMBERS_MANAGE, member.event_id)
    return set_member(_event_of(member), member.account, roles, group)


@atomic
def remove_member(actor: Actor, member: Member) -> None:
    """End a membership, with effect at once; what the member wrote stays."""
    hold(_event_of(member), member)
    require(actor, Permission.MEMBERS_MANAGE, member.event_id)
    if member.removed_at is not None:
        return
    _keep_an_organiser(member)
    member.removed_at = clock.now()
    record(StandingChanged(account_id=member.account_id, event_id=member.event_id))


def link_for(actor: Actor, member: Member, *, by_mail: bool) -> str | None:
    """A new sign-in link for a member: mailed (then None), or its secret for copying.

    Whoever organises one event must not get into another by a link: it is refused for the operator's own
    organisers and for people with more rights elsewhere.
    """
    require(actor, Permission.MEMBERS_MANAGE, member.event_id)
    if by_mail:
        people.mail_link(member.account)
        return None
    other = sa.select(Member.event_id).where(
        Member.account_id == member.account_id,
        Member.removed_at.is_(None),
        Member.event_id.not_in([e for e, s in actor.standings.items() if Role.ORGANISER in s.roles]),
    )
    if member.account_id != actor.account_id and (member.account.organises or db.session.scalar(other)):
        raise Conflict(_("This person takes part in other events too; their link can only be sent by mail."))
    return people.create_link(member.account)


def _keep_an_organiser(member: Member) -> None:
    if Role.ORGANISER not in member.role_set:
        return
    others = sa.select(Member).where(
        Member.event_id == member.event_id, Member.id != member.id, Member.removed_at.is_(None)
    )
    if not any(Role.ORGANISER in other.role_set for other in db.session.scalars(others)):
        raise Refused("member.last", _("An event needs at least one organiser."), "roles")


def _event_of(member: Member) -> Event:
    event = db.session.get(Event, member.event_id)
    if event is None:
        raise NotFound
    return event
