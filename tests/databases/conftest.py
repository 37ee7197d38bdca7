"""Every test of this folder runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cast import Company
from tests.stage import Stage


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def forum(request: pytest.FixtureRequest, stage: Stage, _company: Company) -> Iterator[Stage]:
    """The forum at its beginning, on this database."""
    usual = stage.kind
    stage.use(request.param)
    stage.reset()
    yield stage
    stage.use(usual)
