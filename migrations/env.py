"""Runs migrations on the database the forum is set to."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from forum.db import IdText, UTCDateTime, db


def _render(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write the forum's own column type as the plain one it stands for, so that old migrations stay readable."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, IdText):
        return "sa.String(length=26)"
    return False


def _same(
    _context: Any, _inspected: Any, _column: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    return False if isinstance(metadata_type, UTCDateTime) else None


def _ours(_thing: Any, name: str | None, _kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave alone what the search makes by hand, for no model tells of it."""
    return not (reflected and compare_to is None and (name or "").startswith("search_"))


def run() -> None:
    """Upgrade or downgrade, each revision in a transaction of its own."""
    with db.engine.connect().execution_options(sqlite_write=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=_same,
            include_object=_ours,
            **{
                k: v
                for k, v in current_app.extensions["migrate"].configure_args.items()
                if k not in ("render_as_batch", "compare_type", "include_object")
            },
        )
        with context.begin_transaction():
            context.run_migrations()


run()
