"""Passwords: argon2id with OWASP's settings for small machines (19 MiB, two passes, one lane)."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forum import offload
from forum.errors import Refused
from forum.i18n import _

SHORTEST, LONGEST = 12, 128
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hashed(password: str) -> str:
    """The hash to store. Refuses one that is too short, too long or too plain (ASVS 6.2.1, 6.2.4, 6.2.9)."""
    if len(password) < SHORTEST:
        raise Refused(
            "password.short", _("A password has at least %(count)d characters.", count=SHORTEST), "password"
        )
    if len(password) > LONGEST:
        raise Refused(
            "password.long", _("A password has at most %(count)d characters.", count=LONGEST), "password"
        )
    if len(set(password)) < 5 or _plain(password):
        raise Refused(
            "password.plain",
            _("This password is too easy to guess. Several unusual words make a good one."),
            "password",
        )
    return offload.run(hasher.hash, password)


def verified(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes the same time where there is none to compare with."""
    try:
        right = offload.run(hasher.verify, stored or _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


@cache
def _nobody() -> str:
    return hasher.hash("the password of nobody at all")


def _plain(password: str) -> bool:
    folded = password.casefold()
    stems = (
        "password",
        "passwort",
        "qwertz",
        "qwerty",
        "12345",
        "abcdef",
        "letmein",
        "hallo",
        "reflexionsforum",
        "willkommen",
    )
    rest = folded
    for stem in stems:
        rest = rest.replace(stem, "")
    return len([c for c in rest if c.isalpha()]) < 4 and rest != folded
