"""The socket server: websocket alone, small frames, one list of origins. The only door to Flask-SocketIO."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_socketio import SocketIO

from forum import offload
from forum.config import Settings

FRAME = 16_384
"""Bytes a client may send at once."""


class Compact:
    """JSON as short as it can be: umlauts and Arabic letters as they are, not as six bytes each."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Without blanks, without escapes."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    loads = staticmethod(json.loads)


socketio = SocketIO()


def origins(base_url: str) -> list[str]:
    """Where pages that may connect come from: the forum's own address, under both names of this machine."""
    parts = urlsplit(base_url)
    port = f":{parts.port}" if parts.port else ""
    if parts.hostname in ("127.0.0.1", "localhost"):
        return [f"{parts.scheme}://{host}{port}" for host in ("127.0.0.1", "localhost")]
    return [f"{parts.scheme}://{parts.netloc}"]


def init(app: Flask, settings: Settings) -> None:
    """Serve sockets beside the pages."""
    socketio.init_app(
        app,
        async_mode="gevent" if offload.green() else "threading",
        cors_allowed_origins=origins(settings.base_url),
        transports=["websocket"],
        max_http_buffer_size=FRAME,
        manage_session=False,
        json=Compact,
        path="/socket.io",
        logger=False,
        engineio_logger=False,
    )
