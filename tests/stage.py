"""Where the cast acts: one app for each worker, its databases brought back to the same beginning before each test.

The schema comes from the real migrations. What the cast needs (accounts, an event, ways in) is made once through
actions and requests, kept as rows, and put back between tests; that takes milliseconds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import argon2
import pytest
import sqlalchemy as sa
from argon2.profiles import CHEAPEST
from flask import Flask
from flask_socketio.test_client import SocketIOTestClient

from forum import config
from forum.db import db, engine_options
from forum.factory import create_app, migrate
from forum.people import passwords
from forum.web.limits import limiter

BASE_URL = "http://127.0.0.1:5000"
POSTGRES = "TEST_DATABASE_URL"
Rows = dict[str, list[dict[str, Any]]]


def missing(what: str) -> None:
    """Skip a test that needs something this machine has not; a failure where the run has to be complete."""
    if os.environ.get("FORUM_TESTS_COMPLETE") == "1":
        pytest.fail(f"{what} is missing, and FORUM_TESTS_COMPLETE=1 wants every test", pytrace=False)
    pytest.skip(f"{what} is missing")


class Stage:
    """The app and its databases. ``use`` changes the database, ``reset`` brings it back to the beginning."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self._worker = worker
        self._server = os.environ.get(POSTGRES)
        self._beginning: Rows = {}
        self.sockets: list[SocketIOTestClient] = []
        passwords.hasher = argon2.PasswordHasher.from_parameters(CHEAPEST)
        self.kind = "postgresql" if self._server else "sqlite"
        self.settings = config.read(
            {
                "FORUM_INSTANCE": str(folder),
                "FORUM_BASE_URL": BASE_URL,
                "FORUM_DATABASE_URL": self._url(self.kind),
                "FORUM_LOG_LEVEL": "WARNING",
            }
        )
        self.app: Flask = create_app(self.settings, TESTING=True)
        limiter.enabled = False
        migrate(self.app)
        with self.app.app_context():
            self._engines = {self.kind: db.engine}

    def _url(self, kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self.folder / 'forum.db'}"
        if not self._server:
            missing(f"PostgreSQL ({POSTGRES})")
        url = sa.make_url(str(self._server))
        name = re.sub(r"\W", "_", f"forum_{url.database}_{self._worker}_{os.getpid()}")
        with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as server:
            server.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            server.exec_driver_sql(f'CREATE DATABASE "{name}"')
            server.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        return url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def beside(self, kind: str, folder: Path) -> Iterator[str]:
        """The address of one more database, with nothing in it."""
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'beside.db'}"
            return
        usual, self._worker = self._worker, f"{self._worker}_beside"
        try:
            url = self._url(kind)
        finally:
            self._worker = usual
        yield url
        self._drop(sa.make_url(url).database or "")

    def _drop(self, name: str) -> None:
        with sa.create_engine(str(self._server), isolation_level="AUTOCOMMIT").connect() as server:
            server.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def use(self, kind: str) -> None:
        """Put the app on SQLite or PostgreSQL."""
        if kind == self.kind:
            return
        if kind not in self._engines:
            url = self._url(kind)
            self._engines[kind] = sa.create_engine(url, **engine_options(url))
            self._put(kind)
            migrate(self.app)
        self._put(kind)

    def _put(self, kind: str) -> None:
        self.kind = kind
        with self.app.app_context():
            db.engines[None] = self._engines[kind]

    @contextmanager
    def inside(self) -> Iterator[None]:
        """For what a test does through actions and queries. Requests must not be made inside."""
        with self.app.app_context():
            yield

    def rows(self) -> Rows:
        """Everything that the database holds."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
                for table in db.metadata.sorted_tables
            }

    def keep(self) -> None:
        """What is there now is the beginning of every test."""
        self._beginning = self.rows()

    def reset(self, rows: Rows | None = None) -> None:
        """Everything as at the beginning, or as it was when these rows were taken."""
        self._fill(self._beginning if rows is None else rows)

    def empty(self) -> None:
        """A forum in which nobody has an account."""
        self._fill({})

    def _fill(self, rows: Rows) -> None:
        self._part()
        with self.app.app_context():
            connection = db.engine.connect().execution_options(sqlite_write=True)
            with connection, connection.begin():
                for table in reversed(db.metadata.sorted_tables):
                    connection.execute(sa.delete(table))
                for table in db.metadata.sorted_tables:
                    kept = rows.get(table.name)
                    if kept and "path" in kept[0]:
                        kept = sorted(
                            kept, key=lambda row: row["path"]
                        )  # what is answered before its answers
                    if kept:
                        connection.execute(sa.insert(table), kept)
        limiter.enabled = False

    def _part(self) -> None:
        """Disconnect the sockets that the test before left open."""
        for socket in self.sockets:
            if socket.is_connected():
                socket.disconnect()
        self.sockets.clear()

    @contextmanager
    def limited(self) -> Iterator[None]:
        """With the limits on how often one may do a thing, which are off in other tests."""
        limiter.enabled = True
        limiter.reset()
        try:
            yield
        finally:
            limiter.enabled = False

    def close(self) -> None:
        """Drop what was made on the database server."""
        for kind, engine in self._engines.items():
            engine.dispose()
            if kind == "postgresql":
                self._drop(engine.url.database or "")
