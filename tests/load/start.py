"""Starting: how long until the first answers over an existing database, and the memory of an idle process."""

from __future__ import annotations

import time

from tests.load.bench import Bench
from tests.load.figures import Report

BARE = "bare programs"


def measure(bench: Bench, report: Report) -> None:
    """Start and stop forum and bare programs in turn."""
    found: dict[str, list[float]] = {
        name: [] for name in ("health", "page", "rss", "pss", "cpu", "bare", "bare_cpu", "bare_pss")
    }
    for _ in range(bench.options.runs):
        with bench.start_app() as app:
            found["health"].append(app.wait())
            found["page"].append(app.wait("/sign-in"))
            found["cpu"].append(app.cpu())
            time.sleep(bench.options.rest)
            rss, pss = app.memory()
            found["rss"].append(rss)
            found["pss"].append(pss)
        with bench.start_bare() as bare:
            found["bare"].append(bare.wait())
            found["bare_cpu"].append(bare.cpu())
            time.sleep(bench.options.rest / 2)
            found["bare_pss"].append(bare.memory()[1])
    spent = {"beside": found["bare_cpu"], "beside_name": BARE}
    started = {"beside": found["bare"], "beside_name": BARE}
    report.add(
        [
            bench.figure("start", "first 200 of /healthz", "s", found["health"], **started),
            bench.figure("start", "first 200 of /sign-in", "s", found["page"], **started),
            bench.figure("start", "CPU until then, all processes", "s", found["cpu"], **spent),
            bench.figure("start", "idle RSS of all processes", "MiB", found["rss"]),
            bench.figure(
                "start",
                "idle PSS of all processes",
                "MiB",
                found["pss"],
                beside=found["bare_pss"],
                beside_name=BARE,
            ),
        ]
    )
