"""A summary and its sections. Sections cite posts; words are taken from the posts' cards when they are needed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.db import Id, Model, UTCDateTime, new_id


class Summary(Model):
    """A facilitator's documentation of rooms."""

    __tablename__ = "summary"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    phase: Mapped[str | None] = mapped_column(sa.String(10))
    """Only what was written in this phase; None for all."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sections: Mapped[list[Section]] = relationship(
        order_by="Section.position", cascade="all, delete-orphan", back_populates="summary"
    )


class Section(Model):
    """One chapter: a heading, the facilitator's own words, and the posts it cites, in order."""

    __tablename__ = "section"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    summary_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("summary.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("room.id", ondelete="SET NULL"))
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    html: Mapped[str] = mapped_column(sa.Text, default="")
    sources: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    summary: Mapped[Summary] = relationship(back_populates="sections")
