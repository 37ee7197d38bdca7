"""Broken connections: clients vanish and come back with ``after`` while people write; nothing may be lost or doubled."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from tests.load import traffic, words
from tests.load.bench import Bench
from tests.load.figures import Report
from tests.load.traffic import Socket

CLIENTS = 20
PAUSE = 0.03
"""Seconds between two writes."""


class Reader:
    """A client that keeps every revision it was told, over all its connections."""

    def __init__(self, port: int, token: str, thread_id: str) -> None:
        """Nothing is known yet."""
        self.port, self.token, self.thread_id = port, token, thread_id
        self.told: list[int] = []
        self.failed = 0

    async def sit(self, until: Any) -> None:
        """Connect, ask for what was missed, listen until ``until()`` is done, and vanish."""
        live: list[int] = []

        def hear(_at: float, said: bytes) -> None:
            found = traffic.revision(said)
            if found is not None:
                live.append(found)

        try:
            made = await Socket.connect(self.port, self.token, hear)
            wanted = {"thread": self.thread_id, "after": max(self.told, default=0), "form": "json"}
            answer = await made.ask("follow", wanted)
        except (OSError, TimeoutError):
            self.failed += 1
            return
        self.told += [change["revision"] for change in answer["changes"]]
        await until(lambda: max(self.told + live, default=0))
        made.close()
        self.told += live


def measure(bench: Bench, report: Report) -> None:
    """Several runs, each in a thread of its own."""
    found: dict[str, list[float]] = {
        name: [] for name in ("lost", "doubled", "disorder", "failed", "changes")
    }
    with bench.app() as app:
        for run in range(min(bench.options.runs, 3)):
            opened = traffic.call(
                app.port,
                bench.token,
                "POST",
                f"/rooms/{bench.data['rooms'][0]}/threads",
                {"title": f"Abrisse {run}", "body": "Hier reißt die Verbindung ab."},
            )
            readers, changes = asyncio.run(_run(bench, app.port, opened["id"], run))
            expected = [change["revision"] for change in changes["changes"]]
            found["changes"].append(len(expected))
            found["lost"].append(sum(len(set(expected) - set(reader.told)) for reader in readers))
            found["doubled"].append(sum(len(reader.told) - len(set(reader.told)) for reader in readers))
            found["disorder"].append(sum(reader.told != sorted(reader.told) for reader in readers))
            found["failed"].append(sum(reader.failed for reader in readers))
    gaps = bench.options.gaps
    for name, told in (
        ("changes", f"changes while {CLIENTS} clients vanish {gaps} times"),
        ("lost", "revisions lost"),
        ("doubled", "revisions doubled"),
        ("disorder", "clients told out of order"),
        ("failed", "connections refused"),
    ):
        report.add([bench.figure("gap", told, "", found[name])])


async def _run(bench: Bench, port: int, thread_id: str, run: int) -> tuple[list[Reader], Any]:
    chance = random.Random(run)
    readers = [
        Reader(port, traffic.spread(bench.data["tokens"][3:], number), thread_id) for number in range(CLIENTS)
    ]
    left = iter(range(bench.options.gaps))
    writing = asyncio.create_task(_write(bench, port, thread_id, chance))

    async def comes_and_goes(reader: Reader) -> None:
        for _ in left:
            await reader.sit(lambda _newest: asyncio.sleep(chance.uniform(0, 0.25)))

    await asyncio.gather(*(comes_and_goes(reader) for reader in readers))
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    changes = await asyncio.to_thread(
        traffic.call, port, bench.token, "GET", f"/threads/{thread_id}/changes?after=0"
    )

    async def at_rest(newest: Any) -> None:
        for _ in range(100):
            if newest() >= changes["revision"]:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)

    await asyncio.gather(*(reader.sit(at_rest) for reader in readers))
    return readers, changes


async def _write(bench: Bench, port: int, thread_id: str, chance: random.Random) -> None:
    """Posts and reactions, one after the other, until it is stopped; the one under way is brought to its end."""
    post_id = ""
    number = 0
    while True:
        number += 1
        if post_id and chance.random() < 0.3:
            asked = ("PUT", f"/posts/{post_id}/reactions/agree", None)
        else:
            asked = ("POST", f"/threads/{thread_id}/posts", {"body": words.body(number, 300)})
        made = await asyncio.shield(asyncio.to_thread(traffic.call, port, bench.token, *asked))
        post_id = made["id"]
        await asyncio.sleep(PAUSE)
