"""Every recurring job and how often it runs, on one page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from flask import Flask

from forum.discussion import attachments
from forum.drafts import actions as drafts
from forum.people import letters
from forum.web import repeats

log = logging.getLogger(__name__)
MINUTE = 60

SCHEDULE: tuple[tuple[int, Callable[[], None]], ...] = (
    (1 * MINUTE, letters.sweep),
    (60 * MINUTE, repeats.sweep),
    (60 * MINUTE, drafts.sweep),
    (60 * MINUTE, attachments.sweep),
)
"""(Seconds between two runs, what runs). Each may run twice without harm."""


def run(app: Flask) -> None:
    """Run what is due, for ever."""
    due = {work: time.monotonic() + every for every, work in SCHEDULE}
    while True:
        time.sleep(5)
        for every, work in SCHEDULE:
            if time.monotonic() >= due[work]:
                due[work] = time.monotonic() + every
                try:
                    with app.app_context():
                        work()
                except Exception:
                    log.exception("%s failed; it runs again later", work.__module__)
