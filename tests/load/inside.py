"""Counts SQL statements by a look inside: ``FORUM_INSTANCE=… python -m tests.load.inside COOKIE PATH…`` (JSON)."""

from __future__ import annotations

import json
import sys
from typing import Any

import sqlalchemy as sa

from forum.db import db
from forum.factory import create_app


def main(arguments: list[str]) -> None:
    """For each path, the statements of its second GET, transaction commands left out."""
    cookie, *paths = arguments
    app = create_app()
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(" ".join(statement.split()))

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", note)
    client = app.test_client(use_cookies=False)
    counted = {}
    for path in paths:
        for _ in range(2):
            seen.clear()
            answer = client.get(path, headers={"Cookie": cookie})
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")
        counted[path] = {"statements": list(seen), "bytes": len(answer.data)}
    print(json.dumps(counted))


if __name__ == "__main__":
    main(sys.argv[1:])
