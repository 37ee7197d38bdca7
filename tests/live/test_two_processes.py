"""Two processes on one database: what is written in one is told by the other, with Redis and while it is gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.live.houses import Browser, Follower, House, free_port

COMPLETE = os.environ.get("FORUM_TESTS_COMPLETE") == "1"
DATABASE = os.environ.get("TEST_DATABASE_URL")

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.xdist_group("processes")]


def _needed() -> None:
    missing = [
        name
        for name, there in (("TEST_DATABASE_URL", DATABASE), ("redis-server", shutil.which("redis-server")))
        if not there
    ]
    if missing and COMPLETE:
        pytest.fail(f"needs {', '.join(missing)}")
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


class Redis:
    """A Redis of the test's own, that can be killed and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        """Start it, empty."""
        words = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, House, Redis, dict[str, Any]]]:
    _needed()
    assert DATABASE is not None
    name = f"forum_twins_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(DATABASE, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    redis = Redis()
    instance: Path = tmp_path_factory.mktemp("twins")
    url = DATABASE.rpartition("/")[0] + "/" + name
    settings = {"FORUM_DATABASE_URL": url, "FORUM_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
    first = House(instance, **settings)
    first.wait()
    second = House(instance, **settings)
    second.wait()
    try:
        yield first, second, redis, first.demo()
    finally:
        for house in (first, second):
            house.stop()
        redis.kill()
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def _thread(house: House, demo: dict[str, Any]) -> dict[str, Any]:
    body = {"title": "Zwei Häuser", "body": "Ein Gespräch über zwei Prozesse."}
    made: dict[str, Any] = house.api(
        demo["people"]["ada"]["token"], "POST", f"/rooms/{demo['rooms']['support']}/threads", body
    )
    return made


def test_what_is_written_in_one_process_is_told_by_the_other_without_a_gap(
    twins: tuple[House, House, Redis, dict[str, Any]],
) -> None:
    first, second, _, demo = twins
    people = demo["people"]
    thread = _thread(first, demo)
    follower = second.follow(people["cem"]["token"], thread["id"], 0)
    for number in range(10):
        house = (first, second)[number % 2]
        house.api(
            people["bela"]["token"], "POST", f"/threads/{thread['id']}/posts", {"body": f"Beitrag {number}"}
        )
    follower.wait_for(11)
    assert follower.revisions() == list(range(1, 12))
    follower.close()


def test_words_hidden_in_one_process_are_not_told_by_the_other(
    twins: tuple[House, House, Redis, dict[str, Any]],
) -> None:
    first, second, _, demo = twins
    people = demo["people"]
    thread = _thread(first, demo)
    follower = second.follow(people["cem"]["token"], thread["id"])
    post = first.api(
        people["bela"]["token"], "POST", f"/threads/{thread['id']}/posts", {"body": "geheim-abcdef"}
    )
    follower.wait_for(2)
    assert "geheim-abcdef" in str(follower.changes)
    first.api(people["ada"]["token"], "PUT", f"/posts/{post['id']}/hiding", {"reason": "person_at_risk"})
    follower.wait_for(3)
    assert "geheim-abcdef" not in str(follower.changes[-1])
    assert "geheim-abcdef" not in str(second.follow(people["cem"]["token"], thread["id"], 0).answer)


def test_a_thread_hidden_in_one_process_tells_nothing_more_in_the_other(
    twins: tuple[House, House, Redis, dict[str, Any]],
) -> None:
    first, second, _, demo = twins
    people = demo["people"]
    thread = _thread(first, demo)
    follower = second.follow(people["cem"]["token"], thread["id"])
    moderator = second.follow(people["ada"]["token"], thread["id"])
    first.api(people["ada"]["token"], "PUT", f"/threads/{thread['id']}/hiding")
    moderator.wait_for(2)
    first.api(people["ada"]["token"], "DELETE", f"/threads/{thread['id']}/hiding")
    moderator.wait_for(3)
    time.sleep(0.3)
    assert 3 not in follower.revisions()


def test_nothing_is_lost_while_redis_is_gone_and_after_it_is_back(
    twins: tuple[House, House, Redis, dict[str, Any]],
) -> None:
    first, second, redis, demo = twins
    people = demo["people"]
    thread = _thread(first, demo)
    follower = second.follow(people["cem"]["token"], thread["id"], 0)
    write = lambda: first.api(  # noqa: E731
        people["bela"]["token"], "POST", f"/threads/{thread['id']}/posts", {"body": "Beitrag"}
    )
    write()
    follower.wait_for(2)
    redis.kill()
    for _ in range(3):
        write()
    follower.wait_for(5, 10)
    redis.start()
    time.sleep(2.5)
    write()
    assert follower.wait_for(6) < 1.5
    assert follower.revisions() == [1, 2, 3, 4, 5, 6]
    follower.close()


def test_signing_out_in_one_process_ends_the_socket_in_the_other_within_a_second(
    twins: tuple[House, House, Redis, dict[str, Any]],
) -> None:
    first, second, _, demo = twins
    thread = _thread(first, demo)
    cem = Browser(first.base)
    cem.sign_in(demo["people"]["cem"]["sign_in_url"])
    follower = Follower(second.base, None, thread["id"], cookie=cem.cookie())
    assert follower.answer["ok"]
    cem.get("/account")
    cem.post("/sign-out")
    assert follower.wait_for_parting() < 1.0


def test_a_removed_member_is_told_nothing_more_in_the_other_process(
    twins: tuple[House, House, Redis, dict[str, Any]],
) -> None:
    first, second, _, demo = twins
    people = demo["people"]
    thread = _thread(first, demo)
    olga = Browser(first.base)
    olga.sign_in(people["olga"]["sign_in_url"])
    cem = second.api(people["cem"]["token"], "GET", "/me")
    follower = second.follow(people["cem"]["token"], thread["id"])
    watcher = second.follow(people["ada"]["token"], thread["id"])
    olga.get(f"/members/{cem['memberships'][0]['member']}")
    olga.post(f"/members/{cem['memberships'][0]['member']}/removal")
    time.sleep(0.9)
    first.api(
        people["bela"]["token"], "POST", f"/threads/{thread['id']}/posts", {"body": "Nach dem Austritt"}
    )
    watcher.wait_for(2)
    time.sleep(0.3)
    assert follower.revisions() == []
