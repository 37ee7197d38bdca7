"""Accounts and their ways in. Of every secret only its fingerprint is kept."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.db import Id, Model, UTCDateTime, new_id


class Account(Model):
    """A person who can sign in."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Folded to lower case."""
    name: Mapped[str] = mapped_column(sa.String(80))
    password: Mapped[str | None] = mapped_column(sa.String(200))
    """Argon2id, or None for who signs in by link alone."""
    locale: Mapped[str] = mapped_column(sa.String(5))
    organises: Mapped[bool] = mapped_column(default=False)
    by_time: Mapped[bool] = mapped_column(default=False)
    """Reads topics by time; else as trees."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Session(Model):
    """One browser that is signed in. Deleting the row signs it out everywhere at once."""

    __tablename__ = "session"
    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """The fingerprint of the random id in the browser's cookie."""
    account_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    idle_until: Mapped[datetime] = mapped_column(UTCDateTime)
    account: Mapped[Account] = relationship()


class SignInLink(Model):
    """A link that signs its account in once."""

    __tablename__ = "sign_in_link"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    secret: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """Fingerprint; None while it waits to be mailed, for the secret is made when the mail is."""
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mail_wanted: Mapped[bool] = mapped_column(default=False)
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mail_attempts: Mapped[int] = mapped_column(default=0)
    account: Mapped[Account] = relationship()


class AccessToken(Model):
    """A personal access token for the API."""

    __tablename__ = "access_token"
    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    secret: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    account: Mapped[Account] = relationship()


class FirstLink(Model):
    """The one link that makes the first organiser of an empty forum."""

    __tablename__ = "first_link"
    secret: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
