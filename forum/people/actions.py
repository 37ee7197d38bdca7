"""What changes accounts and their ways in."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import sqlalchemy as sa

from forum import clock, text
from forum.changes import AccessEnded, LinkWanted
from forum.db import atomic, db, record
from forum.errors import NotFound, Refused
from forum.i18n import DEFAULT, LOCALES, _
from forum.keys import fingerprint
from forum.people import passwords, queries
from forum.people.models import AccessToken, Account, FirstLink, Session, SignInLink

LINK_LIFE = timedelta(days=7)
_EMAIL = re.compile(
    r"[^@\s\x00-\x1f\"(),:;<>\[\\\]]{1,64}@[^@\s\x00-\x1f\"(),:;<>\[\\\]]{1,185}\.[^@\s.\x00-\x1f\"(),:;<>\[\\\]]{2,63}"
)


def email(source: str) -> str:
    """An address as it is stored; refuses what cannot be one."""
    address = source.strip().casefold()
    if not _EMAIL.fullmatch(address) or ".." in address:
        raise Refused("email.wrong", _("This is no complete e-mail address."), "email")
    return address


@atomic
def create_account(
    address: str, name: str, *, locale: str = DEFAULT, password: str | None = None, organises: bool = False
) -> Account:
    """Make an account. Refuses an address that has one, a name that cannot be read, a weak password."""
    address = email(address)
    if queries.find_account(address):
        raise Refused("email.taken", _("There is already an account with this e-mail address."), "email")
    account = Account(
        email=address,
        name=text.name(name),
        locale=locale if locale in LOCALES else DEFAULT,
        password=None if password is None else passwords.hashed(password),
        organises=organises,
        created_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()
    return account


def set_password(account: Account, password: str) -> None:
    """Give the account another password; every session of it ends."""
    hashed = passwords.hashed(password)
    _set_password(account, hashed)


@atomic
def _set_password(account: Account, hashed: str) -> None:
    account.password = hashed
    end_all_sessions(account.id)


@atomic
def end_all_sessions(account_id: str) -> None:
    """Sign the account out everywhere."""
    db.session.execute(sa.delete(Session).where(Session.account_id == account_id))
    record(AccessEnded(account_id=account_id))


@atomic
def begin_session(account: Account) -> str:
    """Sign a browser in; gives the secret for its cookie. Sessions that have run out are swept away here."""
    now = clock.now()
    db.session.execute(
        sa.delete(Session).where(sa.or_(Session.idle_until < now, Session.begun_at < now - queries.ABSOLUTE))
    )
    secret = secrets.token_urlsafe(32)
    db.session.add(
        Session(id=fingerprint(secret), account_id=account.id, begun_at=now, idle_until=now + queries.IDLE)
    )
    return secret


@atomic
def prolong_session(session_id: str) -> None:
    """The browser is in use: count its idle time from now."""
    db.session.execute(
        sa.update(Session).where(Session.id == session_id).values(idle_until=clock.now() + queries.IDLE)
    )


@atomic
def end_session(secret: str) -> None:
    """Sign a browser out; a copied cookie is worth nothing from now on."""
    session = db.session.get(Session, fingerprint(secret))
    if session is not None:
        db.session.delete(session)
        record(AccessEnded(account_id=session.account_id, session_id=session.id))


@atomic
def create_link(account: Account, *, life: timedelta = LINK_LIFE) -> str:
    """Make a sign-in link; gives its secret, which is kept nowhere."""
    secret = secrets.token_urlsafe(24)
    now = clock.now()
    db.session.add(SignInLink(account_id=account.id, secret=fingerprint(secret), expires_at=now + life))
    return secret


@atomic
def mail_link(account: Account) -> None:
    """Have a sign-in link sent by mail; a lost queue is made good by the sweep that looks for such rows."""
    link = SignInLink(account_id=account.id, expires_at=clock.now() + LINK_LIFE, mail_wanted=True)
    db.session.add(link)
    db.session.flush()
    record(LinkWanted(link_id=link.id))


@atomic
def use_link(secret: str) -> tuple[Account, str]:
    """Sign in by a link, which is used up by it; gives the account and the secret for the cookie."""
    link = queries.get_link(secret)
    now = clock.now()
    used = db.session.execute(
        sa.update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    return link.account, begin_session(link.account)


@atomic
def create_token(account: Account) -> str:
    """Make a personal access token; gives it, for it is kept nowhere."""
    secret = "rf_" + secrets.token_urlsafe(32)
    db.session.add(AccessToken(account_id=account.id, secret=fingerprint(secret), created_at=clock.now()))
    return secret


@atomic
def speak(account_id: str, locale: str) -> None:
    """Remember the language a person wants."""
    if locale in LOCALES:
        queries.get_account(account_id).locale = locale


@atomic
def read_by_time(account_id: str, *, on: bool) -> None:
    """Remember whether a person reads topics by time."""
    queries.get_account(account_id).by_time = on


@atomic
def create_first_link() -> str:
    """Make the one link by which an empty forum gets its first organiser; an older one ends."""
    secret = secrets.token_urlsafe(24)
    db.session.execute(sa.delete(FirstLink))
    db.session.add(FirstLink(secret=fingerprint(secret)))
    return secret


def first_secret_holds(secret: str) -> bool:
    """Whether the link still works: only as long as nobody has an account."""
    return db.session.get(FirstLink, fingerprint(secret)) is not None and not queries.anybody()


@atomic
def create_first(secret: str, address: str, name: str, password: str) -> Account:
    """Make the first organiser; the link is used up."""
    if not first_secret_holds(secret):
        raise NotFound
    db.session.execute(sa.delete(FirstLink))
    return create_account(address, name, password=password, organises=True)
