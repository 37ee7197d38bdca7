"""How often one may do a thing. Who it is, is kept in memory alone, as a keyed hash whose key changes every hour."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter

from forum import clock
from forum.config import Settings
from forum.web import identity


def _hashed(text: str) -> str:
    """A keyed hash that all processes share; its key changes every hour, so that nothing can be followed for long."""
    hour = int(clock.now().timestamp() // 3600)
    key = f"limits {hour} {current_app.secret_key!s}".encode()
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:24]


def by_address() -> str:
    """The asker's network (/24, /64), hashed."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
        network: Any = ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False)
    except ValueError:
        network = "unknown"
    return _hashed(f"address {network}")


def by_actor() -> str:
    """The asker's account, hashed; their network where nobody is signed in."""
    actor = identity.find_actor()
    return _hashed(f"account {actor.account_id}") if actor else by_address()


def by_name() -> str:
    """The address typed into the sign-in form, hashed, whether there is such an account or not."""
    return _hashed(f"name {request.form.get('email', '').strip().casefold()[:254]}")


limiter = Limiter(
    key_func=by_actor, in_memory_fallback_enabled=True, swallow_errors=True, headers_enabled=True
)
writing = limiter.shared_limit(
    "60/minute;600/hour", scope="writing", methods=["POST", "PUT", "PATCH", "DELETE"]
)
"""For everything by which a member changes something."""
searching = limiter.shared_limit("60/minute", scope="searching")
"""For what costs much and reads widely."""


def init(app: Flask, settings: Settings) -> None:
    """Count in memory, or in Redis where several processes share the work."""
    app.config.update(
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
    )
    limiter.init_app(app)
