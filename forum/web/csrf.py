"""No page of another site can act for a person: every change carries a secret of the session it comes from."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect

from forum.web import identity

csrf = CSRFProtect()


def init(app: Flask) -> None:
    """Check the secret on everything that may change something, but for requests with an access token."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session: nobody loses a text to a slow answer
        WTF_CSRF_SSL_STRICT=False,  # it would want a Referer, which our own policy forbids browsers to send
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
    )
    csrf.init_app(app)

    @app.before_request
    def check() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS") or "Authorization" in request.headers:
            return
        if request.path.startswith("/api/") and identity.find_actor() is None:
            return  # there is nobody to act for: the API answers 401
        csrf.protect()
