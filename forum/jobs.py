"""Work done later. A job carries an id and nothing else, may run twice, and calls an action in a few lines.

What must not be lost is a row; a sweep picks up what a lost queue forgot. Without Redis the jobs run in the process
that serves the pages, with Redis in workers of their own (``flask worker``).
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable
from typing import Any

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from forum.config import Settings
from forum.db import db

log = logging.getLogger(__name__)
_huey: Huey | None = None
_enqueue: Callable[[str, str], Any] | None = None
_app: Flask | None = None
_work: dict[str, Callable[[str], None]] = {}


class Plain(Serializer):
    """Jobs travel as JSON: whoever can write to the queue can name a job and an id, and run nothing else."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        read = json.loads(data)
        return Message(*read) if isinstance(read, list) and len(read) == len(Message._fields) else read


def init(app: Flask, settings: Settings) -> None:
    """Open the queue: in Redis where that is set, else in a file of its own in the instance folder."""
    global _huey, _app, _enqueue  # noqa: PLW0603  # one queue for the process
    if settings.redis_url:
        _huey = RedisHuey("forum", url=settings.redis_url, immediate=app.testing, serializer=Plain())
    else:
        _huey = SqliteHuey(
            "forum", filename=str(settings.instance / "jobs.db"), immediate=app.testing, serializer=Plain()
        )
    _app = app
    _enqueue = _huey.task(name="run")(_run)


def job(work: Callable[[str], None]) -> Callable[[str], None]:
    """Make a function of one id a job: calling it puts it into the queue."""
    _work[work.__name__] = work

    @functools.wraps(work)
    def later(thing_id: str) -> None:
        if _enqueue is None:
            raise RuntimeError("the queue is not open")
        try:
            _enqueue(work.__name__, thing_id)
        except Exception:
            log.exception("The queue is out of reach; the sweep will find %s %s", work.__name__, thing_id)

    return later


def _run(name: str, thing_id: str) -> None:
    assert _app is not None
    with _app.app_context():
        _work[name](thing_id)
        db.session.remove()


class Embedded(Consumer):
    """A consumer inside the process that serves pages: signals are that process's own."""

    def _set_signal_handlers(self) -> None:
        """Leave signals alone."""


def start_embedded() -> Any:
    """Work the queue off in this process."""
    consumer = Embedded(_huey, workers=1, periodic=False, max_delay=2.0, check_worker_health=False)
    consumer.start()
    return consumer


def work_off() -> None:
    """Work the queue off in a process of its own, until it is stopped."""
    Consumer(_huey, workers=2, periodic=False).run()


def queue_answers() -> bool:
    """Whether the queue's Redis is there."""
    try:
        return bool(_huey.storage.conn.ping()) if isinstance(_huey, RedisHuey) else True
    except Exception:
        return False
