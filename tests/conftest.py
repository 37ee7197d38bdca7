"""What every test may ask for: the forum, the cast, their event."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator

import pytest

from tests.cast import Company, Gathering, Person, gather
from tests.stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The app of this worker."""
    made = Stage(tmp_path_factory.mktemp("instance"), os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def _company(stage: Stage) -> Company:
    return gather(stage)


@pytest.fixture
def forum(stage: Stage, _company: Company) -> Stage:
    """The forum at its beginning: the cast and their event, and nothing said yet."""
    stage.reset()
    return stage


@pytest.fixture
def empty_forum(stage: Stage, _company: Company) -> Stage:
    """A forum in which nobody has an account."""
    stage.empty()
    return stage


@pytest.fixture
def cast(forum: Stage, _company: Company) -> dict[str, Person]:
    """Everybody, by their key, each with browsers of their own."""
    return {key: dataclasses.replace(person) for key, person in _company.people.items()}


@pytest.fixture
def event(forum: Stage, _company: Company) -> Gathering:
    """The event with its four rooms."""
    return _company.event


@pytest.fixture
def ada(cast: dict[str, Person]) -> Person:
    """Moderates."""
    return cast["ada"]


@pytest.fixture
def bela(cast: dict[str, Person]) -> Person:
    """Takes part for a municipality."""
    return cast["bela"]


@pytest.fixture
def cem(cast: dict[str, Person]) -> Person:
    """Takes part for an association."""
    return cast["cem"]


@pytest.fixture
def fay(cast: dict[str, Person]) -> Person:
    """Facilitates."""
    return cast["fay"]


@pytest.fixture
def olga(cast: dict[str, Person]) -> Person:
    """Organises."""
    return cast["olga"]


@pytest.fixture
def eve(cast: dict[str, Person]) -> Person:
    """Has an account and is a member of nothing."""
    return cast["eve"]
