"""Sends what is new. A bell is rung with an id; the ringer reads from the database what that thread has new and
tells those who follow it here: one card for each form and language, rendered once and never for one socket.

Per thread the revisions go out without gap and in order: each thread has one lock and remembers what was sent.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import sqlalchemy as sa
from flask import Flask

from forum.changes import ThreadHidden, ThreadMoved
from forum.db import db
from forum.discussion import api as cards
from forum.discussion import queries
from forum.discussion.cards import LEAST
from forum.discussion.fragments import card_html
from forum.discussion.models import Thread
from forum.discussion.states import thread_json
from forum.i18n import speaking
from forum.live.registry import Registry, room_channel
from forum.live.wire import socketio
from forum.rooms.phases import may_post

log = logging.getLogger(__name__)
LOOK = 1.0
"""Seconds between two looks for what other processes have written."""


class Ringer:
    """The bells of this process."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.running = False
        self._app: Flask | None = None
        self._sent: dict[str, int] = {}
        self._listed: dict[str, int] = {}
        self._locks = [threading.RLock() for _ in range(64)]
        self._rung: dict[str, None] = {}
        self._wake = threading.Event()

    def start(self, app: Flask) -> None:
        """Ring from now on in a thread of one's own, so that nobody's answer waits for it."""
        self._app, self.running = app, True
        self._wake = threading.Event()
        socketio.start_background_task(self._run)
        socketio.start_background_task(self._look)

    def ring(self, thread_id: str) -> None:
        """Something is new in the thread."""
        if not self.running:
            self.tell(thread_id)
            return
        self._rung[thread_id] = None
        self._wake.set()

    def _run(self) -> None:
        while self.running:
            self._wake.wait()
            self._wake.clear()
            while self._rung:
                thread_id = next(iter(self._rung))
                del self._rung[thread_id]
                self._tell_safely(thread_id)

    def _tell_safely(self, thread_id: str) -> None:
        assert self._app is not None
        try:
            with self._app.app_context():
                self.tell(thread_id)
        except Exception:
            log.exception("A bell failed; readers catch up at the next")

    def _look(self) -> None:
        """Find what other processes (the command line, a worker) have written, bell or no bell."""
        assert self._app is not None
        while self.running:
            time.sleep(LOOK)
            try:
                with self._app.app_context():
                    for thread_id in self._behind():
                        self.ring(thread_id)
            except Exception:
                log.exception("Could not look for new changes")

    def _behind(self) -> list[str]:
        followed = list(self.registry.by_thread)
        behind = []
        for start in range(0, len(followed), 500):
            wanted = sa.select(Thread.id, Thread.revision).where(Thread.id.in_(followed[start : start + 500]))
            for thread_id, revision in db.session.execute(wanted):
                if revision > self._sent.get(thread_id, revision):
                    behind.append(thread_id)
        return behind

    def lock(self, thread_id: str) -> threading.RLock:
        """Whoever holds it knows exactly what was sent of this thread."""
        return self._locks[hash(thread_id) % len(self._locks)]

    def level(self, thread_id: str) -> int:
        """Bring the followers up to date and give the revision they have now. Call it with the lock held."""
        self.tell(thread_id, listed=False)
        if thread_id not in self._sent:
            thread = db.session.get(Thread, thread_id)
            self._sent[thread_id] = thread.revision if thread else 0
        return self._sent[thread_id]

    def forget(self, thread_id: str) -> None:
        """Nobody here follows the thread any more."""
        if thread_id not in self.registry.by_thread:
            self._sent.pop(thread_id, None)

    def tell(self, thread_id: str, *, listed: bool = True) -> None:
        """Send what this thread has new to all who follow it here; ``listed``: and to those who follow its room."""
        registry = self.registry
        if thread_id not in registry.by_thread and not registry.by_room:
            return
        with self.lock(thread_id):
            db.session.rollback()
            thread = db.session.get(Thread, thread_id)
            if thread is None or thread.waits:
                return
            if thread_id in registry.by_thread:
                self._tell_thread(thread)
            if listed and registry.by_room:
                self._tell_room(thread)
        self.forget(thread_id)

    def _tell_thread(self, thread: Thread) -> None:
        before = self._sent.setdefault(thread.id, thread.revision - 1)
        entries = queries.changes_after(thread.id, before)
        if not entries:
            return
        sheets = queries.sheets_of(LEAST, thread.id, {entry.post_id for entry in entries if entry.post_id})
        state = thread_json(thread) if thread.hiding is None else {"id": thread.id, "state": "hidden"}
        channels = [(name, *name.split(" ")[2:4]) for name in sorted(self.registry.channels(thread.id))]
        room = thread.room
        writable = thread.lock is None and may_post(room.posting, room.event.phase, anytime=False)
        for entry in entries:
            sheet = sheets.get(entry.post_id or "") if thread.hiding is None else None
            told = cards.change_json(thread.id, entry, sheet, LEAST, state)
            for name, form, locale in channels:
                payload = told if form == "json" else html_change(told, sheet, locale, writable=writable)
                socketio.emit("change", payload, to=name)
            self._sent[thread.id] = entry.revision

    def _tell_room(self, thread: Thread) -> None:
        """Tell the thread's room; the others only that it has left them, and of a hidden one only that it was hidden."""
        before = self._listed.get(thread.id, thread.revision - 1)
        kinds = {entry.kind for entry in queries.changes_after(thread.id, before)}
        self._listed[thread.id] = thread.revision
        shown = thread.hiding is None
        for room in thread.room.event.rooms:
            here = room.id == thread.room_id
            gone = (ThreadHidden.kind if here else ThreadMoved.kind) in kinds
            if room.id in self.registry.by_room and ((here and shown) or (gone and (here or shown))):
                state = thread_json(thread) if here and shown else {"id": thread.id, "state": "hidden"}
                socketio.emit("change", {"room": room.id, "thread_state": state}, to=room_channel(room.id))


def html_change(told: dict[str, Any], sheet: Any, locale: str, *, writable: bool) -> dict[str, Any]:
    """A change in the form of the project's own pages: the post as the ready card of the least privileged reader."""
    change = {key: value for key, value in told.items() if key != "post"}
    change["post_id"] = sheet.id if sheet is not None else None
    change["parent"] = sheet.parent_id if sheet is not None else None
    with speaking(locale):
        change["card"] = card_html(sheet, LEAST, writable=writable) if sheet is not None else None
    return change


ringer = Ringer()
