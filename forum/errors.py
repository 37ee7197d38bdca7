"""The few ways in which the forum says no, in the domain's words. ``web/errors.py`` turns them into answers."""

from __future__ import annotations


class NotFound(Exception):
    """It is not there, or the actor may not know that it is: both look alike (404)."""


class Forbidden(Exception):
    """The actor may know of it, but may not do this (403). ``message`` says why, where a reason helps."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Refused(Exception):
    """A rule of the domain is broken (422).

    ``rule`` names it for programs (``text.too_long``), ``message`` says it to people in their language,
    ``field`` names the input it belongs to.
    """

    def __init__(self, rule: str, message: str, field: str | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.message = message
        self.field = field


class TooSoon(Refused):
    """One must wait a little before doing it again (429). ``seconds`` says how long."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__("post.too_soon", message)
        self.seconds = seconds


class Conflict(Exception):
    """It cannot be done in the state that the thing is in now (409)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Stale(Exception):
    """The thing was changed since the actor read it (412). ``version`` is the one it has now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version
