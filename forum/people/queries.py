"""Who is there: accounts and actors."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from forum import clock
from forum.db import db, table
from forum.errors import NotFound
from forum.keys import fingerprint
from forum.people.models import AccessToken, Account, Session, SignInLink

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
"""A session ends after so long without use, and at the latest after so long (ASVS 7.3.1, 7.3.2)."""

_sessions, _tokens = table(Session), table(AccessToken)
_session = sa.select(_sessions.c.account_id, _sessions.c.begun_at, _sessions.c.idle_until).where(
    _sessions.c.id == sa.bindparam("id")
)
_token = sa.select(_tokens.c.account_id, _tokens.c.id).where(_tokens.c.secret == sa.bindparam("secret"))


def session_account(secret: str) -> tuple[str, str, bool] | None:
    """(account id, session row's id, whether its idle time is worth prolonging) of a browser's session, if it lives."""
    row = db.session.execute(_session, {"id": fingerprint(secret)}).first()
    now = clock.now()
    if (
        row is None
        or row.idle_until < now
        or row.begun_at + ABSOLUTE < now
        or row.begun_at > now + timedelta(hours=2)
    ):
        return None
    return row.account_id, fingerprint(secret), row.idle_until < now + IDLE - timedelta(minutes=5)


def token_account(secret: str) -> tuple[str, str] | None:
    """(account id, token id) of an access token, if it holds."""
    row = db.session.execute(_token, {"secret": fingerprint(secret)}).first()
    return row and (row.account_id, row.id)


def find_account(email: str) -> Account | None:
    """The account with this address."""
    return db.session.scalar(sa.select(Account).where(Account.email == email.strip().casefold()))


def get_account(account_id: str) -> Account:
    """The account with this id; raises ``NotFound``."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def get_link(secret: str) -> SignInLink:
    """A sign-in link that still works; raises ``NotFound``."""
    link = db.session.scalar(sa.select(SignInLink).where(SignInLink.secret == fingerprint(secret)))
    if link is None or link.used_at is not None or link.expires_at < clock.now():
        raise NotFound
    return link


def anybody() -> bool:
    """Whether there is any account at all."""
    return db.session.scalar(sa.select(Account.id).limit(1)) is not None


def way_alive(session_id: str | None, token_id: str | None) -> bool:
    """Whether the way in by which a socket connected still holds."""
    if session_id is not None:
        session = db.session.get(Session, session_id, populate_existing=True)
        now = clock.now()
        return session is not None and session.begun_at + ABSOLUTE > now
    return token_id is not None and db.session.get(AccessToken, token_id, populate_existing=True) is not None


def ways_alive(session_ids: set[str], token_ids: set[str]) -> set[str]:
    """Those of these sessions and tokens that still hold."""
    begun = _sessions.c.begun_at > clock.now() - ABSOLUTE
    sessions = sa.select(_sessions.c.id).where(_sessions.c.id.in_(session_ids), begun)
    tokens = sa.select(_tokens.c.id).where(_tokens.c.id.in_(token_ids))
    return {*db.session.scalars(sessions), *db.session.scalars(tokens)}
