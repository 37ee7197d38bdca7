"""Reading order. A post's path is its parent's path and its own number in the thread; paths compare as bytes. Pure."""

from __future__ import annotations

LEVEL = 3
"""Bytes for each level: 16.7 million posts a thread."""
DEEPEST = 800
"""From this depth on a reply is placed beside its parent instead of below: an index key of PostgreSQL holds 2,700 bytes."""


def path(parent: bytes | None, number: int) -> bytes:
    """The path of the thread's post number ``number`` (from 1) that answers ``parent``.

    >>> path(path(None, 1), 2) < path(None, 3)
    True
    """
    above = parent or b""
    if len(above) >= DEEPEST * LEVEL:
        above = above[:-LEVEL]
    return above + number.to_bytes(LEVEL, "big")


def branch_end(start: bytes) -> bytes:
    """The first key after all that answers the post with this path, directly or not."""
    return start + b"\xff" * LEVEL
