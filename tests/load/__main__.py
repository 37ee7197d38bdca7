"""``python -m tests.load [page reply live start gap]``: what the forum costs, as ratios to bare limits of the same run.

It measures and judges nothing: the exit code is 0 whatever the figures are. Runs on loopback, in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from tests.load import gap, live, page, reply, start
from tests.load.bench import Bench
from tests.load.figures import Report
from tests.load.launch import MODES

PARTS = {part.__name__.rpartition(".")[2]: part.measure for part in (page, reply, live, start, gap)}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="Measures the forum.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--runs", type=int, default=5, help="runs of each figure (live and gap: at most 3)")
    parser.add_argument("--requests", type=int, default=200, help="requests in a run")
    parser.add_argument("--posts", type=int, default=8_000, help="posts in the database, up to 1,000,000")
    parser.add_argument("--people", type=int, default=200, help="members; 15 live clients share one")
    parser.add_argument("--clients", type=int, nargs="+", default=[100], help="live clients")
    parser.add_argument("--seconds", type=int, default=20, help="seconds of a live run, one post each")
    parser.add_argument("--form", choices=("html", "json"), default="html", help="what live clients ask for")
    parser.add_argument("--rest", type=float, default=2.0, help="seconds of rest before and after a live run")
    parser.add_argument("--gaps", type=int, default=200, help="how often connections break")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=["own"], help="kinds of server")
    parser.add_argument("--database-url", help="an empty database instead of SQLite in the temporary folder")
    parser.add_argument("--statements", action="store_true", help="print the SQL of the pages")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON too")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    options.people = max(options.people, 4 + -(-max(options.clients) // live.A_SOCKET_EACH), 24)
    return options


def main(arguments: list[str] | None = None) -> Report:
    """Seed once, then measure every part in every mode."""
    options = _options(arguments)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    report = Report()
    with tempfile.TemporaryDirectory(prefix="forum-load-") as folder:
        bench = Bench(options, Path(folder))
        begun = time.monotonic()
        bench.seed()
        report.facts = {"cores": os.cpu_count(), "posts": options.posts, "load": os.getloadavg()[0]}
        print(
            f"{options.posts:,} posts written in {time.monotonic() - begun:.1f} s; median (min–max) of runs"
        )
        for bench.mode in options.modes:
            for name in options.parts or PARTS:
                print(f"\n{name} – server: {bench.mode}, load {os.getloadavg()[0]:.1f}", flush=True)
                try:
                    PARTS[name](bench, report)
                except (RuntimeError, OSError, TimeoutError) as error:
                    report.note(f"{name} ({bench.mode}) could not be measured: {error}")
    if options.json:
        report.write(options.json)
    return report


if __name__ == "__main__":
    main()
