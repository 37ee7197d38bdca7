"""Serve the forum or a bare program under one kind of server: ``python -m tests.load.launch MODE app|bare PORT …``.

``own`` is what ``forum/serving.py`` does; the other modes replace that one step and leave all else as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

MODES = ("own", "gunicorn", "pywsgi", "gthread")
THREADS = 512


def main(arguments: list[str]) -> None:
    """Serve until stopped."""
    mode, what, port, *rest = arguments
    if mode != "gthread":
        from gevent import monkey

        monkey.patch_all()
    from forum import serving

    serve = {"own": serving._serve, "gunicorn": _gunicorn, "pywsgi": _pywsgi, "gthread": _gthread}[mode]
    if what == "app":
        serving._serve = serve
        serving.main(["--port", port])
        return
    from tests.load import bare

    def make() -> Any:
        return bare.create_app(rest[0], green=mode != "gthread")

    serve(make, lambda app: None, f"127.0.0.1:{port}")


Make = Callable[[], Any]
Begin = Callable[[Any], None]


def _gunicorn(make: Make, begin: Begin, address: str) -> None:
    _run_gunicorn(make, begin, address, worker_class="gevent", worker_connections=8000)


def _gthread(make: Make, begin: Begin, address: str) -> None:
    _run_gunicorn(make, begin, address, worker_class="gthread", threads=THREADS)


def _run_gunicorn(make: Make, begin: Begin, address: str, **chosen: Any) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        """One worker."""

        def load_config(self) -> None:
            """As the forum's own start, but for the kind of worker."""
            common = {"bind": address, "workers": 1, "backlog": 2048, "timeout": 0, "graceful_timeout": 3}
            quiet = {"keepalive": 30, "loglevel": "warning", "control_socket_disable": True}
            for name, value in {**common, **quiet, **chosen}.items():
                self.cfg.set(name, value)
            self.cfg.set("post_worker_init", lambda worker: begin(worker.wsgi))

        def load(self) -> Any:
            """Make the app, in the worker."""
            return make()

    Server().run()


def _pywsgi(make: Make, begin: Begin, address: str) -> None:
    from gevent import socket
    from gevent.pool import Pool
    from gevent.pywsgi import WSGIServer

    app = make()
    host, _, port = address.rpartition(":")
    listener = socket.create_server((host, int(port)), backlog=2048)
    listener.setblocking(False)
    # Head and body leave in two writes; without this the second waits 40 ms for the client's delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = WSGIServer(listener, app, log=None, spawn=Pool(8000))
    server.start()
    begin(app)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
