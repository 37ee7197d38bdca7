"""Carries bells between processes. A bell is ids and nothing else: words never leave a process but to its own sockets.

Without Redis a bell is heard in this process alone; what others write is found by looking (``ringer``). With Redis
every process hears every bell, its own too, in one place: ``hear``. Redis may be gone at any time: then the bell is
heard here, and the others look.
"""

from __future__ import annotations

import functools
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

log = logging.getLogger(__name__)
CHANNEL = "reflexionsforum:bells"
RETRY = 1.0
"""Seconds between two tries to reach Redis again."""


class Relay:
    """The bells' way in and out of this process."""

    def __init__(self) -> None:
        self._redis: Any = None
        self._listening = False
        self._hear: Callable[[dict[str, Any]], None] = lambda bell: None
        self._back: Callable[[], None] = lambda: None

    def init(self, url: str | None) -> None:
        """Reach Redis at ``url``, or nobody."""
        if url is None:
            self._redis = None
            return
        import redis

        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=2, socket_timeout=5, health_check_interval=15
        )

    def on_bell(self, hear: Callable[[dict[str, Any]], None], back: Callable[[], None]) -> None:
        """Who hears the bells, and who is told that some may have been missed."""
        self._hear, self._back = hear, back

    def send(self, bell: dict[str, Any]) -> None:
        """Ring in every process. Where Redis does not take it, ring here; where nobody listens to it here, too."""
        if self._redis is not None:
            try:
                self._redis.publish(CHANNEL, json.dumps(bell))
            except Exception as error:
                log.warning(
                    "Redis does not take bells (%s); other processes will look for changes",
                    type(error).__name__,
                )
            else:
                if self._listening:
                    return
        self._hear(bell)

    def listen(self, app: Flask) -> None:
        """Hear what is rung in any process, for ever; find Redis again when it was gone."""
        if self._redis is None:
            return
        while True:
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as bells:
                    bells.subscribe(CHANNEL)
                    self._listening = True
                    self._hear_safely(app, self._back)
                    self._take(app, bells)
            except Exception as error:
                log.warning("Redis is out of reach (%s); looking for changes meanwhile", type(error).__name__)
            self._listening = False
            time.sleep(RETRY)

    def _take(self, app: Flask, bells: Any) -> None:
        while True:
            message = bells.get_message(timeout=5.0)
            if message is None:
                bells.check_health()
                continue
            bell = json.loads(message["data"])
            self._hear_safely(app, functools.partial(self._hear, bell))

    @staticmethod
    def _hear_safely(app: Flask, work: Callable[[], None]) -> None:
        try:
            with app.app_context():
                work()
        except Exception:
            log.exception("A bell could not be followed")


relay = Relay()
