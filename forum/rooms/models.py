"""Events, rooms and members. Texts in several languages are JSON objects, language code to text."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum import clock
from forum.db import Id, Model, UTCDateTime, new_id
from forum.people.models import Account
from forum.permissions import Group, Role
from forum.rooms.phases import Phase, phase

Texts = dict[str, str]


class Event(Model):
    """One Veranstaltung."""

    __tablename__ = "event"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    title: Mapped[Texts] = mapped_column(sa.JSON)
    subtitle: Mapped[Texts] = mapped_column(sa.JSON, default=dict)
    welcome: Mapped[Texts] = mapped_column(sa.JSON, default=dict)
    """Markdown as typed."""
    welcome_html: Mapped[Texts] = mapped_column(sa.JSON, default=dict)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """From then on the event is archived."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    rooms: Mapped[list[Room]] = relationship(back_populates="event", order_by="Room.position")

    @property
    def phase(self) -> Phase:
        """The phase now."""
        return phase(self.starts_at, self.ends_at, self.closes_at, clock.now())


class Room(Model):
    """A discussion room for one theme, with the rules that hold in it."""

    __tablename__ = "room"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int]
    title: Mapped[Texts] = mapped_column(sa.JSON)
    description: Mapped[Texts] = mapped_column(sa.JSON, default=dict)
    questions: Mapped[list[Texts]] = mapped_column(sa.JSON, default=list)
    hue: Mapped[str] = mapped_column(sa.String(20))
    icon: Mapped[str] = mapped_column(sa.String(30))
    posting: Mapped[list[str]] = mapped_column(sa.JSON)
    """The phases in which participants may write."""
    names: Mapped[str] = mapped_column(sa.String(10), default="own")
    """``own``: under one's name; ``alias``: under an alias; ``choice``: each post as its author likes."""
    premoderation: Mapped[bool] = mapped_column(default=False)
    """Participants' posts wait for approval."""
    pause: Mapped[int] = mapped_column(default=0)
    """Slow mode: seconds between two posts of a participant; 0 where everybody writes as they like."""
    files: Mapped[bool] = mapped_column(default=True)
    """Posts may bear pictures."""
    event: Mapped[Event] = relationship(back_populates="rooms", lazy="joined", innerjoin=True)


class Member(Model):
    """A person's membership in one event. One who was removed stays as a row, for their posts keep their name."""

    __tablename__ = "member"
    __table_args__ = (sa.UniqueConstraint("event_id", "account_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("event.id", ondelete="CASCADE"))
    account_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    roles: Mapped[list[str]] = mapped_column(sa.JSON)
    group: Mapped[str] = mapped_column("group_", sa.String(20))
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def role_set(self) -> frozenset[Role]:
        """The roles, as the permissions know them."""
        return frozenset(Role(role) for role in self.roles)

    @property
    def group_name(self) -> Group:
        """The group, as the permissions know it."""
        return Group(self.group)
