"""Files that lie outside the database: one flat folder of the instance, names drawn at random, nothing to guess.

What a file belongs to and who may read it stand in the database; nothing here knows it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{32}(\.[a-z]{1,10}){1,3}")


class Missing(Exception):
    """There is no such file (any more)."""


class Storage:
    """The folder ``files`` of one instance (0700), made when it is missing; its files are readable by the owner alone."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def open(self, instance: Path) -> None:
        """Keep files in this instance from now on."""
        folder = instance / "files"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder

    def write(self, name: str, data: bytes) -> None:
        """Keep these bytes under a name of ``new_name``: whole or not at all, on the disk when this returns."""
        file = self._path(name)
        half = file.with_name(f"{file.name}.part")
        descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as new:
                new.write(data)
                new.flush()
                os.fsync(new.fileno())
            half.replace(file)
        except BaseException:
            half.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> bytes:
        """The bytes kept under this name; raises ``Missing``."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise Missing from None

    def delete(self, name: str) -> None:
        """Let a file go; nothing happens where it is gone already."""
        self._path(name).unlink(missing_ok=True)

    def everything(self) -> Iterator[tuple[str, datetime]]:
        """Every file with the moment it was written, half-written ones too."""
        for file in self._root().iterdir():
            with suppress(FileNotFoundError):
                yield file.name, datetime.fromtimestamp(file.stat().st_mtime, UTC)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError("not a name of this storage")
        return self._root() / name

    def _root(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the storage of this instance is not open")
        return self._folder


storage = Storage()


def new_name(ending: str) -> str:
    """A random name of 128 bits with this ending (``webp``)."""
    return f"{secrets.token_hex(16)}.{ending}"
