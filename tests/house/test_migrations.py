"""The migrations make exactly what the models say, on both databases, and lead back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from forum.db import UTCDateTime, db, engine_options
from forum.factory import ROOT
from tests.stage import Stage

FOLDER = str(ROOT / "migrations")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare(request: pytest.FixtureRequest, stage: Stage, tmp_path: Any) -> Iterator[Stage]:
    """The app on a database in which there is nothing yet."""
    with stage.beside(request.param, tmp_path) as url, stage.app.app_context():
        usual = db.engines[None]
        db.engines[None] = engine = sa.create_engine(url, **engine_options(url))
        try:
            yield stage
        finally:
            db.session.remove()
            db.engines[None] = usual
            engine.dispose()


def tables() -> set[str]:
    return {name for name in sa.inspect(db.engine).get_table_names() if not name.startswith("sqlite_")}


def same(_context: Any, _column: Any, _other: Any, _found: Any, wanted: Any) -> bool | None:
    """The forum's own column type is the plain one it stands for."""
    return False if isinstance(wanted, UTCDateTime) else None


def test_they_make_what_the_models_say(bare: Stage) -> None:
    upgrade(directory=FOLDER)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same})
        known = {table.name for table in db.metadata.sorted_tables} | {"alembic_version"}
        differences = [
            difference
            for difference in compare_metadata(context, db.metadata)
            if not _by_hand(difference, known)
        ]
    assert differences == []


def _by_hand(difference: Any, known: set[str]) -> bool:
    """What no model can say (search indexes) is written by hand in a migration."""
    if not isinstance(difference, tuple):
        return False
    kind, thing = difference[0], difference[1]
    if kind == "remove_table":
        return thing.name.startswith("search_") and thing.name not in known
    return kind == "remove_index" and (thing.table.name.startswith("search_"))


def test_they_lead_back_and_forth_again(bare: Stage) -> None:
    upgrade(directory=FOLDER)
    made = tables()
    assert {table.name for table in db.metadata.sorted_tables} <= made
    downgrade(directory=FOLDER, revision="base")
    assert tables() <= {"alembic_version"}
    upgrade(directory=FOLDER)
    assert tables() == made
    upgrade(directory=FOLDER)
    assert tables() == made, "a second time changes nothing"


def test_there_is_one_head() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", FOLDER)
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
