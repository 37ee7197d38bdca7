"""Who asks. Found anew for each request: by an access token, else by the session in the browser's cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from forum.permissions import Actor


class SignInNeeded(Exception):
    """Nobody is signed in (401)."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How identities are looked up; given by the factory, for this floor knows no accounts."""

    session: Callable[[str], tuple[str, str, bool] | None]
    prolong: Callable[[str], None]
    token: Callable[[str], tuple[str, str] | None]
    actor: Callable[[str], Actor]
    alive: Callable[[str | None, str | None], bool]
    alive_among: Callable[[set[str], set[str]], set[str]]


class Visitor(UserMixin):
    """A browser's session, as Flask-Login carries it. Its id is the session's secret, never the account's id."""

    def __init__(self, secret: str, account_id: str, session_id: str) -> None:
        self.id = secret
        self.account_id = account_id
        self.session_id = session_id


login = LoginManager()
login.session_protection = None
login._session_identifier_generator = lambda: (
    ""
)  # its own would put a hash of address and browser into the cookie


def init(app: Flask, ways: Ways) -> None:
    """Look identities up in these ways."""
    app.extensions["forum.ways"] = ways
    login.init_app(app, add_context_processor=False)  # error pages must not ask the database
    login.user_loader(_load)


def _load(secret: str) -> Visitor | None:
    ways: Ways = current_app.extensions["forum.ways"]
    found = ways.session(secret)
    if found is None:
        return None
    account_id, session_id, prolong = found
    if prolong:
        ways.prolong(session_id)
    return Visitor(secret, account_id, session_id)


def bearer() -> str | None:
    """The access token that came with the request."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else None


def find_actor() -> Actor | None:
    """Who asks, or None. An ``Authorization`` header that does not hold counts as nobody, whatever cookie is there."""
    if "actor" not in g:
        ways: Ways = current_app.extensions["forum.ways"]
        account_id = None
        if "Authorization" in request.headers:
            token = bearer()
            found = ways.token(token) if token else None
            account_id = found[0] if found else None
        elif current_user.is_authenticated:
            account_id = current_user.account_id
        g.actor = ways.actor(account_id) if account_id else None
    actor: Actor | None = g.actor
    return actor


def actor() -> Actor:
    """Who asks; raises ``SignInNeeded``."""
    found = find_actor()
    if found is None:
        raise SignInNeeded
    return found


def sign_in(secret: str) -> None:
    """Put a new session into the browser's cookie."""
    login_user(Visitor(secret, "", ""))
    g.pop("actor", None)


def sign_out() -> str | None:
    """Take the session out of the browser's cookie; gives its secret."""
    secret = current_user.id if current_user.is_authenticated else None
    logout_user()
    g.pop("actor", None)
    return secret


def forget() -> None:
    """Treat the asker as nobody for the rest of the request: the database may be out of reach."""
    g.actor = None
