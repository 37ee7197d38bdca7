"""Secrets that live outside the database, so that a stolen database does not tell who is who or what is not said yet.

``mark`` is a keyed fingerprint: the same for the same parts, useless without the key file of the instance.
``seal`` encrypts a text that is stored for its author alone; ``unseal`` gives it back.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class Broken(Exception):
    """What was sealed does not open: another key, another place, or it was changed."""


class Keys:
    """The key files of one instance (``keys/marks``, ``keys/seals``, 0600), made when they are missing."""

    def __init__(self) -> None:
        self._marks = b""
        self._seals = b""

    def open(self, instance: Path) -> None:
        """Read the keys of this instance, or make them."""
        folder = instance / "keys"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._marks = _read(folder / "marks")
        self._seals = _read(folder / "seals")

    def mark(self, purpose: str, *parts: str) -> str:
        """A keyed fingerprint of 128 bits as 32 hex digits; ``purpose`` keeps uses apart."""
        if not self._marks:
            raise RuntimeError("the keys of this instance are not open")
        text = "\x1f".join((purpose, *parts)).encode()
        return hmac.digest(self._marks, text, "sha256").hex()[:32]

    def seal(self, purpose: str, place: str, text: str) -> bytes:
        """Encrypt a text (AES-256-GCM). It opens for the same purpose and place alone, with a key of that place's own."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher(purpose, place).encrypt(nonce, text.encode(), None)

    def unseal(self, purpose: str, place: str, sealed: bytes) -> str:
        """The text that was sealed for this purpose and place; raises ``Broken``."""
        from cryptography.exceptions import InvalidTag

        try:
            text: bytes = self._cipher(purpose, place).decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except (InvalidTag, ValueError):
            raise Broken from None
        return text.decode()

    def _cipher(self, purpose: str, place: str) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self._seals:
            raise RuntimeError("the keys of this instance are not open")
        own = hmac.digest(self._seals, f"{purpose}\x1f{place}".encode(), "sha256")
        return AESGCM(own)


def _read(file: Path) -> bytes:
    """The key in this file; a new one is made where it is missing."""
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return bytes.fromhex(file.read_text("ascii"))
    made = secrets.token_bytes(32)
    with os.fdopen(descriptor, "w") as new:
        new.write(made.hex())
    return made


keys = Keys()


def fingerprint(secret: str) -> str:
    """What is stored of a random secret (session, token, link), so that reading the database gives no way in."""
    return hashlib.sha256(secret.encode()).hexdigest()
