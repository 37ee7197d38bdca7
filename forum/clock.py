"""The one place the time comes from, so that tests and the demo event can move it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
"""Dates that people type or read are meant in this zone; what is stored is UTC."""

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """This moment, in UTC, to the microsecond."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be this moment for a while, for what runs here alone."""
    before = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(before)


def start_of(day: date) -> datetime:
    """Midnight at which ``day`` begins in the forum's zone, in UTC."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """``2026-11-23T09:12:04Z``: seconds are enough for people, order comes from revisions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
