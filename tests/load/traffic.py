"""Clients by hand over asyncio, so that they cost little beside what is measured: HTTP over kept-alive connections,
and Socket.IO over websocket alone."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

LIMIT = 120.0
"""Seconds after which a single answer counts as lost."""


@dataclass
class Answers:
    """What came back: seconds of each answer, bytes of the last body, how many were not as expected."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0
    size: int = 0
    wrong: int = 0
    first_wrong: str = ""


def get(port: int, path: str, cookie: str = "") -> bytes:
    """The bytes of a GET as a browser sends it."""
    head = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: text/html", "Accept-Language: de"]
    if cookie:
        head.append(f"Cookie: {cookie}")
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def post(port: int, path: str, body: Any, token: str = "") -> bytes:
    """The bytes of a POST with a JSON body."""
    sent = json.dumps(body, ensure_ascii=False).encode()
    head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Type: application/json"]
    head.append(f"Content-Length: {len(sent)}")
    if token:
        head.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(head) + "\r\n\r\n").encode() + sent


def drive(
    port: int, make: Callable[[int], bytes], count: int, connections: int, expected: int = 200
) -> Answers:
    """Send ``count`` requests over so many kept-alive connections, each as soon as the one before is answered."""
    return asyncio.run(_drive(port, make, count, connections, expected))


async def _drive(
    port: int, make: Callable[[int], bytes], count: int, connections: int, expected: int
) -> Answers:
    found = Answers()
    numbers = iter(range(count))
    begun = time.monotonic()
    await asyncio.gather(*(_client(port, make, numbers, expected, found) for _ in range(connections)))
    found.wall = time.monotonic() - begun
    return found


async def _client(
    port: int, make: Callable[[int], bytes], numbers: Any, expected: int, found: Answers
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:
        begun = time.monotonic()
        writer.write(make(number))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT)
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(length[1])) if length else b""
        found.seconds.append(time.monotonic() - begun)
        found.size = len(body)
        if int(head[9:12]) != expected:
            found.wrong += 1
            found.first_wrong = found.first_wrong or (head[:40] + body[:200]).decode("utf-8", "replace")
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


class Browser:
    """Just enough of a browser to sign in: it follows nothing and keeps one cookie."""

    def __init__(self, port: int) -> None:
        """``port`` of the server on this machine."""
        self.port = port
        self.cookie = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """(status, body) of a request; cookies are kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        said = answer.read().decode()
        set_cookie = answer.getheader("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.partition(";")[0]
        connection.close()
        return answer.status, said

    def use_link(self, secret: str) -> None:
        """Sign in by a link."""
        _, said = self.ask("GET", f"/sign-in/link/{secret}")
        token = re.search(r'name="csrf_token" value="([^"]+)"', said)
        status, said = self.ask("POST", f"/sign-in/link/{secret}", {"csrf_token": token[1] if token else ""})
        if status != 303:
            raise RuntimeError(f"could not sign in: {status} {said[:200]}")


def call(port: int, token: str, method: str, path: str, body: Any = None) -> Any:
    """The JSON answer of one API call; raises on any error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = None if body is None else json.dumps(body)
    connection.request(
        method,
        f"/api/v1{path}",
        sent,
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
    return json.loads(said)


class Socket(asyncio.Protocol):
    """One Socket.IO client: it connects, follows, and hands each event to ``heard(seconds, bytes)``."""

    def __init__(self, heard: Callable[[float, bytes], None]) -> None:
        """``heard`` gets the moment (monotonic) and the bytes of each event, unread."""
        self.heard = heard
        self.buffer = b""
        self.open = False
        self.lost = False
        self.upgraded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.acks: dict[int, asyncio.Future[Any]] = {}
        self.transport: Any = None

    @classmethod
    async def connect(cls, port: int, token: str, heard: Callable[[float, bytes], None]) -> Socket:
        """Connect, upgrade and sign in with an access token; raises ``ConnectionError`` where it is refused."""
        loop = asyncio.get_running_loop()
        transport, made = await loop.create_connection(lambda: cls(heard), "127.0.0.1", port)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        try:
            await asyncio.wait_for(made.upgraded, 60)
            made.send("40" + json.dumps({"token": token}))
            await asyncio.wait_for(made.joined, 60)
        except (TimeoutError, ConnectionError) as error:
            transport.abort()
            raise ConnectionError(str(error)) from None
        return made

    async def ask(self, event: str, wanted: Any, number: int = 1) -> Any:
        """Send an event and give its acknowledgement."""
        self.acks[number] = asyncio.get_running_loop().create_future()
        self.send(f"42{number}" + json.dumps([event, wanted]))
        return await asyncio.wait_for(self.acks[number], 60)

    def send(self, said: str) -> None:
        """Send a text frame (masked with zeros: a mask need only be there)."""
        data = said.encode()
        head = b"\x81"
        if len(data) < 126:
            head += bytes([128 | len(data)])
        else:
            head += bytes([128 | 126]) + len(data).to_bytes(2, "big")
        self.transport.write(head + b"\0\0\0\0" + data)

    def close(self) -> None:
        """Be gone without a word, as a train in a tunnel."""
        self.transport.abort()

    def connection_made(self, transport: Any) -> None:
        """The connection stands."""
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; whoever waits learns of it."""
        self.lost = True
        for waiting in (self.upgraded, self.joined, *self.acks.values()):
            if not waiting.done():
                waiting.set_exception(ConnectionError("closed"))
                waiting.exception()

    def data_received(self, data: bytes) -> None:
        """Cut what came into frames."""
        now = time.monotonic()
        self.buffer += data
        if not self.open:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.transport.abort()
                return
            self.open, self.buffer = True, rest
        while (frame := self._frame()) is not None:
            self._read(now, frame)

    def _frame(self) -> bytes | None:
        held = self.buffer
        if len(held) < 2:
            return None
        length, start = held[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(held[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(held[2:10], "big"), 10
        if len(held) < start or len(held) < start + length:
            return None
        self.buffer = held[start + length :]
        return held[start : start + length] if held[0] & 15 == 1 else b""

    def _read(self, now: float, said: bytes) -> None:
        if said.startswith(b"42"):
            self.heard(now, said)
        elif said == b"2":
            self.send("3")
        elif said.startswith(b"0") and not self.upgraded.done():
            self.upgraded.set_result(None)
        elif said.startswith(b"40") and not self.joined.done():
            self.joined.set_result(None)
        elif said.startswith((b"44", b"41")):
            self.transport.abort()
        elif said.startswith(b"43"):
            number, bracket, rest = said[2:].partition(b"[")
            waiting = self.acks.pop(int(number), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(bracket + rest)[0])


REVISION = re.compile(rb'"revision": ?(\d+)')


def revision(said: bytes) -> int | None:
    """The revision of a change event, None for other events."""
    found = REVISION.search(said, 0, 200) if said.startswith(b'42["change"') else None
    return int(found[1]) if found else None


def spread(items: Sequence[str], number: int) -> str:
    """The item for this number, round and round."""
    return items[number % len(items)]
