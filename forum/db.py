"""The database: one session, one way to change things (``@atomic``), one way to say so (``record``).

All that differs between SQLite and PostgreSQL is in this file.
"""

from __future__ import annotations

import functools
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from forum import clock
from forum.changes import Change, PostChange, ThreadChange

P = ParamSpec("P")
T = TypeVar("T")
Listener = Callable[[Any], None]
log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """Every table; the naming convention lets migrations drop constraints on SQLite."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def table(model: type[Base]) -> sa.Table:
    """The plain table behind a model, for statements that need no objects."""
    found = model.__table__
    assert isinstance(found, sa.Table)
    return found


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """Aware in the code, always UTC; SQLite keeps it without a zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC).replace(tzinfo=None if dialect.name == "sqlite" else UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_id() -> str:
    """An opaque random id of 130 bits that reads well and begins with a letter."""
    number = secrets.randbits(130)
    digits = [ALPHABET[number >> shift & 31] for shift in range(0, 125, 5)]
    return ALPHABET[(number >> 125) % 24] + "".join(digits)


class IdText(sa.types.TypeDecorator[str]):
    """An id. What can be none is looked for as the id that nothing has: PostgreSQL would break off at a NUL."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return value if value is None or (value.isascii() and value.isalnum()) else ""


Id = IdText(26)


class ChangeRow(Model):
    """One numbered entry of a thread's history. It holds neither words nor who did it."""

    __tablename__ = "change"
    thread_id: Mapped[str] = mapped_column(
        Id, sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(20))
    post_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


_thread = sa.table("thread", sa.column("id"), sa.column("revision"))
_next_revision = (
    sa.update(_thread)
    .where(_thread.c.id == sa.bindparam("thread"))
    .values(revision=_thread.c.revision + 1)
    .returning(_thread.c.revision)
)
_write_change = sa.insert(table(ChangeRow))

TOGETHER: dict[type[Change], tuple[Listener, ...]] = {}
"""Who hears a change inside its transaction; filled from ``listeners.py``."""
AFTERWARDS: dict[type[Change], tuple[Listener, ...]] = {}
"""Who hears it once it is committed; their failures undo nothing."""

_writer = threading.Lock()
"""One writer at a time in this process, taken before ``BEGIN IMMEDIATE``: with green threads, two that meet inside
SQLite's own lock would stall the whole process."""


def listen(
    together: Mapping[type[Change], tuple[Listener, ...]],
    afterwards: Mapping[type[Change], tuple[Listener, ...]],
) -> None:
    """Put the two tables of listeners in force."""
    for table, rows in ((TOGETHER, together), (AFTERWARDS, afterwards)):
        table.clear()
        table.update(rows)


def atomic(action: Callable[P, T]) -> Callable[P, T]:
    """Make an action happen whole or not at all: it joins a running transaction or opens one, the outermost commits."""

    @functools.wraps(action)
    def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction():
            return action(*args, **kwargs)

    return whole


@contextmanager
def transaction() -> Iterator[None]:
    """The write transaction behind ``@atomic``.

    What was read before is read anew inside it, so that a rule is checked against what holds now.
    """
    session = db.session
    info = session().info
    if info.get("writing"):
        yield
        return
    session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    if sqlite:
        _writer.acquire()
    info["writing"], info["changes"] = True, []
    try:
        try:
            session.connection(execution_options={"sqlite_write": True})
            yield
            session.commit()
        except BaseException:
            session.rollback()
            info["changes"] = []
            raise
        finally:
            info["writing"] = False
            if sqlite:
                _writer.release()
    finally:
        changes, info["changes"] = info["changes"], []
    for change in changes:
        _tell_afterwards(change)


def hold(row: Any, *others: Any) -> None:
    """Lock a row until the transaction ends, then have it and ``others`` read anew: who decides about the same thing
    at the same moment decides after us, on what then holds. SQLite has one writer at a time and needs no lock.
    """
    if db.engine.dialect.name == "sqlite":
        return
    db.session.flush()
    table, (key,) = row.__table__, sa.inspect(row).identity
    db.session.execute(sa.select(table.c.id).where(table.c.id == key).with_for_update(key_share=True))
    for each in (row, *others):
        db.session.expire(each)


def record(change: Change) -> None:
    """Say that something happened, inside the transaction in which it happens.

    A thread's change takes the thread's next revision (the row lock makes number order the order of commits) and
    becomes a row; then those who hear it together hear it, and after the commit the others.
    """
    info = db.session().info
    if not info.get("writing"):
        raise RuntimeError("record() outside of an atomic action")
    db.session.flush()
    if isinstance(change, ThreadChange):
        revision = db.session.execute(_next_revision, {"thread": change.thread_id}).scalar_one()
        post_id = change.post_id if isinstance(change, PostChange) else None
        db.session.execute(
            _write_change,
            {
                "thread_id": change.thread_id,
                "revision": revision,
                "kind": change.kind,
                "post_id": post_id,
                "at": clock.now(),
            },
        )
    for listener in TOGETHER.get(type(change), ()):
        listener(change)
    info["changes"].append(change)


def _tell_afterwards(change: Change) -> None:
    for listener in AFTERWARDS.get(type(change), ()):
        try:
            listener(change)
        except Exception:
            log.exception("A listener failed after %s", type(change).__name__)


def engine_options(url: str) -> dict[str, Any]:
    """What the engine needs for this database; its errors must not carry into the log what people wrote."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "pool_size": 20, "max_overflow": 40, "connect_args": {"timeout": 10}}
    options = "-c statement_timeout=15000 -c lock_timeout=5000"
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 20,
        "connect_args": {"options": options},
    }


@sa.event.listens_for(sa.Engine, "connect")
def _set_up_sqlite(connection: Any, _record: object) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@sa.event.listens_for(sa.Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("sqlite_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def revision() -> str | None:
    """The revision the database is in; None where it is empty."""
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return found


def alive() -> bool:
    """Whether the database answers."""
    try:
        db.session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return False
    return True
