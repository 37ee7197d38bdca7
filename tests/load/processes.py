"""Servers as processes of their own: start, wait, what they cost, stop. Reads ``/proc`` and so needs Linux."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TICK = 1 / os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0
"""Seconds a server may take to begin."""


def free_port() -> int:
    """A port of this machine that nobody uses at present."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
        return port


def environment(instance: Path, database_url: str | None) -> dict[str, str]:
    """The environment in which the forum runs for a measurement: its own folder, no limits, few words."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FORUM_")}
    kept |= {"FORUM_INSTANCE": str(instance), "FORUM_RATE_LIMITS": "off", "FORUM_LOG_LEVEL": "ERROR"}
    return kept | ({"FORUM_DATABASE_URL": database_url} if database_url else {})


class Server:
    """A server process with its children."""

    def __init__(self, command: list[str], port: int, env: Mapping[str, str], log: Path) -> None:
        """Start it; ``log`` gets what it says."""
        self.port = port
        self.log = log
        self.started = time.monotonic()
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=dict(env), stdout=out, stderr=out
            )

    def wait(self, path: str = "/healthz") -> float:
        """Seconds from the start to the first 200 of this address."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n\r\n".encode()
        while time.monotonic() - self.started < PATIENCE:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as made:
                    made.sendall(request)
                    if made.recv(64).split(b" ")[1:2] == [b"200"]:
                        return time.monotonic() - self.started
            except OSError:
                pass
            time.sleep(0.005)
        raise RuntimeError(f"no answer from {path}: {self.log.read_text('utf-8', 'replace')[-2000:]}")

    def cpu(self) -> float:
        """Seconds of processor time, user and system, that the whole tree has used, ended children too."""
        ticks = 0
        for pid in self.tree():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
            if pid == self.process.pid:
                ticks += int(fields[13]) + int(fields[14])
        return ticks * TICK

    def memory(self) -> tuple[float, float]:
        """(RSS, PSS) of the whole tree in MiB; PSS counts shared pages once."""
        rss = pss = 0
        for pid in self.tree():
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
            except OSError:
                continue
            sizes = {row.split(":")[0]: row.split()[1] for row in rollup.splitlines()[1:]}
            rss += int(sizes["Rss"])
            pss += int(sizes["Pss"])
        return rss / 1024, pss / 1024

    def tree(self) -> list[int]:
        """The process and all its descendants."""
        found, new = [self.process.pid], [self.process.pid]
        while new:
            pid = new.pop()
            try:
                tasks = list(Path(f"/proc/{pid}/task").iterdir())
                born = [int(c) for t in tasks for c in (t / "children").read_text("ascii").split()]
            except OSError:
                continue
            found += born
            new += born
        return found

    def stop(self) -> None:
        """End it and what it started, at once: a measurement needs no last answers."""
        for pid in self.tree():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
