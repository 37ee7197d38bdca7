"""Live: many clients follow one thread over websockets while one post a second is written, beside a bare broadcast."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from tests.load import traffic, words
from tests.load.bench import Bench
from tests.load.figures import Report, share
from tests.load.processes import ROOT, Server

BARE = "bare broadcast"
A_SOCKET_EACH = 15
"""Clients that share an account: the forum lets no account hold more than twenty sockets."""


@dataclass
class Run:
    """What one run found. Times in seconds from the beginning of the POST."""

    latencies: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    refused: int = 0
    connecting: float = 0.0
    entering: float = 0.0
    memory: float = 0.0
    cpu: float = 0.0
    deliveries: int = 0
    example: str = ""


def measure(bench: Bench, report: Report) -> None:
    """A fresh server for each run, the forum and the bare one in turn."""
    options = bench.options
    for clients in options.clients:
        forum: list[Run] = []
        bare: list[Run] = []
        for _ in range(min(options.runs, 3)):
            with bench.app() as app:
                forum.append(_run(bench, app, clients, bench.data["twenties"][1]))
            size = len(forum[0].example.encode()) or 1_400
            with bench.bare(size) as server:
                bare.append(_run(bench, server, clients, ""))
        _tell(bench, report, clients, forum, bare)


def _run(bench: Bench, server: Server, clients: int, thread_id: str) -> Run:
    found = Run()
    rest = bench.options.rest
    time.sleep(rest)  # what the start leaves to do is done by then
    before, spent = server.memory()[1], server.cpu()
    with _crowd(bench, server.port, clients, thread_id) as crowd:
        state = json.loads(crowd.stdout.readline())
        found.refused, found.connecting = state["refused"], state["seconds"]
        time.sleep(1.5 * rest)  # the first count of people goes out
        found.entering = (server.cpu() - spent) / max(1, state["in"])
        found.memory = (server.memory()[1] - before) * 1024 / max(1, state["in"])
        spent = server.cpu()
        sent = _write(bench, server.port, thread_id, found)
        time.sleep(rest)
        found.cpu = server.cpu() - spent
        crowd.stdin.write("stop\n")
        crowd.stdin.flush()
        told = json.loads(crowd.stdout.readline())
    found.example = told["example"]
    for heard in told["heard"][: state["in"]] if not found.refused else told["heard"]:
        if found.refused and not heard:
            continue
        first: dict[int, float] = {}
        for revision, at in heard:
            found.doubled += revision in first
            first.setdefault(revision, at)
        found.deliveries += len(heard)
        found.lost += sum(1 for revision in sent if revision not in first)
        found.latencies += [at - sent[revision] for revision, at in first.items() if revision in sent]
    return found


def _crowd(bench: Bench, port: int, clients: int, thread_id: str) -> Any:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load.crowd"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    accounts = bench.data["tokens"][3 : 3 + max(1, -(-clients // A_SOCKET_EACH))]
    wanted = {"port": port, "clients": clients, "tokens": accounts, "thread": thread_id}
    assert process.stdin is not None
    process.stdin.write(json.dumps({**wanted, "form": bench.options.form}) + "\n")
    process.stdin.flush()
    return process


def _write(bench: Bench, port: int, thread_id: str, found: Run) -> dict[int, float]:
    """One post a second over a kept-alive connection; gives the moment at which each revision's POST began."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    path = f"/api/v1/threads/{thread_id}/posts" if thread_id else "/tell"
    headers = {"Authorization": f"Bearer {bench.token}", "Content-Type": "application/json"}
    revision = 0
    if thread_id:
        revision = traffic.call(port, bench.token, "GET", f"/threads/{thread_id}")["revision"]
    sent: dict[int, float] = {}
    begun = time.monotonic()
    for number in range(bench.options.seconds):
        body = json.dumps({"body": words.body(int(begun * 1000) + number, 1_200)})
        time.sleep(max(0.0, begun + number - time.monotonic()))
        moment = time.monotonic()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        found.answers.append(time.monotonic() - moment)
        if answer.status != 201:
            raise RuntimeError(f"POST {path}: {answer.status}")
        sent[revision + number + 1] = moment
    connection.close()
    return sent


def _tell(bench: Bench, report: Report, clients: int, forum: list[Run], bare: list[Run]) -> None:
    for told, unit, take in (
        ("p50 from the POST's start", "ms", lambda run: share(run.latencies, 0.5) * 1000),
        ("p99 from the POST's start", "ms", lambda run: share(run.latencies, 0.99) * 1000),
        ("the poster's own answer, p50", "ms", lambda run: share(run.answers, 0.5) * 1000),
        ("the poster's own answer, p99", "ms", lambda run: share(run.answers, 0.99) * 1000),
        ("CPU for each delivery", "µs", lambda run: run.cpu * 1e6 / max(1, run.deliveries)),
        ("CPU of connecting and following, each", "ms", lambda run: run.entering * 1000),
        ("memory for each client", "KiB", lambda run: run.memory),
        ("connecting and following, all", "s", lambda run: run.connecting),
    ):
        values, beside = [take(run) for run in forum], [take(run) for run in bare]
        name = f"{clients:,} clients: {told}"
        report.add([bench.figure("live", name, unit, values, beside=beside, beside_name=BARE)])
    for told in ("lost", "doubled", "refused"):
        values = [float(getattr(run, told)) for run in forum]
        beside = [float(getattr(run, told)) for run in bare]
        more = {"beside": beside, "beside_name": BARE} if any(beside) else {}
        report.add([bench.figure("live", f"{clients:,} clients: {told}", "", values, **more)])
    _tell_bytes(bench, report, clients, forum)


def _tell_bytes(bench: Bench, report: Report, clients: int, forum: list[Run]) -> None:
    sizes, cards = [], []
    for run in forum:
        if run.example:
            sizes.append(float(len(run.example.encode())))
            told = json.loads(run.example[2:])[1]
            post = told.get("post") or {}
            cards.append(float(len((told.get("card") or post.get("html") or "").encode())))
    more = {"beside": cards, "beside_name": "the card's HTML"}
    report.add([bench.figure("live", f"{clients:,} clients: bytes of an event", "B", sizes, **more)])
