"""Both databases, where there are both, and one way to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cast import Gathering, Person
from tests.stage import Stage

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def both(stage: Stage, _company: object, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The forum on each database."""
    before = stage.kind
    stage.use(request.param)
    stage.reset()
    yield stage
    stage.use(before)


@pytest.fixture
def find(event: Gathering) -> Ask:
    """All that somebody finds in the event: ``find(bela, "Kultur", room=…)``."""

    def ask(who: Person, query: str, **more: str) -> list[dict[str, Any]]:
        from urllib.parse import urlencode

        asked = {"q": query, "event": event.id, **{name.rstrip("_"): said for name, said in more.items()}}
        return who.api.all(f"/search?{urlencode(asked)}", limit=int(asked.pop("limit", 100)))

    return ask
