"""Real processes of the forum for tests: each ``app.py`` on a port of its own, and clients that speak to them."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import socketio

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class House:
    """One process of the forum."""

    def __init__(self, instance: Path, **settings: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "FORUM_INSTANCE": str(instance),
            "FORUM_RATE_LIMITS": "off",
            "FORUM_BASE_URL": self.base,
            **settings,
        }
        self.log = (instance / f"log-{self.port}").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(200):
            try:
                urllib.request.urlopen(self.base + "/healthz", timeout=2)
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(Path(self.log.name).read_text("utf-8", "replace"))

    def demo(self) -> dict[str, Any]:
        """The demo event with fresh tokens."""
        command = [sys.executable, "-m", "flask", "--app", "app", "demo", "--json"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, check=True, timeout=120
        )
        made: dict[str, Any] = json.loads(done.stdout)
        return made

    def api(self, token: str, method: str, path: str, body: Any = None) -> Any:
        """A call of the API; fails where the answer is an error."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()!r}") from None

    def follow(self, token: str, thread: str, after: int | None = None) -> Follower:
        """Somebody who follows a thread over a websocket."""
        return Follower(self.base, token, thread, after)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


class Follower:
    """A client that keeps every change it is told of."""

    def __init__(
        self, base: str, token: str | None, thread: str, after: int | None = None, cookie: str | None = None
    ) -> None:
        self.changes: list[dict[str, Any]] = []
        self.client = socketio.Client(reconnection=False)
        self.client.on("change", self.changes.append)
        headers = {"Cookie": cookie} if cookie else {}  # the client names the Origin itself
        auth = {"token": token} if token else None
        self.client.connect(base, headers=headers, auth=auth, transports=["websocket"])
        wanted: dict[str, Any] = {"thread": thread}
        if after is not None:
            wanted["after"] = after
        self.answer: dict[str, Any] = self.client.call("follow", wanted, timeout=10)

    def revisions(self) -> list[int]:
        """The numbers it was told, in the order in which they came."""
        return [change["revision"] for change in (*self.answer["changes"], *self.changes)]

    def wait_for(self, revision: int, seconds: float = 5.0) -> float:
        """Seconds until it was told this revision."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if revision in self.revisions():
                return time.monotonic() - begun
            time.sleep(0.01)
        raise AssertionError(f"never told {revision}: {self.revisions()}")

    def wait_for_parting(self, seconds: float = 5.0) -> float:
        """Seconds until the forum has disconnected it."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if not self.client.connected:
                return time.monotonic() - begun
            time.sleep(0.01)
        raise AssertionError("still connected")

    def close(self) -> None:
        """Go."""
        self.client.disconnect()


class Browser:
    """A browser without scripts: cookies and forms."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.secret = ""

    def get(self, path: str) -> str:
        """A page."""
        with self.opener.open(self.base + path, timeout=20) as answer:
            text: str = answer.read().decode()
        found = re.search(r'name="csrf-token" content="([^"]+)"', text)
        self.secret = found[1] if found else ""
        return text

    def post(self, path: str, **form: str) -> str:
        """A form, sent with the secret of the page before."""
        data = urllib.parse.urlencode({"csrf_token": self.secret, **form}).encode()
        with self.opener.open(self.base + path, data=data, timeout=20) as answer:
            text: str = answer.read().decode()
        found = re.search(r'name="csrf-token" content="([^"]+)"', text)
        self.secret = found[1] if found else self.secret
        return text

    def sign_in(self, link: str) -> None:
        """By a link, as a person does: open it, press the button."""
        path = link[link.index("/sign-in/link/") :]
        self.get(path)
        self.post(path)

    def cookie(self) -> str:
        """The cookies as a header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
