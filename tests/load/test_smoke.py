"""The measurement itself works: every part gives its figures at the smallest size. It says nothing of speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_part_gives_its_figures(tmp_path: Path) -> None:
    from tests.load.__main__ import PARTS

    file = tmp_path / "figures.json"
    small = ["--runs", "1", "--requests", "8", "--posts", "120", "--people", "24"]
    more = ["--clients", "6", "--seconds", "1", "--rest", "0.3", "--gaps", "6", "--json", str(file)]
    done = subprocess.run(  # a process of its own: here another event loop may be running
        [sys.executable, "-m", "tests.load", *small, *more], capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr
    assert "could not be measured" not in done.stdout + done.stderr
    found = json.loads(file.read_text("utf-8"))["figures"]
    assert {figure["part"] for figure in found} == set(PARTS)
    by_name = {figure["name"]: figure for figure in found}
    assert by_name["CPU, thread, 20 posts"]["beside"]["values"]
    for name in ("6 clients: lost", "6 clients: doubled", "revisions lost", "revisions doubled"):
        assert by_name[name]["values"] == [0.0], name
    assert by_name["6 clients: refused"]["values"] == [0.0]
