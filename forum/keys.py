"""Secrets that live outside the database, so that a stolen database does not tell who is who.

``mark`` is a keyed fingerprint: the same for the same parts, useless without the key file of the instance.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path


class Keys:
    """The key file of one instance (``keys/marks``, 0600), made when it is missing."""

    def __init__(self) -> None:
        self._marks = b""

    def open(self, instance: Path) -> None:
        """Read the key of this instance, or make it."""
        folder = instance / "keys"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / "marks"
        try:
            descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            self._marks = bytes.fromhex(file.read_text("ascii"))
            return
        self._marks = secrets.token_bytes(32)
        with os.fdopen(descriptor, "w") as new:
            new.write(self._marks.hex())

    def mark(self, purpose: str, *parts: str) -> str:
        """A keyed fingerprint of 128 bits as 32 hex digits; ``purpose`` keeps uses apart."""
        if not self._marks:
            raise RuntimeError("the keys of this instance are not open")
        text = "\x1f".join((purpose, *parts)).encode()
        return hmac.new(self._marks, text, hashlib.sha256).hexdigest()[:32]


keys = Keys()


def fingerprint(secret: str) -> str:
    """What is stored of a random secret (session, token, link), so that reading the database gives no way in."""
    return hashlib.sha256(secret.encode()).hexdigest()
