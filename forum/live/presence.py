"""How many people read a thread, and how many write in it just now: numbers alone, never names, nothing stored.

In rooms where all write under aliases nobody is counted. Each process counts its own sockets and tells the others
its number; several windows of one person count once in a process.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from typing import Any

from forum.db import db
from forum.discussion.models import Thread
from forum.live.registry import Connection
from forum.live.relay import relay
from forum.live.ringer import ringer
from forum.live.wire import socketio

registry = ringer.registry
PAUSE = 2.0
"""Seconds between two tellings of a thread's number, so that a crowd that comes in is told once."""
TYPING = 6.0
"""Seconds for which somebody counts as writing."""
FORGET = 120.0
"""Seconds after which another process's number counts no more, if it is not told again."""

_process = uuid.uuid4().hex[:12]
_counts: dict[str, bool] = {}
_due: set[str] = set()
_others: dict[tuple[str, str], dict[str, tuple[int, float]]] = defaultdict(dict)
_writers: dict[str, dict[str, float]] = defaultdict(dict)


def counts(thread_id: str) -> bool:
    """Whether people are counted in this thread."""
    if thread_id not in _counts:
        thread = db.session.get(Thread, thread_id)
        _counts[thread_id] = thread is not None and thread.room.names != "alias"
    return _counts[thread_id]


def changed(thread_id: str) -> None:
    """Somebody came or went: tell the number, soon."""
    if not counts(thread_id):
        return
    if not ringer.running:
        _tell(thread_id)
    elif thread_id not in _due:
        _due.add(thread_id)
        socketio.start_background_task(_tell_soon, thread_id)


def _tell_soon(thread_id: str) -> None:
    socketio.sleep(0.3 if len(_due) < 50 else PAUSE)
    _tell(thread_id)
    socketio.sleep(PAUSE)
    _due.discard(thread_id)
    if registry.people(thread_id) != _others["reading", thread_id].get(_process, (-1, 0.0))[0]:
        _tell(thread_id)


def _tell(thread_id: str) -> None:
    people = registry.people(thread_id)
    if people == 0:
        _counts.pop(thread_id, None)
    relay.send(
        {"bell": "people", "what": "reading", "thread": thread_id, "process": _process, "people": people}
    )


def typing(connection: Connection, thread_id: str) -> None:
    """This person writes: the others learn how many do."""
    if not counts(thread_id):
        return
    now = time.monotonic()
    writers = _writers[thread_id]
    writers[connection.account_id] = now
    for account_id in [account_id for account_id, at in writers.items() if at < now - TYPING]:
        del writers[account_id]
    people = len(writers)
    bell = {"bell": "people", "what": "writing", "thread": thread_id, "process": _process, "people": people}
    relay.send({**bell, "but": connection.sid})


def heard(bell: dict[str, Any]) -> None:
    """A process has told its number: add all up and tell those who follow the thread here."""
    what, thread_id = bell["what"], bell["thread"]
    numbers = _others[what, thread_id]
    now = time.monotonic()
    numbers[bell["process"]] = (bell["people"], now + (TYPING if what == "writing" else FORGET))
    for process in [process for process, (people, until) in numbers.items() if until < now or not people]:
        del numbers[process]
    total = sum(people for people, _until in numbers.values())
    event = "typing" if what == "writing" else "presence"
    for name in registry.channels(thread_id):
        socketio.emit(event, {"thread": thread_id, "people": total}, to=name, skip_sid=bell.get("but"))
    if not numbers:
        _others.pop((what, thread_id), None)
