"""Many live clients in a process of their own: reads one JSON line of wishes, says ``ready``, waits for ``stop``,
then prints what each client was told and when."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from tests.load.traffic import Socket, revision, spread


async def _run(wanted: dict[str, Any]) -> None:
    heard: list[list[tuple[int, float]]] = [[] for _ in range(wanted["clients"])]
    example = {"said": ""}
    others = 0

    def hear(number: int, at: float, said: bytes) -> None:
        nonlocal others
        told = revision(said)
        if told is None:
            others += 1
            return
        heard[number].append((told, at))
        if not example["said"]:
            example["said"] = said.decode()

    gate = asyncio.Semaphore(40)
    sockets: list[Socket] = []
    refused = 0

    async def enter(number: int) -> None:
        nonlocal refused
        async with gate:
            try:
                made = await Socket.connect(
                    wanted["port"],
                    spread(wanted["tokens"], number),
                    lambda at, said: hear(number, at, said),
                )
                answer = await made.ask("follow", {"thread": wanted["thread"], "form": wanted["form"]})
            except (OSError, TimeoutError):
                refused += 1
                return
            if answer.get("ok"):
                sockets.append(made)
            else:
                refused += 1

    begun = time.monotonic()
    await asyncio.gather(*(enter(number) for number in range(wanted["clients"])))
    state = {"in": len(sockets), "refused": refused, "seconds": time.monotonic() - begun}
    print(json.dumps(state), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    gone = sum(1 for made in sockets if made.lost)
    for made in sockets:
        made.close()
    told = {"heard": heard, "gone": gone, "others": others, "example": example["said"]}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(json.loads(sys.stdin.readline())))
