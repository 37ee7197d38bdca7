"""Drafts. A row names nobody and no place: both are keyed marks, and words, place and time lie in the seal."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.db import Model


class Draft(Model):
    """What one person has typed in one place."""

    __tablename__ = "draft"
    mark: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    """Of the account and the place."""
    owner: Mapped[str] = mapped_column(sa.String(32), index=True)
    """Of the account alone."""
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    day: Mapped[date] = mapped_column(sa.Date, index=True)
    """When it was saved last; the moment stands in the seal, for a row is not to tell when somebody was here."""
