"""Who may do what: one row for each right, from the roles one holds and from nothing else.

Read it as a table. ``docs/permissions.md`` and ``/help/permissions`` are printed from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum

from forum.errors import Forbidden, NotFound
from forum.i18n import N_


class Role(StrEnum):
    """What a member is in one event; one may be several."""

    PARTICIPANT = "participant"
    MODERATOR = "moderator"
    FACILITATOR = "facilitator"
    ORGANISER = "organiser"


class Group(StrEnum):
    """Where a member comes from."""

    MUNICIPALITY = "municipality"
    CIVIL_SOCIETY = "civil-society"
    OTHER = "other"


ROLE_NAMES = {
    Role.PARTICIPANT: N_("Participant"),
    Role.MODERATOR: N_("Moderator"),
    Role.FACILITATOR: N_("Facilitator"),
    Role.ORGANISER: N_("Organiser"),
}
GROUP_NAMES = {
    Group.MUNICIPALITY: N_("Municipality"),
    Group.CIVIL_SOCIETY: N_("Civil society"),
    Group.OTHER: N_("Other"),
}

ALL = frozenset(Role)


class Permission(Enum):
    """A right: the roles that hold it, and what it allows in a sentence a moderator understands."""

    EVENT_READ = ALL, N_("Read the event, its rooms and what is published in them.")
    POST_WRITE = (
        ALL,
        N_("Open topics, reply, and change or delete one's own posts, when room and phase allow it."),
    )
    POST_REACT = ALL, N_("React to posts.")
    POST_WITHHELD = {Role.MODERATOR}, N_("Read posts that are hidden or wait for approval.")
    POST_HIDE = {Role.MODERATOR}, N_("Hide a post with a reason, and restore it.")
    POST_JUDGE = {Role.MODERATOR}, N_("Approve or reject a post that waits.")
    POST_PIN = {Role.MODERATOR}, N_("Pin a post or a topic, and unpin it.")
    THREAD_MODERATE = {Role.MODERATOR}, N_("Lock, hide, rename and move topics.")
    POST_ANYTIME = (
        {Role.MODERATOR, Role.FACILITATOR, Role.ORGANISER},
        N_("Write where a room is closed to participants in this phase, until the event is archived."),
    )
    SUMMARY_MAKE = {Role.FACILITATOR}, N_("Make a documentation of rooms, edit it and export it.")
    EVENT_EXPORT = {Role.FACILITATOR}, N_("Export every post of the event that may be exported.")
    EVENT_MANAGE = {Role.ORGANISER}, N_("Change the event, its dates, rooms and rules.")
    MEMBERS_MANAGE = (
        {Role.ORGANISER},
        N_("Add and remove members, change their roles, hand out sign-in links."),
    )

    def __init__(self, roles: Iterable[Role], meaning: str) -> None:
        self.roles = frozenset(roles)
        self.meaning = meaning


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What an actor is in one event."""

    member_id: str
    event_id: str
    roles: frozenset[Role]
    group: Group


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: an account with its standing in each event. Read anew for each request and each live event."""

    account_id: str
    name: str
    locale: str
    created: datetime
    organises: bool = False
    """May make events of their own."""
    by_time: bool = False
    """Reads topics by time; else as trees."""
    standings: Mapping[str, Standing] = field(default_factory=dict)

    def standing(self, event_id: str) -> Standing:
        """The actor's standing in an event; raises ``NotFound`` where they are no member."""
        try:
            return self.standings[event_id]
        except KeyError:
            raise NotFound from None


def may(actor: Actor, permission: Permission, event_id: str) -> bool:
    """Whether the actor's roles in this event hold the right."""
    standing = actor.standings.get(event_id)
    return standing is not None and not standing.roles.isdisjoint(permission.roles)


def require(actor: Actor, permission: Permission, event_id: str) -> None:
    """Raise ``NotFound`` for a stranger to the event, ``Forbidden`` for a member without the right."""
    actor.standing(event_id)
    if not may(actor, permission, event_id):
        raise Forbidden
