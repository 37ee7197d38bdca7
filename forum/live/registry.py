"""Who is connected to this process, and what each follows. Kept in memory alone; nothing of it is stored."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

FORMS = ("json", "html")
EVENTS_A_MINUTE = 120


@dataclass(kw_only=True, eq=False)
class Connection:
    """One socket. ``session_id`` or ``token_id`` says by which way it came in."""

    sid: str
    account_id: str
    locale: str
    session_id: str | None = None
    token_id: str | None = None
    threads: dict[str, str] = field(default_factory=dict)
    """Thread followed -> the channel it is told on."""
    rooms: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    """The events of all it ever followed."""
    budget: float = EVENTS_A_MINUTE
    seen: float = field(default_factory=time.monotonic)

    def spend(self) -> bool:
        """Whether one more event is within the limit (a bucket that fills evenly over a minute)."""
        now = time.monotonic()
        self.budget = min(EVENTS_A_MINUTE, self.budget + (now - self.seen) * EVENTS_A_MINUTE / 60)
        self.seen = now
        if self.budget < 1:
            return False
        self.budget -= 1
        return True


class Registry:
    """All connections of this process."""

    def __init__(self) -> None:
        self.by_sid: dict[str, Connection] = {}
        self.by_account: dict[str, set[Connection]] = defaultdict(set)
        self.by_thread: dict[str, set[Connection]] = defaultdict(set)
        self.by_room: dict[str, set[Connection]] = defaultdict(set)

    def add(self, connection: Connection) -> None:
        """A socket has connected."""
        self.by_sid[connection.sid] = connection
        self.by_account[connection.account_id].add(connection)

    def remove(self, sid: str) -> Connection | None:
        """A socket is gone; gives what it was."""
        connection = self.by_sid.pop(sid, None)
        if connection is not None:
            for thread_id in list(connection.threads):
                self.leave_thread(connection, thread_id)
            for room_id in list(connection.rooms):
                self.leave_room(connection, room_id)
            _drop(self.by_account, connection.account_id, connection)
        return connection

    def join_thread(self, connection: Connection, thread_id: str, channel: str) -> None:
        """It follows a thread."""
        connection.threads[thread_id] = channel
        self.by_thread[thread_id].add(connection)

    def leave_thread(self, connection: Connection, thread_id: str) -> str | None:
        """It follows it no more; gives the channel it was told on."""
        _drop(self.by_thread, thread_id, connection)
        return connection.threads.pop(thread_id, None)

    def join_room(self, connection: Connection, room_id: str) -> None:
        """It follows a room's list."""
        connection.rooms.add(room_id)
        self.by_room[room_id].add(connection)

    def leave_room(self, connection: Connection, room_id: str) -> None:
        """It follows it no more."""
        connection.rooms.discard(room_id)
        _drop(self.by_room, room_id, connection)

    def channels(self, thread_id: str) -> set[str]:
        """The channels on which this thread is told to anybody here."""
        return {connection.threads[thread_id] for connection in self.by_thread.get(thread_id, ())}

    def people(self, thread_id: str) -> int:
        """How many people follow the thread here; several windows of one count once."""
        return len({connection.account_id for connection in self.by_thread.get(thread_id, ())})

    def of(self, account_id: str) -> Iterable[Connection]:
        """All sockets of an account."""
        return tuple(self.by_account.get(account_id, ()))


def _drop(index: dict[str, set[Connection]], key: str, connection: Connection) -> None:
    kept = index.get(key)
    if kept is not None:
        kept.discard(connection)
        if not kept:
            del index[key]


def channel(thread_id: str, form: str, locale: str) -> str:
    """The name of the channel on which a thread is told in this form (and, as HTML, this language)."""
    return f"thread {thread_id} {form} {locale if form == 'html' else ''}"


def room_channel(room_id: str) -> str:
    """The name of the channel on which a room's list is told."""
    return f"room {room_id}"
