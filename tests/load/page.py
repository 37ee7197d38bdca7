"""Reading: what a page of a thread, a page in the middle of a very long one and a room cost, beside bare pages."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.load import traffic
from tests.load.bench import Bench, cost
from tests.load.figures import Report, share
from tests.load.processes import Server

CONNECTIONS = 16
HELLO, ROWS, ORM = "bare hello", "bare rows", "bare objects"
THREAD, MIDDLE, COLD, ROOM = "thread, 20 posts", "middle of the longest", "pages never seen before", "room"
Job = tuple[Server, Callable[[int], bytes], int]


def measure(bench: Bench, report: Report) -> None:
    """Interleave the jobs, run after run, so that a busy moment of the machine weighs on all of them."""
    options = bench.options
    with bench.app() as app, bench.bare() as bare:
        jobs = _jobs(bench, app, bare)
        cpu: dict[str, list[float]] = {name: [] for name in jobs}
        p50: dict[str, list[float]] = {name: [] for name in jobs}
        p99: dict[str, list[float]] = {name: [] for name in jobs}
        for run in range(options.runs + 1):
            for name, (server, make, count) in jobs.items():
                spent, answers = cost(server, make, count if run else min(count, 40), CONNECTIONS)
                if answers.wrong:
                    report.note(f"{name}: {answers.wrong} wrong answers, the first: {answers.first_wrong}")
                if run:
                    cpu[name].append(spent)
                    p50[name].append(share(answers.seconds, 0.5) * 1000)
                    p99[name].append(share(answers.seconds, 0.99) * 1000)
    for name in (HELLO, ORM):
        report.add([bench.figure("page", f"CPU, {name}", "ms", cpu[name])])
    for name in (THREAD, MIDDLE, COLD, ROOM):
        beside = {"beside": cpu[ROWS], "beside_name": ROWS}
        report.add([bench.figure("page", f"CPU, {name}", "ms", cpu[name], **beside)])
    beside = {"beside": cpu[THREAD], "beside_name": "the thread page"}
    report.add([bench.figure("page", f"CPU, {MIDDLE}", "ms", cpu[MIDDLE], **beside)])
    beside = {"beside": cpu[ORM], "beside_name": ORM}
    report.add([bench.figure("page", f"CPU, {THREAD}", "ms", cpu[THREAD], **beside)])
    for label, times in (("p50", p50), ("p99", p99)):
        beside = {"beside": times[ROWS], "beside_name": ROWS}
        told = f"{label} at {CONNECTIONS} connections, {THREAD}"
        report.add([bench.figure("page", told, "ms", times[THREAD], **beside)])
    _look_inside(bench, report)


def _jobs(bench: Bench, app: Server, bare: Server) -> dict[str, Job]:
    thread_id = bench.sample(app)
    bench.fill_bare(app, thread_id)
    browser = traffic.Browser(bare.port)
    browser.ask("GET", "/in")
    count, pages, big = bench.options.requests, bench.data["pages"], bench.data["big"]

    def fixed(server: Server, path: str, cookie: str) -> Callable[[int], bytes]:
        made = traffic.get(server.port, path, cookie)
        return lambda _number: made

    seen = iter(range(10**9))

    def cold(_number: int) -> bytes:
        page = traffic.spread(pages, next(seen))
        return traffic.get(app.port, f"/threads/{big}?after={page}", bench.cookie)

    return {
        HELLO: (bare, fixed(bare, "/hello", ""), 4 * count),
        ROWS: (bare, fixed(bare, "/rows", browser.cookie), 2 * count),
        ORM: (bare, fixed(bare, "/orm", browser.cookie), count),
        THREAD: (app, fixed(app, f"/threads/{thread_id}", bench.cookie), count),
        MIDDLE: (app, fixed(app, f"/threads/{big}?after={bench.data['middle']}", bench.cookie), count),
        COLD: (app, cold, min(count, len(pages))),
        ROOM: (app, fixed(app, f"/rooms/{bench.data['rooms'][0]}", bench.cookie), count),
    }


def _look_inside(bench: Bench, report: Report) -> None:
    paths = {
        THREAD: f"/threads/{bench.data['twenties'][0]}",
        MIDDLE: f"/threads/{bench.data['big']}?after={bench.data['middle']}",
        ROOM: f"/rooms/{bench.data['rooms'][0]}",
    }
    counted = json.loads(bench.run("tests.load.inside", bench.cookie, *paths.values()).splitlines()[-1])
    for name, path in paths.items():
        found = counted[path]
        report.add(
            [
                bench.figure("page", f"SQL statements, {name}", "", [len(found["statements"])]),
                bench.figure("page", f"HTML, {name}", "KB", [found["bytes"] / 1000]),
            ]
        )
        if bench.options.statements:
            for number, statement in enumerate(found["statements"], 1):
                print(f"      {number}. {statement[:300]}")
