"""Starting the forum as one process: settings, database, jobs and live updates in one command."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import threading
from collections.abc import Callable

from flask import Flask


def main(arguments: list[str]) -> None:
    """Serve until stopped. A wrong setting ends the start with one line that names it."""
    options = _options(arguments)
    from forum import config, schedule
    from forum.factory import create_app, migrate
    from forum.live import service

    host = f"[{options.host}]" if ":" in options.host else options.host
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else host  # noqa: S104  # compared, not bound
    try:
        settings = config.read()
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
    """One gunicorn worker on green threads; the app is made inside it, so nothing is shared across the fork."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        """The embedded start."""

        def load_config(self) -> None:
            """Its settings; others are gunicorn's own."""
            chosen = {
                "bind": address,
                "workers": 1,
                "worker_class": "gevent",
                "worker_connections": 8000,
                "backlog": 2048,
                "timeout": 0,
                "graceful_timeout": 3,
                "keepalive": 30,
                "accesslog": None,
                "errorlog": "-",
                "loglevel": "error",  # its warnings name the addresses that malformed requests come from
                "control_socket_disable": True,
                "limit_request_line": 8190,
                "limit_request_fields": 60,
                "limit_request_field_size": 8190,
                "post_worker_init": lambda worker: begin(worker.wsgi),
            }
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            """Make the app, in the worker."""
            return make()

    Server().run()


def _serve_plainly(make: Callable[[], Flask], begin: Callable[[Flask], None], host: str, port: int) -> None:
    """Where there is no gunicorn (Windows): Flask-SocketIO's own server, on threads."""
    from forum.live.wire import socketio

    app = make()
    begin(app)
    socketio.run(app, host=host, port=port, allow_unsafe_werkzeug=True)
