"""A PostgreSQL that finds no Arabic words is refused at the start, in one line."""

from __future__ import annotations

import dataclasses
import os

import pytest
import sqlalchemy as sa

from forum.config import WrongSetting
from forum.search import index
from tests.stage import POSTGRES, Stage, missing

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(("character_type", "refused"), [("C", True), ("C.UTF-8", False)])
def test_the_character_type_decides(stage: Stage, character_type: str, refused: bool) -> None:
    server = os.environ.get(POSTGRES) or missing(f"PostgreSQL ({POSTGRES})")
    url = sa.make_url(str(server))
    name = f"forum_ctype_{os.getpid()}"
    administrator = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with administrator.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
            connection.exec_driver_sql(
                f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{character_type}'"
            )
        address = url.set(database=name).render_as_string(hide_password=False)
        settings = dataclasses.replace(stage.settings, database_url=address)
        if not refused:
            index.check(settings)
            return
        with pytest.raises(WrongSetting) as wrong:
            index.check(settings)
        assert "FORUM_DATABASE_URL" in str(wrong.value) and "\n" not in str(wrong.value)
        assert "LC_CTYPE" in str(wrong.value)
    finally:
        with administrator.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        administrator.dispose()


def test_a_database_that_does_not_answer_is_not_the_searchs_matter(stage: Stage) -> None:
    index.check(
        dataclasses.replace(stage.settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    )
