"""The live part's own threads of work in a process that serves sockets."""

from __future__ import annotations

import logging
import time

from flask import Flask

from forum.live import bell
from forum.live.relay import relay
from forum.live.ringer import ringer
from forum.live.wire import socketio

log = logging.getLogger(__name__)
PARTING = 5.0
"""Seconds between two looks for sockets whose way in has ended without a bell."""


def start(app: Flask) -> None:
    """Ring, listen and look from now on."""
    ringer.start(app)
    socketio.start_background_task(relay.listen, app)
    socketio.start_background_task(_part, app)


def _part(app: Flask) -> None:
    while True:
        time.sleep(PARTING)
        try:
            with app.app_context():
                bell.part()
        except Exception:
            log.exception("Could not look for sockets to part from")
