"""Run what computes for long outside of the loop that serves pages and sockets.

Under green threads a real thread takes it (what releases the interpreter lock, such as argon2 and typst, then costs
the others nothing); elsewhere the caller's own thread does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def green() -> bool:
    """Whether this process runs on gevent's green threads."""
    try:
        from gevent import monkey
    except ImportError:  # Windows
        return False
    return bool(monkey.is_module_patched("threading"))


def run(work: Callable[..., T], *args: Any) -> T:
    """``work(*args)``, its result or its error, without stalling anyone else."""
    if not green():
        return work(*args)
    import gevent

    result: T = gevent.get_hub().threadpool.apply(work, args)
    return result
