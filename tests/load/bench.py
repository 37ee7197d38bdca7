"""What every part of a measurement shares: the options, the seeded forum, its servers and the bare ones beside it."""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.load import traffic
from tests.load.figures import Figure
from tests.load.processes import ROOT, Server, environment, free_port


@dataclass
class Bench:
    """One forum in a folder of its own, filled once and served in the wanted mode."""

    options: argparse.Namespace
    folder: Path
    mode: str = "own"
    cookie: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """The forum's environment."""
        return environment(self.folder / "instance", self.options.database_url)

    def seed(self) -> None:
        """Migrate and fill the forum's database."""
        size = ["--posts", str(self.options.posts), "--people", str(self.options.people)]
        self.data = json.loads(self.run("tests.load.seed", *size).splitlines()[-1])

    def run(self, module: str, *arguments: str) -> str:
        """What a helper program prints."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=1800, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{module}: {done.stderr[-2000:]}")
        return done.stdout

    def start_app(self) -> Server:
        """The forum's process, not waited for: ``app.py`` itself unless another kind of server is wanted."""
        port = free_port()
        command = (
            ["app.py", "--port", str(port)]
            if self.mode == "own"
            else ["-m", "tests.load.launch", self.mode, "app", str(port)]
        )
        return Server(command, port, self.env, self.folder / "app.log")

    def app(self) -> Server:
        """The forum, ready; the reader is signed in."""
        server = self.start_app()
        server.wait()
        if not self.cookie:
            browser = traffic.Browser(server.port)
            browser.use_link(self.data["link"])
            self.cookie = browser.cookie
        return server

    def start_bare(self, event_bytes: int = 1_400) -> Server:
        """The bare programs' process under the same kind of server, not waited for."""
        port = free_port()
        command = ["-m", "tests.load.launch", self.mode, "bare", str(port), str(self.folder / "bare.db")]
        env = {**self.env, "BARE_EVENT_BYTES": str(event_bytes)}
        return Server(command, port, env, self.folder / "bare.log")

    def bare(self, event_bytes: int = 1_400) -> Server:
        """The bare programs, ready."""
        server = self.start_bare(event_bytes)
        server.wait()
        return server

    @cached_property
    def token(self) -> str:
        """The access token of a participant."""
        token: str = self.data["tokens"][2]
        return token

    def sample(self, app: Server) -> str:
        """A thread of twenty posts of which none is hidden."""
        for thread_id in self.data["twenties"]:
            found = traffic.call(app.port, self.token, "GET", f"/threads/{thread_id}/posts?limit=30")
            if len(found["items"]) == 20 and all(post["html"] for post in found["items"]):
                return str(thread_id)
        return str(self.data["twenties"][0])

    def fill_bare(self, app: Server, thread_id: str) -> None:
        """Give the bare page the same twenty posts, with their authors."""
        found = traffic.call(app.port, self.token, "GET", f"/threads/{thread_id}/posts?limit=20")["items"]
        with sqlite3.connect(self.folder / "bare.db") as made:
            made.execute("DELETE FROM written")
            made.execute("DELETE FROM author")
            for number, post in enumerate(found, 1):
                name = post["author"]["name"] if post["author"] else "–"
                made.execute("INSERT INTO author (id, name) VALUES (?, ?)", (number, name))
                row = (number, post["html"] or "", post["created_at"])
                made.execute(
                    "INSERT INTO written (thread, author_id, html, at) VALUES (1, ?, ?, ?)",
                    row,
                )
        made.close()

    def figure(self, part: str, name: str, unit: str, values: list[float], **more: Any) -> Figure:
        """A figure of this mode."""
        return Figure(part=part, name=name, unit=unit, values=values, mode=self.mode, **more)


def cost(server: Server, make: Any, count: int, connections: int, expected: int = 200) -> tuple[float, Any]:
    """(processor ms of the server for each request, the answers)."""
    before = server.cpu()
    answers = traffic.drive(server.port, make, count, connections, expected)
    return (server.cpu() - before) * 1000 / count, answers
