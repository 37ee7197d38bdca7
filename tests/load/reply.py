"""Writing: what a reply of 1.2 KB costs, and how many a second eight writers can send, beside one bare insert."""

from __future__ import annotations

from tests.load import traffic, words
from tests.load.bench import Bench, cost
from tests.load.figures import Report, share

WRITERS = 8
LENGTH = 1_200
BARE = "bare insert"


def measure(bench: Bench, report: Report) -> None:
    """Interleave forum and bare program, run after run; every text is another."""
    count = bench.options.requests
    numbers = iter(range(10**6, 10**9))
    with bench.app() as app, bench.bare() as bare:
        tokens = bench.data["tokens"]
        path = f"/api/v1/threads/{bench.data['twenties'][0]}/posts"

        def write(number: int) -> bytes:
            body = {"body": words.body(next(numbers), LENGTH)}
            return traffic.post(app.port, path, body, tokens[1 + number % (len(tokens) - 1)])

        def insert(_number: int) -> bytes:
            return traffic.post(bare.port, "/reply", {"body": words.body(next(numbers), LENGTH)})

        found: dict[str, list[tuple[float, traffic.Answers]]] = {"forum": [], BARE: []}
        for run in range(bench.options.runs + 1):
            for name, server, make in (("forum", app, write), (BARE, bare, insert)):
                made = [make(number) for number in range(count if run else 20)]
                spent, answers = cost(server, made.__getitem__, len(made), WRITERS, 201)
                if answers.wrong:
                    report.note(f"{name}: {answers.wrong} wrong answers, the first: {answers.first_wrong}")
                if run:
                    found[name].append((spent, answers))
    for told, unit, take in (
        ("CPU of a reply", "ms", lambda one: one[0]),
        (f"replies a second with {WRITERS} writers", "/s", lambda one: len(one[1].seconds) / one[1].wall),
        (f"p50 with {WRITERS} writers", "ms", lambda one: share(one[1].seconds, 0.5) * 1000),
        (f"p99 with {WRITERS} writers", "ms", lambda one: share(one[1].seconds, 0.99) * 1000),
    ):
        values, beside = ([take(one) for one in found[name]] for name in ("forum", BARE))
        report.add([bench.figure("reply", told, unit, values, beside=beside, beside_name=BARE)])
