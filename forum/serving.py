"""Starting the forum as one process: settings, database, jobs and live updates in one command."""

from __future__ import annotations

import argparse
import dataclasses
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

CONNECTIONS = 8000
"""So many connections are served at once; each costs some 60 KiB."""


def main(arguments: list[str]) -> None:
    """Serve until stopped. A wrong setting ends the start with one line that names it."""
    options = _options(arguments)
    from forum import config, schedule, text
    from forum.factory import create_app, migrate
    from forum.live import service
    from forum.search import index

    host = f"[{options.host}]" if ":" in options.host else options.host
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else host  # noqa: S104  # compared, not bound
    try:
        settings = config.read()
        index.check(settings)
    except config.WrongSetting as wrong:
        raise SystemExit(str(wrong)) from None
    if "FORUM_BASE_URL" not in os.environ and settings.base_url == "http://127.0.0.1:5000":
        settings = dataclasses.replace(settings, base_url=f"http://{shown}:{options.port}")

    def make() -> Flask:
        app = create_app(settings)
        migrate(app)
        with app.app_context():
            _greet(app, settings.base_url, with_demo=options.demo)
        print(f"The forum is open at {settings.base_url}", flush=True)  # noqa: T201  # said to who started it
        return app

    def begin(app: Flask) -> None:
        from forum import jobs

        service.start(app)
        if settings.redis_url is None:
            jobs.start_embedded()
        threading.Thread(target=schedule.run, args=(app,), daemon=True).start()
        text.warm()
        gc.freeze()  # what lives as long as the process need not be looked through again and again
        gc.set_threshold(20_000, 20, 50)

    if sys.platform == "win32":
        _serve_plainly(make, begin, options.host, options.port)
    else:
        _serve(make, begin, f"{host}:{options.port}")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="app.py", description="Starts the forum.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5000, help="port to listen on")
    parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo event")
    return parser.parse_args(arguments)


def _greet(app: Flask, base_url: str, *, with_demo: bool) -> None:
    from forum import demo
    from forum.people import actions, queries

    if with_demo:
        demo.tell(demo.make(base_url))
    elif not queries.anybody():
        secret = actions.create_first_link()
        print(f"Nobody is here yet. This link makes the first organiser:\n  {base_url}/first/{secret}")  # noqa: T201


def _serve(make: Callable[[], Flask], begin: Callable[[Flask], None], address: str) -> None:
    """One process on green threads for pages, sockets and jobs (docs/decisions/0004)."""
    import gevent
    from gevent import signal_handler, socket
    from gevent.pool import Pool
    from gevent.pywsgi import WSGIServer

    app = make()

    def fair(environ: Any, start_response: Any) -> Any:
        gevent.sleep(
            0
        )  # a connection that always has the next request ready must not keep all others waiting
        return app(environ, start_response)

    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host.strip("[]"), int(port)), family=family, backlog=2048)
    listener.setblocking(False)
    # Head and body leave in two writes; without this the second one waits 40 ms for the client's delayed answer.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # No log of requests and none of malformed ones: both would name addresses.
    server = WSGIServer(listener, fair, log=None, error_log=None, spawn=Pool(CONNECTIONS))
    for name in ("SIGTERM", "SIGINT"):
        signal_handler(getattr(signal, name), server.stop, 3)
    server.start()
    begin(app)
    server.serve_forever()


def _serve_plainly(make: Callable[[], Flask], begin: Callable[[Flask], None], host: str, port: int) -> None:
    """On Windows: Flask-SocketIO's own server, on threads."""
    from forum.live.wire import socketio

    app = make()
    begin(app)
    socketio.run(app, host=host, port=port, allow_unsafe_werkzeug=True)
